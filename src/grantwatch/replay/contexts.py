"""From a grant and its records to the inputs of Conditional Access. What a record does not say is UNKNOWN.

Inputs fall into three parts that change at different paces: who it is (once a grant), where it comes from, the rest.
So of a hundred thousand requests few have a new part, and only new parts are looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from typing import Any, NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import Device as LoggedDevice
from grantwatch.grants.model import Grant, Leg, LegKind, Party, TokenKind, TokenUse
from grantwatch.policy import (
    DEVICE_CODE,
    GUESTS,
    UNKNOWN,
    Context,
    Device,
    Directory,
    Membership,
    NamedLocation,
    Unknown,
    UserKind,
)
from grantwatch.policy.context import ANYBODY, NOT_TOLD
from grantwatch.replay.controls import Held
from grantwatch.replay.model import Stage

__all__ = ["CERTAIN", "Contexts", "Moment", "moments"]

CERTAIN = 0.9
"""From this certainty on a record itself names the flow. Below, whether it was a device code flow is not known."""

_DONE = "multifactorauthentication"
_ISSUED = (LegKind.APPROVAL, LegKind.REDEMPTION)


class Moment(NamedTuple):
    """One decision: a leg, or a fold of token uses."""

    stage: Stage
    said: Leg | TokenUse
    approver: bool
    """The approver's own browser, later: it carries the lineage, but nobody else's hands are on it."""
    records: int


def moments(grant: Grant) -> list[Moment]:
    """What Conditional Access was evaluated for, in time order: no pages that paused the flow, no refusals.

    A sighting in the Unified Audit Log tells again of an approval that the sign-in logs hold: then it is left out.
    """
    found = []
    for leg in grant.legs:
        kind = leg.kind
        if kind is LegKind.APPROVAL or (kind is LegKind.SIGHTING and not grant.of(LegKind.APPROVAL)):
            stage = Stage.APPROVAL
        elif kind is LegKind.REDEMPTION or (kind is LegKind.BLOCKED and leg.interactive is False):
            stage = Stage.REDEMPTION
        elif kind is LegKind.BLOCKED:
            stage = Stage.APPROVAL
        else:
            continue
        found.append(Moment(stage, leg, False, 1))
    uses = sorted(grant.token_uses, key=lambda use: use.last) if len(grant.token_uses) > 1 else grant.token_uses
    found += [Moment(Stage.REFRESH, use, use.party is Party.APPROVER, use.count) for use in uses]
    return found


class Contexts:
    """Makes the inputs, with the directory that was exported beside the policies."""

    def __init__(self, directory: Directory, ids: dict[str, str]) -> None:
        self.directory = directory
        self._ids = {person.name.lower(): person.id for person in directory.users.values() if "@" in person.name}
        for upn, id in ids.items():
            self._ids.setdefault(upn, id)
        self._edges = _edges(directory.locations.values())
        self._held: dict[tuple[Any, ...], Held] = {}
        self._people: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    # -- who

    def person(self, grant: Grant) -> tuple[Any, ...]:
        """The inputs of the condition on users, in its order."""
        user = grant.user
        key = (user.id, user.upn, user.type, user.home_tenant_id, grant.tenant_id, grant.cross_tenant, grant.role_ids)
        found = self._people.get(key)
        if found is None:
            found = self._people[key] = self._person(grant)
        return found

    def _person(self, grant: Grant) -> tuple[Any, ...]:
        user = grant.user
        id = user.id or self._ids.get((user.upn or "").lower())
        roles = Membership(frozenset(grant.role_ids), complete=True) if grant.role_ids else NOT_TOLD
        home = user.home_tenant_id or UNKNOWN
        return id or UNKNOWN, self._kinds(grant, id), home, NOT_TOLD, roles

    def _kinds(self, grant: Grant, id: str | None) -> frozenset[UserKind]:
        """What the user may be, by the log; where that leaves a choice, by the directory."""
        said = _kinds(grant)
        known = self.directory.users.get(id.lower()) if id and len(said) > 1 else None
        return (said & known.kinds or said) if known else said

    # -- where

    def place(self, said: Leg | TokenUse) -> tuple[str | Unknown, str | Unknown]:
        """Address and country. Of several addresses of one range it is known only where none makes a difference."""
        network = said.network
        ip: str | Unknown = network.ip or UNKNOWN
        if network.prefix and type(said) is TokenUse and said.addresses > 1 and self._splits(network.prefix):
            ip = UNKNOWN
        country = network.country
        return ip, country if country and len(country) == 2 else UNKNOWN

    def _splits(self, prefix: str) -> bool:
        """Whether a named location begins or ends within an address range."""
        span = _span(prefix)
        if span is None:
            return True
        version, first, last = span
        edges = self._edges[version]
        return bisect_left(edges, first + 1) < bisect_right(edges, last)

    # -- what

    def rest(self, grant: Grant, moment: Moment) -> tuple[Any, ...]:
        """All else that a decision hangs on, as plain values: equal ones are decided once."""
        said, device = moment.said, moment.said.device
        refresh = moment.stage is Stage.REFRESH
        flow = DEVICE_CODE if grant.certainty >= CERTAIN else UNKNOWN
        return (
            said.resource.id,
            said.client_app,
            said.user_agent,
            device.id,
            device.name,
            device.os,
            device.managed,
            device.compliant,
            device.trust,
            said.risk,
            None if refresh else flow,
            self._tracked(said, flow) if refresh else flow,
        )

    @staticmethod
    def _tracked(said: Leg | TokenUse, flow: str | Unknown) -> str | Unknown | None:
        tracked = said.tracked if isinstance(said, TokenUse) else True
        return flow if tracked else UNKNOWN if tracked is None else None

    def context(self, person: tuple[Any, ...], place: tuple[Any, ...], rest: tuple[Any, ...]) -> Context:
        """All parts as one."""
        resource, client_app, agent, id, name, os, managed, compliant, trust, risk, flow, tracked = rest
        device = LoggedDevice(id, name, os, None, managed, compliant, trust)
        user_id, kinds, home, groups, roles = person
        ip, country = place
        return Context(
            user_id=user_id,
            kinds=kinds,
            home_tenant=home,
            groups=groups,
            roles=roles,
            resources=frozenset({resource}) if resource else UNKNOWN,
            client_app=knowledge.spelled("client_app", client_app) or UNKNOWN,
            platform=_platform(device, agent),
            ip=ip,
            country=country,
            device=_device(device),
            sign_in_risk=risk if risk in ("none", "low", "medium", "high") else UNKNOWN,
            flow=flow,
            tracked=tracked,
        )

    # -- what it can show

    def held(self, moment: Moment, rest: tuple[Any, ...], mfa: bool | None) -> Held:
        """What the request can show. `mfa`: whether the tokens of the grant carry the claim (see `has_mfa`)."""
        said = moment.said
        if mfa is None:
            mfa = _mfa(said)
        if moment.stage is not Stage.REFRESH:
            return _AT_FIRST[mfa]
        kind, binding = said.kind, said.token_binding  # type: ignore[union-attr]
        key = (rest[3:9], kind is TokenKind.PRIMARY, binding, mfa)
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = _held(said.device, *key[1:])
        return found


_AT_FIRST = {mfa: Held(mfa, False, False, False) for mfa in (True, None)}
"""The redeemer has no device to show, and the approver's does not reach it."""


