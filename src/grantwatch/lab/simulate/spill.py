"""Lines that were told out of order, laid down by day until their day is written."""

from __future__ import annotations

import marshal
import tempfile
from pathlib import Path
from types import TracebackType

__all__ = ["Line", "Spill"]

Line = tuple[int, int, str, bytes]
"""Millisecond since the start, number of telling, file, line."""


class Spill:
    """A folder of one file a day, in the system's temporary folder; gone at the end. A context manager."""

    HELD = 8 << 20
    """Bytes that are held before they are laid down."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._held: list[list[Line]] = [[] for _ in range(days)]
        self._size = 0
        self._told = 0

    def __enter__(self) -> Spill:
        self._folder = tempfile.TemporaryDirectory(prefix="grantwatch-lab-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._folder.cleanup()

    def add(self, millisecond: int, file: str, line: bytes) -> None:
        """Keep a line for the day of its millisecond."""
        self._told += 1
        self._held[millisecond // 86_400_000].append((millisecond, self._told, file, line))
        self._size += len(line)
        if self._size > self.HELD:
            self._lay_down()

    def day(self, day: int) -> list[Line]:
        """All lines of a day, in no order. A day is given out once."""
        lines = self._held[day]
        path = self._path(day)
        if path.exists():
            with path.open("rb") as file:
                while file.peek(1):
                    lines += marshal.load(file)  # noqa: S302 - written here a moment ago
            path.unlink()
        self._held[day] = []
        return lines

    def _lay_down(self) -> None:
        for day, lines in enumerate(self._held):
            if lines:
                with self._path(day).open("ab") as file:
                    marshal.dump(lines, file)
        self._held = [[] for _ in range(self._days)]
        self._size = 0

    def _path(self, day: int) -> Path:
        return Path(self._folder.name) / f"{day}"
