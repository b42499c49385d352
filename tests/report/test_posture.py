"""The posture, shown: the JSON contract, SARIF, and a page that is readable and harmless."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len
from tests.policy.shapes import BREAK_GLASS, GLASS, STAFF, a_group, a_policy, exported, guid

from grantwatch.policy.posture import Posture, check_posture, registered
from grantwatch.report import posture_sarif
from grantwatch.report.document import schema
from grantwatch.report.posture import document, dumps, text

SARIF = Path(__file__).parent / "schemas" / "sarif.schema.json"
EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b[red](https://evil.example)"


def tenant(name: str = "Block", group: str = "Break glass", state: str = "enabled") -> Posture:
    users = {"includeUsers": ["All"], "excludeGroups": [BREAK_GLASS, STAFF]}
    resources = {"includeApplications": ["Office365"], "excludeApplications": []}
    policies = [
        a_policy(name, state=state, users=users, applications=resources),
        a_policy("Other", clientAppTypes=["hologram"], platforms={"includePlatforms": ["iOS"]}),
        a_policy("Gone", state="disabled"),
    ]
    return check_posture(exported(*policies, groups=[a_group(BREAK_GLASS, group, GLASS, guid(900))]))


TENANTS = [tenant(), tenant(EVIL, EVIL), tenant(state="enabledForReportingButNotEnforced"), check_posture(exported())]


@pytest.mark.parametrize("found", TENANTS)
def test_fits_the_schema(found: Posture) -> None:
    whole = schema("policy")
    Draft202012Validator.check_schema(whole)
    Draft202012Validator(whole).validate(json.loads(dumps(found)))


@pytest.mark.parametrize("found", TENANTS)
def test_sarif_fits_its_schema(found: Posture) -> None:
    Draft202012Validator(json.loads(SARIF.read_text(encoding="utf-8"))).validate(
        json.loads(posture_sarif.encode(found))
    )


def test_every_finding_and_every_check_without_an_answer_is_written() -> None:
    found = tenant()
    written: Any = document(found)
    assert [each["check"] for each in written["findings"]] == [finding.check for finding in found.findings]
    assert {each["check"] for each in written["not_assessed"]} == {each.check for each in found.not_told}
    assert len(written["coverage"]["cells"]) == len(found.coverage.crowds) * len(found.coverage.resources)
    told = {finding.check for finding in found.findings} | {each.check for each in found.not_told}
    assert told | set(written["passed"]) == {each.id for each in registered()}
    assert not told & set(written["passed"])


def test_sarif_names_policy_and_place() -> None:
    run = posture_sarif.log(tenant())["runs"][0]
    result = next(each for each in run["results"] if each["ruleId"] == "resources.partial")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "policies.json", "index": 0}
    (place,) = location["logicalLocations"]
    assert place["name"] == "Block"
    assert place["fullyQualifiedName"] == "value[0].conditions.applications.includeApplications"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_finding_keeps_its_fingerprint_when_sentences_change() -> None:
    def prints(found: Posture) -> set[str]:
        return {each["partialFingerprints"]["finding/v1"] for each in posture_sarif.log(found)["runs"][0]["results"]}

    small, large = tenant(), tenant(group="Emergency")
    assert prints(small) == prints(large)
    assert len(prints(small)) == len(small.findings)


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("found", TENANTS)
def test_the_page_keeps_to_its_width_and_is_harmless(found: Posture, width: int) -> None:
    page = text(found, width)
    assert all(cell_len(line) <= width for line in page.splitlines())
    assert not any(sign in page for sign in "\x1b\x07\u202e\u200b")


def test_json_and_sarif_are_harmless_in_a_terminal() -> None:
    for written in (dumps(TENANTS[1]), posture_sarif.encode(TENANTS[1])):
        assert b"\x1b" not in written
        assert "\u202e" not in written.decode()


def test_sarif_makes_no_link_of_the_name_of_a_policy() -> None:
    run = posture_sarif.log(TENANTS[1])["runs"][0]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert not any("[red]" in each["message"]["text"] for each in [*run["results"], *notes])


def test_the_page_says_each_thing() -> None:
    page = " ".join(text(tenant(), 140).split())
    assert "3 policies (2 switched on, 1 disabled); 3 about device code." in page
    assert "group 'Break glass' (2 accounts): open" in page
    assert "members whom no policy names: open for" in page
    assert "Not assessed" in page
    assert "conditions.clientAppTypes[0]: 'hologram' is not one of" in page
    assert "0 policies." in text(TENANTS[3], 80)
