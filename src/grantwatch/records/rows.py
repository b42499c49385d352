"""CSV rows one by one, over those that are broken: each bad line costs itself, never what comes after it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO

from grantwatch.records.cells import wide_cells
from grantwatch.records.sniff import Layout

__all__ = ["repair"]

_SPAN = 5000
"""Lines that one quoted cell may reach over."""
_SIZE = 1 << 23
"""Characters of one row."""


def repair(lines: Iterator[str], layout: Layout, out: IO[str], reject: Callable[[int, str, str], None]) -> None:
    """Write the good rows, with the header, as clean CSV.

    `reject` gets the line (1-based), the reason and an excerpt of every other row. Rows that are too short are
    filled up with empty cells: some programs leave empty cells at the end out.
    """
    source = _Lines(lines)
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    width = len(layout.header)
    for _ in range(layout.skip):
        source.drop(1)
    header = True
    with wide_cells(_SIZE):
        while (line := source.line(0)) is not None:
            if not line.strip():
                source.drop(1)
                continue
            cells, span, problem = _row(source, layout.delimiter, width)
            if header:
                writer.writerow(layout.header)
                header = False
            elif problem:
                reject(source.number, problem, line[:200].rstrip("\r\n"))
            else:
                # An empty cell at the end keeps a row of empty cells from being an empty line.
                writer.writerow([*cells[:width], *[""] * (width - len(cells))])
            source.drop(span)


class _Lines:
    """Lines with a look ahead, and the number of the line that comes next."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead: deque[str] = deque()
        self.number = 1

    def line(self, ahead: int) -> str | None:
        while len(self._ahead) <= ahead:
            line = next(self._lines, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[ahead]

    def drop(self, count: int) -> None:
        for _ in range(count):
            if self.line(0) is not None:
                self._ahead.popleft()
                self.number += 1


def _row(source: _Lines, delimiter: str, width: int) -> tuple[list[str], int, str]:
    """The cells of the row that begins at the next line, how many lines it takes, and what is wrong with it."""
    parts: list[str] = []
    size = quotes = 0
    for ahead in range(_SPAN):
        line = source.line(ahead)
        if line is None:
            break
        size += len(line)
        if size > _SIZE:
            return [], 1, f"a row of more than {_SIZE >> 20} million characters"
        parts.append(line)
        quotes += line.count('"')
        if quotes % 2 and ahead == 0:
            cells, problem = _cells(line, delimiter)
            # A lone quote inside a cell that is not quoted means itself.
            if not problem and len(cells) == width:
                return cells, 1, ""
        if quotes % 2 == 0:
            return _judged(parts, delimiter, width)
    return [], 1, "a quote that is never closed"


def _judged(parts: list[str], delimiter: str, width: int) -> tuple[list[str], int, str]:
    cells, problem = _cells("".join(parts), delimiter)
    fits = not problem and (len(cells) <= width or not any(cells[width:]))
    swallowed = any(len(_cells(part, delimiter)[0]) == width for part in parts[1:])
    if (fits and len(cells) >= width) or (fits and not swallowed):
        return cells, len(parts), ""
    if problem or swallowed:
        # Only the first line is given up: the quote in it may have reached into good rows.
        return [], 1, problem or "a quote that is never closed"
    return [], len(parts), f"{len(cells)} cells where the header has {width}"


def _cells(text: str, delimiter: str) -> tuple[list[str], str]:
    reader = csv.reader([text.rstrip("\r\n").replace("\x00", "")], delimiter=delimiter, strict=True)
    try:
        return next(reader, []), ""
    except csv.Error as error:
        return [], f"not valid CSV: {error}"
