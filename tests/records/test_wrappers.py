"""Records that a SIEM has exported again: each wrapper around each kind, whole, broken, mixed and late."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.records.reading import Reading, audit, reading, rule, sign_in
from tests.records.test_forms import KINDS, content

from grantwatch.errors import DeclarationError
from grantwatch.lab.events import Change, Event, Policy, Target
from grantwatch.lab.records import Record, envelope_audit, envelope_signin, graph_audit, graph_signin, ual_record
from grantwatch.lab.siem import (
    ecs_audit,
    ecs_office,
    ecs_signin,
    elastic_hit,
    flat,
    shipped,
    splunk_fields,
    splunk_result,
    wazuh_alert,
    with_original,
)
from grantwatch.lab.writers import write_array, write_hits, write_ndjson, write_splunk_csv
from grantwatch.records import salvage, wrappers
from grantwatch.records.database import connect, sql_text
from grantwatch.records.forms import FORMS
from grantwatch.records.sniff import Layout, accepted, inner, sniff
from grantwatch.records.source import Source, columns_of, lenient, relation

Wrap = Callable[[Record], Record]
DOCUMENT: Record = {"@timestamp": "2026-03-02T08:00:00.000Z", "event": {"dataset": "azure.signinlogs"}}
WRAPS: dict[str, Wrap] = {
    "event.original": lambda record: with_original(DOCUMENT, record),
    "event.original, dotted": lambda record: flat(with_original(DOCUMENT, record)),
    "_source.event.original": lambda record: elastic_hit(with_original(DOCUMENT, record)),
    "_source.event.original, dotted": lambda record: elastic_hit(flat(with_original(DOCUMENT, record))),
    "_source": elastic_hit,
    "result._raw": splunk_result,
    "_raw": lambda record: splunk_result(record)["result"],
    "result": lambda record: {"preview": False, "result": record},
    "message": shipped,
    "raw": lambda record: shipped(record, "raw"),
    "body": lambda record: shipped(record, "body"),
    "_source.message": lambda record: elastic_hit(shipped(record)),
    "AuditData": lambda record: {"RecordType": "x", "AuditData": json.dumps(record)},
    "auditData, an object": lambda record: {"service": "x", "auditData": record},
}
ECS: dict[str, tuple[Callable[[Any], Record], Callable[[Any], Record], Callable[..., Any]]] = {
    "ecs_signin": (ecs_signin, envelope_signin, sign_in),
    "ecs_audit": (ecs_audit, envelope_audit, audit),
    "ecs_office_logon": (ecs_office, ual_record, sign_in),
    "ecs_office": (ecs_office, ual_record, rule),
}


def rows(found: Reading) -> list[dict[str, Any]]:
    return content(found.sign_ins) + content(found.activities)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    folder = tmp_path_factory.mktemp("plain")
    for form, (record, event) in KINDS.items():
        write_ndjson(folder / form, [record(event(number)) for number in range(3)])
    return reading(folder)


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_every_wrapper_around_every_form(tmp_path: Path, plain: Reading, wrap: Wrap) -> None:
    for form, (record, event) in KINDS.items():
        write_ndjson(tmp_path / form, [wrap(record(event(number))) for number in range(3)])
    found = reading(tmp_path)

    assert {name: file.form.split(", ")[0] for name, file in found.files.items()} == {
        name: file.form.split(", ")[0] for name, file in plain.files.items()
    }
    assert rows(found) == rows(plain)
    assert found.sums == plain.sums


@pytest.mark.parametrize("event", [sign_in, audit, rule], ids=lambda event: event.__name__)
@pytest.mark.parametrize("around", [lambda alert: alert, elastic_hit], ids=["alert", "hit"])
def test_wazuh(tmp_path: Path, event: Callable[..., Any], around: Wrap) -> None:
    records = [ual_record(event(number)) for number in range(3)]
    expected = reading(write_ndjson(tmp_path / "plain", records))
    alerts = [wazuh_alert(record, number) for number, record in enumerate(records)]
    found = reading(write_ndjson(tmp_path / "a", map(around, alerts)))

    assert found.ids == expected.ids
    assert [row | {"file": ""} for row in rows(found)] == [row | {"file": ""} for row in rows(expected)]


# -- Elastic documents


@pytest.mark.parametrize("form", ECS)
def test_an_elastic_document_says_what_its_original_says(tmp_path: Path, form: str) -> None:
    document, record, event = ECS[form]
    events = [event(number) for number in range(4)]
    documents = [document(each) for each in events]
    expected = reading(write_ndjson(tmp_path / "plain", map(record, events)))
    write_ndjson(tmp_path / "lines", documents)
    write_hits(tmp_path / "page", documents)
    write_ndjson(tmp_path / "hits", map(elastic_hit, documents))
    write_array(tmp_path / "array", documents, pretty=True)

    for name in ("lines", "page", "hits", "array"):
        found = reading(tmp_path / name)
        assert form in found.file.form.split(", ")
        assert found.parsed == 4
        for mine, theirs in zip(rows(found), rows(expected), strict=True):
            differ = {key for key in mine if mine[key] != theirs[key]} - {"file", "detail", "content", "pass_id"}
            assert not differ, (name, differ)


@pytest.mark.parametrize("form", ECS)
def test_an_original_is_preferred(tmp_path: Path, form: str) -> None:
    document, record, event = ECS[form]
    events = [event(number) for number in range(3)]
    documents = [with_original(document(each), record(each)) for each in events]
    expected = reading(write_ndjson(tmp_path / "plain", map(record, events)))
    for path in (
        write_ndjson(tmp_path / "lines", documents),
        write_hits(tmp_path / "page", documents),
        write_ndjson(tmp_path / "flat", map(flat, documents)),
    ):
        found = reading(path)
        assert found.file.form.split(", ")[0] == expected.file.form.split(", ")[0]
        assert [row | {"file": ""} for row in rows(found)] == [row | {"file": ""} for row in rows(expected)]


@pytest.mark.parametrize("form", ECS)
def test_dotted_keys(tmp_path: Path, form: str) -> None:
    document, _, event = ECS[form]
    documents = [document(event(number)) for number in range(3)]
    expected = reading(write_ndjson(tmp_path / "nested", documents))
    found = reading(write_ndjson(tmp_path / "flat", map(flat, documents)))

    assert f"{form}_flat" in found.file.form.split(", ")
    assert found.ids == expected.ids
    keys = ("upn", "app_id", "ip", "session_id", "error_code", "user_agent", "operation", "actor_upn", "time", "city")
    for mine, theirs in zip(rows(found), rows(expected), strict=True):
        assert {key: mine.get(key) for key in keys} == {key: theirs.get(key) for key in keys}


def test_what_elastic_makes_of_lists_is_taken_back(tmp_path: Path) -> None:
    policy = Policy("p", "Block flows", "failure", controls=("Block",), conditions=("authenticationFlows",))
    event = sign_in(
        scopes=("Mail.Read",), policies=(policy,), auth_methods=(("Password", "Correct"),), error_code=53003
    )
    (found,) = reading(write_ndjson(tmp_path / "a", [ecs_signin(event)])).sign_ins

    assert {"key": "Oauth Scope Info", "value": '["Mail.Read"]'} in json.loads(found["processing"])
    (told,) = json.loads(found["policies"])
    assert (told["displayName"], told["result"], told["conditionsSatisfied"]) == ("Block flows", "failure", 32768)
    assert json.loads(found["auth_details"])[0]["authenticationMethod"] == "Password"


def test_changes_in_elastic_documents(tmp_path: Path) -> None:
    target = Target("i", "App", "ServicePrincipal", changes=(Change("ConsentAction.Permissions", new="a => b"),))
    event = audit(operation="Consent to application", targets=(target,))
    write_ndjson(tmp_path / "a", [ecs_audit(event)])
    write_ndjson(tmp_path / "b", [ecs_office(event)])
    found, told = (json.loads(row["detail"]) for row in content(reading(tmp_path).activities))

    assert found["targets"][0]["modifiedProperties"][0]["displayName"] == "ConsentAction.Permissions"
    assert "b" in found["targets"][0]["modifiedProperties"][0]["newValue"]
    assert told["modified"] == [{"Name": "ConsentAction.Permissions", "NewValue": "a => b", "OldValue": ""}]


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ("ServicePrincipalSignInLogs", "service principal sign-in"),
        ("ManagedIdentitySignInLogs", "managed identity sign-in"),
        ("ADFSSignInLogs", "other sign-in service (ADFSSignInLogs)"),
    ],
)
def test_sign_ins_of_services_are_left_out(tmp_path: Path, category: str, reason: str) -> None:
    document = ecs_signin(sign_in())
    document["azure"]["signinlogs"]["category"] = category
    assert reading(write_ndjson(tmp_path / "a", [document])).sums.ignored_by == {reason: 1}


def test_operations_that_elastic_renames(tmp_path: Path) -> None:
    documents = [ecs_office(audit(number)) for number in range(2)]
    documents[0]["event"]["action"] = "modified-user-account"
    found = reading(write_ndjson(tmp_path / "a", documents))
    assert [row["operation"] for row in found.activities] == ["Update user", "Register device"]


def test_a_kibana_csv(tmp_path: Path) -> None:
    documents = [flat(ecs_signin(sign_in(number, protocol="deviceCode"))) for number in range(3)]
    names = list(documents[0])
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    for document in documents:
        document["azure.signinlogs.properties.created_at"] = "Mar 2, 2026 @ 08:00:00.000"
        document["azure.signinlogs.properties.session_id"] = "-"
        writer.writerow(
            [json.dumps(document[name]) if isinstance(document[name], list) else document[name] for name in names]
        )
    (tmp_path / "a.csv").write_text(out.getvalue())
    found = reading(tmp_path / "a.csv")

    assert found.file.form == "ecs_signin_flat"
    assert {(str(row["time"]), row["protocol"], row["session_id"]) for row in found.sign_ins} == {
        ("2026-03-02 08:00:00", "devicecode", None)
    }


# -- Elastic pages


def pretty(page: bytes) -> bytes:
    return orjson.dumps(orjson.loads(page), option=orjson.OPT_INDENT_2)


def with_more(page: bytes) -> bytes:
    return orjson.dumps(orjson.loads(page) | {"aggregations": {"a": [{"b": 1}]}, "hits": orjson.loads(page)["hits"]})


def hits_alone(page: bytes) -> bytes:
    return orjson.dumps({"hits": orjson.loads(page)["hits"]["hits"]})


PAGES: list[Callable[[bytes], bytes]] = [
    lambda page: page,
    pretty,
    with_more,
    hits_alone,
    gzip.compress,
    lambda page: page + b"\n" + page.replace(b'"id":"', b'"id":"again-'),
    lambda page: b"[" + page + b"]",
]


@pytest.mark.parametrize("shape", PAGES)
@pytest.mark.parametrize("small", [False, True], ids=["whole", "in pieces"])
def test_pages_of_hits(
    tmp_path: Path, shape: Callable[[bytes], bytes], small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if small:
        monkeypatch.setattr(salvage, "PAGE_LIMIT", 10)
    page = write_hits(tmp_path / "page", [ecs_signin(sign_in(number)) for number in range(5)]).read_bytes()
    (tmp_path / "page").write_bytes(shape(page))
    found = reading(tmp_path / "page")

    assert found.parsed in (5, 10)
    assert [row["position"] for row in found.sign_ins] == list(range(1, found.parsed + 1))
    assert found.file.form == "ecs_signin"
    assert found.unread == []


def test_a_page_of_hits_without_hits(tmp_path: Path) -> None:
    write_hits(tmp_path / "page", [])
    found = reading(tmp_path / "page")
    assert (found.sums.read, found.quarantined) == (0, [])


def test_a_page_of_hits_that_breaks_off(tmp_path: Path) -> None:
    path = write_hits(tmp_path / "page", [ecs_signin(sign_in(number)) for number in range(5)])
    path.write_bytes(path.read_bytes()[:-2000])
    found = reading(path)
    assert found.parsed == 4
    assert found.quarantined or found.unread


def test_splunk_results_as_one_page(tmp_path: Path) -> None:
    results = [splunk_result(graph_signin(sign_in(number)))["result"] for number in range(4)]
    (tmp_path / "a").write_bytes(
        orjson.dumps({"preview": False, "messages": [], "fields": [{"name": "_raw"}], "results": results})
    )
    found = reading(tmp_path / "a")
    assert (found.parsed, found.file.form) == (4, "graph_signin")


# -- Splunk


@pytest.mark.parametrize("form", KINDS)
def test_a_splunk_csv_with_raw(tmp_path: Path, form: str) -> None:
    record, event = KINDS[form]
    records = [record(event(number)) for number in range(4)]
    expected = reading(write_ndjson(tmp_path / "plain", records))
    found = reading(write_splunk_csv(tmp_path / "a.csv", records))

    assert found.file.form.split(", ")[0] == expected.file.form.split(", ")[0]
    assert [row | {"file": "", "pass_id": 0} for row in rows(found)] == [
        row | {"file": "", "pass_id": 0} for row in rows(expected)
    ]


@pytest.mark.parametrize(
    ("record", "event", "form"),
    [
        (graph_signin, sign_in, "graph_signin_flat"),
        (envelope_signin, sign_in, "envelope_signin_flat"),
        (ual_record, sign_in, "ual_logon_flat"),
        (ual_record, audit, "ual_activity_flat"),
    ],
)
@pytest.mark.parametrize("way", ["json", "csv"])
def test_splunk_results_of_fields_alone(
    tmp_path: Path, record: Callable[[Any], Record], event: Callable[..., Any], form: str, way: str
) -> None:
    records = [record(event(number)) for number in range(3)]
    expected = reading(write_ndjson(tmp_path / "plain", records))
    results = [splunk_fields(each) for each in records]
    path = tmp_path / "a"
    if way == "json":
        write_ndjson(path, [{"preview": False, "result": result} for result in results])
    else:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(dict.fromkeys(key for result in results for key in result)))
        writer.writeheader()
        for result in results:
            writer.writerow({key: "\n".join(cell) if isinstance(cell, list) else cell for key, cell in result.items()})
        path.write_text(out.getvalue())
    found = reading(path)

    assert form in found.file.form.split(", ")
    assert found.parsed == 3
    for mine, theirs in zip(rows(found), rows(expected), strict=True):
        same = (
            "time",
            "upn",
            "actor_upn",
            "ip",
            "app_id",
            "session_id",
            "request_type",
            "error_code",
            "user_agent",
            "operation",
        )
        assert {key: mine.get(key) for key in same} == {key: theirs.get(key) for key in same}


# -- broken, foreign, mixed, late

BROKEN: list[tuple[Record, str]] = [
    ({"event": {"original": '{"createdDateTime": "2026'}}, "event.original is not valid JSON"),
    ({"_source": {"event": {"original": "<13>Mar 2 host sshd"}}}, "_source.event.original is not valid JSON"),
    ({"result": {"_raw": '{"category": '}}, "result._raw is not valid JSON"),
    ({"_raw": '{"a": 1, "b": 2}'}, "what _raw holds is of no known form; its keys are: a, b"),
    ({"_raw": "[1]"}, "_raw does not hold an object but a list"),
    ({"_source": {"host": {"name": "x"}}}, "what _source holds is of no known form; its keys are: host"),
    ({"data": {"office365": {"Id": "x"}}}, "what data.office365 holds is of no known form; its keys are: Id"),
    ({"message": '{"createdDateTime": "2026'}, "message is not valid JSON"),
    ({"message": "all is well", "level": "info"}, "no known form has these keys: message, level"),
    ({"message": '{"level": "info"}'}, "what message holds is of no known form; its keys are: level"),
]


@pytest.mark.parametrize(("record", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, record: Record, reason: str, many: bool) -> None:
    good = [splunk_result(graph_signin(sign_in(number))) for number in range(2)]
    bad = [record] * (1100 if many else 1)
    found = reading(write_ndjson(tmp_path / "a", [good[0], *bad, good[1]]))

    assert found.parsed == 2
    assert found.sums.quarantined == len(bad)
    assert found.quarantined[0].line == 2
    assert found.quarantined[0].reason.startswith(reason)


def test_broken_raw_text_in_a_csv(tmp_path: Path) -> None:
    path = write_splunk_csv(tmp_path / "a.csv", [graph_signin(sign_in(number)) for number in range(4)])
    with path.open(newline="") as stream:
        names, *lines = csv.reader(stream)
    lines[1][0] = lines[1][0][:300]
    lines[2][0] = ""
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([names, *lines])
    found = reading(path)

    assert [row["position"] for row in found.sign_ins] == [1, 4]
    first, second = found.quarantined
    assert (first.line, first.reason) == (2, "_raw is not valid JSON")
    assert second.line == 3


def test_a_csv_of_which_no_raw_text_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('_raw,host\nhello,a\n"{""x"": 1}",b\n')
    found = reading(tmp_path / "a.csv")
    assert found.sums.read == 0
    assert "CSV of an unknown form" in found.unread[0].seen


def test_an_original_that_is_broken_leaves_the_fields(tmp_path: Path) -> None:
    documents = [with_original(ecs_signin(sign_in(number)), envelope_signin(sign_in(number))) for number in range(3)]
    documents[1]["event"]["original"] = documents[1]["event"]["original"][:100]
    found = reading(write_ndjson(tmp_path / "a", documents))

    assert found.parsed == 3
    assert found.file.form == "envelope_signin, ecs_signin"
    assert len({row["request_id"] for row in found.sign_ins}) == 3


def mixed(number: int) -> tuple[Event, Record]:
    """An event of one of three kinds, in one of the ways that it can lie in one index."""
    event: Any = (sign_in, audit, rule)[number % 3](number)
    document, record = ((ecs_signin, envelope_signin), (ecs_audit, envelope_audit), (ecs_office, ual_record))[
        number % 3
    ]
    made: Record = document(event)
    way = number // 3 % 4
    if way == 1:
        made = with_original(made, record(event))
    elif way == 2:
        made = shipped(record(event))
    elif way == 3:
        made = record(event)
    return event, made


@pytest.mark.parametrize("around", [lambda document: document, elastic_hit], ids=["documents", "hits"])
@pytest.mark.parametrize("count", [24, 240])
def test_all_kinds_in_all_ways_in_one_file(tmp_path: Path, around: Wrap, count: int) -> None:
    found = reading(write_ndjson(tmp_path / "a", [around(mixed(number)[1]) for number in range(count)]))

    assert (found.parsed, found.sums.quarantined) == (count, 0)
    assert len(set(found.ids)) == count
    places = sorted(row["position"] for row in found.sign_ins + found.activities)
    assert places == list(range(1, count + 1))
    for row in found.sign_ins:
        assert row["request_id"] == sign_in(row["position"] - 1).request_id


@pytest.mark.parametrize("late", [3, 1100], ids=["few", "many"])
@pytest.mark.parametrize("first", ["plain", "wrapped"])
def test_what_comes_after_the_sample(tmp_path: Path, late: int, first: str) -> None:
    head = [graph_signin(sign_in(number)) for number in range(210)]
    if first == "wrapped":
        head = [splunk_result(record) for record in head]
    tail = [with_original(DOCUMENT, graph_audit(audit(number))) for number in range(late)]
    tail += [wazuh_alert(ual_record(rule(number))) for number in range(late)]
    found = reading(write_ndjson(tmp_path / "a", [*head, *tail]))

    assert (found.parsed, found.sums.quarantined) == (210 + 2 * late, 0)
    assert [row["position"] for row in found.activities] == list(range(211, 211 + 2 * late))


@pytest.mark.parametrize("late", [3, 1100], ids=["few", "many"])
def test_what_comes_after_the_sample_of_a_csv(tmp_path: Path, late: int) -> None:
    records = [graph_signin(sign_in(number)) for number in range(205)]
    records += [graph_audit(audit(number)) for number in range(late)]
    found = reading(write_splunk_csv(tmp_path / "a.csv", records))

    assert (found.parsed, found.sums.quarantined) == (205 + late, 0)
    assert [row["position"] for row in found.activities] == list(range(206, 206 + late))


def test_a_file_whose_sample_holds_no_record(tmp_path: Path) -> None:
    noise: list[Record] = [{"message": "x" * 1000, "n": number} for number in range(300)]
    found = reading(write_ndjson(tmp_path / "a", [*noise, shipped(graph_signin(sign_in()))]))
    assert (found.parsed, found.sums.quarantined) == (1, 300)


def test_a_csv_whose_sample_holds_no_record(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["_raw", "host"])
        writer.writerows([["x" * 1000, "a"]] * 300)
        writer.writerow([json.dumps(graph_signin(sign_in())), "a"])
    found = reading(tmp_path / "a.csv")
    assert (found.parsed, found.sums.quarantined) == (1, 300)


# -- no false claims


def test_a_known_record_is_not_left_for_what_a_loose_name_in_it_holds(tmp_path: Path) -> None:
    record = graph_signin(sign_in(0)) | {"message": json.dumps(graph_signin(sign_in(1)))}
    (found,) = reading(write_ndjson(tmp_path / "a", [record])).sign_ins
    assert found["request_id"] == sign_in(0).request_id


def test_plain_files_are_read_as_before(tmp_path: Path) -> None:
    path = write_ndjson(tmp_path / "a", [graph_signin(sign_in())])
    layout = sniff(str(path))
    assert isinstance(layout, Layout)
    assert layout.inside == ()
    assert "held" not in lenient(Source([str(path)], layout), FORMS["graph_signin"])


# -- what every row passes


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("wrapped", ["plain", "text", "object", "value by value"])
def test_no_plan_joins(tmp_path: Path, name: str, wrapped: str) -> None:
    """A join would lose the order of the rows, by which each is traced back to its record."""
    path = write_ndjson(tmp_path / "a", [{"event": {"original": "{}"}}])
    place = ("event", "original")
    layout = Layout("lines", forms=(name,))
    if wrapped != "plain":
        layout = replace(layout, inside=((name, place),), objects=(place,) if wrapped == "object" else ())
    source = Source([str(path)], layout)
    rows = (
        lenient(source, FORMS[name], wrappers.PLACES) if wrapped == "value by value" else relation(source, FORMS[name])
    )
    with connect(tmp_path) as con:
        raw = (
            f"SELECT 1 AS file_id, {FORMS[name].claims()} AS claimed, {columns_of(FORMS[name])} FROM ({rows}) AS source"
        )
        shape = sql_text(f"{FORMS[name].table}.sql").replace("$pass_id", "1").replace("$family", FORMS[name].family)
        shape = shape.replace("$whole", "false").replace(
            "$rest", "CAST(to_json(struct_pack(protocol := protocol)) AS VARCHAR)"
        )
        ((_, plan),) = con.execute(f"EXPLAIN WITH raw AS ({raw}), mapped AS ({FORMS[name].mapping}) {shape}").fetchall()

    steps = set(
        re.findall("\N{BOX DRAWINGS LIGHT ARC DOWN AND RIGHT}\N{BOX DRAWINGS LIGHT HORIZONTAL} ([A-Za-z ]+?) ", plan)
    )
    assert "Projection" in steps
    assert steps <= {"Projection", "Table", "Read"}, "an operator that may lose the order of the rows"


# -- the registry


def test_every_place_is_told_apart_and_what_is_usual_is_a_form() -> None:
    assert len(set(wrappers.PLACES)) == len(wrappers.PLACES)
    assert all(name in FORMS for wrapper in wrappers.WRAPPERS for name in wrapper.usual)
    order = [wrappers.before(place) for place in wrappers.PLACES]
    assert len(set(order)) == len(order)
    assert wrappers.before(("event", "original")) < wrappers.before(("_source",)) < wrappers.before(None)
    assert wrappers.before(None) < wrappers.before(("message",))
    assert "event.original" in accepted()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[wrapper]]\ntitle = 1", "'title' is not one of title (str)"),
        ('[[wrapper]]\npath = ["a"]', "'path' is not one of"),
        ('[[wrapper]]\ntitle = "a"', "needs 'title' and 'paths'"),
        ("[[wrapper", "is not TOML"),
    ],
)
def test_a_wrong_registry_names_entry_and_key(text: str, told: str) -> None:
    with pytest.raises(DeclarationError, match=r"wrappers\.toml") as raised:
        wrappers.parse(text)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "value", [None, 3, [], "x", {}, {"event": "x"}, {"event": {"original": 3}}, {"result": "success"}]
)
def test_nothing_is_inside(value: object) -> None:
    assert inner(value) == (value, None)
