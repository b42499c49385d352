"""Unified Audit Log records: the Management Activity API and rows of Search-UnifiedAuditLog."""

from __future__ import annotations

import orjson

from grantwatch.lab.events import ENTRA, ActivityEvent, Event, Person, SignInEvent
from grantwatch.lab.graph import Record, json_text

__all__ = ["RECORD_TYPE_NAMES", "query_record", "search_row", "ual_activity", "ual_record", "ual_signin"]

RECORD_TYPE_NAMES = {
    1: "ExchangeAdmin",
    2: "ExchangeItem",
    6: "SharePointFileOperation",
    8: "AzureActiveDirectory",
    15: "AzureActiveDirectoryStsLogon",
    50: "ExchangeItemAggregated",
}


def ual_record(event: Event) -> Record:
    """The Management Activity record of any event."""
    return ual_signin(event) if isinstance(event, SignInEvent) else ual_activity(event)


def ual_signin(event: SignInEvent) -> Record:
    """UserLoggedIn or UserLoginFailed. ResultStatus says nothing of failure, in the log as here."""
    device = [("OS", event.device.os), ("BrowserType", event.device.browser.partition(" ")[0])]
    if event.device.id:
        device = [("Id", event.device.id), ("DisplayName", event.device.name), *device]
        device.append(("TrustType", {"Azure AD registered": "0", "Azure AD joined": "1"}.get(event.device.trust, "2")))
    managed = event.device.managed and event.device.compliant
    device += [("IsCompliantAndManaged", str(managed)), ("SessionId", event.session_id)]
    record: Record = {
        "CreationTime": _seconds(event),
        "Id": event.request_id,
        "Operation": "UserLoginFailed" if event.error_code else "UserLoggedIn",
        "OrganizationId": event.tenant_id,
        "RecordType": 15,
        "ResultStatus": "Success",
        "UserKey": event.user.id,
        "UserType": 0,
        "Version": 1,
        "Workload": ENTRA,
        "ClientIP": event.place.ip,
        "ObjectId": event.resource.id,
        "UserId": event.user.upn,
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": _pairs(
            [
                ("ResultStatusDetail", "Redirect" if event.logon_error else "Success"),
                ("UserAgent", event.user_agent),
                ("UserAuthenticationMethod", "9"),
                ("RequestType", event.request_type),
            ]
        ),
        "ModifiedProperties": [],
        "Actor": [{"ID": event.user.id, "Type": 0}, {"ID": event.user.upn, "Type": 5}],
        "ActorContextId": event.tenant_id,
        "ActorIpAddress": event.place.ip,
        "InterSystemsId": event.correlation_id,
        "IntraSystemId": event.request_id,
        "SupportTicketId": "",
        "Target": [{"ID": event.resource.id, "Type": 0}],
        "TargetContextId": event.tenant_id,
        "ApplicationId": event.client.id,
        "DeviceProperties": _pairs(device),
        "ErrorNumber": str(event.error_code),
    }
    if event.logon_error:
        record["LogonError"] = event.logon_error
    return record


def ual_activity(event: ActivityEvent) -> Record:
    """An Entra operation (its name closed by a dot) or one in a mailbox."""
    return _entra(event) if event.workload == ENTRA else _exchange(event)


def search_row(event: Event, number: int = 1, of: int = 1) -> Record:
    """A row of Search-UnifiedAuditLog; `number` of `of` is its place in the result."""
    audit = ual_record(event)
    hour = event.time.hour % 12 or 12
    half = "AM" if event.time.hour < 12 else "PM"
    return {
        "PSComputerName": "outlook.office365.com",
        "RunspaceId": event.tenant_id,
        "PSShowComputerName": "False",
        "RecordType": RECORD_TYPE_NAMES[audit["RecordType"]],
        "CreationDate": f"{event.time.month}/{event.time.day}/{event.time.year} {hour}:{event.time:%M:%S} {half}",
        "UserIds": audit["UserId"],
        "Operations": audit["Operation"],
        "AuditData": json_text(audit),
        "ResultIndex": str(number),
        "ResultCount": str(of),
        "Identity": audit["Id"],
        "IsValid": "True",
        "ObjectState": "Unchanged",
    }


def query_record(event: Event) -> Record:
    """An auditLogRecord of Graph's audit log queries, around the record of the Unified Audit Log."""
    audit = ual_record(event)
    name = RECORD_TYPE_NAMES[audit["RecordType"]]
    return {
        "@odata.type": "#microsoft.graph.security.auditLogRecord",
        "id": audit["Id"],
        "createdDateTime": audit["CreationTime"] + "Z",
        "auditLogRecordType": name[0].lower() + name[1:],
        "operation": audit["Operation"],
        "organizationId": audit["OrganizationId"],
        "userType": "regular",
        "userId": audit["UserKey"],
        "service": audit["Workload"],
        "objectId": audit.get("ObjectId"),
        "userPrincipalName": audit["UserId"],
        "clientIp": audit.get("ClientIP"),
        "administrativeUnits": [""],
        "auditData": {"@odata.type": "#microsoft.graph.security.defaultAuditData", **audit},
    }


