"""Every form declares itself rightly, maps to exactly the canonical columns, and its SQL can be carried elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from grantwatch import records as room
from grantwatch.errors import DeclarationError
from grantwatch.records.database import connect
from grantwatch.records.forms import FORMS, NAMES, Form, form
from grantwatch.records.forms.form import flattened, load, parse
from grantwatch.records.sniff import accepted

ROOM = Path(str(room.__file__)).parent
CANONICAL = {
    "sign_in": """
        file_id claimed set_aside time tenant_id user_id upn user_type home_tenant_id app_id app_name resource_id
        resource_name ip asn country city user_agent client_app device_id device_name device_os device_browser
        device_managed device_compliant device_trust interactive protocol transfer incoming error_code status_detail
        request_type request_id correlation_id session_id token_id auth_requirement cross_tenant risk_level risk_state
        latitude longitude named_networks original_request_id ca_status token_binding auth_details processing
        policies""",
    "activity": """
        file_id claimed set_aside time tenant_id operation workload result actor_id actor_upn actor_name actor_app_id
        ip user_agent app_id session_id token_id correlation_id record_id target_id target_type target_name target_upn
        detail""",
}


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path_factory.mktemp("spill")) as con:
        yield con


def test_every_file_is_registered() -> None:
    assert sorted(NAMES) == sorted(path.stem for path in (ROOM / "forms").glob("*.sql"))
    assert [name for name, each in FORMS.items() if not each.is_flat] == list(NAMES)
    assert {name for name, each in FORMS.items() if each.is_flat} == {f"{n}_flat" for n in NAMES if FORMS[n].flat}
    assert form("la_audit") is FORMS["la_audit"]
    with pytest.raises(KeyError):
        form("nothing")


@pytest.mark.parametrize("each", FORMS.values(), ids=FORMS)
def test_a_mapping_yields_the_canonical_columns_in_order(con: duckdb.DuckDBPyConnection, each: Form) -> None:
    columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in each.columns.items())
    raw = f"SELECT 1 AS file_id, {each.claims()} AS claimed, * FROM (SELECT {columns})"
    described = con.execute(f"DESCRIBE WITH raw AS ({raw}) {each.mapping}").fetchall()

    assert [name for name, *_ in described] == CANONICAL[each.table].split()
    assert {kind for name, kind, *_ in described if name not in ("file_id", "claimed")} == {"VARCHAR"}
    (row,) = con.execute(f"WITH raw AS ({raw}) {each.mapping}").fetchall()
    assert row[1] is False, "a record without anything in it is nobody's"


@pytest.mark.parametrize("each", FORMS.values(), ids=FORMS)
def test_keys_are_among_the_columns(each: Form) -> None:
    for alternative in each.keys:
        for key in alternative:
            first = each.outermost(key)
            assert first in each.columns
            for part in key.removeprefix(first).split(".")[1:]:
                assert re.search(rf'\b{part}"? ', each.columns[first])
    assert each.accepts in accepted()


HEADER = """/*
title = "T"
table = "activity"
rank = 1
family = "f"
keys = [["a"]]
accepts = "x"
shows = "s"
lacks = "l"
quirks = []
[export]
portal = "p"
[columns]
a = "VARCHAR"
*/
SELECT 1"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title", "titel", "unknown key 'titel'"),
        ("rank = 1", "", "'rank' is missing"),
        ('"activity"', '"grants"', "table 'grants' is not one of sign_in, activity"),
        ("/*", "", "must begin with a TOML header"),
        ('"T"', "T", "header is not TOML"),
        ('a = "VARCHAR"', 'a = "STRUCT(@nowhere)"', "@nowhere names a form"),
        ('keys = [["a"]]', "keys = []", "'keys'"),
        ('keys = [["a"]]', 'keys = "a"', "'keys'"),
        ('keys = [["a"]]', 'keys = [["b"]]', "'keys'"),
        ("rank = 1", 'rank = "first"', "'rank'"),
        ('family = "f"', "family = 7", "'family'"),
        ('a = "VARCHAR"', "a = 7", "'columns'"),
        ('portal = "p"', 'pigeon = "p"', "'pigeon' is not one of portal"),
        ('portal = "p"', "portal = 1", "'portal'"),
        ('shows = "s"\n', "", "'shows' is missing"),
        ('family = "f"', 'family = "f"\ncolumns_of = "nobody"', "'nobody'"),
        ('family = "f"', 'family = "f"\nmapping_of = "nobody"', "'nobody'"),
        ('family = "f"', 'family = "f"\nabsent = ["everything"]', "'everything' is not one of policies, scopes"),
    ],
)
def test_a_wrong_declaration_names_file_and_key(old: str, new: str, told: str) -> None:
    assert parse("right", HEADER, {}).columns == {"a": "VARCHAR"}
    with pytest.raises(DeclarationError, match=re.escape("forms/wrong.sql")) as raised:
        parse("wrong", HEADER.replace(old, new, 1), {})

    assert told in str(raised.value)


