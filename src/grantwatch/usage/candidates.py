"""Allowances that could be proposed: from one account with one client up to peers and classes, within a bound.

A wider one is made by joining two, cheapest first, while what it opens stays in proportion to what was seen, and while
it covers no grant that was kept out. So the honest use of peers comes together, and nobody is let in beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network

from grantwatch.allowances import Allowance, Allowances, Flow, Networks, Subject, covers
from grantwatch.allowances.reader import ANY
from grantwatch.usage.evidence import ANYWHERE, Item, Unit

__all__ = ["CLASSES", "MOST_OPENED", "Candidate", "allowance_of", "candidates"]

MOST_OPENED = 3.0
"""A candidate may open this many ways beside each one that was seen."""
FREE = 4
"""So many are opened without a question: two accounts in two places are peers."""
CLASS_ACCOUNTS = 3
"""From so many accounts on a class may stand for them."""
CLASSES = ("device", "service")
"""Classes whose accounts are alike. A person stands for nobody else, a guest even less."""
MOST_JOINED = 250
"""Clusters of one client that are compared with one another; what is beyond stays as it is."""

Way = tuple[str, str, str, Unit]


class Candidate:
    """Users, clients, resources and networks that belong together, and the items that show it."""

    def __init__(self, kind: str, found: Iterable[Item], *, wide: bool = True, whole_class: bool = False) -> None:
        self.kind = kind
        self.whole_class = whole_class
        self.wide = wide
        self.items = frozenset(found)
        self.users = frozenset(item.user for item in self.items)
        self.clients = frozenset(item.client for item in self.items)
        self.resources = frozenset(each for item in self.items for each in item.resources)
        self.units = frozenset(unit for item in self.items for unit in self.of(item))

    def of(self, item: Item) -> frozenset[Unit]:
        """The networks of an item as this candidate names them."""
        return item.wide if self.wide else item.narrow

    @cached_property
    def took(self) -> frozenset[Way]:
        """Ways that honest use took."""
        return frozenset(
            (item.user, item.client, resource, unit)
            for item in self.items
            for resource in item.resources
            for unit in self.of(item)
        )

    @property
    def seen(self) -> int:
        """How many ways honest use took."""
        return len(self.took)

    @property
    def ways(self) -> int:
        """Ways that it opens to the accounts that were seen."""
        return len(self.users) * len(self.clients) * len(self.resources) * len(self.units)

    @property
    def opened(self) -> int:
        """Those among them that nobody took."""
        return self.ways - self.seen

    def bounded(self) -> bool:
        """True where it opens no more than it may."""
        return self.opened <= max(FREE, MOST_OPENED * self.seen)

    def covers(self, item: Item) -> bool:
        """True where it covers the grants of an item."""
        who = item.kind == self.kind if self.whole_class else item.user in self.users
        return (
            who
            and item.client in self.clients
            and (ANY in self.resources or item.resources <= self.resources)
            and (ANYWHERE in self.units or self.of(item) <= self.units)
        )

    def joined(self, other: Candidate) -> Candidate:
        """Both in one: the union of all that they hold, so that nothing is gone through again."""
        both = Candidate(self.kind, (), wide=self.wide)
        for name in ("items", "users", "clients", "resources", "units", "took"):
            both.__dict__[name] = getattr(self, name) | getattr(other, name)
        return both

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The same for the same candidate, in an order that no run changes."""
        return (
            self.kind,
            tuple(sorted(self.clients)),
            tuple(sorted(self.users)),
            tuple(sorted(self.resources)),
            tuple(sorted(map(repr, self.units))),
        )


@dataclass(frozen=True, slots=True)
class _Against:
    """Grants that nothing wider may cover."""

    grants: Sequence[tuple[Flow, str]]

    def covered(self, candidate: Candidate) -> bool:
        made = allowance_of(candidate)
        alone = Allowances((made,))
        return any(covers(alone, made, flow, kind) for flow, kind in self.grants)


def allowance_of(candidate: Candidate, id: str = "proposed") -> Allowance:
    """The candidate as an allowance, without owner, reason and expiry."""
    from datetime import date

    ranges = sorted(str(value) for what, value in candidate.units if what == "range")
    everywhere = ANYWHERE in candidate.units
    return Allowance(
        id=id,
        subject=Subject(classes=(candidate.kind,))
        if candidate.whole_class
        else Subject(users=tuple(sorted(candidate.users))),
        clients=tuple(sorted(candidate.clients)),
        resources=() if ANY in candidate.resources else tuple(sorted(candidate.resources)),
        networks=Networks()
        if everywhere
        else Networks(
            ranges=tuple(sorted(map(ip_network, ranges), key=lambda each: (each.version, each))),
            asns=tuple(sorted(int(value) for what, value in candidate.units if what == "asn")),
        ),
        owner=None,
        reason="",
        expires=date.max,
    )


