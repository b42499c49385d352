"""What follows for one sign-in from all policies: decided quickly (`outcome`), and explained (`decide`).

Conditions are looked at once for each distinct set of inputs. What came of it is two whole numbers, one bit a policy:
those of which the condition is met, and those of which it is not. A policy applies where every condition is met; it
does not where one is not; else nobody knows. So a sign-in costs some look-ups and as many "and"s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from grantwatch.policy.alike import Addresses, People
from grantwatch.policy.conditions import CONDITIONS, Condition
from grantwatch.policy.context import Context
from grantwatch.policy.directory import Directory
from grantwatch.policy.model import Policy, State
from grantwatch.policy.values import Answer, Because, Tri, both, negated

__all__ = [
    "Decision",
    "Model",
    "Outcome",
    "PolicyAnswer",
    "Requirement",
    "Result",
    "decide",
    "met",
    "satisfied",
]

_MOST_KEPT = 250_000
"""Distinct inputs of one condition that are kept. Beyond that the memo starts anew."""


class Result(StrEnum):
    """What follows. `NOT_ASSESSED` wherever an input that is not known could change it."""

    BLOCK = "block"
    CONTROLS = "controls_required"
    ALLOW = "allow"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Controls that a policy asks for, joined by `operator`."""

    policy: Policy
    operator: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from policies of one state. Policies stand in the order of name and id."""

    result: Result
    blocks: Tri
    """Whether access is refused; None where a policy that nobody can assess may refuse it."""
    blocked_by: tuple[Policy, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    session: tuple[str, ...] = ()
    not_assessed: tuple[Policy, ...] = ()
    """Policies of which it is not known whether they apply, or what they ask for."""
    report_only: Outcome | None = None
    """What policies in report-only mode would do, by themselves; None within that answer."""


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """One policy and this sign-in. `applies` False: `condition` is the first that is not met.

    `answer` says what that rests on: see `Because`. A disabled policy does not apply, and no condition decided.
    """

    policy: Policy
    applies: Tri
    condition: str
    answer: Answer

    @property
    def excluded(self) -> bool:
        """True where the policy would apply but for an exclusion."""
        return self.answer.because is Because.EXCLUDED


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, and for each policy why it applies, does not, or was not assessed."""

    outcome: Outcome
    policies: tuple[PolicyAnswer, ...]

    @property
    def result(self) -> Result:
        """What follows from the policies that are switched on."""
        return self.outcome.result


class _Dimension:
    """One condition over all policies: which have none, and the distinct parts of the others."""

    def __init__(self, condition: Condition, policies: Sequence[Policy], directory: Directory) -> None:
        self.condition = condition
        self.directory = directory
        self.free = 0
        parts: dict[Any, int] = {}
        for place, policy in enumerate(policies):
            part = getattr(policy, condition.part)
            if part is None or part == ():
                self.free |= 1 << place
            else:
                parts[part] = parts.get(part, 0) | 1 << place
        self.parts = tuple(parts.items())
        self.memo: dict[Any, tuple[int, int]] = {}
        self.alike: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None
        self.key: Callable[[Context], Any] = attrgetter(*condition.inputs) if condition.inputs else _no_input

    def inputs(self, key: Any) -> tuple[Any, ...]:
        """The inputs as a tuple, which a single one is not in `key`."""
        return (key,) if len(self.condition.inputs) == 1 else key

    def look(self, key: Any) -> tuple[int, int]:
        """The policies of which it is met and those of which it is not, kept for the next with the same inputs."""
        other = self.alike(key) if self.alike else key
        pair = (self.memo.get(other) if other != key else None) or self.masks(other)
        if len(self.memo) >= _MOST_KEPT:
            self.memo.clear()
        self.memo[key] = self.memo[other] = pair
        return pair

    def masks(self, key: Any) -> tuple[int, int]:
        """As `look`, kept nowhere."""
        inputs = self.inputs(key)
        met, unmet = self.free, 0
        for part, policies in self.parts:
            value = self.condition.look(part, inputs, self.directory).value
            if value:
                met |= policies
            elif value is False:
                unmet |= policies
        return met, unmet


def _no_input(_context: Context) -> tuple[()]:
    return ()


