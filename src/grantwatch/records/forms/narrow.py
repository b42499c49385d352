"""A form of which less is read: without what only some canonical columns need."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace

from grantwatch.records.forms.form import Form
from grantwatch.records.forms.shapes import members, parts

__all__ = ["without"]

_MAPPING = re.compile(r"\A\s*SELECT\s(.*\s)FROM raw\s*\Z", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*")
_NAMED = re.compile(r"\bAS\s+(\w+)\s*\Z", re.IGNORECASE)
_CHAIN = re.compile(r'(?:"[^"]*"|\w+)(?:\.(?:"[^"]*"|\w+))*')
_PART = re.compile(r'"[^"]*"|[^.]+')

_Chains = Set[tuple[str, ...]]


def without(form: Form, left: Set[str]) -> Form:
    """The form whose mapping gives NULL for the canonical columns `left`, with those raw values that are still needed.

    A field of an object that nobody asks for is not even taken apart. Where the mapping reads from anything but the raw
    columns themselves, the form stays as it is: all of them may be needed.
    """
    match = _MAPPING.match(form.mapping)
    if match is None:
        return form
    kept: list[str] = []
    asked: list[str] = [form.where or ""]
    for item in parts(_COMMENT.sub("", match[1])):
        named = _NAMED.search(item)
        if named and named[1] in left:
            kept.append(f"CAST(NULL AS VARCHAR) AS {named[1]}")
        else:
            kept.append(item)
            asked.append(item)
    chains = {_path(chain) for text in asked for chain in _CHAIN.findall(text)}
    there = {_path(key) for alternative in form.keys for key in alternative}
    columns = {name: _needed((name.lower(),), kind, chains, there) for name, kind in form.columns.items()}
    return replace(
        form,
        columns={name: kind for name, kind in columns.items() if kind is not None},
        mapping=f"SELECT {', '.join(kept)} FROM raw",
    )


def _path(chain: str) -> tuple[str, ...]:
    return tuple(part.strip('"').lower() for part in _PART.findall(chain))


def _needed(path: tuple[str, ...], kind: str, chains: _Chains, there: _Chains) -> str | None:
    """What is left of a type when only what the chains name is needed of it; None where they name nothing in it.

    Of what must only be `there`, no field is needed.
    """
    if not any(chain[: len(path)] == path for chain in (*chains, *there)):
        return None
    if not kind.startswith("STRUCT(") or kind.endswith("[]") or path in chains:
        return kind
    fields = ((name, _needed((*path, name.lower()), of, chains, there)) for name, of in members(kind))
    left = ", ".join(f'"{name}" {of}' for name, of in fields if of is not None)
    return f"STRUCT({left})" if left else kind
