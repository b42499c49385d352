"""Why a record could not be used, in words, from its text."""

from __future__ import annotations

import json

__all__ = ["unpacked", "why"]


def unpacked(text: str) -> object:
    """The decoded record, the one inside it where it is an outer record, or None where it is no JSON."""
    from grantwatch.records.sniff import inner

    try:
        value = json.loads(text)
    except ValueError:
        return None
    return inner(value)[0]


def why(text: str) -> str:
    """One reason, for a person: what is wrong with the record."""
    if not text.strip():
        return "an empty record"
    try:
        value = json.loads(text)
    except ValueError as error:
        return f"not valid JSON: {error}"
    if not isinstance(value, dict):
        return f"not an object but {_kind(value)}"
    if not value:
        return "an object without keys"
    return "no known form has these keys: " + ", ".join(str(key) for key in list(value)[:6])


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
