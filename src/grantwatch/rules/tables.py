"""The records that rules run over: one table for each source, with the columns that some rule asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from grantwatch.rules.patterns import name

if TYPE_CHECKING:
    import duckdb

    from grantwatch.rules.source import Source

__all__ = ["Made", "made"]

_BASE = ("row_id", "pass_id", "file_id", "time", "who")


@dataclass(frozen=True, slots=True)
class Made:
    """A table of a source's records: how many there are, and how many of them carry each column."""

    table: str
    records: int
    present: dict[str, int]
    by_workload: dict[str, int]
    """By workload in lower case, where rules ask for some workload."""

    @property
    def absent(self) -> frozenset[str]:
        """The columns that no record carries."""
        return frozenset(column for column, count in self.present.items() if not count)


@cache
def _macros() -> str:
    return (resources.files("grantwatch.rules") / "macros.sql").read_text(encoding="utf-8")


def made(con: duckdb.DuckDBPyConnection, source: Source, columns: Iterable[str], *, by_workload: bool = False) -> Made:
    """Make the table of a source. An empty text counts as carried: the field is there."""
    con.execute(_macros())
    wanted = sorted({*columns, *(("workload",) if by_workload else ())})
    table = f"rules_{source.name}"
    listed = ", ".join([*_BASE, *map(name, wanted)])
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {listed} FROM ({source.select}) AS source")
    counts = [_carried(source, column) for column in wanted]
    (row,) = con.execute(f"SELECT {', '.join(['count(*)', *counts])} FROM {table}").fetchall()
    groups: dict[str, int] = {}
    if by_workload:
        groups = dict(con.execute(f"SELECT coalesce(lower(workload), ''), count(*) FROM {table} GROUP BY 1").fetchall())
    return Made(table, row[0], dict(zip(wanted, row[1:], strict=True)), groups)


def _carried(source: Source, column: str) -> str:
    told = source.columns.get(column)
    if told is not None and told.many:
        return f"count(*) FILTER (len({name(column)}) > 0)"
    return f"count({name(column)})"
