"""Exports as Microsoft Graph answers, of a tenant that does not exist; and sign-ins in it."""

from __future__ import annotations

import json
import zlib
from typing import Any

from grantwatch.policy import DEVICE_CODE, NOBODY_ELSE, UNREGISTERED, Context, Export, Model, UserKind, parse

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
ARM = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
REGISTRATION = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"
KEY_VAULT = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"

Json = dict[str, Any]


def guid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


ANNA, BEN, ROOM, GLASS = (guid(number) for number in (1, 2, 3, 4))
STAFF, ROOMS, BREAK_GLASS = (guid(number) for number in (11, 12, 13))
HEAD_OFFICE, EUROPE = guid(21), guid(22)
PARTNER, OTHER_PARTNER = guid(31), guid(32)


def a_policy(name: str = "Block device code flow", *, state: str = "enabled", **parts: Any) -> Json:
    """A policy that blocks device code for everybody on all resources, as Graph v1.0 writes it, but for `parts`.

    A part replaces a condition whole: `users={"includeUsers": ["All"]}`. `grant` and `session` are the controls.
    """
    grant = parts.pop("grant", {"operator": "OR", "builtInControls": ["block"]})
    session = parts.pop("session", None)
    id = parts.pop("id", guid(zlib.crc32(name.encode())))
    conditions: Json = {
        "userRiskLevels": [],
        "signInRiskLevels": [],
        "servicePrincipalRiskLevels": [],
        "insiderRiskLevels": None,
        "clientAppTypes": ["all"],
        "platforms": None,
        "locations": None,
        "devices": None,
        "clientApplications": None,
        "applications": {"includeApplications": ["All"], "excludeApplications": [], "includeUserActions": []},
        "users": {"includeUsers": ["All"]},
        "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
    }
    conditions.update(parts)
    if conditions["authenticationFlows"] is None:
        del conditions["authenticationFlows"]
    return {
        "id": id,
        "templateId": None,
        "displayName": name,
        "createdDateTime": "2026-03-02T08:00:00Z",
        "modifiedDateTime": None,
        "state": state,
        "conditions": conditions,
        "grantControls": grant
        if grant is None
        else {"customAuthenticationFactors": [], "termsOfUse": [], "authenticationStrength": None, **grant},
        "sessionControls": session,
    }


def listed(*policies: Json) -> bytes:
    """What Graph answers to a list of policies."""
    context = "https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies"
    return json.dumps({"@odata.context": context, "value": list(policies)}).encode()


def ip_location(id: str, name: str, *ranges: str, trusted: bool = False) -> Json:
    return {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": id,
        "displayName": name,
        "isTrusted": trusted,
        "ipRanges": [
            {"@odata.type": f"#microsoft.graph.iPv{6 if ':' in each else 4}CidrRange", "cidrAddress": each}
            for each in ranges
        ],
    }


def country_location(id: str, name: str, *countries: str, unknown: bool = False, by: str = "clientIpAddress") -> Json:
    return {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": id,
        "displayName": name,
        "countriesAndRegions": list(countries),
        "includeUnknownCountriesAndRegions": unknown,
        "countryLookupMethod": by,
    }


def a_group(id: str, name: str, *members: str | Json) -> Json:
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": id,
        "displayName": name,
        "securityEnabled": True,
        "members": list(members),
    }


def a_role(id: str, name: str, *members: str | Json) -> Json:
    return {"id": guid(99), "roleTemplateId": id, "displayName": name, "members": list(members)}


def a_user(id: str, name: str, kind: str = "Member") -> Json:
    return {"id": id, "userPrincipalName": name, "userType": kind, "accountEnabled": True}


def companions(**lists: list[Json]) -> bytes:
    """Named locations, groups, directoryRoles and users, by the names of their lists."""
    return json.dumps(lists).encode()


def exported(*policies: Json, **lists: list[Json]) -> Export:
    files = [("policies.json", listed(*policies))]
    return parse([*files, ("companions.json", companions(**lists))] if lists else files)


def model(*policies: Json, **lists: list[Json]) -> Model:
    export = exported(*policies, **lists)
    return Model(export.policies, export.directory)


def sign_in(**inputs: Any) -> Context:
    """Anna enters a device code for Microsoft Graph from home, on a device that nobody registered; all is known."""
    known: Json = {
        "user_id": ANNA,
        "kinds": frozenset({UserKind.MEMBER}),
        "home_tenant": None,
        "groups": NOBODY_ELSE,
        "roles": NOBODY_ELSE,
        "resources": frozenset({GRAPH}),
        "client_app": "mobileAppsAndDesktopClients",
        "platform": "windows",
        "ip": "203.0.113.9",
        "country": "GB",
        "device": UNREGISTERED,
        "sign_in_risk": "none",
        "user_risk": "none",
        "insider_risk": None,
        "flow": DEVICE_CODE,
        "tracked": DEVICE_CODE,
    }
    return Context(**{**known, **inputs})