class Model:
    """Policies made ready for many decisions. The order in which they are given does not matter."""

    def __init__(self, policies: Iterable[Policy], directory: Directory | None = None) -> None:
        self.policies = tuple(sorted(policies, key=lambda each: (each.name, each.id, each.file, each.path)))
        self.directory = directory or Directory()
        live = [policy for policy in self.policies if policy.state is not State.DISABLED]
        self._live = tuple(live)
        self._all = (1 << len(live)) - 1
        dimensions = [_Dimension(condition, live, self.directory) for condition in CONDITIONS]
        for dimension in dimensions:
            if dimension.condition.name == "users":
                dimension.alike = People(live, self.directory)
            elif dimension.condition.name == "locations":
                dimension.alike = Addresses(self.directory.locations.values())
        self._dimensions = tuple(dimension for dimension in dimensions if dimension.parts)
        self._steps = tuple((dimension.key, dimension.memo, dimension.look) for dimension in self._dimensions)
        self._outcomes: dict[tuple[int, int], Outcome] = {}

    def outcome(self, context: Context) -> Outcome:
        """What follows, without the reasons. The same as `decide(context).outcome`."""
        applies, unmet = self._all, 0
        for key, memo, look in self._steps:
            inputs = key(context)
            pair = memo.get(inputs)
            if pair is None:
                pair = look(inputs)
            applies &= pair[0]
            unmet |= pair[1]
        return self._outcomes.get((applies, unmet)) or self._made(applies, unmet)

    def outcome_afresh(self, context: Context) -> Outcome:
        """As `outcome`, looking at every condition again: what it costs without a memo."""
        applies, unmet = self._all, 0
        for dimension in self._dimensions:
            met, not_met = dimension.masks(dimension.key(context))
            applies &= met
            unmet |= not_met
        return self._make(applies, unmet)

    def decide(self, context: Context) -> Decision:
        """What follows, and why each policy applies, does not, or could not be assessed."""
        keys = {each.condition.name: each.inputs(each.key(context)) for each in self._dimensions}
        answers = tuple(self._answer(policy, keys) for policy in self.policies)
        return Decision(self.outcome(context), answers)

    def _answer(self, policy: Policy, keys: dict[str, tuple[Any, ...]]) -> PolicyAnswer:
        if policy.state is State.DISABLED:
            return PolicyAnswer(policy, False, "state", Answer(False, Because.NOT_MATCHED, "disabled"))
        unknown: PolicyAnswer | None = None
        for condition in CONDITIONS:
            part = getattr(policy, condition.part)
            if part is None or part == ():
                continue
            answer = condition.look(part, keys[condition.name], self.directory)
            if answer.value is False:
                return PolicyAnswer(policy, False, condition.name, answer)
            if answer.value is None and unknown is None:
                unknown = PolicyAnswer(policy, None, condition.name, answer)
        return unknown or PolicyAnswer(policy, True, "", Answer(True, Because.MET))

    def _made(self, applies: int, unmet: int) -> Outcome:
        made = self._outcomes[applies, unmet] = self._make(applies, unmet)
        return made

    def _make(self, applies: int, unmet: int) -> Outcome:
        on: list[tuple[Policy, Tri]] = []
        watching: list[tuple[Policy, Tri]] = []
        for place, policy in enumerate(self._live):
            bit = 1 << place
            if unmet & bit:
                continue
            certain: Tri = True if applies & bit else None
            if policy.state is State.UNKNOWN:
                # It may be on: nobody can say that it does nothing.
                on.append((policy, None))
            else:
                (on if policy.state is State.ENABLED else watching).append((policy, certain))
        return _gathered(on, _gathered(watching, None))


def _gathered(policies: list[tuple[Policy, Tri]], report_only: Outcome | None) -> Outcome:
    blocked_by, requirements, not_assessed = [], [], []
    session: set[str] = set()
    blocks: Tri = False
    for policy, applies in policies:
        grant = policy.grant
        if applies and grant.blocks:
            blocked_by.append(policy)
            blocks = True
            continue
        if applies is None or grant.doubts:
            not_assessed.append(policy)
            if (grant.blocks or grant.doubts) and blocks is False:
                blocks = None
        if applies:
            session.update(policy.session)
            if grant.controls:
                requirements.append(Requirement(policy, grant.operator, grant.controls))
    if blocks:
        result = Result.BLOCK
    elif not_assessed:
        result = Result.NOT_ASSESSED
    else:
        result = Result.CONTROLS if requirements else Result.ALLOW
    return Outcome(
        result,
        blocks,
        tuple(blocked_by),
        tuple(requirements),
        tuple(sorted(session)),
        tuple(not_assessed),
        report_only,
    )


def decide(policies: Iterable[Policy], context: Context, directory: Directory | None = None) -> Decision:
    """What follows for one sign-in, and why. For many sign-ins make one `Model`."""
    return Model(policies, directory).decide(context)


# -- whether what is asked for is there


def met(control: str, context: Context) -> Tri:
    """Whether a sign-in meets one control; None where its records do not tell."""
    if control == "block":
        return False
    if control == "mfa":
        return context.mfa
    if control == "compliantDevice":
        return context.device.compliant
    if control == "domainJoinedDevice":
        return context.device.hybrid_joined
    return None


def satisfied(outcome: Outcome, context: Context) -> Tri:
    """Whether access is given: not refused, and every requirement met. None where that is not known."""
    if outcome.blocks:
        return False
    result: Tri = None if outcome.not_assessed else True
    for requirement in outcome.requirements:
        result = both(result, _fulfilled(requirement, context))
    return result


def _fulfilled(requirement: Requirement, context: Context) -> Tri:
    values = [met(control, context) for control in requirement.controls]
    if requirement.policy.grant.doubts:
        values.append(None)
    if requirement.operator == "AND":
        result: Tri = True
        for value in values:
            result = both(result, value)
        return result
    result = False
    for value in values:
        result = negated(both(negated(result), negated(value)))
    return result
