"""The model held against what the records say that policies did. Alike requests are compared once, and counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grantwatch.grants.model import Grant, PolicyResult, TokenUse
from grantwatch.policy import Export, Policy, Requirement, State, Tri, reason
from grantwatch.records.model import RecordRef
from grantwatch.replay.contexts import Moment
from grantwatch.replay.controls import Held, fulfilled
from grantwatch.replay.engine import Decided, Engine, Parts
from grantwatch.replay.model import Agreement, Difference, Fate, PolicyAgreement

__all__ = ["Comparison"]

_APPLIED = {
    "success": True,
    "failure": True,
    "reportonlysuccess": True,
    "reportonlyfailure": True,
    "reportonlyinterrupted": True,
    "notapplied": False,
    "reportonlynotapplied": False,
}
_OFF = "notenabled"
_DONE: dict[str, bool] = {"success": True, "failure": False, "reportonlysuccess": True, "reportonlyfailure": False}
_STATUSES = ("success", "failure", "notapplied")
ALL = "all policies together"


@dataclass(slots=True)
class _Alike:
    """Requests of which model and log say the same. The first stands for all."""

    results: tuple[PolicyResult, ...]
    status: str | None
    grant: Grant
    moment: Moment
    parts: Parts
    held: Held
    decided: Decided
    count: int = 0


@dataclass(slots=True)
class _Sums:
    agree: int = 0
    differ: int = 0
    not_assessed: int = 0
    other_mode: int = 0

    def told(self, id: str | None, name: str) -> PolicyAgreement:
        return PolicyAgreement(id, name, self.agree, self.differ, self.not_assessed, self.other_mode)


@dataclass(slots=True)
class _Found:
    sums: dict[tuple[str | None, str], _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    differences: dict[tuple[str, str | None, str, str, str], tuple[int, _Alike]] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)

    def differ(self, policy: tuple[str | None, str], recorded: str, modelled: str, why: str, alike: _Alike) -> None:
        key = (policy[1], policy[0], recorded, modelled, why)
        pairs, example = self.differences.get(key, (0, alike))
        self.differences[key] = (pairs + alike.count, example)


class Comparison:
    """Gathers decisions of today's policies with what their records say, and compares them at the end."""

    def __init__(self, engine: Engine, export: Export) -> None:
        self._engine = engine
        self._alike: dict[tuple[object, ...], _Alike] = {}
        bits = {id(policy): 1 << place for place, policy in enumerate(engine.model.live)}
        known = [(policy, bits.get(id(policy), 0)) for policy in export.policies]
        names = Counter(policy.name for policy in export.policies)
        self._by_id = {each[0].id.lower(): each for each in known if each[0].id}
        self._by_name = {each[0].name: each for each in known if names[each[0].name] == 1}
        self._records = 0

    def add(
        self,
        grant: Grant,
        moment: Moment,
        who: tuple[Any, ...],
        at: tuple[Any, ...],
        what: tuple[Any, ...],
        held: Held,
        decided: Decided,
    ) -> None:
        """One decision, and the three parts of its inputs."""
        self._records += 1
        results, status = moment.said.policy_results, moment.said.ca_status
        if not results and status not in _STATUSES:
            return
        # Rows that say the same share their results (see policy_results), and alike requests their decision. To hash
        # their ids costs less; both stay alive in the entry.
        key = (id(decided), id(results) if results else 0, status)
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = _Alike(results, status, grant, moment, Parts(who, at, what), held, decided)
        found.count += 1

    def result(self) -> Agreement:
        """What came of it."""
        found, statuses = _Found(), _Sums()
        with_policies = 0
        for alike in self._alike.values():
            if alike.results:
                with_policies += alike.count
                self._compare(alike, found)
            if alike.status in _STATUSES:
                self._status(alike, statuses, found)
        policies = (sums.told(id, name) for (id, name), sums in found.sums.items())
        return Agreement(
            records=self._records,
            with_policies=with_policies,
            policies=tuple(sorted(policies, key=lambda each: (each.name, each.id or ""))),
            differences=tuple(sorted(map(_difference, found.differences.items()), key=_order)),
            not_comparable=dict(sorted(found.silent.items())),
            statuses=statuses.told(None, ALL),
        )

    def _compare(self, alike: _Alike, found: _Found) -> None:
        applies_to, unmet = alike.decided.masks
        for result in alike.results:
            known = self._known(result)
            if known is None:
                found.silent["the policy is not in the export"] += alike.count
                continue
            policy, bit = known
            named = (policy.id or None, policy.name)
            ours: Tri = False if not bit or unmet & bit else True if applies_to & bit else None
            theirs = _APPLIED.get(result.result)
            if result.result == _OFF and bit:
                found.silent["the policy was off then, and is not in the export"] += alike.count
            elif result.result == _OFF:
                found.sums[named].agree += alike.count
            elif theirs is None:
                found.silent[f"the log says {result.result!r:.60} only"] += alike.count
            elif ours is None or policy.state is State.UNKNOWN:
                found.sums[named].not_assessed += alike.count
            else:
                self._weigh(alike, policy, result.result, ours, theirs, found)

    def _known(self, result: PolicyResult) -> tuple[Policy, int] | None:
        return self._by_id.get(result.id or "") or self._by_name.get(result.name)

    def _weigh(self, alike: _Alike, policy: Policy, recorded: str, ours: bool, theirs: bool, found: _Found) -> None:
        named = (policy.id or None, policy.name)
        sums = found.sums[named]
        why = ""
        if ours is not theirs:
            why = "every condition is met" if ours else self._why(alike, policy)
        elif ours:
            why = _controls(policy, alike.held, recorded)
        if why:
            sums.differ += alike.count
            found.differ(named, recorded, "applies" if ours else "does not apply", why, alike)
        else:
            sums.agree += alike.count
            sums.other_mode += alike.count if _mode(recorded) is not policy.state else 0

    def _why(self, alike: _Alike, policy: Policy) -> str:
        context = self._engine.contexts.context(*alike.parts)
        (answer,) = self._engine.model.answers(context, [policy])
        return reason(answer, self._engine.model.directory)

    @staticmethod
    def _status(alike: _Alike, sums: _Sums, found: _Found) -> None:
        ours = _modelled(alike.decided)
        if ours is None:
            sums.not_assessed += alike.count
        elif ours == alike.status:
            sums.agree += alike.count
        else:
            sums.differ += alike.count
            by = ", ".join(policy.label for policy in alike.decided.by)
            why = f"refused by {by}" if by else "no policy that is on refuses it"
            found.differ((None, ALL), str(alike.status), ours, why, alike)


