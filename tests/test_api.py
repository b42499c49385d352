"""What notebooks call: one function, Arrow tables, and nothing loaded before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest

import grantwatch
from grantwatch.errors import InputError, UsageError
from grantwatch.report.arrow import SCHEMAS

LOGS = Path(__file__).resolve().parents[1] / "examples" / "logs"


@pytest.fixture(scope="module")
def found() -> grantwatch.Hunt:
    return grantwatch.hunt(LOGS)


def test_one_path_or_several(found: grantwatch.Hunt) -> None:
    assert found.grants
    assert grantwatch.hunt(str(LOGS)).grants == grantwatch.hunt(sorted(LOGS.iterdir())).grants == found.grants


def test_the_tables_hold_the_hunt(found: grantwatch.Hunt) -> None:
    tables = grantwatch.tables(found)

    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    grants = tables["grants"].to_pylist()
    assert [row["grant_id"] for row in grants] == [each.grant.grant_id for each in found.grants]
    worst = found.grants[0]
    assert grants[0]["started_at"] == worst.grant.started_at.replace(tzinfo=UTC)
    assert grants[0]["severity"] == "critical"
    for name, expected in {
        "evidence": sum(len(each.verdict.evidence) for each in found.grants),
        "not_assessed": sum(len(each.verdict.not_assessed) for each in found.grants),
        "legs": sum(len(each.grant.legs) for each in found.grants),
        "token_uses": sum(len(each.grant.token_uses) for each in found.grants),
        "follow_ons": sum(len(each.grant.follow_ons) for each in found.grants),
        "incidents": len(found.incidents),
        "files": len(found.files),
    }.items():
        assert tables[name].num_rows == expected > 0, name


def test_tables_of_nothing_have_their_columns() -> None:
    tables = grantwatch.tables(grantwatch.hunt(LOGS, since="2100-01-01"))

    assert tables["grants"].num_rows == 0
    assert tables["grants"].schema == SCHEMAS["grants"]


def test_no_column_is_empty_but_those_of_which_the_examples_say_nothing(found: grantwatch.Hunt) -> None:
    """A getter that names the wrong field would leave one."""
    empty = {
        f"{name}.{column}"
        for name, table in grantwatch.tables(found).items()
        for column in table.column_names
        if all(row[column] in (None, []) for row in table.to_pylist())
    }
    unsaid = "grants.role_ids grants.unseen legs.device_os legs.device_trust follow_ons.asn follow_ons.country"
    own = {"evidence.source", "not_assessed.source"}
    assert empty == {*unsaid.split(), "follow_ons.city", *own}


def test_the_logs_as_a_stream(found: grantwatch.Hunt) -> None:
    with grantwatch.logs(LOGS) as logs:
        reader = logs.sign_ins()
        assert isinstance(reader, pa.RecordBatchReader)
        sign_ins = reader.read_all()
        activities = logs.activities().read_all()

    assert sign_ins.num_rows + activities.num_rows == found.records.parsed
    assert {"file", "position", "form", "time", "upn", "app_id", "protocol", "transfer"} <= set(sign_ins.column_names)
    assert {Path(file).parent for file in sign_ins["file"].to_pylist()} == {LOGS}
    assert {"operation", "actor_upn"} <= set(activities.column_names)


def test_a_time_may_be_a_datetime_in_any_zone() -> None:
    text = grantwatch.hunt(LOGS, since="2026-09-20T10:00")
    naive = grantwatch.hunt(LOGS, since=datetime(2026, 9, 20, 10))
    east = grantwatch.hunt(LOGS, since=datetime(2026, 9, 20, 12, tzinfo=timezone(timedelta(hours=2))))

    assert text.records == naive.records == east.records
    assert text.records.ignored > 0


def test_one_user_as_text(found: grantwatch.Hunt) -> None:
    upn = found.grants[0].grant.user.upn
    assert upn is not None

    assert {each.grant.user.upn for each in grantwatch.hunt(LOGS, users=upn).grants} == {upn}


def test_errors_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file in this folder"):
        grantwatch.logs(tmp_path)
    with pytest.raises(UsageError, match="--since"):
        grantwatch.hunt(LOGS, since="soon")
    with pytest.raises(AttributeError, match="hutn"):
        grantwatch.hutn  # noqa: B018


def test_the_package_loads_nothing_by_itself() -> None:
    code = (
        "import sys, grantwatch; assert not {'duckdb', '_duckdb', 'pyarrow', 'rich', 'typer', 'grantwatch.api'} "
        "& set(sys.modules); grantwatch.hunt; assert 'pyarrow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_own_signals_from_a_folder_and_from_a_notebook_and_weights(found: grantwatch.Hunt, tmp_path: Path) -> None:
    from grantwatch.signals import Answer, Case, Signal, signal

    @signal("client.mine", title="Mine", question="Mine?", group="client", weight=2.0, looks_at="this", otherwise="No.")
    def mine(self: Signal, case: Case) -> Answer:
        return self.fired("Mine fired.", chip="mine")

    rules = LOGS.parent / "signals"
    (tmp_path / "w.toml").write_text("[default.signals]\n'client.mine' = 0.5\n")
    own = grantwatch.hunt(LOGS, signals=[mine, rules], weights=tmp_path / "w.toml")
    assert [each.id for each in own.own_signals] == ["client.mine", "network.seen_in_incidents"]
    fired = {each.signal: each for judged in own.grants for each in judged.verdict.evidence if each.source}
    assert set(fired) == {"client.mine", "network.seen_in_incidents"}
    assert fired["client.mine"].weight == 0.5
    rows = grantwatch.tables(own)["evidence"].to_pylist()
    assert {row["source"] for row in rows if row["signal"] == "client.mine"} == {mine.place}
    assert grantwatch.hunt(LOGS).grants == found.grants, "what one hunt was given is none of the next"
    assert [each.id for each in grantwatch.hunt(LOGS, signals=rules).own_signals] == ["network.seen_in_incidents"]
