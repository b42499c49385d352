"""Having files read ahead that are on disk only: each would be waited for, one after another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

__all__ = ["Ahead"]

_PIECE = 64
"""So many files are asked after together: what holds for the first of them is taken to hold for all."""
_FAR = 8
"""Pieces that may be ahead of the one that is read."""
_THREADS = 4


class Ahead:
    """Asks the system for the files to come, piece by piece, unless it has them in memory already."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._pieces = 0
        can = all(hasattr(os, name) for name in ("posix_fadvise", "preadv", "RWF_NOWAIT"))
        self._pool = ThreadPoolExecutor(_THREADS) if can and len(names) > _PIECE else None

    def at(self, place: int) -> None:
        """Say that the file at this place is read next."""
        if self._pool is None or place % _PIECE:
            return
        while self._pieces <= place // _PIECE + _FAR and self._pieces * _PIECE < len(self._names):
            first = self._pieces * _PIECE
            self._pieces += 1
            if first > place and _on_disk_only(self._names[first]):
                self._pool.submit(_wanted, self._names[first : first + _PIECE])

    def close(self) -> None:
        """Ask for nothing more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _on_disk_only(name: str) -> bool:
    """Whether the beginning of the file would have to be waited for. A system that cannot tell says no."""
    try:
        handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.preadv(handle, [bytearray(1)], 0, os.RWF_NOWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


def _wanted(names: Sequence[str]) -> None:
    for name in names:
        # What cannot be opened is told when it is read.
        with suppress(OSError):
            handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(handle)
