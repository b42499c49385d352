"""Many small files of JSON lines as one stream: the engine takes longer to open a file than to read a small one.

The lines of one file after another go through a pipe into a statement that stores them, while more files are found.
Each line gives one row, in order, so that it can still be told where a row comes from.
"""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grantwatch.records.containers import HEAD

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.forms import Form
    from grantwatch.records.tables import InputFile

__all__ = ["FEW", "Alike", "Pipe", "Stream", "can_stream", "is_plain", "is_small"]

Alike = tuple[object, ...]
"""What files have in common that can be read together."""
FEW = 16
"""So many files are worth a stream."""
_SMALL = 1 << 20
_MOST = 20_000
_BYTES = 1 << 30
"""Files and bytes of one stream: what is read once more where there is a fault in it."""
_PART = 1 << 27
"""Bytes that one statement reads: the engine keeps them all until its end."""
_PIPE = 1 << 20
"""Bytes that the system may hold between the two, where it lets itself be told."""


def is_plain(file: InputFile) -> bool:
    """Whether every line of the file is a record of its own."""
    layout = file.layout
    return layout.container == "lines" and not (layout.page or layout.inside or layout.gzip)


def is_small(file: InputFile) -> bool:
    """Whether a file that was just found can go into a stream."""
    apart = file.alone or file.salvaged is not None or not file.layout.forms
    return is_plain(file) and file.size < _SMALL and not apart


def can_stream() -> bool:
    """Whether the system has pipes with a name."""
    return hasattr(os, "mkfifo")


def whole(file: InputFile, head: bytes = b"") -> bytes:
    """All of a small file, of which the first bytes may be there. Raises OSError."""
    if head and len(head) <= HEAD:
        return head
    name = file.source if file.salvaged is None else file.readable
    with open(name, "rb") as stream:  # noqa: PTH123 - of each of many files
        return stream.read(2 * _SMALL)


class Pipe:
    """A pipe with a name, and a statement that reads it in a thread of its own. Nobody else may use the connection.

    The engine keeps all that comes through a pipe until the statement ends, so that it is given a bounded part of it,
    and the statement begins anew: in one transaction, so that all of it is stored or nothing.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, path: Path, statement: str) -> None:
        self._con = con
        self._path = path
        self._statement = statement
        self._pool = ThreadPoolExecutor(1)
        self._reading: Future[Any] | None = None
        self._end: int | None = None
        self._given = 0
        self._failure: Exception | None = None
        os.mkfifo(path)
        con.execute("BEGIN TRANSACTION")

    def write(self, *parts: bytes) -> bool:
        """Give more to read. False where that failed: what was wrong is raised by `close`."""
        if self._failure is None and self._given >= _PART:
            self._finish()
        if self._failure is None and self._end is None:
            self._begin()
        if self._end is None:
            return False
        try:
            for part in parts:
                self._given += len(part)
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(self._end, rest) :]
        except BrokenPipeError:
            self._finish()
        return self._failure is None

    def close(self) -> None:
        """Say that this was all, and wait until it is read. Raises what was wrong; then nothing was stored.

        The transaction is still open: `commit` or `back_out` ends it.
        """
        self._finish()
        self._gone()
        if self._failure is not None:
            self.back_out()
            raise self._failure

    def commit(self) -> None:
        """Store all that was read."""
        self._con.execute("COMMIT")

    def back_out(self) -> None:
        """Store nothing of it."""
        self._con.execute("ROLLBACK")

    def break_off(self) -> None:
        """End it whatever happens: the engine, and the pipe."""
        self._con.interrupt()
        self._finish()
        self._gone()

    def _begin(self) -> None:
        """Start the statement, and open the end to write to once it has opened the other."""
        self._given = 0
        self._reading = self._pool.submit(self._con.execute, self._statement)
        while True:
            try:
                end = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                if self._reading.done():
                    self._finish()
                    return
                time.sleep(0.0002)
            else:
                os.set_blocking(end, True)
                _widened(end)
                self._end = end
                return

    def _finish(self) -> None:
        """Wait for the statement, and keep what it raised."""
        if self._end is not None:
            os.close(self._end)
            self._end = None
        if self._reading is not None:
            self._failure = self._failure or _raised(self._reading)
            self._reading = None

    def _gone(self) -> None:
        self._pool.shutdown()
        self._path.unlink(missing_ok=True)


def _raised(reading: Future[Any]) -> Exception | None:
    """What a statement raised, once it has ended."""
    error = reading.exception()
    if error is not None and not isinstance(error, Exception):
        raise error
    return error


def _widened(end: int) -> None:
    try:
        import fcntl

        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _PIPE)
    except (ImportError, AttributeError, OSError):
        # Not Linux, or more than this user may have: a smaller pipe is slower and no worse.
        return


@dataclass(slots=True)
class Stream:
    """Files of one layout on their way into one pass of one form."""

    layout: Alike
    form: Form
    pass_id: int
    pipe: Pipe
    files: list[InputFile]
    lines: list[int]
    """Lines of each file, as far as they were given to the engine."""
    size: int = 0
    broken: bool = False

    def add(self, file: InputFile, head: bytes = b"") -> bool:
        """Give the lines of the file to the engine. False where they are no such lines: it has to be read by itself."""
        try:
            data = whole(file, head)
        except OSError:
            # It is named, with the reason, when it is read by itself.
            return False
        ended = data.endswith(b"\n")
        if data[:1] != b"{":
            return False
        self.files.append(file)
        self.lines.append(data.count(b"\n") + (not ended))
        self.size += len(data)
        self.broken = not (self.pipe.write(data) if ended else self.pipe.write(data, b"\n"))
        return True

    @property
    def is_full(self) -> bool:
        """Whether it should end here."""
        return self.broken or self.size >= _BYTES or len(self.files) >= _MOST

    def first_rows(self, first: int) -> list[int]:
        """The row at which each file begins, where the first row of all is `first`."""
        return [first + lines for lines in accumulate(self.lines[:-1], initial=0)]
