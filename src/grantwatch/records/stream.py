"""Many small files of JSON lines as one stream: the engine takes longer to open a file than to read a small one.

The lines of one file after another go into memory, from where statements store them while more files are found. The
first record of each file bears its number and rows stay in order, so that it can still be told where a row comes from.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.forms import Form
    from grantwatch.records.tables import InputFile

__all__ = ["FEW", "Alike", "Relay", "Stream", "can_stream", "is_plain", "is_small", "whole"]

Alike = tuple[object, ...]
"""What files have in common that can be read together."""
FEW = 16
"""So many files are worth a stream."""
_SMALL = 1 << 20
_MOST = 60_000
_BYTES = 1 << 32
"""Files and bytes of one stream: what is read once more where there is a fault in it."""
_PART = 1 << 27
"""Bytes that one statement reads, and that either of the two buffers holds."""
_FIRST_PART = 1 << 25
"""Bytes of the first part. Each is twice the one before: the engine has something to read soon, and enough later."""
_OPEN_FILES = "/proc/self/fd"
"""Where the system gives open files a name, which those without any other need."""


def is_plain(file: InputFile) -> bool:
    """Whether every line of the file is a record of its own."""
    layout = file.layout
    return layout.container == "lines" and not (layout.page or layout.inside or layout.gzip)


def is_small(file: InputFile) -> bool:
    """Whether a file that was just found can go into a stream."""
    apart = file.alone or file.salvaged is not None or not file.layout.forms
    return is_plain(file) and file.size < _SMALL and not apart


@cache
def can_stream() -> bool:
    """Whether the system has files in memory, and names for them."""
    return hasattr(os, "memfd_create") and Path(_OPEN_FILES).is_dir()


def whole(file: InputFile) -> bytes:
    """All of a small file. Raises OSError."""
    with open(file.name, "rb") as stream:  # noqa: PTH123 - of each of many files
        return stream.read(2 * _SMALL)


class Relay:
    """Two buffers in memory that take turns: one is filled while a statement stores the lines of the other.

    All in one transaction, so that all of it is stored or nothing. Nobody else may use the connection until its end.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, statement: Callable[[str], str]) -> None:
        """`statement` gives the SQL that stores the lines of the file of that name."""
        self._con = con
        self._statement = statement
        self._pool = ThreadPoolExecutor(1)
        self._reading: Future[Any] | None = None
        self._buffers = [os.memfd_create("grantwatch"), os.memfd_create("grantwatch")]
        self._given = 0
        self._part = min(_FIRST_PART, _PART)
        self._failure: Exception | None = None
        con.execute("BEGIN TRANSACTION")

    def write(self, mark: bytes, handle: int, size: int) -> bool:
        """Give more to read: the mark, and after it what the open file holds from its second byte on.

        False where that failed: what was wrong is raised by `close`.
        """
        if self._failure is None:
            try:
                buffer, given = self._buffers[0], 1
                self._given += os.write(buffer, mark)
                while given < size and (more := _sent(buffer, handle, given, size - given)):
                    given += more
                self._given += given - 1
            except OSError as error:
                self._failure = error
            if self._given >= self._part:
                self._hand_over()
                self._part = min(2 * self._part, _PART)
        return self._failure is None

    def close(self) -> None:
        """Say that this was all, and wait until it is read. Raises what was wrong; then nothing was stored.

        The transaction is still open: `commit` or `back_out` ends it.
        """
        self._hand_over()
        self._wait()
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
        """End it whatever happens: the engine, and the buffers."""
        self._con.interrupt()
        self._wait()
        self._gone()

    def _hand_over(self) -> None:
        """Have the engine read what was given, once it has read what came before."""
        self._wait()
        if self._failure is None and self._given:
            buffer = self._buffers[0]
            os.ftruncate(buffer, self._given)  # it was filled further before
            self._reading = self._pool.submit(self._con.execute, self._statement(f"{_OPEN_FILES}/{buffer}"))
            self._buffers.reverse()
            os.lseek(self._buffers[0], 0, os.SEEK_SET)
        self._given = 0

    def _wait(self) -> None:
        """Wait for the statement, and keep what it raised."""
        if self._reading is not None:
            self._failure = self._failure or _raised(self._reading)
            self._reading = None

    def _gone(self) -> None:
        self._pool.shutdown()
        for buffer in self._buffers:
            os.close(buffer)


def _sent(target: int, source: int, start: int, size: int) -> int:
    """Copy from file to file, and tell how many bytes that was: not through here, where the file system can do that."""
    try:
        return os.sendfile(target, source, start, size)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOSYS):
            raise
        return os.write(target, os.pread(source, size, start))


def _raised(reading: Future[Any]) -> Exception | None:
    """What a statement raised, once it has ended."""
    error = reading.exception()
    if error is not None and not isinstance(error, Exception):
        raise error
    return error


@dataclass(slots=True)
class Stream:
    """Files of one layout on their way into one pass of one form."""

    layout: Alike
    form: Form
    pass_id: int
    relay: Relay
    mark: str
    """The key under which the first record of each file bears its number."""
    files: list[InputFile]
    size: int = 0
    broken: bool = False

    def add(self, file: InputFile) -> bool:
        """Give the lines of the file to the engine. False where they are no such lines: it has to be read by itself."""
        try:
            handle = os.open(file.name, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            # It is named, with the reason, when it is read by itself.
            return False
        try:
            begins = os.pread(handle, 2, 0)
            if begins[:1] != b"{" or begins == b"{}":
                return False
            self.files.append(file)
            self.size += file.size
            # The line before may not be ended; an empty one is no record.
            self.broken = not self.relay.write(b'\n{"%s":%d,' % (self.mark.encode(), file.file_id), handle, file.size)
        finally:
            os.close(handle)
        return True

    @property
    def is_full(self) -> bool:
        """Whether it should end here."""
        return self.broken or self.size >= _BYTES or len(self.files) >= _MOST
