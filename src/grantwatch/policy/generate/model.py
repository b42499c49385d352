"""What is generated: objects in the order of their creation, who is in a group and why, and what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

__all__ = ["Gap", "Kind", "LeftOut", "Level", "Loaded", "Member", "Object", "PolicySet", "Reference"]

Json = dict[str, Any]


class Kind(StrEnum):
    """What an object is; in the order of creation, as each refers to those before it."""

    LOCATION = "named_location"
    GROUP = "group"
    POLICY = "policy"


class Level(StrEnum):
    """What a gap asks for."""

    FILL_IN = "fill_in"
    """Somebody who is allowed would be stopped, or nobody could get in any more: to be settled before switching on."""
    LIMIT = "limit"
    """Conditional Access cannot bound it as the allowance does: known, and meant."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What the set cannot say, as a sentence, and what to do about it. Both may hold text that somebody typed."""

    level: Level
    allowance: str | None
    sentence: str
    fix: str = ""
    placeholder: str | None = None
    """The one that stands in for an account whose id is not known."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An allowance that has no effect, and why."""

    allowance: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Because:
    """One allowance that lets a member in, and the grants that show its use: ids, in time order."""

    allowance: str
    line: int
    expires: date
    grant_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """One account in a group. `id` stands in for the real one where `known` is false."""

    id: str
    known: bool
    upn: str | None
    kind: str | None
    """person, device, service or guest; None where nothing tells."""
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Where an object names another one of the set: a JSON path, and the key of the other."""

    path: str
    key: str


@dataclass(frozen=True, slots=True)
class Object:
    """One object. `body` has the shape in which Graph v1.0 returns it; ids that nobody knows yet are placeholders."""

    key: str
    """The same in every set that is generated: `policy/block`."""
    kind: Kind
    name: str
    body: Json
    description: str
    references: tuple[Reference, ...] = ()
    members: tuple[Member, ...] = ()
    allowances: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The placeholder by which other objects name it."""
        return str(self.body["id"])


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A whole set. `on` (UTC) is the day on which the allowances were looked at."""

    on: date
    objects: tuple[Object, ...]
    used: tuple[str, ...]
    """Ids of the allowances that are in it, in the order of their file."""
    left_out: tuple[LeftOut, ...]
    gaps: tuple[Gap, ...]
    source: str | None = None
    """Name of the file of allowances, without its folder."""
    next_expiry: date | None = None

    def of(self, kind: Kind) -> tuple[Object, ...]:
        """The objects of a kind."""
        return tuple(each for each in self.objects if each.kind is kind)

    @property
    def by_key(self) -> Mapping[str, Object]:
        """Objects by key."""
        return {each.key: each for each in self.objects}

    @property
    def incomplete(self) -> bool:
        """True where something has to be filled in before the policies are switched on."""
        return any(each.level is Level.FILL_IN for each in self.gaps)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A set as it stands in a folder. `edited`: keys of objects that somebody changed since they were generated."""

    folder: str
    on: str
    digest: str
    objects: tuple[Object, ...]
    gaps: tuple[Gap, ...]
    edited: tuple[str, ...]
    users: Mapping[str, str]
    """Principal names (lower case) by placeholder."""
