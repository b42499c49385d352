"""Personas and campaigns are found by themselves, and what is declared wrongly is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grantwatch.errors import DeclarationError
from grantwatch.lab import simulate as package
from grantwatch.lab.simulate.casting import ATTACKS, CAST, attacks, roles
from grantwatch.lab.simulate.declared import all_campaigns, all_personas, campaign, persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.tenant import Tenant
from grantwatch.lab.simulate.told import Told

WORDS: dict[str, Any] = {"title": "T", "what": "W.", "stands_for": "§1 x"}


def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    return iter(())


def test_every_file_declares_one() -> None:
    folder = Path(package.__file__ or "").parent
    for name, declared in (("personas", all_personas()), ("campaigns", all_campaigns())):
        files = {path.stem for path in (folder / name).glob("*.py")} - {"__init__"}
        assert {each.id.replace("-", "_") for each in declared} == files


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "cli-developer", "share": 0.1}, "declared twice"),
        ({"id": "x", "share": 1.5}, "share 1.5 is not within 0-1"),
        ({"id": "x", "share": 0.1, "cast": "robot"}, "not one of staff, account, guest"),
    ],
)
def test_a_wrong_persona_is_refused(wrong: dict[str, Any], said: str) -> None:
    all_personas()
    with pytest.raises(DeclarationError, match=said):
        persona(**WORDS, **wrong)(act)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "slow-burn"}, "declared twice"),
        ({"id": "x", "least": 3, "most": 2}, "1 <= least <= most"),
        ({"id": "x", "victims": "cat"}, "not one of staff, room"),
    ],
)
def test_a_wrong_campaign_is_refused(wrong: dict[str, Any], said: str) -> None:
    all_campaigns()
    with pytest.raises(DeclarationError, match=said):
        campaign(**WORDS, **wrong)(act)


@pytest.mark.parametrize("users", [20, 60, 300])
def test_nobody_plays_two_and_many_play_none(users: int) -> None:
    tenant = Tenant(8, users)
    cast = [who.index for role in roles(tenant, 30) for who in role.cast]
    assert len(set(cast)) == len(cast)
    staff = [index for index in cast if index < users]
    assert 0 < len(staff) <= CAST * users + 1


def test_a_large_tenant_sees_every_campaign_before_one_comes_again() -> None:
    tenant = Tenant(8, 1500)
    plan = attacks(tenant, 45, roles(tenant, 45))
    assert len(plan) == ATTACKS
    assert len({attack.campaign.id for attack in plan}) == min(ATTACKS, len(all_campaigns()))
    victims = [who.index for attack in plan for who in attack.victims]
    assert len(set(victims)) == len(victims)
    assert 40 <= len(victims) <= 100


def test_a_small_tenant_has_an_attack_too() -> None:
    tenant = Tenant(8, 20)
    assert attacks(tenant, 7, roles(tenant, 7))
