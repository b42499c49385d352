"""How a signal declares itself, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import PurePath
from typing import NamedTuple

from grantwatch.errors import DeclarationError
from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.records.model import RecordRef
from grantwatch.signals.declaration import CATALOGUE, GROUPS, NEEDS, refuse

__all__ = [
    "CATALOGUE",
    "GROUPS",
    "NEEDS",
    "Answer",
    "Case",
    "Evidence",
    "Factor",
    "Judge",
    "NotAssessed",
    "NotFired",
    "Scale",
    "Signal",
    "collecting",
    "registered",
    "signal",
    "twice",
]


@dataclass(frozen=True, slots=True)
class Case:
    """All that a signal may look at: one grant, what was normal before it, and what the logs lack."""

    grant: Grant
    profile: Profile
    missing: frozenset[str] = frozenset()
    """Those of `NEEDS` that these logs do not have."""
    worse_grants: frozenset[str] = frozenset()
    """Earlier grants judged critical: they make no habit."""


class Factor(NamedTuple):
    """One of the numbers that a weight was multiplied by, and what it stands for, in words."""

    value: float
    why: str


class Scale(NamedTuple):
    """How much of its declared weight a signal counts with, and what made it so. False where that is nothing."""

    value: float = 1.0
    factors: tuple[Factor, ...] = ()

    def by(self, value: float, why: str) -> Scale:
        """The same scale, multiplied by `value` because of `why`."""
        return Scale(self.value * value, (*self.factors, Factor(value, why)))

    def times(self, other: Scale) -> Scale:
        """Both scales multiplied, with the factors of both."""
        return Scale(self.value * other.value, (*self.factors, *other.factors))

    def __bool__(self) -> bool:
        return bool(self.value)


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
    factors: tuple[Factor, ...] = ()
    """What made `weight` of the declared weight: their product, but for rounding."""
    source: str = ""
    """`file:line` of the declaration, where the signal is no part of Grantwatch."""


class NotAssessed(NamedTuple):
    """A signal that could not answer, and why."""

    signal: str
    why: str
    source: str = ""
    """`file:line` of the declaration, where the signal is no part of Grantwatch."""
    failed: bool = False
    """True where the signal itself is faulty: it raised, or gave no answer."""


class NotFired(NamedTuple):
    """A signal that looked and did not fire, and why, in a sentence."""

    signal: str
    why: str


Answer = Evidence | NotAssessed | NotFired
Judge = Callable[[Case], Answer]
Question = Callable[["Signal", Case], Answer]


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as it declares itself. Docs, coverage and tests are made from this."""

    id: str
    title: str
    question: str
    group: str
    weight: float
    judge: Judge
    looks_at: str
    """What of a grant and its history it looks at: the end of "Looked at: …"."""
    otherwise: str
    """What is so where it does not fire, in a sentence: the answer that a signal gives without a closer one."""
    alone: bool = False
    techniques: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    """The entries of the detection catalogue (catalogue.toml) that it covers, or helps to cover."""
    needs: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    place: str = ""
    """`file:line` of the declaration."""
    own: bool = False
    """True where it is no part of Grantwatch, but of somebody's folder or notebook."""
    function: Question | None = field(default=None, repr=False)
    """What was declared; `judge` is it with this signal filled in."""
    quiet: dict[frozenset[str], NotAssessed | NotFired] = field(default_factory=dict, repr=False, compare=False)
    """What it answers where it found nothing, by what the logs lack: see view.silent."""

    @property
    def source(self) -> str:
        """The place of an own signal; empty for those of Grantwatch."""
        return self.place if self.own else ""

    def weighing(self, weight: float) -> Signal:
        """The same signal with another weight, in log-odds."""
        return _bound(replace(self, weight=weight)) if weight != self.weight else self

    def fired(
        self,
        summary: str,
        *,
        chip: str,
        records: tuple[RecordRef, ...] = (),
        scale: Scale | None = None,
        alone: bool | None = None,
    ) -> Evidence:
        """Evidence of this signal; `scale` (0–1 or a little above) weighs tie strength or how unusual it is."""
        scale = Scale() if scale is None else scale
        return Evidence(
            signal=self.id,
            title=self.title,
            summary=summary,
            group=self.group,
            weight=round(self.weight * scale.value, 3),
            records=tuple(dict.fromkeys(records)),
            chip=chip,
            alone=self.alone if alone is None else alone,
            factors=scale.factors,
            source=self.source,
        )

    def not_assessed(self, why: str) -> NotAssessed:
        """This signal could not answer, because of `why`."""
        return _not_assessed(self.id, why, self.source)

    def not_fired(self, why: str = "") -> NotFired:
        """This signal looked and did not fire, because of `why`, else of what it declares."""
        return _not_fired(self.id, why or self.otherwise)


# Most grants get most of these answers, word for word.
_not_assessed = lru_cache(maxsize=4096)(NotAssessed)
_not_fired = lru_cache(maxsize=4096)(NotFired)

_REGISTRY: dict[str, Signal] = {}
_COLLECTED: ContextVar[dict[str, Signal] | None] = ContextVar("collected", default=None)


def registered() -> tuple[Signal, ...]:
    """Every signal of Grantwatch, in order of declaration. Own signals are none of them."""
    return tuple(_REGISTRY.values())


@contextmanager
def collecting() -> Iterator[dict[str, Signal]]:
    """Within it, own signals that are declared are kept, by id, and no two may have one id."""
    found: dict[str, Signal] = {}
    token = _COLLECTED.set(found)
    try:
        yield found
    finally:
        _COLLECTED.reset(token)


def signal(
    id: str,
    *,
    title: str,
    question: str,
    group: str,
    weight: float,
    looks_at: str,
    otherwise: str,
    alone: bool = False,
    techniques: tuple[str, ...] = (),
    entries: tuple[int, ...] = (),
    needs: tuple[str, ...] = (),
    false_positives: tuple[str, ...] = (),
    gaps: tuple[str, ...] = (),
) -> Callable[[Question], Signal]:
    """Declare a signal. The function gets the signal itself and the case, and answers.

    Raises DeclarationError where the id is taken, or a value is none of those that are accepted.
    """

    def declare(function: Question) -> Signal:
        code = function.__code__
        own = not (function.__module__ or "").startswith("grantwatch.")
        parts = PurePath(code.co_filename).parts
        file = code.co_filename if own else "/".join(parts[parts.index("grantwatch", -3) :])
        declared = Signal(
            id,
            title,
            question,
            group,
            weight,
            _unbound,
            looks_at,
            otherwise,
            alone,
            techniques,
            entries,
            needs,
            false_positives,
            gaps,
            place=f"{file}:{code.co_firstlineno}",
            own=own,
            function=function,
        )
        refuse(declared)
        kept = _COLLECTED.get() if own else _REGISTRY
        taken = _REGISTRY.get(id) or (kept or {}).get(id)
        if taken:
            raise DeclarationError(twice(declared, taken))
        bound = _bound(declared)
        if kept is not None:
            kept[id] = bound
        return bound

    return declare


def twice(one: Signal, other: Signal) -> str:
    """What is told where two signals have one id."""
    return f"signal {one.id!r} is declared twice: at {one.place} and at {other.place}; give one another id"


def _bound(declared: Signal) -> Signal:
    function = declared.function
    if function is None:
        raise DeclarationError(f"signal {declared.id!r} was made without a function; use the decorator `signal`")
    return replace(declared, judge=partial(function, declared))


def _unbound(_case: Case) -> Answer:
    raise DeclarationError("a signal was called before it was declared")
