"""Grants of a replay by user, client and device, with what they are taken for and what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from grantwatch import knowledge
from grantwatch.replay.model import GrantReplay, Replay, Result, Standing

__all__ = ["DIMENSIONS", "Row", "rows"]


@dataclass(slots=True)
class Row:
    """One user, client or device. Counts are of grants, in the candidate where there is one."""

    id: str | None
    name: str
    counts: Counter[tuple[Standing, Result]] = field(default_factory=Counter)
    breaks: int = 0
    """Honest grants with a token that would be refused, at once or later."""
    allowed: int = 0
    """Grants that an allowance covers."""

    @property
    def grants(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def _user(each: GrantReplay) -> tuple[str | None, str]:
    user = each.judged.grant.user
    return user.id, user.label


def _client(each: GrantReplay) -> tuple[str | None, str]:
    client = each.judged.grant.client
    return client.id, knowledge.client_name(client.id, client.name)


DIMENSIONS: Mapping[str, Callable[[GrantReplay], tuple[str | None, str]]] = MappingProxyType(
    {"user": _user, "client": _client, "device": lambda each: (None, each.device)}
)
"""By name: what tells one row from another, and what it is called."""


def rows(made: Replay, dimension: str) -> list[Row]:
    """The rows of one dimension: those that break most first, then those with most grants."""
    found: dict[str, Row] = {}
    names = {id: name for id, name in map(DIMENSIONS[dimension], made.grants) if id and name != id}
    ids = {name.lower(): id for id, name in names.items()} if dimension == "user" else {}
    for each in made.grants:
        id, name = DIMENSIONS[dimension](each)
        id = id or ids.get(name.lower())
        row = found.setdefault((id or name).lower(), Row(id, names.get(id or "", name)))
        row.counts[each.standing, each.last.result] += 1
        row.breaks += each.breaks
        row.allowed += bool(each.allowed)
    return sorted(found.values(), key=lambda row: (-row.breaks, -row.grants, row.name, row.id or ""))
