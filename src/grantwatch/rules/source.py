"""A source of records for rules, as its `.sql` file declares it: which rules it is for, what they call its columns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from grantwatch.errors import DeclarationError

__all__ = ["NAMES", "SPELLINGS", "Column", "Source", "parse", "source_for", "sources"]

NAMES = ("sign_in", "audit", "unified_audit", "risk", "graph_activity")
"""The files in sources/. Adding a source is one file and its name here."""

SPELLINGS = ("plain", "enumerated", "operation")
"""How a column spells its values: as delivered; without blanks and hyphens; without a full stop at the end."""

_HEADER = re.compile(r"\A\s*/\*(.*?)\*/(.*)\Z", re.DOTALL)
_KEYS = {"title": str, "checked": date, "from": list, "logsources": list, "prefixes": list, "columns": dict}
_COLUMN_KEYS = {"names", "entries", "whole", "spelling", "many"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source. `many`: a list, which matches where one of its values does.

    With `entries` it is a list of (name, value): a field `parameters.ForwardTo` asks for the entry `ForwardTo` behind
    the prefix `parameters.`. `whole` are those prefixes that belong to the name of the entry.
    """

    name: str
    spelling: str = "plain"
    many: bool = False
    entries: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()
    """Its names and prefixes as they are declared, for a reader."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a field of a rule is in a source: a column, and the entry in it where it has entries."""

    column: Column
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source: a SELECT with row_id, pass_id, file_id, time (UTC), who, the columns, and `words` for keywords."""

    name: str
    title: str
    checked: date
    origins: tuple[str, ...]
    logsources: tuple[Mapping[str, str], ...]
    prefixes: tuple[str, ...]
    columns: Mapping[str, Column]
    names: Mapping[str, str]
    select: str

    def field(self, name: str) -> Field | None:
        """The column that a rule means by a name, whatever its case; None where this source has no such field."""
        plain = _plain(name)
        for spelled in (plain, *(plain.removeprefix(each) for each in self.prefixes if plain.startswith(each))):
            if spelled in self.names:
                return Field(self.columns[self.names[spelled]])
            for column in self.columns.values():
                for prefix in column.entries:
                    if spelled.startswith(prefix) and len(spelled) > len(prefix):
                        return Field(column, spelled if prefix in column.whole else spelled[len(prefix) :])
        return None


def _plain(name: str) -> str:
    """One spelling for `user_agent`, `UserAgent` and `userAgent`."""
    return name.strip().lower().replace("_", "")


@cache
def sources() -> tuple[Source, ...]:
    """All sources. Raises DeclarationError naming file and key where one declares itself wrongly."""
    folder = resources.files("grantwatch.rules") / "sources"
    return tuple(parse(name, (folder / f"{name}.sql").read_text(encoding="utf-8")) for name in NAMES)


def source_for(product: str | None, category: str | None, service: str | None) -> tuple[Source, str | None] | None:
    """The source that a rule's logsource means, and the workload that it is narrowed to; None for logs not read."""
    asked = {"product": product, "category": category, "service": service}
    wanted = {key: value.lower() for key, value in asked.items() if value}
    for source in sources():
        for logsource in source.logsources:
            if {key: value for key, value in logsource.items() if key != "workload"} == wanted:
                return source, logsource.get("workload")
    return None


def parse(name: str, text: str) -> Source:
    """One declaration from its text. Raises DeclarationError naming file and key."""
    place = f"rules/sources/{name}.sql"
    match = _HEADER.match(text)
    if match is None:
        raise DeclarationError(f"{place}: must begin with a TOML header in /* … */")
    try:
        header = tomllib.loads(match[1])
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{place}: header is not TOML: {error}") from error
    for key in header:
        if key not in _KEYS:
            raise DeclarationError(f"{place}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
    for key, kind in _KEYS.items():
        if not isinstance(header.get(key), kind):
            raise DeclarationError(f"{place}: {key!r} is missing or not of type {kind.__name__}")
    columns = {column: _column(place, column, told) for column, told in header["columns"].items()}
    return Source(
        name=name,
        title=header["title"],
        checked=header["checked"],
        origins=tuple(header["from"]),
        logsources=tuple(header["logsources"]),
        prefixes=tuple(_plain(each) for each in header["prefixes"]),
        columns=columns,
        names=_names(place, header["columns"]),
        select=match[2].strip(),
    )


def _column(place: str, name: str, told: Mapping[str, object]) -> Column:
    unknown = sorted(set(told) - _COLUMN_KEYS)
    if unknown:
        raise DeclarationError(f"{place}: column {name}: unknown key {unknown[0]!r}")
    spelling = str(told.get("spelling", "plain"))
    if spelling not in SPELLINGS:
        raise DeclarationError(f"{place}: column {name}: spelling {spelling!r} is not one of {', '.join(SPELLINGS)}")
    entries, whole = _listed(told.get("entries")), _listed(told.get("whole"))
    if not entries and not _listed(told.get("names")):
        raise DeclarationError(f"{place}: column {name}: has neither names nor entries, so that no rule can ask for it")
    return Column(
        name=name,
        spelling=spelling,
        many=bool(told.get("many", False)),
        entries=tuple(map(_plain, entries)),
        whole=tuple(map(_plain, whole)),
        known_as=(*_listed(told.get("names")), *(f"{prefix}…" for prefix in entries)),
    )


def _names(place: str, columns: Mapping[str, Mapping[str, object]]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for column, told in columns.items():
        for name in dict.fromkeys(map(_plain, _listed(told.get("names")))):
            if name in names:
                raise DeclarationError(f"{place}: {name!r} names both {names[name]} and {column}")
            names[name] = column
    return names


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
