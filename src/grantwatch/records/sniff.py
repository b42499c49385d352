"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grantwatch.records.forms import FORMS
from grantwatch.records.model import UnreadFile

__all__ = ["Layout", "accepted", "column_name", "forms_of", "inner", "sniff"]

_HEAD = 1 << 18
_HEAD_LIMIT = 1 << 24
_SAMPLE = 200
_PAGES = ("value", "records")
_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"ElfFile", "a Windows event log (EVTX)"),
    (b"SQLite format 3", "a SQLite database"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records lie in a file.

    `container`: `lines` (one JSON value a line), `array`, `objects` (JSON values one after another) or `csv`.
    `page`: the key whose list holds the records, where a value is a page of them. `inside`: the key whose text
    holds the record. `forms`: the forms seen in the sample, first seen first. `rewrite`: the bytes need to be
    re-encoded before they can be read.
    """

    container: str
    page: str | None = None
    inside: str | None = None
    forms: tuple[str, ...] = ()
    gzip: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    rewrite: bool = False


def accepted() -> str:
    """One sentence on what can be read, made from the registry."""
    return "accepted are " + "; ".join(dict.fromkeys(form.accepts for form in FORMS.values())) + "; plain or gzip"


def forms_of(record: object) -> tuple[str, ...]:
    """The forms that a decoded record may be of, in the registry's order; empty where it is of none."""
    if not isinstance(record, Mapping):
        return ()
    return tuple(name for name, form in FORMS.items() if form.recognises(record))


def sniff(file: str) -> Layout | UnreadFile:
    """The layout of a file, or what was seen in it instead. Never raises for content; OSError becomes an answer."""
    try:
        zipped, head, whole = _head(file)
    except OSError as error:
        return UnreadFile(file, f"cannot be opened: {error.strerror or error}", "check its permissions")
    except (EOFError, zlib.error) as error:
        return UnreadFile(file, f"a gzip file that cannot be unpacked ({error})", "export it again")
    encoding, head = _encoding(head)
    body = head.lstrip(b" \t\r\n\x00")
    if not body:
        return UnreadFile(file, "an empty file", "nothing to read in it")
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return UnreadFile(file, what, accepted())
    if body[:1] == b"<":
        kind = "an HTML page (a saved error or sign-in page?)" if b"<html" in body[:2000].lower() else "an XML document"
        return UnreadFile(file, kind, accepted())
    text = body.decode("utf-8", errors="replace")
    rewrite = encoding not in ("utf-8", "utf-8-sig")
    if text[0] in "{[":
        found = _json(text, whole)
    else:
        found = _csv(text)
        rewrite = encoding not in ("utf-8", "utf-8-sig")
    if isinstance(found, str):
        return UnreadFile(file, found, accepted())
    if found.container != "csv" and encoding == "utf-8-sig":
        rewrite = True
    return replace(found, gzip=zipped, encoding=encoding, rewrite=rewrite)


def _head(file: str) -> tuple[bool, bytes, bool]:
    """Whether the file is gzip, its first bytes unpacked, and whether that was all of it."""
    with Path(file).open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not zipped:
            head = raw.read(_HEAD)
            if head[:1] in b"{[" and b"}" not in head:
                head += raw.read(_HEAD_LIMIT)
            return False, head, not raw.read(1)
        with gzip.GzipFile(fileobj=raw) as stream:
            head = b""
            try:
                head = stream.read1(_HEAD)
                while len(head) < _HEAD and (more := stream.read1(_HEAD)):
                    head += more
            except (EOFError, zlib.error):
                if not head:
                    raise
                return True, head, False
            return True, head, len(head) < _HEAD


def _encoding(head: bytes) -> tuple[str, bytes]:
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", head[3:]
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            even = head[2 : len(head) - len(head) % 2]
            return name, even.decode(name, errors="replace").encode("utf-8", errors="replace")
    return "utf-8", head


def _json(text: str, whole: bool) -> Layout | str:
    if text[0] == "[":
        return _described("array", _values(text, 1), whole)
    first_line, newline, _ = text.partition("\n")
    if newline or whole:
        try:
            value = json.loads(first_line)
        except ValueError:
            pass
        else:
            if isinstance(value, dict):
                lines = (line for line in text.split("\n")[: _SAMPLE + 1] if line.strip())
                return _described("lines", _decoded(lines), whole)
    container = "lines" if newline and _looks_like_lines(text) else "objects"
    lines = (line for line in text.split("\n")[: _SAMPLE + 1] if line.strip())
    return _described(container, _decoded(lines) if container == "lines" else _values(text, 0), whole)


def _looks_like_lines(text: str) -> bool:
    """True where the first line is broken but those after it are whole JSON objects: a bad line, not pretty print."""
    lines = [line for line in text.split("\n")[1:6] if line.strip()]
    return any(isinstance(value, dict) and forms_of(inner(value)[0]) for value in _decoded(iter(lines)))


def _described(container: str, values: Iterator[Any], whole: bool) -> Layout | str:
    page: str | None = None
    inside: str | None = None
    forms: dict[str, None] = {}
    seen: list[str] = []
    count = 0
    for value in values:
        count += 1
        records = [value]
        if isinstance(value, dict):
            key = next((key for key in _PAGES if key in value and not forms_of(value)), None)
            if key is not None:
                page = key
                listed = value[key]
                records = listed[:_SAMPLE] if isinstance(listed, list) else []
        for record in records:
            record_inside, key = inner(record)
            inside = inside or key
            for name in forms_of(record_inside):
                forms.setdefault(name)
            if isinstance(record, dict) and not seen:
                seen = [str(key) for key in list(record)[:8]]
        if count >= _SAMPLE:
            break
    if count == 0:
        return "JSON that breaks off before the first record" if not whole else "JSON without a record in it"
    if not forms:
        if page is not None and not seen:
            return f'an empty page ({{"{page}":[]}})'
        return f"JSON of an unknown form (keys: {', '.join(seen)})" if seen else "JSON that holds no objects"
    return Layout(container, page=page, inside=inside, forms=tuple(forms))


def inner(record: object) -> tuple[object, str | None]:
    """The record inside the record, and under which key it was."""
    if isinstance(record, Mapping):
        for key in {form.inside for form in FORMS.values() if form.inside}:
            value = record.get(key)
            if isinstance(value, str):
                try:
                    return json.loads(value), key
                except ValueError:
                    return record, None
            if isinstance(value, Mapping):
                return value, key
    return record, None


def _values(text: str, start: int) -> Iterator[Any]:
    """Whole JSON values one after another, commas and white space between them, as far as the head goes.

    A page that is longer than the head is closed artificially so that its first records can be seen.
    """
    decoder = json.JSONDecoder(strict=False)
    position = start
    separators = re.compile(r"[\s,]*")
    while True:
        position = separators.match(text, position).end()  # type: ignore[union-attr]
        if position >= len(text) or text[position] == "]":
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except ValueError:
            page = re.compile(r'"(' + "|".join(_PAGES) + r')"\s*:\s*\[').search(text, position)
            if page is not None and page.start() - position < _HEAD:
                yield {page[1]: list(_values(text, page.end()))}
            return
        yield value


def _decoded(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _csv(text: str) -> Layout | str:
    first = text.split("\n", 1)[0]
    if "\x00" in first or (not first.isprintable() and not first.rstrip("\r").isprintable()):
        return "binary data"
    delimiter = max(",;\t|", key=first.count)
    try:
        header = next(csv.reader(io.StringIO(text), delimiter=delimiter))
    except (StopIteration, csv.Error):
        return "text that is neither JSON nor CSV"
    names = tuple(column_name(name) for name in header)
    if len(names) < 2:
        return f"text that is neither JSON nor CSV (it begins {first[:40]!r})"
    record = dict.fromkeys(names, "")
    inside = next((form.inside for form in FORMS.values() if form.inside in record), None)
    if inside is not None:
        forms = tuple(name for name, form in FORMS.items() if form.inside == inside)
    else:
        forms = tuple(name for name in forms_of(record) if set(FORMS[name].columns.values()) == {"VARCHAR"})
    if not forms:
        return f"CSV of an unknown form (columns: {', '.join(names[:8])})"
    return Layout("csv", inside=inside, forms=forms[:1] if inside is None else forms, delimiter=delimiter, header=names)


def column_name(name: str) -> str:
    """A CSV header cell as the form names it: without BOM, blanks and the `[UTC]` that Log Analytics appends."""
    return re.sub(r"\s*\[UTC\]$", "", name.replace("\ufeff", "").strip())
