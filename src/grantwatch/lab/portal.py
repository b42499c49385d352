"""What the Entra admin center and Purview let people download: sign-ins, audits and the Unified Audit Log as CSV."""

from __future__ import annotations

from datetime import datetime

from grantwatch.lab.envelope import offset_time
from grantwatch.lab.events import ActivityEvent, Event, Person, SignInEvent
from grantwatch.lab.graph import Record, changed_text, json_text
from grantwatch.lab.unified import ual_record

__all__ = ["PORTAL_AUDIT", "PORTAL_SIGNIN", "PURVIEW", "portal_audit_row", "portal_signin_row", "purview_row"]

PORTAL_SIGNIN = (
    "Date (UTC)",
    "Request ID",
    "User agent",
    "Correlation ID",
    "User ID",
    "User",
    "Username",
    "User type",
    "Cross tenant access type",
    "Incoming token type",
    "Authentication Protocol",
    "Unique token identifier",
    "Original transfer method",
    "Client credential type",
    "Token Protection - Sign In Session",
    "Token Protection - Sign In Session StatusCode",
    "Application",
    "Application ID ",
    "App owner tenant ID",
    "Resource",
    "Resource ID ",
    "Resource tenant ID",
    "Resource owner tenant ID",
    "Home tenant ID",
    "Home tenant name",
    "IP address",
    "Location",
    "Status",
    "Sign-in error code",
    "Failure reason",
    "Client app",
    "Device ID",
    "Browser",
    "Operating System",
    "Compliant",
    "Managed",
    "Join Type",
    "Multifactor authentication result",
    "Multifactor authentication auth method",
    "Multifactor authentication auth detail",
    "Authentication requirement",
    "Sign-in identifier",
    "Session ID",
    "IP address (seen by resource)",
    "Through Global Secure Access",
    "Global Secure Access IP address",
    "Autonomous system  number",
    "Flagged for review",
    "Token issuer type",
    "Incoming token type",
    "Token issuer name",
    "Latency",
    "Conditional Access",
    "Managed Identity type",
    "Associated Resource Id",
    "Federated Token Id",
    "Federated Token Issuer",
)
"""The header of a sign-in download as it stands: blanks at the end and inside of names, one name twice."""

PORTAL_AUDIT = (
    "Date (UTC)",
    "CorrelationId",
    "Service",
    "Category",
    "Activity",
    "Result",
    "ResultReason",
    "User Agent",
    "ActorType",
    "ActorDisplayName",
    "ActorObjectId",
    "ActorUserPrincipalName",
    "IPAddress",
    "ActorHomeTenantId",
    "ActorHomeTenantName",
    "ActorServicePrincipalId",
    "ActorServicePrincipalName",
    *(
        f"Target{number}{part}"
        for number in (1, 2, 3)
        for part in (
            "Type",
            "DisplayName",
            "ObjectId",
            "UserPrincipalName",
            *(f"ModifiedProperty{place}{side}" for place in range(1, 6) for side in ("Name", "OldValue", "NewValue")),
        )
    ),
    *(f"AdditionalDetail{number}{part}" for number in range(1, 7) for part in ("Key", "Value")),
)
"""The header of an audit download."""

PURVIEW = (
    "RecordId",
    "CreationDate",
    "RecordType",
    "Operation",
    "UserId",
    "AuditData",
    "AssociatedAdminUnits",
    "AssociatedAdminUnitsNames",
)
"""The header of an audit search that was exported from Purview."""

SHOWN = {
    "none": "None",
    "deviceCode": "Device code",
    "deviceCodeFlow": "Device code flow",
    "refreshToken": "Refresh token",
    "primaryRefreshToken": "Primary refresh token",
    "multiFactorAuthentication": "Multifactor authentication",
    "singleFactorAuthentication": "Single-factor authentication",
    "notApplied": "Not Applied",
    "success": "Success",
    "failure": "Failure",
    "unbound": "Unbound",
    "bound": "Bound",
}
"""Members of enumerations as the portal shows them."""


