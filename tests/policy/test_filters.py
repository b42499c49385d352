"""The rule language of the filter for devices: each operator, the order of binding, null, and what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantwatch.policy import UNREGISTERED, Device
from grantwatch.policy.filters import And, Compare, FilterError, Not, Or, compare, parse

LAPTOP = Device(
    True,
    (
        ("displayName", "LAPTOP-7"),
        ("trustType", "ServerAD"),
        ("isCompliant", True),
        ("model", None),
        ("operatingSystemVersion", "10.0.22631"),
        ("physicalIds", ("[ZTDId]:abc", "[USER-GID]:9")),
        ("extensionAttribute1", "SAW"),
    ),
)
PHONE = Device(
    True, (("trustType", "Workplace"), ("isCompliant", False), ("extensionAttribute1", "SAW"), ("mdmAppId", None))
)
MANAGED = Device(True, (("trustType", "Workplace"), ("extensionAttribute1", "SAW"), ("mdmAppId", "0000000a")))


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ('device.displayName -eq "laptop-7"', True),
        ('device.displayName -eq "laptop-8"', False),
        ('device.displayName -ne "laptop-7"', False),
        ('device.displayName -ne "laptop-8"', True),
        ('device.displayName -startsWith "lap"', True),
        ('device.displayName -notStartsWith "lap"', False),
        ('device.displayName -endsWith "-7"', True),
        ('device.displayName -notEndsWith "-7"', False),
        ('device.displayName -contains "TOP"', True),
        ('device.displayName -notContains "TOP"', False),
        ('device.displayName -in ["LAPTOP-6", "LAPTOP-7"]', True),
        ('device.displayName -in ["LAPTOP-6"]', False),
        ("device.displayName -in []", False),
        ('device.displayName -notIn ["LAPTOP-6"]', True),
        ('device.displayName -notIn ["LAPTOP-7",]', False),
        ('device.physicalIds -contains "[ZTDId]:abc"', True),
        ('device.physicalIds -contains "[ZTDId]"', False),
        ('device.physicalIds -notContains "[ZTDId]"', True),
        ("device.isCompliant -eq True", True),
        ('device.isCompliant -eq "True"', True),
        ("device.isCompliant -ne True", False),
        ("device.isCompliant -eq $false", False),
        ("device.model -eq null", True),
        ("device.model -ne null", False),
        ("device.displayName -eq null", False),
        ("device.displayName -ne $null", True),
        ('device.model -eq "null"', False),
        ('device.model -ne "X1"', True),
        ('device.model -startsWith ""', False),
        ('device.operatingSystemVersion -startsWith "10.0"', True),
        ("device.operatingSystemVersion -eq 10.0.22631", True),
        ("DEVICE.TRUSTTYPE -EQ 'serverad'", True),
        ("device.trustType eq 'ServerAD'", True),
        ("device.trustType == 'ServerAD'", True),
        ("device.trustType != 'ServerAD'", False),
        ("device.trustType \u2013eq 'ServerAD'", True),
        ('device.extensionAttribute1 -eq "SAW"', True),
        ('device.manufacturer -eq "Contoso"', None),
        ('device.manufacturer -ne "Contoso"', None),
        ('device.manufacturer -eq "Contoso" -or device.isCompliant -eq True', True),
        ('device.manufacturer -eq "Contoso" -and device.isCompliant -eq True', None),
        ('device.manufacturer -eq "Contoso" -and device.isCompliant -eq False', False),
        ('-not (device.manufacturer -eq "Contoso")', None),
        ("-not device.isCompliant -eq True", False),
        ("-not -not device.isCompliant -eq True", True),
    ],
)
def test_a_registered_device(rule: str, found: bool | None) -> None:
    assert compare(parse(rule), LAPTOP) is found


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ('device.trustType -eq "ServerAD"', False),
        ('device.model -startsWith "X"', False),
        ('device.model -endsWith "X"', False),
        ('device.model -contains "X"', False),
        ('device.model -in ["X"]', False),
        ('device.trustType -ne "ServerAD"', True),
        ('device.model -notStartsWith "X"', True),
        ('device.model -notEndsWith "X"', True),
        ('device.model -notContains "X"', True),
        ('device.model -notIn ["X"]', True),
        ('device.extensionAttribute1 -ne "SAW"', True),
        ("device.model -eq null", None),
        ("device.model -ne null", None),
        ('-not (device.trustType -eq "ServerAD")', True),
    ],
)
def test_a_device_that_the_directory_does_not_know(rule: str, found: bool | None) -> None:
    assert compare(parse(rule), UNREGISTERED) is found


@pytest.mark.parametrize("rule", ['device.trustType -eq "A"', 'device.trustType -ne "A"', "device.model -eq null"])
def test_a_device_of_which_nothing_is_known(rule: str) -> None:
    assert compare(parse(rule), Device()) is None


@pytest.mark.parametrize(("device", "found"), [(PHONE, None), (MANAGED, True), (LAPTOP, True)])
def test_extension_attributes_are_there_only_on_managed_devices(device: Device, found: bool | None) -> None:
    assert compare(parse('device.extensionAttribute1 -eq "SAW"'), device) is found


def test_and_binds_stronger_than_or() -> None:
    a, b, c = (Compare("model", "eq", letter) for letter in "abc")
    text = 'device.model -eq "a" -or device.model -eq "b" -and device.model -eq "c"'
    assert parse(text) == Or((a, And((b, c))))
    assert parse(text.replace('"a" -or', '"a") -or').replace("device", "(device", 1)) == Or((a, And((b, c))))
    grouped = '(device.model -eq "a" -or device.model -eq "b") -and device.model -eq "c"'
    assert parse(grouped) == And((Or((a, b)), c))
    assert parse('-not device.model -eq "a" -and device.model -eq "b"') == And((Not(a), b))


def test_quotation_marks_within_texts() -> None:
    assert parse('device.model -eq "a `"b`" ``c"') == Compare("model", "eq", 'a "b" `c')
    assert parse("device.model -eq 'it''s'") == Compare("model", "eq", "it's")


@pytest.mark.parametrize(
    ("rule", "position", "says"),
    [
        ("", 1, "a property"),
        ("device.trustType", 17, "an operator"),
        ("device.trustType -like 'A'", 18, "an operator"),
        ("device.trustType -eq", 21, "a text in quotation marks"),
        ("device.trustType -eq ServerAD", 22, "a text in quotation marks"),
        ("device.trustType -eq 'ServerAD", 22, "does not end"),
        ("user.department -eq 'Sales'", 1, "a property"),
        ("device.colour -eq 'red'", 1, "device.colour"),
        ("(device.model -eq 'a'", 22, "or )"),
        ("device.model -eq 'a')", 21, "the end"),
        ("device.model -eq 'a' device.model -eq 'b'", 22, "-and"),
        ("device.model -in 'a'", 18, "a list"),
        ("device.model -in ['a' 'b']", 23, "a comma"),
        ("device.model -in [null]", 19, "null"),
        ("device.model -startsWith null", 26, "null"),
        ("device.model -eq 'a' -and", 26, "a property"),
        ("device.model -eq 'a' ; device.model", 22, "not understood"),
        ("(" * 200 + "device.model -eq 'a'", 101, "levels"),
        ("device.model -eq '" + "a" * 4000 + "'", 3073, "3072"),
    ],
)
def test_a_rule_that_cannot_be_read_names_the_place(rule: str, position: int, says: str) -> None:
    with pytest.raises(FilterError, match=rf"^character {position}: ") as caught:
        parse(rule)
    assert caught.value.position == position
    assert says in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    place = 1
    try:
        parse(text)
    except FilterError as error:
        place = error.position
    assert 1 <= place <= len(text) + 1


names = st.sampled_from(["model", "trusttype", "iscompliant"])
comparisons = st.builds(
    Compare, names, st.sampled_from(["eq", "ne", "contains", "notStartsWith"]), st.sampled_from("abA")
)
rules = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.tuples(inner, inner)),
        st.builds(Or, st.tuples(inner, inner)),
    ),
    max_leaves=6,
)
facts = st.dictionaries(names, st.sampled_from(["a", "ab", None]))


@given(rules, facts, st.sets(names))
def test_knowing_less_never_turns_an_answer_round(rule, known, forgotten) -> None:
    """What is forgotten makes an answer unknown, or leaves it."""
    whole = compare(rule, Device(True, tuple(known.items())))
    less = compare(rule, Device(True, tuple((name, value) for name, value in known.items() if name not in forgotten)))
    assert less in (whole, None)
    assert compare(rule, Device()) is None
