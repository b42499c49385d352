"""The smallest set of allowances that covers the honest use: greedy set cover over bounded candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from grantwatch import knowledge
from grantwatch.allowances import Allowance, Allowances, Flow, Networks, covers
from grantwatch.usage.candidates import Candidate, allowance_of, candidates
from grantwatch.usage.evidence import Item, items, refused
from grantwatch.usage.model import KINDS, Inventory, Span
from grantwatch.verdict.model import Judged

__all__ = ["EXPIRES_DAYS", "Exposure", "Line", "Proposal", "propose"]

EXPIRES_DAYS = 180
_PLURAL = {"person": "persons", "device": "devices", "service": "services", "guest": "guests"}


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an allowance opens beyond what was seen. A way is one account, client, resource and network together."""

    ways: int
    seen: int
    accounts: int
    clients: int
    resources: int
    networks: int
    """Entries of its list; 0 for any."""
    whole_class: bool
    """It also opens to every account that will ever be taken for one of the class."""
    providers: tuple[int, ...]
    """ASNs that stand for ranges: it opens all of each."""

    @property
    def opened(self) -> int:
        """Ways that nobody took."""
        return self.ways - self.seen


@dataclass(frozen=True, slots=True)
class Line:
    """One proposed allowance, with what justifies and what it costs."""

    allowance: Allowance
    span: Span
    grant_ids: tuple[str, ...]
    """Every honest grant that it covers, in time order."""
    users: tuple[str, ...]
    exposure: Exposure
    suspects: tuple[str, ...]
    """Ids of grants that were kept out and that it covers all the same: it could not be made narrower."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A set of allowances that covers the honest use of an inventory."""

    lines: tuple[Line, ...]
    accounts: int
    """Accounts with honest use."""
    left: tuple[Judged, ...]
    """Honest grants that no allowance can name, as they do not say who or with which client."""

    @property
    def allowances(self) -> Allowances:
        """The same as a file would say it."""
        return Allowances(tuple(line.allowance for line in self.lines))


def propose(made: Inventory, *, today: date, expires_days: int = EXPIRES_DAYS, owner: str | None = None) -> Proposal:
    """Propose allowances. The same inventory and day give the same proposal; `today` is UTC."""
    found, left = items(made)
    against = refused(made)
    chosen = _cover(found, candidates(found, against))
    lines: list[Line] = []
    taken: set[str] = set()
    for candidate in sorted(chosen, key=_order):
        id = _id(candidate, taken)
        taken.add(id)
        allowance = replace(
            allowance_of(candidate, id),
            expires=today + timedelta(days=expires_days),
            owner=owner or None,
            reason=_reason(candidate),
        )
        lines.append(_line(made, candidate, allowance, [item for item in found if candidate.covers(item)]))
    return Proposal(tuple(lines), len(made.accounts), left)


def _cover(found: Sequence[Item], offered: Sequence[Candidate]) -> list[Candidate]:
    """Take what covers most of what is left; then drop what the others cover, and narrow what is too wide."""
    covered = {id(each): frozenset(n for n, item in enumerate(found) if each.covers(item)) for each in offered}
    left = set(range(len(found)))
    chosen: list[Candidate] = []
    while left:
        best = min(offered, key=lambda each: (-len(covered[id(each)] & left), _cost(each)))
        chosen.append(best)
        left -= covered[id(best)]
    _drop(chosen, covered)
    for place, each in enumerate(chosen):
        alone = covered[id(each)] - _by_others(each, chosen, covered)
        chosen[place] = min((other for other in offered if alone <= covered[id(other)]), key=_cost)
    chosen = list({id(each): each for each in chosen}.values())
    _drop(chosen, covered)
    return chosen


def _drop(chosen: list[Candidate], covered: dict[int, frozenset[int]]) -> None:
    """Drop what the others cover, the widest first: the narrow one stays where either would do."""
    for each in sorted(chosen, key=lambda each: (-each.opened, each.key)):
        if covered[id(each)] <= _by_others(each, chosen, covered):
            chosen[:] = [other for other in chosen if other is not each]


def _by_others(each: Candidate, chosen: Sequence[Candidate], covered: dict[int, frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*(covered[id(other)] for other in chosen if other is not each))


def _cost(candidate: Candidate) -> tuple[object, ...]:
    # A class and its accounts open the same today; the class goes on being right when a room is added.
    return candidate.opened, not candidate.whole_class, candidate.key


def _order(candidate: Candidate) -> tuple[object, ...]:
    return KINDS.index(candidate.kind), -sum(len(item.grants) for item in candidate.items), candidate.key


def _line(made: Inventory, candidate: Candidate, allowance: Allowance, shown: Sequence[Item]) -> Line:
    grants = sorted((each for item in shown for each in item.grants), key=lambda each: each.grant.started_at)
    times = [each.grant.started_at for each in grants]
    alone = Allowances((allowance,))
    against = [
        each.judged.grant.grant_id
        for each in made.kept_out
        if covers(alone, allowance, Flow.of(each.judged.grant), each.kind)
    ]
    networks: Networks = allowance.networks
    return Line(
        allowance=allowance,
        span=Span(len(grants), min(times), max(times), len({time.date() for time in times})),
        grant_ids=tuple(each.grant.grant_id for each in grants),
        users=tuple(sorted({item.user for item in shown})),
        exposure=Exposure(
            ways=candidate.ways,
            seen=candidate.seen,
            accounts=len(candidate.users),
            clients=len(allowance.clients),
            resources=len(allowance.resources),
            networks=len(networks.ranges) + len(networks.asns),
            whole_class=candidate.whole_class,
            providers=networks.asns,
        ),
        suspects=tuple(against),
    )


def _id(candidate: Candidate, taken: set[str]) -> str:
    client = knowledge.client_name(min(candidate.clients)) if len(candidate.clients) == 1 else "tools"
    word = client.lower().removeprefix("microsoft ")
    slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in word).split())[:40] or "client"
    base = f"{_PLURAL[candidate.kind]}-{slug}"
    number = 1
    while (name := f"{base}-{number}") in taken:
        number += 1
    return name


def _reason(candidate: Candidate) -> str:
    grants = sum(len(item.grants) for item in candidate.items)
    who = "account" if len(candidate.users) == 1 else "accounts"
    return f"seen in the logs: {grants} grant{'' if grants == 1 else 's'} of {len(candidate.users)} {who}"
