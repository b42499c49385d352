"""From what was named on the command line to the files that are there."""

from __future__ import annotations

import difflib
import glob
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from grantwatch.records.model import UnreadFile

__all__ = ["discover", "shown"]


def discover(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[str], list[UnreadFile]]:
    """Files behind `paths` (files, folders, globs), each once, in a stable order, and what could not be found.

    Folders are walked without following links to folders. Hidden entries of a folder, links to folders and what is
    no regular file are left out and named.
    """
    found: dict[object, str] = {}
    unread: list[UnreadFile] = []
    for given in paths:
        name = os.fspath(given)
        for file in _expand(name, unread):
            identity = _identity(file)
            # Under two names the same file is read once, by the name that comes first whatever the order given.
            found[identity] = min(found.get(identity, file), file)
    return sorted(found.values()), unread


def _identity(name: str) -> object:
    """What two names of one file have in common: one link to it, or two, or another spelling of the path."""
    try:
        told = Path(name).stat()
    except OSError:
        return os.path.realpath(name)
    return (told.st_dev, told.st_ino) if told.st_ino else os.path.realpath(name)


def shown(name: str) -> str:
    """A file name that can be printed and stored: bytes that are not UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _expand(name: str, unread: list[UnreadFile]) -> Iterator[str]:
    # Path("") is the working folder, which nobody means by an empty name.
    matches = [name] if name and _mode(name) is not None else sorted(glob.glob(name, recursive=True))
    if not matches:
        unread.append(UnreadFile(shown(name), "no such file or folder", _nearest(Path(name))))
    for match in matches:
        if stat.S_ISDIR(_mode(match) or 0):
            yield from _walk(match, unread)
        else:
            yield from _regular(match, unread)


def _mode(name: str) -> int | None:
    """What kind of thing stands under the name; None for nothing, 0 where that cannot be told."""
    try:
        return Path(name).stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError:
        return 0


def _regular(name: str, unread: list[UnreadFile]) -> Iterator[str]:
    """The name, unless it stands for something that would block or never end when it is read."""
    mode = _mode(name)
    if mode is None:
        unread.append(UnreadFile(shown(name), "a link to something that is not there", "name the file itself"))
    elif mode and not stat.S_ISREG(mode):
        unread.append(UnreadFile(shown(name), "not a regular file", "name a file, a folder or a glob"))
    else:
        # One that cannot be looked at is named when it cannot be opened, with the reason.
        yield name


def _walk(folder: str, unread: list[UnreadFile]) -> Iterator[str]:
    hidden = 0
    files: list[str] = []

    def failed(error: OSError) -> None:
        name = shown(str(error.filename))
        unread.append(UnreadFile(name, f"folder cannot be listed: {error.strerror}", "check its permissions"))

    for root, folders, names in os.walk(folder, onerror=failed):
        hidden += sum(name.startswith(".") for name in (*folders, *names))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(root) / name).is_symlink():
                unread.append(UnreadFile(shown(str(Path(root) / name)), "a link to a folder", "not followed; name it"))
        for name in sorted(names):
            if not name.startswith("."):
                files += _regular(str(Path(root) / name), unread)
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
