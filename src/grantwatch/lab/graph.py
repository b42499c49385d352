"""Microsoft Graph records: signIn (beta and v1.0) and directoryAudit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from grantwatch.lab.events import ActivityEvent, Change, Machine, Person, Place, Policy, SignInEvent, Target

__all__ = [
    "Record",
    "changed_text",
    "graph_audit",
    "graph_signin",
    "graph_signin_v1",
    "graph_time",
    "json_text",
    "powershell",
]

Record = dict[str, Any]

MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
"""The tenant that owns first-party applications."""
EVERY_USER = "b79fbf4d-3ef9-4689-8143-76b194e85509"
"""The template id that stands in every list of roles."""

V1_FIELDS = (
    "id",
    "createdDateTime",
    "userDisplayName",
    "userPrincipalName",
    "userId",
    "appId",
    "appDisplayName",
    "ipAddress",
    "clientAppUsed",
    "correlationId",
    "conditionalAccessStatus",
    "isInteractive",
    "riskDetail",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "riskEventTypes",
    "riskEventTypes_v2",
    "resourceDisplayName",
    "resourceId",
    "status",
    "deviceDetail",
    "location",
    "appliedConditionalAccessPolicies",
)


def graph_time(time: datetime) -> str:
    """UTC in whole seconds with Z, as Graph writes sign-ins."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def json_text(value: object) -> str:
    """Compact JSON as text."""
    return orjson.dumps(value).decode()


def graph_signin(event: SignInEvent) -> Record:
    """A signIn of Graph beta with every field that the real ones carry (about 3.4 KB)."""
    succeeded = event.error_code == 0
    home = event.home_tenant_id or event.tenant_id
    return {
        "id": event.request_id,
        "createdDateTime": graph_time(event.time),
        "userDisplayName": event.user.name,
        "userPrincipalName": event.user.upn,
        "userId": event.user.id,
        "appId": event.client.id,
        "appDisplayName": event.client.name,
        "ipAddress": event.place.ip,
        "ipAddressFromResourceProvider": None,
        "clientAppUsed": event.client_app,
        "userAgent": event.user_agent,
        "correlationId": event.correlation_id,
        "conditionalAccessStatus": event.ca_status,
        "originalRequestId": event.request_id,
        "isInteractive": event.interactive,
        "tokenIssuerName": "",
        "tokenIssuerType": "AzureAD",
        "clientCredentialType": "none",
        "processingTimeInMilliseconds": 60 + event.time.microsecond // 1000 % 400,
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes": [],
        "riskEventTypes_v2": [],
        "resourceDisplayName": event.resource.name,
        "resourceId": event.resource.id,
        "resourceTenantId": event.tenant_id,
        "resourceOwnerTenantId": MICROSOFT_TENANT,
        "appOwnerTenantId": MICROSOFT_TENANT,
        "homeTenantId": home,
        "homeTenantName": "",
        "authenticationMethodsUsed": [],
        "authenticationRequirement": event.requirement,
        "signInIdentifier": event.user.upn if event.interactive else "",
        "signInIdentifierType": None,
        "servicePrincipalName": None,
        "signInEventTypes": ["interactiveUser" if event.interactive else "nonInteractiveUser"],
        "servicePrincipalId": "",
        "federatedCredentialId": None,
        "userType": event.user.type,
        "flaggedForReview": False,
        "isTenantRestricted": False,
        "autonomousSystemNumber": event.place.asn,
        "crossTenantAccessType": event.cross_tenant or ("none" if home == event.tenant_id else "b2bCollaboration"),
        "servicePrincipalCredentialKeyId": None,
        "servicePrincipalCredentialThumbprint": "",
        "uniqueTokenIdentifier": event.token_id,
        "incomingTokenType": event.incoming,
        "authenticationProtocol": event.protocol,
        "originalTransferMethod": event.transfer,
        "resourceServicePrincipalId": event.resource.id,
        "sessionId": event.session_id,
        "signInTokenProtectionStatus": event.token_binding,
        "isThroughGlobalSecureAccess": False,
        "globalSecureAccessIpAddress": None,
        "status": {
            "errorCode": event.error_code,
            "failureReason": event.failure_reason,
            "additionalDetails": event.status_detail,
        },
        "deviceDetail": _device(event.device),
        "location": _location(event.place),
        "mfaDetail": None,
        "appliedConditionalAccessPolicies": [_policy(policy) for policy in event.policies],
        "authenticationContextClassReferences": [],
        "authenticationProcessingDetails": processing_details(event),
        "networkLocationDetails": [],
        "authenticationDetails": authentication_details(event, graph_time(event.time)) if succeeded else [],
        "authenticationRequirementPolicies": [],
        "sessionLifetimePolicies": [],
        "privateLinkDetails": {"policyId": "", "policyName": "", "resourceId": "", "policyTenantId": ""},
        "authenticationAppDeviceDetails": None,
        "authenticationAppPolicyEvaluationDetails": [],
        "managedServiceIdentity": {
            "msiType": "none",
            "associatedResourceId": None,
            "federatedTokenId": None,
            "federatedTokenIssuer": None,
        },
        "tokenProtectionStatusDetails": {
            "signInSessionStatus": event.token_binding,
            "signInSessionStatusCode": None if event.token_binding in {"none", "bound"} else 1003,
        },
    }


