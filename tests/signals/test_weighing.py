"""How signals weigh what they see: ties, delays, marks, places, and what must not speak for a grant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import (
    ABROAD,
    AZ_TOOL,
    AZURE_CLI,
    BROKER,
    GRAPH,
    HOME,
    NOWHERE,
    OFFICE,
    PYTHON,
    REGISTRATION,
    RENTED,
    ROOM,
    SAME_CITY,
    SITE,
    START,
    TEAMS,
    TEAMS_SERVICE,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Device, Network, Tie, TieBy, TokenKind
from grantwatch.signals import Evidence, device_account, registered
from grantwatch.signals.words import risky_scopes, rule_marks

SIGNALS = {each.id: each for each in registered()}


def answer(id: str, builder: GrantBuilder, **more: frozenset[str]) -> Evidence | None:
    found = SIGNALS[id].judge(builder.case(**more))
    return found if isinstance(found, Evidence) else None


def weight(id: str, builder: GrantBuilder, **more: frozenset[str]) -> float:
    found = answer(id, builder, **more)
    return found.weight if found else 0.0


def plain() -> GrantBuilder:
    return a_grant().approved(HOME).redeemed(HOME).knows(HOME)


# -- devices


def device(minutes: float = 5, facts: dict[str, str] | None = None) -> GrantBuilder:
    return plain().followed("device_registered", {"os": "Windows", **(facts or {})}, minutes=minutes)


def test_a_registration_weighs_less_the_later_it_comes() -> None:
    weights = [weight("persistence.device_registered", device(minutes)) for minutes in (5, 60, 600, 2000, 4300)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == weights[1] > 4 * weights[-1] > 0


def test_a_late_registration_does_not_stand_alone_unless_tied() -> None:
    late = answer("persistence.device_registered", device(600))
    tied = answer(
        "persistence.device_registered",
        plain().followed("device_registered", minutes=600, os="Windows", tie=Tie(TieBy.TOKEN_ID, 1.0)),
    )
    assert late is not None
    assert tied is not None
    assert (late.alone, tied.alone) == (False, True)


@pytest.mark.parametrize(
    "facts",
    [
        {"device_name": "DESKTOP-1A2B3C4D"},
        {"device_name": "GraphSpy-Device"},
        {"os_version": "10.0.19045.2006"},
    ],
)
def test_marks_of_kits_raise_a_registration(facts: dict[str, str]) -> None:
    marked = answer("persistence.device_registered", device(facts=facts))
    assert marked is not None
    assert marked.weight > weight("persistence.device_registered", device(facts={"device_name": "CORP-77"}))
    assert "Known marks: " in marked.summary


@pytest.mark.parametrize("what", ["persistence.device_registered", "client.broker_registration"])
def test_where_every_token_was_used_at_home_a_new_phone_is_the_persons_own(what: str) -> None:
    def registered_from(network: Network) -> Evidence:
        phone = a_grant(client=BROKER, resource=REGISTRATION).approved(HOME).redeemed(HOME).knows(HOME)
        phone = phone.used(TEAMS, GRAPH, network, minutes=90).followed("device_registered", os="Android 13")
        found = answer(what, phone)
        assert found is not None
        return found

    assert registered_from(HOME).weight < 0.6 * registered_from(SAME_CITY).weight
    assert not registered_from(HOME).alone


def test_the_users_own_phone_is_worth_little_and_never_alone() -> None:
    own = answer("persistence.device_registered", plain().followed("device_registered", os="iOS 18.7", network=HOME))
    assert own is not None
    assert not own.alone
    assert own.weight < 0.5


def test_a_service_address_is_nobodys_home() -> None:
    builder = plain().followed("device_added", operation="Add device", os="Windows", network=HOME)
    found = answer("persistence.device_registered", builder)
    assert found is not None
    assert found.alone


def test_a_primary_refresh_token_says_less_where_the_log_does_not_say_unmanaged() -> None:
    def prt(managed: bool | None) -> Evidence | None:
        builder = plain().used(BROKER, GRAPH, SAME_CITY, kind=TokenKind.PRIMARY, device=Device(id="d", managed=managed))
        return answer("persistence.rogue_prt", builder)

    sure, unsure = prt(False), prt(None)
    assert sure is not None
    assert unsure is not None
    assert (sure.alone, unsure.alone) == (True, False)
    assert prt(True) is None


# -- rules, scopes


@pytest.mark.parametrize(
    ("facts", "hides", "forwards", "odd"),
    [
        ({"name": "..", "move_to_folder": "user\\RSS Feeds"}, True, False, True),
        ({"name": "Invoices", "delete": "True"}, True, False, False),
        ({"name": "x", "forward_to": "a@example.net"}, False, True, True),
        ({"name": "Newsletters", "move_to_folder": "Inbox\\Reading"}, False, False, False),
        ({}, False, False, False),
    ],
)
def test_what_a_rule_does(facts: dict[str, str], hides: bool, forwards: bool, odd: bool) -> None:
    marks = rule_marks(facts)
    assert (marks.hides, marks.forwards, marks.odd_name) == (hides, forwards, odd)


def test_a_tidy_rule_does_not_stand_alone_and_a_hiding_one_does() -> None:
    tidy = answer("collection.inbox_rule", plain().followed("inbox_rule", name="News", move_to_folder="Reading"))
    hiding = answer("collection.inbox_rule", plain().followed("inbox_rule", name="News", delete="true"))
    at_home = answer("collection.inbox_rule", plain().followed("inbox_rule", name="News", delete="true", network=HOME))
    assert tidy is not None
    assert hiding is not None
    assert at_home is not None
    assert (tidy.alone, hiding.alone, at_home.alone) == (False, True, False)
    assert tidy.weight < hiding.weight
    assert at_home.weight < hiding.weight


def test_a_stronger_tie_weighs_more() -> None:
    by_token = plain().followed("inbox_rule", delete="true", tie=Tie(TieBy.TOKEN_ID, 1.0))
    by_time = plain().followed("inbox_rule", delete="true", tie=Tie(TieBy.USER_TIME, 0.3))
    assert weight("collection.inbox_rule", by_token) > weight("collection.inbox_rule", by_time)


def test_scopes_that_matter() -> None:
    asked = "openid Mail.ReadWrite,profile https://graph.microsoft.com/Files.Read.All User.Read"
    assert risky_scopes(asked) == ("Mail.ReadWrite", "https://graph.microsoft.com/Files.Read.All")
    assert risky_scopes(None) == ()


def test_consent_that_the_flow_asks_for_is_not_held_against_it() -> None:
    before = plain().followed("consent", minutes=-0.2, scopes="Mail.Read", tie=Tie(TieBy.SESSION_ID, 0.9))
    assert answer("persistence.consent", before) is None


# -- networks and tools


def test_a_hosting_network_that_the_user_or_the_tenant_uses_weighs_less() -> None:
    new = weight("network.hosting", plain().redeemed(RENTED))
    tenant = weight("network.hosting", plain().redeemed(RENTED).tenant_knows(RENTED, users=3))
    user = weight("network.hosting", plain().redeemed(RENTED).knows(RENTED))
    assert new > tenant > user > 0


def test_what_was_first_seen_hours_ago_is_not_known() -> None:
    fresh = plain().redeemed(SAME_CITY).knows(SAME_CITY, days=1, ago=0.2)
    assert answer("network.new_to_user", fresh) is not None


def test_what_an_attack_brought_does_not_become_normal() -> None:
    def again() -> GrantBuilder:
        return plain().redeemed(ABROAD).habit(ABROAD, times=3)

    bad = frozenset({"earlier-1", "earlier-2", "earlier-3"})
    assert answer("network.new_to_user", again()) is None
    assert answer("network.new_to_user", again(), worse=bad) is not None
    assert answer("identity.first_use", again(), worse=bad) is not None


def test_equal_networks_say_nothing() -> None:
    same = a_grant().approved(SAME_CITY).redeemed(SAME_CITY)
    assert answer("network.parties_differ", same) is None
    assert not any(isinstance(each.judge(same.case()), Evidence) for each in registered() if each.group == "favour")


def test_a_script_on_a_command_line_client_says_little() -> None:
    on_cli = weight("token.script_agent", a_grant().redeemed(agent=PYTHON))
    on_office = weight("token.script_agent", a_grant(client=OFFICE).redeemed(agent=PYTHON))
    assert 0 < on_cli < on_office
    assert answer("token.script_agent", a_grant().redeemed(agent=AZ_TOOL)) is None
    assert answer("token.script_agent", a_grant(client=OFFICE).redeemed(agent=None)) is None


def test_an_expired_mark_weighs_less() -> None:
    strong = answer("token.kit_agent", a_grant().redeemed(agent="kali365-live/1.0.0"))
    later = answer("token.kit_agent", a_grant(at=START + timedelta(days=900)).redeemed(agent="kali365-live/1.0.0"))
    assert strong is not None
    assert later is not None
    assert (strong.alone, later.alone) == (True, False)
    assert later.weight < strong.weight


# -- two places at once


def test_what_can_be_flown_in_the_time_between_is_not_two_places_at_once() -> None:
    paris = ABROAD._replace(country="FR", latitude=48.86, longitude=2.35)
    far, near = plain().redeemed(paris).seen_at(HOME, minutes=-58), plain().redeemed(paris).seen_at(HOME, minutes=-20)
    assert answer("network.concurrent", far) is None
    assert answer("network.concurrent", near) is not None


def test_without_coordinates_another_country_says_less_and_the_same_country_nothing() -> None:
    def without(network: Network) -> Network:
        return network._replace(latitude=None, longitude=None)

    by_distance = answer("network.concurrent", plain().redeemed(ABROAD).seen_at(HOME))
    by_country = answer("network.concurrent", plain().redeemed(without(ABROAD)).seen_at(HOME))
    assert by_distance is not None
    assert by_country is not None
    assert by_country.weight < by_distance.weight
    assert "km away" in by_distance.summary
    assert "the log does not give" in by_country.summary
    assert answer("network.concurrent", plain().redeemed(without(SAME_CITY)).seen_at(without(HOME))) is None
    zero = RENTED._replace(latitude=0.0, longitude=0.0, country=None)
    assert answer("network.concurrent", plain().redeemed(zero).seen_at(HOME)) is None


def test_two_places_that_the_user_both_knows_say_nothing_and_an_unknown_witness_says_less() -> None:
    vpn = plain().redeemed(ABROAD).knows(ABROAD).seen_at(HOME)
    assert answer("network.concurrent", vpn) is None
    stranger = SAME_CITY._replace(latitude=52.5)
    by_stranger = weight("network.concurrent", plain().redeemed(RENTED).seen_at(stranger))
    assert 0 < by_stranger < weight("network.concurrent", plain().redeemed(RENTED).seen_at(HOME))


# -- favour


def test_two_earlier_days_make_a_habit_and_one_does_not() -> None:
    def habit(times: int, every: float) -> Evidence | None:
        return answer("favour.habit", a_grant().approved().redeemed().habit(times=times, every=every))

    assert habit(1, 5) is None
    assert habit(2, 5) is not None
    assert habit(4, 0.05) is None


def test_many_grants_on_one_day_are_one_day() -> None:
    builder = a_grant(at=START.replace(hour=23)).approved().redeemed()
    for step in range(5):
        builder.habit(times=1, every=2 + step / 100, ids=f"burst-{step}")
    assert answer("favour.habit", builder) is None


def test_grants_judged_high_make_no_habit() -> None:
    builder = a_grant().approved().redeemed().habit(times=3)
    assert answer("favour.habit", builder, worse=frozenset({"earlier-1", "earlier-2"})) is None


def test_the_same_provider_is_a_weaker_habit_and_the_same_hoster_none() -> None:
    moved = Network("192.0.3.9", "192.0.3.0/24", HOME.asn, "DE", "Berlin")
    by_prefix = weight("favour.habit", a_grant().approved().redeemed().habit())
    by_asn = weight("favour.habit", a_grant().approved(moved).redeemed(moved).habit())
    assert by_prefix < by_asn < 0

    other = Network("100.66.1.1", "100.66.1.0/24", RENTED.asn, "US", "Ashburn")
    assert answer("favour.habit", a_grant().approved(other).redeemed(other).habit(RENTED)) is None


@pytest.mark.parametrize("resource", [GRAPH, REGISTRATION])
def test_another_resource_or_client_is_no_habit(resource: object) -> None:
    builder = a_grant(resource=resource).approved().redeemed()  # type: ignore[arg-type]
    builder.habit(client=AZURE_CLI, resource=TEAMS_SERVICE)
    assert answer("favour.habit", builder) is None


def test_what_is_missing_makes_no_habit() -> None:
    assert answer("favour.habit", a_grant().approved().habit()) is None
    assert answer("favour.habit", a_grant().approved(NOWHERE).redeemed().habit()) is None
    assert answer("favour.habit", a_grant().approved().redeemed().used(network=NOWHERE).habit()) is None


def test_a_room_client_alone_makes_no_device_account() -> None:
    assert not device_account(a_grant(client=ROOM).approved(RENTED).redeemed(RENTED).case())
    assert device_account(a_grant(client=ROOM).approved(SITE).redeemed(SITE).tenant_knows(SITE, users=30).case())
    assert not device_account(a_grant(client=ROOM).approved(SITE).redeemed(SITE).habit(SITE, client=OFFICE).case())
    assert device_account(a_grant(client=TEAMS).approved(SITE).redeemed(SITE).habit(SITE).case())
