"""The engine's side of reading: a database of one's own with the canonical tables, and the room's SQL.

It needs nothing else of the room, so that it can be made while the rest is loaded.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["cleaned", "connect", "sql_text"]


@cache
def sql_text(name: str) -> str:
    """One of the room's `.sql` files."""
    return (resources.files("grantwatch.records") / name).read_text(encoding="utf-8")


def connect(workspace: Path, memory: str = "600MB") -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that spills into `workspace`, with the canonical tables and macros in it."""
    from grantwatch.records.engine import duckdb

    con = duckdb.connect(":memory:")
    con.execute(f"SET temp_directory = '{_quoted(str(workspace / 'spill'))}'")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    con.execute("SET autoinstall_known_extensions = false")
    # In one transaction: each of many statements would have one of its own.
    con.execute("BEGIN TRANSACTION")
    con.execute(sql_text("macros.sql"))
    con.execute(sql_text("schema.sql"))
    con.execute(
        "CREATE TABLE pass_form "
        "(pass_id INTEGER, file_id INTEGER, first_row BIGINT, form VARCHAR, stream VARCHAR, rank INTEGER, "
        "path VARCHAR, late BLOB, rows BIGINT);"
        # Rows that were to be read once more, and could not be: see late.py.
        "CREATE TABLE late_lost (pass_id INTEGER, file_id INTEGER, records BIGINT);"
        "CREATE TABLE unclaimed (file_id INTEGER, position BIGINT);"
    )
    con.execute("COMMIT")
    return con


def cleaned(source: str) -> str:
    """SQL for the rows of `source` (a table or view of stored sign-ins with their row_id), cleaned and typed."""
    return "(" + sql_text("cleaned.sql").replace("$source", source) + ")"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
