"""Which grants belong to one attack: one user's within days, and those of several users that are strongly tied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from grantwatch.verdict.clues import Clue, is_suspicious, user_key
from grantwatch.verdict.model import Judged
from grantwatch.verdict.ties import Tied, Traits, tied, traits
from grantwatch.verdict.weights import IncidentNumbers, TieNumbers

__all__ = ["Groups", "link"]

_LATEST = 12
"""With so many grants before it each is compared, of those that share one thing: a wave has neighbours."""


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


def link(candidates: Sequence[Judged], numbers: IncidentNumbers) -> tuple[Groups, dict[int, set[Clue]]]:
    """Join candidates that belong together, and tell for each place which clues joined it to another user's grant.

    One user's grants of medium or worse join within days. Grants of different users join where what they share adds up
    (see ties.py); less is enough where three are tied, each to each. Where nothing of a redeemer is in the logs, only
    the nearest before it is joined: client and time are what many attacks have in common.
    """
    groups = Groups(len(candidates))
    shared: dict[int, set[Clue]] = defaultdict(set)
    by_user: dict[str, list[int]] = defaultdict(list)
    order = sorted(range(len(candidates)), key=lambda place: candidates[place].grant.started_at)
    for place in order:
        if is_suspicious(candidates[place]):
            by_user[user_key(candidates[place].grant)].append(place)
    for places in by_user.values():
        for one, other in pairwise(places):
            if _apart(candidates[one], candidates[other]) <= timedelta(days=numbers.user_days):
                groups.join(one, other)
    known = {place: traits(candidates[place]) for place in order}
    nearest: dict[int, tuple[float, int, Tied]] = {}
    close: list[tuple[int, int, Tied]] = []
    for one, other in _pairs(order, known, timedelta(days=numbers.campaign_days)):
        if user_key(candidates[one].grant) == user_key(candidates[other].grant):
            continue
        found = tied(known[one], known[other], numbers.ties)
        if found.hard and found.strength >= numbers.ties.least_three:
            close.append((one, other, found))
        if found.hard and found.strength >= numbers.ties.least:
            _join(groups, shared, one, other, found)
        elif _near(known[one], known[other], found, numbers.ties):
            nearest[other] = max(
                nearest.get(other, (0.0, -1, found)), (found.strength, one, found), key=lambda e: e[:2]
            )
    for other, (_, one, found) in nearest.items():
        _join(groups, shared, one, other, found)
    for one, other, found in _in_threes(close):
        _join(groups, shared, one, other, found)
    return groups, shared


def _in_threes(close: Sequence[tuple[int, int, Tied]]) -> Iterator[tuple[int, int, Tied]]:
    """Of pairs that are tied those to both of which one third is tied as well."""
    alike: dict[int, set[int]] = defaultdict(set)
    for one, other, _ in close:
        alike[one].add(other)
        alike[other].add(one)
    for one, other, found in close:
        if not alike[one].isdisjoint(alike[other]):
            yield one, other, found


def _near(one: Traits, other: Traits, found: Tied, numbers: TieNumbers) -> bool:
    if not (one.unseen or other.unseen) or abs(one.at - other.at) > timedelta(days=numbers.unseen_days):
        return False
    return found.strength >= numbers.least_unseen


def _join(groups: Groups, shared: dict[int, set[Clue]], one: int, other: int, found: Tied) -> None:
    groups.join(one, other)
    shared[one].update(found.reasons)
    shared[other].update(found.reasons)


def _pairs(order: Sequence[int], known: dict[int, Traits], within: timedelta) -> Iterator[tuple[int, int]]:
    """Each candidate with the latest before it that share a network, a tool or a client with it, each pair once."""
    latest: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in order:
        mine = known[place]
        before: set[int] = set()
        for key in _keys(mine):
            before.update(latest[key][-_LATEST:])
            latest[key].append(place)
        for other in sorted(before):
            if mine.at - known[other].at <= within:
                yield other, place


def _keys(mine: Traits) -> Iterable[tuple[str, str]]:
    keys = {(clue.kind, clue.value) for clue in mine.clues}
    keys |= {("app", agent) for agent in mine.apps}
    return keys | ({("client", mine.client)} if mine.client else set())


def _apart(one: Judged, other: Judged) -> timedelta:
    return abs(other.grant.started_at - one.grant.started_at)
