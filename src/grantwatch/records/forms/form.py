"""A form as it declares itself: the header of its `.sql` file (TOML in a comment) and the mapping below it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from grantwatch.errors import DeclarationError
from grantwatch.records.forms.shapes import flat_columns, rebuilt

__all__ = ["ABSENT", "WAYS", "Form", "flattened", "load", "reached"]

_HEADER = re.compile(r"\A\s*/\*(.*?)\*/(.*)\Z", re.DOTALL)
_NEEDED: Mapping[str, type] = {
    "title": str,
    "table": str,
    "rank": int,
    "family": str,
    "keys": list,
    "columns": dict,
    "accepts": str,
    "shows": str,
    "lacks": str,
    "quirks": list,
    "export": dict,
}
_OPTIONAL: Mapping[str, type] = {
    "where": str,
    "flat": list,
    "columns_of": str,
    "mapping_of": str,
    "one_kind": bool,
    "localised": bool,
    "absent": list,
    "stream": str,
}
ABSENT = ("policies", "scopes")
"""Fields that a form of sign-ins may lack by its nature, beside those of which coverage counts the rows."""
WAYS = ("portal", "powershell", "graph", "api", "query", "storage", "collector")
"""Ways to get an export that a form may describe."""
_FLAT_LACKS = "Lists, as of policies or of steps, only where a column holds them as JSON."
_FLAT_EXPORT = (
    "A table of single fields: Splunk search results without _raw (JSON or CSV), a CSV report of Kibana, or JSON with "
    "a key for every path. Better export the raw text with it (Splunk: keep _raw; Elastic: event.original)."
)
_TABLES = ("sign_in", "activity")
_UNIFIED_AUDIT = ("ual", "m365")
"""Families of logs that come from the Unified Audit Log."""


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of log record.

    `keys`: alternatives; a record is of this form when all keys of one alternative are there (dots reach into
    objects). `where`: SQL over the raw columns that narrows the keys. `rank`: of two copies of a record in the
    same `family` of logs the one with the lower rank is kept.
    `flat`: alternatives of keys as well, for records whose keys are the paths of fields (`"status.errorCode": 0`), as
    in a CSV or a table of search results. `flattened` makes a form of its own for them.
    `stream`: the stream of telemetry that all its records belong to; by default it follows from the family.
    `shows`, `lacks`, `quirks`, `export`: for the form's page in the docs: what can be seen in it and what cannot, what
    to know about it, and by which ways (see `WAYS`) it is exported.
    `columns`: the raw columns that are read, with their DuckDB types; `columns_of` in the header adds those of
    another form. `mapping`: SELECT from `raw` to the canonical
    columns, all of them text; with `mapping_of` in the header it is that of another form, and what stands below the
    header is the SELECT that brings the raw columns into the shape of the other (`@form` are the columns of a form).
    `one_kind`: a file holds interactive sign-ins or others, never both, so that one row that says which it is speaks
    for all rows of its file. `localised`: the exporter translates the names of its CSV columns.
    `absent`: what no record of it can say (see `ABSENT`).
    """

    name: str
    title: str
    table: str
    rank: int
    family: str
    keys: tuple[tuple[str, ...], ...]
    where: str | None
    accepts: str
    columns: Mapping[str, str]
    mapping: str
    told_stream: str | None
    shows: str
    lacks: str
    quirks: tuple[str, ...]
    export: Mapping[str, str]
    one_kind: bool = False
    localised: bool = False
    absent: tuple[str, ...] = ()
    flat: tuple[tuple[str, ...], ...] = ()
    is_flat: bool = False

    def claims(self) -> str:
        """SQL that is true for a raw row of this form."""
        alternatives = " OR ".join(
            "(" + " AND ".join(f"{self._column(key)} IS NOT NULL" for key in alternative) + ")"
            for alternative in self.keys
        )
        return f"coalesce(({alternatives}) AND ({self.where or 'true'}), false)"

    def recognises(self, record: Mapping[str, Any]) -> bool:
        """True where the record has all keys of one alternative. `where` is left to SQL."""
        if self.is_flat:
            return any(all(record.get(key) is not None for key in alternative) for alternative in self.keys)
        return any(all(reached(record, key) is not None for key in alternative) for alternative in self.keys)

    def outermost(self, key: str) -> str:
        """The raw column that one of `keys` reaches into."""
        return key if self.is_flat else key.partition(".")[0]

    def _column(self, key: str) -> str:
        return f'"{key}"' if self.is_flat else ".".join(f'"{part}"' for part in key.split("."))

    @property
    def stream(self) -> str | None:
        """The stream of telemetry that all its records belong to; None where it depends on the record."""
        if self.told_stream is not None:
            return self.told_stream
        if self.family in _UNIFIED_AUDIT:
            return "unified_audit"
        return "audit" if self.table == "activity" else None

    def struct(self) -> str:
        """The raw columns as one DuckDB STRUCT type."""
        return "STRUCT(" + ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items()) + ")"


