"""Running this room's SQL files and handing rows over by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from grantwatch.grants.model import MAP_AREAS
from grantwatch.records.database import cleaned

if TYPE_CHECKING:
    import duckdb

__all__ = ["put", "rows", "run"]


_ROOM = "grantwatch.grants"


@cache
def _text(name: str, package: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


def run(con: duckdb.DuckDBPyConnection, name: str, package: str = _ROOM) -> None:
    """Execute every statement of a room's SQL file.

    `$cleaned(source)` stands for the rows of a table, cleaned, of which `told` holds what only grants need, and
    `$map_areas` for that number.
    """
    text = _text(name, package).replace("$map_areas", str(MAP_AREAS))
    con.execute(re.sub(r"\$cleaned\((\w+)\)", lambda match: cleaned(match[1], told=True), text))


def rows(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[dict[str, Any]]:
    """The rows of one of this room's queries, by column name. Times are naive UTC."""
    cursor = con.execute(_text(name, _ROOM))
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield dict(zip(names, row, strict=True))


def put(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], values: Sequence[Sequence[Any]]) -> None:
    """(Re)create a small table from Python values: `columns` maps names to DuckDB types."""
    if not values:
        shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        con.execute(f"CREATE OR REPLACE TABLE {table} ({shape})")
        return
    # In one statement: to insert as many takes the engine twice as long.
    lists = ", ".join(f"unnest(CAST(? AS {kind}[])) AS {name}" for name, kind in columns.items())
    con.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT {lists}", [list(column) for column in zip(*values, strict=True)]
    )