def _held(logged: LoggedDevice, primary: bool, binding: str | None, mfa: bool | None) -> Held:
    device = _device(logged)
    registered = device.registered
    if registered is None and primary:
        # A primary refresh token is a registered device's.
        registered = True
    bound = binding == "bound" if binding in ("bound", "unbound") else None
    if registered is False:
        return Held(mfa, False, False, False, bound)
    return Held(mfa, device.compliant, device.hybrid_joined, registered, bound)


def has_mfa(grant: Grant) -> bool | None:
    """True where a record of the flow that succeeded asked for multifactor authentication; else it is not known."""
    done = any(leg.auth_requirement == _DONE and leg.kind in _ISSUED for leg in grant.legs)
    return True if done else None


def _mfa(said: Leg | TokenUse) -> bool | None:
    if said.auth_requirement != _DONE:
        return None
    issued = said.error_code in (0, None) if isinstance(said, Leg) else said.failures < said.count
    blocked = isinstance(said, Leg) and said.kind is LegKind.BLOCKED
    return True if issued and not blocked else None


def _kinds(grant: Grant) -> frozenset[UserKind]:
    user = grant.user
    crossing = (grant.cross_tenant or "").lower()
    elsewhere = bool(user.home_tenant_id and grant.tenant_id and user.home_tenant_id != grant.tenant_id)
    guest = user.type == "guest" or "#ext#" in (user.upn or "").lower()
    outside = knowledge.spelled("crossing", crossing)
    if outside:
        kind = UserKind(outside)
        if kind is UserKind.COLLABORATION_GUEST and user.type == "member":
            kind = UserKind.COLLABORATION_MEMBER
        return frozenset({kind})
    if elsewhere:
        return GUESTS - {UserKind.INTERNAL_GUEST}
    if guest:
        return GUESTS - {UserKind.COLLABORATION_MEMBER} if crossing != "none" else frozenset({UserKind.INTERNAL_GUEST})
    if user.type == "member":
        at_home = crossing == "none" or user.home_tenant_id == grant.tenant_id
        return frozenset({UserKind.MEMBER} if at_home else {UserKind.MEMBER, UserKind.COLLABORATION_MEMBER})
    return ANYBODY


@lru_cache(maxsize=8192)
def _platform(device: LoggedDevice, agent: str | None) -> str | Unknown | None:
    """By the system that the record names, else by the user agent: Conditional Access goes by what a client claims.

    None where the client claims no system that Conditional Access knows; UNKNOWN where the record has no user agent.
    """
    named = _system(device.os)
    if named:
        return named
    if agent is None:
        return UNKNOWN
    family = knowledge.agent(agent)
    return knowledge.spelled("platform", family.os)


def _system(os: str | None) -> str | None:
    """`Windows 11`, `Windows10`, `Ios 26`, `MacOs`: the word before the version."""
    word = (os or "").split(" ")[0].rstrip("0123456789.")
    return knowledge.spelled("platform", word)


def _device(device: LoggedDevice) -> Device:
    """As the record shows it: known to the directory by its id; unknown to it where the record has a place for one."""
    if device.id is None:
        placed = device.managed is not None or device.compliant is not None or device.os or device.name
        return Device(False) if placed else Device()
    facts: list[tuple[str, str | bool | None]] = [("deviceid", device.id)]
    if device.name is not None:
        facts.append(("displayname", device.name))
    if device.compliant is not None:
        facts.append(("iscompliant", device.compliant))
    trust = knowledge.spelled("trust", device.trust)
    if trust is not None:
        facts.append(("trusttype", trust))
    return Device(True, tuple(facts))


def _edges(locations: Iterable[NamedLocation]) -> dict[int, list[int]]:
    found: dict[int, set[int]] = {4: set(), 6: set()}
    for location in locations:
        for version in (4, 6):
            for start, end in location.ranges.spans(version) if location.ranges else ():
                found[version] |= {start, end + 1}
    return {version: sorted(edges) for version, edges in found.items()}


@lru_cache(maxsize=65_536)
def _span(prefix: str) -> tuple[int, int, int] | None:
    try:
        network = ip_network(prefix)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)