def reached(record: Mapping[str, Any], key: str) -> Any:
    """What stands at a dotted key of a record; None where there is nothing."""
    value: Any = record
    for part in key.split("."):
        if isinstance(value, str) and value.startswith("{"):
            # Some collectors write an object as its own JSON text.
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return None
        if not isinstance(value, dict) and not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def flattened(form: Form) -> Form:
    """The form of records that spell the fields of this one as paths: each raw column is text, the mapping the same."""
    nested = ", ".join(f'{rebuilt(name, kind)} AS "{name}"' for name, kind in form.columns.items())
    raw = f"FROM (SELECT file_id, claimed, {nested} FROM raw) AS raw"
    head, found, tail = form.mapping.rpartition("FROM raw")
    if not found or tail.strip():
        raise DeclarationError(f"forms/{form.name}.sql: has 'flat', so that its mapping has to end with FROM raw")
    columns = {path: "VARCHAR" for name, kind in form.columns.items() for path in flat_columns(name, kind)}
    for key in (key for alternative in form.flat for key in alternative):
        if key not in columns:
            raise DeclarationError(f"forms/{form.name}.sql: 'flat' names {key!r}, which is none of its fields")
    where = form.where
    for path in columns:
        where = where and re.sub(rf'(?<![."\w]){re.escape(path)}(?![."\w])', f'"{path}"', where)
    return replace(
        form,
        name=f"{form.name}_flat",
        title=f"{form.title}, a column for every field",
        keys=form.flat,
        columns=columns,
        where=where,
        mapping=head + raw,
        lacks=f"{form.lacks} {_FLAT_LACKS}".strip(),
        export={"query": _FLAT_EXPORT},
        flat=(),
        is_flat=True,
    )


def load(names: Sequence[str]) -> dict[str, Form]:
    """Read the declarations of the named forms, in that order. Raises DeclarationError naming the file and the key."""
    folder = resources.files("grantwatch.records.forms")
    read: dict[str, Form] = {}
    for name in names:
        try:
            text = (folder / f"{name}.sql").read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise DeclarationError(f"forms/{name}.sql: is registered but is not there") from error
        form = parse(name, text, read)
        if form.flat:
            # In front of the other, whose keys may be there too.
            read[f"{name}_flat"] = flattened(form)
        read[name] = form
    return read


