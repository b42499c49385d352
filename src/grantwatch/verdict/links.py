"""What ties the grants of one attack together: one user within days, or several users by network and tool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from grantwatch import knowledge
from grantwatch.grants.model import Grant, LegKind, Network, Outcome, Party
from grantwatch.signals import Case, at_its_site, client_kind, device_account, rented
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.weights import IncidentNumbers

__all__ = ["Clue", "Groups", "clues", "is_attempt", "is_suspicious", "link", "user_key"]


@dataclass(frozen=True, slots=True, order=True)
class Clue:
    """Something that grants of several users may share. `kind` is prefix, asn or agent; `label` is for readers."""

    kind: str
    value: str
    label: str


class Groups:
    """Which grants belong together: union-find over their places in a list."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, place: int) -> int:
        """The lowest place of the group."""
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make two groups one."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low

    def all(self) -> Iterable[list[int]]:
        """Every group, as places in the list, in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self._parent)):
            found[self.root(place)].append(place)
        return found.values()


def is_suspicious(judged: Judged) -> bool:
    """Medium or worse."""
    return judged.verdict.severity >= Severity.MEDIUM


def is_attempt(judged: Judged) -> bool:
    """Blocked or abandoned."""
    return judged.grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED)


def user_key(grant: Grant) -> str:
    """The id of the user, else the principal name, else the grant itself."""
    return (grant.user.id or grant.user.upn or grant.grant_id).lower()


def _is_device(judged: Judged) -> bool:
    case = Case(judged.grant, judged.profile)
    return device_account(case) and at_its_site(case)


def _networks(grant: Grant) -> list[Network]:
    """Places that may be the attacker's. Where the approver was is told only by legs before the token."""
    uses = [use.network for use in grant.token_uses if use.party is Party.REDEEMER]
    return [leg.network for leg in grant.legs] + uses


def _agents(grant: Grant) -> set[str]:
    agents = [leg.user_agent for leg in grant.of(LegKind.REDEMPTION)]
    agents += [use.user_agent for use in grant.token_uses if use.party is Party.REDEEMER]
    return {agent for agent in agents if agent and knowledge.agent(agent).is_scripted}


def clues(judged: Judged) -> frozenset[Clue]:
    """What this grant may share with others: rented or new networks, and scripted user agents of the redeemer.

    A network with users of the tenant before this grant is ordinary. Each grant says so for itself: to later
    victims the attacker's network looks known, to the first it does not.
    """
    grant, profile = judged.grant, judged.profile
    if _is_device(judged):
        return frozenset()
    found: set[Clue] = set()
    for network in _networks(grant):
        mark = knowledge.network(network.asn, network.ip)
        if mark and mark.kind == "microsoft":
            continue
        for_rent = rented(network, grant.started_at.date()) is not None
        asn = profile.familiarity("asn", network.asn)
        prefix = profile.familiarity("prefix", network.prefix)
        if asn.known_to_user and not for_rent:
            continue
        if network.prefix and not prefix.known_to_user:
            found.add(Clue("prefix", network.prefix, f"the network {network.prefix}"))
        if network.asn is not None and not asn.known_to_user and (for_rent or not asn.tenant_users):
            name = f" ({mark.name})" if mark else ""
            found.add(Clue("asn", str(network.asn), f"AS{network.asn}{name}"))
    found.update(Clue("agent", agent, f"the user agent {agent!r}") for agent in _agents(grant))
    return frozenset(found)


def _ordinary(clue: Clue, members: Sequence[Judged], numbers: IncidentNumbers) -> bool:
    """True where even the first of these grants found the network in use by much of the tenant."""
    if clue.kind == "agent":
        return False
    first = min(members, key=lambda each: each.grant.started_at)
    return first.profile.familiarity(clue.kind, clue.value).tenant_users >= numbers.ordinary_users


def link(candidates: Sequence[Judged], numbers: IncidentNumbers) -> tuple[Groups, dict[int, set[Clue]]]:
    """Join candidates that belong together, and tell for each place which clues joined it to another user's grant.

    One user's grants of medium or worse join within days. Grants of different users join by a prefix, or by ASN or
    scripted user agent where the client is the same too or the grants are minutes apart.
    """
    groups = Groups(len(candidates))
    shared: dict[int, set[Clue]] = defaultdict(set)
    by_user: dict[str, list[int]] = defaultdict(list)
    by_clue: dict[Clue, list[int]] = defaultdict(list)
    for place in sorted(range(len(candidates)), key=lambda place: candidates[place].grant.started_at):
        judged = candidates[place]
        if is_suspicious(judged):
            by_user[user_key(judged.grant)].append(place)
        for clue in clues(judged):
            by_clue[clue].append(place)
    for places in by_user.values():
        for one, other in pairwise(places):
            if _apart(candidates[one], candidates[other]) <= timedelta(days=numbers.user_days):
                groups.join(one, other)
    for clue, places in by_clue.items():
        if _ordinary(clue, [candidates[place] for place in places], numbers):
            continue
        for one, other in _pairs(clue, places, candidates, numbers):
            groups.join(one, other)
            if user_key(candidates[one].grant) != user_key(candidates[other].grant):
                shared[one].add(clue)
                shared[other].add(clue)
    return groups, shared


def _pairs(
    clue: Clue, places: Sequence[int], candidates: Sequence[Judged], numbers: IncidentNumbers
) -> Iterable[tuple[int, int]]:
    """Neighbours in time that the clue joins. `places` are in time order."""
    within = timedelta(days=numbers.campaign_days)
    burst = timedelta(minutes=numbers.burst_minutes)
    last_of_client: dict[str | None, int] = {}
    for step, place in enumerate(places):
        client = candidates[place].grant.client.id
        before = places[step - 1] if step else None
        if before is not None:
            near = _apart(candidates[before], candidates[place])
            if near <= (within if clue.kind == "prefix" else burst):
                yield before, place
        same = last_of_client.get(client) if client and _telling(clue, client) else None
        if same is not None and _apart(candidates[same], candidates[place]) <= within:
            yield same, place
        last_of_client[client] = place


def _telling(clue: Clue, client_id: str) -> bool:
    """False for a plain HTTP library on a command line client: honest command lines are written with them."""
    plain = clue.kind == "agent" and knowledge.agent(clue.value).kind == "script"
    return not (plain and client_kind(client_id) in ("cli", "driver"))


def _apart(one: Judged, other: Judged) -> timedelta:
    return abs(other.grant.started_at - one.grant.started_at)
