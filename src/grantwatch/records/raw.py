"""Back from a row to the very record: its text and the line it stands on."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from grantwatch.records.cells import wide_cells
from grantwatch.records.source import LINE_LIMIT, Source, record_values

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.tables import InputFile

__all__ = ["RawText", "lines_of", "texts"]

_CHUNK = 1 << 22
_BLANK = re.compile(rb"\n\s")


class RawText(NamedTuple):
    """The text of one record, and its 1-based line (its place in the container where that has no lines)."""

    line: int
    text: str


def texts(con: duckdb.DuckDBPyConnection, file: InputFile, positions: Collection[int]) -> dict[int, RawText]:
    """The records at these 1-based places of a file. Those that are not there are left out."""
    if not positions:
        return {}
    layout = file.layout
    if layout.container == "csv":
        return _csv_rows(con, file, positions)
    if layout.container == "parquet":
        return _parquet_rows(con, file, positions)
    if layout.container == "lines" and layout.page is None:
        return _lines(file.readable, layout.gzip, set(positions))
    return _values(con, file, positions)


def lines_of(path: str, positions: Collection[int]) -> dict[int, RawText]:
    """The records at these 1-based places of a plain file of JSON lines. Raises OSError."""
    return _lines(path, False, set(positions))


def _open(path: str, zipped: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if zipped else Path(path).open("rb")


def _lines(path: str, zipped: bool, wanted: set[int]) -> dict[int, RawText]:
    """Count line ends block by block, at the speed of memory, and split only the blocks that hold a wanted line."""
    found: dict[int, RawText] = {}
    places = sorted(wanted)
    with _open(path, zipped) as stream:
        position = line = 0
        for block in _blocks(stream):
            if position >= places[-1]:
                break
            lines = _line_ends(block) + (not block.endswith(b"\n"))
            # Blank lines are no records.
            filled: Sequence[int]
            if block[:1].isspace() or _BLANK.search(block):
                filled = [number for number, text in enumerate(block.split(b"\n")) if text.strip()]
            else:
                filled = range(lines)
            first = bisect_right(places, position)
            asked = places[first : bisect_right(places, position + len(filled))]
            if asked:
                texts = block.split(b"\n")
                for place in asked:
                    number = filled[place - position - 1]
                    text = texts[number].decode("utf-8", errors="replace").rstrip("\r")
                    found[place] = RawText(line + number + 1, text)
            position += len(filled)
            line += lines
    return found


def _line_ends(data: bytes) -> int:
    """How many lines end in it. Taking the ends out looks for them faster than `bytes.count` counts them."""
    return len(data) - len(data.replace(b"\n", b""))


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Blocks that end with a line end, but for the last."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        head, end, tail = chunk.rpartition(b"\n")
        if not end:
            rest += chunk
            continue
        yield rest + head + end
        rest = tail
    if rest:
        yield rest


def _values(con: duckdb.DuckDBPyConnection, file: InputFile, positions: Collection[int]) -> dict[int, RawText]:
    layout = file.layout
    records = record_values(Source([file.readable], layout))
    rows = _numbered(con, f"SELECT value_number, CAST(json AS VARCHAR) AS text FROM ({records})", positions)
    found = {place: RawText(place, text) for place, _, text in rows if text is not None}
    broken = {number: place for place, number, text in rows if text is None and number is not None}
    if broken and layout.container == "lines":
        # A line that is no JSON has no text for the engine, but it has one in the file.
        for number, line in _lines(file.readable, layout.gzip, set(broken)).items():
            found[broken[number]] = line
    return found


def _parquet_rows(con: duckdb.DuckDBPyConnection, file: InputFile, positions: Collection[int]) -> dict[int, RawText]:
    wanted = ", ".join(str(int(position)) for position in positions)
    rows = record_values(Source([file.readable], file.layout))
    query = f"SELECT value_number, CAST(json AS VARCHAR) FROM ({rows}) WHERE value_number IN ({wanted})"
    return {place: RawText(place, text) for place, text in con.execute(query).fetchall()}


def _csv_rows(con: duckdb.DuckDBPyConnection, file: InputFile, positions: Collection[int]) -> dict[int, RawText]:
    from grantwatch.records.engine import duckdb

    rows = record_values(Source([file.readable], file.layout))
    query = f"SELECT value_number, CAST(json AS VARCHAR) AS text FROM ({rows}) AS cells"
    try:
        found = _numbered(con, query, positions)
    except (duckdb.InvalidInputException, UnicodeDecodeError):
        # A byte that is no UTF-8, in a column that was never asked for: see it, wherever it is.
        return _csv_rows_as_they_are(file, set(positions))
    return {place: RawText(place, text or "") for place, _, text in found}


def _csv_rows_as_they_are(file: InputFile, wanted: set[int]) -> dict[int, RawText]:
    layout = file.layout
    found: dict[int, RawText] = {}
    with _open(file.readable, layout.gzip) as stream, wide_cells(LINE_LIMIT):
        lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        for _ in range(layout.skip):
            lines.readline()
        filled = (row for row in csv.reader(lines, delimiter=layout.delimiter) if row)
        next(filled, None)
        for place, row in enumerate(filled, 1):
            if place in wanted:
                found[place] = RawText(place, json.dumps(dict(zip(layout.header, row, strict=False))))
    return found


def _numbered(
    con: duckdb.DuckDBPyConnection, query: str, positions: Collection[int]
) -> list[tuple[int, int | None, str | None]]:
    wanted = ", ".join(str(int(position)) for position in positions)
    numbered = f"SELECT row_number() OVER () AS place, value_number, text FROM ({query}) AS texts"
    return con.execute(f"SELECT place, value_number, text FROM ({numbered}) WHERE place IN ({wanted})").fetchall()
