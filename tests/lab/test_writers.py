from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from grantwatch.errors import UsageError
from grantwatch.lab import ENTRA, FORMS, SignInEvent, write_tenant
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.lab.records import search_row, signin_row
from grantwatch.lab.writers import (
    write_array,
    write_log_analytics_csv,
    write_ndjson,
    write_pages,
    write_records,
    write_search_csv,
)

ROWS = [{"n": 1, "name": "Léa"}, {"n": 2, "name": "b\nc"}, {"n": 3, "name": ""}]


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(path).decode("utf-8-sig"), newline="")))


def records_of(path: Path) -> list[Any]:
    raw = content(path)
    if ".csv" in path.name:
        return rows_of(path)
    if raw.startswith(b"["):
        return list(orjson.loads(raw))
    lines = [orjson.loads(line) for line in raw.splitlines()]
    lines = [line.get("hits", line) for line in lines]
    return [record for line in lines for record in line.get("value", line.get("records", line.get("hits", [line])))]


def test_each_json_container_gives_back_what_was_put_in(tmp_path):
    assert [orjson.loads(line) for line in content(write_ndjson(tmp_path / "a.json", ROWS)).splitlines()] == ROWS
    assert orjson.loads(content(write_array(tmp_path / "b.json", ROWS))) == ROWS
    pretty = content(write_array(tmp_path / "c.json", ROWS, pretty=True))
    assert orjson.loads(pretty) == ROWS
    assert pretty.count(b"\n") > len(ROWS)
    assert orjson.loads(content(write_records(tmp_path / "d.json", ROWS))) == {"records": ROWS}
    lines = content(write_records(tmp_path / "e.json", ROWS, per_line=2)).splitlines()
    assert [len(orjson.loads(line)["records"]) for line in lines] == [2, 1]


def test_pages_name_the_next_page_but_the_last(tmp_path):
    paths = write_pages(tmp_path / "x.json", ROWS, context="beta/$metadata#auditLogs/signIns", size=2)
    pages = [orjson.loads(content(path)) for path in paths]
    assert [path.name for path in paths] == ["x.json", "x-2.json"]
    assert [len(page["value"]) for page in pages] == [2, 1]
    assert ["@odata.nextLink" in page for page in pages] == [True, False]


def test_no_records_make_one_empty_page(tmp_path):
    (path,) = write_pages(tmp_path / "x.json", [], context="beta")
    assert orjson.loads(content(path))["value"] == []


def test_a_compressed_file_says_nothing_of_when_it_was_written(tmp_path):
    raw = write_ndjson(tmp_path / "a.json.gz", ROWS).read_bytes()
    assert raw[:2] == b"\x1f\x8b"
    assert raw[4:8] == b"\0\0\0\0"
    assert len(gzip.decompress(raw).splitlines()) == 3


def test_the_portal_csv_has_its_quirks(tmp_path, events):
    sign_ins = [event for event in events if isinstance(event, SignInEvent)]
    path = write_log_analytics_csv(tmp_path / "a.csv", [signin_row(event) for event in sign_ins if event.interactive])
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfTenantId,SourceSystem,TimeGenerated [UTC],")
    assert b"\r\n" in raw
    first = rows_of(path)[0]
    assert first["IsInteractive"] == "TRUE"
    assert first["CreatedDateTime [UTC]"].startswith("8/17/2026, 7:")
    assert first["CreatedDateTime [UTC]"].endswith(" AM")
    assert orjson.loads(first["DeviceDetail"])["operatingSystem"]


def test_a_union_splits_the_columns_whose_type_differs(tmp_path, events):
    sign_ins = [event for event in events if isinstance(event, SignInEvent)]
    rows = rows_of(
        write_log_analytics_csv(tmp_path / "a.csv", [signin_row(each) for each in sign_ins[:60]], union=True)
    )
    assert {row["Type"] for row in rows} == {"SigninLogs", "AADNonInteractiveUserSignInLogs"}
    assert "Status" not in rows[0]
    for row in rows:
        told, empty = ("Status_dynamic", "Status_string")[:: 1 if row["Type"] == "SigninLogs" else -1]
        assert str(orjson.loads(row[told])["errorCode"]) == row["ResultType"]
        assert row[empty] == ""


def test_a_search_export_parses_back(tmp_path, events):
    rows = [search_row(event, n, 5) for n, event in enumerate(events[:5], 1)]
    assert rows_of(write_search_csv(tmp_path / "a.csv", rows)) == rows


def test_an_unknown_form_is_refused_with_those_that_are_known(tmp_path, events):
    with pytest.raises(UsageError, match="log_analytics_csv"):
        write_tenant(events, "stix", tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_a_tenant_in_any_form_loses_only_what_that_form_cannot_hold(tmp_path, events, form):
    paths = write_tenant(events, form, tmp_path / form)
    assert paths == sorted((tmp_path / form).iterdir())
    silent = sum(isinstance(event, SignInEvent) and not event.interactive for event in events)
    expected = len(events) - (silent if form in {"graph_v1", "purview", "ual", "ual_query", "wazuh"} else 0)
    assert sum(len(records_of(path)) for path in paths) == expected


@pytest.mark.parametrize("form", FORMS)
def test_a_tenant_is_written_the_same_way_every_time(tmp_path, events, form):
    once = [path.read_bytes() for path in write_tenant(events, form, tmp_path / "once")]
    again = [path.read_bytes() for path in write_tenant(reversed(Fabrikam().events()), form, tmp_path / "again")]
    assert once == again


def test_graph_comes_newest_first_and_the_others_in_order(tmp_path, events):
    graph = records_of(write_tenant(events, "graph", tmp_path / "g")[0])
    times = [record["createdDateTime"] for record in graph]
    assert times == sorted(times, reverse=True)
    envelope = records_of(write_tenant(events, "envelope", tmp_path / "e")[1])
    times = [record["properties"]["createdDateTime"] for record in envelope]
    assert times == sorted(times)


def test_what_happened_in_mailboxes_stands_beside_the_entra_forms(tmp_path, events):
    mailbox = [event for event in events if not isinstance(event, SignInEvent) and event.workload != ENTRA]
    for form in ("graph", "graph_v1", "envelope"):
        beside = records_of(write_tenant(events, form, tmp_path / form)[-1])
        assert [record["Id"] for record in beside] == [event.record_id for event in mailbox]
