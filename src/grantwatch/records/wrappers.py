"""The registry of wrappers: where an outer record may hold a record of any known form (see wrappers.toml)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any, NamedTuple

from grantwatch.errors import DeclarationError

__all__ = ["LOOSE", "PLACES", "WRAPPERS", "Place", "Wrapper", "before", "decoded", "dotted", "parse", "reach"]

Place = tuple[str, ...]
"""Keys one inside the other, from the outer record to what holds the record."""


class Wrapper(NamedTuple):
    """One kind of outer record; `wrappers.toml` says what each key means."""

    title: str
    paths: tuple[str, ...]
    loose: bool = False
    usual: tuple[str, ...] = ()

    def places(self) -> Iterator[Place]:
        """Every spelling of every path: nested, and with the last keys joined by dots."""
        for path in self.paths:
            keys = tuple(path.split("."))
            for joined in range(len(keys), 0, -1):
                yield (*keys[: joined - 1], ".".join(keys[joined - 1 :]))


def parse(text: str) -> tuple[Wrapper, ...]:
    """The wrappers that a registry declares. Raises DeclarationError naming the entry and the key."""
    try:
        entries = tomllib.loads(text).get("wrapper", [])
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"wrappers.toml: is not TOML: {error}") from error
    kinds: Mapping[str, type] = {"title": str, "paths": list, "loose": bool, "usual": list}
    for number, entry in enumerate(entries, 1):
        for key, value in entry.items():
            if key not in kinds or not isinstance(value, kinds[key]):
                raise DeclarationError(f"wrappers.toml: entry {number}: {key!r} is not one of {_told(kinds)}")
        if not entry.get("title") or not entry.get("paths"):
            raise DeclarationError(f"wrappers.toml: entry {number}: needs 'title' and 'paths'")
    return tuple(
        Wrapper(entry["title"], tuple(entry["paths"]), entry.get("loose", False), tuple(entry.get("usual", ())))
        for entry in entries
    )


def _told(kinds: Mapping[str, type]) -> str:
    return ", ".join(f"{key} ({kind.__name__})" for key, kind in kinds.items())


WRAPPERS = parse((resources.files("grantwatch.records") / "wrappers.toml").read_text(encoding="utf-8"))
PLACES: tuple[Place, ...] = tuple(place for wrapper in WRAPPERS for place in wrapper.places())
"""Every place where a record may be held, preferred ones first."""
LOOSE = frozenset(place for wrapper in WRAPPERS if wrapper.loose for place in wrapper.places())
"""Places that count only in an outer record that is of no known form itself."""
_ORDER = {place: number for number, place in enumerate(PLACES)}


def before(place: Place | None) -> int:
    """A number to order places by: preferred ones first, then records that are not wrapped (None), then loose ones."""
    if place is None:
        return len(PLACES)
    return _ORDER[place] + (len(PLACES) + 1 if place in LOOSE else 0)


def dotted(place: Iterable[str]) -> str:
    """A place as it is written for a person."""
    return ".".join(place)


def decoded(text: str) -> Any:
    """The JSON value, None where it is none. Nesting that Python cannot follow is none either."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def reach(outer: Mapping[Any, Any], place: Place) -> Any:
    """What stands at a place of an outer record, None where there is nothing; JSON text is left as it is."""
    value: Any = outer
    for key in place:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
