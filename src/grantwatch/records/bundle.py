"""Many small files of JSON lines as one: the engine takes longer to open a file than to read a small one.

Each record gets the number of its file as a first key, so that it can still be told where a row comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grantwatch.records.tables import InputFile

__all__ = ["MARK", "bundle", "parcels"]

MARK = "grantwatch_file"
"""The key with the number of the file. Of two keys of one name the first counts: no log can pass for another file."""

_SMALL = 1 << 20
_FEW = 16
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
        return all(out.write(part) for part in _parts(files))


def _parts(files: Iterable[InputFile]) -> Iterator[bytes]:
    """The marked lines of each file; nothing for a file that cannot be marked."""
    for file in files:
        with open(file.source if file.link is not None else file.readable, "rb") as stream:  # noqa: PTH123
            lines = stream.read(2 * _SMALL).split(b"\n")
        if not lines[-1]:
            lines.pop()
        if not lines or any(line[:1] != b"{" for line in lines):
            yield b""
            return
        mark = b'{"%s":%d,' % (MARK.encode(), file.file_id)
        yield b"".join([part for line in lines for part in (mark, line[1:], b"\n")])


def _worth_it(files: Sequence[InputFile]) -> bool:
    layout = files[0].layout
    plain = layout.container == "lines" and not (layout.page or layout.inside or layout.gzip)
    return plain and len(files) >= _FEW and all(file.size < _SMALL for file in files)
