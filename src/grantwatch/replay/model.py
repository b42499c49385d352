"""What a replay found. Times are UTC without an offset; names are log text, or text that somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from grantwatch.allowances import Match
from grantwatch.pipeline import Hunt
from grantwatch.policy import Policy
from grantwatch.records.model import RecordRef
from grantwatch.verdict.model import Judged

__all__ = [
    "Agreement",
    "Difference",
    "Fate",
    "Gap",
    "GrantReplay",
    "PolicyAgreement",
    "Replay",
    "Result",
    "Scenario",
    "Stage",
    "Standing",
    "Tally",
    "Way",
]


class Standing(StrEnum):
    """What a grant is taken for: below medium honest, medium unknown, high and critical suspect.

    `usage` draws the same line: what is not honest here is what it keeps out.
    """

    HONEST = "honest"
    UNKNOWN = "unknown"
    SUSPECT = "suspect"


class Stage(StrEnum):
    """Where in the life of a grant a decision falls."""

    APPROVAL = "approval"
    REDEMPTION = "redemption"
    REFRESH = "refresh"


class Fate(StrEnum):
    """What one decision comes to."""

    BLOCKED = "blocked"
    UNMET = "controls_unmet"
    """A control is asked for that this request cannot meet."""
    PASSES = "passes"
    NOT_ASSESSED = "not_assessed"

    @property
    def refused(self) -> bool:
        """True where no token is issued."""
        return self in (Fate.BLOCKED, Fate.UNMET)


class Result(StrEnum):
    """What all decisions on one grant come to."""

    STOPPED = "stopped"
    """No first token; or, where the first token was not refused, no refresh at all."""
    LIMITED = "limited"
    """Some later uses are refused, others not, or not surely."""
    PASSES = "passes"
    NOT_ASSESSED = "not_assessed"
    """Nothing is surely refused, and something not assessed."""
    NO_DECISION = "no_decision"
    """Nothing in the time asked for that Conditional Access is evaluated for."""


class Gap(NamedTuple):
    """Why a policy that would refuse does not: `kind` is one of `gaps.KINDS`. `why` is a sentence."""

    kind: str
    policy: Policy | None
    why: str


@dataclass(frozen=True, slots=True)
class Way:
    """One grant in one scenario."""

    result: Result
    stopped_at: Stage | None
    """The first decision that refuses, of those that are not the approver's own browser later."""
    by: tuple[Policy, ...]
    """What refuses there: the blocks, else the policies whose controls cannot be met."""
    next_refresh: Fate | None
    """What the latest use of its lineage would come to, were it now; None where no use is in the logs."""
    fates: Mapping[Fate, int]
    """Decisions, the approver's browser among them."""
    gaps: tuple[Gap, ...] = ()
    """Why it gets through, nearest first; only of grants that are no honest ones."""
    missing: tuple[str, ...] = ()
    """What it hangs on, where something is not assessed."""


@dataclass(frozen=True, slots=True)
class GrantReplay:
    """A grant, what it is taken for, and what each scenario makes of it."""

    judged: Judged
    standing: Standing
    why: str
    """The severity, or that somebody said so."""
    attempt: bool
    """It came to nothing even without the replay: refused or abandoned. Nobody loses anything by a block."""
    allowed: tuple[Match, ...]
    device: str
    today: Way
    candidate: Way | None

    @property
    def last(self) -> Way:
        """What matters: the candidate where there is one."""
        return self.candidate or self.today

    @property
    def breaks(self) -> bool:
        """True where honest use that got a token would be refused, at once or later."""
        use = self.standing is Standing.HONEST and not self.attempt
        return use and self.last.result in (Result.STOPPED, Result.LIMITED)

    @property
    def gets_through(self) -> bool:
        """True where an attack is not surely stopped."""
        return self.standing is Standing.SUSPECT and self.last.result not in (Result.STOPPED, Result.NO_DECISION)


@dataclass(frozen=True, slots=True)
class Tally:
    """Decisions of one scenario and one standing."""

    fates: Mapping[Fate, int]
    records: int
    """Records behind these decisions: uses of a lineage are folded."""

    @property
    def decisions(self) -> int:
        """All of them."""
        return sum(self.fates.values())


@dataclass(frozen=True, slots=True)
class Scenario:
    """One set of policies over all grants."""

    name: str
    """`today` or `candidate`."""
    policies: tuple[Policy, ...]
    changed: tuple[Policy, ...]
    """Those that are not among today's, or other than there."""
    decisions: Mapping[Standing, Tally]
    missing: Mapping[str, int]
    """What decisions hang on that were not assessed, and how many do."""


@dataclass(frozen=True, slots=True)
class PolicyAgreement:
    """How today's policy compares with what records say that it did, in pairs of a record and a policy."""

    id: str | None
    name: str
    agree: int
    differ: int
    not_assessed: int
    """The log says what it did; the model has no answer."""
    other_mode: int
    """Of those that agree: on, off or report-only then, and another of them in the export."""

    @property
    def compared(self) -> int:
        """Pairs of which both sides say something."""
        return self.agree + self.differ


@dataclass(frozen=True, slots=True)
class Difference:
    """Records and a policy of which log and model say different things. The example is one of them."""

    policy: str
    policy_id: str | None
    recorded: str
    modelled: str
    why: str
    pairs: int
    grant_id: str
    ref: RecordRef | None
    time: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """The model held against appliedConditionalAccessPolicies and conditionalAccessStatus."""

    records: int
    """Legs and folded uses that were looked at."""
    with_policies: int
    """Those of which the log names policies."""
    policies: tuple[PolicyAgreement, ...]
    differences: tuple[Difference, ...]
    """Every one of them, most pairs first."""
    not_comparable: Mapping[str, int]
    """Pairs that say nothing, by why."""
    statuses: PolicyAgreement
    """The status of the record as a whole against what all policies come to."""

    def _sum(self, name: str) -> int:
        return sum(getattr(each, name) for each in self.policies)

    @property
    def agree(self) -> int:
        """Pairs that agree, over all policies."""
        return self._sum("agree")

    @property
    def differ(self) -> int:
        """Pairs that do not."""
        return self._sum("differ")

    @property
    def not_assessed(self) -> int:
        """Pairs of which the model has no answer."""
        return self._sum("not_assessed")

    @property
    def share(self) -> float | None:
        """The part of the compared pairs that agree (0–1); None where nothing could be compared."""
        compared = self.agree + self.differ
        return self.agree / compared if compared else None


@dataclass(frozen=True, slots=True)
class Replay:
    """Everything that one replay found. `hunt` is what it rests on."""

    hunt: Hunt
    start: datetime | None
    end: datetime | None
    """First and last record of the logs that show grants."""
    since: datetime | None
    """Decisions before were left out; None where none were."""
    days: int | None
    grants: tuple[GrantReplay, ...]
    """Those with something in the time asked for, worst first."""
    outside: int
    """Grants with nothing in that time."""
    today: Scenario
    candidate: Scenario | None
    enforced: tuple[Policy, ...]
    """Candidates in report-only mode that were replayed as if they were on."""
    agreement: Agreement
    not_assessed: tuple[str, ...]
    """Sentences, most important first."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Today, and the candidate where there is one."""
        return (self.today, self.candidate) if self.candidate else (self.today,)

    @property
    def last(self) -> Scenario:
        """What matters: the candidate where there is one."""
        return self.candidate or self.today
