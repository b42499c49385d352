"""The header of a CSV whose exporter writes column names in the language of whoever downloads."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.records.forms import Form

__all__ = ["DAY_FIRST", "translated"]

DAY_FIRST = ", day first"
"""Ends the name of the column that takes a date as it is written where the day comes first."""


def translated(names: Sequence[str], form: Form) -> tuple[str, ...]:
    """The header as the form names its columns. Names that nobody knows stay as they are.

    The language is the one that knows most of the names; where none does it is English, told without regard to case
    and blanks.
    """
    from grantwatch.knowledge import folded, headers, languages

    columns = {folded(column): column for column in form.columns}
    keys = [folded(name) for name in names]
    best = max(languages(), key=lambda language: sum(key in headers(language.code) for key in keys))
    known = headers(best.code)
    if not any(key in known and key not in columns for key in keys):
        known = {}
    found = [columns.get(folded(known.get(key, key)), name) for key, name in zip(keys, names, strict=True)]
    if known and best.day_first:
        found = [name + DAY_FIRST if name + DAY_FIRST in form.columns else name for name in found]
    return tuple(found)
