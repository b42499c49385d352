"""One run: hunts over simulated tenants, the public rules on the same records, and both beside the truth."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.errors import InputError
from grantwatch.measure.degrade import AS_GIVEN, READS, STEPS, Step, scopes, take, within
from grantwatch.measure.figures import Figures, figures
from grantwatch.measure.match import Match, belong_together, match
from grantwatch.measure.rules import Alert, Compared, alerts, compare
from grantwatch.measure.truth import Truth, load
from grantwatch.pipeline import Hunt, hunted
from grantwatch.verdict.model import WeightsUsed
from grantwatch.verdict.panel import Panel

if TYPE_CHECKING:
    from grantwatch.records.tables import Progress, Records

__all__ = ["Degraded", "Run", "Tenant", "evaluate"]


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant by itself. `records` counts what the logs held when they were read."""

    truth: Truth
    records: int
    figures: Figures
    rules: tuple[Compared, ...]
    weights: WeightsUsed


@dataclass(frozen=True, slots=True)
class Degraded:
    """All tenants together after one step of taking telemetry away."""

    step: Step
    figures: Figures
    rules: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Everything of one run. `degraded` is empty unless it was asked for; its first step takes nothing."""

    version: str
    tenants: tuple[Tenant, ...]
    overall: Figures
    rules: tuple[Compared, ...]
    degraded: tuple[Degraded, ...] = ()


READS_ONCE = ((AS_GIVEN.id,),)
_Scored = tuple[Match, Mapping[str, tuple[Alert, ...]]]


def evaluate(
    folders: Sequence[str | os.PathLike[str]],
    *,
    memory: str = "700MB",
    degrade: bool = False,
    progress: Progress | None = None,
    panel: Panel | None = None,
) -> Run:
    """Score the hunt on simulated tenants: each folder holds logs/ and truth.json.

    `degrade` hunts again with telemetry taken away step by step. `panel`: own signals and weights.
    Raises InputError where a truth is missing or wrong, logs cannot be read, or the two do not belong together; and
    where one tenant is given twice.
    """
    panel = panel or Panel()
    truths = [load(folder) for folder in folders]
    _no_twins(truths)
    tenants: list[Tenant] = []
    scored: dict[str, list[_Scored]] = {step.id: [] for step in STEPS}
    for truth in truths:
        for step, found, raised, records in _hunted(truth, READS if degrade else READS_ONCE, memory, progress, panel):
            scored[step.id].append((found, raised))
            if step is AS_GIVEN:
                belong_together(found)
                used = panel.used(truth.tenant_id)
                tenants.append(Tenant(truth, records, figures([found]), compare([(found, raised)]), used))
    given = scored[AS_GIVEN.id]
    overall, beside = figures([found for found, _ in given]), compare(given)
    less = [Degraded(AS_GIVEN, overall, beside)] if degrade else []
    for step in STEPS[1:] if degrade else ():
        again = scored[step.id]
        less.append(Degraded(step, figures([found for found, _ in again], delays=False), compare(again)))
    return Run(__version__, tuple(tenants), overall, beside, tuple(less))


def _no_twins(truths: Sequence[Truth]) -> None:
    by_tenant: dict[str, str] = {}
    for truth in truths:
        if truth.tenant_id in by_tenant:
            other = by_tenant[truth.tenant_id]
            raise InputError(f"{truth.place}: is the tenant of {other} once more; accepted is each tenant once")
        by_tenant[truth.tenant_id] = truth.place


def _hunted(
    truth: Truth, reads: Sequence[Sequence[str]], memory: str, progress: Progress | None, panel: Panel
) -> Iterator[tuple[Step, Match, dict[str, tuple[Alert, ...]], int]]:
    """One tenant after each step: the grants, the alerts of the rules, and how many records there were to read.

    Rules get what the hunt gets: of a stretch of time that stretch.
    """
    by_id = {step.id: step for step in STEPS}
    for steps in reads:
        with _read(truth, memory, progress) as read:
            for step in (by_id[id] for id in steps):
                take(read.con, step)
                hunts: list[Hunt] = []
                raised: dict[str, tuple[Alert, ...]] = {}
                for scope in scopes(step, truth):
                    with within(read.con, scope):
                        hunts.append(hunted(read, scope=scope, panel=panel))
                        for rule, own in alerts(read.con).items():
                            raised[rule] = (*raised.get(rule, ()), *own)
                yield step, match(truth, hunts, bare=step is not AS_GIVEN), raised, hunts[0].records.read


def _read(truth: Truth, memory: str, progress: Progress | None) -> Records:
    from grantwatch.records.load import nothing_read, read

    logs = Path(truth.place) / "logs"
    if not logs.is_dir():
        raise InputError(f"{logs}: is not there; accepted is a folder with logs/ beside its truth.json")
    records = read([logs], memory=memory, progress=progress)
    if not records.files:
        records.close()
        raise InputError(nothing_read(records.unread))
    return records
