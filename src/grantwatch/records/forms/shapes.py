"""The raw columns of a form: DuckDB types as text, taken apart and put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["flat_columns", "members", "parts", "rebuilt", "shape", "structure"]


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
    for field in parts(kind[len("STRUCT(") : -1]):
        name, of = field.split(" ", 1)
        yield name.strip('"'), of.strip()


def parts(text: str) -> Iterator[str]:
    """What is between commas that stand in no brackets or quotes: the fields of a STRUCT, the columns of a SELECT."""
    depth = start = 0
    quoted = ""
    for at, mark in enumerate(text):
        if quoted:
            quoted = "" if mark == quoted else quoted
        elif mark in "'\"":
            quoted = mark
        elif mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif mark == "," and not depth:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def flat_columns(path: str, kind: str) -> Iterator[str]:
    """The paths of the values of a column: those of the fields of a STRUCT, anything else is one value.

    A list of STRUCTs is one value, or for every field a list of its own at `path{}.field`, as Splunk takes it apart.
    """
    if kind.startswith("STRUCT("):
        if kind.endswith("[]"):
            yield path
            yield from (f"{path}{{}}.{name}" for name, _ in members(kind[:-2]))
        else:
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
        read = f"WHEN json_valid({text}) THEN CAST(json_transform({text}, '{structure(kind)}') AS {kind})"
        apart = f"WHEN {_zipped(path, kind[:-2])}" if kind.startswith("STRUCT(") else ""
        return f"CASE {read} {apart} END"
    if kind.startswith("STRUCT("):
        fields = ", ".join(f'"{name}" := {rebuilt(f"{path}.{name}", of)}' for name, of in members(kind))
        return f"struct_pack({fields})"
    return f"nullif(\"{path}\", '-')"


def _zipped(path: str, kind: str) -> str:
    """SQL for a list of STRUCTs whose fields stand in lists of their own, and when there are any."""
    lists = {name: f'several("{path}{{}}.{name}")' for name, _ in members(kind)}
    first = next(iter(lists.values()))
    fields = ", ".join(f'"{name}" := list_extract({values}, n)' for name, values in lists.items())
    return f"{first} IS NOT NULL THEN list_transform(range(1, len({first}) + 1), lambda n: struct_pack({fields}))"
