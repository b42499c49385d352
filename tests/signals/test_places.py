"""Where tokens live, what a day is enough for, and what is usual in a large tenant."""

from __future__ import annotations

import pytest
from tests.builders import (
    ABROAD,
    ARM,
    AZ_TOOL,
    AZURE_CLI,
    BROKER,
    EDGE,
    GRAPH,
    HOME,
    OFFICE,
    PYTHON,
    REGISTRATION,
    RENTED,
    SAME_CITY,
    START,
    WORK,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Network, Tie, TieBy
from grantwatch.signals import Evidence, NotAssessed, NotFired, registered
from grantwatch.verdict import Severity, judge

SIGNALS = {signal.id: signal for signal in registered()}
NEXT_RANGE = Network("192.0.3.17", "192.0.3.0/24", HOME.asn, "DE", "Berlin", 52.52, 13.4)
"""Another range of the provider that the user has at home."""
PANEL = "Dalvik/2.1.0 (Linux; U; Android 13; RoomPanel Build/TQ3A)"


def weight(id: str, grant: GrantBuilder, *missing: str) -> float:
    answer = SIGNALS[id].judge(grant.case(missing=frozenset(missing)))
    return answer.weight if isinstance(answer, Evidence) else 0.0


def apart(network: Network = SAME_CITY, agent: str = AZ_TOOL) -> GrantBuilder:
    """A developer's usual client; its tokens are used for hours where the developer is not."""
    made = a_grant(client=AZURE_CLI, resource=ARM).approved(HOME).redeemed(network, agent=agent)
    return made.used(network=network, agent=agent, minutes=300).knows(HOME).later(6)


def test_tokens_that_live_with_a_neighbour_may_alert_alone() -> None:
    answer = SIGNALS["token.lives_apart"].judge(apart().tenant_knows(SAME_CITY, users=4).case())
    assert isinstance(answer, Evidence)
    assert answer.alone
    assert "never otherwise seen" in answer.summary
    assert "6 days of sign-ins since" in answer.summary


def test_a_server_is_no_neighbour() -> None:
    home, server = apart(agent=PYTHON).tenant_knows(SAME_CITY, users=4), apart(agent=PYTHON)
    assert weight("token.lives_apart", home) > 2 * weight("token.lives_apart", server) > 0
    assert weight("token.lives_apart", apart(RENTED, agent=PYTHON)) < weight("token.lives_apart", server)
    assert isinstance(SIGNALS["token.lives_apart"].judge(apart(RENTED).case()), NotFired)
    assert isinstance(SIGNALS["token.lives_apart"].judge(apart().case()), NotFired)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.tenant_knows(SAME_CITY, users=60),
        lambda made: made.seen_at(SAME_CITY),
        lambda made: made.knows(SAME_CITY),
        lambda made: made.knows(SAME_CITY, ago=0.2),
        lambda made: made.used(network=HOME, minutes=400),
    ],
    ids=["the company's", "seen there in that hour", "known", "there that morning", "used at home too"],
)
def test_where_the_owner_or_the_company_is_nothing_lives_apart(change) -> None:
    made = change(apart().tenant_knows(SAME_CITY, users=4))
    assert isinstance(SIGNALS["token.lives_apart"].judge(made.case()), NotFired)


def test_tokens_used_by_another_program_in_the_same_session_are_no_sign_of_the_redeemers_place() -> None:
    made = apart().tenant_knows(SAME_CITY, users=4).used(network=HOME, agent=EDGE, minutes=500)
    assert weight("token.lives_apart", made) > 0


def test_whether_tokens_live_apart_is_not_assessed_where_the_user_is_not_seen_after() -> None:
    made = a_grant().approved(HOME).redeemed(SAME_CITY).used(network=SAME_CITY, minutes=300).knows(HOME)
    made = made.tenant_knows(SAME_CITY, users=4)
    assert isinstance(SIGNALS["token.lives_apart"].judge(made.case()), NotAssessed)


def test_a_new_range_of_the_own_provider_differs_less_than_another_network() -> None:
    def redeemed(network: Network) -> GrantBuilder:
        return a_grant().approved(WORK).redeemed(network).knows(HOME).knows(WORK)

    new, next_range = redeemed(SAME_CITY), redeemed(NEXT_RANGE)
    assert weight("network.parties_differ", new) > weight("network.parties_differ", next_range) > 0
    assert not weight("network.parties_differ", next_range.seen_at(NEXT_RANGE))
    assert not weight("network.parties_differ", next_range.knows(NEXT_RANGE))


