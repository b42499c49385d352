"""How much memory and disk a command may take, and what running out of either is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grantwatch.errors import UsageError
from grantwatch.records.limits import is_full, is_memory, size_of

__all__ = ["LEAST_MEMORY", "check_memory", "enough", "unpacked"]

LEAST_MEMORY = 64_000_000
"""Bytes below which DuckDB cannot even set up its tables."""


def check_memory(size: str) -> None:
    """Raise UsageError for what is no size, or too small a one."""
    if size_of(size) < LEAST_MEMORY:
        least = f"{LEAST_MEMORY // 10**6}MB"
        raise UsageError(f"--memory {size}: accepted is a size of {least} or more, such as 700MB or 4GB")


def unpacked(size: str | None) -> int | None:
    """What archives may unpack to, in bytes; None where nobody says. Raises UsageError for what is no size."""
    if size is None:
        return None
    if size_of(size) < 1:
        raise UsageError(f"--unpack-limit {size}: accepted is a size such as 500MB, 200GB or 1TB")
    return int(size_of(size))


@contextmanager
def enough(memory: str) -> Iterator[None]:
    """Turn DuckDB's out of memory and out of disk into words."""
    try:
        yield
    except Exception as error:
        if is_full(error):
            raise UsageError(
                "the disk is full: archives are unpacked in the temporary folder, and what does not fit in memory is "
                "spilled to it; give --temp-dir a folder with more room"
            ) from error
        if is_memory(error) or isinstance(error, MemoryError):
            raise UsageError(f"--memory {memory}: is not enough for these logs; give more") from error
        raise
