"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from grantwatch.records.cells import wide_cells
from grantwatch.records.forms import FORMS
from grantwatch.records.forms.form import reached
from grantwatch.records.headers import translated
from grantwatch.records.model import UnreadFile
from grantwatch.records.pieces import PAGES, Pieces
from grantwatch.records.wrappers import LOOSE, PLACES, WRAPPERS, Place, before, decoded, reach

__all__ = ["Layout", "Sniffer", "accepted", "column_name", "forms_of", "inner", "is_record", "layout_of", "sniff"]

_HEAD = 1 << 18
_HEAD_LIMIT = 1 << 24
_SAMPLE = 200
_SMALL = 1 << 18
"""Bytes of a file that is told by its first record where others like it went before."""
_PREAMBLE = re.compile(r"(?:#TYPE\s|sep=|\"sep=)[^\r\n]*\r?\n")
"""Lines that PowerShell and spreadsheets put in front of the header of a CSV."""
_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"PARE", "an encrypted Parquet file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"ElfFile", "a Windows event log (EVTX)"),
    (b"SQLite format 3", "a SQLite database"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records lie in a file.

    `container`: `lines` (one JSON value a line), `array`, `objects` (JSON values one after another), `csv` or
    `parquet`, of which only that it is one is told here: its columns are told by the engine.
    `page`: the key whose list holds the records, where a value is a page of them; dots reach into objects. `forms`:
    the forms seen in the sample, first seen first, but what is preferred (see `wrappers.before`) before all others;
    none where the sample holds no record, and `seen` says what it holds. `inside`: for those of the forms whose
    records are held by outer ones, where; `objects`: those of the places that hold objects, not text. `rewrite`: the
    bytes need to be re-encoded before they can be read. `skip`: lines in front of the header of a CSV. `types`: those
    of the columns in `header`, for Parquet.
    """

    container: str
    page: str | None = None
    inside: tuple[tuple[str, Place], ...] = ()
    objects: tuple[Place, ...] = ()
    forms: tuple[str, ...] = ()
    gzip: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","
    header: tuple[str, ...] = ()
    rewrite: bool = False
    skip: int = 0
    seen: str = ""
    types: tuple[str, ...] = ()

    def place_of(self, form: str) -> Place | None:
        """Where outer records hold those of a form; None where they are not wrapped."""
        return next((place for name, place in self.inside if name == form), None)


def accepted() -> str:
    """One sentence on what can be read, made from the registry."""
    forms = "; ".join(dict.fromkeys(form.accepts for form in FORMS.values()))
    wrapped = ", ".join(wrapper.paths[0] for wrapper in WRAPPERS)
    return (
        f"accepted are {forms}; Parquet with the columns of one of these; plain, gzip or in a zip archive; "
        f"each also within an outer record; places for it are {wrapped}"
    )


def forms_of(record: object) -> tuple[str, ...]:
    """The forms that a decoded record may be of, in the registry's order; empty where it is of none."""
    if not isinstance(record, Mapping):
        return ()
    told = _signature(record)
    found = _TOLD.get(told)
    if found is None:
        found = tuple(name for name, form in FORMS.items() if form.recognises(record))
        if len(_TOLD) < _MOST_TOLD:
            _TOLD[told] = found
    return found


_Signature = tuple[frozenset[str], tuple[str, ...]]
_DEEP = tuple(
    dict.fromkeys(
        (key.partition(".")[0], key)
        for form in FORMS.values()
        if not form.is_flat
        for keys in form.keys
        for key in keys
        if "." in key
    )
)
_MOST_TOLD = 4096
_TOLD: dict[_Signature, tuple[str, ...]] = {}
"""By what is there in a record, the forms it may be of: the records of one export are alike."""


def _signature(record: Mapping[str, object]) -> _Signature:
    """All that forms are told by: the keys that hold something, and those of the deeper keys that do."""
    there = frozenset([key for key, value in record.items() if value is not None])
    deeper = [key for outer, key in _DEEP if outer in there and reached(record, key) is not None]
    return there, tuple(deeper)


def is_record(value: object) -> bool:
    """True where a decoded JSON value is, or holds inside, a record of a known form."""
    return bool(forms_of(inner(value)[0]))


class Sniffer:
    """Tells layouts one after another. A small file that begins as an earlier one did is told by its first record.

    Should others in it be of other forms, no form claims them at first, and they are looked at then.
    """

    def __init__(self) -> None:
        self._known: dict[_Signature, Layout] = {}

    def sniff(self, file: str, head: bytes, size: int) -> Layout | UnreadFile:
        """As the function `sniff`. `head`: its first bytes; `size`: how many it has."""
        first = _first_record(head, size)
        told = _signature(first) if first is not None else None
        layout = self._known.get(told) if told is not None else None
        if layout is not None:
            return layout
        found = sniff(file)
        plain = isinstance(found, Layout) and found.container == "lines" and not (found.page or found.inside)
        if told is not None and isinstance(found, Layout) and plain and found.forms and not found.rewrite:
            self._known[told] = found
        return found


def _first_record(head: bytes, size: int) -> Mapping[str, object] | None:
    """The first record of a small file of plain JSON lines; None where it is anything else, or may be."""
    if size > _SMALL or head[:1] != b"{":
        return None
    import orjson

    line, end, rest = head.partition(b"\n")
    if rest[:1] not in (b"", b"{") or not (end or size <= len(head)):
        return None
    try:
        value = orjson.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or not _HOLDERS.isdisjoint(value) or not _PAGED.isdisjoint(value):
        return None
    return value


_PAGED = frozenset(page.partition(".")[0] for page in PAGES)


def sniff(file: str) -> Layout | UnreadFile:
    """The layout of a file, or what was seen in it instead. Never raises for content; OSError becomes an answer."""
    found: Layout | UnreadFile | str = ""
    for limit in (_HEAD, _HEAD_LIMIT):
        try:
            head = _read_head(file, limit)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            return UnreadFile(file, f"a gzip file that cannot be unpacked ({error})", "export it again")
        except OSError as error:
            return UnreadFile(file, f"cannot be opened: {error.strerror or error}", "check its permissions")
        found = _told(file, head)
        if head.whole or isinstance(found, UnreadFile):
            break
        # The first record may be longer than the head, and only its end tells how records are set apart.
        on_one_line = isinstance(found, Layout) and found.container == "objects" and b"\n" not in head.data
        if on_one_line and isinstance(found, Layout) and found.page:
            several = b"\n{" in _read_head(file, _HEAD_LIMIT).data
            return replace(found, container="lines") if several else found
        if not (isinstance(found, str) or on_one_line):
            break
    return UnreadFile(file, found, accepted()) if isinstance(found, str) else found


class _Head(NamedTuple):
    """The first bytes of a file, unpacked; `whole` where that is all of it."""

    data: bytes
    zipped: bool
    whole: bool


def _read_head(file: str, limit: int) -> _Head:
    with Path(file).open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not zipped:
            data = raw.read(limit + 1)
            return _Head(data[:limit], False, len(data) <= limit)
        parts: list[bytes] = []
        size = 0
        with gzip.GzipFile(fileobj=raw) as stream:
            try:
                while size < limit and (part := stream.read1(limit)):
                    parts.append(part)
                    size += len(part)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                if not parts:
                    raise
                return _Head(b"".join(parts), True, False)
        return _Head(b"".join(parts), True, size < limit)


def _told(file: str, head: _Head) -> Layout | UnreadFile | str:
    """What the head tells; text for what is no log."""
    encoding, data = _encoding(head.data)
    body = data.lstrip(b" \t\r\n\x00")
    if not body:
        return UnreadFile(file, "an empty file", "nothing to read in it")
    if body.startswith(b"PAR1") and not head.zipped:
        return Layout("parquet")
    for magic, what in (*_MAGIC, (b"PAR1", "a Parquet file")):
        if body.startswith(magic):
            return UnreadFile(file, f"{what} inside a gzip file", "unpack the gzip file first") if head.zipped else what
    if body[257:262] == b"ustar":
        return "a tar archive"
    if body[:1] == b"<":
        html = b"<html" in body[:2000].lower()
        return "an HTML page (a saved error or sign-in page?)" if html else "an XML document"
    text = body.decode("utf-8", errors="replace")
    found = _json(text, head.whole) if text[0] in "{[" else _csv(text, head.whole)
    if isinstance(found, str):
        return found
    # The engine reads UTF-8, and steps over a byte order mark in front of everything but JSON lines.
    plain = encoding == "utf-8" or (encoding == "utf-8-sig" and found.container != "lines")
    return replace(found, gzip=head.zipped, encoding=encoding, rewrite=not plain)


def _encoding(head: bytes) -> tuple[str, bytes]:
    """The encoding by its byte order mark, or by the zero byte beside the first character; and the head as UTF-8."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", head[3:]
    name, start = "", 0
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name, start = ("utf-16-le" if head[:1] == b"\xff" else "utf-16-be"), 2
    elif len(head) >= 8 and not any(head[1:16:2]) and all(head[0:16:2]):
        name = "utf-16-le"
    elif len(head) >= 8 and not any(head[0:16:2]) and all(head[1:16:2]):
        name = "utf-16-be"
    if not name:
        return "utf-8", head
    even = head[start : len(head) - len(head) % 2]
    return name, even.decode(name, errors="replace").encode("utf-8", errors="replace")


def _json(text: str, whole: bool) -> Layout | str:
    first_line, newline, _ = text.partition("\n")
    one_line = (newline or whole) and isinstance(decoded(first_line), dict)
    if text[0] == "{" and (one_line or _looks_like_lines(text)):
        return _lines(text, whole)
    pieces = Pieces([text], is_record)
    values = list(islice(pieces, _SAMPLE))
    found = _Sample()
    for value in values:
        found.add(decoded(value))
    container = "array" if text[0] == "[" else "objects"
    return found.layout(container, pieces.page, whole, pieces.closed and not values)


def _lines(text: str, whole: bool) -> Layout | str:
    found = _Sample()
    page: str | None = None
    empty = True
    for line in islice((line for line in text.split("\n") if line.strip()), _SAMPLE):
        value = decoded(line)
        key = _page_of(value)
        if key is None:
            found.add(value)
            empty = False
            continue
        page = page or key
        for record in reach(value, tuple(key.split(".")))[:_SAMPLE]:
            found.add(record)
            empty = False
    return found.layout("lines", page, whole, empty)


def _page_of(value: object) -> str | None:
    """The key whose list holds records; None where the value is a record of any kind, known or not."""
    if not isinstance(value, dict) or is_record(value):
        return None
    for key in PAGES:
        listed = reach(value, tuple(key.split(".")))
        if not isinstance(listed, list):
            continue
        # A list of anything else is a value of some record, and what may hold a record elsewhere is a page only where
        # its list has records to show for it.
        objects = any(isinstance(each, dict) for each in listed) or not listed
        if objects and (_HOLDERS.isdisjoint(value) or any(map(is_record, listed[:_SAMPLE]))):
            return key
    return None


class _Sample:
    """What was seen in the first records."""

    def __init__(self) -> None:
        self.forms: dict[str, Place | None] = {}
        self.objects: dict[Place, None] = {}
        self.keys: list[str] = []
        self.decoded = 0

    def add(self, value: object) -> None:
        self.decoded += value is not None
        record, place = inner(value)
        if place is not None and isinstance(value, Mapping) and isinstance(reach(value, place), Mapping):
            self.objects[place] = None
        for name in forms_of(record):
            self.forms.setdefault(name, place)
        if isinstance(value, dict) and not self.keys:
            self.keys = [str(key) for key in list(value)[:8]]

    def told(self) -> tuple[tuple[str, ...], tuple[tuple[str, Place], ...]]:
        """The forms, those held at preferred places first, and where outer records hold them."""
        names = tuple(sorted(self.forms, key=lambda name: before(self.forms[name])))
        return names, tuple((name, place) for name in names if (place := self.forms[name]) is not None)

    def layout(self, container: str, page: str | None, whole: bool, empty: bool) -> Layout | str:
        """The layout; text where the sample holds no log. What a longer file holds after it is looked for later."""
        seen = f"JSON of an unknown form (keys: {', '.join(self.keys)})" if self.keys else "JSON that holds no objects"
        if empty:
            seen = f'an empty page ({{"{page}":[]}})' if page else "an empty list"
        elif not self.decoded:
            return "JSON that is broken from its start" if whole else "JSON that breaks off before the first record"
        elif not self.forms and whole:
            return seen
        forms, inside = self.told()
        return Layout(container, page=page, inside=inside, objects=tuple(self.objects), forms=forms, seen=seen)


def layout_of(values: Iterable[object], container: str, *, whole: bool) -> Layout | str:
    """The layout of a container whose first records were decoded elsewhere; text where they are no log."""
    found = _Sample()
    for value in values:
        found.add(value)
    return found.layout(container, None, whole, False)


def _looks_like_lines(text: str) -> bool:
    """True where the first line is broken but those after it are whole JSON objects: a bad line, not pretty print."""
    return any(is_record(decoded(line)) for line in text.split("\n", 6)[1:6])


_HOLDERS = frozenset(place[0] for place in PLACES)


def inner(value: object) -> tuple[object, Place | None]:
    """The record of a known form inside the record, and where it was; else the record itself."""
    if isinstance(value, Mapping) and not _HOLDERS.isdisjoint(value):
        known: bool | None = None
        for place in PLACES:
            held = reach(value, place)
            if isinstance(held, str):
                held = decoded(held)
            if not isinstance(held, Mapping) or not forms_of(held):
                continue
            if place in LOOSE:
                known = bool(forms_of(value)) if known is None else known
                if known:
                    break
            return held, place
    return value, None


def _csv(text: str, whole: bool) -> Layout | str:
    skip = 0
    while match := _PREAMBLE.match(text):
        text = text[match.end() :]
        skip += 1
    first = text.split("\n", 1)[0].rstrip("\r")
    if not first.replace("\t", "").isprintable():
        return "binary data"
    delimiter = max(",;\t|", key=first.count)
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (StopIteration, csv.Error):
        return "text that is neither JSON nor CSV"
    names = tuple(column_name(name) for name in header)
    if len(names) < 2:
        return f"text that is neither JSON nor CSV (it begins {first[:40]!r})"
    found = _csv_sample(text, names, delimiter, whole)
    forms, inside = found.told() if found is not None else ((), ())
    if not inside:
        forms = forms_of(dict.fromkeys(names, ""))
    # A cell is text: what is nested cannot lie in columns of its own.
    forms = tuple(name for name in forms if name in dict(inside) or set(FORMS[name].columns.values()) == {"VARCHAR"})
    if not inside and (not forms or any(FORMS[name].localised for name in forms)):
        names, forms = _localised(names) or (names, forms)
    if not forms:
        inside = tuple((form, (name,)) for name in names for form in _usual((name,)))
        forms = tuple(form for form, _ in inside)
    seen = f"CSV of an unknown form (columns: {', '.join(names[:8])})"
    if not forms and (whole or found is None):
        return seen
    seen = "" if forms else seen
    return Layout("csv", inside=inside, forms=forms, delimiter=delimiter, header=names, skip=skip, seen=seen)


def _csv_sample(text: str, names: tuple[str, ...], delimiter: str, whole: bool) -> _Sample | None:
    """What the first rows hold inside; None where no column may hold a record."""
    if not any((name,) in PLACES for name in names):
        return None
    found = _Sample()
    rows: list[list[str]] = []
    # What comes before a faulty row tells enough; the row is looked at when it is read.
    with wide_cells(len(text)), suppress(csv.Error):
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1, _SAMPLE + 2))
    if not whole and len(rows) <= _SAMPLE:
        rows = rows[:-1]
    for row in rows:
        found.add({name: cell for name, cell in zip(names, row, strict=False) if cell})
    return found


def _usual(place: Place) -> tuple[str, ...]:
    return next((wrapper.usual for wrapper in WRAPPERS if place in set(wrapper.places())), ())


def _localised(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The header in the words of the form that it is of, whatever the language; None where it is of none."""
    for form in FORMS.values():
        if form.localised:
            found = translated(names, form)
            if form.recognises(dict.fromkeys(found, "")):
                return found, (form.name,)
    return None


def column_name(name: str) -> str:
    """A CSV header cell as the form names it: without BOM, blanks and the `[UTC]` that Log Analytics appends."""
    return re.sub(r"\s*\[UTC\]$", "", name.replace("\ufeff", "").strip())
