"""DuckDB, by its compiled module where that can be had.

The Python around it (relations, expressions, Arrow) is not used here, and takes several times as long to load.
"""

from __future__ import annotations

import threading
from pathlib import Path

try:
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb", "fresh", "prepare"]

_MACROS = Path(__file__).with_name("macros.sql")
_COMING: list[tuple[threading.Thread, list[duckdb.DuckDBPyConnection]]] = []


def prepare() -> None:
    """Let an engine come up meanwhile; the next who asks for a fresh one gets it."""
    made: list[duckdb.DuckDBPyConnection] = []
    thread = threading.Thread(target=lambda: made.append(_new()), daemon=True)
    _COMING.append((thread, made))
    thread.start()


def fresh() -> duckdb.DuckDBPyConnection:
    """A new engine with nothing in it but the functions that the mappings share, in the database `memory`."""
    if _COMING:
        thread, made = _COMING.pop()
        thread.join()
        if made:
            return made[0]
    return _new()


def _new() -> duckdb.DuckDBPyConnection:
    """All of an engine that does not depend on what is read: to understand the functions takes it the longest."""
    con = duckdb.connect(":memory:")
    con.execute(
        "SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false;"
        "SET autoinstall_known_extensions = false"
    )
    con.execute(_MACROS.read_text(encoding="utf-8"))
    return con
