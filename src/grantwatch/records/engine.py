"""DuckDB, by its compiled module where that can be had.

The Python around it (relations, expressions, Arrow) is not used here, and loading it takes as long as all of ours.
"""

try:
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb"]
