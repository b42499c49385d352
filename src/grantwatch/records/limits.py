"""How far what is packed may unpack: a few kilobytes can stand for terabytes."""

from __future__ import annotations

import errno
import re
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

from grantwatch.records.model import UnreadFile

__all__ = [
    "DEFAULT_LIMIT",
    "MEMBERS",
    "Limits",
    "OverLimitError",
    "is_full",
    "is_memory",
    "room",
    "size_of",
    "size_text",
]

DEFAULT_LIMIT = 50 * 10**9
"""Bytes that all archives of one read, and each gzip file, may unpack to where nobody says otherwise."""
MEMBERS = 100_000
"""Members that are read of one archive."""
_RATIO = 200
"""Logs seldom shrink to less than a fiftieth; what is made to fill a disk shrinks to a thousandth."""
_GRACE = 100 * 10**6
"""Bytes up to which any ratio will do: a file of copies of one record is no attack."""
_DEFLATE = 1032
"""The most that one byte of deflate can stand for."""
_CHUNK = 1 << 16


class OverLimitError(Exception):
    """What is being unpacked has grown past what it may; the message says what was found."""


@dataclass(slots=True)
class Limits:
    """`unpack` bounds, in bytes, what all archives together may unpack to, and what each gzip file may.

    Whoever sets it has said how much there may be, and the ratio is no longer looked at.
    """

    unpack: int = DEFAULT_LIMIT
    ratio: int | None = _RATIO
    spent: int = 0

    @classmethod
    def of(cls, unpack: int | None) -> Limits:
        """The limits for `--unpack-limit`; None where it was not given."""
        return cls() if unpack is None else cls(unpack, ratio=None)

    def allowed(self, packed: int | None) -> int:
        """Bytes that one more member of `packed` bytes may unpack to."""
        return max(min(self.unpack - self.spent, self._by_ratio(packed)), 0)

    def over(self, packed: int | None) -> tuple[str, str]:
        """What to say of a member that would unpack to more than is allowed, and what helps."""
        if self._by_ratio(packed) < self.unpack - self.spent:
            return self._shrunk()
        return (
            f"not unpacked: with it the archives would unpack to more than {size_text(self.unpack)}",
            "give a larger --unpack-limit, or unpack it and name what is in it",
        )

    def gzip(self, file: str, size: int) -> UnreadFile | None:
        """What is wrong with a gzip file of `size` bytes that unpacks to too much. It is read through, not kept."""
        if size * _DEFLATE <= self.unpack:
            return None
        allowed = min(self.unpack, self._by_ratio(size))
        if not _exceeds(file, allowed):
            return None
        if allowed < self.unpack:
            return UnreadFile(file, *self._shrunk())
        return UnreadFile(file, f"unpacks to more than {size_text(self.unpack)}", "give a larger --unpack-limit")

    def _by_ratio(self, packed: int | None) -> int:
        return self.unpack if self.ratio is None or packed is None else max(_GRACE, packed * self.ratio)

    def _shrunk(self) -> tuple[str, str]:
        return (
            f"not unpacked: it unpacks to more than {self.ratio} times its size, as no log does",
            f"if you trust it, say how much may be unpacked: --unpack-limit {size_text(self.unpack)}",
        )


def _exceeds(file: str, allowed: int) -> bool:
    """Whether the gzip members of a file unpack to more. One that is damaged is somebody else's to name."""
    size = 0
    with Path(file).open("rb") as stream:
        inflate = zlib.decompressobj(31)
        while chunk := stream.read(_CHUNK):
            while chunk:
                try:
                    size += len(inflate.decompress(chunk, 4 * _CHUNK))
                except zlib.error:
                    return size > allowed
                if size > allowed:
                    return True
                chunk = inflate.unconsumed_tail
                if inflate.eof:
                    chunk = inflate.unused_data
                    inflate = zlib.decompressobj(31)
    return False


def size_of(text: str) -> float:
    """A size such as 700MB, 4GB or 1GiB in bytes; 0 where it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B", text.strip(), re.IGNORECASE)
    return float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper() or " ") if match else 0


def is_full(error: BaseException) -> bool:
    """Whether there is no room left to write: that is no fault of the file, and will be so for the next one too."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return "max_temp_directory_size" in str(error) or "No space left" in str(error)


def is_memory(error: BaseException) -> bool:
    """Whether the engine may not take as much memory as it needs."""
    return type(error).__name__ == "OutOfMemoryException"


def room(folder: Path) -> int:
    """Bytes that are free where `folder` lies."""
    return shutil.disk_usage(folder).free


def size_text(size: int) -> str:
    """A size as options take it: 50GB, 1.5MB, 800B."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "KB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.1f}".removesuffix(".0") + unit
    return f"{size}B"
