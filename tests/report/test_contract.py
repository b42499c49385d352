"""The contract on real output: the example logs fit the schema, and docs/json.md explains each field of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from grantwatch.pipeline import Hunt, hunt
from grantwatch.report.document import dumps, schema
from grantwatch.report.html import render
from grantwatch.verdict.model import Severity

HEADING = re.compile(r"^#{2,3} (?P<name>.+)$", re.MULTILINE)
ROW = re.compile(r"^\| `(?P<field>[a-z_0-9]+)` \| (?P<type>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
OPEN = {"ignored_by", "by_severity", "by_outcome", "facts", "seen"}
"""Objects that a row explains in place: their keys are counts, facts and values."""
NAMES = {
    "": "The object",
    "summary.quarantined.first": "quarantined record",
    "summary.grants": "counts",
    "earlier_grants": "earlier_grant",
    "gaps": "gap",
    "fields": "field",
}


@pytest.fixture(scope="module")
def found(examples: Path) -> Hunt:
    return hunt([examples], raw=True)


@pytest.fixture(scope="module")
def written(found: Hunt) -> Any:
    return json.loads(dumps(found))


def tables(page: str) -> dict[str, dict[str, tuple[str, str]]]:
    """The rows of each heading: field to (type, meaning)."""
    parts = HEADING.split(page)
    return {
        name: {row["field"]: (row["type"].strip(), row["meaning"].strip()) for row in ROW.finditer(text)}
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def objects(node: dict[str, Any], name: str = "") -> dict[str, set[str]]:
    """Every object of the schema by the name of its heading, with its fields."""
    node = node.get("items", node)
    found: dict[str, set[str]] = {}
    if "properties" in node:
        found[NAMES.get(name, NAMES.get(name.rpartition(".")[2], name.rpartition(".")[2]))] = set(node["properties"])
        for field, inner in node["properties"].items():
            if field not in OPEN:
                found |= objects(inner, f"{name}.{field}".lstrip("."))
    return found


def every_object() -> dict[str, set[str]]:
    whole = schema()
    found = objects(whole)
    for name, node in whole["$defs"].items():
        found |= objects(node, name)
    return found


def test_the_examples_fit_the_schema(written: Any) -> None:
    Draft202012Validator(schema()).validate(written)


def test_every_field_has_a_row_and_no_other_does(root: Path) -> None:
    told = tables((root / "docs" / "json.md").read_text(encoding="utf-8"))
    wanted = every_object()
    assert {"The object", "summary", "grant", "leg", "token_use", "follow_on", "evidence", "tie"} <= set(wanted)
    for name, fields in wanted.items():
        assert set(told.get(name, {})) == fields, name
    familiarity = schema()["$defs"]["profile"]["properties"]["seen"]["additionalProperties"]["additionalProperties"]
    assert set(told["familiarity"]) == set(familiarity["properties"])


def test_every_value_of_a_list_of_choices_is_named(root: Path) -> None:
    page = (root / "docs" / "json.md").read_text(encoding="utf-8")

    def choices(node: Any) -> set[str]:
        if isinstance(node, dict):
            return set(node.get("enum", ())).union(*map(choices, node.values()))
        return set().union(*map(choices, node)) if isinstance(node, list) else set()

    assert not {value for value in choices(schema()) if f"`{value}`" not in page}


def test_a_grant_has_what_others_rely_on(written: Any) -> None:
    assert {"schema_version", "summary", "coverage", "incidents", "grants"} <= set(written)
    sums = written["summary"]["records"]
    assert all(type(sums[key]) is int for key in ("read", "parsed", "ignored", "quarantined"))
    assert written["grants"]
    for grant in written["grants"]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", grant["started_at"])
        assert 0 <= grant["certainty"] <= 1
        assert set(grant["user"]) >= {"id", "upn"}
        assert set(grant["client"]) == set(grant["resource"]) == {"id", "name"}
        assert grant["severity"] in {"none", "informational", "low", "medium", "high", "critical"}
        for evidence in grant["evidence"]:
            assert set(evidence) >= {"signal", "title", "summary", "group", "weight", "records"}
        assert {"legs", "token_uses", "follow_ons", "not_assessed", "correlation_id", "session_id"} <= set(grant)
        approvals = [leg["time"] for leg in grant["legs"] if leg["kind"] in ("approval", "sighting")]
        assert grant["started_at"] == min(approvals or [leg["time"] for leg in grant["legs"]])


def test_the_page_of_the_examples_answers_for_each_grant_that_matters(found: Hunt) -> None:
    page = render(found)
    serious = [judged for judged in found.grants if judged.verdict.severity >= Severity.MEDIUM]
    sections = {part.partition('"')[0]: part for part in page.split('<div class="body" id="grant-')[1:]}
    assert serious
    for judged in serious:
        section = sections[judged.grant.grant_id]
        for part in ("<svg", ">Evidence<", ">Ask the user<", ">What to do now<", ">Legs of the flow<", "raw record"):
            assert part in section, (judged.grant.user.label, part)
        assert judged.grant.user.id
        assert f"https://graph.microsoft.com/v1.0/users/{judged.grant.user.id}" in section
    worst = sections[serious[0].grant.grant_id]
    device = next(f.facts["device_id"] for f in serious[0].grant.follow_ons if f.kind == "device_registered")
    order = [f"DELETE https://graph.microsoft.com/v1.0/devices(deviceId=&#39;{device}&#39;)"]
    order += ["&#34;accountEnabled&#34;: false", "/revokeSignInSessions", "/resetPassword", "/messageRules/{rule-id}"]
    order += ["/confirmCompromised", "203.0.113.0/24", "&#34;accountEnabled&#34;: true"]
    places = [worst.index(part) for part in order]
    assert places == sorted(places)
    assert str(serious[0].grant.session_id) in worst
    for lane in ("approver\u2019s network", "redeemer\u2019s network", "what followed"):
        assert lane in worst
