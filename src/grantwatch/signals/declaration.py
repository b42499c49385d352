"""What a declaration must say, for the signals of Grantwatch and for everybody's own."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from grantwatch.errors import DeclarationError

__all__ = ["CATALOGUE", "GROUPS", "NEEDS", "refuse", "unfinished"]

GROUPS = (
    "approach",
    "identity",
    "network",
    "client",
    "token",
    "persistence",
    "collection",
    "attempt",
    "posture",
    "favour",
)
"""Independence groups: signals of one group tend to fire together, so they count once, not twice."""

CATALOGUE = range(1, 36)
"""The numbers of the detection catalogue. What each stands for is in catalogue.toml."""

NEEDS = (
    "stream:interactive",
    "stream:non_interactive",
    "stream:audit",
    "stream:unified_audit",
    "stream:url_clicks",
    "stream:graph_activity",
    "stream:preauth",
    "field:protocol",
    "field:transfer",
    "field:session_id",
    "field:token_id",
    "field:asn",
    "field:user_agent",
    "field:policies",
    "field:scopes",
    "history",
)
"""What a signal can need: a log stream, a field that is filled in, or history before the grant."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_TEXTS = ("title", "question", "looks_at", "otherwise")
_LISTS = ("techniques", "entries", "needs", "false_positives", "gaps")


def refuse(signal: Any) -> None:
    """Raise DeclarationError for a declaration that cannot be judged by; it names what is accepted."""
    for fault in _wrong(signal):
        raise DeclarationError(f"signal {signal.id!r}: {fault}")


def unfinished(signal: Any) -> tuple[str, ...]:
    """What a declaration that can be judged by still lacks, in sentences: somebody has to read its verdicts."""
    return tuple(_lacking(signal))


def _wrong(signal: Any) -> Iterator[str]:
    """Whoever declared it may have written any value anywhere. Later checks rest on earlier ones."""
    yield from _named(signal)
    yield from _kinds(signal)
    yield from _weighed(signal)
    yield from _known(signal)


def _named(signal: Any) -> Iterator[str]:
    if signal.group not in GROUPS:
        yield f"group {signal.group!r} is not one of {', '.join(GROUPS)}"
    group, _, name = signal.id.partition(".") if isinstance(signal.id, str) else ("", "", "")
    if group != signal.group or not _ID.fullmatch(name):
        yield (
            f"the id does not fit; accepted is the group, a dot, and a name of small letters, digits and _, such as "
            f"'{signal.group}.my_signal'"
        )


def _kinds(signal: Any) -> Iterator[str]:
    for key in _TEXTS:
        value = getattr(signal, key)
        if not isinstance(value, str) or not value.strip():
            yield f"{key} is {value!r}; accepted is a text"
    for key in _LISTS:
        value, kind = getattr(signal, key), int if key == "entries" else str
        if not isinstance(value, tuple) or not all(isinstance(each, kind) for each in value):
            example = "(2,)" if kind is int else '("one",)'
            yield f"{key} is {value!r}; accepted is a tuple, such as {example}: mind the comma"


def _weighed(signal: Any) -> Iterator[str]:
    weight = signal.weight
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
        yield f"weight is {weight!r}; accepted is a number, in log-odds"
    if not weight or (weight < 0) is not (signal.group == "favour"):
        yield f"weight {weight} does not fit: it is below 0 in the group favour, and above 0 in all others"
    if not isinstance(signal.alone, bool) or (signal.alone and signal.group == "favour"):
        yield f"alone is {signal.alone!r}; accepted is True or False, in the group favour False"


def _known(signal: Any) -> Iterator[str]:
    for entry in signal.entries:
        if entry not in CATALOGUE:
            yield f"entry {entry!r} is not one of {CATALOGUE[0]} to {CATALOGUE[-1]}"
    for need in signal.needs:
        if need not in NEEDS:
            yield f"need {need!r} is not one of {', '.join(NEEDS)}"
    for technique in signal.techniques:
        if not _TECHNIQUE.fullmatch(technique):
            yield f"technique {technique!r} is no id of ATT&CK, such as T1528 or T1098.005"


def _lacking(signal: Any) -> Iterator[str]:
    if signal.title.endswith("."):
        yield "The title ends with a full stop: it is a heading."
    if not signal.question.endswith("?"):
        yield "The question does not end with a question mark."
    if signal.looks_at.endswith("."):
        yield "looks_at ends with a full stop: it completes “Looked at: …”."
    if not signal.otherwise.endswith("."):
        yield "otherwise does not end with a full stop: it is a sentence."
    if not signal.gaps:
        yield "No gaps are given: what does it not see?"
    if signal.group != "favour":
        if not signal.techniques:
            yield "No techniques are given: ids of ATT&CK."
        if not signal.false_positives:
            yield "No false positives are given: what honest use looks the same?"
