"""What the people around a user do: peers, and networks to which they move together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.grants.scene import AT, AZURE_CLI, BROWSER, GRAPH, HOME, MINT, OFFICE, TENANT, TOOL, login

from grantwatch.grants import reconstruct
from grantwatch.lab import App, Event, Machine, Person, Place, Seat, ordinary_day, write_tenant
from grantwatch.lab.apps import OFFICE_HOME
from grantwatch.profile import Peers, Profile, profiles
from grantwatch.records.load import read

EDITOR = App("aebc6443-996d-45c2-90f0-388ff96faa56", "Visual Studio Code")
DESK = Seat(OFFICE, BROWSER.user_agent)
NEW = Place("203.0.113.40", 64510, "PT", "Porto", "Porto")
DAY = timedelta(days=1)
STAFF = [Person(MINT.guid(), f"s{number}@tenant.example", "S") for number in range(18)]
CODERS = [Person(MINT.guid(), f"d{number}@tenant.example", "D") for number in range(6)]


def days(who: Person, *back: float, seat: Seat = DESK, client: App = OFFICE_HOME) -> list[Event]:
    return [
        event
        for days_ago in back
        for event in ordinary_day(
            MINT,
            who,
            tenant_id=TENANT,
            start=AT - DAY * days_ago,
            seat=seat,
            apps=((client, GRAPH),),
            session_id=MINT.guid(),
            refreshes=0,
        )
    ]


def code(who: Person, back: float = 0.0) -> list[Event]:
    return list(login(who, at=AT - DAY * back, client=AZURE_CLI, redeemer=Seat(HOME, TOOL.user_agent, Machine())))


def company() -> list[Event]:
    """Everybody reads mail; six people also write code, and five of those use device codes."""
    told = [event for who in (*STAFF, *CODERS) for event in days(who, 9, 6, 4)]
    told += [event for who in CODERS for event in days(who, 9, client=EDITOR)]
    return told + [event for who in CODERS[1:] for event in code(who, 3)]


@pytest.fixture
def last(tmp_path: Path):
    def run(*events: Event) -> Profile:
        """The profile of the last grant."""
        with read(write_tenant(sorted(events, key=lambda each: each.time), "graph", tmp_path)) as records:
            return profiles(records.con, reconstruct(records.con).grants)[-1]

    return run


def test_a_newcomer_among_people_who_use_it_has_peers_who_do(last):
    assert last(*company(), *code(CODERS[0])).peers == Peers(5, 5, 5)


def test_somebody_without_anything_special_works_like_the_others_who_have_nothing(last):
    assert last(*company(), *code(STAFF[0])).peers == Peers(17, 0, 0)


def test_what_peers_began_within_the_day_does_not_count(last):
    fresh = [event for who in STAFF[1:6] for event in code(who, 0.5)]
    assert last(*company(), *fresh, *code(STAFF[0])).peers == Peers(17, 0, 0)


def test_peers_are_asked_only_where_the_users_own_habit_does_not_tell(last):
    assert last(*company(), *code(CODERS[1])).peers is None


def test_somebody_of_whom_there_is_next_to_nothing_has_no_peers(last):
    new = Person(MINT.guid(), "new@tenant.example", "N")
    assert last(*company(), *days(new, 1), *code(new)).peers is None


def test_where_peers_were_a_day_before_is_counted_for_networks_that_are_new_to_the_user(last):
    abroad = Seat(replace(HOME, ip="198.18.0.9", asn=64520), BROWSER.user_agent)
    there = [event for who in CODERS[1:4] for event in days(who, 2, seat=abroad)]
    just_now = [event for who in CODERS[4:] for event in days(who, 0.5, seat=abroad)]
    others = [event for who in STAFF[:2] for event in days(who, 2, seat=abroad)]
    flow = login(CODERS[0], at=AT, client=AZURE_CLI, redeemer=abroad)
    profile = last(*company(), *there, *just_now, *others, *flow)
    assert (profile.familiarity("asn", 64520).peers, profile.familiarity("asn", 64520).tenant_users) == (3, 7)
    assert profile.familiarity("prefix", "198.18.0.0/24").peers == 3


# -- moving together


def moved(profile: Profile) -> int:
    found = {profile.familiarity("prefix", "203.0.113.0/24").moved, profile.familiarity("asn", NEW.asn).moved}
    assert len(found) == 1
    return found.pop()


def from_new(who: Person) -> list[Event]:
    seat = replace(BROWSER, place=NEW)
    return list(login(who, at=AT, client=AZURE_CLI, approver=seat, redeemer=Seat(NEW, TOOL.user_agent)))


def test_people_of_one_network_who_come_to_another_within_days_moved_together(last):
    before = [event for who in STAFF[:10] for event in days(who, 30, 25)]
    after = [event for who in STAFF[1:8] for event in days(who, 3, seat=replace(DESK, place=NEW))]
    assert moved(last(*before, *after, *from_new(STAFF[0]))) == 7


def test_it_takes_five_and_a_quarter_of_those_who_were_there(last):
    before = [event for who in STAFF for event in days(who, 30, 25)]
    crowd = [Person(MINT.guid(), f"c{number}@tenant.example", "C") for number in range(10)]
    before += [event for who in crowd for event in days(who, 30)]
    four = [event for who in STAFF[1:5] for event in days(who, 3, seat=replace(DESK, place=NEW))]
    six = [event for who in STAFF[1:7] for event in days(who, 3, seat=replace(DESK, place=NEW))]
    assert moved(last(*before, *four, *from_new(STAFF[0]))) == 0
    assert moved(last(*before, *six, *from_new(STAFF[0]))) == 0


def test_people_who_were_never_where_the_user_was_are_no_company(last):
    before = days(STAFF[0], 30, 25)
    after = [event for who in STAFF[1:8] for event in days(who, 3, seat=replace(DESK, place=NEW))]
    assert moved(last(*before, *after, *from_new(STAFF[0]))) == 0


def test_who_came_long_ago_did_not_move_with_them(last):
    before = [event for who in STAFF[:10] for event in days(who, 60, 55)]
    after = [event for who in STAFF[1:8] for event in days(who, 30, 3, seat=replace(DESK, place=NEW))]
    assert moved(last(*before, *after, *from_new(STAFF[0]))) == 0
