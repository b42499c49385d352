"""What a set changes in a tenant: applied in memory, the next plan is empty; undone, the tenant is what it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.policy.generated import ON, Memory, allowances, an_allowance, networks
from tests.policy.shapes import GLASS, a_group, a_policy, guid, ip_location

from grantwatch.allowances import Allowance, Subject
from grantwatch.errors import InputError
from grantwatch.policy.generate import Emergency, Plan, generate, load, plan, tenant, write
from grantwatch.policy.generate.plan import Action
from grantwatch.policy.generate.rollback import of_plan
from grantwatch.report import planned
from grantwatch.report.document import schema

Json = dict[str, Any]

NAMES = ("anna@example.com", "ben@example.com", "cara@example.com")
USERS = {name: guid(number) for number, name in enumerate(NAMES, 1)}
PLAN = Draft202012Validator(schema("plan"))
ROLLBACK = Draft202012Validator(schema("rollback"))


def foreign() -> Memory:
    """A tenant with objects of its own: some look much like ours."""
    found = Memory(
        ("policy", a_policy("Block device code flow", users={"includeUsers": ["All"], "excludeGroups": [guid(51)]})),
        ("policy", a_policy("Require MFA", authenticationFlows=None)),
        ("group", {**a_group(guid(51), "CA-Exclude", guid(1)), "description": "by hand"}),
        ("named_location", ip_location(guid(52), "Office", "192.0.2.0/24", trusted=True)),
    )
    found.users = dict(USERS)
    return found


def planned_for(memory: Memory, given: Sequence[Allowance], folder: Path) -> tuple[Plan, Json]:
    """The plan for a set of these allowances, and its document, which fits its schema."""
    made = generate(allowances(*given), on=ON, emergency=Emergency((GLASS,)))
    write(folder / "set", made, force=True)
    found = plan(load(folder / "set"), tenant(memory.write(folder)))
    told = json.loads(planned.dumps(found))
    PLAN.validate(told)
    ROLLBACK.validate(of_plan(found))
    return found, told


def applied(memory: Memory, given: Sequence[Allowance], folder: Path) -> Plan:
    found, told = planned_for(memory, given, folder)
    memory.apply(told)
    return found


def actions(found: Plan) -> dict[str, str]:
    return {each.key or each.name: each.action.value for each in found.items}


def test_into_a_tenant_that_has_none_of_it(tmp_path: Path) -> None:
    memory = foreign()
    found, told = planned_for(memory, [an_allowance()], tmp_path)
    assert {each.action for each in found.items} == {Action.CREATE}
    assert told["foreign"] == {"policy": 2, "group": 1, "named_location": 1}
    assert not found.empty
    memory.apply(told)
    again, _ = planned_for(memory, [an_allowance()], tmp_path)
    assert again.empty
    assert {each.action for each in again.items} == {Action.UNCHANGED}
    assert again.not_assessed == ()
    assert not again.waiting


def test_field_by_field(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    wider = an_allowance(
        networks=networks("192.0.2.0/24", "198.51.100.0/24"), subject=Subject(users=(USERS[NAMES[1]],))
    )
    found, _ = planned_for(memory, [wider], tmp_path)
    changed = {each.key: {change.path: change for change in each.changes} for each in found.of(Action.CHANGE)}
    assert set(changed) == {"location/cli", "group/allowed/cli"}
    assert changed["location/cli"]["ipRanges"].before == ["192.0.2.0/24"]
    assert changed["location/cli"]["ipRanges"].after == ["192.0.2.0/24", "198.51.100.0/24"]
    assert changed["group/allowed/cli"]["members"].before == [USERS[NAMES[0]]]
    assert changed["group/allowed/cli"]["members"].after == [USERS[NAMES[1]]]


def test_what_somebody_added_by_hand_is_taken_back(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    id, (kind, body) = next(
        each for each in memory.objects.items() if each[1][1]["displayName"].startswith("Grantwatch DC 1")
    )
    body["conditions"]["users"]["excludeUsers"] = [guid(9)]
    body["conditions"]["platforms"] = {"includePlatforms": ["android"], "excludePlatforms": []}
    body["conditions"]["userRiskLevels"] = ["high"]
    memory.objects[id] = kind, body
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    (item,) = found.of(Action.CHANGE)
    assert [(change.path, change.before, change.after) for change in item.changes] == [
        ("conditions.platforms.includePlatforms", ["android"], None),
        ("conditions.userRiskLevels", ["high"], None),
        ("conditions.users.excludeUsers", [guid(9)], None),
    ]
    assert item.object
    assert item.object["conditions"]["platforms"] is None, "what is not named would stay"
    assert item.object["conditions"]["userRiskLevels"] == []
    applied(memory, [an_allowance()], tmp_path)
    assert planned_for(memory, [an_allowance()], tmp_path)[0].empty


def test_a_copy_that_somebody_made_is_not_ours(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    ours = [
        body for kind, body in memory.objects.values() if kind != "group" and "Grantwatch DC" in body["displayName"]
    ]
    for number, body in enumerate(ours):
        copy = {**body, "id": guid(900 + number), "displayName": f"{body['displayName']} - Copy"}
        memory.objects[copy["id"]] = "policy" if "state" in body else "named_location", copy
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    assert found.empty
    assert sum(found.foreign.values()) == 4 + len(ours)


def test_a_policy_that_somebody_switched_on_stays_on(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    for _, body in memory.objects.values():
        if body["displayName"].startswith("Grantwatch DC 1"):
            body["state"] = "enabled"
        elif body["displayName"].startswith("Grantwatch DC 3"):
            body["state"] = "disabled"
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    assert actions(found)["policy/block"] == "unchanged"
    assert [(each.key, each.kept[0].before) for each in found.items if each.kept] == [("policy/block", "enabled")]
    (item,) = found.of(Action.CHANGE)
    assert [(change.path, change.before) for change in item.changes] == [("state", "disabled")]
    more = [an_allowance(), an_allowance("more", subject=Subject(users=(USERS[NAMES[1]],)))]
    applied(memory, more, tmp_path)
    states = {body["displayName"]: body.get("state") for _, body in memory.objects.values()}
    assert states["Grantwatch DC 1: block device code for all but the allowed"] == "enabled"


def test_an_allowance_that_ended_takes_its_objects_away_last_first(tmp_path: Path) -> None:
    memory = foreign()
    two = [an_allowance(), an_allowance("other", subject=Subject(users=(USERS[NAMES[1]],)))]
    applied(memory, two, tmp_path)
    found, told = planned_for(memory, two[:1], tmp_path)
    assert [(each.action.value, each.name) for each in found.steps] == [
        ("change", "Grantwatch DC 1: block device code for all but the allowed"),
        ("delete", "Grantwatch DC 2: block device code outside its locations: other"),
        ("delete", "Grantwatch DC allowed: other"),
        ("delete", "Grantwatch DC location: other"),
    ]
    memory.apply(told)
    assert planned_for(memory, two[:1], tmp_path)[0].empty


def test_a_group_of_our_name_without_our_marker_is_never_touched(tmp_path: Path) -> None:
    memory = foreign()
    planted = {**a_group(guid(60), "Grantwatch DC allowed: cli", guid(66)), "description": "looks fine"}
    memory.objects[guid(60)] = "group", planted
    memory.objects[guid(61)] = "group", {**a_group(guid(61), "Grantwatch DC club"), "description": "not of a set"}
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    why = {each.key: each.why for each in found.of(Action.CONFLICT)}
    assert "carries no marker" in why.pop("group/allowed/cli")
    assert set(why) == {"policy/block", "policy/outside/cli"}
    assert all("'Grantwatch DC allowed: cli', which is in conflict" in each for each in why.values())
    assert actions(found)["policy/register"] == "create", "it does not name the group"
    assert guid(60) not in found.references.values()
    assert not [each for each in found.steps if each.tenant_id in (guid(60), guid(61))]
    assert not found.empty


def test_nothing_is_deleted_while_something_is_in_conflict(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    memory.objects[guid(60)] = "group", {**a_group(guid(60), "Grantwatch DC allowed: new"), "description": ""}
    found, _ = planned_for(memory, [an_allowance("new")], tmp_path)
    assert not found.of(Action.DELETE)
    waiting = [each.name for each in found.of(Action.CONFLICT) if "settled" in each.why]
    assert len(waiting) == 3
    found, told = planned_for(memory, [an_allowance()], tmp_path)
    assert told["foreign"]["group"] == 2


def test_two_of_one_name_are_a_conflict(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    twin = {
        **next(
            body for kind, body in memory.objects.values() if kind == "named_location" and "cli" in body["displayName"]
        )
    }
    memory.objects[guid(70)] = "named_location", {**twin, "id": guid(70)}
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    assert "2 objects of the tenant have this name" in found.of(Action.CONFLICT)[0].why


def test_a_group_that_cannot_become_what_is_wanted_is_a_conflict(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    for kind, body in memory.objects.values():
        if kind == "group" and "allowed" in body["displayName"]:
            body["isAssignableToRole"] = None
    found, _ = planned_for(memory, [an_allowance()], tmp_path)
    assert "isAssignableToRole cannot be changed" in found.of(Action.CONFLICT)[0].why


def test_names_become_ids_where_the_export_has_them(tmp_path: Path) -> None:
    memory = foreign()
    given = [an_allowance(subject=Subject(users=(NAMES[0], "new@example.com")))]
    found, told = planned_for(memory, given, tmp_path)
    create = next(each for each in told["steps"] if each["key"] == "group/allowed/cli")
    ids = {member["userPrincipalName"]: member["id"] for member in create["object"]["members"]}
    assert ids[NAMES[0]] == USERS[NAMES[0]]
    assert found.waiting[ids["new@example.com"]] == "new@example.com"
    (gap,) = told["fill_in"]
    assert gap["placeholder"] == ids["new@example.com"]


def test_what_an_export_does_not_hold_is_not_assessed(tmp_path: Path) -> None:
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)
    files = memory.write(tmp_path)
    groups = json.loads((tmp_path / "g.json").read_text())
    for each in groups["value"]:
        for key in ("members", "isAssignableToRole", "description"):
            each.pop(key, None)
    (tmp_path / "g.json").write_text(json.dumps({**groups, "@odata.nextLink": "https://graph.example/next"}))
    found = plan(load(tmp_path / "set"), tenant(files))
    assert found.empty, "nothing is changed on a guess"
    said = "\n".join(found.not_assessed)
    assert "the members of 'Grantwatch DC allowed: cli'" in said
    assert "isAssignableToRole of 'Grantwatch DC allowed: cli'" in said
    assert "one page of several" in said
    alone = plan(load(tmp_path / "set"), tenant([tmp_path / "p.json"]))
    assert "no group stands in the export: the plan takes it that the tenant has none" in alone.not_assessed


def test_a_group_of_the_tenants_own_has_to_be_there(tmp_path: Path) -> None:
    memory = foreign()
    for id, missing in ((guid(51), False), (guid(88), True)):
        write(tmp_path / "set", generate(allowances(an_allowance()), on=ON, emergency=Emergency(group=id)), force=True)
        found = plan(load(tmp_path / "set"), tenant(memory.write(tmp_path)))
        assert any(f"whether group {id}" in said for said in found.not_assessed) is missing


def test_keys_in_another_case_read_the_same(tmp_path: Path) -> None:
    """PowerShell writes what Graph returns with capital letters."""
    memory = foreign()
    applied(memory, [an_allowance()], tmp_path)

    def capital(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key if key.startswith("@") else key[0].upper() + key[1:]: capital(each) for key, each in node.items()
            }
        return [capital(each) for each in node] if isinstance(node, list) else node

    files = memory.write(tmp_path)
    for file in files[:3]:
        bodies = json.loads(file.read_text())["value"]
        file.write_text(json.dumps(capital(bodies)))
    assert plan(load(tmp_path / "set"), tenant(files)).empty


def test_an_object_without_an_id_is_named(tmp_path: Path) -> None:
    body = a_policy()
    del body["id"]
    (tmp_path / "p.json").write_text(json.dumps(body))
    with pytest.raises(InputError, match="without an id"):
        tenant([tmp_path / "p.json"])


# -- laws

_PLACES = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/25", "2001:db8::/48", "DE", "PT")
_allowance = st.builds(
    lambda id, users, places, owner: an_allowance(
        id, subject=Subject(users=tuple(sorted(users))), networks=networks(*sorted(places)), owner=owner
    ),
    id=st.sampled_from(("a", "b", "c", "d-1", "e.2")),
    users=st.sets(st.sampled_from([*NAMES, *USERS.values(), guid(7)]), min_size=1),
    places=st.sets(st.sampled_from(_PLACES)),
    owner=st.sampled_from(("ops", None)),
)
_files = st.lists(_allowance, max_size=4, unique_by=lambda each: each.id)
_settings = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@_settings
@given(_files, _files)
def test_applied_the_next_plan_is_empty_and_others_are_as_they_were(
    first: list[Allowance], then: list[Allowance]
) -> None:
    with TemporaryDirectory() as folder:
        memory = foreign()
        mine = {id: json.dumps(body) for id, (_, body) in memory.objects.items()}
        for each in (first, then):
            applied(memory, each, Path(folder))
            again, _ = planned_for(memory, each, Path(folder))
            assert again.empty, actions(again)
            assert not again.not_assessed
        assert {id: json.dumps(memory.objects[id][1]) for id in mine} == mine


@_settings
@given(_files, _files)
def test_undone_the_tenant_is_what_it_was(first: list[Allowance], then: list[Allowance]) -> None:
    with TemporaryDirectory() as folder:
        memory = foreign()
        applied(memory, first, Path(folder))
        memory.write(Path(folder))
        before = memory.bodies()
        found = applied(memory, then, Path(folder))
        memory.undo(json.loads(json.dumps(of_plan(found))))
        after, _ = planned_for(memory, first, Path(folder))
        assert after.empty, actions(after)
        assert len(memory.bodies()) == len(before)
