"""The SQL that makes rows of a canonical table out of the raw columns of a form."""

from __future__ import annotations

from collections.abc import Iterable

from grantwatch.records.database import TOLD, sql_text
from grantwatch.records.forms import Form
from grantwatch.records.source import columns_of

__all__ = ["LEFT", "listed", "shaped", "stored", "unlisted_spot", "unlisted_told"]

_KEPT = ("protocol", "transfer", "incoming", "request_type")
"""What tells which rows may belong to a grant: it is never left in the records."""
_SPOT = ("latitude", "longitude")
LEFT = {*TOLD, *_SPOT} - {*_KEPT, "token_id"}
"""Columns of a mapping that may be left in the records at first: that a row has a token id is told of every one."""


def shaped(form: Form, pass_id: int, *, whole: bool = False, late: bool = False) -> str:
    """A SELECT over `mapped`, what the form's mapping gives, of the rows as they are stored.

    `whole`: every sign-in keeps what only those of grants need otherwise. `late`: none keeps more than tells which rows
    those are, so that the engine never takes the rest out of the records: late.py reads it for the rows that are left.
    """
    return _shaped(form, pass_id, _text(_KEPT if late else TOLD), whole=whole)


def listed(form: Form) -> str:
    """The same of records that are read again: `rest` is a list, cleaned, of all that may have been left in them."""
    # One lambda for all of them: to bind as many macros takes longer than to read the records.
    values = f"list_transform([{', '.join((*TOLD, *_SPOT))}], lambda value: said(value))"
    return _shaped(form, 0, values, whole=True)


def unlisted_told(rest: str) -> str:
    """What `told_of` makes of what is stored, from such a list."""
    return "struct_pack(" + ", ".join(f"{name} := {rest}[{place}]" for place, name in enumerate(TOLD, 1)) + ")"


def unlisted_spot(rest: str) -> str:
    """Latitude and longitude from such a list."""
    return ", ".join(f"{rest}[{place}] AS {name}" for place, name in enumerate(_SPOT, len(TOLD) + 1))


def stored(form: Form, rows: str, file_id: str, shape: str) -> str:
    """The SELECT of what is to be stored: `rows` gives the raw columns, `file_id` is SQL for the number of the file."""
    # No join, here or in a mapping: the plan must keep the order of the rows (see Records).
    return (
        f"WITH raw AS (SELECT {file_id} AS file_id, {form.claims()} AS claimed, {columns_of(form)} "
        f"FROM ({rows}) AS source), mapped AS ({form.mapping}) {shape}"
    )


def _shaped(form: Form, pass_id: int, rest: str, *, whole: bool = False) -> str:
    text = sql_text(f"{form.table}.sql").replace("$pass_id", str(pass_id)).replace("$family", form.family)
    return text.replace("$whole", str(whole).lower()).replace("$rest", rest)


def _text(names: Iterable[str]) -> str:
    return f"CAST(to_json(struct_pack({', '.join(f'{name} := {name}' for name in names)})) AS VARCHAR)"
