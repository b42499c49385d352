"""From files to files that hold records: archives are unpacked into the workspace, member by member.

A member of an archive is shown as `archive.zip!folder/member.json`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from grantwatch.records.ahead import Ahead
from grantwatch.records.archive import MAGIC, Archive, Member
from grantwatch.records.limits import MEMBERS, Limits, OverLimitError, is_full, room, size_text
from grantwatch.records.model import UnreadFile

__all__ = ["HEAD", "Containers", "Given", "state"]

HEAD = 1 << 15
"""Bytes at the start of a file that are looked at first."""
_DEPTH = 2
"""An archive in an archive is opened; one within that is not."""
_OFFICE = ("[Content_Types].xml", "mimetype")
_UNPACK = "unpack it and name what is in it"
_LISTED = 50
"""Members of one archive that are named one by one for one reason."""


class Given(NamedTuple):
    """A file to read: as it is shown, and the name to open it by. `copy`: it lies in the workspace, for us alone.

    `head`: its first bytes, up to `HEAD`; empty where it cannot be opened, which is told once more is asked of it.
    `state`: see `state`, as it was before that.
    """

    path: str
    source: str
    copy: bool = False
    head: bytes = b""
    state: tuple[int, int] | None = None


def state(name: str) -> tuple[int, int]:
    """Size and time of the last change of a file, which tell whether it was written to. Raises OSError."""
    found = os.stat(name)  # noqa: PTH116 - of each of many files
    return found.st_size, found.st_mtime_ns


def _head(name: str) -> tuple[os.stat_result, bytes]:
    """What the system tells of a file, and its first bytes: with the fewest calls, as there may be many files."""
    handle = os.open(name, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        found = os.fstat(handle)
        head = os.read(handle, HEAD)
        # A system may give less at once than there is.
        while len(head) < min(HEAD, found.st_size) and (more := os.read(handle, HEAD - len(head))):
            head += more
    finally:
        os.close(handle)
    return found, head


class Containers:
    """Opens what holds files. What cannot be had is named in `unread`; nothing is written outside of `workspace`."""

    def __init__(self, workspace: Path, limits: Limits, unread: list[UnreadFile]) -> None:
        self._folder = workspace / "unpacked"
        self._limits = limits
        self._unread = unread
        self._paths: set[str] = set()
        self._count = 0
        self.passed = 0
        """How many of the files given were opened so far."""

    def opened(self, files: Sequence[Given]) -> Iterator[Given]:
        """The files themselves, and in the place of an archive what is in it. One at a time, as they are asked for."""
        ahead = Ahead([file.source for file in files])
        try:
            for file in files:
                ahead.at(self.passed)
                yield from self._opened(file, 0)
                self.passed += 1
        finally:
            ahead.close()

    def _opened(self, file: Given, depth: int) -> Iterator[Given]:
        looked = self._looked_at(file)
        if looked.head[:4] not in MAGIC:
            yield looked
            return
        if depth >= _DEPTH:
            self._unread.append(UnreadFile(file.path, "an archive in an archive in an archive", _UNPACK))
        else:
            try:
                with Path(file.source).open("rb") as stream:
                    yield from self._members(file.path, Archive(stream), depth)
            except OSError as error:
                if is_full(error):
                    raise
                self._unread.append(UnreadFile(file.path, f"cannot be read: {error.strerror}", "check its permissions"))
        if file.copy:
            Path(file.source).unlink(missing_ok=True)

    def _members(self, path: str, archive: Archive, depth: int) -> Iterator[Given]:
        told = _Told(path, self._unread)
        number = hidden = files = 0
        for number, member in enumerate(archive.members(), 1):
            if number == 1 and member.name in _OFFICE:
                self._unread.append(UnreadFile(path, "an Office document", "save it as CSV"))
                return
            if number > MEMBERS:
                told.more(f"more than {MEMBERS:,} members; the others were left out", _UNPACK)
                break
            if member.is_folder:
                continue
            files += 1
            if member.is_hidden:
                hidden += 1
                continue
            unpacked = self._unpacked(archive, member, told)
            if unpacked is not None:
                yield from self._opened(Given(told.name(member), str(unpacked), copy=True), depth + 1)
        told.close()
        if archive.damage:
            self._unread.append(UnreadFile(path, f"a zip archive that is {archive.damage}", "download or export again"))
        if hidden:
            told.more(f"{hidden} hidden entries", f"left out; {_UNPACK}")
        if not files and not archive.damage:
            told.more("an archive without files", "nothing to read in it")

    def _unpacked(self, archive: Archive, member: Member, told: _Told) -> Path | None:
        """Where the member was unpacked to; None where it could not be, which is told."""
        if member.problem:
            told.one(member, member.problem, _UNPACK)
            return None
        packed = archive.length if member.packed is None else member.packed
        allowed = self._limits.allowed(packed)
        if member.size is not None and member.size > allowed:
            told.one(member, *self._limits.over(packed))
            return None
        self._folder.mkdir(exist_ok=True)
        if member.size is not None and member.size > (free := room(self._folder)):
            told.one(
                member,
                f"unpacks to {size_text(member.size)}, and the temporary folder has room for {size_text(free)}",
                "give --temp-dir a folder with more room",
            )
            return None
        self._count += 1
        target = self._folder / f"{self._count:09d}"
        try:
            with target.open("wb") as out:
                size, wrong = archive.unpack(member, out, allowed)
        except OverLimitError:
            said = self._limits.over(packed)
            self._limits.spent += target.stat().st_size
            target.unlink()
            told.one(member, *said)
            return None
        self._limits.spent += size
        if wrong:
            rest = "; what came before was read" if size else ""
            told.one(
                member, f"in the archive {wrong}{rest}", "what is missing is not assessed; download or export again"
            )
        if wrong and not size:
            target.unlink()
            return None
        return target

    def _looked_at(self, file: Given) -> Given:
        try:
            found, head = _head(file.source)
        except OSError:
            # It is named, with the reason, when its content is looked at.
            return Given(self._unique(file.path), file.source, file.copy)
        seen = (found.st_size, found.st_mtime_ns)
        return Given(file.path if head[:4] in MAGIC else self._unique(file.path), file.source, file.copy, head, seen)

    def _unique(self, path: str) -> str:
        """Records are traced by the path of their file: two files never share one."""
        name, number = path, 1
        while name in self._paths:
            number += 1
            name = f"{path}#{number}"
        self._paths.add(name)
        return name


class _Told:
    """Names what could not be read of an archive: the first members one by one, the others by their number."""

    def __init__(self, path: str, unread: list[UnreadFile]) -> None:
        self._path = path
        self._unread = unread
        self._counts: dict[tuple[str, str], int] = {}

    def name(self, member: Member) -> str:
        return f"{self._path}!{member.name}"

    def one(self, member: Member, seen: str, hint: str) -> None:
        count = self._counts[seen, hint] = self._counts.get((seen, hint), 0) + 1
        if count <= _LISTED:
            self._unread.append(UnreadFile(self.name(member), seen, hint))

    def more(self, seen: str, hint: str) -> None:
        self._unread.append(UnreadFile(self._path, seen, hint))

    def close(self) -> None:
        for (seen, hint), count in self._counts.items():
            if count > _LISTED:
                self.more(f"{count - _LISTED:,} more members: {seen}", hint)
