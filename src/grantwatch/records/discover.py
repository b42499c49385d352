"""From what was named on the command line to the files that are there."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from grantwatch.records.model import UnreadFile

__all__ = ["discover"]


def discover(paths: Iterable[str | os.PathLike[str]]) -> tuple[list[str], list[UnreadFile]]:
    """Files behind `paths` (files, folders, globs), each once, in a stable order, and what could not be found.

    Folders are walked without following links to folders. Hidden entries of a folder are left out and named.
    """
    found: dict[str, str] = {}
    unread: list[UnreadFile] = []
    for given in paths:
        name = os.fspath(given)
        for file in _expand(name, unread):
            found.setdefault(os.path.realpath(file), file)
    return sorted(found.values()), unread


def _expand(name: str, unread: list[UnreadFile]) -> Iterator[str]:
    path = Path(name)
    if path.is_dir():
        yield from _walk(name, unread)
    elif path.exists():
        if path.is_file():
            yield name
        else:
            unread.append(UnreadFile(name, "not a regular file", "name a file, a folder or a glob"))
    else:
        matches = sorted(glob.glob(name, recursive=True))
        if not matches:
            unread.append(UnreadFile(name, "no such file or folder", _nearest(path)))
        for match in matches:
            if Path(match).is_dir():
                yield from _walk(match, unread)
            else:
                yield match


def _walk(folder: str, unread: list[UnreadFile]) -> Iterator[str]:
    hidden = 0
    files: list[str] = []

    def failed(error: OSError) -> None:
        unread.append(
            UnreadFile(str(error.filename), f"folder cannot be listed: {error.strerror}", "check its permissions")
        )

    for root, folders, names in os.walk(folder, onerror=failed):
        hidden += sum(name.startswith(".") for name in (*folders, *names))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [str(Path(root) / name) for name in sorted(names) if not name.startswith(".")]
    if hidden:
        unread.append(UnreadFile(folder, f"{hidden} hidden entries", "left out; name them to have them read"))
    if not files:
        unread.append(UnreadFile(folder, "no file in this folder", "name the folder that holds the exported logs"))
    yield from files


def _nearest(path: Path) -> str:
    parent = path.parent
    if not parent.is_dir():
        return f"the folder {parent} is not there either"
    names = sorted(entry.name for entry in parent.iterdir())
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return "did you mean " + ", ".join(str(parent / name) for name in near) + "?"
    return f"the folder {parent} holds {len(names)} other entries" if names else f"the folder {parent} is empty"
