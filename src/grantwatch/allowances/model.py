"""An allowance: who may use device code, with what, from where, until when, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address

from grantwatch.grants.model import Network

__all__ = ["FORMAT", "Allowance", "Allowances", "Group", "Networks", "State", "Subject"]

FORMAT = "grantwatch-allowances/1"
"""What the key `version` of a file says."""

Range = IPv4Network | IPv6Network


class State(StrEnum):
    """What an allowance is good for on a day. Only one that is `active` has any effect."""

    ACTIVE = "active"
    EXPIRED = "expired"
    UNOWNED = "unowned"
    """Nobody answers for it yet, so it is a proposal."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the tenant. Logs do not say who is in it, so the file lists its members (names or ids, lower case)."""

    name: str
    id: str | None = None
    members: frozenset[str] = frozenset()
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an allowance is for: any of these. Users are principal names or object ids in lower case."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Keys of `Allowances.groups`."""
    classes: tuple[str, ...] = ()
    """Account classes: person, device, service, guest."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Where from: any of these. Nothing in it means everywhere, which a file has to say as `any`."""

    ranges: tuple[Range, ...] = ()
    asns: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    """Two letters, upper case."""

    @property
    def everywhere(self) -> bool:
        """True where it sets no bound."""
        return not (self.ranges or self.asns or self.countries)

    def hold(self, network: Network) -> bool | None:
        """True where the network is one of these; None where its record does not say enough to tell."""
        if self.everywhere:
            return True
        by_range = self._in_range(network) if self.ranges else False
        by_asn = None if network.asn is None else network.asn in self.asns
        by_country = None if network.country is None else network.country.upper() in self.countries
        answers = (by_range, by_asn if self.asns else False, by_country if self.countries else False)
        if True in answers:
            return True
        return None if None in answers else False

    def kind(self, network: Network) -> str:
        """By what a network that these hold is held: range, asn, country or any; the narrowest that does."""
        if self.ranges and self._in_range(network):
            return "range"
        if network.asn is not None and network.asn in self.asns:
            return "asn"
        return "any" if self.everywhere else "country"

    def _in_range(self, network: Network) -> bool | None:
        for text, whole in ((network.ip, False), (network.prefix, True)):
            if text is None:
                continue
            try:
                place: Range = _network(text)
            except ValueError:
                continue
            if any(_within(place, each) for each in self.ranges):
                return True
            if not whole:
                return False
            # The prefix alone cannot tell whether the address lies in a range that is smaller than it.
            return None if any(_within(each, place) for each in self.ranges) else False
        return None

    def cover(self, other: Networks) -> bool:
        """True where these hold every network that `other` holds, as far as the texts alone can tell."""
        if self.everywhere:
            return True
        if other.everywhere:
            return False
        return (
            all(any(_within(theirs, ours) for ours in self.ranges) for theirs in other.ranges)
            and set(other.asns) <= set(self.asns)
            and set(other.countries) <= set(self.countries)
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """One approved use. Clients and resources are application ids in lower case; none of them means any.

    `expires` is the last day on which it holds (UTC). `owner` is None where nobody answers for it yet.
    """

    id: str
    subject: Subject
    clients: tuple[str, ...]
    resources: tuple[str, ...]
    networks: Networks
    owner: str | None
    reason: str
    expires: date
    comment: str = ""
    line: int = 0
    column: int = 0
    """Where it begins in its file, from 1; 0 where it comes from no file."""

    def state(self, on: date) -> State:
        """What it is good for on a day (UTC)."""
        if on > self.expires:
            return State.EXPIRED
        return State.ACTIVE if self.owner else State.UNOWNED


@dataclass(frozen=True, slots=True)
class Allowances:
    """A file of them, in its order."""

    allowances: tuple[Allowance, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    source: str | None = None
    _users: Mapping[Subject, frozenset[str]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        named = {each.subject: frozenset(self._named(each.subject)) for each in self.allowances}
        object.__setattr__(self, "_users", named)

    def users(self, subject: Subject) -> frozenset[str]:
        """Everybody whom the subject of one of these names, itself or by a group whose members are listed."""
        return self._users[subject]

    def _named(self, subject: Subject) -> Iterable[str]:
        yield from subject.users
        for name in subject.groups:
            yield from self.groups[name].members

    def by_id(self, id: str) -> Allowance | None:
        """The allowance of this id."""
        return next((each for each in self.allowances if each.id == id), None)


def _network(text: str) -> Range:
    from ipaddress import ip_network

    if "/" in text:
        return ip_network(text, strict=False)
    address = ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return ip_network(mapped or address)


def _within(inner: Range, outer: Range) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
