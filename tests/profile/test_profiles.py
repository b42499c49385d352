"""What was normal before a grant, for its user and for the tenant, over real records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.grants.scene import (
    ANA,
    ARM,
    AT,
    AZURE_CLI,
    BEN,
    BROKER,
    BROWSER,
    DRS,
    GRAPH,
    GRAPH_EXPLORER,
    HOME,
    MINT,
    OFFICE,
    RENTED,
    SCRIPT,
    TENANT,
    TOOL,
    after,
    login,
    sign_in,
)

from grantwatch.grants import reconstruct
from grantwatch.lab import (
    Event,
    Machine,
    Person,
    Refresh,
    Seat,
    SignInEvent,
    device_registration,
    ordinary_day,
    tainted_browser,
    write_tenant,
)
from grantwatch.lab.apps import EXCHANGE_ONLINE, OFFICE_HOME
from grantwatch.profile import Profile, profiles
from grantwatch.records.load import read

LAPTOP = Machine(MINT.guid(), "LT-01", "Windows 11", "Edge 150.0.0", True, True, "Azure AD joined")
DESK = Seat(OFFICE, BROWSER.user_agent, LAPTOP)
DAY = timedelta(days=1)
HOME_PREFIX, OFFICE_PREFIX, RENTED_PREFIX = "198.51.100.0/24", "192.0.2.0/24", "203.0.113.0/24"


def day(at: datetime, user: Person = ANA, seat: Seat = DESK) -> tuple[SignInEvent, ...]:
    """One interactive sign-in of a browser."""
    return ordinary_day(
        MINT,
        user,
        tenant_id=TENANT,
        start=at,
        seat=seat,
        apps=((OFFICE_HOME, GRAPH),),
        session_id=MINT.guid(),
        refreshes=0,
    )


@pytest.fixture
def profiled(tmp_path: Path):
    def run(*events: Iterable[Event], form: str = "graph") -> list[Profile]:
        flat = [event for group in events for event in group]
        with read(write_tenant(flat, form, tmp_path / form)) as records:
            return profiles(records.con, reconstruct(records.con).grants)

    return run


def test_what_the_user_had_used_before_counts_by_days(profiled):
    days = [day(AT - DAY * back, seat=Seat(HOME, BROWSER.user_agent, LAPTOP)) for back in (9, 4, 2)]
    (profile,) = profiled(*days, day(AT - DAY * 2 + timedelta(hours=3), seat=BROWSER), login(resource=GRAPH))
    at_home = profile.familiarity("prefix", HOME_PREFIX)
    assert (at_home.user_days, at_home.user_first) == (3, AT - 9 * DAY)
    assert profile.familiarity("asn", HOME.asn).user_days == 3
    assert profile.familiarity("country", "PT").user_days == 3
    assert profile.familiarity("user_agent", BROWSER.user_agent).user_days == 3
    assert profile.familiarity("agent_family", "Firefox").user_days == 3
    assert profile.familiarity("resource", GRAPH.id).user_days == 3
    assert not profile.familiarity("client", AZURE_CLI.id).known_to_user
    assert not profile.familiarity("prefix", RENTED_PREFIX).known_to_user
    assert (profile.user_history_days, profile.user_records) == (9.0, 4)


def test_what_came_after_the_grant_or_failed_does_not_count(profiled):
    late = day(after(days=1), seat=Seat(RENTED, SCRIPT))
    failed = [replace(event, error_code=50126) for event in day(AT - DAY, seat=Seat(RENTED, SCRIPT))]
    (profile,) = profiled(day(AT - 3 * DAY), late, failed, login())
    assert not profile.familiarity("prefix", RENTED_PREFIX).known_to_user
    assert profile.familiarity("prefix", RENTED_PREFIX).tenant_users == 0


def test_days_after_the_grant_are_counted_for_the_user_and_for_its_networks(profiled):
    home = Seat(HOME, BROWSER.user_agent, LAPTOP)
    came = [day(after(days=back), seat=home if back == 2 else DESK) for back in (1, 2, 5)]
    failed = [replace(event, error_code=50126) for event in day(after(days=7), seat=Seat(RENTED, SCRIPT))]
    (profile,) = profiled(day(AT - 3 * DAY), *came, day(after(days=2), BEN, home), failed, login(resource=GRAPH))
    assert profile.days_after == 3
    seen = {prefix: profile.familiarity("prefix", prefix) for prefix in (HOME_PREFIX, RENTED_PREFIX)}
    assert {prefix: each.later for prefix, each in seen.items()} == {HOME_PREFIX: 1, RENTED_PREFIX: 0}
    assert not seen[HOME_PREFIX].known_to_user


def test_working_hours_are_those_of_interactive_sign_ins_before_the_grant(profiled):
    days = [day(AT.replace(hour=hour) - DAY * back) for hour, back in ((8, 3), (8, 2), (17, 2))]
    silent = [replace(event, interactive=False) for event in day(AT.replace(hour=3) - DAY)]
    first, second = profiled(*days, silent, day(after(hours=3)), login(), login(at=after(days=1)))
    assert {hour: count for hour, count in enumerate(first.hours) if count} == {8: 2, 17: 1}
    assert {hour: count for hour, count in enumerate(second.hours) if count} == {8: 2, 12: 1, 17: 1}


def test_the_tenant_counts_people_not_records(profiled):
    others = [Person(MINT.guid(), f"p{number}@tenant.example", "P") for number in range(3)]
    seat = Seat(HOME, SCRIPT, LAPTOP)
    days = [day(AT - DAY * back, user=who, seat=seat) for who in others for back in (3, 2)]
    (profile,) = profiled(*days, day(AT - DAY), login(resource=GRAPH, redeemer=Seat(RENTED, SCRIPT)))
    assert profile.tenant_users == 4
    assert profile.familiarity("prefix", HOME_PREFIX).tenant_users == 3
    assert profile.familiarity("asn", HOME.asn).tenant_users == 3
    assert profile.familiarity("user_agent", SCRIPT).tenant_users == 3
    assert profile.familiarity("agent_family", "python-requests").tenant_users == 3
    assert profile.familiarity("resource", GRAPH.id).tenant_users == 4
    assert profile.familiarity("prefix", RENTED_PREFIX).tenant_users == 0


def test_a_lineage_is_no_habit_of_its_own(profiled):
    """Neither marked uses nor the rogue device that lost its mark make the redeemer's network familiar."""
    rogue = Machine(MINT.guid(), "DESKTOP-1A2B", "Windows 10", trust="Azure AD joined")
    phish = login(client=BROKER, resource=DRS, refreshes=[Refresh(timedelta(hours=2))])
    joined = device_registration(
        MINT, ANA, tenant_id=TENANT, at=after(minutes=5), service=DRS, device_id=rogue.id, device_name=rogue.name
    )
    unmarked = [
        sign_in(phish.redemption, DAY * days, transfer="none", session_id=MINT.guid(), device=rogue) for days in (2, 3)
    ]
    first, second = profiled(phish, joined, unmarked, login(at=after(days=5)))
    assert not second.familiarity("prefix", RENTED_PREFIX).known_to_user
    assert second.familiarity("prefix", RENTED_PREFIX).tenant_users <= 1
    assert [earlier.client_id for earlier in second.earlier_grants] == [BROKER.id]
    assert second.counting_grants(after(days=5)).familiarity("prefix", RENTED_PREFIX).user_days == 1
    assert first.earlier_grants == ()