def _common(event: ActivityEvent) -> Record:
    person = isinstance(event.actor, Person)
    return {
        "CreationTime": _seconds(event),
        "Id": event.record_id,
        "Operation": event.operation,
        "OrganizationId": event.tenant_id,
        "RecordType": event.record_type,
        "ResultStatus": event.result.capitalize() if event.workload == ENTRA else event.result,
        "UserKey": event.actor.puid if isinstance(event.actor, Person) else "Not Available",
        "UserType": 0 if person else 4,
        "Version": 1,
        "Workload": event.workload,
        "UserId": event.actor.upn if isinstance(event.actor, Person) else f"ServicePrincipal_{event.actor.id}",
    }


def _entra(event: ActivityEvent) -> Record:
    record = _common(event)
    record["Operation"] = event.operation + "."
    changes = [change for target in event.targets for change in target.changes]
    actor = event.actor
    if isinstance(actor, Person):
        who = [
            {"ID": actor.upn, "Type": 5},
            {"ID": actor.puid, "Type": 3},
            {"ID": f"User_{actor.id}", "Type": 2},
            {"ID": actor.id, "Type": 2},
            {"ID": "User", "Type": 2},
        ]
    else:
        who = [
            {"ID": actor.name, "Type": 1},
            {"ID": actor.id, "Type": 2},
            {"ID": f"ServicePrincipal_{actor.id}", "Type": 2},
            {"ID": "ServicePrincipal", "Type": 2},
        ]
    whom: list[Record] = []
    for target in event.targets:
        whom += [
            {"ID": f"{target.type}_{target.id}", "Type": 2},
            {"ID": target.id, "Type": 2},
            {"ID": target.type, "Type": 2},
            {"ID": target.upn, "Type": 5} if target.upn else {"ID": target.name, "Type": 1},
        ]
    first = event.targets[0] if event.targets else None
    return record | {
        "ObjectId": (first.upn or first.id) if first else "Not Available",
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": _pairs(
            [
                ("additionalDetails", json_text(dict(event.details))),
                ("extendedAuditEventCategory", first.type if first else "Other"),
            ]
        ),
        "ModifiedProperties": [
            {"Name": change.name, "NewValue": _value(change.new), "OldValue": _value(change.old)} for change in changes
        ],
        "Actor": who,
        "ActorContextId": event.tenant_id,
        "ActorIpAddress": event.place.ip if event.place else None,
        "ClientIP": event.place.ip if event.place else None,
        "InterSystemsId": event.correlation_id,
        "IntraSystemId": event.record_id,
        "SupportTicketId": "",
        "Target": whom,
        "TargetContextId": event.tenant_id,
    }


def _exchange(event: ActivityEvent) -> Record:
    record = _common(event)
    ip = event.place.ip if event.place else ""
    client = event.client.id if event.client else ""
    domain = record["UserId"].partition("@")[2]
    record |= {
        "AppId": client,
        "ClientAppId": client,
        "ExternalAccess": False,
        "OrganizationName": domain,
        "OriginatingServer": "AM6PR0402MB3448 (15.20.8005.017)",
        "SessionId": event.session_id or "",
    }
    if event.session_id or event.token_id:
        record["AppAccessContext"] = {
            "AADSessionId": event.session_id or "",
            "ClientAppId": client,
            "CorrelationId": event.correlation_id or "",
            "IssuedAtTime": _seconds(event),
            "UniqueTokenId": event.token_id or "",
        }
    if event.items:
        record |= {
            "ClientIPAddress": ip,
            "ClientInfoString": event.client_info,
            "InternalLogonType": 0,
            "LogonType": 0,
            "MailboxGuid": event.actor.id,
            "MailboxOwnerUPN": record["UserId"],
            "OperationProperties": _pairs(list(event.properties)),
            "Folders": [
                {
                    "FolderItems": [
                        {"InternetMessageId": item, "SizeInBytes": 20480 + 97 * place}
                        for place, item in enumerate(event.items)
                    ],
                    "Id": "LgAAAAB" + event.record_id.replace("-", "").upper() + "AAAB",
                    "Path": "\\Inbox",
                }
            ],
            "OperationCount": len(event.items),
        }
    else:
        record |= {
            "ClientIP": f"{ip}:{49152 + event.time.microsecond % 16384}" if ip else "",
            "ObjectId": event.targets[0].id if event.targets else "",
            "Parameters": _pairs(list(event.parameters)),
        }
    return record


def _pairs(pairs: list[tuple[str, str]]) -> list[Record]:
    return [{"Name": name, "Value": value} for name, value in pairs]


def _value(value: str | tuple[str | bool, ...]) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(list(value), option=orjson.OPT_INDENT_2).decode().replace("\n", "\r\n")


def _seconds(event: Event) -> str:
    return event.time.strftime("%Y-%m-%dT%H:%M:%S")
