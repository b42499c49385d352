"""From what was named on the command line to the files that are there."""

from __future__ import annotations

import difflib
import glob
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from grantwatch.records.model import UnreadFile

__all__ = ["Found", "discover", "shown", "unpacked_size"]

_PACKED = ((b"\x1f\x8b", 20), (b"PK\x03\x04", 20), (b"PAR1", 10))
"""How packed files begin, and how many times as large they may be once they are unpacked: a guess."""
_LARGE = 1 << 20


class Found(NamedTuple):
    """Files, each once, in a stable order; what could not be found; and about how large the files are, unpacked."""

    names: list[str]
    unread: list[UnreadFile]
    size: int


def discover(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """Files behind `paths` (files, folders, globs), and what could not be found.

    Folders are walked without following links to folders. Hidden entries of a folder, links to folders and what is
    no regular file are left out and named.
    """
    found: dict[object, tuple[str, int]] = {}
    unread: list[UnreadFile] = []
    for given in paths:
        name = os.fspath(given)
        for file, told in _expand(name, unread):
            # What two names of one file have in common: one link to it, or two, or another spelling of the path.
            identity = (told.st_dev, told.st_ino) if told is not None and told.st_ino else os.path.realpath(file)
            # Under two names the same file is read once, by the name that comes first whatever the order given.
            known = found.get(identity)
            if known is None or file < known[0]:
                found[identity] = (file, told.st_size if told is not None else 0)
    size = sum(unpacked_size(name) if size > _LARGE else size for name, size in found.values())
    return Found(sorted(name for name, _ in found.values()), unread, size)


def unpacked_size(name: str) -> int:
    """About how many bytes the file is, unpacked; 0 where it cannot be opened, which is told when it is read."""
    try:
        with Path(name).open("rb") as stream:
            head = stream.read(4)
            size = stream.seek(0, os.SEEK_END)
    except OSError:
        return 0
    return size * next((times for magic, times in _PACKED if head.startswith(magic)), 1)


def shown(name: str) -> str:
    """A file name that can be printed and stored: bytes that are not UTF-8 are escaped."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", errors="backslashreplace")


_Told = tuple[str, os.stat_result | None]
"""A file, and what the system tells of it; None where it cannot be looked at, which is told when it is opened."""


def _expand(name: str, unread: list[UnreadFile]) -> Iterator[_Told]:
    # Path("") is the working folder, which nobody means by an empty name.
    there, _ = _told(name) if name else (False, None)
    matches = [name] if there else sorted(glob.glob(name, recursive=True))
    if not matches:
        unread.append(UnreadFile(shown(name), "no such file or folder", _nearest(Path(name))))
    for match in matches:
        _, told = _told(match)
        if told is not None and stat.S_ISDIR(told.st_mode):
            yield from _walk(match, unread)
        elif (file := _regular(match, unread)) is not None:
            yield file


def _told(name: str) -> tuple[bool, os.stat_result | None]:
    """Whether something stands under the name, and what the system tells of it, None where it tells nothing."""
    try:
        return True, os.stat(name)  # noqa: PTH116 - of each of many files
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False, None
    except OSError:
        return True, None


def _regular(name: str, unread: list[UnreadFile]) -> _Told | None:
    """The file; None where it stands for something that would block or never end when it is read, which is told."""
    there, told = _told(name)
    if there and (told is None or stat.S_ISREG(told.st_mode)):
        return name, told
    seen = ("not a regular file", "name a file, a folder or a glob")
    gone = ("a link to something that is not there", "name the file itself")
    unread.append(UnreadFile(shown(name), *(seen if there else gone)))
    return None


def _walk(folder: str, unread: list[UnreadFile]) -> Iterator[_Told]:
    hidden = 0
    files: list[_Told] = []

    def failed(error: OSError) -> None:
        name = shown(str(error.filename))
        unread.append(UnreadFile(name, f"folder cannot be listed: {error.strerror}", "check its permissions"))

    for root, folders, names in os.walk(folder, onerror=failed):
        hidden += sum(name.startswith(".") for name in (*folders, *names))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = str(Path(root, "_"))[:-1]
        for name in folders:
            if Path(root, name).is_symlink():
                unread.append(UnreadFile(shown(inside + name), "a link to a folder", "not followed; name it"))
        for name in sorted(names):
            if not name.startswith("."):
                found = _regular(inside + name, unread)
                if found is not None:
                    files.append(found)
    if hidden:
        unread.append(UnreadFile(shown(folder), f"{hidden} hidden entries", "left out; name them to have them read"))
    if not files:
        unread.append(
            UnreadFile(shown(folder), "no file in this folder", "name the folder that holds the exported logs")
        )
    yield from files


def _nearest(path: Path) -> str:
    parent = path.parent
    try:
        names = sorted(entry.name for entry in parent.iterdir())
    except OSError:
        return f"the folder {shown(str(parent))} is not there either, or cannot be listed"
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return "did you mean " + ", ".join(shown(str(parent / name)) for name in near) + "?"
    holds = f"holds {len(names)} other entries" if names else "is empty"
    return f"the folder {shown(str(parent))} {holds}"