def test_columns_of_another_form_come_first() -> None:
    first = parse("first", HEADER, {})
    second = parse(
        "second",
        HEADER.replace('family = "f"', 'family = "f"\ncolumns_of = "first"').replace('a = "VARCHAR"', 'b = "VARCHAR"'),
        {"first": first},
    )

    assert list(second.columns) == ["a", "b"]


def test_the_mapping_of_another_form_reads_what_stands_below_the_header() -> None:
    first = parse("first", HEADER.replace("SELECT 1", "SELECT a FROM raw"), {})
    second = parse(
        "second",
        HEADER.replace('family = "f"', 'family = "f"\nmapping_of = "first"').replace(
            "SELECT 1", "SELECT b AS a FROM raw"
        ),
        {"first": first},
    )

    assert second.mapping == "SELECT a FROM (SELECT b AS a FROM raw) AS raw"


@pytest.mark.parametrize(
    ("flat", "told"), [('"a"', "'flat' is not"), ("[[]]", "'flat' is not"), ('[["a.b"]]', "'a.b'")], ids=str
)
def test_wrong_keys_of_flat_records_are_named(flat: str, told: str) -> None:
    text = HEADER.replace('keys = [["a"]]', f'keys = [["a"]]\nflat = {flat}').replace("SELECT 1", "SELECT 1 FROM raw")
    with pytest.raises(DeclarationError, match=r"forms/wrong\.sql") as raised:
        flattened(parse("wrong", text, {}))

    assert told in str(raised.value)


def test_fields_of_a_flat_form() -> None:
    text = HEADER.replace('a = "VARCHAR"', 'a = "STRUCT(b VARCHAR, c STRUCT(d VARCHAR))"\nl = "STRUCT(x VARCHAR)[]"')
    text = text.replace("SELECT 1", "SELECT 1 FROM raw").replace('keys = [["a"]]', 'keys = [["a"]]\nflat = [["a.b"]]')
    text = text.replace("rank = 1", 'rank = 1\nwhere = "a.b <> a.c.d"')
    flat = flattened(parse("right", text, {}))

    assert list(flat.columns) == ["a.b", "a.c.d", "l", "l{}.x"]
    assert flat.where == '"a.b" <> "a.c.d"'
    assert flat.recognises({"a.b": 1})
    assert not flat.recognises({"a": {"b": 1}})


def test_a_form_without_a_file_is_named() -> None:
    with pytest.raises(DeclarationError, match=r"forms/nowhere\.sql"):
        load(["nowhere"])


def statements() -> list[tuple[str, str]]:
    """Every query of the room as it is run, but for what names files."""
    found = [(f"forms/{name}.sql", each.mapping) for name, each in FORMS.items()]
    for path in sorted(ROOM.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        for placeholder, value in {
            "$table": "sign_in",
            "$pass_id": "1",
            "$family": "entra",
            "$key": "t.time",
            "$body": "t.ip",
            "$poor": "t.claimed",
            "$row_id": "row_id",
            "$whole": "false",
            "$rest": "upn",
            "$told": "{}",
            "$source": "sign_in",
        }.items():
            text = text.replace(placeholder, value)
        found.append((path.name, text))
    return found


@pytest.mark.parametrize(("name", "text"), statements(), ids=[name for name, _ in statements()])
def test_the_sql_can_be_read_by_others(name: str, text: str) -> None:
    for tree in sqlglot.parse(text, dialect="duckdb"):
        assert tree is not None
        assert not isinstance(tree, exp.Command), "SQLGlot gave up on it"


@pytest.mark.parametrize("name", FORMS)
def test_a_mapping_can_be_carried_to_spark(name: str) -> None:
    (text,) = sqlglot.transpile(
        FORMS[name].mapping, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )

    tree = sqlglot.parse_one(text, dialect="spark")
    assert isinstance(tree, exp.Select)
    assert tree.named_selects == CANONICAL[FORMS[name].table].split()
