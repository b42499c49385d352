"""The SQL that delivers the raw columns of a form from a group of files with one layout."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from grantwatch.records import parquet
from grantwatch.records.bundle import MARK
from grantwatch.records.forms import Form
from grantwatch.records.forms.shapes import shape, structure
from grantwatch.records.sniff import Layout
from grantwatch.records.wrappers import Place, before

__all__ = [
    "LINE_LIMIT",
    "Source",
    "columns_of",
    "json_values",
    "kinds_at",
    "lenient",
    "marked",
    "opened",
    "outermost",
    "read_csv",
    "recognised",
    "record_values",
    "relation",
    "relayed",
    "strictly",
    "structure",
]

_RECORD_LIMIT = 1 << 24
_SMALL_RECORD = 1 << 20
_OBJECT_LIMIT = 1 << 26
_GZIP_FACTOR = 30
"""How much larger a file may be than its gzip."""
LINE_LIMIT = 1 << 25
"""Bytes of one CSV row."""


class Source(NamedTuple):
    """Files that lie alike and are read together."""

    files: Sequence[str]
    layout: Layout


def relation(source: Source, form: Form, *, strict: bool = False) -> str:
    """A SELECT that yields `filename` and every raw column of `form`, one row per record, in file order.

    A record that cannot be read yields a row of NULLs, so that rows count records. With `strict` it raises instead,
    which takes a quarter less time: JSON lines only, as nothing else is read past a fault.
    """
    layout = source.layout
    place = layout.place_of(form.name)
    if layout.container == "csv":
        return _csv(source, form, place)
    if layout.container == "parquet":
        rows = parquet.rows(source.files, layout, form.columns if place is None else _holder(place, "VARCHAR"))
        return rows if place is None else _inner(rows, place, form)
    columns: Mapping[str, str] = form.columns
    if place is not None:
        columns = _holder(place, form.struct() if place in layout.objects else "VARCHAR")
    if layout.page:
        # Parsed as text first: read_json with a list of objects keeps a buffer for every file until the end.
        keys = layout.page.split(".")
        listed = _nested(keys, f"[{shape(columns)}]")
        read = _read_json(source, None, strict=strict)
        pages = f"SELECT filename, json_transform(json, {_literal(listed)}) AS page FROM {read}"
        # A broken line has no list at all: it stays one row. An empty page has an empty list: no row.
        records = ".".join(("page", *map(_name, keys)))
        unnested = f"SELECT filename, unnest(coalesce({records}, [NULL])) AS record FROM ({pages}) AS pages"
        names = ", ".join(f"record.{_name(name)} AS {_name(name)}" for name in columns)
        rows = f"SELECT filename, {names} FROM ({unnested}) AS unnested"
    else:
        names = ", ".join(_name(name) for name in columns)
        rows = f"SELECT filename, {names} FROM {_read_json(source, columns, strict=strict)}"
    if place is None:
        return rows
    if place in layout.objects:
        record = ".".join(("outer_rows", *map(_name, place)))
        names = ", ".join(f"{record}.{_name(name)} AS {_name(name)}" for name in form.columns)
        return f"SELECT filename, {names} FROM ({rows}) AS outer_rows"
    return _inner(rows, place, form)


def marked(source: Source, form: Form) -> str:
    """As `relation` for one file that `bundle` wrote: `filename` is the number of the file. Raises for every fault."""
    names = ", ".join(_name(name) for name in form.columns)
    read = _read_json(source, {MARK: "INTEGER", **form.columns}, strict=True)
    return f"SELECT {_name(MARK)} AS filename, {names} FROM {read}"


def relayed(name: str, form: Form, mark: str) -> str:
    """As `relation` for lines in a file of ours. Raises for every fault.

    No `filename`, but a column named `mark`: the number under that key, NULL where there is none.
    """
    columns = {mark: "INTEGER", **form.columns}
    names = ", ".join(map(_name, columns))
    options = (
        f"format = 'newline_delimited', compression = 'none', maximum_object_size = {_SMALL_RECORD}, records = true"
    )
    return f"SELECT {names} FROM read_json({_literal(name)}, columns = {{{_typed(columns)}}}, {options})"


def strictly(source: Source) -> bool:
    """Whether a strict reading of `source` is sure to raise for every fault.

    DuckDB 2.0 now and then drops a faulty last line without a line break, and says nothing, where it reads several
    files at once; never where it reads one, nor where the line is ended (seen in repeated reads under load).
    """
    layout = source.layout
    if layout.container != "lines":
        return False
    return len(source.files) == 1 or (not layout.gzip and all(map(_line_ended, source.files)))


def _line_ended(file: str) -> bool:
    with Path(file).open("rb") as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return True
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def lenient(source: Source, form: Form, places: Sequence[Place] = (), values: str | None = None) -> str:
    """As `relation` for one file, but value by value: slower, and only an odd value of a record is lost.

    Rows are the same, so a record has one place under both. An object that stands as JSON text is opened, a single
    value is taken for a list of one, and records that lie in other ways than the rest are found all the same: as they
    are, and at any of `places` in outer records. `values` is a SELECT of some of what `record_values` gives for the
    source, since every function holds what is looked at together in memory, taken apart: see `slices`.
    """
    columns = _literal(shape(form.columns))
    nested = {name: number for number, name in enumerate((n for n, k in form.columns.items() if k != "VARCHAR"), 1)}
    names = ", ".join(
        f"{_opened(name, kind, nested.get(name))} AS {_name(name)}" for name, kind in form.columns.items()
    )
    paths = f"[{', '.join(map(_path, nested))}]"
    looked = f", json_type(json, {paths}) AS kinds, json_extract_string(json, {paths}) AS strings" if nested else ""
    return (
        f"SELECT {_literal(source.files[0])} AS filename, {names} FROM ("
        f"SELECT json, CAST(json_transform(json, {columns}) AS {form.struct()}) AS record{looked} "
        f"FROM ({_chosen(values or record_values(source), form, places)}) AS texts) AS records"
    )


def _chosen(values: str, form: Form, places: Sequence[Place]) -> str:
    """A SELECT of `json`: of each outer record what it holds at the most preferred place that may be of the form."""
    if not places:
        return values
    keys = outermost([form])
    texts, rows = opened(values, places, keys)
    cases = " ".join(f"WHEN {recognised(form, f'{text}_kinds', keys)} THEN {text}" for text, _ in texts)
    return f"SELECT CASE {cases} ELSE json END AS json FROM ({rows}) AS held"


def opened(values: str, places: Sequence[Place], keys: Sequence[str]) -> tuple[list[tuple[str, Place | None]], str]:
    """What records may lie in, preferred first: columns and the place that each stands for; and a SELECT of them.

    Beside each column `…_kinds` lists the JSON types of what stands at `keys` in it, for `recognised`: one function for
    all keys, since each parses the record anew.
    """
    texts: list[tuple[str, Place | None]] = [("json", None)]
    texts += [(f"held{number}", place) for number, place in enumerate(places)]
    held = ", ".join(["json", *(f"{_held(number)} AS held{number - 1}" for number in range(1, len(places) + 1))])
    kinds = ", ".join(f"{text}, {kinds_at(keys, text)} AS {text}_kinds" for text, _ in texts)
    paths = f"[{', '.join(_path(*place) for place in places)}]"
    # All places at once: each call of a JSON function holds every record of a batch in memory, taken apart.
    looked = (
        f"SELECT json, json_type(json, {paths}) AS kinds, json_extract(json, {paths}) AS objects, "
        f"json_extract_string(json, {paths}) AS strings FROM ({values}) AS outer_values"
        if places
        else f"SELECT json FROM ({values}) AS outer_values"
    )
    rows = f"SELECT {kinds} FROM (SELECT {held} FROM ({looked}) AS looked_at) AS held_values"
    return sorted(texts, key=lambda pair: before(pair[1])), rows


def outermost(forms: Iterable[Form]) -> list[str]:
    """The outermost keys by which forms are recognised."""
    return list(dict.fromkeys(form.outermost(key) for form in forms for keys in form.keys for key in keys))


def recognised(form: Form, kinds: str, keys: Sequence[str]) -> str:
    """SQL that is true where a record may be of the form, by the JSON types of what stands at its outermost `keys`."""
    number = {key: place for place, key in enumerate(keys, 1)}

    def there(key: str) -> str:
        return f"coalesce({kinds}[{number[form.outermost(key)]}], 'NULL') <> 'NULL'"

    return "(" + " OR ".join("(" + " AND ".join(map(there, alternative)) + ")" for alternative in form.keys) + ")"


def kinds_at(places: Iterable[Place | str], text: str = "json") -> str:
    """SQL for a list of JSON types: what stands at each of the places, or keys, of a JSON column."""
    paths = (_path(*((place,) if isinstance(place, str) else place)) for place in places)
    return f"json_type({text}, [{', '.join(paths)}])"


def _held(number: int) -> str:
    """SQL for the record at the place of that number, as an object or as JSON text; NULL where there is none."""
    return (
        f"CASE kinds[{number}] WHEN 'OBJECT' THEN objects[{number}] "
        f"WHEN 'VARCHAR' THEN try_cast(strings[{number}] AS JSON) END"
    )


def _path(*keys: str) -> str:
    return _literal("$" + "".join(f'."{key}"' for key in keys))


def _opened(name: str, kind: str, number: int | None) -> str:
    """A column of a record; where it should be nested but is text, what the text holds.

    `number` is its place among the nested columns, which are looked at all at once: see `opened`.
    """
    value = f"record.{_name(name)}"
    if number is None:
        return value
    held = f"strings[{number}]"
    if kind == "VARCHAR[]":
        held = f"to_json([{held}])"
    inner = f"CAST(json_transform(try_cast({held} AS JSON), {_literal(structure(kind))}) AS {kind})"
    return f"CASE WHEN kinds[{number}] = 'VARCHAR' THEN {inner} ELSE {value} END"


def record_values(source: Source) -> str:
    """A SELECT of `json` and `value_number`: every record of one file as JSON, and which top-level value holds it.

    NULL for a broken line. A value that is no page is a record itself, and so is a row of a CSV.
    """
    if source.layout.container == "parquet":
        return parquet.row_values(source.files, source.layout)
    if source.layout.container == "csv":
        return csv_values(source)
    values = f"SELECT row_number() OVER () AS value_number, json FROM ({json_values(source)}) AS read_values"
    if source.layout.page is None:
        return values
    path = _path(*source.layout.page.split("."))
    listed = (
        f"CASE WHEN json_type(json, {path}) = 'ARRAY' THEN CAST(json_extract(json, {path}) AS JSON[]) ELSE [json] END"
    )
    return f"SELECT value_number, unnest({listed}) AS json FROM ({values}) AS numbered"


def json_values(source: Source) -> str:
    """A SELECT of `json`: every top-level value of one JSON file as text, NULL for a broken line."""
    return f"SELECT json FROM {_read_json(source, None, _OBJECT_LIMIT)}"


def columns_of(form: Form) -> str:
    """The raw columns of a form as a select list."""
    return ", ".join(f"source.{_name(name)} AS {_name(name)}" for name in form.columns)


def _holder(place: Place, kind: str) -> Mapping[str, str]:
    """The column to read of an outer record, with all but what it holds at the place left out."""
    for key in reversed(place[1:]):
        kind = f"STRUCT({_name(key)} {kind})"
    return {place[0]: kind}


def _inner(rows: str, place: Place, form: Form) -> str:
    """The record that an outer record carries as JSON text."""
    text = ".".join(("outer_rows", *map(_name, place)))
    columns = _literal(shape(form.columns))
    inner = f"CASE WHEN json_valid({text}) THEN CAST(json_transform({text}, {columns}) AS {form.struct()}) END"
    names = ", ".join(f"record.{_name(name)} AS {_name(name)}" for name in form.columns)
    return (
        f"SELECT filename, {names} FROM (SELECT filename, {inner} AS record FROM ({rows}) AS outer_rows) AS inner_rows"
    )


def _nested(keys: Sequence[str], within: str) -> str:
    """What is within objects, in the notation of json_transform."""
    for key in reversed(keys):
        within = f'{{"{key}": {within}}}'
    return within


def _read_json(
    source: Source, columns: Mapping[str, str] | None, limit: int = _RECORD_LIMIT, *, strict: bool = False
) -> str:
    layout = source.layout
    shape = {"lines": "newline_delimited", "array": "array", "objects": "unstructured"}[layout.container]
    # Storage accounts lay logs out in folders such as y=2026/m=10, which are no columns.
    options = [f"format = '{shape}'", "hive_partitioning = false", _compression(layout)]
    if layout.container == "lines" and not strict:
        options.append("ignore_errors = true")
    # The engine holds two buffers of this size for every file in flight: no more than the largest file can need.
    largest = max(Path(file).stat().st_size for file in source.files) * (_GZIP_FACTOR if layout.gzip else 1) + 1024
    if columns is not None and layout.container == "lines" and not layout.page:
        # What was parsed is copied while it is still in the processor's cache. A longer line is read by the slow road.
        limit = _SMALL_RECORD
    options.append(f"maximum_object_size = {min(max(largest, 1 << 20), limit)}")
    if columns is not None:
        # Unless told that values are records, the engine samples each file: longer than to read a small one.
        options.append("records = true")
        return f"read_json({_files(source)}, columns = {{{_typed(columns)}}}, filename = true, {', '.join(options)})"
    return f"read_json_objects({_files(source)}, filename = true, {', '.join(options)})"


def _typed(columns: Mapping[str, str]) -> str:
    """Columns and their types, as the engine's readers take them."""
    return ", ".join(f"{_literal(name)}: {_literal(kind)}" for name, kind in columns.items())


