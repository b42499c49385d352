"""The slow road, for files that the fast one cannot take: other encodings, broken arrays, cut-off gzip, huge pages.

The file is rewritten as JSON lines (or as UTF-8 CSV) in the workspace, record by record, keeping their order. What is
broken is kept as a line of its own, so that it is counted and can be shown.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from grantwatch.records.model import UnreadFile
from grantwatch.records.sniff import Layout

__all__ = ["PAGE_LIMIT", "Salvaged", "rewrite"]

PAGE_LIMIT = 256 << 20
"""A page file above this size (bytes) is taken apart here instead of being parsed as one value."""

_TEXT_LIMIT = 2 << 30
_RESYNC = re.compile(r"\}\s*,?\s*\{")
_SEPARATORS = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The rewritten copy's layout, and a note for the person where something of the file is lost."""

    layout: Layout
    note: str | None = None


def rewrite(file: str, layout: Layout, target: Path) -> Salvaged | UnreadFile:
    """Rewrite `file` into `target`. Answers UnreadFile where nothing can be had from it."""
    try:
        data, note = _bytes(file, layout)
    except OSError as error:
        return UnreadFile(file, f"cannot be read: {error.strerror or error}", "check its permissions")
    if data is None:
        return UnreadFile(file, f"more than {_TEXT_LIMIT >> 30} GiB in one value", "export it as JSON lines")
    text = data.decode(layout.encoding.replace("-sig", ""), errors="replace").removeprefix("\ufeff")
    with target.open("w", encoding="utf-8", newline="\n") as out:
        if layout.container == "csv":
            out.write(text)
            return Salvaged(replace(layout, gzip=False, rewrite=False), note)
        if layout.container == "lines":
            out.write(text)
            return Salvaged(replace(layout, gzip=False, rewrite=False), note)
        _split(text, layout, out)
    return Salvaged(replace(layout, container="lines", page=None, gzip=False, rewrite=False), note)


def _bytes(file: str, layout: Layout) -> tuple[bytes | None, str | None]:
    if not layout.gzip:
        if Path(file).stat().st_size > _TEXT_LIMIT:
            return None, None
        return Path(file).read_bytes(), None
    parts: list[bytes] = []
    size = 0
    with gzip.open(file, "rb") as stream:
        while True:
            try:
                part = stream.read1(1 << 20)
            except (EOFError, zlib.error, OSError) as error:
                return b"".join(parts), f"the gzip data breaks off ({error}); what came before was read"
            if not part:
                return b"".join(parts), None
            parts.append(part)
            size += len(part)
            if size > _TEXT_LIMIT:
                return None, None


def _split(text: str, layout: Layout, out: IO[str]) -> None:
    position = 0
    if layout.container == "array":
        position = text.index("[") + 1
    for value in _values(text, position, layout.page):
        out.write(" ".join(value.splitlines()))
        out.write("\n")


def _values(text: str, position: int, page: str | None) -> Iterator[str]:
    """Record by record; a broken stretch is yielded whole, and reading goes on after it."""
    decoder = json.JSONDecoder(strict=False)
    opening = re.compile(rf'"{page}"\s*:\s*\[') if page else None
    while True:
        position = _after(text, position)
        if position >= len(text):
            return
        if opening is not None and text[position] == "{" and (match := opening.search(text, position)):
            position = match.end()
            for value, end in _listed(decoder, text, position):
                position = end
                yield value
            # What follows the list (a nextLink, the closing brace) is not a record.
            closing = text.find("{", position)
            position = closing if closing >= 0 and opening.search(text, closing) else len(text)
            continue
        if text[position] == "]":
            return
        try:
            _, end = decoder.raw_decode(text, position)
        except ValueError:
            end = _resync(text, position)
        yield text[position:end]
        position = end


def _listed(decoder: json.JSONDecoder, text: str, position: int) -> Iterator[tuple[str, int]]:
    while True:
        position = _after(text, position)
        if position >= len(text) or text[position] == "]":
            return
        try:
            _, end = decoder.raw_decode(text, position)
        except ValueError:
            end = _resync(text, position)
        yield text[position:end], end
        position = end


def _after(text: str, position: int) -> int:
    match = _SEPARATORS.match(text, position)
    return match.end() if match else position


def _resync(text: str, position: int) -> int:
    """Where the next record seems to begin: after a `}` that is followed by a `{`, else the end."""
    match = _RESYNC.search(text, position)
    return match.start() + 1 if match else len(text)
