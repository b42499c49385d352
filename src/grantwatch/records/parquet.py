"""Parquet: columns by name, typed columns as the text or the nested value that a form declares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grantwatch.records.forms.shapes import structure
from grantwatch.records.model import UnreadFile
from grantwatch.records.sniff import Layout, accepted, column_name, layout_of

if TYPE_CHECKING:
    import duckdb


__all__ = ["described", "read_parquet", "row_values", "rows"]

_SAMPLE = 200
_FILE, _NUMBER = "grantwatch_file", "grantwatch_row"
"""Columns that the scan adds, by names that no log has."""


def described(con: duckdb.DuckDBPyConnection, file: str) -> Layout | UnreadFile:
    """The layout of a Parquet file by its columns, their types and its first rows; or what is wrong with it."""
    from grantwatch.records.engine import duckdb

    scan = _scan([file])
    try:
        columns = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        names = tuple(name for name, *_ in columns if name not in {_FILE, _NUMBER})
        types = tuple(kind for name, kind, *_ in columns if name not in {_FILE, _NUMBER})
        bare = Layout("parquet", header=names, types=types)
        texts = con.execute(f"SELECT CAST({_record(bare)} AS VARCHAR) FROM {scan} LIMIT {_SAMPLE + 1}").fetchall()
    except (duckdb.Error, UnicodeDecodeError) as error:
        said = str(error).partition("\n")[0][:200]
        return UnreadFile(file, f"a Parquet file that cannot be read ({said})", "export it again")
    if not texts:
        return Layout("parquet", header=names, types=types, seen="a Parquet file without rows")
    found = layout_of((json.loads(text) for (text,) in texts[:_SAMPLE]), "parquet", whole=len(texts) <= _SAMPLE)
    if isinstance(found, str):
        return UnreadFile(file, f"Parquet of an unknown form (columns: {', '.join(names[:8])})", accepted())
    return replace(found, header=names, types=types)


def rows(files: Sequence[str], layout: Layout, columns: Mapping[str, str]) -> str:
    """A SELECT of `filename` and the raw `columns` (of a form, or of what holds it), in the order of the rows."""
    cells = ", ".join(f"{_cell(layout, name, kind)} AS {_name(name)}" for name, kind in columns.items())
    return f"SELECT {_FILE} AS filename, {cells} FROM {read_parquet(files)}"


def row_values(files: Sequence[str], layout: Layout) -> str:
    """A SELECT of `json` and `value_number` (1-based): every row as one JSON object."""
    return f"SELECT {_NUMBER} + 1 AS value_number, {_record(layout)} AS json FROM {read_parquet(files)}"


def read_parquet(files: Sequence[str]) -> str:
    """The scan itself, with the name of the file and the number of the row beside the columns."""
    return _scan(files)


def _scan(files: Sequence[str]) -> str:
    listed = ", ".join(_literal(file) for file in files)
    numbered = f"file_row_number = true, filename = '{_FILE}', hive_partitioning = false, binary_as_string = true"
    return f"(SELECT * RENAME (file_row_number AS {_NUMBER}) FROM read_parquet([{listed}], {numbered}))"


def _cell(layout: Layout, name: str, kind: str) -> str:
    """One column of a form, out of the column of that name whatever its type."""
    found = next((at for at, column in enumerate(layout.header) if column_name(column) == name), None)
    if found is None:
        return f"CAST(NULL AS {kind})"
    column, held = _name(layout.header[found]), layout.types[found]
    if kind == "VARCHAR":
        return _text(column, held)
    value = f"try_cast({column} AS JSON)" if held == "VARCHAR" else f"to_json({column})"
    return f"CAST(json_transform({value}, {_literal(structure(kind))}) AS {kind})"


def _text(column: str, held: str) -> str:
    """A cell as text: nested values as JSON, times as ISO 8601 in UTC."""
    if held == "VARCHAR":
        return column
    if held.startswith("TIMESTAMP"):
        return f"strftime(CAST({column} AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if held.endswith("]") or held.startswith(("STRUCT", "MAP", "UNION", "JSON", "VARIANT")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"


def _record(layout: Layout) -> str:
    """The row as a JSON object under the names that forms know, with times in UTC."""
    pairs = []
    for name, held in zip(layout.header, layout.types, strict=True):
        column = _name(name)
        value = _text(column, held) if held.startswith("TIMESTAMP") else column
        pairs.append(f"{_literal(column_name(name))}, {value}")
    return f"to_json(json_object({', '.join(pairs)}))"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