def portal_signin_row(event: SignInEvent) -> Record:
    """A row of a sign-in download. Nothing in it says whether the sign-in was interactive."""
    place = event.place
    home = event.home_tenant_id or event.tenant_id
    return {
        "Date (UTC)": _time(event.time),
        "Request ID": event.request_id,
        "User agent": event.user_agent,
        "Correlation ID": event.correlation_id,
        "User ID": event.user.id,
        "User": event.user.name,
        "Username": event.user.upn,
        "User type": event.user.type.capitalize(),
        "Cross tenant access type": "None" if home == event.tenant_id else "B2B collaboration",
        "Incoming token type": SHOWN[event.incoming],
        "Authentication Protocol": SHOWN[event.protocol],
        "Unique token identifier": event.token_id,
        "Original transfer method": SHOWN[event.transfer],
        "Client credential type": "None",
        "Token Protection - Sign In Session": SHOWN.get(event.token_binding, event.token_binding),
        "Application": event.client.name,
        "Application ID ": event.client.id,
        "Resource": event.resource.name,
        "Resource ID ": event.resource.id,
        "Resource tenant ID": event.tenant_id,
        "Home tenant ID": home,
        "IP address": place.ip,
        "Location": f"{place.city}, {place.state}, {place.country}",
        "Status": _status(event),
        "Sign-in error code": str(event.error_code) if event.error_code else "",
        "Failure reason": event.failure_reason,
        "Client app": event.client_app,
        "Device ID": event.device.id,
        "Browser": event.device.browser,
        "Operating System": event.device.os,
        "Compliant": "Yes" if event.device.compliant else "No",
        "Managed": "Yes" if event.device.managed else "No",
        "Join Type": event.device.trust,
        "Multifactor authentication result": event.status_detail or "",
        "Authentication requirement": SHOWN[event.requirement],
        "Sign-in identifier": event.user.upn if event.interactive else "",
        "Session ID": event.session_id,
        "Through Global Secure Access": "No",
        "Autonomous system  number": str(place.asn),
        "Flagged for review": "No",
        "Token issuer type": "Microsoft Entra ID",
        "Latency": str(60 + event.time.microsecond // 1000 % 400),
        "Conditional Access": SHOWN.get(event.ca_status, event.ca_status),
        "Managed Identity type": "None",
    }


def portal_audit_row(event: ActivityEvent) -> Record:
    """A row of an audit download: no record id, and of an actor that is a service only its name."""
    actor = event.actor
    person = isinstance(actor, Person)
    row: Record = {
        "Date (UTC)": offset_time(event.time),
        "CorrelationId": event.correlation_id or "",
        "Service": event.service,
        "Category": event.category,
        "Activity": event.operation,
        "Result": event.result,
        "ResultReason": event.result_reason,
        "User Agent": event.user_agent or "",
        "ActorType": "User" if person else "Application",
        "ActorDisplayName": actor.name,
        "ActorObjectId": actor.id if person else "",
        "ActorUserPrincipalName": actor.upn if isinstance(actor, Person) else "",
        "IPAddress": event.place.ip if event.place else "",
        "ActorHomeTenantId": event.tenant_id if person else "",
        "ActorServicePrincipalName": "" if person else actor.name,
    }
    for number, target in enumerate(event.targets[:3], 1):
        start = f"Target{number}"
        row |= {
            f"{start}Type": target.type,
            f"{start}DisplayName": target.name,
            f"{start}ObjectId": target.id,
            f"{start}UserPrincipalName": target.upn or "",
        }
        for place, change in enumerate(target.changes[:5], 1):
            row |= {
                f"{start}ModifiedProperty{place}Name": change.name,
                f"{start}ModifiedProperty{place}OldValue": changed_text(change.old) or "",
                f"{start}ModifiedProperty{place}NewValue": changed_text(change.new) or "",
            }
    for number, (key, value) in enumerate(event.details[:6], 1):
        row |= {f"AdditionalDetail{number}Key": key, f"AdditionalDetail{number}Value": value}
    return row


def purview_row(event: Event) -> Record:
    """A row of an audit search that was exported from Purview; RecordType is a number, the time ends with a blank."""
    audit = ual_record(event)
    return {
        "RecordId": audit["Id"],
        "CreationDate": event.time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z "),
        "RecordType": str(audit["RecordType"]),
        "Operation": audit["Operation"],
        "UserId": audit["UserId"],
        "AuditData": json_text(audit),
        "AssociatedAdminUnits": "",
        "AssociatedAdminUnitsNames": "",
    }


def _status(event: SignInEvent) -> str:
    if not event.error_code:
        return "Success"
    return "Interrupted" if event.error_code in INTERRUPTS else "Failure"


INTERRUPTS = frozenset({16000, 50055, 50058, 50072, 50074, 50076, 50079, 50097, 50125, 50140, 50199, 65001})
"""Error codes that the portal calls interrupted rather than failed."""


def _time(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
