"""Inputs that no policy can tell apart: users of the same groups and roles, addresses of the same named locations.

For each, one stands for all. So a hundred thousand addresses are some dozens to look at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from grantwatch.policy.directory import Directory
from grantwatch.policy.locations import NamedLocation, address
from grantwatch.policy.model import Policy

__all__ = ["Addresses", "People"]

_NOBODY = "somebody whom no policy and no file names"


class People:
    """Users, each by one that is in the same groups and roles and whom the same policies name."""

    def __init__(self, policies: Iterable[Policy], directory: Directory) -> None:
        parts = [policy.users for policy in policies]
        named, groups, roles = (
            {id for scope in scopes for id in scope.include.values | scope.exclude.values}
            for scopes in (
                [part.users for part in parts],
                [part.groups for part in parts],
                [part.roles for part in parts],
            )
        )
        of: dict[str, list[str]] = {id: [f"user {id}"] for id in named}
        for kind, ids, spread in (("group", groups, directory.group_users), ("role", roles, directory.role_users)):
            for id in sorted(ids):
                for user in spread.get(id, (frozenset[str](), False))[0]:
                    of.setdefault(user, []).append(f"{kind} {id}")
        first: dict[tuple[str, ...], str] = {}
        self._standing = {user: first.setdefault(tuple(where), user) for user, where in of.items()}

    def __call__(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs with another user who is alike."""
        id = inputs[0]
        if not isinstance(id, str):
            return inputs
        return (self._standing.get(id.lower(), _NOBODY), *inputs[1:])


class Addresses:
    """Addresses, each by one that lies in the same named locations."""

    def __init__(self, locations: Iterable[NamedLocation]) -> None:
        edges: dict[int, dict[int, set[int]]] = {4: {0: set()}, 6: {0: set()}}
        places = [location.ranges for location in locations if location.ranges is not None]
        for place, ranges in enumerate(places):
            for version in (4, 6):
                for start, end in ranges.spans(version):
                    edges[version].setdefault(start, set()).add(place)
                    edges[version].setdefault(end + 1, set()).add(place)
        self._starts: dict[int, list[int]] = {}
        self._standing: dict[int, list[tuple[int, int]]] = {}
        first: dict[frozenset[int], tuple[int, int]] = {}
        for version, turns in edges.items():
            inside: set[int] = set()
            self._starts[version] = sorted(turns)
            self._standing[version] = []
            for start in self._starts[version]:
                inside ^= turns[start]
                self._standing[version].append(first.setdefault(frozenset(inside), (version, start)))

    def __call__(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs with another address that is alike, as version and number."""
        ip = inputs[0]
        found = address(ip) if isinstance(ip, str) else None
        if found is None:
            return inputs
        version, number = found
        return (self._standing[version][bisect_right(self._starts[version], number) - 1], *inputs[1:])
