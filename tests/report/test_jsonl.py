"""The timeline: what Timesketch needs on each line, in time order."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.report.conftest import hostile_hunt
from tests.report.scenes import HOSTILE, made, nothing_assessed, scene

from grantwatch.pipeline import Hunt

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def lines(hunt: Hunt) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made("jsonl", hunt).split(b"\n")[:-1]]


@pytest.mark.parametrize("hunt", [scene(), *map(hostile_hunt, HOSTILE)])
def test_every_line_has_what_timesketch_needs(hunt: Hunt) -> None:
    told = lines(hunt)
    assert told
    for event in told:
        assert list(event)[:3] == ["message", "datetime", "timestamp_desc"]
        assert event["message"]
        assert TIME.fullmatch(event["datetime"])
        assert event["event_kind"]
        assert all(isinstance(value, (str, int, float, list)) for value in event.values())
        assert all(isinstance(item, str) for value in event.values() if isinstance(value, list) for item in value)
        assert not [name for name, value in event.items() if value in ("", [])]
    assert [event["datetime"] for event in told] == sorted(event["datetime"] for event in told)


def test_every_part_of_a_grant_is_an_event() -> None:
    hunt = scene()
    grant = hunt.grants[0].grant
    kinds = [(e["event_kind"], e["timestamp_desc"]) for e in lines(hunt) if e.get("grant_id") == grant.grant_id]
    assert kinds.count(("verdict", "Grant Judged")) == 1
    assert kinds.count(("token_use", "First Token Use")) == kinds.count(("token_use", "Last Token Use")) == 5
    assert {kind for kind, what in kinds if what == "Follow-on Activity"} == {f.kind for f in grant.follow_ons}
    assert [what for _, what in kinds if what.startswith("Device Code")] == [
        "Device Code Interrupt",
        "Device Code Approval",
        "Device Code Redemption",
    ]


def test_an_event_leads_back_to_its_record_and_to_what_fired_on_it() -> None:
    redemption = next(e for e in lines(scene()) if e["event_kind"] == "redemption" and e["severity"] == "critical")
    assert (redemption["file"], redemption["position"], redemption["record_id"]) == (
        "exports/noninteractive.json",
        31,
        "req-31",
    )
    assert redemption["signals"][0] == "persistence.device"
    assert redemption["ip"] == "203.0.113.77"
    assert redemption["incident_id"] == "i-1"


def test_what_could_not_be_seen_is_in_the_timeline() -> None:
    told = lines(scene())
    gaps = [e for e in told if e["timestamp_desc"].startswith("Log Gap")]
    assert [e["datetime"][:10] for e in gaps] == ["2026-09-02", "2026-09-03"]
    assert [e for e in told if e["timestamp_desc"] == "Not Assessed" and "Unified Audit Log" in e["message"]]
    # Without any time there is no place on a timeline; the program then says it on standard error.
    assert lines(nothing_assessed()) == []
