"""The engine's side of reading: a database of one's own with the canonical tables, and the room's SQL.

It needs nothing else of the room, so that it can be made while the rest is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["TOLD", "MoreThanMemoryError", "beside", "cleaned", "connect", "few_threads", "roomy", "sql_text"]


_ROWS = 4096
_PACKED_ROWS = 16_384
"""Rows of a row group in memory, and on disk."""
_MEANT = "SET search_path = 'logs,memory'"
"""Where names are looked for: tables among the logs, and the functions that came with the engine."""
_BUSY = 500_000
"""Rows that keep a thread busy, where most of what is asked is about few of them."""
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
TOLD = (
    "tenant_id",
    "user_type",
    "home_tenant_id",
    "app_name",
    "resource_name",
    "city",
    "client_app",
    "device_name",
    "device_os",
    "device_browser",
    "device_managed",
    "device_compliant",
    "device_trust",
    "protocol",
    "transfer",
    "incoming",
    "status_detail",
    "request_type",
    "token_id",
    "ca_status",
    "auth_requirement",
    "cross_tenant",
    "risk_level",
    "risk_state",
    "named_networks",
    "original_request_id",
    "token_binding",
    "auth_details",
    "processing",
    "policies",
)
"""What of a sign-in only grants need: columns of a mapping, all text, that are stored together in one."""


class MoreThanMemoryError(Exception):
    """Tables that were to stay in memory are larger than it: what is read has to be read on disk."""


@cache
def sql_text(name: str) -> str:
    """One of the room's `.sql` files."""
    return (resources.files("grantwatch.records") / name).read_text(encoding="utf-8")


def connect(workspace: Path, memory: str = "600MB", *, on_disk: bool = False) -> duckdb.DuckDBPyConnection:
    """A private DuckDB that keeps to `workspace`, with the canonical tables and macros in it: docs/decisions/0012.

    `on_disk`: what is read is more than memory holds. It is packed and written as it comes; else it stays as it is.
    """
    from grantwatch.records.engine import fresh

    con = fresh()
    con.execute(f"SET temp_directory = '{_quoted(str(workspace / 'spill'))}'")
    con.execute(f"SET memory_limit = '{memory}'")
    _attach(con, workspace, on_disk)
    # In one transaction: each of many statements would have one of its own.
    con.execute("BEGIN TRANSACTION")
    shape = ", ".join(f'"{name}": "VARCHAR"' for name in TOLD)
    con.execute(sql_text("schema.sql").replace("$told", f"{{{shape}}}"))
    con.execute(
        "CREATE TABLE pass_form "
        "(pass_id INTEGER, file_id INTEGER, first_row BIGINT, form VARCHAR, stream VARCHAR, rank INTEGER, "
        # `late`: the name, as the system writes it, of a file in which something was left. See late.py.
        "path VARCHAR, late BLOB, rows BIGINT);"
        # Rows that were to be read once more, and could not be.
        "CREATE TABLE late_lost (pass_id INTEGER, file_id INTEGER, records BIGINT);"
        # What was asked for of rows, and where their sign-ins came from if nothing of that was stored with them.
        "CREATE TABLE told AS SELECT CAST(0 AS BIGINT) AS row_id, told_of('{}') AS rest LIMIT 0;"
        "CREATE TABLE spot (row_id BIGINT, latitude VARCHAR, longitude VARCHAR);"
        "CREATE TABLE unclaimed (file_id INTEGER, position BIGINT);"
    )
    con.execute("COMMIT")
    return con


def _attach(con: duckdb.DuckDBPyConnection, workspace: Path, on_disk: bool) -> None:
    """Open the database that holds the tables, as the one that is meant where no other is named.

    It has a name on disk either way, since only such a one may choose how many rows a row group has. With few, rows
    need not be copied a second time to be put in order. Rows that are packed and written need more, but not so many
    that what a statement stores is less than one.
    """
    rows = _PACKED_ROWS if on_disk else _ROWS
    con.execute("SET checkpoint_threshold = '1000TB'")
    con.execute("PRAGMA disable_checkpoint_on_shutdown")
    if not on_disk:
        con.execute("SET enable_optimistic_write = false")
    name = _quoted(str(workspace / "logs.db"))
    con.execute(f"ATTACH '{name}' AS logs (RECOVERY_MODE NO_WAL_WRITES, ROW_GROUP_SIZE {rows})")
    con.execute(_MEANT)


def beside(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection of its own to the same tables, for another thread or a second statement."""
    other = con.cursor()
    other.execute(_MEANT)
    return other


@contextmanager
def few_threads(con: duckdb.DuckDBPyConnection, rows: int) -> Iterator[None]:
    """Within it, the engine looks at tables of so many rows with no more threads of its own than they keep busy.

    Statements that run side by side on a few thousand rows each are slower with more: they wait for each other.
    """
    ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
    con.execute(f"SET threads = {max(1, min(threads, rows // _BUSY))}")
    try:
        yield
    finally:
        con.execute(f"SET threads = {threads}")


@contextmanager
def roomy(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Within it, the engine keeps what it has done with for the next statement: see docs/decisions/0012.

    It gives back what was freed, page by page, whenever that comes near to what it may still take, and asks for the
    same again at once. Where the tables leave a fifth of it, it may take twice as much as was said: it does not, as
    long as what is asked for is little.
    """
    ((used,),) = con.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchall()
    ((limit,),) = con.execute("SELECT current_setting('memory_limit')").fetchall()
    size, unit = limit.split()
    may = float(size) * 1024 ** _UNITS.index(unit)
    if used * 5 > may * 4:
        yield
        return
    con.execute(f"SET memory_limit = '{float(size) * 2} {unit}'")
    try:
        yield
    finally:
        con.execute(f"SET memory_limit = '{limit}'")


def cleaned(source: str, *, told: bool = False) -> str:
    """SQL for the rows of `source` (a table or view of stored sign-ins with their row_id), cleaned and typed.

    `told`: what may have been left in the records comes from the tables `told` and `spot`: see late.fill.
    """
    rows = f"(SELECT * REPLACE (told_of(rest) AS rest) FROM {source})"
    if told:
        rows = (
            "(SELECT s.* EXCLUDE (rest) REPLACE (coalesce(p.latitude, s.latitude) AS latitude, "
            f"coalesce(p.longitude, s.longitude) AS longitude), t.rest FROM {source} AS s "
            "LEFT JOIN told AS t ON t.row_id = s.row_id LEFT JOIN spot AS p ON p.row_id = s.row_id)"
        )
    return "(" + sql_text("cleaned.sql").replace("$source", rows) + ")"


def _quoted(text: str) -> str:
    return text.replace("'", "''")
