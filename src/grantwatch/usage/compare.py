"""A file of allowances held against an inventory: what it covers, what it does not, and what it should not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from grantwatch.allowances import Allowance, Allowances, Flow, State, covers, differs
from grantwatch.allowances.lint import look_over
from grantwatch.allowances.nodes import Finding
from grantwatch.usage.model import Inventory
from grantwatch.verdict.model import Judged

__all__ = ["Checked", "Compared", "Gap", "Standing", "check", "compare"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one allowance does for the grants of an inventory, whatever its state."""

    allowance: Allowance
    state: State
    """On the day of the comparison."""
    grants: int
    """Honest grants that it covers."""
    users: tuple[str, ...]
    last: datetime | None
    alone: int
    """Honest grants that no other allowance with an effect covers: who breaks without it."""
    alone_users: tuple[str, ...]
    suspects: tuple[str, ...]
    """Ids of kept out grants that it covers, worst first."""

    @property
    def unused(self) -> bool:
        """True where no honest grant of these logs is covered by it."""
        return not self.grants


@dataclass(frozen=True, slots=True)
class Gap:
    """Honest use of one account with one client that no allowance with an effect covers."""

    user: str
    client: str
    grant_ids: tuple[str, ...]
    first: datetime
    last: datetime
    nearest: str | None
    """Id of the allowance that comes nearest."""
    differs: tuple[str, ...]
    """In what it does not cover: subject, client, resource, network; nothing where it expired or nobody owns it."""
    state: State | None
    """Of the nearest."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The whole comparison. `today` (UTC) is the day on which the allowances are looked at."""

    today: date
    standings: tuple[Standing, ...]
    """In the order of the file."""
    gaps: tuple[Gap, ...]
    """Most grants first."""
    covered: int
    """Honest grants that an allowance with an effect covers."""
    honest: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was looked at: what is to be said of it, and how it compares where there were logs."""

    file: str
    allowances: Allowances
    findings: tuple[Finding, ...]
    """Errors, warnings and what is open, from the top of the file down."""
    compared: Compared | None = None

    def of(self, level: str) -> tuple[Finding, ...]:
        """The findings of a level: error, warning or open."""
        return tuple(each for each in self.findings if each.level == level)


def check(file: str, today: date) -> Checked:
    """Look at a file by itself; what is wrong in it is part of the answer. Raises UsageError if it cannot be read."""
    from grantwatch.allowances.reader import content, parse

    found = parse(content(file), file)
    said = found.findings if found.errors else (*found.findings, *look_over(found.allowances, today))
    return Checked(file, found.allowances, tuple(sorted(said)))


def compare(allowances: Allowances, made: Inventory, today: date) -> Compared:
    """Hold allowances against honest use and kept out grants.

    Here an allowance has an effect where it is active on `today`: the question is who could still work from now on.
    """
    found = {each.grant.grant_id: _covering(allowances, made, each) for each in made.honest}
    out = {each.judged.grant.grant_id: _covering(allowances, made, each.judged) for each in made.kept_out}
    active = {each.id for each in allowances.allowances if each.state(today) is State.ACTIVE}
    standings = []
    for each in allowances.allowances:
        mine = [judged for judged in made.honest if each.id in found[judged.grant.grant_id]]
        alone = [judged for judged in mine if found[judged.grant.grant_id] & active == {each.id}]
        standings.append(
            Standing(
                allowance=each,
                state=each.state(today),
                grants=len(mine),
                users=_users(mine),
                last=max((judged.grant.started_at for judged in mine), default=None),
                alone=len(alone),
                alone_users=_users(alone),
                suspects=tuple(id for id, covering in out.items() if each.id in covering),
            )
        )
    open_ = [each for each in made.honest if not found[each.grant.grant_id] & active]
    return Compared(
        today=today,
        standings=tuple(standings),
        gaps=_gaps(allowances, made, open_, today),
        covered=len(made.honest) - len(open_),
        honest=len(made.honest),
    )


def _covering(allowances: Allowances, made: Inventory, judged: Judged) -> frozenset[str]:
    flow, kind = Flow.of(judged.grant), made.kinds[judged.grant.grant_id]
    return frozenset(each.id for each in allowances.allowances if covers(allowances, each, flow, kind))


def _users(judged: Iterable[Judged]) -> tuple[str, ...]:
    return tuple(sorted({each.grant.user.label for each in judged}))


def _gaps(allowances: Allowances, made: Inventory, open_: Iterable[Judged], today: date) -> tuple[Gap, ...]:
    by_use: dict[tuple[str, str, str | None, tuple[str, ...], State | None], list[Judged]] = {}
    for each in open_:
        nearest, wrong = _nearest(allowances, made, each, today)
        state = nearest.state(today) if nearest else None
        client = each.grant.client.id or each.grant.client.label
        by_use.setdefault((each.grant.user.label, client, nearest.id if nearest else None, wrong, state), []).append(
            each
        )
    found = [
        Gap(
            user=user,
            client=client,
            grant_ids=tuple(each.grant.grant_id for each in judged),
            first=judged[0].grant.started_at,
            last=judged[-1].grant.started_at,
            nearest=near,
            differs=wrong,
            state=state,
        )
        for (user, client, near, wrong, state), judged in by_use.items()
    ]
    return tuple(sorted(found, key=lambda gap: (-len(gap.grant_ids), gap.user, gap.client, gap.grant_ids)))


def _nearest(
    allowances: Allowances, made: Inventory, judged: Judged, today: date
) -> tuple[Allowance | None, tuple[str, ...]]:
    """The allowance that differs in least, one with an effect first; None where all differ in subject and client."""
    flow, kind = Flow.of(judged.grant), made.kinds[judged.grant.grant_id]
    told = [(each, differs(allowances, each, flow, kind)) for each in allowances.allowances]
    told = [(each, wrong) for each, wrong in told if not {"subject", "client"} <= set(wrong)]
    if not told:
        return None, ()
    return min(told, key=lambda pair: (len(pair[1]), pair[0].state(today) is not State.ACTIVE))