def _csv(source: Source, form: Form, place: Place | None) -> str:
    """CSV rows by normalised column name. Of columns with one name the first that says something counts."""
    layout = source.layout
    where: dict[str, list[str]] = {}
    for number, name in enumerate(layout.header):
        where.setdefault(name, []).append(f"c{number}")

    def cell(name: str) -> str:
        columns = where.get(name)
        if columns is None:
            return f"CAST(NULL AS VARCHAR) AS {_name(name)}"
        if len(columns) == 1:
            return f"{columns[0]} AS {_name(name)}"
        return f"coalesce({', '.join(columns)}) AS {_name(name)}"

    wanted = list(form.columns) if place is None else [*place]
    rows = f"SELECT filename, {', '.join(cell(name) for name in wanted)} FROM {read_csv(source)}"
    return rows if place is None else _inner(rows, place, form)


def csv_values(source: Source) -> str:
    """A SELECT of `json` and `value_number`: every row of one CSV as a JSON object of its cells."""
    cells = ", ".join(f"{_literal(name)}, c{number}" for number, name in enumerate(source.layout.header))
    return f"SELECT NULL AS value_number, json_object({cells}) AS json FROM {read_csv(source)}"


def read_csv(source: Source) -> str:
    """The CSV scan itself: every column text, named c0, c1 … as they stand in the header.

    Strict, so that a row which breaks the rules raises instead of taking its neighbours with it: see `rows`.
    """
    layout = source.layout
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(layout.header)))
    return (
        f"read_csv({_files(source)}, columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = {_literal(layout.delimiter)}, quote = '\"', escape = '\"', filename = true, null_padding = true, "
        f"strict_mode = true, max_line_size = {LINE_LIMIT}, buffer_size = {LINE_LIMIT * 2}, parallel = false, "
        f"skip = {layout.skip}, hive_partitioning = false, {_compression(layout)})"
    )


def _compression(layout: Layout) -> str:
    return f"compression = '{'gzip' if layout.gzip else 'none'}'"


def _files(source: Source) -> str:
    return "[" + ", ".join(_literal(file) for file in source.files) + "]"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
