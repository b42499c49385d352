"""What a posture check is: it declares itself, looks at one case, and says what it found or could not tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from grantwatch.errors import DeclarationError
from grantwatch.policy.directory import Directory
from grantwatch.policy.export import Export
from grantwatch.policy.model import Policy, State
from grantwatch.policy.posture.coverage import Coverage, Gap, Status
from grantwatch.policy.words import named, resource_name
from grantwatch.verdict.model import Severity

__all__ = ["THEMES", "Case", "Check", "Finding", "NotTold", "check", "listed", "registered"]

THEMES = ("flow", "resources", "people", "conditions", "registration", "export", "changes")
"""What checks are about, in the order of the catalogue."""
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One gap, as a sentence, and what to do about it. Sentence and fix may hold text that somebody typed."""

    check: str
    title: str
    severity: Severity
    sentence: str
    fix: str
    policies: tuple[Policy, ...] = ()
    path: str = ""
    """Where it stands in the policy: `conditions.users.excludeGroups`."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """What a check could not answer, and why."""

    check: str
    why: str


class Case:
    """What checks look at: policies, companions, coverage, and an older export where there is one."""

    def __init__(self, export: Export, coverage: Coverage, before: Export | None = None) -> None:
        self.export = export
        self.coverage = coverage
        self.before = before

    @property
    def directory(self) -> Directory:
        """What was exported beside the policies."""
        return self.export.directory

    @cached_property
    def about(self) -> tuple[Policy, ...]:
        """Policies of any state that name the device code flow."""
        return tuple(policy for policy in self.export.policies if policy.about_device_code)

    @cached_property
    def enforced(self) -> tuple[Policy, ...]:
        """Those of them that are switched on."""
        return tuple(policy for policy in self.about if policy.state is State.ENABLED)

    @cached_property
    def blocking(self) -> tuple[Policy, ...]:
        """Those of them that block."""
        return tuple(policy for policy in self.enforced if policy.grant.blocks)

    @cached_property
    def covered(self) -> bool:
        """True where device code is blocked for all members whom no policy names, on every resource."""
        cells = self.coverage.cells.items()
        return all(cell.status is Status.BLOCKED for (crowd, _), cell in cells if crowd.kind == "everybody")

    def gaps(self, condition: str) -> Iterator[tuple[Policy, list[Gap]]]:
        """For each blocking policy, the open cells that it does not reach because of one condition."""
        for policy in self.blocking:
            found = [
                gap
                for gap in self.coverage.gaps
                if gap.answer.policy is policy and gap.answer.condition == condition and gap.answer.applies is not True
            ]
            if found:
                yield policy, found

    def name(self, item: str) -> str:
        """An item of an answer with its name."""
        return named(item, self.directory)


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it declares itself. The catalogue, the help of a finding and tests are made from this."""

    id: str
    title: str
    question: str
    severity: Severity
    """How bad it is as a rule; a finding may weigh less."""
    fix: str
    references: tuple[str, ...]
    look: Callable[[Case], tuple[Finding | NotTold, ...]]
    needs: tuple[str, ...] = ()
    """What must be exported beside the policies for an answer."""

    @property
    def theme(self) -> str:
        """What it is about."""
        return self.id.partition(".")[0]

    def found(
        self, sentence: str, *policies: Policy, path: str = "", severity: Severity | None = None, fix: str = ""
    ) -> Finding:
        """A finding of this check."""
        weight = self.severity if severity is None else severity
        return Finding(self.id, self.title, weight, sentence, fix or self.fix, policies, path)

    def not_told(self, why: str) -> NotTold:
        """This check cannot answer, because of `why`."""
        return NotTold(self.id, why)


Look = Callable[[Check, Case], Iterable[Finding | NotTold]]
_REGISTRY: dict[str, Check] = {}


def registered() -> tuple[Check, ...]:
    """Every declared check, by theme and in order of declaration."""
    return tuple(sorted(_REGISTRY.values(), key=lambda each: THEMES.index(each.theme)))


def check(
    id: str,
    *,
    title: str,
    question: str,
    severity: Severity,
    fix: str,
    references: tuple[str, ...],
    needs: tuple[str, ...] = (),
    of_blocks: bool = False,
) -> Callable[[Look], Check]:
    """Declare a check. The function gets the check itself and the case, and yields what it found.

    `of_blocks`: it asks what a block leaves open, so that without any block there is nothing to answer.
    Raises DeclarationError where the id is taken or the theme is not known.
    """
    if id in _REGISTRY:
        raise DeclarationError(f"check {id!r} is declared twice")
    if id.partition(".")[0] not in THEMES:
        raise DeclarationError(f"check {id!r}: the theme is not one of {', '.join(THEMES)}")

    def declare(function: Look) -> Check:
        bare = Check(id, title, question, severity, fix, references, lambda _case: (), needs)

        def look(case: Case) -> tuple[Finding | NotTold, ...]:
            if of_blocks and not case.blocking:
                return (bare.not_told("no policy that is switched on blocks the device code flow"),)
            return tuple(function(bare, case))

        declared = replace(bare, look=look)
        _REGISTRY[id] = declared
        return declared

    return declare


def listed(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """Names in a sentence: `a, b and c`, or `a, b and 7 more`."""
    every = list(dict.fromkeys(names))
    if len(every) > most + 1:
        return f"{', '.join(every[:most])} and {len(every) - most} more"
    return f"{', '.join(every[:-1])} and {every[-1]}" if len(every) > 1 else "".join(every)


def resources(gaps: Iterable[Gap]) -> str:
    """The resources of some gaps, by name."""
    return listed(resource_name(gap.resource) for gap in gaps)
