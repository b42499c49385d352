"""How much two grants of different users have in common that honest grants do not: a sum that can be read part by part.

Operators rotate addresses; what they keep is the client that they ask for, the tool that they redeem with, and their
way of working. One of these alone ties nothing: many attackers take the same client.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import Leg, LegKind, Party, TokenUse
from grantwatch.signals import client_kind, rarity, rented, without_code
from grantwatch.verdict.clues import Clue, clues, provider
from grantwatch.verdict.model import Judged
from grantwatch.verdict.weights import TieNumbers

__all__ = ["Tied", "Traits", "tied", "traits"]

_HARD = frozenset({"prefix", "asn", "agent", "device"})
_REST = timedelta(hours=24)
_DEEDS = {
    "mail_access": "mail was read",
    "inbox_rule": "inbox rules were made",
    "device_registered": "devices were registered",
    "consent": "consents were given",
    "security_info": "sign-in methods were changed",
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What of one grant can be compared. `common` says of a value how many of the tenant's people had it before."""

    at: datetime
    users_of_flow: int
    """Users of the tenant with device code before."""
    tenant_users: int
    clues: frozenset[Clue]
    """Networks that are new or rented, and scripted user agents (see links.clues)."""
    common: dict[Clue, int]
    away: dict[Clue, int]
    """Providers and countries of the redeemer that are new to the user, with the users of the tenant of each."""
    client: str | None
    client_label: str
    client_needs_code: bool
    client_users: int
    apps: dict[str, int]
    """User agents of the redeemer that name an app or a browser, no script, with the users of the tenant of each."""
    kinds: frozenset[str]
    """Kinds of network of the redeemer: hosting, anonymiser, campaign; `other` for all else."""
    asns: frozenset[int]
    deeds: frozenset[str]
    builds: frozenset[str]
    first_use: bool
    browser: bool
    """Redeemed under the name of a browser."""
    unseen: bool
    """Nothing of the redeemer is in these logs."""
    rests: bool
    """A token came, and no other for a day or more."""
    relayed: bool
    """The approval itself came from a rented network: somebody stood between the user and the page."""


class Tied(NamedTuple):
    """How strongly two grants are tied, and by what. `hard`: by a network or a tool, not by client and time alone."""

    strength: float
    reasons: tuple[Clue, ...]
    hard: bool


def traits(judged: Judged) -> Traits:
    """What of this grant can be compared with another's."""
    grant, profile = judged.grant, judged.profile
    found = clues(judged)
    uses = [use for use in grant.token_uses if use.party is Party.REDEEMER]
    hands: list[Leg | TokenUse] = [*grant.of(LegKind.REDEMPTION), *uses]
    marks = [rented(each.network, grant.started_at.date()) for each in hands]
    fired = {each.signal for each in judged.verdict.evidence}
    client = grant.client.id
    return Traits(
        at=grant.started_at,
        users_of_flow=profile.tenant_grant_users,
        tenant_users=profile.tenant_users,
        clues=found,
        common={each: profile.familiarity(each.kind, each.value).tenant_users for each in found},
        away=_away(judged),
        client=client.lower() if client else None,
        client_label=knowledge.client_name(client, grant.client.name),
        client_needs_code=not without_code(client),
        client_users=profile.familiarity("grant_client", client).tenant_users if client else 0,
        apps={agent: profile.familiarity("user_agent", agent).tenant_users for agent in _apps(hands)},
        kinds=frozenset(mark.kind if mark else "other" for mark in marks),
        asns=frozenset(each.network.asn for each in hands if each.network.asn is not None),
        deeds=frozenset(each.kind for each in grant.follow_ons if each.kind in _DEEDS and _counts(each.kind, fired)),
        builds=frozenset(_builds(judged)),
        first_use="identity.first_use" in fired,
        browser="token.browser_agent" in fired,
        unseen=not hands,
        rests=_rests(judged, uses),
        relayed=any(rented(leg.network, grant.started_at.date()) for leg in grant.of(LegKind.APPROVAL)),
    )


def _rests(judged: Judged, uses: Iterable[TokenUse]) -> bool:
    """Whether the token was left alone for a day, as far as these logs show that day."""
    redemption = judged.grant.redemption
    if redemption is None:
        return False
    following = min((use.first for use in uses), default=None)
    return judged.profile.days_after > 1 if following is None else following - redemption.time >= _REST


def _away(judged: Judged) -> dict[Clue, int]:
    grant, profile = judged.grant, judged.profile
    found: dict[Clue, int] = {}
    networks = {leg.network for leg in grant.of(LegKind.REDEMPTION)}
    networks |= {use.network for use in grant.token_uses if use.party is Party.REDEEMER}
    for network in networks:
        told = [Clue("country", network.country, f"the country {network.country}")] if network.country else []
        told += [provider(network)] if network.asn is not None else []
        for clue in told:
            seen = profile.familiarity(clue.kind, clue.value)
            if not seen.known_to_user:
                found[clue] = seen.tenant_users
    return found


def _apps(hands: Iterable[Leg | TokenUse]) -> set[str]:
    agents = {each.user_agent for each in hands if each.user_agent}
    return {agent for agent in agents if not knowledge.agent(agent).is_scripted}


_SIGNALS = {
    "mail_access": "collection.mail_access",
    "inbox_rule": "collection.inbox_rule",
    "device_registered": "persistence.device_registered",
    "consent": "persistence.consent",
    "security_info": "persistence.security_info",
}


