"""The detection catalogue in catalogue.toml: what there is to tell, and which signals tell it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from grantwatch.errors import KnowledgeError
from grantwatch.signals.signal import CATALOGUE, Signal, registered

__all__ = ["Entry", "catalogue", "covering"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `elsewhere` says what covers it that is no signal, in a sentence; empty where nothing does."""

    number: int
    title: str
    elsewhere: str = ""


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every entry, in order of number. Raises KnowledgeError where the file does not list each number once."""
    import tomllib
    from importlib.resources import files

    raw = tomllib.loads(files("grantwatch.signals").joinpath("catalogue.toml").read_text("utf-8"))
    try:
        entries = tuple(Entry(**entry) for entry in raw["entry"])
    except (KeyError, TypeError) as error:
        raise KnowledgeError(f"catalogue.toml: {error}") from None
    if [entry.number for entry in entries] != list(CATALOGUE):
        raise KnowledgeError(f"catalogue.toml: must list the entries {CATALOGUE[0]} to {CATALOGUE[-1]} once, in order")
    return entries


def covering(number: int) -> tuple[Signal, ...]:
    """The signals that say they cover an entry, in order of declaration."""
    return tuple(signal for signal in registered() if number in signal.entries)
