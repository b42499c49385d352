"""What a rule asks, in SQL and in a few lines of Python: the same answer for any value and any text."""

from __future__ import annotations

import base64
import ipaddress
import json
import operator
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from sigma.modifiers import modifier_mapping
from sigma.rule import SigmaRule
from tests.rules.scene import glob, within

from grantwatch.records.database import connect
from grantwatch.rules.backend import DuckDBBackend
from grantwatch.rules.mapping import pipeline
from grantwatch.rules.source import parse
from grantwatch.rules.tables import _macros

SOURCE = parse(
    "test",
    """/*
title = "Records of a test"
checked = 2026-11-26
from = ["this file"]
logsources = [{ product = "test" }]
prefixes = []
[columns]
one = { names = ["One"] }
other = { names = ["Other"] }
number = { names = ["Number"] }
enum = { names = ["Enum"], spelling = "enumerated" }
deed = { names = ["Deed"], spelling = "operation" }
many = { names = ["Many"], many = true }
pairs = { entries = ["Pairs."], many = true }
*/
SELECT * FROM records""",
)
TEXT = st.text("abAB %_\\'\"*?.-éß\n[](){}^$+|", max_size=6)
WORD = st.text("abAB %_'\"éß.-", min_size=1, max_size=4)
COLUMNS = "one VARCHAR, other VARCHAR, number VARCHAR, enum VARCHAR, deed VARCHAR, many VARCHAR[], "
COLUMNS += "pairs STRUCT(name VARCHAR, value VARCHAR)[], words VARCHAR"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with connect(tmp_path_factory.mktemp("matching")) as con:
        con.execute(_macros())
        con.execute(f"CREATE TABLE records ({COLUMNS})")
        yield con


def asked(con: Any, detection: Any, record: dict[str, Any], condition: str = "s", absent: tuple[str, ...] = ()) -> Any:
    """The truth of a detection over one record: True, False, or None where it cannot be told."""
    told = detection if "s" in detection and isinstance(detection["s"], dict | list) else {"s": detection}
    # Through YAML, as rules come.
    document = {"title": "t", "logsource": {"product": "test"}, "detection": {**told, "condition": condition}}
    rule = SigmaRule.from_dict(yaml.safe_load(json.dumps(document)))
    pipeline(SOURCE).apply(rule)
    sql = DuckDBBackend(SOURCE, absent).condition(rule.detection.parsed_condition[0].parsed)
    names = ["one", "other", "number", "enum", "deed", "many", "pairs", "words"]
    con.execute("DELETE FROM records")
    con.execute(f"INSERT INTO records VALUES ({', '.join('?' * len(names))})", [record.get(each) for each in names])
    ((answer,),) = con.execute(f"SELECT {sql} FROM records").fetchall()
    return answer


@given(value=TEXT, text=TEXT)
@example("a%b", "aXb")
@example("a_b", "aXb")
@example("\\*", "*")
@example("a\\\\*", "a\\b")
@example("'; DROP TABLE records; --", "x")
def test_text_with_wildcards(con: Any, value: str, text: str) -> None:
    assert asked(con, {"One": value}, {"one": text}) is glob(value, text)


@given(word=WORD, text=TEXT, where=st.sampled_from(["contains", "startswith", "endswith"]))
@example("%", "a", "contains")
@example("_", "a", "startswith")
def test_parts_of_a_text(con: Any, word: str, text: str, where: str) -> None:
    patterns = {"contains": f"*{word}*", "startswith": f"{word}*", "endswith": f"*{word}"}
    assert asked(con, {f"One|{where}": word}, {"one": text}) is glob(patterns[where], text)


@given(words=st.lists(WORD, min_size=1, max_size=3), text=TEXT, every=st.booleans())
def test_several_values(con: Any, words: list[str], text: str, every: bool) -> None:
    found = [glob(f"*{word}*", text) for word in words]
    field = "One|contains|all" if every else "One|contains"
    assert asked(con, {field: words}, {"one": text}) is (all(found) if every else any(found))


@given(value=TEXT, text=TEXT)
def test_with_its_case(con: Any, value: str, text: str) -> None:
    assert asked(con, {"One|cased": value}, {"one": text}) is glob(value, text, cased=True)


@pytest.mark.parametrize("pattern", ["a.b", "^a", "b$", "a|b", "[ab]{2}", "a\\.b", "'", "(?:a'b)", "é"])
@given(text=TEXT)
def test_regular_expressions_are_found_anywhere(con: Any, pattern: str, text: str) -> None:
    assert asked(con, {"One|re": pattern}, {"one": text}) is bool(re.search(pattern.replace("$", r"\Z"), text))
    assert asked(con, {"One|re|i": pattern}, {"one": text}) is bool(
        re.search(pattern.replace("$", r"\Z"), text, re.IGNORECASE)
    )


ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda each: each.exploded),
    st.sampled_from(["10.0.0.1", "10.255.0.1", "::1", "::", "2001:db8::1", "::ffff:10.1.2.3", "300.1.1.1", "", "x:y"]),
)
NETWORKS = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)), st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
).map(lambda pair: str(ipaddress.ip_network(f"{pair[0]}/{pair[1]}", strict=False)))


