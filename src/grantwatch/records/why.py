"""Why a record or a file could not be used: what is raised then, and what is said."""

from __future__ import annotations

import json

from grantwatch.records.forms import FORMS
from grantwatch.records.limits import is_memory
from grantwatch.records.sniff import forms_of, inner
from grantwatch.records.wrappers import LOOSE, PLACES, decoded, dotted, reach

__all__ = ["faults", "gone", "said_of", "unpacked", "why"]

_CELL_LIMIT = 32767
"""Characters that a spreadsheet keeps of one cell."""


def faults() -> tuple[type[Exception], ...]:
    """What reading raises for what is in a file, or for its size; anything else is a fault of ours.

    DuckDB's message quotes the file, and may cut it within a character: then there is no message, but a decode error.
    """
    from grantwatch.records.engine import duckdb

    return (duckdb.InvalidInputException, duckdb.OperationalError, duckdb.DataError, UnicodeDecodeError, OSError)


def gone() -> tuple[type[Exception], ...]:
    """What is raised where a file that was there is no more."""
    from grantwatch.records.engine import duckdb

    return (duckdb.IOException, OSError)


def said_of(what: str, error: Exception) -> tuple[str, str]:
    """What is said of a file of which `what` holds, and what would help; nothing where other forms would."""
    if is_memory(error):
        return f"{what}: it takes more memory than was given", "give more with --memory"
    return f"{what}: {str(error).partition(chr(10))[0][:300]}", ""


def unpacked(text: str) -> object:
    """The decoded record, the one inside it where it is an outer record, or None where it is no JSON."""
    try:
        return inner(json.loads(text))[0]
    except (ValueError, RecursionError):
        return None


def why(text: str) -> str:
    """One reason, for a person: what is wrong with the record."""
    if not text.strip("\x00 \t\r\n"):
        return "an empty record"
    if "\ufffd" in text:
        return "holds bytes that are not UTF-8"
    try:
        value = json.loads(text)
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:
        return f"not valid JSON: {error}"
    if not isinstance(value, dict):
        return f"not an object but {_kind(value)}"
    if not any(each is not None for each in value.values()):
        return "a record without content"
    return _cut_off(value) or _unlike(value)


def _cut_off(value: dict[str, object]) -> str | None:
    """What is wrong with the text that should hold the record, where there is one."""
    if inner(value)[1] is not None or forms_of(value):
        return None
    for place in PLACES:
        held = reach(value, place)
        if held is None or (place in LOOSE and not (isinstance(held, str) and held.lstrip().startswith("{"))):
            continue
        record = decoded(held) if isinstance(held, str) else held
        if record is None:
            cut = ", cut off at the size of a spreadsheet cell" if len(held) == _CELL_LIMIT else ""
            return f"{dotted(place)} is not valid JSON{cut}"
        if isinstance(record, dict):
            return f"what {dotted(place)} holds is of no known form; its keys are: {_keys(record)}"
        return f"{dotted(place)} does not hold an object but {_kind(record)}"
    return None


def _keys(record: dict[str, object]) -> str:
    return ", ".join(str(key) for key in list(record)[:6])


def _unlike(value: dict[str, object]) -> str:
    record, _ = inner(value)
    like = forms_of(record)
    if like:
        # All keys are there, so it is what they hold: another kind of record, or text that is no Unicode.
        return f"has the keys of {FORMS[like[0]].title} but not its content"
    return f"no known form has these keys: {_keys(value)}"


def _kind(value: object) -> str:
    names = {
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return names.get(type(value), "something else")
