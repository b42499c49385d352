"""Does an allowance cover a grant? Every part has to be seen and to fit: what a log does not say fits `any` only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from grantwatch.allowances.model import Allowance, Allowances, State
from grantwatch.grants.model import Grant, Network, Party

__all__ = [
    "DIMENSIONS",
    "Flow",
    "Match",
    "covers",
    "differs",
    "flow_networks",
    "flow_resources",
    "later_networks",
    "matches",
]

DIMENSIONS = ("subject", "client", "resource", "network")
FIRST_HOUR = timedelta(hours=1)
"""After the redemption: uses within it are part of what was allowed, wherever the device is carried later."""

_BREADTH = ("range", "asn", "country", "any")


@dataclass(frozen=True, slots=True)
class Match:
    """An allowance that covers a grant, how narrowly, and what it was good for on the day of the grant."""

    allowance: Allowance
    state: State
    by: str
    """What the subject was met by, the narrowest: user, group or class."""
    network: str
    """The widest part of its networks that was needed: range, asn, country or any."""
    elsewhere: bool
    """True where whoever redeemed used tokens later from a network that it does not name."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What of a grant an allowance is held against."""

    grant: Grant
    names: frozenset[str]
    client: str
    resources: frozenset[str]
    networks: tuple[Network, ...]

    @classmethod
    def of(cls, grant: Grant) -> Flow:
        """The same of a grant."""
        names = frozenset(name.lower() for name in (grant.user.id, grant.user.upn) if name)
        return cls(grant, names, (grant.client.id or "").lower(), flow_resources(grant), flow_networks(grant))


def matches(allowances: Allowances, grant: Grant, kind: str | None) -> tuple[Match, ...]:
    """Every allowance that covers a grant, in the order of the file; `kind` is the class of the grant's account.

    Expired and unowned ones are among them, with their state: what has no effect is to be said all the same.
    """
    flow = Flow.of(grant)
    return tuple(
        Match(
            allowance=each,
            state=each.state(grant.started_at.date()),
            by=_by(allowances, each, flow),
            network=max([each.networks.kind(network) for network in flow.networks] or ["any"], key=_BREADTH.index),
            elsewhere=any(each.networks.hold(network) is not True for network in later_networks(grant)),
        )
        for each in allowances.allowances
        if covers(allowances, each, flow, kind)
    )


def covers(allowances: Allowances, allowance: Allowance, flow: Flow, kind: str | None) -> bool:
    """True where an allowance covers a grant: nothing in it differs."""
    return next(_wrong(allowances, allowance, flow, kind), None) is None


def differs(allowances: Allowances, allowance: Allowance, flow: Flow, kind: str | None) -> tuple[str, ...]:
    """Those of `DIMENSIONS` in which an allowance does not cover a grant; none where it covers it."""
    return tuple(_wrong(allowances, allowance, flow, kind))


def _wrong(allowances: Allowances, allowance: Allowance, flow: Flow, kind: str | None) -> Iterator[str]:
    """What differs, the cheapest to tell first."""
    if kind not in allowance.subject.classes and allowances.users(allowance.subject).isdisjoint(flow.names):
        yield "subject"
    if allowance.clients and flow.client not in allowance.clients:
        yield "client"
    if allowance.resources and not (flow.resources and flow.resources.issubset(allowance.resources)):
        yield "resource"
    places = allowance.networks
    if not places.everywhere and not (flow.networks and all(places.hold(network) for network in flow.networks)):
        yield "network"


def flow_networks(grant: Grant) -> tuple[Network, ...]:
    """Where a grant was made: of every leg, and of uses in the first hour that are not surely the approver's.

    Each address once. Not every log names ASN and country, so what one record of the grant says of an address range
    holds for the others in it.
    """
    until = _redeemed_at(grant) + FIRST_HOUR
    uses = (use.network for use in grant.token_uses if use.party is not Party.APPROVER and use.first <= until)
    return _completed((*(leg.network for leg in grant.legs), *uses))


def later_networks(grant: Grant) -> tuple[Network, ...]:
    """Where whoever redeemed used tokens after the first hour."""
    until = _redeemed_at(grant) + FIRST_HOUR
    return _completed(use.network for use in grant.token_uses if use.party is Party.REDEEMER and use.last > until)


def flow_resources(grant: Grant) -> frozenset[str]:
    """Ids of what the flow asked for, in lower case; empty where no record says."""
    ids = (grant.resource.id, *(leg.resource.id for leg in grant.legs))
    return frozenset(id.lower() for id in ids if id)


def _by(allowances: Allowances, allowance: Allowance, flow: Flow) -> str:
    if not flow.names.isdisjoint(allowance.subject.users):
        return "user"
    return "class" if flow.names.isdisjoint(allowances.users(allowance.subject)) else "group"


def _redeemed_at(grant: Grant) -> datetime:
    return grant.redemption.time if grant.redemption else grant.started_at


def _completed(networks: Iterable[Network]) -> tuple[Network, ...]:
    given = list(dict.fromkeys(networks))
    asns = {each.prefix: each.asn for each in given if each.asn is not None}
    countries = {each.prefix: each.country for each in given if each.country is not None}
    whole = (
        each
        if each.prefix is None
        else each._replace(
            asn=asns.get(each.prefix) if each.asn is None else each.asn,
            country=countries.get(each.prefix) if each.country is None else each.country,
        )
        for each in given
    )
    found: dict[object, Network] = {}
    for each in whole:
        found.setdefault((each.ip, each.prefix, each.asn, each.country), each)
    return tuple(found.values())