@given(network=st.one_of(NETWORKS, st.sampled_from(["10.0.0.0/8", "2001:db8::/32", "::/0"])), address=ADDRESSES)
@example("10.0.0.0/8", "::ffff:10.1.2.3")
@example("2001:db8::/33", "2001:db8:8000::1")
def test_addresses_of_a_network(con: Any, network: str, address: str) -> None:
    assert asked(con, {"One|cidr": network}, {"one": address}) is within(network, address)


@given(network=NETWORKS)
def test_the_ends_of_a_network_are_in_it(con: Any, network: str) -> None:
    ends = ipaddress.ip_network(network)
    for address in (ends[0], ends[-1]):
        assert asked(con, {"One|cidr": network}, {"one": str(address)}) is within(network, str(address))


@given(
    bound=st.one_of(st.integers(-1000, 1000), st.floats(-10, 10, allow_nan=False).map(lambda each: round(each, 3))),
    text=st.one_of(st.integers(-1000, 1000).map(str), st.sampled_from(["", "x", "1.5", "007"])),
    which=st.sampled_from(["gt", "gte", "lt", "lte"]),
)
def test_numbers_are_compared_as_numbers(con: Any, bound: float, text: str, which: str) -> None:
    compare: dict[str, Callable[[float, float], bool]] = {
        "gt": operator.gt,
        "gte": operator.ge,
        "lt": operator.lt,
        "lte": operator.le,
    }
    try:
        expected = compare[which](float(text), bound)
    except ValueError:
        expected = False
    assert asked(con, {f"Number|{which}": bound}, {"number": text}) is expected
    plain = text.lstrip("-").isdigit() and float(text) == bound
    assert asked(con, {"Number": bound}, {"number": text if text.lstrip("-").isdigit() else ""}) is plain


@given(word=st.text("abcAB1 é", min_size=1, max_size=8), before=st.text("xy", max_size=3))
def test_values_in_base64(con: Any, word: str, before: str) -> None:
    coded = base64.b64encode(word.encode()).decode()
    assert asked(con, {"One|base64": word}, {"one": coded}) is True
    # At any offset within a longer text.
    inside = base64.b64encode((before + word + "zz").encode()).decode()
    assert asked(con, {"One|base64offset|contains": word}, {"one": inside}) is True
    assert asked(con, {"One|base64": word}, {"one": f"{coded}A"}) is False


@given(text=st.one_of(st.none(), TEXT))
def test_what_is_there_and_what_is_not(con: Any, text: str | None) -> None:
    record = {"one": text}
    assert asked(con, {"One|exists": True}, record) is (text is not None)
    assert asked(con, {"One|exists": False}, record) is (text is None)
    assert asked(con, {"One": None}, record) is (text is None)
    assert asked(con, {"One": ""}, record) is (text in (None, ""))
    assert asked(con, {"s": {"One": "a"}}, record, "not s") is (text is None or not glob("a", text))


@given(one=st.one_of(st.none(), TEXT), other=st.one_of(st.none(), TEXT))
def test_a_field_against_another(con: Any, one: str | None, other: str | None) -> None:
    same = one is not None and other is not None and glob_free(one) == glob_free(other)
    assert asked(con, {"One|fieldref": "Other"}, {"one": one, "other": other}) is same
    starts = one is not None and other is not None and glob_free(one).startswith(glob_free(other))
    assert asked(con, {"One|fieldref|startswith": "Other"}, {"one": one, "other": other}) is starts


def glob_free(text: str) -> str:
    return text.lower() if "ß" not in text else "".join(each.lower() for each in text)


@given(values=st.lists(st.one_of(st.none(), WORD), max_size=4), word=WORD)
def test_a_field_with_many_values_matches_where_one_does(con: Any, values: list[str | None], word: str) -> None:
    there = [value for value in values if value is not None]
    record = {"many": values}
    assert asked(con, {"Many": word}, record) is any(glob(word, each) for each in there)
    assert asked(con, {"Many|contains": word}, record) is any(glob(f"*{word}*", each) for each in there)
    assert asked(con, {"Many": None}, record) is (not there)
    assert asked(con, {"Many": ""}, record) is (not [each for each in there if each])


