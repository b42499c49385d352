"""Calls to Microsoft Graph and Identity Protection's risk, in Log Analytics, diagnostic settings and Graph."""

from __future__ import annotations

from datetime import datetime

from grantwatch.lab.graph import Record, json_text
from grantwatch.lab.log_analytics import workspace
from grantwatch.lab.seen import CallEvent, RiskEvent

__all__ = [
    "call_row",
    "envelope_call",
    "envelope_risk",
    "graph_risk",
    "risk_row",
]


def envelope_call(event: CallEvent) -> Record:
    """A record of category MicrosoftGraphActivityLogs."""
    properties: Record = {
        "timeGenerated": _fine(event.time),
        "location": "Germany West Central",
        "requestId": event.request_id,
        "operationId": event.request_id,
        "clientRequestId": event.request_id,
        "apiVersion": "beta" if "/beta/" in event.url else "v1.0",
        "requestMethod": event.method,
        "responseStatusCode": event.status,
        "tenantId": event.tenant_id,
        "durationMs": _took(event.time),
        "responseSizeBytes": 0,
        "signInActivityId": event.token_id,
        "roles": "",
        "appId": event.client.id,
        "scopes": " ".join(event.scopes),
        "identityProvider": f"https://sts.windows.net/{event.tenant_id}/",
        "clientAuthMethod": "0",
        "wids": " ".join(event.wids),
        "isReplay": False,
        "C_Idtyp": "user" if event.user else "app",
        "ipAddress": event.place.ip,
        "userAgent": event.user_agent,
        "requestUri": event.url,
        "sessionId": event.session_id,
        "tokenIssuedAt": (event.issued or event.time).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    properties |= {"userId": event.user.id} if event.user else {"servicePrincipalId": event.client.id}
    return {
        **_envelope(event.time, event.tenant_id, "Microsoft Graph Activity"),
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": str(event.status),
        "durationMs": str(_took(event.time)),
        "callerIpAddress": event.place.ip,
        "correlationId": event.request_id,
        "properties": properties,
    }


def call_row(event: CallEvent) -> Record:
    """A row of MicrosoftGraphActivityLogs."""
    said = envelope_call(event)["properties"]
    return {
        "TenantId": workspace(event.tenant_id),
        "TimeGenerated": said["timeGenerated"],
        "Location": said["location"],
        "RequestId": event.request_id,
        "OperationId": said["operationId"],
        "ClientRequestId": said["clientRequestId"],
        "ApiVersion": said["apiVersion"],
        "RequestMethod": event.method,
        "ResponseStatusCode": event.status,
        "AadTenantId": event.tenant_id,
        "IPAddress": event.place.ip,
        "UserAgent": event.user_agent,
        "RequestUri": event.url,
        "DurationMs": said["durationMs"],
        "ResponseSizeBytes": 0,
        "SignInActivityId": event.token_id,
        "Roles": "",
        "TokenIssuedAt": said["tokenIssuedAt"],
        "AppId": event.client.id,
        "UserId": event.user.id if event.user else "",
        "ServicePrincipalId": "" if event.user else event.client.id,
        "Scopes": said["scopes"],
        "IdentityProvider": said["identityProvider"],
        "ClientAuthMethod": 0,
        "Wids": said["wids"],
        "SessionId": event.session_id,
        "Type": "MicrosoftGraphActivityLogs",
    }


def graph_risk(event: RiskEvent) -> Record:
    """A riskDetection, or a riskyUser where the event names no kind."""
    if not event.kind:
        return {
            "id": event.user.id,
            "isDeleted": False,
            "isProcessing": False,
            "riskLastUpdatedDateTime": _fine(event.time),
            "riskLevel": event.level,
            "riskState": event.state,
            "riskDetail": "none",
            "userDisplayName": event.user.name,
            "userPrincipalName": event.user.upn,
        }
    place = event.place
    detected = _fine(event.detected or event.time)
    return {
        "id": event.record_id,
        "requestId": event.request_id,
        "correlationId": event.correlation_id,
        "riskType": event.kind,
        "riskEventType": event.kind,
        "riskState": event.state,
        "riskLevel": event.level,
        "riskDetail": "none",
        "source": "IdentityProtection",
        "detectionTimingType": "offline" if event.detected else "realtime",
        "activity": "signin" if event.request_id else "user",
        "tokenIssuerType": "AzureAD",
        "ipAddress": place.ip if place else None,
        "location": {"city": place.city, "countryOrRegion": place.country} if place else None,
        "activityDateTime": _fine(event.time),
        "detectedDateTime": detected,
        "lastUpdatedDateTime": detected,
        "userId": event.user.id,
        "userDisplayName": event.user.name,
        "userPrincipalName": event.user.upn,
        "additionalInfo": json_text([{"Key": "userAgent", "Value": event.user_agent}]),
    }


def envelope_risk(event: RiskEvent) -> Record:
    """A record of category UserRiskEvents or RiskyUsers, its time written as month/day/year."""
    time = event.detected or event.time
    hour, half = time.hour % 12 or 12, "AM" if time.hour < 12 else "PM"
    return {
        **_envelope(event.time, event.tenant_id, "User Risk Detection" if event.kind else "Risky user"),
        "time": f"{time.month}/{time.day}/{time.year} {hour}:{time:%M:%S} {half}",
        "category": "UserRiskEvents" if event.kind else "RiskyUsers",
        "correlationId": event.record_id,
        "identity": event.user.name,
        "callerIpAddress": event.place.ip if event.place else None,
        "properties": graph_risk(event),
    }


def risk_row(event: RiskEvent) -> Record:
    """A row of AADUserRiskEvents or AADRiskyUsers."""
    said = {name[0].upper() + name[1:]: value for name, value in graph_risk(event).items() if name != "riskType"}
    return {
        "TenantId": "00000000-0000-4000-8000-00000000aaaa",
        "TimeGenerated": _fine(event.detected or event.time),
        "OperationName": "User Risk Detection" if event.kind else "Risky user",
        **said,
        "CorrelationId": event.correlation_id if event.kind else event.record_id,
        "Type": "AADUserRiskEvents" if event.kind else "AADRiskyUsers",
    }


def _envelope(time: datetime, tenant_id: str, operation: str) -> Record:
    return {
        "time": _fine(time),
        "resourceId": f"/tenants/{tenant_id}/providers/Microsoft.aadiam",
        "operationName": operation,
        "operationVersion": "1.0",
        "tenantId": tenant_id,
        "Level": 4,
    }


def _took(time: datetime) -> int:
    """Milliseconds that a request took: some number, the same for the same moment."""
    return 60 + time.microsecond // 1000 % 400


def _fine(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"
