"""Exports as they come: envelopes, lists, single objects, JSON lines, other spellings; and what is wrong with some."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.policy.shapes import (
    ANNA,
    BEN,
    BREAK_GLASS,
    HEAD_OFFICE,
    ROOMS,
    STAFF,
    a_group,
    a_policy,
    a_role,
    a_user,
    companions,
    exported,
    ip_location,
    listed,
)

from grantwatch.errors import InputError
from grantwatch.policy import State, parse, read


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()


def one(data: bytes) -> Any:
    (policy,) = parse([("file.json", data)]).policies
    return policy


PLAIN = a_policy(session={"signInFrequency": {"isEnabled": True}, "persistentBrowser": {"isEnabled": False}})


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(listed(PLAIN), id="as Graph lists them"),
        pytest.param(as_bytes([PLAIN]), id="a list"),
        pytest.param(as_bytes(PLAIN), id="one object"),
        pytest.param(as_bytes(PLAIN) + b"\n\n", id="one line"),
        pytest.param(as_bytes({"policies": [PLAIN]}), id="a named list"),
        pytest.param(b"\xef\xbb\xbf" + as_bytes([PLAIN]), id="byte order mark"),
        pytest.param(json.dumps([PLAIN]).encode("utf-16"), id="UTF-16 of PowerShell"),
        pytest.param(as_bytes([{"value": [PLAIN]}, {"value": []}]), id="pages"),
    ],
)
def test_every_container_gives_the_same_policy(data: bytes) -> None:
    policy = one(data)
    assert (policy.name, policy.state, policy.session) == (
        "Block device code flow",
        State.ENABLED,
        ("signInFrequency",),
    )
    assert policy.about_device_code
    assert policy.grant.blocks
    assert policy.every_doubt() == ()


def test_json_lines() -> None:
    lines = b"\n".join(as_bytes(a_policy(name)) for name in ("B", "A"))
    assert [policy.name for policy in parse([("x.jsonl", lines)]).policies] == ["A", "B"]


def test_keys_as_the_powershell_sdk_writes_them() -> None:
    def capital(value: object) -> object:
        if isinstance(value, dict):
            return {key[:1].upper() + key[1:]: capital(each) for key, each in value.items()} | {
                "AdditionalProperties": {}
            }
        return [capital(each) for each in value] if isinstance(value, list) else value

    policy = one(as_bytes([capital(a_policy())]))
    assert policy.about_device_code
    assert policy.every_doubt() == ()


def test_companions_are_told_by_their_keys_in_any_file() -> None:
    files = [
        ("p.json", listed(a_policy())),
        ("l.json", as_bytes({"value": [ip_location(HEAD_OFFICE, "Head office", "192.0.2.0/24")]})),
        ("g.json", as_bytes([a_group(STAFF, "Staff", ANNA)])),
        ("r.json", as_bytes({"value": [a_role(BREAK_GLASS, "Role", BEN)]})),
        ("u.json", as_bytes({"value": [a_user(ANNA, "anna@contoso.example")]})),
    ]
    export = parse(files)
    found = export.directory
    assert (len(export.policies), list(found.locations), list(found.groups)) == (1, [HEAD_OFFICE], [STAFF])
    assert (list(found.roles), list(found.users)) == ([BREAK_GLASS], [ANNA])
    assert export.files == tuple(name for name, _ in files)


def test_pages_of_one_group_add_up() -> None:
    first = {**a_group(STAFF, "Staff", ANNA), "members@odata.nextLink": "https://graph.microsoft.com/next"}
    rest = a_group(STAFF, "Staff", BEN)
    alone = exported(a_policy(), groups=[first]).directory
    assert (alone.in_group(ANNA, STAFF), alone.in_group(BEN, STAFF), alone.members(STAFF)) == (True, None, None)
    whole = exported(a_policy(), groups=[first, rest]).directory
    assert whole.members(STAFF) == {ANNA, BEN}


def test_a_group_without_members_is_not_an_empty_group() -> None:
    bare = {key: value for key, value in a_group(STAFF, "Staff").items() if key != "members"}
    assert exported(a_policy(), groups=[bare]).directory.members(STAFF) is None
    assert exported(a_policy(), groups=[a_group(STAFF, "Staff")]).directory.members(STAFF) == frozenset()


def test_groups_within_groups() -> None:
    inner = {"@odata.type": "#microsoft.graph.group", "id": ROOMS}
    alone = exported(a_policy(), groups=[a_group(STAFF, "Staff", ANNA, inner)]).directory
    assert (alone.in_group(ANNA, STAFF), alone.in_group(BEN, STAFF)) == (True, None)
    round_ = exported(
        a_policy(), groups=[a_group(STAFF, "Staff", inner), a_group(ROOMS, "Rooms", STAFF, BEN)]
    ).directory
    assert (round_.in_group(BEN, STAFF), round_.in_group(ANNA, STAFF)) == (True, False)
    assert round_.members(STAFF) == {BEN}


def test_a_page_of_several_is_said() -> None:
    data = as_bytes({"value": [a_policy()], "@odata.nextLink": "https://graph.microsoft.com/next"})
    assert parse([("p.json", data)]).notes == (
        "p.json: is one page of several (@odata.nextLink): what the others hold is not known",
    )


def test_the_same_policy_twice_counts_once_and_two_that_differ_are_refused() -> None:
    assert len(parse([("a", listed(a_policy())), ("b", listed(a_policy()))]).policies) == 1
    with pytest.raises(InputError, match=r"'Block device code flow' stands twice and differs: in a and in b"):
        parse([("a", listed(a_policy())), ("b", listed(a_policy(state="disabled")))])


@pytest.mark.parametrize(
    ("part", "path"),
    [
        (a_policy(state="enabledForTesting"), "state"),
        (a_policy(clientAppTypes=["browser", "hologram"]), "conditions.clientAppTypes[1]"),
        (
            a_policy(authenticationFlows={"transferMethods": "deviceCodeFlow,beam"}),
            "conditions.authenticationFlows.transferMethods[1]",
        ),
        (a_policy(users={"includeUsers": ["All", "Robots"]}), "conditions.users.includeUsers[1]"),
        (a_policy(platforms={"includePlatforms": ["amiga"]}), "conditions.platforms.includePlatforms[0]"),
        (a_policy(platforms={"includePlatforms": ["all"], "sizes": ["tall"]}), "conditions.platforms.sizes"),
        (a_policy(moonPhase="full"), "conditions.moonPhase"),
        (a_policy(grant={"operator": "OR", "builtInControls": ["dance"]}), "grantControls.builtInControls[0]"),
        (a_policy(grant={"operator": "XOR", "builtInControls": ["mfa", "block"]}), "grantControls.operator"),
        (a_policy(devices={"deviceFilter": {"mode": "include", "rule": "x"}}), "conditions.devices.deviceFilter.rule"),
        ({**a_policy(), "policyRules": [{"a": 1}]}, "policyRules"),
    ],
)
def test_what_is_not_known_is_kept_with_its_path(part: Any, path: str) -> None:
    assert [doubt.path for doubt in one(as_bytes(part)).every_doubt()] == [path]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", r"f\.json: line 1, column 1: is not JSON"),
        (b'{"a": ', r"f\.json: line 1, column \d+: is not JSON"),
        (as_bytes(a_policy()) + b"\n{oops", r"f\.json: line 2, column 2: is not JSON"),
        (b"\xff\xfe\x00", r"f\.json: is not UTF-16 text"),
        (b"\xc3\x28", r"f\.json: is not UTF-8 text"),
        (b"3", r"f\.json: 3 is no object; accepted is a Conditional Access policy"),
        (b"[[1]]", r"f\.json: \[0\]\[0\]: 1 is no object"),
        (b'{"createdDateTime": "2026"}', r"f\.json: keys createdDateTime; accepted is a Conditional Access policy"),
        (as_bytes({"value": [a_policy(), {"x": 1}]}), r"f\.json: value\[1\]: keys x;"),
        (as_bytes([{**a_policy(), "conditions": None}]), r"f\.json: \[0\]: policy 'Block .*': conditions: is missing"),
        (
            as_bytes([a_policy(clientAppTypes=[1])]),
            r"policy 'Block .*': conditions\.clientAppTypes: must be a list of texts, not \[1\]",
        ),
        (as_bytes([a_policy(users="All")]), r"conditions\.users: must be an object, not 'All'"),
        (as_bytes([{**a_policy(), "state": 1}]), r"state: must be a text, not 1"),
        (as_bytes([{**ip_location("", "x"), "id": ""}]), r"f\.json: \[0\]: a location without an id"),
        (as_bytes([ip_location(STAFF, "x", "10.0.0.0/40")]), r"ipRanges\[0\]: must be an object with cidrAddress"),
        (as_bytes([{**ip_location(STAFF, "x"), "ipRanges": "10.0.0.0/8"}]), r"ipRanges: must be a list of ranges"),
        (as_bytes([{**ip_location(STAFF, "x"), "isTrusted": "yes"}]), r"isTrusted: must be true or false"),
        (as_bytes([{**a_group(STAFF, "x"), "members": "all"}]), r"members: must be a list of ids or of objects"),
        (as_bytes([{**a_group(STAFF, "x"), "members": [1]}]), r"members\[0\]: must be an id or an object"),
        (
            as_bytes([{**a_group(STAFF, "x"), "members": [{"name": "a"}]}]),
            r"members\[0\]: must be .* an object with its id",
        ),
    ],
)
def test_what_cannot_be_read_names_file_policy_and_path(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse([("f.json", data)])


def test_files_that_are_not_there() -> None:
    with pytest.raises(InputError, match=r"nowhere\.json: cannot be read: No such file"):
        read(["nowhere.json"])
    with pytest.raises(InputError, match="no file was given"):
        read([])


def test_users_are_what_their_type_and_name_say() -> None:
    def kinds(name: str, type_: str | None) -> set[str]:
        user = {**a_user(ANNA, name), "userType": type_}
        return {kind.value for kind in exported(a_policy(), users=[user]).directory.users[ANNA].kinds}

    assert kinds("anna@contoso.example", "Member") == {"member"}
    assert kinds("anna_fabrikam.example#EXT#@contoso.example", "Member") == {"b2bCollaborationMember"}
    assert "member" not in kinds("anna@contoso.example", "Guest")
    assert "internalGuest" not in kinds("anna_fabrikam.example#EXT#@contoso.example", "Guest")
    assert len(kinds("anna@contoso.example", None)) == 7


def test_companions_alone_are_no_export_of_policies_but_can_be_read() -> None:
    assert parse([("c.json", companions(groups=[a_group(STAFF, "Staff")]))]).policies == ()
