"""Conditional Access of Fabrikam Garden, as Microsoft Graph v1.0 would export it: today's policies and a candidate.

What is there today is what the logs show: a pilot that blocks device code for Oskar, and nothing that stopped Marta.
The candidate blocks it for everybody on all resources but for a group of those who use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grantwatch.lab.events import Person, SignInEvent
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.lab.ids import Mint

__all__ = ["candidate", "today"]

Json = dict[str, Any]

_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies"
_SINCE = "2026-09-21T08:00:00Z"
_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
_FLOW = {"authenticationFlows": {"transferMethods": "deviceCodeFlow"}}


def today(tenant: Fabrikam) -> Json:
    """Policies, named locations, groups, roles and users as of the last day of the logs."""
    mint = Mint("fabrikam-garden.example/policies")
    pilots, glass, admin = mint.guid(), mint.guid(), _emergency(mint)
    office = mint.guid()
    people = _people(tenant)
    return {
        "@odata.context": _CONTEXT,
        "policies": [
            _policy(
                mint.guid(), "CA001 Multifactor authentication for administrators", roles=[_ADMINISTRATOR], asks="mfa"
            ),
            _policy(
                _pilot_id(tenant),
                "CA014 Block device code flow (pilot)",
                groups=[pilots],
                without=[glass],
                conditions=_FLOW,
                asks="block",
            ),
            _policy(
                mint.guid(),
                "CA020 Security information from the office only",
                resources=[],
                actions=["urn:user:registersecurityinfo"],
                without=[glass],
                conditions={"locations": {"includeLocations": ["All"], "excludeLocations": [office]}},
                asks="block",
            ),
            _policy(
                mint.guid(),
                "CA030 Compliant devices for mail",
                resources=["00000002-0000-0ff1-ce00-000000000000"],
                without=[glass],
                state="disabled",
                asks="compliantDevice",
            ),
        ],
        "namedLocations": [_location(office, "Porto office", "192.0.2.0/24")],
        "groups": [
            _group(pilots, "CA-Pilot-DeviceCode", [tenant.oskar]),
            _group(glass, "CA-Emergency", [admin]),
        ],
        "directoryRoles": [
            {
                "id": mint.guid(),
                "roleTemplateId": _ADMINISTRATOR,
                "displayName": "Global Administrator",
                "members": [_member(admin)],
            }
        ],
        "users": [_user(person) for person in (*people, admin)],
    }


def candidate(tenant: Fabrikam, allowed: Sequence[Person] | None = None) -> Json:
    """A block for everybody but the members of a group: those who use device codes, or `allowed`."""
    mint = Mint("fabrikam-garden.example/candidate")
    excluded, id = mint.guid(), mint.guid()
    glass = today(tenant)["groups"][1]
    users = (tenant.ines, tenant.jonas, tenant.room) if allowed is None else allowed
    return {
        "@odata.context": _CONTEXT,
        "policies": [
            _policy(id, "CA015 Block device code flow", without=[glass["id"], excluded], conditions=_FLOW, asks="block")
        ],
        "groups": [_group(excluded, "CA-Allow-DeviceCode", users)],
    }


def _people(tenant: Fabrikam) -> tuple[Person, ...]:
    named = (tenant.ines, tenant.jonas, tenant.room, tenant.marta, tenant.oskar)
    return (*named, tenant.priya, tenant.tom, tenant.lea, tenant.hugo, tenant.ana)


def _emergency(mint: Mint) -> Person:
    return Person(mint.guid(), "emergency@fabrikam-garden.example", "Emergency access")


def _pilot_id(tenant: Fabrikam) -> str:
    """The id under which the logs name the policy that refused Oskar."""
    return next(policy.id for event in tenant.events() if isinstance(event, SignInEvent) for policy in event.policies)


def _policy(
    id: str,
    name: str,
    *,
    asks: str,
    groups: Sequence[str] = (),
    roles: Sequence[str] = (),
    without: Sequence[str] = (),
    resources: Sequence[str] = ("All",),
    actions: Sequence[str] = (),
    conditions: Json | None = None,
    state: str = "enabled",
) -> Json:
    everybody = [] if groups or roles else ["All"]
    return {
        "id": id,
        "templateId": None,
        "displayName": name,
        "createdDateTime": _SINCE,
        "modifiedDateTime": None,
        "state": state,
        "conditions": {
            "userRiskLevels": [],
            "signInRiskLevels": [],
            "servicePrincipalRiskLevels": [],
            "insiderRiskLevels": None,
            "clientAppTypes": ["all"],
            "platforms": None,
            "locations": None,
            "devices": None,
            "clientApplications": None,
            "applications": {
                "includeApplications": list(resources),
                "excludeApplications": [],
                "includeUserActions": list(actions),
                "includeAuthenticationContextClassReferences": [],
            },
            "users": {
                "includeUsers": everybody,
                "excludeUsers": [],
                "includeGroups": list(groups),
                "excludeGroups": list(without),
                "includeRoles": list(roles),
                "excludeRoles": [],
            },
            **(conditions or {}),
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": [asks],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
            "authenticationStrength": None,
        },
        "sessionControls": None,
    }


def _location(id: str, name: str, cidr: str) -> Json:
    return {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": id,
        "displayName": name,
        "isTrusted": True,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": cidr}],
    }


def _group(id: str, name: str, members: Sequence[Person]) -> Json:
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": id,
        "displayName": name,
        "securityEnabled": True,
        "members": [_member(person) for person in members],
    }


def _member(person: Person) -> Json:
    return {"@odata.type": "#microsoft.graph.user", "id": person.id}


def _user(person: Person) -> Json:
    return {"id": person.id, "userPrincipalName": person.upn, "userType": "Member", "accountEnabled": True}
