"""Log text is hostile: whatever a record holds in place of what is expected, its facts are texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grantwatch import knowledge
from grantwatch.grants.said import facts_of

ODD: list[Any] = [
    None,
    1,
    "x",
    "[",
    [1],
    {"a": 1},
    [{"displayName": 1, "newValue": 2}],
    [{"Name": "AccessRights", "Value": {"deep": [{"deeper": None}]}}],
    '{"state":1,"conditions":2,"grantControls":{"builtInControls":5}}',
    [{"displayName": "p", "oldValue": '{"state":"enabled","grantControls":3}', "newValue": '[{"conditions":1}]'}],
    [{"displayName": "p", "oldValue": '{"state":{}}', "newValue": '{"conditions":{"users":{"excludeGroups":"x"}}}'}],
]
PARTS = ("modified", "parameters", "properties", "additional", "extended", "urls", "threats", "member", "client_info")


@pytest.mark.parametrize("kind", sorted({each.kind for each in knowledge.operations()}))
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_facts_are_texts_whatever_stands_there(kind: str, odd: object) -> None:
    detail = dict.fromkeys(PARTS, odd) | {"targets": [{"modifiedProperties": odd}, odd]}
    row = {
        "detail": json.dumps(detail),
        "kind": kind,
        "target_type": None,
        "target_name": None,
        "items": None,
        "throttled": None,
        "texts": [json.dumps(odd), "not JSON ["],
        "areas": None,
    }
    found = facts_of(row)
    assert all(isinstance(value, str) for value in found.values()), found


@pytest.mark.parametrize("detail", [None, "", "[]", "no JSON", "7"])
def test_a_record_without_detail_has_no_facts_that_say_anything(detail: str | None) -> None:
    row = {"detail": detail, "kind": "policy", "target_name": None}
    assert not any(facts_of(row).values())
