"""YAML as nodes that know where they stand, and what is wrong with them, all of it.

Values are taken as they are written: `NO` is a country and not false, `2027-03-31` a date only where one is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml import MappingNode, Node

__all__ = ["ERROR", "OPEN", "WARNING", "Faults", "Finding", "Place", "composed", "fields", "items", "near", "text"]

ERROR = "error"
WARNING = "warning"
OPEN = "open"
"""Nothing is wrong, but something has to be filled in before it has any effect."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something to say about a place of a file: `line` and `column` from 1, 0 where it is about no one place."""

    line: int
    column: int
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node begins, from 1."""

    line: int
    column: int


class Faults:
    """Gathers what is found, so that everything can be said at once."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, at: Node | Place, text: str, level: str = ERROR) -> None:
        """Note something about a node."""
        place = at if isinstance(at, Place) else where(at)
        self._found.append(Finding(place.line, place.column, level, text))

    @property
    def all(self) -> tuple[Finding, ...]:
        """Everything, from the top of the file down."""
        return tuple(sorted(set(self._found)))

    @property
    def wrong(self) -> bool:
        """True where there is an error."""
        return any(each.level == ERROR for each in self._found)


def where(node: Node) -> Place:
    """The place of a node."""
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def composed(source: str, faults: Faults) -> Node | None:
    """The one document of a text, or None where it is no YAML, or none is there; nothing in it is run or built."""
    import yaml

    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.problem, error.context and f"({error.context})") if part)
        faults.add(Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1), f"is no YAML: {said}")
        return None
    except yaml.reader.ReaderError as error:
        before = source[: error.position]
        place = Place(before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
        faults.add(place, f"is no YAML: the character U+{ord(source[error.position]):04X} is not allowed")
        return None
    except RecursionError:
        faults.add(Place(1, 1), "is nested deeper than any list of allowances")
        return None
    if root is None:
        faults.add(Place(1, 1), "is empty")
    return root


def fields(node: Node, accepted: Sequence[str], what: str, faults: Faults) -> dict[str, tuple[Node, Node]]:
    """Key and value nodes of a mapping by key. Keys that are unknown or stand twice are faults."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        faults.add(node, f"{what} is no mapping; accepted are the keys {', '.join(accepted)}")
        return {}
    found: dict[str, tuple[Node, Node]] = {}
    for key, value in pairs(node):
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name is None or name not in accepted:
            shown = repr(name) if name is not None else "this"
            faults.add(key, f"{shown} is no key of {what}{near(name, accepted)}; accepted are {', '.join(accepted)}")
        elif name in found:
            faults.add(key, f"{name!r} stands twice in {what}, first in line {where(found[name][0]).line}")
        else:
            found[name] = (key, value)
    return found


def pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Keys and values as they stand."""
    yield from node.value


def items(node: Node, what: str, faults: Faults) -> list[tuple[Node, str]]:
    """One text, or a list of them, each with its node; a mapping in its place is a fault, and so is an empty list."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        found = [(each, said) for each in node.value if (said := text(each, what, faults)) is not None]
        if not node.value:
            faults.add(node, f"{what} is an empty list")
        return found
    said = text(node, what, faults)
    return [] if said is None else [(node, said)]


def text(node: Node, what: str, faults: Faults, *, empty: bool = False) -> str | None:
    """The text of a scalar without blanks around it; None, and a fault, where it is none or nothing."""
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        faults.add(node, f"{what} is to be a text, and not a {'list' if _is_list(node) else 'mapping'}")
        return None
    said = node.value.strip()
    if said in ("~", "null") and node.style is None:
        said = ""
    if not said and not empty:
        faults.add(node, f"{what} is empty")
        return None
    return str(said)


def near(name: str | None, accepted: Sequence[str]) -> str:
    """`: did you mean …?`, or nothing where nothing comes near."""
    asked = (name or "").lower()
    within = [each for each in accepted if len(asked) > 3 and asked in each.lower()]
    by_folded = {each.lower(): each for each in accepted}
    found = sorted(within, key=len)[:1] or [by_folded[each] for each in get_close_matches(asked, by_folded, n=1)]
    return f": did you mean {found[0]}?" if found else ""


def _is_list(node: Any) -> bool:
    import yaml

    return isinstance(node, yaml.SequenceNode)