@given(word=WORD, name=st.sampled_from(["ForwardTo", "forwardto", "Name"]))
def test_an_entry_is_found_by_its_name_in_any_case(con: Any, word: str, name: str) -> None:
    record = {"pairs": [{"name": "forwardto", "value": word}, {"name": "name", "value": "other"}]}
    expected = word if name.lower() == "forwardto" else "other"
    assert asked(con, {f"Pairs.{name}": expected.replace("*", "\\*")}, record) is True
    assert asked(con, {"Pairs.Missing|contains": word}, record) is False


def test_words_of_one_meaning_have_one_spelling(con: Any) -> None:
    for value in ("Device Code", "deviceCode", "devicecode", "device-code"):
        assert asked(con, {"Enum": value}, {"enum": "devicecode"}) is True
    for value in ("Add member to role", "Add member to role.", "add member*", "*to role."):
        assert asked(con, {"Deed": value}, {"deed": "Add member to role"}) is True
    assert asked(con, {"Deed|contains": "role."}, {"deed": "Add member to role"}) is True


@given(word=WORD, words=TEXT)
def test_keywords_are_found_anywhere(con: Any, word: str, words: str) -> None:
    assert asked(con, {"s": [word]}, {"words": words}) is glob(f"*{word}*", words)


TRUTHS = st.sampled_from([True, False, None])


@given(a=TRUTHS, b=TRUTHS)
def test_a_field_that_is_not_there_leaves_open_what_rests_on_it(con: Any, a: bool | None, b: bool | None) -> None:
    def kleene(x: bool | None, y: bool | None, both: bool) -> bool | None:
        decisive = not both
        if decisive in (x, y):
            return decisive
        return None if None in (x, y) else both

    absent = tuple(name for name, truth in (("one", a), ("other", b)) if truth is None)
    record = {"one": "x" if a else "y", "other": "x" if b else "y"}
    detection = {"s": {"One": "x"}, "t": {"Other": "x"}}
    assert asked(con, detection, record, "s and t", absent) is kleene(a, b, True)
    assert asked(con, detection, record, "s or t", absent) is kleene(a, b, False)
    opposite = None if a is None else not a
    assert asked(con, detection, record, "not s and t", absent) is kleene(opposite, b, True)
    assert asked(con, detection, record, "1 of s* or not t", absent) is kleene(a, None if b is None else not b, False)


@given(value=TEXT, text=st.one_of(st.none(), TEXT))
def test_what_is_not_the_value(con: Any, value: str, text: str | None) -> None:
    assert asked(con, {"One|neq": value}, {"one": text}) is not asked(con, {"One": value}, {"one": text})
    assert asked(con, {"One|neq": value}, {"one": text}, absent=("one",)) is None


VALUES: dict[str, Any] = {
    **dict.fromkeys(("gt", "gte", "lt", "lte", "minute", "hour", "day", "week", "month", "year"), 3),
    **{"cidr": "10.0.0.0/8", "exists": True, "fieldref": "Other"},
}
NEEDS = {"i": "re", "ignorecase": "re", "m": "re", "multiline": "re", "s": "re", "dotall": "re", "all": "contains"}


@pytest.mark.parametrize("modifier", sorted(set(modifier_mapping) - {"expand"}))
def test_every_modifier_is_answered(con: Any, modifier: str) -> None:
    """Each that pySigma knows becomes SQL that runs: true, or false, over any text."""
    before = f"{NEEDS[modifier]}|" if modifier in NEEDS else ""
    value = ["ab", "b"] if modifier == "all" else VALUES.get(modifier, "ab")
    record = {"one": "ab", "other": "ab", "words": "ab"}
    assert asked(con, {f"One|{before}{modifier}": value}, record) in (True, False)


def test_parts_of_a_time(con: Any) -> None:
    record = {"one": "2026-11-26T13:07:00Z"}
    assert asked(con, {"One|hour": 13}, record) is True
    assert asked(con, {"One|hour": 7}, record) is False
    assert asked(con, {"One|minute": 7}, record) is True


def test_a_rule_cannot_leave_its_literal(con: Any, tmp_path: Path) -> None:
    hostile = "x' OR true OR '"
    assert asked(con, {"One": hostile}, {"one": "y"}) is False
    assert asked(con, {"One|re": "x' OR true OR '"}, {"one": "y"}) is False
    assert asked(con, {"Pairs.x' OR true OR '": "a"}, {"pairs": [{"name": "b", "value": "a"}]}) is False
    assert asked(con, {'One" OR true --': "a"}, {"one": "y"}) is None
    assert con.execute("SELECT count(*) FROM records").fetchall() == [(1,)]
    assert asked(con, {"One": "a\x00' OR true --"}, {"one": "a"}) is False
    assert asked(con, {"One": "a\x00b"}, {"one": "a\x00b"}) is True
