"""What a set changes in a tenant: created, changed, taken away, as it is; what belongs to others is only counted.

A plan never takes back that somebody switched a policy on: the state `enabled` of a tenant is kept, and said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from grantwatch.policy.generate.compare import fields, same
from grantwatch.policy.generate.model import Gap, Kind, Level, Loaded, Object
from grantwatch.policy.generate.tenant import Present, Tenant
from grantwatch.policy.model import State

__all__ = ["Action", "Change", "Item", "Plan", "plan"]

Json = dict[str, Any]

_FIXED = ("isAssignableToRole", "groupTypes", "mailEnabled", "securityEnabled", "membershipRule")
"""Of a group: what cannot be changed afterwards, or would make another group of it."""


class Action(StrEnum):
    """What is to be done with an object."""

    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    """Something stands in the way that no plan touches; a person has to look."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field, in the words of Graph. None: it says nothing there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Item:
    """One object and what is to be done with it."""

    action: Action
    kind: Kind
    key: str | None
    """None for an object of the tenant that is in the set no more."""
    name: str
    tenant_id: str | None
    changes: tuple[Change, ...] = ()
    object: Json | None = None
    """What to create, or what it is to be afterwards; references resolved as far as the tenant has them."""
    before: Json | None = None
    """As it was exported."""
    kept: tuple[Change, ...] = ()
    """Fields that differ and stay as the tenant has them."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between a set and a tenant."""

    folder: str
    digest: str
    on: str
    files: tuple[str, ...]
    items: tuple[Item, ...]
    """Steps first, in the order in which they can be done; then what is as it is, and what is in conflict."""
    references: Mapping[str, str]
    """The id in the tenant for each placeholder that has one."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """Placeholders without an id yet, and what they stand for."""
    foreign: Mapping[Kind, int] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What is to be filled in before anything is switched on."""
    not_assessed: tuple[str, ...] = ()

    def of(self, *actions: Action) -> tuple[Item, ...]:
        """The items of some actions."""
        return tuple(each for each in self.items if each.action in actions)

    @property
    def steps(self) -> tuple[Item, ...]:
        """What is to be done, in order."""
        return self.of(Action.CREATE, Action.CHANGE, Action.DELETE)

    @property
    def empty(self) -> bool:
        """True where nothing is to be done and nothing stands in the way."""
        return not self.steps and not self.of(Action.CONFLICT)


def plan(wanted: Loaded, there: Tenant) -> Plan:
    """Hold a set against a tenant. Nothing is written anywhere."""
    made = _Planner(wanted, there)
    items = _held_up(wanted.objects, [made.item(each) for each in wanted.objects])
    gone = [made.gone(each) for each in there.objects if each.owned and each.id not in made.matched]
    if any(each.action is Action.CONFLICT for each in items):
        # What is to go may still be named by an object that stays as it is for now.
        gone = [
            replace(each, action=Action.CONFLICT, why="waits until the other conflicts are settled") for each in gone
        ]
    order = list(Kind)
    steps = [each for each in items if each.action in (Action.CREATE, Action.CHANGE)]
    steps += sorted(gone, key=lambda each: (-order.index(each.kind), each.name, each.tenant_id or ""))
    rest = [each for each in items if each.action in (Action.UNCHANGED, Action.CONFLICT)]
    return Plan(
        folder=wanted.folder,
        digest=wanted.digest,
        on=wanted.on,
        files=there.files,
        items=(*steps, *rest),
        references=dict(sorted(made.ids.items())),
        waiting=made.waiting(),
        foreign={kind: sum(not each.owned and each.id not in made.matched for each in there.of(kind)) for kind in Kind},
        edited=wanted.edited,
        gaps=tuple(each for each in wanted.gaps if each.level is Level.FILL_IN and each.placeholder not in made.ids),
        not_assessed=tuple(made.not_assessed()),
    )


