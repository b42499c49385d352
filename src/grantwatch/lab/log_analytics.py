"""Log Analytics rows: SigninLogs, AADNonInteractiveUserSignInLogs, AuditLogs, OfficeActivity. Times are ISO text."""

from __future__ import annotations

from uuid import UUID, uuid5

import orjson

from grantwatch.lab.envelope import envelope_audit, envelope_signin
from grantwatch.lab.events import ActivityEvent, Person, SignInEvent
from grantwatch.lab.graph import Record, json_text
from grantwatch.lab.unified import RECORD_TYPE_NAMES, ual_activity

__all__ = ["DYNAMIC", "TIMES", "audit_row", "office_row", "signin_row", "workspace"]

DYNAMIC = ("ConditionalAccessPolicies", "DeviceDetail", "LocationDetails", "MfaDetail", "Status")
"""Columns of a type that depends on the table: objects in SigninLogs, text in the non-interactive table."""
TIMES = frozenset(
    {
        "TimeGenerated",
        "CreatedDateTime",
        "ActivityDateTime",
        "ElevationTime",
        "ElevationApprovedTime",
        "Start_Time",
        "DetectedDateTime",
        "LastUpdatedDateTime",
        "RiskLastUpdatedDateTime",
        "TokenIssuedAt",
    }
)
"""Columns of type datetime; the portal's CSV adds ` [UTC]` to their names."""


def signin_row(event: SignInEvent) -> Record:
    """A row of SigninLogs, or of AADNonInteractiveUserSignInLogs with its objects as JSON text."""
    record = envelope_signin(event)
    said = record["properties"]
    row: Record = {
        **_common(event.tenant_id, record),
        "ResultType": record["resultType"],
        "ResultDescription": record.get("resultDescription", ""),
        "Location": record["location"],
        "AlternateSignInName": said["alternateSignInName"],
        "AppDisplayName": event.client.name,
        "AppId": event.client.id,
        "AppOwnerTenantId": said["appOwnerTenantId"],
        "AuthenticationDetails": _text(said["authenticationDetails"], pretty=event.interactive),
        "AuthenticationMethodsUsed": "",
        "AuthenticationProcessingDetails": _text(said["authenticationProcessingDetails"], pretty=event.interactive),
        "AuthenticationProtocol": event.protocol,
        "AuthenticationRequirement": event.requirement,
        "AuthenticationRequirementPolicies": "[]",
        "AutonomousSystemNumber": str(event.place.asn),
        "ClientAppUsed": event.client_app,
        "ConditionalAccessPolicies": said["appliedConditionalAccessPolicies"],
        "ConditionalAccessStatus": event.ca_status,
        "CreatedDateTime": said["createdDateTime"],
        "CrossTenantAccessType": said["crossTenantAccessType"],
        "DeviceDetail": said["deviceDetail"],
        "IsInteractive": event.interactive,
        "Id": event.request_id,
        "IncomingTokenType": event.incoming,
        "IPAddress": event.place.ip,
        "IPAddressFromResourceProvider": "",
        "LocationDetails": said["location"],
        "MfaDetail": said["mfaDetail"],
        "NetworkLocationDetails": "[]",
        "OriginalRequestId": event.request_id,
        "OriginalTransferMethod": event.transfer,
        "ProcessingTimeInMilliseconds": str(said["processingTimeInMilliseconds"]),
        "RiskDetail": "none",
        "RiskEventTypes_V2": "[]",
        "RiskLevelAggregated": "none",
        "RiskLevelDuringSignIn": "none",
        "RiskState": "none",
        "ResourceDisplayName": event.resource.name,
        "ResourceIdentity": event.resource.id,
        "ResourceServicePrincipalId": said["resourceServicePrincipalId"],
        "SessionId": event.session_id,
        "Status": said["status"],
        "TokenIssuerName": "",
        "TokenIssuerType": "AzureAD",
        "TokenProtectionStatusDetails": _text(said["tokenProtectionStatusDetails"]),
        "UniqueTokenIdentifier": event.token_id,
        "UserAgent": event.user_agent,
        "UserDisplayName": event.user.name,
        "UserId": event.user.id,
        "UserPrincipalName": event.user.upn,
        "AADTenantId": event.tenant_id,
        "UserType": said["userType"],
        "SignInIdentifier": said["signInIdentifier"],
        "ResourceTenantId": event.tenant_id,
        "HomeTenantId": said["homeTenantId"],
        "Type": "SigninLogs",
    }
    if not event.interactive:
        row |= {column: json_text(row[column]) for column in DYNAMIC}
        row["ProcessingTimeInMs"] = row.pop("ProcessingTimeInMilliseconds")
        row["Type"] = "AADNonInteractiveUserSignInLogs"
    return row


