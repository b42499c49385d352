"""The SQL that makes rows of a canonical table out of the raw columns of a form."""

from __future__ import annotations

from grantwatch.records.database import sql_text
from grantwatch.records.forms import Form
from grantwatch.records.source import columns_of

__all__ = ["shaped", "stored"]


def shaped(form: Form, pass_id: int, *, whole: bool = False, late: bool = False) -> str:
    """A SELECT over `mapped`, what the form's mapping gives, of the rows as they are stored.

    `whole`: every sign-in keeps what only those of grants need otherwise. `late`: none does, and is read for it again.
    """
    text = sql_text(f"{form.table}.sql").replace("$pass_id", str(pass_id)).replace("$family", form.family)
    return text.replace("$whole", str(whole).lower()).replace("$late", str(late).lower())


def stored(form: Form, rows: str, file_id: str, shape: str) -> str:
    """The SELECT of what is to be stored: `rows` gives the raw columns, `file_id` is SQL for the number of the file."""
    # No join, here or in a mapping: the plan must keep the order of the rows (see Records).
    return (
        f"WITH raw AS (SELECT {file_id} AS file_id, {form.claims()} AS claimed, {columns_of(form)} "
        f"FROM ({rows}) AS source), mapped AS ({form.mapping}) {shape}"
    )
