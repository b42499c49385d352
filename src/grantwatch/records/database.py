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

__all__ = ["beside", "cleaned", "connect", "sql_text"]


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
    _small_row_groups(con, workspace)
    # In one transaction: each of many statements would have one of its own.
    con.execute("BEGIN TRANSACTION")
    con.execute(sql_text("macros.sql"))
    con.execute(sql_text("schema.sql"))
    con.execute(
        "CREATE TABLE pass_form "
        "(pass_id INTEGER, file_id INTEGER, first_row BIGINT, form VARCHAR, stream VARCHAR, rank INTEGER, "
        "path VARCHAR);"
        "CREATE TABLE unclaimed (file_id INTEGER, position BIGINT);"
    )
    con.execute("COMMIT")
    return con


def _small_row_groups(con: duckdb.DuckDBPyConnection, workspace: Path) -> None:
    """Have tables in row groups as small as what one buffer of the reader yields: docs/decisions/0012.

    Only a database with a name on disk may choose their size. Nothing is written to that name: no log of changes, no
    checkpoint. What memory does not hold is spilled as ever.
    """
    con.execute("SET enable_optimistic_write = false")
    con.execute("SET checkpoint_threshold = '1000TB'")
    con.execute("PRAGMA disable_checkpoint_on_shutdown")
    name = _quoted(str(workspace / "logs.db"))
    con.execute(f"ATTACH '{name}' AS logs (ROW_GROUP_SIZE 2048, RECOVERY_MODE NO_WAL_WRITES)")
    con.execute("USE logs")


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection of its own to the same tables, for another thread or a second statement."""
    other = con.cursor()
    other.execute("USE logs")
    return other


def cleaned(source: str) -> str:
    """SQL for the rows of `source` (a table or view of stored sign-ins with their row_id), cleaned and typed."""
    return "(" + sql_text("cleaned.sql").replace("$source", source) + ")"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
