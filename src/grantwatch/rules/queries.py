"""Signals that can be said in one query: a file each in signals/, from which every format is made."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from grantwatch.errors import DeclarationError
from grantwatch.rules.known import expanded
from grantwatch.rules.source import NAMES
from grantwatch.signals import Signal, registered

__all__ = ["Query", "beyond", "queries"]

_KEYS = {"source", "checked", "references", "level", "wider", "narrower", "false_positives", "detection"}
_LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Query:
    """A signal as one query. `detection` is that of a Sigma rule, with the lists of the knowledge written out.

    `wider` and `narrower` say where the query matches more or less than the signal. `false_positives` are those of the
    signal, but where its file says otherwise.
    """

    signal: Signal
    source: str
    checked: date
    references: tuple[str, ...]
    level: str
    detection: Mapping[str, Any]
    wider: str | None = None
    narrower: str | None = None
    false_positives: tuple[str, ...] = ()


@cache
def queries() -> tuple[Query, ...]:
    """Every signal that has a query, in order of declaration. Raises DeclarationError naming file and key."""
    folder = resources.files("grantwatch.rules") / "signals"
    texts = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    known = {signal.id for signal in registered()}
    for name in sorted(texts):
        if name not in known:
            raise DeclarationError(f"rules/signals/{name}.toml: no signal has this id")
    return tuple(_query(signal, texts[signal.id]) for signal in registered() if signal.id in texts)


@cache
def beyond() -> Mapping[str, str]:
    """By signal id, why it cannot be said in one query."""
    text = (resources.files("grantwatch.rules") / "beyond.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    wrong = sorted(set(told["signal"].values()) - set(told["reason"]))
    if wrong:
        raise DeclarationError(f"rules/beyond.toml: reason {wrong[0]!r} is not one of {', '.join(told['reason'])}")
    return {signal: told["reason"][reason] for signal, reason in told["signal"].items()}


def _query(signal: Signal, text: str) -> Query:
    place = f"rules/signals/{signal.id}.toml"
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{place}: is not TOML: {error}") from error
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise DeclarationError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    for key, kind in (("source", str), ("checked", date), ("references", list), ("detection", dict)):
        if not isinstance(told.get(key), kind):
            raise DeclarationError(f"{place}: {key!r} is missing or not of type {kind.__name__}")
    if told["source"] not in NAMES:
        raise DeclarationError(f"{place}: source {told['source']!r} is not one of {', '.join(NAMES)}")
    level = told.get("level") or _level(signal)
    if level not in _LEVELS:
        raise DeclarationError(f"{place}: level {level!r} is not one of {', '.join(_LEVELS)}")
    return Query(
        signal=signal,
        source=told["source"],
        checked=told["checked"],
        references=tuple(told["references"]),
        level=level,
        detection={name: _written_out(part, place) for name, part in told["detection"].items()},
        wider=told.get("wider"),
        narrower=told.get("narrower"),
        false_positives=tuple(told.get("false_positives", signal.false_positives)),
    )


def _level(signal: Signal) -> str:
    """What may alert alone is high; what counts much, medium."""
    return "high" if signal.alone else "medium" if signal.weight >= 2 else "low"


def _written_out(part: Any, place: str) -> Any:
    """A part of a detection with its lists written out, and without `expand`, which asked for that."""
    if isinstance(part, list):
        return [_written_out(each, place) for each in part]
    if not isinstance(part, dict):
        return part
    made: dict[str, Any] = {}
    for field, value in part.items():
        name, *modifiers = field.split("|")
        if "expand" not in modifiers:
            made[field] = value
            continue
        kept = "|".join([name, *(each for each in modifiers if each != "expand")])
        names = value if isinstance(value, list) else [value]
        made[kept] = [found for each in names for found in expanded(str(each), place)]
    return made
