"""The raw columns of a form: DuckDB types as text, taken apart and put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["flat_columns", "rebuilt", "shape", "structure"]


def shape(columns: Mapping[str, str]) -> str:
    """Columns in the notation of json_transform."""
    return "{" + ", ".join(f'"{name}": {structure(kind)}' for name, kind in columns.items()) + "}"


def structure(kind: str) -> str:
    """A DuckDB type in the notation of json_transform."""
    if kind.endswith("[]"):
        return f"[{structure(kind[:-2])}]"
    if kind.startswith("STRUCT("):
        return "{" + ", ".join(f'"{name}": {structure(of)}' for name, of in members(kind)) + "}"
    return f'"{kind}"'


def members(kind: str) -> Iterator[tuple[str, str]]:
    """Name and type of the fields of a STRUCT."""
    for field in _fields(kind[len("STRUCT(") : -1]):
        name, of = field.strip().split(" ", 1)
        yield name.strip('"'), of.strip()


def _fields(text: str) -> Iterator[str]:
    """The parts between the commas that stand in no parentheses."""
    depth = start = 0
    for at, mark in enumerate(text):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if mark == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def flat_columns(path: str, kind: str) -> Iterator[str]:
    """The paths of the values of a column: of a STRUCT those of its fields, anything else is one value."""
    if kind.startswith("STRUCT(") and not kind.endswith("[]"):
        for name, of in members(kind):
            yield from flat_columns(f"{path}.{name}", of)
    else:
        yield path


def rebuilt(path: str, kind: str) -> str:
    """SQL for a column out of the text columns that `flat_columns` names. Lists stand in those as JSON text.

    A table that is exported as CSV may have a dash where there is nothing.
    """
    if kind.endswith("[]"):
        text = f'"{path}"'
        return f"CASE WHEN json_valid({text}) THEN CAST(json_transform({text}, '{structure(kind)}') AS {kind}) END"
    if kind.startswith("STRUCT("):
        return "struct_pack(" + ", ".join(f'"{name}" := {rebuilt(f"{path}.{name}", of)}' for name, of in members(kind)) + ")"
    return f"nullif(\"{path}\", '-')"
