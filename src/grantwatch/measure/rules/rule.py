"""A public rule as it declares itself: one TOML file each, with its query over the table `rule_row`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from grantwatch.errors import DeclarationError

__all__ = ["Rule", "declared", "rules"]

_KEYS = {"title", "logic", "sources", "simplified", "sql"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `logic` is what it looks for, in our own words; `simplified` where we had to leave or choose something.

    `sql` gives one row per record that fires it: user_key, time (UTC), request_id.
    """

    id: str
    title: str
    logic: str
    sources: tuple[str, ...]
    simplified: str
    sql: str


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule in this folder, by id. Raises DeclarationError for one that declares itself wrongly."""
    files = resources.files("grantwatch.measure.rules").iterdir()
    texts = {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in files if file.name.endswith(".toml")}
    return tuple(declared(name, texts[name]) for name in sorted(texts))


def declared(name: str, text: str) -> Rule:
    """One rule from the text of its file. Raises DeclarationError that names the key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"rule {name!r}: {error}") from None
    if raw.keys() != _KEYS:
        odd = ", ".join(sorted(raw.keys() ^ _KEYS))
        raise DeclarationError(f"rule {name!r}: its keys are {', '.join(sorted(_KEYS))}; missing or unknown: {odd}")
    if not raw["sources"]:
        raise DeclarationError(f"rule {name!r}: sources: it must say where it is known from")
    return Rule(
        name,
        raw["title"],
        " ".join(raw["logic"].split()),
        tuple(raw["sources"]),
        " ".join(raw["simplified"].split()),
        raw["sql"],
    )
