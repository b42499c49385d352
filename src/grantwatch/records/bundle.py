"""Many small files of JSON lines as one file, where they cannot be one stream, or there was a fault in that.

Each record gets the number of its file as a first key, so that it can still be told where a row comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records.stream import FEW, is_plain, whole

if TYPE_CHECKING:
    from grantwatch.records.tables import InputFile

__all__ = ["MARK", "bundle", "parcels"]

MARK = "grantwatch_file"
"""The key with the number of the file. Of two keys of one name the first counts: no log can pass for another file."""

_SMALL = 1 << 20
_PARCEL = 1 << 28
_MOST = 20_000
"""Bytes and files of one bundle: what lies on disk twice at the most."""


def parcels(files: Sequence[InputFile]) -> Iterator[list[InputFile]]:
    """Files of one layout, parted so that each part can be read at once. Those that cannot be bundled stay one part."""
    if not _worth_it(files):
        yield list(files)
        return
    parcel: list[InputFile] = []
    size = 0
    for file in files:
        if parcel and (size + file.size > _PARCEL or len(parcel) >= _MOST):
            yield parcel
            parcel, size = [], 0
        parcel.append(file)
        size += file.size
    yield parcel


def bundle(files: Sequence[InputFile], target: Path) -> bool:
    """Write all files into one at `target`. False where they are few or large, or not every line begins a record."""
    if not _worth_it(files):
        return False
    with target.open("wb") as out:
        for file in files:
            lines, rows = _marked(file, whole(file))
            if not rows:
                return False
            out.write(lines)
    return True


def _marked(file: InputFile, data: bytes) -> tuple[bytes, int]:
    """The lines, each with the number of the file, and how many they are; none where not every one begins a record."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if not all([line[:1] == b"{" for line in lines]):  # noqa: C419 - a list is faster, of each of many files
        return b"", 0
    mark = b'{"%s":%d,' % (MARK.encode(), file.file_id)
    return b"".join([part for line in lines for part in (mark, line[1:], b"\n")]), len(lines)


def _worth_it(files: Sequence[InputFile]) -> bool:
    return len(files) >= FEW and is_plain(files[0]) and all(file.size < _SMALL for file in files)
