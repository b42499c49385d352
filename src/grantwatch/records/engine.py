"""DuckDB, by its compiled module where that can be had.

The Python around it (relations, expressions, Arrow) is not used here, and takes several times as long to load.
"""

from __future__ import annotations

import threading

try:
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb", "fresh", "prepare"]

_COMING: list[tuple[threading.Thread, list[duckdb.DuckDBPyConnection]]] = []


def prepare() -> None:
    """Let an engine come up meanwhile; the next who asks for a fresh one gets it."""
    made: list[duckdb.DuckDBPyConnection] = []
    thread = threading.Thread(target=lambda: made.append(duckdb.connect(":memory:")), daemon=True)
    _COMING.append((thread, made))
    thread.start()


def fresh() -> duckdb.DuckDBPyConnection:
    """A new engine with nothing in it."""
    if _COMING:
        thread, made = _COMING.pop()
        thread.join()
        if made:
            return made[0]
    return duckdb.connect(":memory:")
