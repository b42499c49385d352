"""truth.json is read whole, or refused with the place."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from tests.grants.scene import login
from tests.measure.scene import a_tenant, truth_of

from grantwatch.errors import InputError
from grantwatch.grants.model import Outcome
from grantwatch.measure.truth import load


@pytest.fixture
def folder(tmp_path):
    return a_tenant(tmp_path, login(), [truth_of(1, login(), malicious=True, campaign="kit", outcome="approved")])


def changed(folder, change):
    raw = json.loads((folder / "truth.json").read_text())
    change(raw)
    (folder / "truth.json").write_text(json.dumps(raw))
    return folder


def test_a_grant_is_read_with_everything_that_is_asked_of_it(folder):
    def renamed(raw):
        raw["grants"][0]["request_ids"] = ["ABC-1"]
        raw["grants"][0]["started_at"] = "2026-09-08T11:30:00+02:00"

    (grant,) = load(changed(folder, renamed)).grants
    assert grant.request_ids == {"abc-1"}
    assert grant.started_at == datetime(2026, 9, 8, 9, 30)
    assert (grant.outcome, grant.campaign, grant.taken, grant.given_away) == (Outcome.APPROVED, "kit", False, True)


def test_rates_are_per_users_times_days(folder):
    assert load(folder).user_days == 3000


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.update(format="grantwatch-truth/9"), "format: accepted is grantwatch-truth/1"),
        (lambda raw: raw.update(users=0), "users: accepted is a whole number from 1 on"),
        (lambda raw: raw.update(days=True), "days: accepted is a whole number from 1 on"),
        (lambda raw: raw.update(start="soon"), "start: accepted is a time such as"),
        (lambda raw: raw.update(grants={}), "grants: accepted is a list"),
        (lambda raw: raw["grants"].append(3), r"grants\[1\]: accepted is an object"),
        (lambda raw: raw["grants"].append(raw["grants"][0]), "grants: accepted is .* 1 stands there twice"),
        (lambda raw: raw["grants"][0].update(outcome="lost"), r"grants\[0\].outcome: accepted is one of redeemed"),
        (lambda raw: raw["grants"][0].update(malicious="yes"), r"grants\[0\].malicious: accepted is true or false"),
        (lambda raw: raw["grants"][0].update(request_ids=[]), r"grants\[0\].request_ids: accepted is the ids"),
        (lambda raw: raw["grants"][0].update(request_ids=[1]), r"grants\[0\].request_ids\[0\]: accepted is a text"),
        (lambda raw: raw["grants"][0].pop("upn"), r"grants\[0\].upn: accepted is a value, but the key is not there"),
        (lambda raw: raw["decoys"].append({"id": "d"}), r"decoys\[0\].user_id: .* the key is not there"),
        (lambda raw: raw["records"].update(audit=-1), "records.audit: accepted is a whole number"),
        (lambda raw: raw.update(records=[]), "records: accepted is an object"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder, change, says):
    with pytest.raises(InputError, match=rf"truth.json: {says}"):
        load(changed(folder, change))


def test_a_folder_without_a_truth_says_what_would_be_accepted(tmp_path):
    with pytest.raises(InputError, match=r"truth.json: is not there; accepted is a folder as `grantwatch lab simulate"):
        load(tmp_path)


def test_what_is_no_json_is_named(tmp_path):
    (tmp_path / "truth.json").write_text("{")
    with pytest.raises(InputError, match=r"truth.json: is no JSON"):
        load(tmp_path)
