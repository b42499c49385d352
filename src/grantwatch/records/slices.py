"""Records a few at a time, for statements that hold all that they look at together in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["slices"]

_TOGETHER = 1 << 22
"""Bytes of JSON text. A JSON function holds a batch of rows some ten times, and a statement has a dozen of them."""


@contextmanager
def slices(con: duckdb.DuckDBPyConnection, values: str) -> Iterator[list[str]]:
    """SELECTs that together give the `json` of `values`, in order, each no more than 4 MB and one more record.

    What is stored in between is stored whole, or where something is raised, not at all.
    """
    con.execute("BEGIN TRANSACTION")
    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE sliced AS SELECT json FROM ({values}) AS all_values")
        ends = con.execute(
            "SELECT min(place), max(place) FROM (SELECT rowid AS place, "
            f"sum(coalesce(strlen(json), 0)) OVER (ORDER BY rowid) // {_TOGETHER} AS part FROM sliced) AS parted "
            "GROUP BY part ORDER BY part"
        ).fetchall()
        yield [f"SELECT json FROM sliced WHERE rowid BETWEEN {first} AND {last}" for first, last in ends]
        con.execute("DROP TABLE sliced")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
