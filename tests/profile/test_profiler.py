"""Who works on grants is told how far they are; what is looked up meanwhile is what it would be later."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.grants.scene import ANA, AT, BEN, MINT, OFFICE, after, deed, login
from tests.profile.test_profiles import OFFICE_PREFIX, day

from grantwatch.grants import Subject, Watch, reconstruct
from grantwatch.lab import Event, Refresh, write_tenant
from grantwatch.profile import Profiler, profiles
from grantwatch.records.database import beside
from grantwatch.records.load import read

WEEK = timedelta(days=7)


class Notes(Watch):
    """Writes down what it is told, and what the tables said then."""

    def __init__(self, con: Any) -> None:
        self.con = con
        self.told: list[tuple[str, Any]] = []

    def _count(self, table: str) -> int:
        (((count,),)) = self.con.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(count)

    def near(self) -> None:
        self.told.append(("near", self._count("flow_key") > 0))

    def found(self, subjects: Sequence[Subject]) -> None:
        self.told.append(("found", [(each.number, each.started_at) for each in subjects]))

    def tied(self) -> None:
        self.told.append(("tied", (self._count("taken") > 0, self._count("token_use"))))


def orphaned() -> list[Event]:
    """A flow of which only a token's later use is in the logs."""
    flow = login(BEN, at=AT - WEEK, refreshes=[Refresh(timedelta(hours=5))])
    return list(flow)[-1:]


@pytest.mark.parametrize("deeds", [False, True], ids=["sign-ins alone", "with audits"])
def test_it_is_told_step_by_step(tmp_path: Path, deeds: bool) -> None:
    flow = login(refreshes=[Refresh(timedelta(hours=1)), Refresh(timedelta(hours=2))])
    events: list[Event] = [*flow, *login(at=after(days=1))]
    if deeds:
        events.append(deed("New-InboxRule", "Exchange", after(hours=3)))
    with read(write_tenant(events, "graph", tmp_path)) as records:
        notes = Notes(records.con)
        found = reconstruct(records.con, notes)
    starts = [(number, grant.started_at) for number, grant in enumerate(found.grants)]
    assert notes.told == [("near", True), ("found", starts), ("tied", (True, 2))]


def test_grants_that_lie_outside_the_logs_are_told_with_all_others(tmp_path: Path) -> None:
    with read(write_tenant([*login(), *orphaned()], "graph", tmp_path)) as records:
        notes = Notes(records.con)
        found = reconstruct(records.con, notes)
    assert [what for what, _ in notes.told] == ["near", "found", "tied", "found", "tied"]
    assert len(notes.told[1][1]) == 1
    assert notes.told[3][1] == [(number, grant.started_at) for number, grant in enumerate(found.grants)]


@pytest.mark.parametrize("outside", [False, True], ids=["inside", "outside too"])
def test_profiles_are_what_they_would_be_afterwards(tmp_path: Path, outside: bool) -> None:
    events: list[Event] = [event for back in (9, 4, 2) for event in day(AT - timedelta(days=back))]
    events += [
        event
        for back in (3, 2, 1, 0)
        for user, hours in ((ANA, 0), (BEN, 1))
        for event in login(user, at=AT - timedelta(days=back) + timedelta(hours=hours))
    ]
    events += orphaned() if outside else []
    with read(write_tenant(events, "graph", tmp_path)) as records:
        with beside(records.con) as other, ThreadPoolExecutor(1) as pool:
            profiler = Profiler(other, pool)
            found = reconstruct(records.con, profiler)
            beside_it = profiler.profiles(records.con, found.grants)
        assert len(beside_it) == len(found.grants) == 8 + outside
        assert profiles(records.con, found.grants) == beside_it


def test_who_was_seen_where_only_a_deed_of_the_grant_was(tmp_path: Path) -> None:
    """What rows near a flow carry is asked for before the grants are there; what else they carry, once they are."""
    events: list[Event] = [event for back in (3, 2) for event in day(AT - timedelta(days=back), BEN)]
    rule = deed("New-InboxRule", "Exchange", after(minutes=20), place=OFFICE, session_id=MINT.guid())
    logs = write_tenant([*events, *login(), rule], "graph", tmp_path)
    with read(logs) as records, beside(records.con) as other, ThreadPoolExecutor(1) as pool:
        profiler = Profiler(other, pool)
        (grant,) = (found := reconstruct(records.con, profiler)).grants
        (profile,) = profiler.profiles(records.con, found.grants)
    assert [each.network.prefix for each in grant.follow_ons] == [OFFICE_PREFIX]
    assert profile.familiarity("prefix", OFFICE_PREFIX).tenant_users == 1


def test_logs_without_grants_have_no_profiles(tmp_path: Path) -> None:
    with read(write_tenant(day(AT), "graph", tmp_path)) as records:
        with beside(records.con) as other, ThreadPoolExecutor(1) as pool:
            profiler = Profiler(other, pool)
            assert profiler.profiles(records.con, reconstruct(records.con, profiler).grants) == []
        assert profiles(records.con, []) == []
