"""Rows of Defender XDR advanced hunting: EntraIdSignInEvents, AADSignInEventsBeta, CloudAppEvents, UrlClickEvents."""

from __future__ import annotations

from datetime import datetime

from grantwatch.lab.events import EXCHANGE, ActivityEvent, Person, SignInEvent
from grantwatch.lab.graph import Record, graph_signin, json_text
from grantwatch.lab.seen import ClickEvent
from grantwatch.lab.unified import ual_activity

__all__ = ["beta_signin_row", "click_row", "cloud_app_row", "hunting_signin_row"]

_TRUST = {"Azure AD registered": "Workplace", "Azure AD joined": "AzureAd", "Hybrid Azure AD joined": "ServerAd"}
_ACCESS = {"success": 0, "failure": 1, "notApplied": 2}
_EXCHANGE_NUMBER = 20893
_OFFICE_NUMBER = 11161


def hunting_signin_row(event: SignInEvent) -> Record:
    """A row of EntraIdSignInEvents. It names neither the protocol nor the transfer method nor the network number."""
    machine = event.device
    return {
        "Timestamp": _time(event.time),
        "Application": event.client.name,
        "ApplicationId": event.client.id,
        "LogonType": json_text(["interactiveUser" if event.interactive else "nonInteractiveUser"]),
        "ErrorCode": event.error_code,
        "CorrelationId": event.correlation_id,
        "SessionId": event.session_id,
        "AccountDisplayName": event.user.name,
        "AccountObjectId": event.user.id,
        "AccountUpn": event.user.upn,
        "IsExternalUser": 0,
        "IsGuestUser": event.user.type == "guest",
        "AlternateSignInName": event.user.upn,
        "ResourceDisplayName": event.resource.name,
        "ResourceId": event.resource.id,
        "ResourceTenantId": event.tenant_id,
        "DeviceName": machine.name,
        "EntraIdDeviceId": machine.id,
        "OSPlatform": machine.os,
        "DeviceTrustType": _TRUST.get(machine.trust, ""),
        "IsManaged": int(machine.managed),
        "IsCompliant": int(machine.compliant),
        "AuthenticationProcessingDetails": json_text(graph_signin(event)["authenticationProcessingDetails"]),
        "AuthenticationRequirement": event.requirement,
        "TokenIssuerType": 0,
        "RiskLevelAggregated": 1,
        "RiskDetails": 0,
        "RiskState": 0,
        "UserAgent": event.user_agent,
        "ClientAppUsed": event.client_app,
        "Browser": machine.browser,
        "ConditionalAccessPolicies": json_text(graph_signin(event)["appliedConditionalAccessPolicies"]),
        "ConditionalAccessStatus": _ACCESS[event.ca_status],
        "IPAddress": event.place.ip,
        "Country": event.place.country,
        "State": event.place.state,
        "City": event.place.city,
        "Latitude": str(event.place.latitude),
        "Longitude": str(event.place.longitude),
        "NetworkLocationDetails": "[]",
        "RequestId": event.request_id,
        "ReportId": f"{event.request_id}_{event.error_code}",
        "EndpointCall": event.request_type if event.interactive else "OAuth2:Token",
        "IsThroughGlobalSecureAccess": False,
        "UniqueTokenId": event.token_id,
    }


def beta_signin_row(event: SignInEvent) -> Record:
    """A row of AADSignInEventsBeta: another name for the device id, and no token id."""
    row = hunting_signin_row(event)
    del row["UniqueTokenId"], row["IsThroughGlobalSecureAccess"]
    row["AadDeviceId"] = row.pop("EntraIdDeviceId")
    row["RiskLevelDuringSignIn"] = 1
    return row


def cloud_app_row(event: ActivityEvent) -> Record:
    """A row of CloudAppEvents with the record of the Unified Audit Log inside."""
    told = ual_activity(event)
    mailbox = event.workload == EXCHANGE
    actor = event.actor
    place = event.place
    return {
        "Timestamp": _time(event.time),
        "ActionType": told["Operation"],
        "Application": "Microsoft Exchange Online" if mailbox else "Office 365",
        "ApplicationId": _EXCHANGE_NUMBER if mailbox else _OFFICE_NUMBER,
        "AppInstanceId": 0,
        "AccountObjectId": actor.id,
        "AccountId": actor.id,
        "AccountDisplayName": actor.name,
        "IsAdminOperation": False,
        "DeviceType": None,
        "OSPlatform": None,
        "IPAddress": place.ip if place else None,
        "IsAnonymousProxy": None,
        "CountryCode": place.country if place else None,
        "City": place.city if place else None,
        "ISP": None,
        "UserAgent": event.user_agent,
        "ActivityType": "Basic",
        "ActivityObjects": [{"Type": "User", "Role": "Actor", "Name": actor.name, "Id": actor.id}],
        "ObjectName": event.targets[0].name if event.targets else None,
        "ObjectType": event.targets[0].type if event.targets else None,
        "ObjectId": event.targets[0].id if event.targets else None,
        "ReportId": f"{event.record_id}_{_OFFICE_NUMBER}",
        "AccountType": "Regular" if isinstance(actor, Person) else "Application",
        "IsExternalUser": False,
        "IsImpersonated": False,
        "RawEventData": told,
        "AdditionalFields": {},
        "LastSeenForUser": {},
        "UncommonForUser": [],
        "AuditSource": "Defender for Cloud Apps app connector",
        "OAuthAppId": None,
    }


def click_row(event: ClickEvent) -> Record:
    """A row of UrlClickEvents."""
    return {
        "Timestamp": _time(event.time),
        "Url": event.url,
        "ActionType": event.action,
        "AccountUpn": event.user.upn,
        "Workload": event.workload,
        "NetworkMessageId": event.message_id,
        "ThreatTypes": event.threats,
        "DetectionMethods": "",
        "IPAddress": event.place.ip,
        "IsClickedThrough": event.clicked_through,
        "UrlChain": json_text([event.url]),
        "ReportId": event.report_id,
    }


def _time(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"
