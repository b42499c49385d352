"""Three-valued logic after Kleene, and what is known of the inputs of a sign-in.

A `Tri` is True, False or None; None is "not known", never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import NamedTuple

__all__ = ["UNKNOWN", "Answer", "Because", "Membership", "Tri", "Unknown", "all_of", "any_of", "both", "negated"]

Tri = bool | None


class Unknown(Enum):
    """The type of `UNKNOWN`: an input that nobody knows. Known to be absent is None, and another thing."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown.UNKNOWN


class Because(StrEnum):
    """What an answer rests on."""

    MET = "met"
    EXCLUDED = "excluded"
    NOT_MATCHED = "not_matched"
    INPUT = "input"
    """The sign-in does not tell; `item` names the input of the context."""
    EXPORT = "export"
    """The exported files do not tell: members of a group, a named location, an attribute of an application."""
    DOUBT = "doubt"
    """The policy says something that this model does not know; `item` is the JSON path."""
    UNDOCUMENTED = "undocumented"
    """Microsoft does not say."""


class Answer(NamedTuple):
    """Whether a condition is met, and what that rests on. `item` is an id, a name or a path; words are made later."""

    value: Tri
    because: Because
    item: str = ""

    @property
    def depends(self) -> bool:
        """True where the sign-in decides, and this one does not say how."""
        return self.value is None and self.because is Because.INPUT


def any_of(answers: Iterable[Answer], otherwise: Answer) -> Answer:
    """The first that is met; else the first that is not known; else `otherwise`."""
    unknown = None
    for answer in answers:
        if answer.value:
            return answer
        if answer.value is None and unknown is None:
            unknown = answer
    return unknown or otherwise


def all_of(answers: Iterable[Answer], otherwise: Answer) -> Answer:
    """The first that is not met; else the first that is not known; else `otherwise`."""
    unknown = None
    for answer in answers:
        if answer.value is False:
            return answer
        if answer.value is None and unknown is None:
            unknown = answer
    return unknown or otherwise


def both(one: Tri, other: Tri) -> Tri:
    """Kleene's "and"."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def negated(value: Tri) -> Tri:
    """Kleene's "not"."""
    return None if value is None else not value


@dataclass(frozen=True, slots=True)
class Membership:
    """Which of many something is in: in those of `inside`, not in those of `outside`.

    Where `complete`, it is in none but those of `inside`. Ids in any case.
    """

    inside: frozenset[str] = frozenset()
    complete: bool = False
    outside: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("inside", "outside"):
            ids = getattr(self, name)
            if ids:
                object.__setattr__(self, name, frozenset(id.lower() for id in ids))

    def has(self, id: str) -> Tri:
        """Whether it is in `id` (lower case)."""
        if id in self.inside:
            return True
        return False if self.complete or id in self.outside else None
