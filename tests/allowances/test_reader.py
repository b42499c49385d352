"""A file of allowances: what it says, and how it is answered where it says something wrong."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.allowances.scene import file_of, said

from grantwatch.allowances.reader import KEYS, parse, read
from grantwatch.errors import UsageError


def test_a_file_is_read_with_its_places() -> None:
    reading = parse(
        file_of(
            {
                "subject": "{group: Devs, class: [device], user: Bob@Example.com}",
                "network": "[AS64496, no, 2001:db8::/32]",
            },
            {"id": "second", "client": "any", "resource": "any", "network": "any", "comment": "see ticket"},
            groups="{Devs: {members: [Eve@Example.com]}}",
        )
    )
    assert not reading.findings
    first, second = reading.allowances.allowances
    assert first.subject.users == ("bob@example.com",)
    assert reading.allowances.users(first.subject) == {"bob@example.com", "eve@example.com"}
    assert first.subject.classes == ("device",)
    assert first.clients == ("04b07795-8ddb-461a-bbee-02f9e1bf7b46",)
    assert first.networks.asns == (64496,)
    assert first.networks.countries == ("NO",), "and not the false of YAML 1.1"
    assert first.networks.ranges == (ip_network("2001:db8::/32"),)
    assert first.expires == date(2027, 3, 31)
    assert (first.line, first.column) == (4, 5)
    assert second.clients == second.resources == ()
    assert second.networks.everywhere
    assert second.comment == "see ticket"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ownr": "x"}, "'ownr' is no key of an allowance: did you mean owner?; accepted are id, subject"),
        ({"reason": None}, "3:5: this allowance has no reason"),
        ({"reason": '""'}, "9:13: reason is empty"),
        ({"reason": "[a]"}, "9:13: reason is to be a text, and not a list"),
        ({"expires": "2027-02-30"}, "10:14: expires '2027-02-30' is no day; accepted is one as 2027-03-31"),
        ({"expires": "31.3.2027"}, "expires '31.3.2027' is no day"),
        ({"subject": "{class: devise}"}, "'devise' is no class of accounts: did you mean device?"),
        ({"subject": "{klass: device}"}, "'klass' is no key of subject: did you mean class?; accepted are user, group"),
        ({"subject": "{group: devs}"}, "group 'devs' is not among the groups of the file; the file has no groups"),
        ({"subject": "{user: any}"}, "an allowance cannot be for any user"),
        ({"subject": "{user: []}"}, "user is an empty list"),
        ({"subject": "{}"}, "subject names nobody; accepted are the keys user, group, class"),
        ({"subject": "alice"}, "subject is no mapping; accepted are the keys user, group, class"),
        (
            {"client": "Azure CLI"},
            "'Azure CLI' is no application id and no known name: did you mean Microsoft Azure CLI?",
        ),
        ({"resource": "[any, Microsoft Graph]"}, "resource: any stands for all"),
        ({"network": "192.0.2.7/24"}, "has an address in it, the range is 192.0.2.0/24"),
        ({"network": "AS99999999999"}, "is no network; accepted are any, an address range such as"),
        ({"network": "office"}, "7:14: network 'office': is no network"),
        ({"id": "a b"}, "3:9: 'a b' is no id"),
        ({"<<": "{reason: x}"}, "'<<' is no key of an allowance"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_would_be_right(changed: dict[str, str], told: str) -> None:
    found = said(parse(file_of(changed)))
    assert any(told in line for line in found), found


def test_everything_is_said_at_once_from_the_top_down() -> None:
    reading = parse(file_of({"network": "x", "expires": "soon"}, {"id": "b", "client": "x"}, {"reason": None}))
    assert [each.line for each in reading.errors] == [7, 10, 13, 19, 19]
    assert "is that of the allowance in line 3 too" in said(reading)[-1] + said(reading)[-2]


@pytest.mark.parametrize("owner", ["", "~", "null", '""', None])
def test_an_allowance_without_an_owner_is_no_error_but_open(owner: str | None) -> None:
    reading = parse(file_of({"owner": owner}))
    assert not reading.errors
    assert [(each.level, each.text) for each in reading.findings] == [("open", "has no owner: name who answers for it")]
    assert reading.allowances.allowances[0].owner is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: is empty"),
        ("a: [", "is no YAML"),
        ("a: *b", "1:4: is no YAML: found undefined alias"),
        ("allowances: [\x07]", "1:14: is no YAML: the character U+0007 is not allowed"),
        ("[" * 4000, "nested deeper"),
        ("- a", "1:1: the file is no mapping; accepted are the keys version, groups, allowances"),
        ("allowances: []", "does not say its version; a line is missing: version: grantwatch-allowances/1"),
        ("version: grantwatch-allowances/2\nallowances: []", "1:10: version 'grantwatch-allowances/2' is not one"),
        ("version: grantwatch-allowances/1", "has no key allowances"),
        ("version: grantwatch-allowances/1\nallowances: {a: b}", "2:13: allowances is to be a list"),
        ("version: grantwatch-allowances/1\nversion: x\nallowances: []", "2:1: 'version' stands twice in the file"),
        ("version: grantwatch-allowances/1\ngroups: {a: {id: x}}\nallowances: []", "2:18: 'x' is no object id"),
        ("version: !!python/object/apply:os.getcwd []\nallowances: []", "version is to be a text"),
        ("version: x\n---\nversion: y", "is no YAML"),
    ],
)
def test_what_is_no_such_file_is_named(text: str, told: str) -> None:
    found = said(parse(text))
    assert any(told in line for line in found), found


def test_many_aliases_cost_nothing() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert parse("\n".join(["a0: &a0 x", *levels])).errors


def test_reading_a_file_raises_with_every_fault_by_line(tmp_path: Path) -> None:
    path = tmp_path / "allow.yaml"
    path.write_text(file_of({"network": "x", "expires": "soon"}), encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read(path)
    first, second = str(error.value).splitlines()
    assert first.startswith(f"{path}:7:14: network 'x'")
    assert second.startswith(f"{path}:10:14: expires 'soon'")
    with pytest.raises(UsageError, match=r"none\.yaml: cannot be read"):
        read(tmp_path / "none.yaml")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        read(path)


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*KEYS, ":", "-", "\n", "  ", "[", "}", "any", '"', "&a", "*a"])).map("".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = parse(f"version: grantwatch-allowances/1\nallowances:\n  - {text}")
    assert all(each.line >= 1 and each.column >= 1 for each in reading.findings)