def audit_row(event: ActivityEvent) -> Record:
    """A row of AuditLogs; initiator, targets and details are objects."""
    record = envelope_audit(event)
    said = record["properties"]
    return {
        **_common(event.tenant_id, record),
        "ResultType": "",
        "ResultDescription": event.result_reason,
        "Location": "",
        "AdditionalDetails": said["additionalDetails"],
        "Id": said["id"],
        "InitiatedBy": {kind: value for kind, value in said["initiatedBy"].items() if value},
        "LoggedByService": event.service,
        "Result": event.result,
        "ResultReason": event.result_reason,
        "TargetResources": said["targetResources"],
        "AADTenantId": event.tenant_id,
        "ActivityDisplayName": event.operation,
        "ActivityDateTime": said["activityDateTime"],
        "AADOperationType": event.operation_type,
        "Category": event.category,
        "Type": "AuditLogs",
    }


def office_row(event: ActivityEvent) -> Record:
    """A row of OfficeActivity: the Unified Audit Log flattened, lists as JSON text."""
    said = ual_activity(event)
    actor = event.actor.upn if isinstance(event.actor, Person) else event.actor.name
    return {
        "TenantId": workspace(event.tenant_id),
        "TimeGenerated": said["CreationTime"] + "Z",
        "RecordType": RECORD_TYPE_NAMES[event.record_type],
        "Operation": said["Operation"],
        "OrganizationId": event.tenant_id,
        "OrganizationId_": event.tenant_id,
        "UserType": "Regular",
        "UserKey": said["UserKey"],
        "OfficeWorkload": event.workload,
        "ResultStatus": said["ResultStatus"],
        "ResultReasonType": said["ResultStatus"],
        "OfficeObjectId": said.get("ObjectId", ""),
        "UserId": actor,
        "UserId_": actor,
        "ClientIP": said.get("ClientIP", ""),
        "ClientIP_": said.get("ClientIP", ""),
        "UserAgent": event.user_agent or "",
        "Parameters": _text(said["Parameters"], pretty=True) if event.parameters else "",
        "ExternalAccess": False,
        "OriginatingServer": said.get("OriginatingServer", ""),
        "OrganizationName": said.get("OrganizationName", ""),
        "Logon_Type": "Owner" if event.items else "",
        "MailboxOwnerUPN": actor if event.items else "",
        "ClientInfoString": event.client_info,
        "Client_IPAddress": said.get("ClientIPAddress", ""),
        "Folders": _text(said["Folders"]) if event.items else "",
        "SourceSystem": "OfficeActivityManager",
        "OfficeId": event.record_id,
        "SourceRecordId": event.record_id,
        "Start_Time": said["CreationTime"] + "Z",
        "OfficeTenantId": event.tenant_id,
        "OperationProperties": _text(said["OperationProperties"]) if event.properties else "",
        "AppId": event.client.id if event.client else "",
        "ClientAppId": event.client.id if event.client else "",
        "AppAccessContext": _text(said.get("AppAccessContext", {})),
        "Type": "OfficeActivity",
    }


def _common(tenant_id: str, record: Record) -> Record:
    return {
        "TenantId": workspace(tenant_id),
        "SourceSystem": "Azure AD",
        "TimeGenerated": record["time"],
        "ResourceId": record["resourceId"],
        "OperationName": record["operationName"],
        "OperationVersion": record["operationVersion"],
        "Category": record["category"],
        "ResultSignature": record["resultSignature"],
        "DurationMs": record["durationMs"],
        "CorrelationId": record["correlationId"],
        "Resource": "Microsoft.aadiam",
        "ResourceGroup": "Microsoft.aadiam",
        "Identity": record["identity"],
        "Level": str(record["Level"]),
    }


def workspace(tenant_id: str) -> str:
    """The workspace that a tenant's logs are kept in."""
    return str(uuid5(UUID(tenant_id), "workspace"))


def _text(value: object, *, pretty: bool = False) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() if pretty else json_text(value)
