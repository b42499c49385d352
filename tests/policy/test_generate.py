"""From allowances to objects of Graph: their shape, who is in which group and why, and what is said, not guessed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.policy.generated import LATER, ON, SHAPES, allowances, an_allowance, networks
from tests.policy.shapes import GLASS, GRAPH, guid

from grantwatch.allowances import Allowances, Group, Subject
from grantwatch.errors import InputError, UsageError
from grantwatch.policy import DEVICE_CODE, Context, Directory, Model, UserKind, parse
from grantwatch.policy import Group as Exported
from grantwatch.policy.context import REGISTER_DEVICE
from grantwatch.policy.generate import Emergency, Evidence, PolicySet, Seen, generate, load, write
from grantwatch.policy.generate.files import contents
from grantwatch.policy.generate.model import Kind, Level
from grantwatch.report.document import schema

ANNA, BEN, ROOM = guid(1), guid(2), guid(3)
OFFICE, DATA_CENTRE, ELSEWHERE = "192.0.2.9", "198.51.100.9", "203.0.113.9"


def made(*given, evidence=None, on=ON, emergency=(GLASS,), groups=None, **more) -> PolicySet:
    whole = allowances(*given, groups=groups)
    return generate(whole, on=on, evidence=evidence, emergency=Emergency(emergency), source="a.yaml", **more)


def enabled(found: PolicySet) -> Model:
    """The policies of a set, switched on, as the model reads them from its files."""
    files = contents(found)
    policies = files["policies.json"].replace(b"enabledForReportingButNotEnforced", b"enabled")
    export = parse([("p", policies), ("g", files["groups.json"]), ("l", files["namedLocations.json"])])
    assert not [policy.every_doubt() for policy in export.policies if policy.every_doubt()]
    return Model(export.policies, export.directory)


def device_code(model: Model, user: str, ip: str, tracked: bool = False, resource: str = GRAPH) -> bool | None:
    outcome = model.outcome(
        Context(
            user_id=user,
            kinds=frozenset({UserKind.MEMBER}),
            resources=frozenset({resource}),
            flow=None if tracked else DEVICE_CODE,
            tracked=DEVICE_CODE,
            client_app="mobileAppsAndDesktopClients",
            ip=ip,
        )
    )
    return outcome.blocks


def asks_to_register(model: Model, user: str, ip: str) -> bool:
    outcome = model.outcome(
        Context(
            user_id=user,
            kinds=frozenset({UserKind.MEMBER}),
            user_action=REGISTER_DEVICE,
            flow=None,
            tracked=None,
            ip=ip,
        )
    )
    assert not outcome.not_assessed
    return bool(outcome.requirements)


def members(found: PolicySet) -> dict[str, list[str]]:
    return {
        each.key.removeprefix("group/allowed/"): [member.upn or member.id for member in each.members]
        for each in found.of(Kind.GROUP)
        if each.allowances
    }


def sentences(found: PolicySet, level: Level = Level.FILL_IN) -> str:
    return "\n".join(each.sentence for each in found.gaps if each.level is level)


# -- shape


def test_every_object_has_the_documented_shape_and_nothing_else() -> None:
    found = made(
        an_allowance(networks=networks("192.0.2.0/24", "2001:db8::/48", "DE")),
        an_allowance("rooms", subject=Subject(users=(ROOM, "room@example.com"))),
        an_allowance("anywhere", subject=Subject(users=(BEN,)), networks=networks()),
        stated={ROOM: "device", "room@example.com": "device"},
    )
    files = contents(found)
    for name, shape in SHAPES.items():
        bodies = json.loads(files[name])["value"]
        assert bodies
        for body in bodies:
            Draft202012Validator(shape).validate(body)
    Draft202012Validator(schema("policy-set")).validate(json.loads(files["manifest.json"]))
    Draft202012Validator(schema("rollback")).validate(json.loads(files["rollback.json"]))


def test_policies_begin_in_report_only_mode_and_the_block_is_for_everybody_and_everything() -> None:
    found = made(an_allowance())
    policies = found.of(Kind.POLICY)
    assert {each.body["state"] for each in policies} == {"enabledForReportingButNotEnforced"}
    block = found.by_key["policy/block"].body["conditions"]
    assert block["users"]["includeUsers"] == ["All"]
    assert block["applications"]["includeApplications"] == ["All"]
    assert block["applications"]["excludeApplications"] == []
    assert block["authenticationFlows"] == {"transferMethods": "deviceCodeFlow"}
    assert "locations" not in block


def test_the_emergency_group_is_left_out_everywhere() -> None:
    found = made(an_allowance(), an_allowance("rooms", subject=Subject(users=(ROOM,))), stated={ROOM: "device"})
    emergency = found.by_key["group/emergency"]
    assert [member.id for member in emergency.members] == [GLASS]
    for each in found.of(Kind.POLICY):
        assert emergency.id in each.body["conditions"]["users"]["excludeGroups"]
    model = enabled(found)
    assert device_code(model, GLASS, ELSEWHERE) is False
    assert not asks_to_register(model, GLASS, ELSEWHERE)


def test_the_tenants_own_emergency_group_takes_its_place() -> None:
    mine = guid(77).upper()
    found = generate(allowances(an_allowance()), on=ON, emergency=Emergency(group=mine))
    assert "group/emergency" not in found.by_key
    assert not found.incomplete
    for each in found.of(Kind.POLICY):
        assert mine.lower() in each.body["conditions"]["users"]["excludeGroups"]
    with pytest.raises(UsageError, match="accepted is the object id"):
        generate(allowances(), on=ON, emergency=Emergency(group="CA-BreakGlass"))


def test_no_location_is_trusted() -> None:
    assert made(an_allowance()).by_key["location/cli"].body["isTrusted"] is False


def test_each_object_comes_after_what_it_names() -> None:
    found = made(an_allowance(), an_allowance("rooms", subject=Subject(users=(ROOM,))), stated={ROOM: "device"})
    seen: set[str] = set()
    for each in found.objects:
        assert {reference.key for reference in each.references} <= seen
        seen.add(each.key)
    undone = json.loads(contents(found)["rollback.json"])["steps"]
    assert [step["key"] for step in undone] == [each.key for each in reversed(found.objects)]


def test_references_say_where_placeholders_stand() -> None:
    found = made(an_allowance())
    ids = {each.id: each.key for each in found.objects}
    for each in found.of(Kind.POLICY):
        conditions = each.body["conditions"]
        for reference in each.references:
            node = each.body
            for part in reference.path.split("."):
                node = node[part]
            assert found.by_key[reference.key].id in node
        named = [*conditions["users"]["includeGroups"], *conditions["users"]["excludeGroups"]]
        named += conditions.get("locations", {}).get("excludeLocations", [])
        assert sorted(ids[id] for id in named) == sorted(reference.key for reference in each.references)


# -- what it does


def test_an_allowed_account_from_its_network_and_nobody_else_from_anywhere() -> None:
    model = enabled(made(an_allowance()))
    assert device_code(model, ANNA, OFFICE) is False
    assert device_code(model, ANNA, ELSEWHERE) is True
    assert device_code(model, ANNA, ELSEWHERE, tracked=True) is True
    assert device_code(model, BEN, OFFICE) is True


def test_each_allowance_opens_its_own_place_to_its_own_people() -> None:
    both = an_allowance("both", subject=Subject(users=(BEN,)), networks=networks("198.51.100.0/24"))
    model = enabled(made(an_allowance(subject=Subject(users=(ANNA, BEN))), both))
    assert device_code(model, ANNA, OFFICE) is False
    assert device_code(model, ANNA, DATA_CENTRE) is True
    assert device_code(model, BEN, OFFICE) is False
    assert device_code(model, BEN, DATA_CENTRE) is False
    assert device_code(model, BEN, ELSEWHERE) is True


def test_from_any_network_is_bound_by_no_location_and_said() -> None:
    found = made(an_allowance(networks=networks()))
    assert not found.of(Kind.LOCATION)
    assert device_code(enabled(found), ANNA, ELSEWHERE) is False
    assert "cli holds from any network" in sentences(found, Level.LIMIT)


def test_one_allowance_from_anywhere_unbinds_the_account() -> None:
    found = made(an_allowance(), an_allowance("any", networks=networks()))
    assert device_code(enabled(found), ANNA, ELSEWHERE) is False


def test_registering_a_device_asks_for_more_but_a_room_at_its_site_for_nothing() -> None:
    rooms = an_allowance("rooms", subject=Subject(users=(ROOM,)))
    model = enabled(made(an_allowance(), rooms, stated={ROOM: "device"}))
    assert asks_to_register(model, BEN, OFFICE)
    assert asks_to_register(model, ANNA, OFFICE)
    assert not asks_to_register(model, ROOM, OFFICE)
    assert asks_to_register(model, ROOM, ELSEWHERE)


def test_a_room_without_a_place_is_not_let_off() -> None:
    found = made(an_allowance("rooms", subject=Subject(users=(ROOM,)), networks=networks()), stated={ROOM: "device"})
    assert asks_to_register(enabled(found), ROOM, OFFICE)
    assert "cannot do it" in sentences(found)


def test_a_group_with_one_person_in_it_is_no_group_of_devices() -> None:
    found = made(an_allowance("rooms", subject=Subject(users=(ROOM, ANNA))), stated={ROOM: "device"})
    assert asks_to_register(enabled(found), ROOM, OFFICE)


# -- who


def test_a_name_gets_its_id_from_what_was_seen_or_exported() -> None:
    given = an_allowance(subject=Subject(users=("anna@example.com", "ben@example.com", "cara@example.com")))
    directory = parse([("u", json.dumps([{"id": BEN, "userPrincipalName": "Ben@example.com"}]).encode())]).directory
    evidence = Evidence(
        (Seen("cli", ANNA, "anna@example.com", "person", ("g1", "g2")),),
        {"anna@example.com": frozenset({ANNA}), "cara@example.com": frozenset({guid(8), guid(9)})},
    )
    found = made(given, evidence=evidence, directory=directory)
    group = found.by_key["group/allowed/cli"]
    assert [(each.upn, each.known) for each in group.members] == [
        ("anna@example.com", True),
        ("ben@example.com", True),
        ("cara@example.com", False),
    ]
    assert [each.id for each in group.members][:2] == [ANNA, BEN]
    assert group.members[0].because[0].grant_ids == ("g1", "g2")
    assert group.members[0].because[0].line == 3
    assert "2 accounts have had the name cara@example.com" in sentences(found)
    told = json.loads(contents(found)["manifest.json"])
    (asked,) = [each for each in told["placeholders"] if each["kind"] == "user"]
    assert asked["placeholder"] == group.members[2].id
    assert asked["lookup"] == "GET /users?$filter=userPrincipalName eq 'cara@example.com'&$select=id"


def test_an_apostrophe_in_a_name_stays_within_the_question() -> None:
    found = made(an_allowance(subject=Subject(users=("o'hara@example.com",))))
    assert any("'o''hara@example.com'" in each.fix for each in found.gaps)


def test_members_of_a_group_from_the_file_or_from_the_export() -> None:
    listed = Group("devs", members=frozenset({ANNA, BEN}))
    given = an_allowance(subject=Subject(groups=("devs",)))
    assert sorted(members(made(given, groups={"devs": listed}))["cli"]) == sorted([ANNA, BEN])
    exported = Directory(groups={guid(50): Exported(guid(50), "Devs", frozenset({BEN}), True)})
    assert members(made(given, groups={"devs": Group("devs")}, directory=exported)) == {"cli": [BEN]}
    by_id = Directory(groups={guid(50): Exported(guid(50), "Other", frozenset({BEN}), True)})
    assert members(made(given, groups={"devs": Group("devs", guid(50))}, directory=by_id)) == {"cli": [BEN]}


@pytest.mark.parametrize(
    "exported",
    [
        {},
        {guid(50): Exported(guid(50), "devs", frozenset({BEN}), False)},
        {id: Exported(id, "devs", frozenset({BEN}), True) for id in (guid(50), guid(51))},
    ],
    ids=["not there", "not all of them", "two of the name"],
)
def test_a_group_that_nobody_can_resolve_is_said_and_lets_nobody_in(exported) -> None:
    given = an_allowance(subject=Subject(groups=("devs",)))
    found = made(given, groups={"devs": Group("devs")}, directory=Directory(groups=exported))
    assert members(found) == {}
    assert "nothing says who is in it" in sentences(found)
    assert [each.allowance for each in found.left_out] == ["cli"]
    assert found.incomplete


def test_a_class_is_who_was_seen_in_it_and_who_was_stated() -> None:
    given = an_allowance(subject=Subject(classes=("device",)))
    seen = Evidence(
        (
            Seen("cli", ROOM, "room@example.com", "device", ("g1",)),
            Seen("cli", ANNA, "anna@example.com", "person", ("g2",)),
            Seen("other", BEN, "ben@example.com", "device", ("g3",)),
        ),
        {"room@example.com": frozenset({ROOM})},
    )
    found = made(given, evidence=seen, stated={"phone@example.com": "device", "tool@example.com": "service"})
    assert members(found) == {"cli": ["phone@example.com", "room@example.com"]}
    nobody = made(given)
    assert members(nobody) == {}
    assert "for the class 'device'" in sentences(nobody)


def test_a_statement_beats_what_was_seen() -> None:
    given = an_allowance(subject=Subject(classes=("device",)))
    seen = Evidence(
        (Seen("cli", ROOM, "room@example.com", "device", ("g1",)),), {"room@example.com": frozenset({ROOM})}
    )
    assert members(made(given, evidence=seen, stated={ROOM: "person"})) == {}


# -- where


def test_a_provider_is_its_ranges_that_were_seen() -> None:
    given = an_allowance(networks=networks("AS64500"))
    seen = Evidence((Seen("cli", ANNA, None, "person", ("g1",), (("203.0.113.0/24", 64500), ("198.51.100.0/24", 1))),))
    found = made(given, evidence=seen)
    assert [each["cidrAddress"] for each in found.by_key["location/cli"].body["ipRanges"]] == ["203.0.113.0/24"]
    assert "a named location cannot hold a provider" in sentences(found, Level.LIMIT)
    without = made(given)
    assert members(without) == {}
    assert without.incomplete
    assert [each.allowance for each in without.left_out] == ["cli"]


def test_ranges_are_merged_and_those_that_graph_refuses_are_said() -> None:
    found = made(an_allowance(networks=networks("192.0.2.0/25", "192.0.2.128/25", "44.0.0.0/8", "10.1.0.0/16")))
    assert [each["cidrAddress"] for each in found.by_key["location/cli"].body["ipRanges"]] == [
        "10.1.0.0/16",
        "192.0.2.0/24",
    ]
    assert "44.0.0.0/8 is wider" in sentences(found)
    assert "private addresses (10.1.0.0/16)" in sentences(found, Level.LIMIT)


def test_a_country_is_a_location_of_its_own() -> None:
    found = made(an_allowance(networks=networks("DE", "192.0.2.0/24")))
    assert found.by_key["location/cli/countries"].body["countriesAndRegions"] == ["DE"]
    assert len(found.by_key["policy/outside/cli"].body["conditions"]["locations"]["excludeLocations"]) == 2


# -- what has no effect


def test_expired_and_unowned_allowances_are_left_out_and_said() -> None:
    found = made(an_allowance("old", expires=date(2026, 11, 25)), an_allowance("open", owner=None), an_allowance())
    assert {each.allowance: each.why for each in found.left_out} == {
        "old": "expired on 2026-11-25",
        "open": "nobody answers for it (owner)",
    }
    assert found.used == ("cli",)
    assert found.next_expiry == LATER
    assert made(an_allowance("old", expires=ON)).used == ("old",)


def test_without_any_allowance_everybody_is_stopped() -> None:
    found = made()
    assert [each.key for each in found.objects] == ["group/emergency", "policy/block", "policy/register"]
    assert device_code(enabled(found), ANNA, OFFICE) is True


def test_without_emergency_accounts_that_is_said_first() -> None:
    found = made(an_allowance(clients=("04b07795-8ddb-461a-bbee-02f9e1bf7b46",)), emergency=())
    assert found.gaps[0].level is Level.FILL_IN
    assert "No emergency account" in found.gaps[0].sentence
    assert "Client and resource, which cli names, are not bound" in sentences(found, Level.LIMIT)


def test_ids_that_differ_in_case_only_are_refused() -> None:
    with pytest.raises(UsageError, match="differ in case only"):
        made(an_allowance("CLI"), an_allowance("cli"))


def test_long_combinations_stay_within_what_graph_accepts() -> None:
    many = [an_allowance(f"{'x' * 70}-{number:02}") for number in range(30)]
    found = made(*many)
    for each in found.of(Kind.GROUP):
        assert len(each.name) <= 256
        assert len(each.body["description"]) <= 1024
        assert each.body["description"].endswith("]")


# -- files


def test_the_same_allowances_give_the_same_bytes_in_any_order() -> None:
    one, other = an_allowance(), an_allowance("other", subject=Subject(users=(BEN, ANNA)))
    there, back = contents(made(one, other)), contents(made(other, one))
    assert there == contents(made(one, other))
    for name in SHAPES:
        assert there[name] == back[name]


def test_an_allowance_that_is_added_leaves_what_was_there_as_it_was() -> None:
    before = made(an_allowance())
    after = made(an_allowance(), an_allowance("other", subject=Subject(users=(BEN,))))
    for each in before.objects:
        if each.key != "policy/block":
            assert after.by_key[each.key].body == each.body


def test_written_whole_read_back_and_not_written_over(tmp_path: Path) -> None:
    found = made(an_allowance(subject=Subject(users=("anna@example.com",))))
    write(tmp_path / "set", found)
    again = load(tmp_path / "set")
    assert [each.body for each in again.objects] == [each.body for each in found.objects]
    assert again.edited == ()
    assert list(again.users.values()) == ["anna@example.com"]
    with pytest.raises(UsageError, match="add --force"):
        write(tmp_path / "set", found)
    write(tmp_path / "set", made(), force=True)
    assert len(load(tmp_path / "set").objects) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["set"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        write(tmp_path / "set", made(), force=True)
    assert (tmp_path / "set" / "thesis.txt").read_text() == "mine"
    with pytest.raises(UsageError, match="is not there"):
        write(tmp_path / "missing" / "set", made())
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is no folder"):
        write(tmp_path / "file", made(), force=True)


def test_what_fails_half_way_leaves_the_old_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "set", made())
    real = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.name == "rollback.json":
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match="No space left"):
        write(tmp_path / "set", made(an_allowance()), force=True)
    assert len(load(tmp_path / "set").objects) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["set"]


def test_what_somebody_edited_is_told(tmp_path: Path) -> None:
    write(tmp_path / "set", made(an_allowance()))
    file = tmp_path / "set" / "policies.json"
    file.write_text(file.read_text().replace('"block"', '"mfa"', 1))
    assert load(tmp_path / "set").edited == ("policy/block",)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("manifest.json", "{", "is not JSON"),
        ("manifest.json", "[]", "is no JSON object"),
        ("manifest.json", '{"format": "other/1"}', "grantwatch-policy-set/1"),
        ("manifest.json", '{"format": "grantwatch-policy-set/1"}', "does not fit its objects"),
        ("policies.json", '{"value": [{}]}', "objects that have an id"),
        ("policies.json", '{"value": []}', "does not fit its objects"),
    ],
)
def test_a_broken_set_is_named(tmp_path: Path, name: str, text: str, said: str) -> None:
    write(tmp_path / "set", made(an_allowance()))
    (tmp_path / "set" / name).write_text(text)
    with pytest.raises(InputError, match=said):
        load(tmp_path / "set")


def test_an_object_without_a_line_in_the_manifest_is_named(tmp_path: Path) -> None:
    write(tmp_path / "set", made())
    file = tmp_path / "set" / "groups.json"
    told = json.loads(file.read_text())
    told["value"].append({"id": guid(5), "displayName": "Slipped in"})
    file.write_text(json.dumps(told))
    with pytest.raises(InputError, match="Slipped in"):
        load(tmp_path / "set")
    with pytest.raises(InputError, match="policy generate"):
        load(tmp_path)


def test_allowances_may_be_empty() -> None:
    assert generate(Allowances(), on=ON).next_expiry is None
