"""Small words and figures that chapters are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grantwatch.report.document import Json

__all__ = ["MOST_LISTED", "Chapter", "at", "counted", "left", "listed", "number", "percent", "top"]

MOST_LISTED = 40
"""Rows of a table of single grants or attacks."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading, paragraphs, and a table where `header` is not empty. `more`: words below the table."""

    title: str
    words: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: tuple[str, ...] = ()


def number(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def percent(share: float | None) -> str:
    """A share as a percentage, or a dash."""
    return "–" if share is None else f"{100 * share:.1f}%"


def top(counts: dict[str, int], most: int = 4) -> str:
    """The most frequent of what was counted."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered[:most]) or "–"


def listed(values: Iterable[object]) -> str:
    """Values with commas between."""
    return ", ".join(map(str, values))


def at(figures: Json, severity: str) -> Json:
    """The figures from one severity on."""
    found: Json = next(each for each in figures["severities"] if each["severity"] == severity)
    return found


def counted(counts: dict[str, int]) -> str:
    """`2 high, 1 low`."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none found"


def left(rows: Sequence[object]) -> tuple[str, ...]:
    """How many rows a table leaves out."""
    return (f"And {len(rows) - MOST_LISTED} more; the JSON has all.",) if len(rows) > MOST_LISTED else ()