def _counts(kind: str, fired: set[str]) -> bool:
    """A deed counts where the signal of it found it odd: people read mail after a grant too."""
    return _SIGNALS[kind] in fired


def _builds(judged: Judged) -> Iterable[str]:
    for each in judged.grant.follow_ons:
        if each.kind in ("device_registered", "device_added"):
            name, build = each.facts.get("device_name"), each.facts.get("os_version") or each.facts.get("os")
            yield from (mark.title for mark in knowledge.device_marks(name, build, judged.grant.started_at.date()))


def tied(one: Traits, other: Traits, numbers: TieNumbers) -> Tied:
    """The sum over what both have, less for what sets them apart."""
    parts = [*_network(one, other, numbers), *_tool(one, other, numbers), *_way(one, other, numbers)]
    apart = abs(one.at - other.at)
    strength = sum(value for value, _ in parts) + _time(apart, numbers) - _unlike(one, other, numbers)
    near = any(value > 0 and clue.kind == "prefix" for value, clue in parts)
    counted = [(value, clue) for value, clue in parts if value > 0 or (near and clue.kind == "asn")]
    reasons = tuple(clue for _, clue in sorted(counted, key=lambda part: (-part[0], part[1])))
    hard = any(value >= numbers.hard and clue.kind in _HARD for value, clue in parts)
    return Tied(round(strength, 3), reasons, hard)


_Part = tuple[float, Clue]


def _left(users: int, of: int) -> float:
    """How much sharing it tells where so many of so many have it: all where nobody has, nothing from a quarter on."""
    return rarity(users, of, 0.0) if of else 1.0


def _network(one: Traits, other: Traits, numbers: TieNumbers) -> Iterable[_Part]:
    """The closest thing that they share of range, provider and country: the others follow from it."""
    of = max(one.tenant_users, other.tenant_users)
    found: list[_Part] = []
    for clue in one.clues & other.clues:
        users = min(one.common[clue], other.common[clue])
        if clue.kind == "prefix" and users < numbers.ordinary_users:
            found.append((numbers.prefix, clue))
        elif clue.kind == "asn":
            found.append((numbers.asn * _left(users, of), clue))
    for clue in one.away.keys() & other.away.keys():
        weight = numbers.asn if clue.kind == "asn" else numbers.country
        found.append((weight * _left(min(one.away[clue], other.away[clue]), of), clue))
    closest = max((value for value, _ in found), default=0.0)
    for value, clue in found:
        yield (value, clue) if value == closest else (0.0, clue)
        closest = math.inf if value == closest else closest


def _tool(one: Traits, other: Traits, numbers: TieNumbers) -> Iterable[_Part]:
    on_cli = client_kind(one.client) in ("cli", "driver") or client_kind(other.client) in ("cli", "driver")
    for clue in one.clues & other.clues:
        if clue.kind == "agent":
            kind = knowledge.agent(clue.value).kind
            weight = numbers.kit if kind == "kit" else 0.0 if on_cli else numbers.agent
            yield weight, clue
    if not on_cli and one.client == other.client:
        for agent in one.apps.keys() & other.apps.keys():
            users = min(one.apps[agent], other.apps[agent])
            # An app may be common, and yet on the client of another program it is not.
            named = knowledge.agent(agent).kind == "app" and not one.client_needs_code
            left = 1.0 if named else _left(users, max(one.tenant_users, other.tenant_users))
            yield numbers.app * left, Clue("agent", agent, f"the user agent {agent!r}")
    if one.client is not None and one.client == other.client:
        users, of = min(one.client_users, other.client_users), max(one.users_of_flow, other.users_of_flow)
        value = numbers.client * (_left(users, of) if one.client_needs_code else 1.0)
        told = "" if one.client_needs_code else ", which needs no code"
        yield value, Clue("client", one.client, f"the client {one.client_label}{told}")
    for title in sorted(one.builds & other.builds)[:1]:
        yield numbers.device, Clue("device", title, f"devices that look alike ({title})")


def _way(one: Traits, other: Traits, numbers: TieNumbers) -> Iterable[_Part]:
    for deed in sorted(one.deeds & other.deeds)[:2]:
        yield numbers.deed, Clue("way", deed, _DEEDS[deed])
    if one.rests and other.rests:
        yield numbers.rest, Clue("way", "rests", "tokens that rested for a day")
    if one.relayed and other.relayed:
        yield numbers.relayed, Clue("way", "relayed", "approvals from rented networks")
    if one.browser and other.browser:
        yield numbers.deed, Clue("way", "browser", "redeemed under the name of a browser")
    if one.first_use and other.first_use:
        yield numbers.first_use, Clue("way", "first_use", "first device code uses")


def _time(apart: timedelta, numbers: TieNumbers) -> float:
    if apart <= timedelta(minutes=numbers.burst_minutes):
        return numbers.minutes
    if apart <= timedelta(days=numbers.wave_days):
        return numbers.wave
    return -numbers.per_day * (apart / timedelta(days=1))


def _unlike(one: Traits, other: Traits, numbers: TieNumbers) -> float:
    """What sets two grants apart: another client, other kinds of network, or rented ones at other providers."""
    apart = numbers.other_client if one.client and other.client and one.client != other.client else 0.0
    if not one.kinds or not other.kinds:
        return apart
    if not one.kinds & other.kinds:
        return apart + numbers.other_kind
    rented_both = "other" not in one.kinds | other.kinds
    return apart + (numbers.other_provider if rented_both and not one.asns & other.asns else 0.0)
