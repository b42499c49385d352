"""One user's grants, and campaigns over several users."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from tests.builders import (
    ABROAD,
    AZ_TOOL,
    AZURE_CLI,
    EDGE,
    EXCHANGE,
    FIREFOX,
    GRAPH,
    HOME,
    KIT,
    OFFICE,
    OUTLOOK,
    PYTHON,
    RENTED,
    RENTED_TOO,
    ROOM,
    SAME_CITY,
    SITE,
    START,
    TEAMS,
    TEAMS_SERVICE,
    WORK,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Named, Network, Tie, TieBy
from grantwatch.verdict import Incident, Judged, Severity, incidents, judge
from grantwatch.verdict.ties import tied, traits
from grantwatch.verdict.weights import weights

MAIL_APP = "Outlook-iOS/723.4027091.prod.iphone (5.26.0)"
ABROAD_TOO = Network("198.18.9.77", "198.18.9.0/24", 64555, "BR", "Sao Paulo")


def stolen(
    user: str,
    *,
    hours: float = 0,
    network: Network = RENTED,
    client: Named = OFFICE,
    agent: str = FIREFOX,
) -> GrantBuilder:
    at = START + timedelta(hours=hours)
    return a_grant(user, client=client, resource=GRAPH, at=at).approved(HOME).redeemed(network, agent=agent).knows(HOME)


def attempt(user: str, *, hours: float = 0, network: Network = RENTED) -> GrantBuilder:
    at = START + timedelta(hours=hours)
    return a_grant(user, at=at).blocked(network).history(0, tenant_days=0).knows(HOME)


def found(*builders: GrantBuilder) -> tuple[tuple[Judged, ...], tuple[Incident, ...]]:
    judged = judge([builder.pair() for builder in builders], frozenset())
    return judged, incidents(judged)


def once(judged: Iterable[Judged], told: Iterable[Incident]) -> bool:
    """Each grant of medium or worse is in exactly one incident."""
    named = [grant_id for incident in told for grant_id in incident.grant_ids]
    raised = {each.grant.grant_id for each in judged if each.verdict.severity >= Severity.MEDIUM}
    return len(named) == len(set(named)) and raised <= set(named)


def test_one_users_grants_within_a_week_are_one_incident() -> None:
    bob = stolen("bob", hours=200, network=SAME_CITY, agent=EDGE)
    judged, told = found(stolen("alice"), stolen("alice", hours=100, network=ABROAD), bob)

    assert once(judged, told)
    assert sorted(len(each.grant_ids) for each in told) == [1, 2]
    alice = next(each for each in told if len(each.grant_ids) == 2)
    assert alice.kind == "user"
    assert alice.title == "alice@example.com: 2 suspicious grants"
    assert alice.users == ("alice@example.com",)
    assert alice.shared == ()
    assert alice.started_at == START


def test_one_users_grants_a_month_apart_are_two_incidents() -> None:
    judged, told = found(stolen("alice"), stolen("alice", hours=24 * 30, network=ABROAD))
    assert once(judged, told)
    assert len(told) == 2


def test_ordinary_grants_make_no_incident() -> None:
    _, told = found(a_grant().approved(WORK).redeemed(WORK).habit(WORK), a_grant("bob").blocked(HOME).knows(HOME))
    assert told == ()


def test_two_users_from_one_rented_network_are_a_campaign() -> None:
    judged, told = found(stolen("alice"), stolen("bob", hours=90))

    assert once(judged, told)
    assert len(told) == 1
    assert told[0].kind == "campaign"
    assert told[0].users == ("alice@example.com", "bob@example.com")
    assert "the network 100.64.7.0/24" in told[0].shared
    assert any("AS400940 (Railway)" in shared for shared in told[0].shared)
    assert told[0].score == max(each.verdict.score for each in judged)


@pytest.mark.parametrize(
    ("second", "campaign"),
    [
        ({"hours": 90}, True),
        ({"hours": 0.2, "client": TEAMS}, True),
        ({"hours": 90, "client": TEAMS}, False),
        ({"hours": 24 * 60}, False),
    ],
)
def test_one_hoster_needs_the_same_client_or_the_same_half_hour(second: dict[str, object], campaign: bool) -> None:
    judged, told = found(stolen("alice"), stolen("bob", network=RENTED_TOO, **second))  # type: ignore[arg-type]
    assert once(judged, told)
    assert [each.kind for each in told] == (["campaign"] if campaign else ["user", "user"])


@pytest.mark.parametrize(
    ("networks", "campaigns"),
    [
        ((ABROAD, ABROAD), 0),
        ((ABROAD, ABROAD, ABROAD), 1),
        # Each has to be tied to each of the others.
        ((ABROAD, ABROAD, ABROAD_TOO), 0),
    ],
)
def test_less_is_enough_where_each_of_three_is_tied_to_each(networks: tuple[Network, ...], campaigns: int) -> None:
    def asked(number: int, network: Network) -> GrantBuilder:
        own = network._replace(ip=f"198.18.{90 + number}.7", prefix=f"198.18.{90 + number}.0/24")
        made = stolen(f"user{number}", hours=120 * number, network=own, agent=EDGE, client=TEAMS)
        return made.tenant_knows(own, users=3).tenant_knows("user_agent", EDGE, users=90)

    judged, told = found(*(asked(number, network) for number, network in enumerate(networks)))
    assert once(judged, told)
    assert [each.kind for each in told].count("campaign") == campaigns


@pytest.mark.parametrize(
    ("agent", "other", "campaign"),
    [
        (KIT, RENTED, True),
        (PYTHON, SAME_CITY, True),
        (PYTHON, RENTED, False),
        (MAIL_APP, SAME_CITY, True),
        (FIREFOX, SAME_CITY, False),
    ],
)
def test_one_program_over_two_networks_is_a_campaign_if_the_networks_are_of_a_kind(
    agent: str, other: Network, campaign: bool
) -> None:
    def caught(user: str, network: Network, hours: float) -> GrantBuilder:
        made = stolen(user, hours=hours, network=network, agent=agent).tenant_knows("user_agent", agent, users=90)
        return made.tenant_knows("agent_family", "Firefox", users=90)

    _, told = found(caught("alice", ABROAD, 0), caught("bob", other, 50))
    assert ([each.kind for each in told] == ["campaign"]) is campaign


def test_tokens_that_rested_and_read_mail_for_one_client_of_one_app_are_one_slow_campaign() -> None:
    def slow(user: str, network: Network, days: float) -> GrantBuilder:
        made = stolen(user, hours=24 * days, network=network, agent=MAIL_APP)
        made = made.tenant_knows("user_agent", MAIL_APP, users=90)
        made = made.used(OUTLOOK, EXCHANGE, network, agent=MAIL_APP, minutes=3000)
        return made.followed("mail_access", minutes=3005, network=network, tie=Tie(TieBy.TOKEN_ID, 1.0))

    judged, told = found(slow("alice", ABROAD, 0), slow("bob", SAME_CITY, 7), slow("cho", ABROAD_TOO, 14))
    assert once(judged, told)
    assert [each.kind for each in told] == ["campaign"]
    assert "the client Microsoft Office, which needs no code" in told[0].shared
    assert "tokens that rested for a day" in told[0].shared


@pytest.mark.parametrize(("days", "campaign"), [(3, True), (1, False)])
def test_a_token_that_nobody_used_yet_rested_where_the_logs_go_on(days: int, campaign: bool) -> None:
    def quiet(user: str, network: Network, after: float) -> GrantBuilder:
        made = stolen(user, hours=24 * after, network=network, agent=MAIL_APP)
        return made.tenant_knows("user_agent", MAIL_APP, users=90).later(days)

    judged, told = found(quiet("alice", ABROAD, 0), quiet("bob", SAME_CITY, 9))
    assert once(judged, told)
    assert ([each.kind for each in told] == ["campaign"]) is campaign
    assert any("tokens that rested for a day" in each.shared for each in told) is campaign


def test_approvals_that_came_from_a_rented_network_themselves() -> None:
    def relayed(user: str, place: Network, network: Network, hours: float) -> GrantBuilder:
        at = START + timedelta(hours=hours)
        return a_grant(user, client=AZURE_CLI, resource=GRAPH, at=at).approved(place).redeemed(network).knows(HOME)

    def strength(*builders: GrantBuilder) -> float:
        one, other = (traits(judge([each.pair()], frozenset())[0]) for each in builders)
        return tied(one, other, weights().incidents.ties).strength

    second = relayed("bob", RENTED_TOO, RENTED_TOO, 30)
    both = strength(relayed("alice", RENTED, RENTED, 0), second)
    assert both - strength(relayed("alice", HOME, RENTED, 0), second) == pytest.approx(0.4)
    _, told = found(relayed("alice", RENTED, RENTED, 0), second)
    assert "approvals from rented networks" in told[0].shared


def test_client_and_time_alone_are_no_campaign() -> None:
    _, told = found(stolen("alice", network=ABROAD, agent=EDGE), stolen("bob", hours=5, network=SAME_CITY))
    assert [each.kind for each in told] == ["user", "user"]


def test_an_approval_without_a_redemption_joins_the_nearest_of_its_client_on_that_day() -> None:
    def approved(user: str, hours: float) -> GrantBuilder:
        at = START + timedelta(hours=hours)
        return a_grant(user, client=OFFICE, resource=GRAPH, at=at).approved(HOME).knows(HOME).history(5)

    judged, told = found(stolen("alice"), approved("bob", 8), approved("cho", 24 * 9))
    assert {each.grant.user.label[:3]: each.verdict.severity for each in judged}["bob"] < Severity.MEDIUM
    assert [sorted(each.users) for each in told] == [["alice@example.com", "bob@example.com"]]


def test_so_does_one_of_somebody_whom_device_code_is_nothing_new_to() -> None:
    def approved(user: str, hours: float) -> GrantBuilder:
        at = START + timedelta(hours=hours)
        made = a_grant(user, client=OFFICE, resource=GRAPH, at=at).approved(HOME).knows(HOME).history(20)
        made = made.habit(HOME, client=AZURE_CLI).knows("client", OFFICE.id)
        return made.tenant_knows("client", OFFICE.id, users=120).tenant_knows("grant_client", OFFICE.id, users=12)

    judged, told = found(stolen("alice"), approved("bob", 8), approved("cho", 24 * 9))
    assert {each.grant.user.label[:3]: each.verdict.severity for each in judged}["bob"] is Severity.INFORMATIONAL
    assert [sorted(each.users) for each in told] == [["alice@example.com", "bob@example.com"]]


def test_the_audit_log_ties_victims_whose_redemption_nobody_saw() -> None:
    def read(user: str, hours: float) -> GrantBuilder:
        at = START + timedelta(hours=hours)
        made = a_grant(user, client=OFFICE, resource=GRAPH, at=at).approved(HOME).knows(HOME)
        place = RENTED._replace(asn=None, country=None)
        return made.followed("mail_access", minutes=9, network=place, tie=Tie(TieBy.SESSION_ID, 0.9))

    judged, told = found(read("alice", 0), read("bob", 70))
    assert once(judged, told)
    assert [each.kind for each in told] == ["campaign"]
    assert "the network 100.64.7.0/24" in told[0].shared


def test_one_library_on_a_command_line_is_no_campaign() -> None:
    grants = (
        stolen(user, network=network, client=AZURE_CLI, agent=PYTHON, hours=hours)
        for user, network, hours in (("alice", ABROAD, 0), ("bob", SAME_CITY, 50))
    )
    _, told = found(*grants)
    assert "campaign" not in {each.kind for each in told}


def test_a_campaign_over_three_users_is_high() -> None:
    def odd(user: str, hours: float) -> GrantBuilder:
        made = stolen(user, hours=hours, network=ABROAD, client=AZURE_CLI, agent=AZ_TOOL)
        return made.history(5, tenant_days=5)

    judged, told = found(odd("alice", 0), odd("bob", 1), odd("cho", 2))
    assert {each.verdict.severity for each in judged} == {Severity.MEDIUM}
    assert told[0].severity is Severity.HIGH
    assert told[0].score == weights().severity[Severity.HIGH]


def test_an_ordinary_network_makes_no_campaign() -> None:
    def odd(user: str, hours: float, client: Named) -> GrantBuilder:
        return (
            stolen(user, hours=hours, network=WORK, client=client, agent=EDGE)
            .tenant_knows(WORK, users=40)
            .tenant_knows("user_agent", EDGE, users=90)
            .followed("device_registered", minutes=5, device_name="GraphSpy-Device", os="Windows")
        )

    judged, told = found(odd("alice", 0, OFFICE), odd("bob", 60, TEAMS), odd("cho", 120, AZURE_CLI))
    assert once(judged, told)
    assert [each.kind for each in told] == ["user"] * 3


def test_a_network_that_the_campaign_itself_made_known_still_ties_it() -> None:
    users = ["alice", "bob", "cho", "dan", "eve"]
    builders = [
        stolen(user, hours=step, client=OFFICE).tenant_knows(RENTED, users=step) for step, user in enumerate(users)
    ]
    _, told = found(*builders)
    assert len(told) == 1
    assert len(told[0].users) == 5


def test_attempts_on_three_users_within_a_day_are_a_campaign() -> None:
    judged, told = found(attempt("alice"), attempt("bob", hours=3), attempt("cho", hours=20))

    assert len(told) == 1
    assert told[0].kind == "campaign"
    assert told[0].severity >= Severity.MEDIUM
    assert told[0].score >= 30
    assert told[0].title == "Campaign against 3 accounts: 3 blocked or abandoned attempts"
    assert once(judged, told)


def test_low_attempts_alone_are_medium_at_most() -> None:
    odd = Network("203.0.113.7", "203.0.113.0/24", 64510, "DE", "Berlin")
    judged, told = found(*(attempt(user, hours=step, network=odd) for step, user in enumerate(("a", "b", "c"))))
    assert all(each.verdict.severity is Severity.LOW for each in judged)
    assert [each.severity for each in told] == [Severity.MEDIUM]


@pytest.mark.parametrize("hours", [(0, 1), (0, 30, 60)])
def test_few_or_scattered_attempts_are_no_campaign(hours: tuple[float, ...]) -> None:
    odd = Network("203.0.113.7", "203.0.113.0/24", 64510, "DE", "Berlin")
    _, told = found(*(attempt(f"user{step}", hours=step, network=odd) for step in hours))
    assert told == ()


def test_attempts_from_the_company_network_are_no_campaign() -> None:
    _, told = found(*(attempt(user, network=WORK).tenant_knows(WORK, users=40) for user in ("a", "b", "c", "d")))
    assert told == ()


def test_an_attempt_joins_the_campaign_that_it_belongs_to() -> None:
    _, told = found(stolen("alice"), attempt("bob", hours=1), attempt("cho", hours=2))
    assert len(told) == 1
    assert told[0].severity >= Severity.HIGH
    assert len(told[0].users) == 3
    assert "1 suspicious grant and 2 blocked or abandoned attempts" in told[0].title


def test_meeting_rooms_at_their_site_are_no_campaign() -> None:
    def room(user: str) -> GrantBuilder:
        return a_grant(user, client=ROOM, resource=TEAMS_SERVICE).blocked(SITE).habit(SITE)

    _, told = found(*(room(f"room-{number}") for number in range(4)))
    assert told == ()


def test_the_id_of_an_incident_depends_on_its_grants_only() -> None:
    _, one = found(stolen("alice"), stolen("bob"))
    _, same = found(stolen("bob"), stolen("alice"))
    _, other = found(stolen("alice"), stolen("cho"))
    assert one == same
    assert one[0].incident_id != other[0].incident_id
    assert one[0].incident_id.startswith("inc-")
