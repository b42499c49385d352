"""Many small files of JSON lines as one: the engine takes longer to open a file than to read a small one.

Each record gets the number of its file as a first key, so that it can still be told where a row comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from grantwatch.records.containers import HEAD
from grantwatch.records.limits import room

if TYPE_CHECKING:
    from grantwatch.records.tables import InputFile

__all__ = ["MARK", "Bundles", "Part", "bundle", "parcels"]

MARK = "grantwatch_file"
"""The key with the number of the file. Of two keys of one name the first counts: no log can pass for another file."""

_SMALL = 1 << 20
_FEW = 16
_PARCEL = 1 << 29
_MOST = 20_000
"""Bytes and files of one bundle. Of what lies on disk twice there is no more than twice that at any time."""
_ROWS = 122_880
"""Rows that the engine stores as one group: what does not fill a group is copied once more when it is stored."""


@dataclass(slots=True)
class Part:
    """Files of one layout that were written into the one file `path`."""

    files: list[InputFile]
    path: Path


@dataclass(slots=True)
class _Open:
    """A bundle that is being written."""

    path: Path
    out: BinaryIO
    files: list[InputFile] = field(default_factory=list)
    size: int = 0
    rows: int = 0

    @property
    def full(self) -> bool:
        return self.size >= _PARCEL or self.rows >= _ROWS or len(self.files) >= _MOST


class Bundles:
    """Bundles by layout, written while files are found. Use it in a `with`: what is left open is closed at its end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[object, _Open] = {}
        self._count = 0
        self._size = 0
        self._full: object = None

    def take(self, layout: object, file: InputFile, head: bytes) -> bool:
        """Add a file that lies as `layout` says and begins with `head`. False where it has to be read by itself."""
        if not _is_small(file):
            return False
        try:
            data = head if len(head) <= HEAD else _all_of(file)
        except OSError:
            # It is named, with the reason, when it is read by itself.
            return False
        lines, rows = _marked(file, data)
        if not rows:
            return False
        into = self._open.get(layout) or self._begun(layout)
        if into is None:
            return False
        into.out.write(lines)
        into.files.append(file)
        into.size += len(lines)
        into.rows += rows
        self._size += len(lines)
        if into.full:
            self._full = layout
        elif self._size >= _PARCEL:
            self._full = max(self._open, key=lambda layout: self._open[layout].size)
        return True

    def _begun(self, layout: object) -> _Open | None:
        """A new bundle; None where there is little room for it, since files can be read without."""
        self._folder.mkdir(exist_ok=True)
        if room(self._folder) < 4 * _PARCEL:
            return None
        self._count += 1
        path = self._folder / f"{self._count:06d}"
        begun = self._open[layout] = _Open(path, path.open("wb"))
        return begun

    def full(self) -> Part | None:
        """A bundle that is full; where only all of them together are, the largest."""
        return None if self._full is None else self._closed(self._full)

    def rest(self) -> Iterator[tuple[object, list[InputFile], Part | None]]:
        """What is still open: its layout, its files, and the bundle of them, None where they are too few for one."""
        for layout in list(self._open):
            part = self._closed(layout)
            if len(part.files) < _FEW:
                part.path.unlink()
                yield layout, part.files, None
            else:
                yield layout, part.files, part

    def _closed(self, layout: object) -> Part:
        found = self._open.pop(layout)
        found.out.close()
        self._size -= found.size
        self._full = None
        return Part(found.files, found.path)

    def __enter__(self) -> Bundles:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._open.values():
            each.out.close()


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
            lines, rows = _marked(file, _all_of(file))
            if not rows:
                return False
            out.write(lines)
    return True


def _all_of(file: InputFile) -> bytes:
    with open(file.source if file.link is not None else file.readable, "rb") as stream:  # noqa: PTH123
        return stream.read(2 * _SMALL)


def _marked(file: InputFile, data: bytes) -> tuple[bytes, int]:
    """The lines, each with the number of the file, and how many they are; none where not every one begins a record."""
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if not all([line[:1] == b"{" for line in lines]):  # noqa: C419 - a list is faster, of each of many files
        return b"", 0
    mark = b'{"%s":%d,' % (MARK.encode(), file.file_id)
    return b"".join([part for line in lines for part in (mark, line[1:], b"\n")]), len(lines)


def _is_plain(file: InputFile) -> bool:
    layout = file.layout
    return layout.container == "lines" and not (layout.page or layout.inside or layout.gzip)


def _is_small(file: InputFile) -> bool:
    """Whether a file that was just found can go into a bundle: nothing but its size was ever in its way."""
    apart = file.alone or file.salvaged is not None or not file.layout.forms
    return _is_plain(file) and file.size < _SMALL and not apart


def _worth_it(files: Sequence[InputFile]) -> bool:
    return len(files) >= _FEW and _is_plain(files[0]) and all(file.size < _SMALL for file in files)
