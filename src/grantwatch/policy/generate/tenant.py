"""A tenant's objects as they were exported, for a plan: told apart, by id, and only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grantwatch.errors import InputError
from grantwatch.policy.export import raw, read
from grantwatch.policy.generate import naming
from grantwatch.policy.generate.model import Kind

__all__ = ["Present", "Tenant", "tenant"]

Json = dict[str, Any]

_KINDS = {"policy": Kind.POLICY, "location": Kind.LOCATION, "group": Kind.GROUP}


@dataclass(frozen=True, slots=True)
class Present:
    """One object of the tenant. `members` are ids in lower case; None where the export does not hold all of them."""

    kind: Kind
    id: str
    name: str
    body: Json
    members: frozenset[str] | None = None

    def get(self, key: str) -> Any:
        """A value by a key in any case."""
        return next((value for name, value in self.body.items() if name.lower() == key.lower()), None)

    @property
    def owned(self) -> bool | None:
        """Whether it is of a set: by its name, and for a group by its description too, where that was exported."""
        if self.kind is not Kind.GROUP or not naming.owned(self.name):
            return naming.owned(self.name)
        told = any(key.lower() == "description" for key in self.body)
        return naming.marked(str(self.get("description") or "")) if told else None


@dataclass(frozen=True, slots=True)
class Tenant:
    """Everything that an export holds of the kinds that a set has, and which principal name belongs to which id."""

    files: tuple[str, ...]
    objects: tuple[Present, ...]
    users: Mapping[str, str] = field(default_factory=dict)
    """Object ids by principal name, in lower case."""
    notes: tuple[str, ...] = ()

    def of(self, kind: Kind) -> tuple[Present, ...]:
        """The objects of a kind."""
        return tuple(each for each in self.objects if each.kind is kind)


def tenant(paths: Sequence[str | Path]) -> Tenant:
    """Read exported files together. Raises InputError, as `policy.read` does, and for an object without an id."""
    export = read(paths)
    found: dict[tuple[Kind, str], Present] = {}
    for each in raw(paths):
        kind = _KINDS.get(each.kind)
        if kind is None:
            continue
        body = dict(each.value)
        id = str(_of(body, "id") or "").lower()
        if not id:
            raise InputError(f"{each.place}: an object without an id; export it with its id")
        present = Present(kind, id, str(_of(body, "displayName") or ""), body)
        before = found.get((kind, id))
        if kind is Kind.GROUP:
            group = export.directory.groups[id]
            members = group.members if group.complete else None
            earlier = before.body if before else {}
            merged = {
                **earlier,
                **{key: value for key, value in body.items() if value is not None or key not in earlier},
            }
            name = present.name or (before.name if before else "")
            present = Present(kind, id, name, merged, members)
        found[kind, id] = present
    users = {person.name.lower(): id for id, person in export.directory.users.items() if "@" in person.name}
    ordered = sorted(found.values(), key=lambda each: (list(Kind).index(each.kind), each.name, each.id))
    return Tenant(tuple(map(str, paths)), tuple(ordered), users, export.notes)


def _of(body: Json, key: str) -> Any:
    return next((value for name, value in body.items() if name.lower() == key.lower()), None)