class _Planner:
    """Which object of the tenant is which of the set, and what differs."""

    def __init__(self, wanted: Loaded, there: Tenant) -> None:
        self.wanted = wanted
        self.there = there
        named: dict[tuple[Kind, str], list[Present]] = defaultdict(list)
        for present in there.objects:
            named[present.kind, present.name.casefold()].append(present)
        self.found = {each.key: named.get((each.kind, each.name.casefold()), []) for each in wanted.objects}
        self.matched = {present.id for found in self.found.values() for present in found}
        self.ids = {
            each.id: self.found[each.key][0].id
            for each in wanted.objects
            if len(self.found[each.key]) == 1 and self.found[each.key][0].owned is not False
        }
        self.ids |= {id: there.users[name.lower()] for id, name in wanted.users.items() if name.lower() in there.users}
        self._doubts: list[str] = []

    def item(self, each: Object) -> Item:
        """What is to be done with one object of the set."""
        found = self.found[each.key]
        body = self.resolved(each.body)
        if not found:
            return Item(Action.CREATE, each.kind, each.key, each.name, None, _all(each.kind, body), body)
        if len(found) > 1:
            ids = ", ".join(present.id for present in found)
            return self._conflict(each, None, f"{len(found)} objects of the tenant have this name: {ids}")
        present = found[0]
        if present.owned is False:
            return self._conflict(each, present, "the tenant has a group of this name that carries no marker of a set")
        changes, kept = self._changes(each, body, present)
        fixed = [change.path for change in changes if each.kind is Kind.GROUP and change.path in _FIXED]
        if fixed:
            why = f"{', '.join(fixed)} cannot be changed: rename or delete the group, and it is created anew"
            return self._conflict(each, present, why, changes)
        action = Action.CHANGE if changes else Action.UNCHANGED
        after = _emptied(_kept(body, kept), changes) if changes else None
        return Item(
            action, each.kind, each.key, each.name, present.id, changes, after, present.body if changes else None, kept
        )

    @staticmethod
    def gone(present: Present) -> Item:
        """An owned object that the set has no more."""
        why = "it carries the marker of a set, and this set does not have it"
        said = fields(present.kind, present.body).values()
        changes = tuple(Change(path, _plain(value), None) for path, value in said)
        return Item(Action.DELETE, present.kind, None, present.name, present.id, changes, None, present.body, why=why)

    @staticmethod
    def _conflict(each: Object, present: Present | None, why: str, changes: tuple[Change, ...] = ()) -> Item:
        id = present.id if present else None
        return Item(Action.CONFLICT, each.kind, each.key, each.name, id, changes, why=why)

    def _changes(self, each: Object, body: Json, present: Present) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        before, after = fields(each.kind, present.body), fields(each.kind, body)
        told = {key.lower() for key in present.body}
        changes: list[Change] = []
        kept: list[Change] = []
        # The name is how the two were found; how its letters are written is nothing to change.
        for name in sorted((before.keys() | after.keys()) - {"displayname"}):
            path, new = after.get(name, (before.get(name, (name,))[0], None))
            old = before[name][1] if name in before else None
            if same(old, new):
                continue
            if each.kind is Kind.GROUP and name not in told:
                self._doubts.append(f"{path} of {each.name!r}: the export does not hold it")
                continue
            change = Change(path, _plain(old), _plain(new))
            on = name == "state" and old == State.ENABLED.value and new == State.REPORT_ONLY.value
            (kept if on else changes).append(change)
        if each.kind is Kind.GROUP:
            changes += self._members(each, body, present)
        return tuple(changes), tuple(kept)

    def _members(self, each: Object, body: Json, present: Present) -> list[Change]:
        if present.members is None:
            self._doubts.append(f"the members of {each.name!r}: the export does not hold all of them ($expand=members)")
            return []
        after = {str(member["id"]).lower() for member in body.get("members", ())}
        if after == present.members:
            return []
        return [Change("members", sorted(present.members), sorted(after))]

    def resolved(self, value: Any) -> Any:
        """The same with the ids of the tenant in place of placeholders, but for the object's own."""
        if isinstance(value, dict):
            return {key: self.resolved(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        return self.ids.get(value, value) if isinstance(value, str) else value

    def waiting(self) -> dict[str, str]:
        """What has no id in the tenant yet."""
        named = {each.id: each.name for each in self.wanted.objects} | dict(self.wanted.users)
        return {id: name for id, name in sorted(named.items()) if id not in self.ids}

    def _absent(self) -> Iterable[str]:
        """Groups that are no part of the set, such as the tenant's own for emergencies, and that the export lacks."""
        known = {each.id for each in self.there.of(Kind.GROUP)} | {each.id for each in self.wanted.objects}
        for each in self.wanted.objects:
            users = each.body.get("conditions", {}).get("users", {})
            for id in (*users.get("includeGroups", ()), *users.get("excludeGroups", ())):
                if id.lower() not in known:
                    yield f"whether group {id}, which {each.name!r} names, is there: the export does not hold it"

    def not_assessed(self) -> Iterable[str]:
        """What the export could not tell."""
        yield from dict.fromkeys(self._doubts)
        yield from self.there.notes
        for each in self.there.objects:
            if each.owned is None and each.id not in self.matched:
                yield f"whether group {each.name!r} is of a set: the export does not hold its description"
        yield from self._absent()
        for kind in Kind:
            if not self.there.of(kind) and any(each.kind is kind for each in self.wanted.objects):
                what = kind.value.replace("_", " ")
                yield f"no {what} stands in the export: the plan takes it that the tenant has none"


def _held_up(objects: Iterable[Object], items: list[Item]) -> list[Item]:
    """The same; what names an object in conflict is in conflict too, as it would name nothing."""
    stuck: dict[str, str] = {}
    made = []
    for each, alone in zip(objects, items, strict=True):
        item = alone
        named = next((stuck[id] for id in _texts(each.body) if id in stuck and id != each.id), None)
        if named is not None and item.action in (Action.CREATE, Action.CHANGE):
            item = replace(item, action=Action.CONFLICT, why=f"names {named!r}, which is in conflict")
        if item.action is Action.CONFLICT:
            stuck[each.id] = each.name
        made.append(item)
    return made


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _all(kind: Kind, body: Json) -> tuple[Change, ...]:
    found = [Change(path, None, _plain(value)) for path, value in fields(kind, body).values()]
    members = sorted(str(each["id"]) for each in body.get("members", ()))
    return (*found, *([Change("members", None, members)] if members else []))


def _kept(body: Json, kept: Iterable[Change]) -> Json:
    """The object as it is to be, with what the tenant keeps of its own."""
    return {**body, **{change.path: change.before for change in kept}}


def _emptied(body: Json, changes: Iterable[Change]) -> Json:
    """The same with a null where the tenant says something and the set does not: what is left out stays as it is."""
    made = deepcopy(body)
    for change in changes:
        node, parts = made, change.path.split(".")
        for part in parts if change.after is None else ():
            if node.get(part) is None:
                node[part] = None
                break
            if not isinstance(node[part], dict):
                break
            node = node[part]
    return made
