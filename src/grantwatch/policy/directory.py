"""What was exported beside the policies: named locations, groups, directory roles and users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grantwatch.policy.context import UserKind
from grantwatch.policy.locations import NamedLocation
from grantwatch.policy.values import Tri

__all__ = ["Directory", "Group", "Person", "Role"]


@dataclass(frozen=True, slots=True)
class Group:
    """A group and its direct members by object id (lower case): users, and groups within it.

    `complete` is False where the file holds no members, or not all of them.
    """

    id: str
    name: str
    members: frozenset[str] = frozenset()
    complete: bool = False
    nested: frozenset[str] = frozenset()
    """Those of the members that are groups, as far as the file says so."""


@dataclass(frozen=True, slots=True)
class Role:
    """A directory role by its template id, and who holds it: users and groups."""

    id: str
    name: str
    members: frozenset[str] = frozenset()
    complete: bool = False
    nested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tenant."""

    id: str
    name: str
    kinds: frozenset[UserKind]
    enabled: bool | None = None


@dataclass(frozen=True)
class Directory:
    """Companions of the policies, by id in lower case. What is not in them is not known, never "no"."""

    locations: Mapping[str, NamedLocation] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    users: Mapping[str, Person] = field(default_factory=dict)

    @cached_property
    def group_users(self) -> dict[str, tuple[frozenset[str], bool]]:
        """For each group everybody in it, through groups within it too, and whether that is all."""
        return {id: self._spread(group, {id}) for id, group in self.groups.items()}

    @cached_property
    def role_users(self) -> dict[str, tuple[frozenset[str], bool]]:
        """The same for each role."""
        return {id: self._spread(role, set()) for id, role in self.roles.items()}

    def _spread(self, whole: Group | Role, seen: set[str]) -> tuple[frozenset[str], bool]:
        """Everybody in it, through groups within groups too, and whether that is all."""
        found: set[str] = set()
        complete = whole.complete
        waiting = [whole]
        while waiting:
            each = waiting.pop()
            complete = complete and each.complete
            for member in each.members:
                inner = self.groups.get(member)
                if inner is None:
                    found.add(member)
                    complete = complete and member not in each.nested
                elif member not in seen:
                    seen.add(member)
                    found.add(member)
                    waiting.append(inner)
        return frozenset(found), complete

    def in_group(self, user: str, group: str) -> Tri:
        """Whether a user (lower case) is in a group, through groups within it too."""
        members, complete = self.group_users.get(group, (frozenset[str](), False))
        return True if user in members else False if complete else None

    def in_role(self, user: str, role: str) -> Tri:
        """Whether a user holds a role, itself or through a group."""
        members, complete = self.role_users.get(role, (frozenset[str](), False))
        return True if user in members else False if complete else None

    def members(self, group: str) -> frozenset[str] | None:
        """All users of a group, through groups within it too; None where they are not all known."""
        found, complete = self.group_users.get(group, (frozenset[str](), False))
        return frozenset(each for each in found if each not in self.groups) if complete else None

    def holders(self, role: str) -> frozenset[str] | None:
        """All users of a role; None where they are not all known."""
        found, complete = self.role_users.get(role, (frozenset[str](), False))
        return frozenset(each for each in found if each not in self.groups) if complete else None

    def group_name(self, id: str) -> str:
        """The name of a group as exported, else its id. Escape where it is shown."""
        group = self.groups.get(id)
        return group.name or id if group else id

    def location_name(self, id: str) -> str:
        """The name of a named location, else its id."""
        location = self.locations.get(id)
        return location.name or id if location else id

    def user_name(self, id: str) -> str:
        """The principal or display name of a user, else the id."""
        person = self.users.get(id)
        return person.name or id if person else id