def parse(name: str, text: str, others: Mapping[str, Form]) -> Form:
    """One declaration from its text. `others` are the forms that its columns may refer to as `@form`."""
    place = f"forms/{name}.sql"
    match = _HEADER.match(text)
    if match is None:
        raise DeclarationError(f"{place}: must begin with a TOML header in /* … */")
    try:
        header = tomllib.loads(match[1])
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{place}: header is not TOML: {error}") from error
    _check(place, header, others)
    return Form(
        name=name,
        title=header["title"],
        table=header["table"],
        rank=header["rank"],
        family=header["family"],
        keys=tuple(tuple(alternative) for alternative in header["keys"]),
        where=header.get("where"),
        accepts=header["accepts"],
        columns={
            **_columns_of(place, header.get("columns_of"), others),
            **{column: _type(place, kind, others) for column, kind in header["columns"].items()},
        },
        mapping=_mapping(place, header.get("mapping_of"), match[2].strip(), others),
        told_stream=header.get("stream"),
        shows=header["shows"],
        lacks=header["lacks"],
        quirks=tuple(header["quirks"]),
        export=header["export"],
        one_kind=header.get("one_kind", False),
        localised=header.get("localised", False),
        absent=tuple(header.get("absent", ())),
        flat=tuple(tuple(alternative) for alternative in header.get("flat", ())),
    )


def _mapping(place: str, name: str | None, body: str, others: Mapping[str, Form]) -> str:
    """The mapping below the header; that of another form over what stands there where the header names one."""
    if name is None:
        return body
    if name not in others:
        raise DeclarationError(f"{place}: mapping_of = {name!r} names a form that is not declared before this one")
    shaped = _type(place, body, others)
    return re.sub(r"\bFROM raw\b", lambda _: f"FROM ({shaped}) AS raw", others[name].mapping)


def _columns_of(place: str, name: str | None, others: Mapping[str, Form]) -> Mapping[str, str]:
    """The raw columns of another form whose records have the same shape."""
    if name is None:
        return {}
    if name not in others:
        raise DeclarationError(f"{place}: columns_of = {name!r} names a form that is not declared before this one")
    return others[name].columns


def _check(place: str, header: Mapping[str, Any], others: Mapping[str, Form]) -> None:
    known = {**_NEEDED, **_OPTIONAL}
    unknown = sorted(set(header) - set(known))
    if unknown:
        raise DeclarationError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    for key, kind in known.items():
        if key in _NEEDED and key not in header:
            raise DeclarationError(f"{place}: {key!r} is missing")
        if key in header and not isinstance(header[key], kind):
            raise DeclarationError(f"{place}: {key!r} is not of type {kind.__name__}")
    if header["table"] not in _TABLES:
        raise DeclarationError(f"{place}: table {header['table']!r} is not one of {', '.join(_TABLES)}")
    _check_texts(place, header)
    if not all(isinstance(alternative, list) and alternative for alternative in header.get("flat", ())):
        raise DeclarationError(f"{place}: 'flat' is not a list of lists of keys")
    columns = {**_columns_of(place, header.get("columns_of"), others), **header["columns"]}
    if not header["keys"]:
        raise DeclarationError(f"{place}: 'keys' is empty, so that no record is of this form")
    for alternative in header["keys"]:
        if not isinstance(alternative, list) or not alternative:
            raise DeclarationError(f"{place}: 'keys' is not a list of lists of keys")
        for key in alternative:
            if str(key).partition(".")[0] not in columns:
                raise DeclarationError(f"{place}: 'keys' names {key!r}, which is not among the columns")


def _check_texts(place: str, header: Mapping[str, Any]) -> None:
    for way, how in header["export"].items():
        if way not in WAYS or not isinstance(how, str):
            raise DeclarationError(f"{place}: 'export': {way!r} is not one of {', '.join(WAYS)} with a text")
    for field_name in header.get("absent", ()):
        if field_name not in ABSENT:
            raise DeclarationError(f"{place}: 'absent': {field_name!r} is not one of {', '.join(ABSENT)}")
    for name, kind in header["columns"].items():
        if not isinstance(kind, str):
            raise DeclarationError(f"{place}: 'columns': {name} is not a DuckDB type as text")


def _type(place: str, kind: str, others: Mapping[str, Form]) -> str:
    def columns_of(match: re.Match[str]) -> str:
        other = others.get(match[1])
        if other is None:
            raise DeclarationError(f"{place}: @{match[1]} names a form that is not declared before this one")
        return ", ".join(f'"{column}" {of}' for column, of in other.columns.items())

    return re.sub(r"@(\w+)", columns_of, kind)
