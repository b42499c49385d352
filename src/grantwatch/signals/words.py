"""The words of knowledge/words.toml, as questions: is this scope risky, does this rule hide or forward."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from grantwatch import knowledge

__all__ = [
    "RuleMarks",
    "carried_over",
    "first_factor",
    "forwards_outside",
    "risky_scopes",
    "rule_marks",
    "strong_scopes",
]


def risky_scopes(scopes: str | None) -> tuple[str, ...]:
    """Those of the scopes (separated by blanks or commas) that let an application read, send or change much."""
    return _matching("risky_scopes", scopes)


def strong_scopes(scopes: str | None) -> tuple[str, ...]:
    """Those of the scopes that let their holder change who may do what."""
    return _matching("strong_scopes", scopes)


def carried_over(said: str | None) -> bool:
    """True where a step or detail says that a factor was taken over from an earlier sign-in."""
    return any(words in (said or "").lower() for words in knowledge.words("carried_over"))


def first_factor(said: str) -> bool:
    """True where a step, `method (result)`, is a password or what stands for one."""
    return said.partition(" (")[0].strip().lower() in knowledge.words("first_factors")


@lru_cache(maxsize=1024)
def _matching(words: str, scopes: str | None) -> tuple[str, ...]:
    asked = dict.fromkeys((scopes or "").replace(",", " ").split())
    patterns = knowledge.words(words)
    # A scope may be written with its resource in front: https://graph.microsoft.com/Mail.Read
    return tuple(
        scope for scope in asked if any(fnmatchcase(scope.rsplit("/", 1)[-1].lower(), pattern) for pattern in patterns)
    )


class RuleMarks(NamedTuple):
    """What an inbox rule does: `hides` mail from its owner, `forwards` it to somebody, and how it looks."""

    hides: bool
    forwards: bool
    odd_name: bool
    words: tuple[str, ...]


def rule_marks(facts: Mapping[str, str]) -> RuleMarks:
    """Read the facts of an inbox rule: name, move_to_folder, delete, forward_to, redirect_to, words, from."""
    folder = (facts.get("move_to_folder") or "").lower().replace("/", "\\").rsplit("\\", 1)[-1].strip(" :")
    name = (facts.get("name") or "").strip()
    text = " ".join((facts.get("words") or "", facts.get("from") or "", name)).lower()
    return RuleMarks(
        hides=_true(facts.get("delete")) or folder in knowledge.words("hiding_folders"),
        forwards=bool(facts.get("forward_to") or facts.get("redirect_to")),
        odd_name=bool(name) and (len(name) <= 2 or not any(letter.isalnum() for letter in name)),
        words=knowledge.words_in("rule_words", text),
    )


def forwards_outside(address: str | None, upn: str | None) -> bool:
    """True where an address is not in the domain of the user; also where the user's domain is not known."""
    if not address:
        return False
    domain = (upn or "").rpartition("@")[2].lower()
    return not domain or f"@{domain}" not in address.lower()


def _true(text: str | None) -> bool:
    return (text or "").strip().lower() == "true"