def graph_signin_v1(event: SignInEvent) -> Record:
    """A signIn of Graph v1.0: nothing in it marks the device code flow, the session or the token."""
    full = graph_signin(event)
    slim = {field: full[field] for field in V1_FIELDS}
    slim["appliedConditionalAccessPolicies"] = [
        {
            field: policy[field]
            for field in ("id", "displayName", "enforcedGrantControls", "enforcedSessionControls", "result")
        }
        for policy in full["appliedConditionalAccessPolicies"]
    ]
    return slim


def powershell(record: Record) -> Record:
    """A Graph object as Graph PowerShell and ConvertTo-Json write it: every name begins with a capital letter."""
    return {**_capital(record), "AdditionalProperties": {}}


def _capital(value: Any) -> Any:
    if isinstance(value, dict):
        return {_CAPITALS.get(key, key[:1].upper() + key[1:]): _capital(held) for key, held in value.items()}
    return [_capital(held) for held in value] if isinstance(value, list) else value


_CAPITALS = {"ipAddress": "IPAddress", "ipAddressFromResourceProvider": "IPAddressFromResourceProvider"}


def authentication_details(event: SignInEvent, time: str) -> list[Record]:
    """One entry per authentication step, all at `time`."""
    return [
        {
            "authenticationStepDateTime": time,
            "authenticationMethod": method,
            "authenticationMethodDetail": None,
            "succeeded": True,
            "authenticationStepResultDetail": result,
            "authenticationStepRequirement": "" if method == "Previously satisfied" else "Primary authentication",
        }
        for method, result in event.auth_methods
    ]


def processing_details(event: SignInEvent) -> list[Record]:
    """Key and value pairs; lists stand in them as JSON text."""
    told = [("Login Hint Present", "True"), ("Is CAE Token", "False"), ("Root Key Type", "Unknown")]
    if event.scopes:
        told.append(("Oauth Scope Info", json_text(list(event.scopes))))
    if event.wids:
        told.append(("wids", json_text([*event.wids, EVERY_USER])))
    return [{"key": key, "value": value} for key, value in told]


def graph_audit(event: ActivityEvent, *, linkable: bool = False) -> Record:
    """A directoryAudit. With `linkable` the initiator names session and token, as Graph beta does in places."""
    return {
        "id": f"Directory_{event.record_id}",
        "category": event.category,
        "correlationId": event.correlation_id,
        "result": event.result,
        "resultReason": event.result_reason,
        "activityDisplayName": event.operation,
        "activityDateTime": event.time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "1Z",
        "loggedByService": event.service,
        "operationType": event.operation_type,
        "userAgent": event.user_agent,
        "initiatedBy": _initiator(event, linkable),
        "targetResources": [_target(target) for target in event.targets],
        "additionalDetails": [{"key": key, "value": value} for key, value in event.details],
    }


def changed_text(value: str | tuple[str | bool, ...]) -> str | None:
    """A property as the directory writes it: JSON inside text; None where there is nothing to say."""
    if value == "":
        return None
    return json_text(list(value) if isinstance(value, tuple) else value)


def _initiator(event: ActivityEvent, linkable: bool) -> Record:
    actor = event.actor
    if not isinstance(actor, Person):
        app = {
            "appId": actor.id,
            "displayName": actor.name,
            "servicePrincipalId": None,
            "servicePrincipalName": actor.name,
        }
        return {"user": None, "app": app}
    user: Record = {
        "id": actor.id,
        "displayName": actor.name,
        "userPrincipalName": actor.upn,
        "ipAddress": event.place.ip if event.place else None,
        "userType": actor.type.capitalize(),
        "homeTenantId": None,
        "homeTenantName": None,
    }
    if linkable:
        user["linkableIdentifiers"] = {
            "deviceId": None,
            "sessionId": event.session_id,
            "tokenDetails": {"uniqueTokenIdentifier": event.token_id},
        }
    return {"user": user, "app": None}


def _target(target: Target) -> Record:
    return {
        "id": target.id,
        "displayName": target.name,
        "type": target.type,
        "userPrincipalName": target.upn,
        "groupType": None,
        "modifiedProperties": [_change(change) for change in target.changes],
    }


def _change(change: Change) -> Record:
    return {
        "displayName": change.name,
        "oldValue": changed_text(change.old),
        "newValue": changed_text(change.new),
    }


def _device(machine: Machine) -> Record:
    return {
        "deviceId": machine.id,
        "displayName": machine.name,
        "operatingSystem": machine.os,
        "browser": machine.browser,
        "isCompliant": machine.compliant,
        "isManaged": machine.managed,
        "trustType": machine.trust,
    }


def _location(place: Place) -> Record:
    return {
        "city": place.city,
        "state": place.state,
        "countryOrRegion": place.country,
        "geoCoordinates": {"altitude": None, "latitude": place.latitude, "longitude": place.longitude},
    }


def _policy(policy: Policy) -> Record:
    return {
        "id": policy.id,
        "displayName": policy.name,
        "enforcedGrantControls": list(policy.controls),
        "enforcedSessionControls": [],
        "sessionControlsNotSatisfied": [],
        "result": policy.result,
        "conditionsSatisfied": ",".join(policy.conditions) or "none",
        "conditionsNotSatisfied": ",".join(policy.conditions_missed) or "none",
        "authenticationStrength": None,
        "includeRulesSatisfied": [
            {"conditionalAccessCondition": condition, "ruleSatisfied": rule} for condition, rule in policy.rules
        ],
        "excludeRulesSatisfied": [],
    }