def test_legs_in_logs_without_a_protocol_are_no_history(profiled):
    first, second = profiled(login(), login(at=after(days=3)), form="graph_v1")
    assert not second.familiarity("prefix", HOME_PREFIX).known_to_user
    assert second.counting_grants(after(days=3)).familiarity("prefix", HOME_PREFIX).known_to_user
    assert first.tenant_history_days < 1


def test_the_approvers_browser_is_not_what_the_grant_carried(profiled):
    flow = login()
    seat = Seat(HOME, BROWSER.user_agent, LAPTOP)
    browser = tainted_browser(
        MINT, flow.approval, at=after(hours=1), seat=seat, client=GRAPH_EXPLORER, resource=EXCHANGE_ONLINE
    )
    (profile,) = profiled(flow, browser, day(AT - DAY, seat=seat))
    assert profile.carried is not None
    assert profile.carried["client"] == frozenset({AZURE_CLI.id})
    assert profile.carried["resource"] == frozenset({ARM.id})
    assert profile.carried["device"] == frozenset()


def test_where_else_the_user_was_within_the_hour_is_told_once_per_address(profiled):
    home = Seat(replace(HOME, latitude=41.2, longitude=-8.6), BROWSER.user_agent, LAPTOP)
    near = [day(AT + timedelta(minutes=step), seat=home) for step in (-50, -20, 55)]
    far = day(AT - timedelta(minutes=61), seat=DESK)
    other = day(AT - timedelta(minutes=5), user=BEN, seat=DESK)
    (profile,) = profiled(*near, far, other, login(refreshes=[Refresh(timedelta(minutes=30))]))
    (sight,) = profile.elsewhere
    assert (sight.time, sight.network.prefix, sight.network.asn) == (AT - timedelta(minutes=20), HOME_PREFIX, HOME.asn)
    assert (sight.network.latitude, sight.network.longitude) == (41.2, -8.6)
    assert sight.ref.position > 0


def test_clients_by_device_code_are_counted_apart(profiled):
    _, ben, ana = profiled(login(), login(BEN, at=after(days=1)), login(at=after(days=2)))
    assert ben.familiarity("grant_client", AZURE_CLI.id).tenant_users == 1
    assert ana.familiarity("grant_client", AZURE_CLI.id).tenant_users == 1
    assert (ben.tenant_grant_users, ana.tenant_grant_users) == (1, 2)
    assert ana.counting_grants(after(days=2)).familiarity("grant_client", AZURE_CLI.id).user_days == 1


def test_a_person_known_to_one_log_by_name_only_is_one_person(profiled, tmp_path):
    nameless = [
        replace(event, user=replace(ANA, id="")) for event in day(AT - 2 * DAY, seat=Seat(HOME, TOOL.user_agent))
    ]
    (profile,) = profiled(nameless, login())
    assert profile.tenant_users == 1
    assert profile.familiarity("prefix", HOME_PREFIX).user_days == 1


def test_without_grants_there_is_nothing_to_profile(profiled):
    assert profiled(day(AT)) == []
