"""Taking telemetry away from records that stay where they are, and having them back."""

from __future__ import annotations

from datetime import timedelta

from tests.grants.scene import AT, after, login

from grantwatch.lab import write_tenant
from grantwatch.measure.degrade import READS, STEPS, take, within
from grantwatch.pipeline import hunted
from grantwatch.records.load import read
from grantwatch.records.scope import EVERYTHING, Scope


def tables(con):
    return sorted(con.execute("SELECT table_name FROM duckdb_tables()").fetchall())


def kept(con):
    return con.execute("SELECT count(*) FROM kept_sign_in").fetchall()[0][0]


def records(folder, *flows):
    return read(write_tenant([event for flow in flows for event in flow], "graph", folder / "logs"))


def test_what_a_hunt_made_is_gone_after_it(tmp_path):
    with records(tmp_path, login()) as found:
        before = tables(found.con)
        with within(found.con, EVERYTHING):
            hunted(found)
            assert tables(found.con) != before
        assert tables(found.con) == before


def test_a_stretch_of_time_holds_what_was_in_it_and_all_is_back_after_it(tmp_path):
    early, late = login(), login(at=after(days=3))
    with records(tmp_path, early, late) as found:
        with within(found.con, Scope(since=AT + timedelta(days=1))):
            assert kept(found.con) == 3
            assert [each.grant.started_at for each in hunted(found).grants] == [late.approval.time]
        with within(found.con, Scope(until=AT + timedelta(days=1))):
            assert [each.grant.started_at for each in hunted(found).grants] == [early.approval.time]
        assert kept(found.con) == 6


def test_what_was_taken_stays_taken(tmp_path):
    steps = {step.id: step for step in STEPS}
    with records(tmp_path, login()) as found:
        take(found.con, steps["non_interactive"])
        with within(found.con, Scope(since=AT - timedelta(days=1), until=AT + timedelta(days=1))):
            assert kept(found.con) == 2
        assert kept(found.con) == 2


def test_every_step_has_its_read():
    assert sorted(id for steps in READS for id in steps) == sorted(step.id for step in STEPS)
