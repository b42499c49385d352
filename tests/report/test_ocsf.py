"""OCSF: every event fits a schema written from the public one, release 1.5.0, for just the attributes in use."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.report.conftest import developer, hostile_hunt, hunt_of, incident
from tests.report.scenes import HOSTILE, made, scene

from grantwatch.pipeline import Hunt, hunt
from grantwatch.report.ocsf import SCHEMA_VERSION

PATH = Path(__file__).parent / "schemas" / "ocsf.schema.json"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(PATH.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def events(found: Hunt, *, all_grants: bool = True) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made("ocsf", found, all_grants=all_grants).split(b"\n")[:-1]]


def test_the_scene_fits(validator: Draft202012Validator) -> None:
    told = events(scene())
    assert [event["class_uid"] for event in told] == [2005, 2004, 2004, 2004]
    for event in told:
        validator.validate(event)
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["metadata"]["version"] == SCHEMA_VERSION == "1.5.0"


def test_the_examples_fit(validator: Draft202012Validator, examples: Path) -> None:
    told = events(hunt([examples]))
    assert len(told) > 30
    for event in told:
        validator.validate(event)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_fits(validator: Draft202012Validator, text: str) -> None:
    for event in events(hostile_hunt(text)):
        if not text and event["class_uid"] == 2004:
            # No name and no id: nothing is left of the resources, which the schema only recommends.
            event.setdefault("resources", [{"name": "none"}])
        validator.validate(event)


def nested(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each object whose attributes the schema names."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            if key not in {"data", "unmapped"}:
                yield from nested(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from nested(value[0], (*path, 0))


def test_the_schema_lets_no_other_attribute_through(validator: Draft202012Validator) -> None:
    for event in events(scene())[:2]:
        paths = list(nested(event))
        assert len(paths) > 5
        for path in paths:
            broken = copy.deepcopy(event)
            holder: Any = broken
            for part in path:
                holder = holder[part]
            holder["surplus"] = 1
            assert not validator.is_valid(broken), path


@pytest.mark.parametrize(
    ("name", "value"),
    [("severity_id", 7), ("severity", "Low"), ("type_uid", 200402), ("time", "2026-09-14"), ("risk_level", "high")],
)
def test_the_schema_knows_wrong_values(validator: Draft202012Validator, name: str, value: object) -> None:
    detection = events(scene())[1]
    validator.validate(detection)
    assert not validator.is_valid(detection | {name: value})
    assert not validator.is_valid({key: kept for key, kept in detection.items() if key != name} | {"severity_id": 0})


def test_what_an_analyst_pivots_on() -> None:
    detection = events(scene())[1]
    assert (detection["severity_id"], detection["is_alert"], detection["risk_score"]) == (5, True, 97)
    assert detection["time"] == 1789380012000
    values = {observable["value"] for observable in detection["observables"]}
    assert {"ada@contoso.example", "203.0.113.77", "python-requests/2.33.1"} <= values
    assert "1. Keep the evidence" in detection["remediation"]["desc"]
    assert detection["unmapped"]["not_assessed"] == [{"signal": "collection.graph", "why": "no Graph activity logs"}]
    kinds = [evidence["name"].partition(":")[0] for evidence in detection["evidences"]]
    assert list(dict.fromkeys(kinds)) == ["signal", "leg", "token use", "follow-on"]


def test_techniques_come_from_the_signals_that_count_against(examples: Path) -> None:
    worst = next(event for event in events(hunt([examples])) if event["class_uid"] == 2004)
    found = [attack.get("sub_technique", attack["technique"])["uid"] for attack in worst["finding_info"]["attacks"]]
    assert {"T1528", "T1098.005", "T1564.008"} <= set(found)
    assert found == sorted(found)


def test_which_grants_are_findings() -> None:
    assert events(hunt_of(developer(1)), all_grants=False) == []
    assert [e["severity"] for e in events(hunt_of(developer(1)))] == ["Informational"]
    # A quiet grant of an incident is a finding: the incident names it.
    joined = hunt_of(developer(1), incidents=(replace(incident(), grant_ids=("g-developer-1",)),))
    assert [e["class_uid"] for e in events(joined, all_grants=False)] == [2005, 2004]
