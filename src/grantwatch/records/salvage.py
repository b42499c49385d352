"""The slow road, for files that the fast one cannot take: other encodings, broken arrays, cut-off gzip, bad CSV rows.

The file is rewritten in the workspace, record by record and in order: JSON as lines, CSV as clean UTF-8 CSV. A broken
record is kept as a line of its own, so that it is counted and can be shown; what cannot even be that is left out, and
named.
Memory is bounded by the largest record, not by the file.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path
from typing import IO

from grantwatch.records.limits import is_full
from grantwatch.records.model import UnreadFile
from grantwatch.records.pieces import Pieces
from grantwatch.records.rows import repair
from grantwatch.records.sniff import Layout, is_record

__all__ = ["LINE_LIMIT", "PAGE_LIMIT", "Rejected", "Salvaged", "rewrite"]

PAGE_LIMIT = 16 << 20
"""A page file above this size (bytes) is taken apart here instead of being parsed as one value."""
LINE_LIMIT = 1 << 24
"""A record above this size (characters) cannot be used."""

_CHUNK = 1 << 20
_LISTED = 1000
_TOO_LONG = f"a record of more than {LINE_LIMIT >> 20} million characters"
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is not in the rewritten copy: its 1-based line or place in the file, why, and how it begins."""

    line: int
    reason: str
    excerpt: str


@dataclass(slots=True)
class Salvaged:
    """The rewritten copy's layout, what had to be left out of it, and notes where more of the file is lost.

    `clean` where every record was looked at; `count` counts what was left out, of which `rejected` lists the first.
    """

    layout: Layout
    clean: bool
    count: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, line: int, reason: str, excerpt: str) -> None:
        """Leave a record out."""
        self.count += 1
        if self.count <= _LISTED:
            self.rejected.append(Rejected(line, reason, excerpt))


def rewrite(file: str, layout: Layout, target: Path, *, clean: bool = True) -> Salvaged | UnreadFile:
    """Rewrite `file` into `target`. Answers UnreadFile where it cannot be read; OSError where the disk is full.

    Without `clean` only the bytes are re-encoded, which is all that most files need and much quicker for CSV.
    """
    saved = Salvaged(replace(layout, gzip=False, rewrite=False), clean)
    try:
        with _open(file, layout.gzip) as stream, target.open("w", encoding="utf-8", newline="") as out:
            chunks = _text(_chunks(stream, saved), layout.encoding)
            if layout.container == "csv":
                if clean:
                    repair(_lines(chunks), layout, out, saved.reject)
                    saved.layout = replace(saved.layout, skip=0, delimiter=",")
                else:
                    _copy(chunks, out.write)
            elif layout.container == "lines" and layout.page is None:
                _split_lines(chunks, saved, out)
            else:
                _split(chunks, saved, out)
                saved.layout = replace(saved.layout, container="lines", page=None)
    except OSError as error:
        if is_full(error):
            raise
        return UnreadFile(file, f"cannot be read: {error.strerror or error}", "check its permissions")
    return saved


def _open(file: str, zipped: bool) -> gzip.GzipFile | BufferedReader:
    return gzip.GzipFile(file, "rb") if zipped else Path(file).open("rb")


def _chunks(stream: gzip.GzipFile | BufferedReader, saved: Salvaged) -> Iterator[bytes]:
    while True:
        try:
            chunk = stream.read1(_CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            saved.notes.append(f"the gzip data breaks off or is damaged ({error}); what came before was read")
            return
        if not chunk:
            return
        yield chunk


def _text(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    """Decoded text without a byte order mark; bytes that are none of the encoding become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding.removesuffix("-sig"))(errors="replace")
    first = True
    for chunk in chunks:
        text = decoder.decode(chunk)
        if first and text:
            text = text.removeprefix("\ufeff")
            first = False
        if text:
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def _copy(chunks: Iterator[str], write: Callable[[str], object]) -> None:
    for chunk in chunks:
        write(chunk)


def _lines(chunks: Iterator[str]) -> Iterator[str]:
    """Lines with their line ends. A line above the limit comes in stretches of that length."""
    pending: list[str] = []
    size = 0
    for chunk in chunks:
        *whole, last = chunk.split("\n")
        for line in whole:
            yield "".join((*pending, line, "\n"))
            pending, size = [], 0
        if last:
            pending.append(last)
            size += len(last)
        if size > LINE_LIMIT:
            yield "".join(pending)
            pending, size = [], 0
    if pending:
        yield "".join(pending)


def _split_lines(chunks: Iterator[str], saved: Salvaged, out: IO[str]) -> None:
    """Line for line, so that line numbers stay; a line that is too long is emptied."""
    number = 1
    skipping = False
    for line in _lines(chunks):
        if len(line) > LINE_LIMIT and not skipping:
            saved.reject(number, _TOO_LONG, line[:200])
            skipping = True
        if not skipping:
            out.write(line)
        if line.endswith("\n"):
            if skipping:
                out.write("\n")
            number += 1
            skipping = False


def _split(chunks: Iterator[str], saved: Salvaged, out: IO[str]) -> None:
    pieces = Pieces(chunks, is_record, LINE_LIMIT)
    for place, piece in enumerate(pieces, 1):
        if len(piece) >= LINE_LIMIT:
            saved.reject(place, _TOO_LONG, piece[:200])
        else:
            out.write(f"{_one_line(piece)}\n")
    if not pieces.closed:
        saved.notes.append("the list in it is not closed: its end may be missing; what is there was read")


def _one_line(piece: str) -> str:
    """The record on one line. Line ends and control characters inside strings are no JSON; they are escaped."""
    text = piece.strip()
    if _CONTROL.search(text) is None:
        return text
    try:
        return json.dumps(json.loads(text, strict=False))
    except (ValueError, RecursionError):
        return _CONTROL.sub(" ", text) or "?"
