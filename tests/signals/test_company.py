"""How what other people do weighs: peers, prevalence in the tenant, and networks to which many move."""

from __future__ import annotations

import pytest
from tests.builders import (
    ABROAD,
    AZURE_CLI,
    HOME,
    OFFICE,
    RENTED,
    SAME_CITY,
    GrantBuilder,
    a_grant,
)

from grantwatch.signals import Evidence, NotFired, registered
from grantwatch.signals.prevalence import rarity

SIGNALS = {each.id: each for each in registered()}


def fired(id: str, builder: GrantBuilder) -> Evidence | None:
    answer = SIGNALS[id].judge(builder.case())
    return answer if isinstance(answer, Evidence) else None


def weight(id: str, builder: GrantBuilder) -> float:
    found = fired(id, builder)
    return found.weight if found else 0.0


def newcomer() -> GrantBuilder:
    """Ten days of history in a tenant where many use the flow, and this user never did."""
    grant = a_grant().approved(HOME).redeemed(HOME).knows(HOME)
    grant.history(10, tenant_days=60, grant_users=60).tenant_knows("grant_client", AZURE_CLI.id, users=60)
    return grant


@pytest.mark.parametrize("id", ["identity.first_use", "client.new_to_user"])
def test_a_new_hire_among_people_who_use_it_is_no_surprise_and_one_among_others_is(id: str) -> None:
    developer = weight(id, newcomer().among(20, device_code=18, client=18))
    unknown = weight(id, newcomer())
    receptionist = weight(id, newcomer().among(20))
    assert 0 < developer < unknown < receptionist


def test_peers_are_named_with_their_number() -> None:
    found = fired("identity.first_use", newcomer().among(20, device_code=3))
    assert found is not None
    assert "3 of 20 people with the same clients and networks" in found.summary
    assert any("3 of 20 peers" in factor.why for factor in found.factors)


def test_few_peers_say_nothing() -> None:
    assert weight("identity.first_use", newcomer().among(4, device_code=4)) == weight("identity.first_use", newcomer())


def test_where_nobody_else_uses_it_so_peers_make_it_no_stranger_than_it_is() -> None:
    full = SIGNALS["identity.first_use"].weight
    assert weight("identity.first_use", a_grant().approved().among(40)) <= 1.15 * full


# -- prevalence


def test_rarity_falls_with_every_user_and_stops_at_a_quarter() -> None:
    told = [rarity(users, 400, 0.3) for users in (0, 1, 3, 10, 50, 100, 400)]
    assert told == sorted(told, reverse=True)
    assert told[0] == 1
    assert told[-1] == told[-2] == pytest.approx(0.3)
    assert rarity(3, 5, 0.3) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("id", "network"),
    [("network.new_to_user", SAME_CITY), ("network.new_country", ABROAD), ("network.hosting", RENTED)],
)
def test_the_more_of_the_tenant_know_a_network_the_less_it_weighs(id: str, network: object) -> None:
    def seen_by(users: int) -> GrantBuilder:
        grant = a_grant().approved(HOME).redeemed(network).knows(HOME)  # type: ignore[arg-type]
        return grant.tenant_knows(network, users=users) if users else grant  # type: ignore[arg-type]

    weights = [weight(id, seen_by(users)) for users in (0, 1, 5, 40)]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert weights[-1] > 0


def test_a_client_that_most_users_of_device_codes_use_is_less_of_a_surprise_than_a_rare_one() -> None:
    def used_by(users: int) -> GrantBuilder:
        grant = a_grant(client=OFFICE).approved().redeemed().habit(client=AZURE_CLI).history(grant_users=40)
        return grant.tenant_knows("grant_client", OFFICE.id, users=users) if users else grant

    assert weight("client.new_to_user", used_by(0)) > weight("client.new_to_user", used_by(2))
    assert weight("client.new_to_user", used_by(2)) > weight("client.new_to_user", used_by(30)) > 0


def test_a_network_of_the_peers_is_less_of_an_anomaly_than_one_of_others() -> None:
    def at(peers: int) -> GrantBuilder:
        grant = a_grant().approved(HOME).redeemed(SAME_CITY).knows(HOME).tenant_knows(SAME_CITY, users=4)
        return grant.among(10).peers_at(SAME_CITY, peers)

    assert weight("network.new_to_user", at(0)) > weight("network.new_to_user", at(4))
    assert weight("network.new_to_user", at(4)) > weight("network.new_to_user", at(9)) > 0
    found = fired("network.new_to_user", at(9))
    assert found is not None
    assert any("9 of 10 peers were seen with this" in factor.why for factor in found.factors)


# -- moving together


def elsewhere() -> GrantBuilder:
    return a_grant().approved(ABROAD).redeemed(ABROAD).knows(HOME)


@pytest.mark.parametrize("id", ["network.new_to_user", "network.new_country", "network.parties_differ"])
def test_a_network_to_which_people_moved_together_is_no_anomaly_of_any_of_them(id: str) -> None:
    answer = SIGNALS[id].judge(elsewhere().moved_with(ABROAD).case())
    assert isinstance(answer, NotFired)
    assert id == "network.parties_differ" or fired(id, elsewhere()) is not None


def test_that_they_moved_together_is_said() -> None:
    answer = SIGNALS["network.new_to_user"].judge(elsewhere().moved_with(ABROAD, users=12).case())
    assert isinstance(answer, NotFired)
    assert answer.why.startswith("12 people of this user")


def test_nobody_moves_to_a_network_that_anyone_can_rent() -> None:
    grant = a_grant().approved(HOME).redeemed(RENTED).knows(HOME).moved_with(RENTED)
    assert fired("network.new_to_user", grant) is not None
    assert fired("network.hosting", grant) is not None
