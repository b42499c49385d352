"""The whole journey on the example tenant: the attack passes today, a block stops it, and who is not allowed breaks."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from typer.testing import CliRunner

from grantwatch.cli.main import app
from grantwatch.lab.exported import candidate
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.pipeline import Hunt, hunt
from grantwatch.policy import parse, read
from grantwatch.replay import Replay, Result, Stage, Standing, replay
from grantwatch.report.document import schema
from grantwatch.report.replay import csv as table
from grantwatch.report.replay.document import dumps
from grantwatch.report.replay.terminal import text

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "examples" / "logs"
TENANT = ROOT / "examples" / "tenant"
TODAY = TENANT / "today.json"
CANDIDATE = TENANT / "candidate.json"


@pytest.fixture(scope="module")
def fabrikam() -> Fabrikam:
    return Fabrikam()


@pytest.fixture(scope="module")
def found() -> Hunt:
    return hunt([LOGS])


@pytest.fixture(scope="module")
def made(found: Hunt) -> Replay:
    return replay(found, read([TODAY]), read([CANDIDATE]))


def with_members(found: Hunt, fabrikam: Fabrikam, *allowed: Any) -> Replay:
    proposed = parse([("candidate.json", json.dumps(candidate(fabrikam, allowed)).encode())])
    return replay(found, read([TODAY]), proposed)


def users(made: Replay) -> set[str | None]:
    return {each.judged.grant.user.upn for each in made.grants if each.breaks}


def test_the_committed_exports_are_what_the_script_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_policies", ROOT / "examples" / "make_policies.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for path in module.write(tmp_path):
        assert path.read_bytes() == (TENANT / path.name).read_bytes(), "run: python examples/make_policies.py"


def test_the_attack_passes_today_and_is_stopped_by_the_candidate(made: Replay, fabrikam: Fabrikam) -> None:
    (attack,) = [each for each in made.grants if each.standing is Standing.SUSPECT]
    assert attack.judged.grant.user.upn == fabrikam.marta.upn
    assert attack.today.result is Result.PASSES
    assert attack.today.gaps[0].kind == "user_not_included"
    assert attack.candidate
    assert (attack.candidate.result, attack.candidate.stopped_at) == (Result.STOPPED, Stage.APPROVAL)
    assert not any(each.gets_through for each in made.grants)


def test_the_candidate_breaks_nobody(made: Replay) -> None:
    honest = [each for each in made.grants if each.standing is Standing.HONEST]
    assert len(honest) == 35
    assert {each.last.result for each in honest} == {Result.PASSES}
    assert not users(made)


def test_who_is_taken_out_of_the_group_breaks_and_nobody_else(found: Hunt, fabrikam: Fabrikam) -> None:
    everybody = (fabrikam.ines, fabrikam.jonas, fabrikam.room)
    for gone in everybody:
        without = with_members(found, fabrikam, *(person for person in everybody if person is not gone))
        assert users(without) == {gone.upn}
        broken = [each for each in without.grants if each.breaks]
        assert all(each.last.by[0].name == "CA015 Block device code flow" for each in broken)


def test_the_replay_agrees_with_what_the_logs_recorded(made: Replay) -> None:
    found = made.agreement
    assert (found.agree, found.differ, found.not_assessed) == (1, 0, 0)
    assert (found.statuses.agree, found.statuses.differ, found.statuses.not_assessed) == (134, 0, 0)
    assert found.differences == ()


def test_json_fits_its_schema_and_adds_up(made: Replay) -> None:
    whole = schema("replay")
    Draft202012Validator.check_schema(whole)
    written = json.loads(dumps(made))
    Draft202012Validator(whole).validate(written)
    for scenario in written["scenarios"]:
        told = sum(each["total"] for each in scenario["decisions"].values())
        way = "today" if scenario["name"] == "today" else "candidate"
        assert told == sum(sum(grant[way]["decisions"].values()) for grant in written["grants"])
        assert len(written["grants"]) == sum(sum(each.values()) for each in scenario["grants"].values())
    for rows in ("by_user", "by_client", "by_device"):
        assert sum(row["honest"]["passes"] for row in written[rows]) == 35


def test_csv_has_a_row_for_every_grant(made: Replay) -> None:
    rows = list(csv.DictReader(io.StringIO(table.encode(made).decode("utf-8-sig"))))
    assert len(rows) == len(made.grants)
    assert {row["candidate"] for row in rows if row["standing"] == "suspect"} == {"stopped"}


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_and_tells(made: Replay, found: Hunt, fabrikam: Fabrikam, width: int) -> None:
    told = text(made, width=width)
    assert max(map(len, told.splitlines())) <= width
    assert "stopped at the approval by CA015" in " ".join(told.split())
    assert "jonas.weber@fabrikam-garden.example with Microsoft Azure CLI: 13 grants stopped" in " ".join(
        text(with_members(found, fabrikam, fabrikam.ines, fabrikam.room), width=width).split()
    )


def test_hostile_names_are_harmless(found: Hunt) -> None:
    evil = "\x1b]0;owned\x07\u202e=cmd|' /C calc'!A0"
    policy = json.loads(CANDIDATE.read_text())["policies"][0] | {"displayName": evil}
    made = replay(found, read([TODAY]), parse([("evil.json", json.dumps({"value": [policy]}).encode())]))
    for written in (text(made), dumps(made).decode(), table.encode(made).decode()):
        assert "\x1b" not in written
        assert "\x07" not in written
    assert "\u202e" not in text(made)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ((), 0),
        (("--candidate", str(CANDIDATE)), 0),
        (("--candidate", str(CANDIDATE), "--fail-on", "honest-blocked", "--fail-on", "attack-passes"), 0),
        (("--fail-on", "attack-passes"), 1),
        (("--fail-on", "honest-blocked", "--fail-on", "differs"), 0),
    ],
)
def test_the_command_and_its_exit_codes(more: tuple[str, ...], code: int, tmp_path: Path) -> None:
    out = tmp_path / "replay.json"
    command = ["policy", "replay", str(LOGS), "--policies", str(TODAY), "--format", "json", "--output", str(out)]
    done = CliRunner().invoke(app, [*command, *more])
    assert done.exit_code == code, done.output
    assert json.loads(out.read_bytes())["format"] == "grantwatch-replay/1"


@pytest.mark.parametrize(
    ("more", "said", "code"),
    [
        ((), "--policies: is missing", 2),
        (("--policies", str(TODAY), "--days", "0"), "from 1 to 3650", 2),
        (("--policies", str(TODAY), "--fail-on", "high"), "honest-blocked, attack-passes, differs", 2),
        (("--policies", str(TODAY), "--enforce"), "--candidate FILE", 2),
        (("--policies", str(TODAY), "--format", "html"), "table, json, csv", 2),
        (("--policies", "missing.json"), "--policies missing.json", 3),
        (("--policies", str(LOGS.parent)), "no *.json in this folder", 3),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_would_be_right(
    more: tuple[str, ...], said: str, code: int, capfd: pytest.CaptureFixture[str]
) -> None:
    done = CliRunner().invoke(app, ["policy", "replay", str(LOGS), *more])
    assert done.exit_code == code
    assert said in done.output + capfd.readouterr().err


def test_allowances_mark_and_change_nothing_else(found: Hunt, made: Replay, tmp_path: Path) -> None:
    from grantwatch.allowances.reader import read as read_allowances

    file = tmp_path / "allowed.yaml"
    file.write_text(ALLOWED, encoding="utf-8")
    marked = replay(found, read([TODAY]), read([CANDIDATE]), allowances=read_allowances(str(file)))
    allowed = {each.judged.grant.user.upn for each in marked.grants if each.allowed}
    assert allowed == {"ines.duarte@fabrikam-garden.example"}
    assert [each.last.result for each in marked.grants] == [each.last.result for each in made.grants]


ALLOWED = """\
version: grantwatch-allowances/1
allowances:
  - id: ines-azure-cli
    subject:
      user: ines.duarte@fabrikam-garden.example
    client: 04b07795-8ddb-461a-bbee-02f9e1bf7b46
    resource: any
    network: any
    owner: platform team
    reason: scripts
    expires: 2027-01-31
"""
