"""SARIF: the log fits a schema written from the public one for just the properties in use."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.report.conftest import QUIET, hostile_hunt, hunt_of
from tests.report.scenes import HOSTILE, made, nothing_assessed, scene

from grantwatch.pipeline import Hunt, hunt
from grantwatch.report.sarif import plain, uri
from grantwatch.signals import registered

PATH = Path(__file__).parent / "schemas" / "sarif.schema.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(PATH.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def run_of(found: Hunt, *, all_grants: bool = False) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(made("sarif", found, all_grants=all_grants))["runs"][0]
    return run


@pytest.mark.parametrize("found", [scene(), hunt_of(), nothing_assessed(), *map(hostile_hunt, HOSTILE)])
def test_fits(validator: Draft202012Validator, found: Hunt) -> None:
    validator.validate(json.loads(made("sarif", found, all_grants=True)))


def test_the_examples_fit(validator: Draft202012Validator, examples: Path) -> None:
    log = json.loads(made("sarif", hunt([examples])))
    validator.validate(log)
    results = log["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "warning"]
    assert results[0]["ruleId"] == "collection.inbox_rule"


def test_rules_are_the_declared_signals() -> None:
    run = run_of(scene(), all_grants=True)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules[1:]] == [signal.id for signal in registered()]
    registered_device = next(rule for rule in rules if rule["id"] == "persistence.device_registered")
    assert "attack.t1098.005" in registered_device["properties"]["tags"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    known = {descriptor["id"] for descriptor in run["tool"]["driver"]["notifications"]}
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert {notification["descriptor"]["id"] for notification in notifications} == known


def test_a_result_leads_to_its_records() -> None:
    result = run_of(scene())["results"][0]
    assert result["partialFingerprints"] == {"grantId/v1": "g-phished"}
    assert result["rank"] == 97
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "exports/interactive.json", "index": 0}
    assert "region" not in place["physicalLocation"]
    assert place["message"]["text"] == "record 12 of the file"


def test_a_line_is_told_only_where_the_place_is_a_line() -> None:
    found = scene()
    report = found.files[1]._replace(file=QUIET, container="JSON lines, gzip")
    told = run_of(replace(found, files=(report,)))["results"][0]["relatedLocations"]
    lines = {
        place["physicalLocation"]["artifactLocation"]["uri"]: place["physicalLocation"].get("region") for place in told
    }
    assert lines == {"exports/noninteractive.json": {"startLine": 31}, "exports/interactive.json": None}
    rewritten = report._replace(container="JSON lines, rewritten")
    told = run_of(replace(found, files=(rewritten,)))["results"][0]["relatedLocations"]
    assert not [place for place in told if "region" in place["physicalLocation"]]


@pytest.mark.parametrize(
    ("file", "made_of_it"),
    [
        ("logs/one.json", "logs/one.json"),
        ("logs/a b#c?.json", "logs/a%20b%23c%3F.json"),
        ("c:odd.json", "c%3Aodd.json"),
        ("/exports/\u00e4.json", "file:///exports/%C3%A4.json"),
        ("../up.json", "../up.json"),
    ],
)
def test_names_of_files_are_addresses(file: str, made_of_it: str) -> None:
    assert uri(file) == made_of_it
    assert unquote(made_of_it).removeprefix("file://") == file


@given(st.text(st.characters()) | st.text(st.sampled_from("[](){}\\ a01")))
def test_a_message_holds_no_link_and_no_placeholder(text: str) -> None:
    assert not set("[]{}") & set(plain(text))
