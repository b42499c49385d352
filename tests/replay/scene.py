"""Replays of built grants through built policies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.builders import GrantBuilder, a_grant
from tests.policy.shapes import Json, companions, listed
from tests.usage.scene import hunt_of, judged

from grantwatch.policy import Export, parse
from grantwatch.replay import Replay, replay
from grantwatch.verdict import Judged, Severity

SINGLE = "singlefactorauthentication"
MULTI = "multifactorauthentication"
BLOCK: Json = {"operator": "OR", "builtInControls": ["block"]}


def asks(*controls: str, operator: str = "OR") -> Json:
    """Grant controls."""
    return {"operator": operator, "builtInControls": list(controls)}


def files(*policies: Json, **lists: list[Json]) -> Export:
    """An export; none of anything is an export too."""
    return parse([("policies.json", listed(*policies)), ("companions.json", companions(**(lists or {"groups": []})))])


def honest(builder: GrantBuilder | None = None, id: str | None = None) -> Judged:
    """A grant that nobody doubts: approved with multifactor authentication, redeemed, refreshed."""
    return judged(builder or a_grant().approved(requirement=MULTI).redeemed().used(), Severity.NONE, id)


def attack(builder: GrantBuilder | None = None, id: str | None = None) -> Judged:
    """The same, judged high."""
    return judged(builder or a_grant().approved(requirement=MULTI).redeemed().used(), Severity.HIGH, id)


def known_as(each: Judged, id: str) -> Judged:
    """The same of an account with this object id: policies name users by such."""
    return replace(each, grant=replace(each.grant, user=each.grant.user._replace(id=id)))


def replayed(*grants: Judged, today: Export, candidate: Export | None = None, **options: Any) -> Replay:
    """The replay of these grants."""
    return replay(hunt_of(grants), today, candidate, **options)
