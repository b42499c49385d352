"""The whole way: a tenant on disk, hunted over, beside its truth, in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.grants.scene import ANA, BEN, BROKER, DRS, HOME, after, login
from tests.measure.scene import a_tenant, truth_of

from grantwatch.cli.main import app
from grantwatch.errors import InputError
from grantwatch.lab import Mint, Refresh, Seat
from grantwatch.lab.apps import EDGE
from grantwatch.lab.stories import ordinary_day
from grantwatch.measure import FORMAT, document, evaluate, markdown
from grantwatch.measure.degrade import STEPS, scopes
from grantwatch.measure.truth import load

SEAT = Seat(HOME, EDGE)


def ordinary(number: int):
    mint = Mint(f"ordinary {number}")
    return ordinary_day(
        mint, ANA if number % 2 else BEN, tenant_id=login().approval.tenant_id, start=after(days=number - 8),
        seat=SEAT, apps=((BROKER, DRS),), interactive=bool(number % 3), refreshes=1, session_id=mint.guid(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Ana's code goes to a rented machine; Ben signs his own tool in, twice."""
    taken = login(ANA, client=BROKER, resource=DRS, refreshes=[Refresh(timedelta(hours=2))])
    own = [login(BEN, at=after(days=day), approver=SEAT, redeemer=Seat(HOME, "curl/8.7.1")) for day in (1, 9)]
    grants = [
        truth_of(1, taken, malicious=True, campaign="kit", attack="kit-1"),
        *(truth_of(number, flow, persona="developer") for number, flow in enumerate(own, 2)),
    ]
    events = [event for flow in (taken, *own, *map(ordinary, range(20))) for event in flow]
    return a_tenant(tmp_path_factory.mktemp("tenant"), events, grants)


@pytest.fixture(scope="module")
def made(folder):
    return document(evaluate([folder], degrade=True), tuned_on=[7, 8])


def test_every_grant_is_matched_and_the_taken_one_is_high(made):
    figures = made["overall"]
    assert made["format"] == FORMAT
    assert figures["reconstruction"]["matched"] == figures["reconstruction"]["real"] == 3
    assert figures["reconstruction"]["phantom"] == figures["reconstruction"]["doubled"] == 0
    (high,) = [each for each in figures["severities"] if each["severity"] == "high"]
    assert (high["recall"], high["false"]) == (1.0, 0)
    assert figures["delay"]["within_5_minutes"] == 1
    assert [(kind["id"], kind["grants"]) for kind in figures["personas"]] == [("developer", 2)]


def test_the_rules_ran_on_the_same_records(made):
    by_rule = {rule["rule"]: rule for rule in made["rules"]}
    assert (by_rule["every-device-code"]["alerts"], by_rule["every-device-code"]["false"]) == (3, 2)
    assert (by_rule["broker"]["recall"], by_rule["broker"]["false"]) == (1.0, 0)
    assert by_rule["new-user-7d"]["recall"] == 0.0


def test_with_less_telemetry_the_verdicts_say_what_was_not_assessed(made):
    steps = {each["step"]: each["figures"] for each in made["degraded"]}
    assert list(steps) == [step.id for step in STEPS]
    assert "stream:non_interactive" not in steps["as_given"]["missing"]
    assert "stream:non_interactive" in steps["non_interactive"]["missing"]
    assert "field:session_id" in steps["session_id"]["missing"]
    assert "field:session_id" not in steps["non_interactive"]["missing"]
    assert "field:asn" in steps["asn"]["missing"]
    assert "history" in steps["history"]["missing"]
    # What is the sign-ins' own: the logs of this tenant hold no audit at all.
    given = set(steps["as_given"]["missing"])
    assert set(steps["only_session_id"]["missing"]) - given == {"field:session_id"}
    assert set(steps["only_asn"]["missing"]) - given == {"field:asn"}
    assert set(steps["only_history"]["missing"]) - given == {"history"}
    blind = [len(steps[step.id]["blind_signals"]) for step in STEPS if not step.alone]
    assert blind == sorted(blind)
    assert blind[0] < blind[-1]
    assert all(each["reconstruction"]["matched"] == 3 for each in steps.values())


