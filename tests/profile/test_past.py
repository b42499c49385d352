"""Earlier grants: which of them a profile is told, and what counts as use."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantwatch.grants.model import Grant, Named, Outcome, User
from grantwatch.profile.model import Attempts, EarlierGrant, Familiarity, Profile
from grantwatch.profile.past import attempts_before, earlier_grants, grant_clients, grant_users

START = datetime(2026, 6, 1, 9)
DAY = timedelta(days=1)
PREFIX = "203.0.113.0/24"


def a_grant(at, number=0, user="ana", client="cli", outcome=Outcome.REDEEMED):
    return Grant(
        grant_id=f"{user}-{number}",
        tenant_id=None,
        user=User(user, None),
        client=Named(client, None),
        resource=Named("arm", None),
        started_at=at,
        last_seen=at,
        outcome=outcome,
        certainty=1.0,
        basis="",
        correlation_id=None,
        session_id=None,
        legs=(),
    )


def carrying(*prefixes):
    return {"prefix": frozenset(prefixes), "asn": frozenset({"64500"})}


def told(grants, values=None):
    keys = [grant.user.id or "" for grant in grants]
    return earlier_grants(grants, keys, values or [carrying(PREFIX)] * len(grants))


def test_a_grant_is_told_what_came_before_it_whatever_the_order():
    grants = [a_grant(START + DAY * day, day) for day in (2, 0, 1)]
    assert [[each.grant_id for each in told(grants)[place]] for place in range(3)] == [
        ["ana-0", "ana-1"],
        [],
        ["ana-0"],
    ]


def test_of_one_user_only_and_only_what_succeeded():
    grants = [
        a_grant(START, 0, user="ben"),
        a_grant(START, 1, outcome=Outcome.BLOCKED),
        a_grant(START, 2, outcome=Outcome.ABANDONED),
        a_grant(START, 3, outcome=Outcome.APPROVED),
        a_grant(START + DAY, 4),
    ]
    assert [each.grant_id for each in told(grants)[4]] == ["ana-3"]


def test_what_a_grant_carried_comes_along():
    (earlier,) = told([a_grant(START), a_grant(START + DAY, 1)])[1]
    assert (earlier.client_id, earlier.resource_id, earlier.asns) == ("cli", "arm", frozenset({64500}))
    assert earlier.prefixes == frozenset({PREFIX})
    assert earlier.values["grant_client"] == frozenset({"cli"})


def test_a_machine_with_thousands_of_grants_has_a_short_past_that_reaches_back():
    """Alike grants are one a day; the day's distinct ones are kept up to a number."""
    alike = [a_grant(START + timedelta(minutes=10 * number), number) for number in range(6_000)]
    last = told(alike)[len(alike) - 1]
    assert len(last) < 70
    assert last[0].started_at == START
    assert len({each.started_at.date() for each in last}) >= 40

    strange = [carrying(f"198.51.{number % 250}.0/24") for number in range(len(alike))]
    last = told(alike, strange)[len(alike) - 1]
    assert 100 < len(last) < 200
    assert last == tuple(sorted(last, key=lambda each: each.started_at))


def test_what_is_not_a_day_old_is_told_whatever_it_is_like():
    grants = [a_grant(START + timedelta(hours=number), number) for number in range(5)]
    assert [each.grant_id for each in told(grants)[4]] == ["ana-0", "ana-1", "ana-2", "ana-3"]


def test_users_and_clients_of_the_tenant_are_counted_as_they_begin():
    grants = [
        a_grant(START, 0),
        a_grant(START + DAY, 1, user="ben"),
        a_grant(START + 2 * DAY, 2, user="eve", client="broker"),
        a_grant(START + 3 * DAY, 3),
    ]
    keys = [grant.user.id or "" for grant in grants]
    assert grant_users(grants, keys) == {0: 0, 1: 1, 2: 2, 3: 3}
    assert [grant_clients(grants, keys)[number] for number in (1, 2)] == [{"cli": Familiarity(tenant_users=1)}, {}]
    assert grant_clients(grants, keys)[3] == {"cli": Familiarity(tenant_users=1)}


def test_attempts_of_the_last_day_are_counted_for_the_user_and_for_others_by_client():
    grants = [
        a_grant(START, 0, outcome=Outcome.ABANDONED),
        a_grant(START + DAY / 4, 1, outcome=Outcome.BLOCKED),
        a_grant(START + DAY / 3, 2, user="ben", outcome=Outcome.BLOCKED),
        a_grant(START + DAY / 2, 3, user="eve", client="broker", outcome=Outcome.BLOCKED),
        a_grant(START + DAY / 2, 4),
        a_grant(START + DAY * 1.1, 5),
        a_grant(START + DAY * 3, 6),
    ]
    keys = [grant.user.id or "" for grant in grants]
    found = attempts_before(grants, keys)
    assert [found[number] for number in (0, 1, 4)] == [Attempts(), Attempts(1, 0), Attempts(2, 1)]
    assert [found[number] for number in (5, 6)] == [Attempts(1, 1), Attempts(usual=1.0)]


# -- counting grants as use


def earlier(days, grant_id="g", prefix=PREFIX):
    return EarlierGrant(
        grant_id,
        START + DAY * days,
        "cli",
        "arm",
        frozenset({prefix}),
        frozenset(),
        {"prefix": frozenset({prefix}), "grant_client": frozenset({"cli"})},
    )


def profile(*grants, **more):
    return Profile(30, 30, 100, 10, earlier_grants=grants, **more)


def test_earlier_grants_count_as_use_from_a_day_on():
    counted = profile(earlier(0), earlier(1), earlier(9.5)).counting_grants(START + 10 * DAY)
    assert counted.familiarity("prefix", PREFIX) == Familiarity(2, START)
    assert counted.familiarity("grant_client", "cli").user_days == 2


def test_a_grant_that_was_judged_bad_makes_nothing_familiar():
    told = profile(earlier(0, "bad"))
    assert told.counting_grants(START + 10 * DAY, frozenset({"bad"})) is told


def test_two_grants_of_one_day_are_one_day_and_ordinary_use_is_kept():
    seen = {"prefix": {PREFIX: Familiarity(3, START - 5 * DAY, 4)}}
    counted = profile(earlier(0), earlier(0.1), seen=seen).counting_grants(START + 10 * DAY)
    assert counted.familiarity("prefix", PREFIX) == Familiarity(4, START - 5 * DAY, 4)


def test_only_what_this_grant_carried_is_counted():
    told = profile(earlier(0), earlier(1, prefix="192.0.2.0/24"), carried={"prefix": frozenset({PREFIX})})
    counted = told.counting_grants(START + 10 * DAY)
    assert counted.seen == {"prefix": {PREFIX: Familiarity(1, START)}}
    assert told._replace(carried=None).counting_grants(START + 10 * DAY).familiarity("prefix", "192.0.2.0/24").user_days
