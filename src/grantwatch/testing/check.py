"""What every signal must keep, whoever declared it: a whole declaration, and examples that hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from grantwatch.grants.model import Grant
from grantwatch.signals import NEEDS, Case, Evidence, NotAssessed, NotFired, Signal
from grantwatch.signals.declaration import unfinished
from grantwatch.signals.signal import Answer
from grantwatch.testing.builders import GrantBuilder, a_grant
from grantwatch.testing.things import NOWHERE
from grantwatch.verdict import Severity, verdict
from grantwatch.verdict.asking import ask

__all__ = ["Make", "faults"]

Make = Callable[[], Any]
"""Makes a grant: answers what `a_grant` made, or a `Case`."""
_CHIP_WORDS = range(1, 6)


def faults(signal: Signal, pairs: Mapping[str, Sequence[Make]]) -> tuple[str, ...]:
    """What this signal does not keep, in sentences; empty where it keeps everything.

    `pairs`: for its id a function that makes a grant that fires it, then functions that make look-alikes that do not.
    """
    return (*unfinished(signal), *_blind(signal), *_alone(signal), *_paired(signal, pairs.get(signal.id, ())))


def _blind(signal: Signal) -> Iterator[str]:
    """Where all that it needs is missing it says so: silence is no answer."""
    if not signal.needs:
        return
    answer = ask(signal, a_grant().sighted(NOWHERE, agent=None).history(0).case(missing=frozenset(NEEDS)))
    if isinstance(answer, NotAssessed) and not answer.failed and answer.why.startswith("Not assessed: "):
        return
    yield (
        "On a grant of which the logs show next to nothing it must answer self.not_assessed('Not assessed: …'), as "
        f"`silent(self, case)` of grantwatch.signals.view does; it answered {_told(answer)}"
    )


def _alone(signal: Signal) -> Iterator[str]:
    """What may alert alone must be able to: else the declaration promises what no score keeps."""
    if not signal.alone:
        return
    grant: Grant = a_grant().approved().redeemed().grant()
    found = verdict(grant, [signal.fired("Fired.", chip="fired")], ())
    if found.severity < Severity.HIGH:
        yield (
            f"It may alert alone, but its weight of {signal.weight:+.1f} makes a score of {found.score}, which is "
            f"{found.severity.label}: accepted is a weight that reaches high, or alone=False."
        )


def _paired(signal: Signal, pair: Sequence[Make]) -> Iterator[str]:
    if len(pair) < 2:
        yield "It has no examples: PAIRS gives for its id a grant that fires it and a look-alike that does not."
        return
    first, *others = pair
    answer, told = _answer(signal, first)
    if not isinstance(answer, Evidence):
        yield f"The first of its grants does not fire it: {told}"
    else:
        yield from _evidence(signal, answer)
    for number, make in enumerate(others, start=2):
        answer, told = _answer(signal, make)
        if not isinstance(answer, NotFired):
            yield f"Grant {number} is a look-alike on which it must answer self.not_fired(…): {told}"
        elif not answer.why.endswith("."):
            yield f"Grant {number}: why it did not fire is no sentence: {answer.why!r}."


def _evidence(signal: Signal, answer: Evidence) -> Iterator[str]:
    if not answer.weight:
        yield "The evidence of its first grant weighs nothing."
    if not answer.records:
        yield "Its evidence names no record: records=(…,) says what it rests on."
    if len(answer.chip.split()) not in _CHIP_WORDS:
        yield f"Its chip, {answer.chip!r}, has {len(answer.chip.split())} words: accepted are one to five."
    if not answer.summary.endswith("."):
        yield f"Its summary is no sentence: {answer.summary!r}."
    product = math.prod(factor.value for factor in answer.factors)
    if not math.isclose(answer.weight, signal.weight * product, abs_tol=0.0006):
        yield (
            f"Its weight, {answer.weight:+.3f}, is not the declared one times its factors: build the scale with "
            "Scale().by(…)."
        )
    if not all(factor.why.strip() for factor in answer.factors):
        yield "A factor of its weight does not say why: Scale().by(0.5, 'why')."


def _answer(signal: Signal, make: Make) -> tuple[Answer | None, str]:
    """What it answers for a grant, and that in words."""
    try:
        made = make()
    except Exception as error:
        return None, f"the grant cannot be made: {type(error).__name__}: {error}."
    case = made.case() if isinstance(made, GrantBuilder) else made
    if not isinstance(case, Case):
        return None, f"the function answered {type(made).__name__}; accepted is what a_grant(…) builds."
    answer = ask(signal, case)
    return answer, _told(answer)


def _told(answer: Answer) -> str:
    if isinstance(answer, Evidence):
        return f"it fired ({answer.weight:+.3f}): {answer.summary}"
    kind = "it did not fire" if isinstance(answer, NotFired) else "it was not assessed"
    return f"{kind}: {answer.why}"
