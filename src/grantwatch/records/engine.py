"""DuckDB, by its compiled module where that can be had.

The Python around it (relations, expressions, Arrow) is not used here, and takes several times as long to load.
"""

try:
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb"]
