"""The JSON contract: what is written fits the schema, and the schema lets nothing else through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from grantwatch.pipeline import Hunt
from grantwatch.report.document import document, dumps, schema

HOSTILE = "\x1b]0;x\x07\x9b2J\u202e</style><script>'\""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def test_a_rich_hunt_fits(hunt: Hunt, validator: Draft202012Validator) -> None:
    validator.validate(json.loads(dumps(hunt)))


def test_a_hunt_without_grants_fits(no_grants: Hunt, validator: Draft202012Validator) -> None:
    written = json.loads(dumps(no_grants))
    validator.validate(written)
    assert written["grants"] == []
    assert written["summary"]["grants"]["by_severity"]["critical"] == 0
    assert written["coverage"]["blind"]


def every_key(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each key, but for objects whose keys are open: reasons, facts, values of a profile."""
    if isinstance(value, dict) and not {"ignored_by", "facts", "seen"} & {p for p in path if isinstance(p, str)}:
        for key, inner in value.items():
            yield (*path, key)
            yield from every_key(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from every_key(value[0], (*path, 0))


def test_every_key_is_required_and_no_other_is_allowed(hunt: Hunt, validator: Draft202012Validator) -> None:
    written = document(hunt)
    paths = list(every_key(written))
    assert len(paths) > 150
    for path in paths:
        broken = copy.deepcopy(written)
        holder: Any = broken
        for part in path[:-1]:
            holder = holder[part]
        value = holder.pop(path[-1])
        assert not validator.is_valid(broken), path
        holder[path[-1]] = value
        holder["surplus"] = 1
        assert not validator.is_valid(broken), path


def test_times_are_utc_and_say_so(hunt: Hunt) -> None:
    grant = document(hunt)["grants"][0]
    assert grant["started_at"] == "2026-09-14T10:00:12Z"


def test_the_sums_are_those_of_the_hunt(hunt: Hunt) -> None:
    summary = document(hunt)["summary"]
    records = summary["records"]
    assert records["read"] == records["parsed"] + records["ignored"] + records["quarantined"]
    assert sum(records["ignored_by"].values()) == records["ignored"]
    assert sum(summary["grants"]["by_severity"].values()) == summary["grants"]["total"] == len(hunt.grants)
    assert sum(summary["grants"]["by_outcome"].values()) == len(hunt.grants)
    assert summary["users"] == 6


def test_raw_records_stay_out(hunt: Hunt) -> None:
    raw = next(iter(hunt.raw.values()))
    assert raw not in dumps(hunt).decode()


def test_the_bytes_are_inert_in_a_terminal_and_the_values_are_whole(hostile: Callable[[str], Hunt]) -> None:
    written = dumps(hostile(HOSTILE))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(written.decode())
    assert json.loads(written)["grants"][0]["user"]["upn"] == HOSTILE


def test_text_that_is_no_unicode_is_written_all_the_same(hostile: Callable[[str], Hunt]) -> None:
    assert json.loads(dumps(hostile("half \ud800")))["grants"][0]["user"]["upn"] == "half ?"


def test_the_same_hunt_gives_the_same_bytes(hunt: Hunt) -> None:
    assert dumps(hunt) == dumps(hunt)