def _mode(result: str) -> State:
    return State.REPORT_ONLY if result.startswith("reportonly") else State.ENABLED


def _controls(policy: Policy, held: Held, result: str) -> str:
    """Where both say that it applies: whether they differ in what came of it; empty where they do not, or may not."""
    done = _DONE.get(result)
    if done is None or not policy.grant.controls:
        return ""
    asks = Requirement(policy, policy.grant.operator, policy.grant.controls)
    ours = fulfilled(asks, held)
    if ours is None or ours is done:
        return ""
    said = ", ".join(policy.grant.controls)
    return f"controls ({said}): {'met' if ours else 'not met'} by the model"


def _modelled(decided: Decided) -> str | None:
    """The status that the model comes to; None where it has none."""
    outcome = decided.outcome
    if decided.fate.refused:
        return "failure"
    if decided.fate is Fate.NOT_ASSESSED:
        return None
    if outcome.requirements or outcome.session:
        return "success"
    return None if outcome.not_assessed else "notapplied"


def _difference(item: tuple[tuple[str, str | None, str, str, str], tuple[int, _Alike]]) -> Difference:
    (name, id, recorded, modelled, why), (pairs, example) = item
    said = example.moment.said
    refs: Iterable[RecordRef] = said.refs if isinstance(said, TokenUse) else (said.ref,)
    time = said.last if isinstance(said, TokenUse) else said.time
    ref = next(iter(refs), None)
    return Difference(name, id, recorded, modelled, why, pairs, example.grant.grant_id, ref, time)


def _order(each: Difference) -> tuple[object, ...]:
    return -each.pairs, each.policy, each.recorded, each.why
