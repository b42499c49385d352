"""How much memory a command may take, and what running out of it or of disk is called."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from grantwatch.errors import UsageError

__all__ = ["LEAST_MEMORY", "check_memory", "enough"]

LEAST_MEMORY = 64_000_000
"""Bytes below which DuckDB cannot even set up its tables."""


def check_memory(size: str) -> None:
    """Raise UsageError for what is no size, or too small a one."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B", size.strip(), re.IGNORECASE)
    bytes_ = float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper() or " ") if match else 0
    if bytes_ < LEAST_MEMORY:
        least = f"{LEAST_MEMORY // 10**6}MB"
        raise UsageError(f"--memory {size}: accepted is a size of {least} or more, such as 700MB or 4GB")


@contextmanager
def enough(memory: str) -> Iterator[None]:
    """Turn DuckDB's out of memory and out of disk into words."""
    try:
        yield
    except Exception as error:
        text = str(error)
        if "temp_directory_size" in text or "No space left" in text or getattr(error, "errno", None) == errno.ENOSPC:
            raise UsageError(
                "the disk is full: what does not fit in memory is spilled to the temporary folder; "
                "set TMPDIR to one with more room"
            ) from error
        if type(error).__name__ == "OutOfMemoryException" or isinstance(error, MemoryError):
            raise UsageError(f"--memory {memory}: is not enough for these logs; give more") from error
        raise
