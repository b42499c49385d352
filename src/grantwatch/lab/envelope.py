"""Diagnostic settings records: the envelope of Azure Monitor around a sign-in or a directory audit."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantwatch.lab.events import ActivityEvent, Machine, Policy, SignInEvent
from grantwatch.lab.graph import Record, authentication_details, graph_audit, graph_signin

__all__ = ["condition_bits", "envelope_audit", "envelope_signin", "offset_time", "signin_properties"]

DELAY = timedelta(minutes=4)
"""The `time` of a sign-in is when it was taken in, minutes after it happened; that of an audit is its own."""

CONDITION_BITS = {
    "application": 1,
    "users": 2,
    "devicePlatform": 4,
    "location": 8,
    "clientType": 16,
    "signInRisk": 32,
    "userRisk": 64,
    "authenticationFlows": 32768,
}
"""Graph names conditions; this export writes them as one number."""


def offset_time(time: datetime) -> str:
    """UTC with seven fraction digits and +00:00."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7+00:00"


def condition_bits(conditions: tuple[str, ...]) -> int:
    """Conditions as a bit mask. Raises KeyError for a name outside the enumeration."""
    return sum(CONDITION_BITS[condition] for condition in conditions)


def signin_properties(event: SignInEvent) -> Record:
    """The `properties` of a sign-in: Graph's names, with the differences of this export."""
    properties = graph_signin(event)
    for absent in (
        "resourceOwnerTenantId",
        "signInIdentifierType",
        "servicePrincipalCredentialKeyId",
        "servicePrincipalCredentialThumbprint",
        "authenticationAppPolicyEvaluationDetails",
        "globalSecureAccessIpAddress",
    ):
        del properties[absent]
    properties |= {
        "createdDateTime": offset_time(event.time),
        "userType": event.user.type.capitalize(),
        "originalRequestId": event.request_id,
        "deviceDetail": _device(event.device),
        "status": {key: value for key, value in properties["status"].items() if value is not None},
        "mfaDetail": {},
        "privateLinkDetails": {},
        "appliedConditionalAccessPolicies": [_policy(policy) for policy in event.policies],
        "conditionalAccessAudiences": [{"applicationId": event.client.id, "audienceReasons": "none"}],
        "authenticationDetails": [
            {**step, "StatusSequence": 0, "RequestSequence": 1}
            for step in authentication_details(event, offset_time(event.time))
        ],
        "authenticationStrengths": [],
        "alternateSignInName": event.user.upn,
        "tenantId": event.tenant_id,
        "rngcStatus": 0,
        "ssoExtensionVersion": "",
    }
    return properties


def envelope_signin(event: SignInEvent) -> Record:
    """A record of category SignInLogs or NonInteractiveUserSignInLogs."""
    record = _envelope(event.time + DELAY, event.tenant_id, "Sign-in activity")
    record |= {
        "category": "SignInLogs" if event.interactive else "NonInteractiveUserSignInLogs",
        "resultType": str(event.error_code),
        "callerIpAddress": event.place.ip,
        "correlationId": event.correlation_id,
        "identity": event.user.name,
        "location": event.place.country,
        "properties": signin_properties(event),
    }
    if event.error_code:
        record["resultDescription"] = event.failure_reason
    return record


def envelope_audit(event: ActivityEvent) -> Record:
    """A record of category AuditLogs."""
    record = _envelope(event.time, event.tenant_id, event.operation)
    properties = graph_audit(event)
    properties["activityDateTime"] = offset_time(event.time)
    record |= {
        "category": "AuditLogs",
        "callerIpAddress": event.place.ip if event.place else None,
        "correlationId": event.correlation_id,
        "identity": event.actor.name,
        "properties": properties,
    }
    return record


def _envelope(time: datetime, tenant_id: str, operation: str) -> Record:
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z",
        "resourceId": f"/tenants/{tenant_id}/providers/Microsoft.aadiam",
        "operationName": operation,
        "operationVersion": "1.0",
        "category": "",
        "tenantId": tenant_id,
        "resultSignature": "None",
        "durationMs": 0,
        "Level": 4,
    }


def _device(machine: Machine) -> Record:
    said: Record = {"deviceId": machine.id}
    if machine.name:
        said["displayName"] = machine.name
    if machine.os:
        said["operatingSystem"] = machine.os
    if machine.browser:
        said["browser"] = machine.browser
    if machine.id:
        said |= {"isCompliant": machine.compliant, "isManaged": machine.managed, "trustType": machine.trust}
    return said


def _policy(policy: Policy) -> Record:
    return {
        "id": policy.id,
        "displayName": policy.name,
        "enforcedGrantControls": list(policy.controls),
        "enforcedSessionControls": [],
        "result": policy.result,
        "conditionsSatisfied": condition_bits(policy.conditions),
        "conditionsNotSatisfied": condition_bits(policy.conditions_missed),
    }
