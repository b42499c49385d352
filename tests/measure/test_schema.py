"""The document of a measurement has a schema: real runs fit it, and the one that is published does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from grantwatch.lab.simulate import simulate
from grantwatch.measure import document, evaluate
from grantwatch.measure.document import schema
from grantwatch.verdict import Panel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("simulated")
    simulate(out, users=20, days=8, seed=4)
    return document(evaluate([out], degrade=True), [1])


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "properties" in node and "$ref" not in node:
            yield node
        for each in node.values():
            yield from objects(each)


def test_the_schema_is_one_and_leaves_nothing_open() -> None:
    Draft202012Validator.check_schema(schema())
    found = list(objects(schema()))
    assert len(found) > 15
    for each in found:
        assert each["additionalProperties"] is False
        assert set(each["required"]) <= set(each["properties"])
    described = [each for each in schema()["$defs"].values() if "properties" in each]
    assert all(each["description"].endswith(".") for each in described)


def test_a_run_fits_it(made: Any) -> None:
    Draft202012Validator(schema()).validate(made)
    assert made["degraded"]
    assert made["tenants"][0]["weights"] == {"name": "built-in", "digest": Panel().used(None).digest}


def test_the_published_run_fits_it() -> None:
    Draft202012Validator(schema()).validate(json.loads((ROOT / "docs" / "measure.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made["overall"].pop("missed"),
        lambda made: made["overall"].pop("recall", None) or made["overall"].update(recall=1),
        lambda made: made["tenants"][0]["figures"].update(missed=[]),
        lambda made: made["degraded"][0]["figures"].update(delay={}),
        lambda made: made["overall"]["severities"][0].update(severity="awful"),
        lambda made: made["tenants"][0].update(start="yesterday"),
        lambda made: made.update(format="grantwatch-measure/2"),
    ],
)
def test_what_is_none_does_not(made: Any, spoil: Any) -> None:
    spoiled = json.loads(json.dumps(made))
    spoil(spoiled)
    assert list(Draft202012Validator(schema()).iter_errors(spoiled))
