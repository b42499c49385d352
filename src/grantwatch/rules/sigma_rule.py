"""A signal's query as a Sigma rule: as plain keys and values, and as YAML."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from grantwatch.rules.queries import Query
from grantwatch.rules.source import sources

__all__ = ["rule", "yaml"]

_SPACE = uuid.UUID("6f2d2f0a-3f0d-5b52-9c2e-0d6a5f9c1b7e")
"""Ids of exported rules are made from this and the id of their signal, so that a rule keeps its id."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.|-]*( [A-Za-z_][A-Za-z0-9_.-]*)*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def rule(query: Query) -> dict[str, Any]:
    """The rule as keys and values in the order of the Sigma specification, version 2."""
    signal = query.signal
    source = next(each for each in sources() if each.name == query.source)
    logsource = {key: value for key, value in source.logsources[0].items() if key != "workload"}
    described = [f"{signal.question} Signal {signal.id} of Grantwatch as one query.", query.wider, query.narrower]
    return {
        "title": signal.title,
        "id": str(uuid.uuid5(_SPACE, signal.id)),
        "status": "experimental",
        "description": " ".join(text for text in described if text),
        "references": list(query.references),
        "author": "Grantwatch",
        "date": query.checked,
        "tags": [f"attack.{technique.lower()}" for technique in signal.techniques],
        "logsource": logsource,
        "detection": dict(query.detection),
        "falsepositives": [_sentence(each) for each in query.false_positives] or ["Unknown"],
        "level": query.level,
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def yaml(value: dict[str, Any]) -> str:
    """Keys and values as YAML, in the order given, with a line feed at the end."""
    return "".join(f"{line}\n" for line in _mapping(value, 0))


def _mapping(value: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "    " * depth
    for key, held in value.items():
        if isinstance(held, dict):
            yield f"{indent}{_scalar(key)}:"
            yield from _mapping(held, depth + 1)
        elif isinstance(held, list):
            yield f"{indent}{_scalar(key)}:"
            yield from _list(held, depth + 1)
        else:
            yield f"{indent}{_scalar(key)}: {_scalar(held)}"


def _list(values: list[Any], depth: int) -> Iterator[str]:
    indent = "    " * depth
    for value in values:
        if isinstance(value, dict):
            first, *rest = _mapping(value, 0)
            yield f"{indent}- {first}"
            yield from (f"{indent}  {line}" for line in rest)
        else:
            yield f"{indent}- {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | date):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return "'" + text.replace("'", "''") + "'"
