"""What a case of the table of conditions is, and the short words that its lines are written in."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.policy import shapes
from tests.policy.shapes import (
    ANNA,
    BEN,
    EUROPE,
    GLOBAL_ADMIN,
    HEAD_OFFICE,
    ROOM,
    STAFF,
    a_group,
    a_role,
    a_user,
    country_location,
    ip_location,
)

from grantwatch.policy import (
    Because,
    Device,
    Membership,
    UserKind,
)

COMPANIONS: dict[str, list[Any]] = {
    "groups": [
        a_group(STAFF, "Staff", ANNA, {"@odata.type": "#microsoft.graph.group", "id": shapes.ROOMS}),
        a_group(shapes.ROOMS, "Rooms", {"@odata.type": "#microsoft.graph.user", "id": ROOM}),
    ],
    "directoryRoles": [a_role(GLOBAL_ADMIN, "Global Administrator", BEN)],
    "users": [a_user(ANNA, "anna@contoso.example")],
    "namedLocations": [
        ip_location(HEAD_OFFICE, "Head office", "198.51.100.0/24", "2001:db8:1::/48", trusted=True),
        country_location(EUROPE, "Europe", "DE", "FR"),
        country_location(shapes.guid(23), "By GPS", "DE", by="authenticatorAppGps"),
        country_location(shapes.guid(24), "Nowhere", "DE", unknown=True),
        {"@odata.type": "#microsoft.graph.compliantNetworkNamedLocation", "id": shapes.guid(25), "displayName": "GSA"},
    ],
}


class Case(NamedTuple):
    name: str
    condition: dict[str, Any]
    inputs: dict[str, Any]
    applies: bool | None
    because: Because = Because.MET
    item: str = ""


def users(**part: Any) -> dict[str, Any]:
    return {"users": part}


def apps(include: list[str], exclude: list[str] | None = None, **part: Any) -> dict[str, Any]:
    return {"applications": {"includeApplications": include, "excludeApplications": exclude or [], **part}}


def flows(methods: str | None) -> dict[str, Any]:
    return {"authenticationFlows": {"transferMethods": methods}}


def places(include: list[str], exclude: list[str] | None = None) -> dict[str, Any]:
    return {"locations": {"includeLocations": include, "excludeLocations": exclude or []}}


def systems(include: list[str], exclude: list[str] | None = None) -> dict[str, Any]:
    return {"platforms": {"includePlatforms": include, "excludePlatforms": exclude or []}}


def filtered(mode: str, rule: str) -> dict[str, Any]:
    return {"devices": {"deviceFilter": {"mode": mode, "rule": rule}}}


def kinds(*names: str, tenants: list[str] | None = None) -> dict[str, Any]:
    found = {"membershipKind": "enumerated", "members": tenants} if tenants is not None else {"membershipKind": "all"}
    return {"guestOrExternalUserTypes": ",".join(names), "externalTenants": found}


def within(*ids: str) -> Membership:
    return Membership(frozenset(ids), complete=True)


NOT, OUT, INPUT, EXPORT = Because.NOT_MATCHED, Because.EXCLUDED, Because.INPUT, Because.EXPORT
DOUBT, UNSAID = Because.DOUBT, Because.UNDOCUMENTED
GUEST = frozenset({UserKind.COLLABORATION_GUEST})
HYBRID = Device(True, (("trustType", "ServerAD"), ("isCompliant", True)))