@pytest.mark.parametrize("id", ["network.new_to_user", "network.hosting"])
def test_being_there_since_the_morning_halves_what_a_network_tells(id: str) -> None:
    place = RENTED if id == "network.hosting" else ABROAD
    there = a_grant().approved(place).redeemed(place).knows(HOME).tenant_knows(place, users=1)
    before = weight(id, there)
    assert 0 < weight(id, there.knows(place, ago=0.2)) == pytest.approx(before / 2, abs=0.001)


def test_a_range_that_the_own_provider_gave_out_that_morning_is_home() -> None:
    """A desk phone is signed in at home on the day on which the address changed."""

    def phone(*, morning: bool) -> GrantBuilder:
        made = a_grant(client=BROKER, resource=REGISTRATION).approved(NEXT_RANGE).redeemed(NEXT_RANGE, agent=PANEL)
        made = made.used(network=NEXT_RANGE, agent=PANEL, minutes=90).knows(HOME)
        return made.knows("prefix", NEXT_RANGE.prefix, ago=0.2) if morning else made

    assert weight("client.broker_registration", phone(morning=True)) < 1
    assert weight("client.broker_registration", phone(morning=False)) > 4


def test_a_phone_set_up_at_home_is_no_rogue_device_where_its_tokens_are_not_in_the_logs() -> None:
    def phone(os: str) -> GrantBuilder:
        made = a_grant(client=BROKER, resource=REGISTRATION).approved(HOME).knows(HOME).works()
        return made.followed("device_registered", minutes=2, network=HOME, os=os)

    gone = "stream:non_interactive"
    assert weight("client.broker_registration", phone("Android 13"), gone) < 2
    assert weight("client.broker_registration", phone("Android 13")) > 4
    assert weight("client.broker_registration", phone("Windows 10.0.19045.2006"), gone) > 4


def test_a_few_failures_a_day_are_usual_in_a_large_tenant() -> None:
    def went_through(others: int, usual: float) -> GrantBuilder:
        return a_grant().approved(ABROAD).redeemed(ABROAD).attempts(0, others, usual)

    assert weight("attempt.burst", went_through(4, 0.2)) > 0
    assert not weight("attempt.burst", went_through(4, 1.0))
    assert weight("attempt.burst", went_through(12, 1.0)) > 0
    short = went_through(4, 0.0).history(4)
    assert weight("attempt.burst", short) < weight("attempt.burst", went_through(4, 0.0))


def test_the_failures_of_others_hardly_count_against_who_redeems_at_home() -> None:
    at_home = a_grant().approved(HOME).redeemed(HOME).knows(HOME).attempts(0, 6)
    away = a_grant().approved(HOME).redeemed(ABROAD).knows(HOME).attempts(0, 6)
    assert weight("attempt.burst", away) > 3 * weight("attempt.burst", at_home) > 0


def test_mail_read_by_the_session_weighs_more_where_the_user_never_is() -> None:
    def read(network: Network) -> GrantBuilder:
        made = a_grant(client=OFFICE, resource=GRAPH).approved(WORK).knows(HOME).knows(WORK)
        return made.followed("mail_access", network=network, tie=Tie(TieBy.SESSION_ID, 0.9))

    away = ABROAD._replace(asn=None, country=None)
    assert weight("collection.mail_access", read(away)) > weight("collection.mail_access", read(away).later(3, at=away))
    assert weight("network.used_elsewhere", read(away)) > 0
    assert not weight("network.used_elsewhere", read(away).later(3, at=away))
    assert not weight("network.used_elsewhere", read(WORK._replace(asn=None)))


def test_a_first_time_that_came_out_high_does_not_stay_high_for_ever() -> None:
    """A jump host: the first use is odd, the tenth is a habit."""
    grants = []
    for time in range(10):
        made = a_grant("lena", client=AZURE_CLI, resource=ARM, at=START.replace(day=START.day + time))
        made = made.approved(HOME).redeemed(RENTED).knows(HOME).seen_at(HOME)
        grants.append(made.habit(RENTED, times=time, every=1, ids="lena") if time else made)
    found = {
        each.grant.started_at.day: each.verdict.severity for each in judge([g.pair() for g in grants], frozenset())
    }
    assert found[START.day] >= Severity.MEDIUM
    assert found[START.day + 9] <= Severity.LOW
