"""Objects of Graph PowerShell say what Graph says, though their names look like those of Log Analytics."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.records.reading import audit, reading, sign_in

from grantwatch.lab import Policy, Target
from grantwatch.lab.events import Change
from grantwatch.lab.records import Record, graph_audit, graph_signin, powershell, signin_row
from grantwatch.lab.writers import write_array, write_ndjson

SIGN_INS = [
    sign_in(0, protocol="deviceCode", transfer="deviceCodeFlow", scopes=("User.Read",), wids=("w",)),
    sign_in(1, error_code=53003, policies=(Policy.blocking_device_code("p-1"),), ca_status="failure"),
    sign_in(
        2, interactive=False, incoming="refreshToken", transfer="deviceCodeFlow", auth_methods=(("Password", "ok"),)
    ),
]
CHANGED = (Change("CloudDisplayName", 'a "Key": in a name'),)
AUDITS = [
    audit(0, targets=(Target("d-1", "DESKTOP", "Device", None, CHANGED),), details=(("User-Agent", "Dsreg/10.0"),)),
    audit(1, result="failure"),
]


def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    read = ("policies", "processing", "auth_details", "detail", "content")
    return [{key: value for key, value in row.items() if key not in {"file", "pass_id", *read}} for row in rows]


def graph_and_powershell(tmp_path: Path, records: list[Record]) -> tuple[Any, Any]:
    ours = write_array(tmp_path / "ps.json", map(powershell, records), pretty=True)
    return reading(ours), reading(write_ndjson(tmp_path / "graph.json", records))


def test_sign_ins(tmp_path: Path) -> None:
    found, expected = graph_and_powershell(tmp_path, [graph_signin(event) for event in SIGN_INS])

    assert (found.file.form, found.parsed) == ("ps_signin", 3)
    assert bare(found.sign_ins) == bare(expected.sign_ins)
    assert found.coverage.missing == expected.coverage.missing
    assert json.loads(found.sign_ins[0]["processing"]) == json.loads(expected.sign_ins[0]["processing"])
    (policy,) = json.loads(found.sign_ins[1]["policies"])
    assert (policy["displayName"], policy["result"]) == ("CA014 Block device code flow", "failure")
    (step,) = json.loads(found.sign_ins[2]["auth_details"])
    assert (step["authenticationMethod"], step["authenticationStepResultDetail"]) == ("Password", "ok")


def test_audits(tmp_path: Path) -> None:
    found, expected = graph_and_powershell(tmp_path, [graph_audit(event) for event in AUDITS])

    assert (found.file.form, found.parsed) == ("ps_audit", 2)
    assert bare(found.activities) == bare(expected.activities)
    detail, full = (json.loads(each.activities[0]["detail"]) for each in (found, expected))
    assert detail["additional"] == full["additional"]
    assert detail["targets"][0]["modifiedProperties"] == full["targets"][0]["modifiedProperties"]


def test_a_copy_from_graph_is_the_same_record(tmp_path: Path) -> None:
    records = [graph_signin(event) for event in SIGN_INS]
    write_array(tmp_path / "a.json", map(powershell, records))
    write_array(tmp_path / "b.json", records)
    found = reading(tmp_path)

    assert (found.parsed, found.sums.ignored_by) == (3, {"duplicate": 3})


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("/Date(1772438400000)/", datetime(2026, 3, 2, 8)),
        ("/Date(1772438400250)/", datetime(2026, 3, 2, 8, 0, 0, 250000)),
        ("2026-03-02T08:00:00Z", datetime(2026, 3, 2, 8)),
        ("/Date(soon)/", None),
    ],
)
def test_times_of_windows_powershell(tmp_path: Path, text: str, time: datetime | None) -> None:
    record = powershell(graph_signin(sign_in(0))) | {"CreatedDateTime": text}
    assert [row["time"] for row in reading(write_ndjson(tmp_path / "a.json", [record])).sign_ins] == [time]


def test_rows_of_log_analytics_stay_what_they_are(tmp_path: Path) -> None:
    assert reading(write_ndjson(tmp_path / "a.json", [signin_row(sign_in(0))])).file.form == "la_signin"
