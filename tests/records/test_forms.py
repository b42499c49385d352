"""One tenant in every form: the same records, whatever they lie in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.records.reading import Reading, audit, call, click, reading, risk, rule, sign_in

from grantwatch.lab import Event
from grantwatch.lab.records import (
    Record,
    audit_row,
    call_row,
    click_row,
    cloud_app_row,
    envelope_audit,
    envelope_call,
    envelope_risk,
    envelope_signin,
    graph_audit,
    graph_risk,
    graph_signin,
    graph_signin_v1,
    hunting_signin_row,
    office_row,
    powershell,
    query_record,
    risk_row,
    search_row,
    signin_row,
    ual_record,
)
from grantwatch.lab.writers import (
    write_array,
    write_log_analytics_csv,
    write_ndjson,
    write_pages,
    write_records,
    write_search_csv,
)

KINDS: dict[str, tuple[Callable[[Any], Record], Callable[..., Any]]] = {
    "graph_signin": (graph_signin, sign_in),
    "envelope_signin": (envelope_signin, sign_in),
    "ps_signin": (lambda event: powershell(graph_signin(event)), sign_in),
    "la_signin": (signin_row, sign_in),
    "ual_logon": (ual_record, sign_in),
    "ual_query_logon": (query_record, sign_in),
    "graph_audit": (graph_audit, audit),
    "envelope_audit": (envelope_audit, audit),
    "ps_audit": (lambda event: powershell(graph_audit(event)), audit),
    "la_audit": (audit_row, audit),
    "la_office": (office_row, rule),
    "ual_activity": (ual_record, rule),
    "ual_query_activity": (query_record, rule),
    # Numbers of their own, so that they are no copies of what the other forms tell.
    "defender_signin": (hunting_signin_row, lambda number: sign_in(100 + number)),
    "defender_cloud_app": (cloud_app_row, lambda number: rule(100 + number)),
    "defender_url_click": (click_row, click),
    "envelope_graph_activity": (envelope_call, call),
    "la_graph_activity": (call_row, lambda number: call(100 + number)),
    "graph_risk": (graph_risk, risk),
    "envelope_risk": (envelope_risk, lambda number: risk(100 + number)),
    "la_risk": (risk_row, lambda number: risk(200 + number)),
}


def as_lines(path: Path, records: list[Record]) -> None:
    write_ndjson(path, records)


def as_lines_without_the_last_end(path: Path, records: list[Record]) -> None:
    path.write_bytes(write_ndjson(path, records).read_bytes().removesuffix(b"\n"))


def as_crlf_lines(path: Path, records: list[Record]) -> None:
    path.write_bytes(write_ndjson(path, records).read_bytes().replace(b"\n", b"\r\n"))


def as_array(path: Path, records: list[Record]) -> None:
    write_array(path, records)


def as_pretty_array(path: Path, records: list[Record]) -> None:
    write_array(path, records, pretty=True)


def as_pretty_objects(path: Path, records: list[Record]) -> None:
    path.write_bytes(b"\n".join(write_array(path, [each], pretty=True).read_bytes()[1:-1] for each in records))


def as_one_long_line(path: Path, records: list[Record]) -> None:
    path.write_bytes(b"".join(write_ndjson(path, records).read_bytes().splitlines()))


def as_value_page(path: Path, records: list[Record]) -> None:
    write_pages(path, records, context="beta/$metadata#auditLogs/signIns", size=len(records))


def as_records_page(path: Path, records: list[Record]) -> None:
    write_records(path, records)


def as_records_lines(path: Path, records: list[Record]) -> None:
    write_records(path, records, per_line=2)


def as_events_page(path: Path, records: list[Record]) -> None:
    path.write_bytes(b'{"events":' + write_array(path, records).read_bytes() + b"}")


def as_several_pages(path: Path, records: list[Record]) -> None:
    pages = [write_records(path, [each]).read_bytes() for each in records]
    path.write_bytes(b"\n\n".join(pages))


def as_array_of_pages(path: Path, records: list[Record]) -> None:
    pages = [write_records(path, [each]).read_bytes() for each in records]
    path.write_bytes(b"[" + b",".join(pages) + b"]")


def as_two_arrays(path: Path, records: list[Record]) -> None:
    parts = [write_array(path, part).read_bytes() for part in (records[:2], records[2:])]
    path.write_bytes(b"\n".join(parts))


def as_utf16(path: Path, records: list[Record]) -> None:
    path.write_bytes(write_array(path, records, pretty=True).read_bytes().decode().encode("utf-16"))


def as_utf16_without_a_mark(path: Path, records: list[Record]) -> None:
    path.write_bytes(write_ndjson(path, records).read_bytes().decode().encode("utf-16-le"))


def as_marked_lines(path: Path, records: list[Record]) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + write_ndjson(path, records).read_bytes())


def as_marked_array(path: Path, records: list[Record]) -> None:
    path.write_bytes(b"\xef\xbb\xbf\r\n" + write_array(path, records).read_bytes())


def as_gzip_of_any_name(path: Path, records: list[Record]) -> None:
    path.write_bytes(write_ndjson(path.with_suffix(".gz"), records).read_bytes())
    path.with_suffix(".gz").unlink()


CONTAINERS = [value for name, value in list(globals().items()) if name.startswith("as_")]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    folder = tmp_path_factory.mktemp("plain")
    for form, (record, event) in KINDS.items():
        write_ndjson(folder / form, [record(event(number)) for number in range(5)])
    return reading(folder)


@pytest.mark.parametrize("write", CONTAINERS, ids=lambda write: write.__name__)
def test_every_form_in_every_container(
    tmp_path: Path, plain: Reading, write: Callable[[Path, list[Record]], None]
) -> None:
    for form, (record, event) in KINDS.items():
        write(tmp_path / form, [record(event(number)) for number in range(5)])

    found = reading(tmp_path)

    assert {name: file.form for name, file in found.files.items()} == {form: form for form in KINDS}
    assert {file.records.read for file in found.files.values()} == {5}
    assert found.sums == plain.sums
    assert found.unread == []
    assert content(found.sign_ins) == content(plain.sign_ins)
    assert content(found.activities) == content(plain.activities)


def content(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = [row | {"file": Path(row["file"]).name, "pass_id": None} for row in rows]
    return sorted(named, key=lambda row: (row["file"], row["position"]))


@pytest.mark.parametrize("form", ["la_signin", "la_audit", "la_office", "la_graph_activity", "la_risk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_log_analytics_csv_is_the_same_as_its_json(tmp_path: Path, form: str, delimiter: str, end: str) -> None:
    record, event = KINDS[form]
    records = [record(event(number)) for number in range(5)]
    write_ndjson(tmp_path / "a.json", records)
    text = write_log_analytics_csv(tmp_path / "b.csv", records).read_bytes().decode("utf-8-sig")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(csv.reader(io.StringIO(text, newline="")))
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())

    found, expected = reading(tmp_path / "b.csv"), reading(tmp_path / "a.json")

    assert found.file.form == form
    assert found.ids == expected.ids
    assert found.parsed == 5

    def told(rows: list[dict[str, Any]]) -> list[Any]:
        return [(row["time"].replace(microsecond=0), row["ip"], row["tenant_id"], row["session_id"]) for row in rows]

    assert told(found.sign_ins) == told(expected.sign_ins)
    assert told(found.activities) == told(expected.activities)


def test_a_union_of_both_sign_in_tables(tmp_path: Path) -> None:
    rows = [signin_row(sign_in(number, interactive=number % 2 == 0, protocol="deviceCode")) for number in range(6)]
    found = reading(write_log_analytics_csv(tmp_path / "union.csv", rows, union=True))

    assert [row["interactive"] for row in found.sign_ins] == [True, False] * 3
    assert {row["city"] for row in found.sign_ins} == {"Berlin"}
    assert {row["device_name"] for row in found.sign_ins} == {"LAPTOP-1"}


def test_search_unified_audit_log_csv(tmp_path: Path) -> None:
    events: list[Event] = [sign_in(0), rule(0), audit(0), sign_in(1, error_code=50126)]
    found = reading(write_search_csv(tmp_path / "search.csv", [search_row(event) for event in events]))

    assert found.file.form == "ual_logon, ual_activity"
    assert [(row["position"], row["error_code"]) for row in found.sign_ins] == [(1, 0), (4, 50126)]
    assert [(row["position"], row["operation"]) for row in found.activities] == [
        (2, "New-InboxRule"),
        (3, "Register device"),
    ]


@pytest.mark.parametrize("first", ["#TYPE Selected.System.Management.Automation.PSCustomObject\r\n", "sep=,\r\n"])
def test_lines_in_front_of_a_header(tmp_path: Path, first: str) -> None:
    path = write_search_csv(tmp_path / "search.csv", [search_row(sign_in(0)), search_row(rule(0))])
    path.write_bytes(first.encode() + path.read_bytes())

    assert reading(path).parsed == 2


def test_one_event_in_all_forms_of_sign_in(tmp_path: Path) -> None:
    event = sign_in(interactive=False, protocol="deviceCode", transfer="deviceCodeFlow", incoming="none")
    rows = {}
    for name in ("graph_signin", "envelope_signin", "la_signin"):
        (rows[name],) = reading(write_ndjson(tmp_path / name, [KINDS[name][0](event)])).sign_ins

    for column in rows["graph_signin"]:
        if column not in ("file", "time", "auth_details", "processing", "policies", "status_detail"):
            values = {name: row[column] for name, row in rows.items()}
            assert len(set(values.values())) == 1, (column, values)
    assert {row["time"].replace(microsecond=0) for row in rows.values()} == {event.time}, "an envelope is minutes late"


def test_graph_v1_has_no_protocol(tmp_path: Path) -> None:
    found = reading(write_ndjson(tmp_path / "v1.json", [graph_signin_v1(sign_in(0))]))

    assert found.file.form == "graph_signin"
    assert {"field:protocol", "field:transfer", "stream:non_interactive"} <= found.coverage.missing
