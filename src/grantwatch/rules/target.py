"""A product that queries are written for: its tables, and how it says the canonical columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from grantwatch.errors import DeclarationError

__all__ = ["TARGETS", "Instead", "Table", "Target", "target"]

TARGETS = ("sentinel", "defender")


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands for one value of a column that a table does not have."""

    value: str
    kql: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """Where the records of a source are. `form`: the form of logs whose columns it has.

    `optional` are columns without which a condition can still be said, with a note that it is narrower or wider.
    """

    form: str
    table: str
    select: str
    show: tuple[str, ...]
    columns: Mapping[str, str]
    optional: frozenset[str]
    instead: Mapping[str, Instead]
    note: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """A product, by the name that `--format` has for it."""

    name: str
    title: str
    time: str
    tables: Mapping[str, Table]


@cache
def target(name: str) -> Target:
    """The product of that name. Raises DeclarationError naming file and key."""
    place = f"rules/targets/{name}.toml"
    told = tomllib.loads((resources.files("grantwatch.rules") / "targets" / f"{name}.toml").read_text(encoding="utf-8"))
    try:
        tables = {
            source: Table(
                form=each["form"],
                table=each["table"],
                select=each["from"],
                show=tuple(each["show"]),
                columns=each["columns"],
                optional=frozenset(each.get("optional", ())),
                instead={column: Instead(**what) for column, what in each.get("instead", {}).items()},
                note=each.get("note"),
            )
            for source, each in told["sources"].items()
        }
        return Target(name, told["title"], told["time"], tables)
    except (KeyError, TypeError) as error:
        raise DeclarationError(f"{place}: {error}") from error
