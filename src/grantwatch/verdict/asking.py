"""Ask a signal. An own signal may be faulty: that is told, and the hunt goes on."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from grantwatch.signals import Case, Evidence, NotAssessed, NotFired, Signal
from grantwatch.signals.own import place_of
from grantwatch.signals.signal import Answer, Judge

__all__ = ["ask", "asking"]

_TEXT_LIMIT = 300


def ask(signal: Signal, case: Case) -> Answer:
    """What a signal answers for a grant. Where an own one raises, or gives no answer, it is not assessed, and why.

    A signal of Grantwatch that raises is a fault of Grantwatch: the error goes on to the caller.
    """
    if not signal.own:
        return signal.judge(case)
    try:
        answer = signal.judge(case)
        fault = _fault(signal, answer)
    except (Exception, SystemExit) as error:
        said = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        fault = f"it raised {said[:_TEXT_LIMIT]} at {place_of(error, signal.source.rpartition(':')[0])}"
    if not fault:
        return answer
    return NotAssessed(signal.id, f"Not assessed: the signal failed: {fault}.", signal.source, failed=True)


def asking(signal: Signal) -> Judge:
    """`ask` with the signal filled in, for many grants: what Grantwatch declares itself is asked directly."""
    return partial(ask, signal) if signal.own else signal.judge


def _fault(signal: Signal, answer: Any) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if isinstance(answer, NotAssessed | NotFired):
        texts: tuple[object, ...] = (answer.why,)
    elif isinstance(answer, Evidence):
        texts = (answer.summary, answer.chip)
        if not math.isfinite(answer.weight):
            return f"the weight of its evidence is {answer.weight!r}, no number"
        against = -answer.weight if signal.group == "favour" else answer.weight
        if answer.group != signal.group or against < 0:
            return f"the weight of its evidence, {answer.weight:+.3f}, does not fit the group {signal.group}"
    else:
        return (
            f"it answered {type(answer).__name__}; accepted are self.fired(…), self.not_fired(…) and "
            "self.not_assessed(…)"
        )
    if answer.signal != signal.id:
        return f"it answered for {answer.signal}"
    return "" if all(isinstance(text, str) and text.strip() for text in texts) else "its answer has no words"
