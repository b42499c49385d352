"""How a signal declares itself, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from grantwatch.errors import DeclarationError
from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.records.model import RecordRef

__all__ = ["GROUPS", "NEEDS", "Case", "Evidence", "NotAssessed", "Signal", "registered", "signal"]

GROUPS = ("identity", "network", "client", "token", "persistence", "collection", "attempt", "favour")
"""Independence groups: signals of one group tend to fire together, so they count once, not twice."""

NEEDS = (
    "stream:interactive",
    "stream:non_interactive",
    "stream:audit",
    "stream:unified_audit",
    "field:protocol",
    "field:transfer",
    "field:session_id",
    "field:token_id",
    "field:asn",
    "field:user_agent",
    "history",
)
"""What a signal can need: a log stream, a field that is filled in, or history before the grant."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a signal may look at: one grant, what was normal before it, and what the logs lack."""

    grant: Grant
    profile: Profile
    missing: frozenset[str] = frozenset()
    """Those of `NEEDS` that these logs do not have."""
    worse_grants: frozenset[str] = frozenset()
    """Earlier grants judged high or worse: they make no habit."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal that fired, with the records it rests on. `weight` is what it adds in log-odds (negative: for)."""

    signal: str
    title: str
    summary: str
    group: str
    weight: float
    records: tuple[RecordRef, ...]
    chip: str
    """Two to five words for a table cell."""
    alone: bool = False
    """True where this evidence may make a grant high without a second group."""


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """A signal that could not answer, and why."""

    signal: str
    why: str


Answer = Evidence | NotAssessed | None
Judge = Callable[[Case], Answer]


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as it declares itself. Docs, coverage and tests are made from this."""

    id: str
    title: str
    question: str
    group: str
    weight: float
    judge: Judge
    alone: bool = False
    techniques: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    def fired(
        self,
        summary: str,
        *,
        chip: str,
        records: tuple[RecordRef, ...] = (),
        scale: float = 1.0,
        alone: bool | None = None,
    ) -> Evidence:
        """Evidence of this signal; `scale` (0–1 or a little above) weighs tie strength or how unusual it is."""
        return Evidence(
            signal=self.id,
            title=self.title,
            summary=summary,
            group=self.group,
            weight=round(self.weight * scale, 3),
            records=tuple(dict.fromkeys(records)),
            chip=chip,
            alone=self.alone if alone is None else alone,
        )

    def not_assessed(self, why: str) -> NotAssessed:
        """This signal could not answer, because of `why`."""
        return NotAssessed(signal=self.id, why=why)


_REGISTRY: dict[str, Signal] = {}


def registered() -> tuple[Signal, ...]:
    """Every declared signal, in order of declaration."""
    return tuple(_REGISTRY.values())


def signal(
    id: str,
    *,
    title: str,
    question: str,
    group: str,
    weight: float,
    alone: bool = False,
    techniques: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    false_positives: tuple[str, ...] = (),
    gaps: tuple[str, ...] = (),
) -> Callable[[Callable[[Signal, Case], Answer]], Signal]:
    """Declare a signal. The function gets the signal itself and the case, and answers.

    Raises DeclarationError where the id is taken or the group or a need is unknown.
    """
    if id in _REGISTRY:
        raise DeclarationError(f"signal {id!r} is declared twice")
    if group not in GROUPS:
        raise DeclarationError(f"signal {id!r}: group {group!r} is not one of {', '.join(GROUPS)}")
    for need in needs:
        if need not in NEEDS:
            raise DeclarationError(f"signal {id!r}: need {need!r} is not one of {', '.join(NEEDS)}")

    def declare(function: Callable[[Signal, Case], Answer]) -> Signal:
        def unbound(_case: Case) -> Answer:
            raise DeclarationError(f"signal {id!r} was called before it was declared")

        bare = Signal(id, title, question, group, weight, unbound, alone, techniques, needs, false_positives, gaps)
        declared = replace(bare, judge=lambda case: function(bare, case))
        _REGISTRY[id] = declared
        return declared

    return declare