def candidates(found: Sequence[Item], refused: Sequence[tuple[Flow, str]]) -> list[Candidate]:
    """Every candidate, leaves first. Each item is covered by one of them at the least: its own account's."""
    against = _Against(refused)
    made: dict[tuple[object, ...], Candidate] = {}
    for kind in sorted({item.kind for item in found}):
        of_kind = [item for item in found if item.kind == kind]
        leaves = _leaves(kind, of_kind, against)
        tops: list[Candidate] = []
        for client in sorted({item.client for item in of_kind}):
            nodes, top = _join([leaf for leaf in leaves if client in leaf.clients], against)
            made |= {node.key: node for node in nodes}
            tops += top
        nodes, _ = _join(tops, against)
        made |= {node.key: node for node in nodes}
        if kind in CLASSES and len({item.user for item in of_kind}) >= CLASS_ACCOUNTS:
            for each in _whole_class(kind, of_kind, against):
                made[("class", *each.key)] = each
    return list(made.values())


def _leaves(kind: str, found: Sequence[Item], against: _Against) -> list[Candidate]:
    """One account with one client; what peers did in the very same way at once, as that opens nothing."""
    by_account: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in found:
        by_account[item.user, item.client].append(item)
    own = [_narrowed(kind, each, against) for each in by_account.values()]
    alike: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for leaf in own:
        alike[leaf.wide, leaf.clients, leaf.resources, leaf.units].append(leaf)
    joined = [
        Candidate(kind, {item for leaf in group for item in leaf.items}, wide=group[0].wide) for group in alike.values()
    ]
    return sorted([*(each for each in joined if not against.covered(each)), *own], key=_first)


def _narrowed(kind: str, found: Sequence[Item], against: _Against) -> Candidate:
    """By providers, or by address ranges where a provider would let in what was kept out."""
    wide = Candidate(kind, found)
    return Candidate(kind, found, wide=False) if against.covered(wide) else wide


def _first(candidate: Candidate) -> tuple[object, ...]:
    return -len(candidate.users), candidate.key


def _join(start: Sequence[Candidate], against: _Against) -> tuple[list[Candidate], list[Candidate]]:
    """Join the two that open least for what was seen, again and again; every step, and what is left at the end."""
    import heapq

    alive: dict[int, Candidate] = {}
    inside: set[Item] = set()
    for each in start:
        # A leaf that is part of a larger one is a candidate, but has nothing to join.
        if not each.items <= inside and len(alive) < MOST_JOINED:
            alive[len(alive)] = each
            inside |= each.items
    nodes = list(start)
    queue: list[tuple[float, tuple[object, ...], int, int]] = []

    def offer(left: int, right: int) -> None:
        both = alive[left].joined(alive[right])
        if alive[left].wide == alive[right].wide and both.bounded():
            heapq.heappush(queue, (both.opened / both.seen, both.key, left, right))

    numbers = sorted(alive)
    for place, left in enumerate(numbers):
        for right in numbers[place + 1 :]:
            offer(left, right)
    following = len(alive)
    while queue:
        _, _, left, right = heapq.heappop(queue)
        if left not in alive or right not in alive:
            continue
        both = alive[left].joined(alive[right])
        if against.covered(both):
            continue
        del alive[left], alive[right]
        alive[following] = both
        nodes.append(both)
        for other in sorted(alive):
            if other != following:
                offer(other, following)
        following += 1
    return nodes, [*alive.values(), *(each for each in start if each not in nodes)]


def _whole_class(kind: str, found: Sequence[Item], against: _Against) -> list[Candidate]:
    """The class in place of its accounts: with all that they use, or client by client."""
    made = [Candidate(kind, found, whole_class=True)]
    for client in sorted({item.client for item in found}):
        mine = [item for item in found if item.client == client]
        if len({item.user for item in mine}) >= CLASS_ACCOUNTS:
            made.append(Candidate(kind, mine, whole_class=True))
    return [each for each in made if each.bounded() and not against.covered(each)]