def test_steps_that_share_a_read_are_what_each_would_be_by_itself(folder, made, monkeypatch):
    monkeypatch.setattr("grantwatch.measure.run.READS", tuple((step.id,) for step in STEPS))
    assert document(evaluate([folder], degrade=True))["degraded"] == made["degraded"]


def test_stretches_cover_all_of_the_time(folder):
    truth = load(folder)
    stretches = scopes(next(step for step in STEPS if not step.history), truth)
    assert stretches[0].since is stretches[-1].until is None
    assert [each.until for each in stretches[:-1]] == [each.since for each in stretches[1:]]
    inner = [(each.since, each.until) for each in stretches[1:-1]]
    assert inner
    assert all(until - since < timedelta(days=7) for since, until in inner if since and until)


def test_the_page_is_made_from_the_json_alone(made):
    again = json.loads(json.dumps(made))
    assert markdown(made) == markdown(again)
    page = markdown(made)
    assert "tuned on seeds 7, 8, none of which is measured here" in page
    assert "without non-interactive sign-ins" in page
    assert all(rule["title"] in page for rule in made["rules"])


def test_a_run_without_less_telemetry_has_no_such_chapter(folder):
    assert "With less telemetry" not in markdown(document(evaluate([folder])))


def test_two_runs_are_the_same(folder, made):
    again = document(evaluate([folder]))
    assert again["overall"] == made["overall"]
    assert again["rules"] == made["rules"]


def test_two_tenants_stand_each_and_together(folder, tmp_path):
    flow = login(BEN)
    other = a_tenant(tmp_path, flow, [truth_of(1, flow)], seed=2, tenant_id="other", users=50)
    made = document(evaluate([folder, other]))
    assert [(tenant["seed"], tenant["figures"]["grants"]) for tenant in made["tenants"]] == [(1, 3), (2, 1)]
    assert (made["overall"]["grants"], made["overall"]["user_days"]) == (4, 4500)


def test_the_same_tenant_twice_is_refused(folder):
    with pytest.raises(InputError, match="once more; accepted is each tenant once"):
        evaluate([folder, folder])


def test_a_folder_without_logs_is_refused(tmp_path):
    a_tenant(tmp_path, login(), [])
    (tmp_path / "logs").rename(tmp_path / "old")
    with pytest.raises(InputError, match="logs: is not there"):
        evaluate([tmp_path])


# -- the command


@pytest.fixture
def run(capsys, monkeypatch):
    """Exit code, standard output and standard error of `grantwatch lab evaluate …`."""
    monkeypatch.setenv("COLUMNS", "160")

    def ran(*arguments: str):
        code = app(["lab", "evaluate", *arguments], standalone_mode=False)
        return code, *capsys.readouterr()

    return ran


def test_the_command_prints_tables(folder, run):
    code, printed, _ = run(str(folder))
    assert code == 0
    assert "Recall and precision" in printed
    assert "Beside the public rules" in printed


def test_the_command_writes_json_and_markdown(folder, tmp_path, run):
    assert run(str(folder), "--format", "json", "--output", str(tmp_path / "run.json"))[0] == 0
    assert run(str(folder), "--format", "markdown", "--output", str(tmp_path / "run.md"))[0] == 0
    made = json.loads((tmp_path / "run.json").read_bytes())
    assert (tmp_path / "run.md").read_text() == markdown(made)


def test_the_command_says_what_is_missing(tmp_path, run):
    code, _, said = run(str(tmp_path))
    assert code == 3
    assert "truth.json: is not there" in said


def test_truth_and_logs_that_do_not_belong_together_are_refused(tmp_path, run):
    flow = [replace(event, request_id=Mint("elsewhere").guid()) for event in login()]
    a_tenant(tmp_path, login(), [truth_of(1, flow)])
    code, _, said = run(str(tmp_path))
    assert code == 3
    assert "they do not belong together" in said


def test_an_unknown_format_is_refused(folder, run):
    code, _, said = run(str(folder), "--format", "html")
    assert code == 2
    assert "accepted are table, json, markdown" in said
