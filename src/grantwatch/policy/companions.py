"""What is exported beside policies, object by object: named locations, groups, directory roles, users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_network
from typing import Any, TypeVar

from grantwatch.errors import InputError
from grantwatch.policy.context import GUESTS, UserKind
from grantwatch.policy.directory import Directory, Group, Person, Role
from grantwatch.policy.fields import Fields
from grantwatch.policy.locations import NamedLocation, Ranges

__all__ = ["Found"]

T = TypeVar("T", Group, Role)


class Found:
    """The companions found so far. Pages of one group add up."""

    def __init__(self) -> None:
        self._locations: dict[str, NamedLocation] = {}
        self._groups: dict[str, Group] = {}
        self._roles: dict[str, Role] = {}
        self._users: dict[str, Person] = {}

    def add(self, kind: str, value: Mapping[str, Any], place: str) -> None:
        """Take one object in. Raises InputError for a value of the wrong type."""
        part = Fields(place, "", value)
        id = part.text("roleTemplateId" if kind == "role" else "id").lower()
        if not id:
            raise InputError(f"{place}: a {kind} without an id; export it with its id")
        if kind == "location":
            self._locations[id] = _location(id, part)
        elif kind == "user":
            self._users[id] = _person(id, part)
        elif kind == "role":
            members, nested, complete = self._members(part)
            self._roles[id] = _added(self._roles.get(id), Role(id, part.text("displayName"), members, complete, nested))
        else:
            members, nested, complete = self._members(part)
            group = Group(id, part.text("displayName"), members, complete, nested)
            self._groups[id] = _added(self._groups.get(id), group)

    def directory(self) -> Directory:
        """All of it."""
        return Directory(self._locations, self._groups, self._roles, self._users)

    def _members(self, part: Fields) -> tuple[frozenset[str], frozenset[str], bool]:
        """Ids of the members, those of them that are groups, and whether they are all there."""
        key = "members" if part.raw("transitiveMembers") is None else "transitiveMembers"
        listed = part.raw(key)
        if listed is None:
            return frozenset(), frozenset(), False
        if not isinstance(listed, list):
            raise part.wrong(key, "a list of ids or of objects", listed)
        ids, nested = set(), set()
        for number, each in enumerate(listed):
            if isinstance(each, str):
                ids.add(each.lower())
                continue
            if not isinstance(each, dict):
                raise part.wrong(f"{key}[{number}]", "an id or an object", each)
            inner = Fields(part.place, f"{key}[{number}]", each)
            id = inner.text("id").lower()
            if not id:
                raise part.wrong(f"{key}[{number}]", "an id or an object with its id", each)
            ids.add(id)
            if inner.text("@odata.type").lower().endswith(".group") and key == "members":
                nested.add(id)
            elif inner.text("userPrincipalName"):
                self._users.setdefault(id, _person(id, inner))
        return frozenset(ids), frozenset(nested), part.raw(f"{key}@odata.nextLink") is None


def _added(before: T | None, found: T) -> T:
    """Two pages, or two answers, of one group."""
    if before is None:
        return found
    return replace(
        found,
        name=found.name or before.name,
        members=found.members | before.members,
        nested=found.nested | before.nested,
        complete=found.complete or before.complete,
    )


def _location(id: str, part: Fields) -> NamedLocation:
    name, trusted = part.text("displayName"), part.flag("isTrusted")
    ranges, countries = part.raw("ipRanges"), part.raw("countriesAndRegions")
    if ranges is not None:
        if not isinstance(ranges, list):
            raise part.wrong("ipRanges", "a list of ranges", ranges)
        networks = []
        for number, each in enumerate(ranges):
            inner = {key.lower(): value for key, value in each.items()} if isinstance(each, dict) else {}
            cidr = inner.get("cidraddress", each)
            try:
                networks.append(ip_network(cidr, strict=False) if isinstance(cidr, str) else ip_network(""))
            except ValueError:
                accepted = "an object with cidrAddress such as 192.0.2.0/24"
                raise part.wrong(f"ipRanges[{number}]", accepted, cidr) from None
        return NamedLocation(id, name, trusted, tuple(networks), Ranges(networks))
    if countries is not None:
        return NamedLocation(
            id,
            name,
            trusted,
            countries=frozenset(each.upper() for each in part.texts("countriesAndRegions")),
            unknown_countries=part.flag("includeUnknownCountriesAndRegions"),
            by_gps=part.text("countryLookupMethod").lower() not in ("", "clientipaddress"),
        )
    return NamedLocation(id, name, trusted)


def _person(id: str, part: Fields) -> Person:
    enabled = part.raw("accountEnabled")
    return Person(
        id,
        part.text("userPrincipalName") or part.text("displayName"),
        _kinds(part),
        enabled if isinstance(enabled, bool) else None,
    )


def _kinds(part: Fields) -> frozenset[UserKind]:
    """What a user may be. The principal name of one invited from elsewhere has #EXT# in it; `userType` is the rest."""
    type_, invited = part.text("userType").lower(), "#ext#" in part.text("userPrincipalName").lower()
    if type_ == "guest":
        if invited:
            return frozenset({UserKind.COLLABORATION_GUEST, UserKind.OTHER_EXTERNAL, UserKind.SERVICE_PROVIDER})
        return GUESTS - {UserKind.COLLABORATION_MEMBER}
    if type_ == "member":
        return frozenset({UserKind.COLLABORATION_MEMBER} if invited else {UserKind.MEMBER})
    return GUESTS if invited else frozenset(UserKind)
