"""Ways out of the Unified Audit Log: Purview's CSV and Graph's audit log queries say what the record inside says."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.records.reading import ANNA, START, audit, reading, rule, sign_in

from grantwatch.lab import Event
from grantwatch.lab.portal import PURVIEW
from grantwatch.lab.records import Record, purview_row, query_record, search_row, ual_record
from grantwatch.lab.writers import write_array, write_ndjson, write_pages, write_portal_csv, write_search_csv

EVENTS: list[Event] = [
    sign_in(0, error_code=50199, logon_error="CmsiInterrupt", request_type="Cmsi:Cmsi"),
    sign_in(1, request_type="Cmsi:Cmsi"),
    rule(0),
    audit(0),
]


def told(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    found = reading(path)
    assert (found.unread, found.quarantined) == ([], [])

    def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: value for key, value in row.items() if key not in {"file", "pass_id"}} for row in rows]

    return bare(found.sign_ins), bare(found.activities)


@pytest.fixture(scope="module")
def inner(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    path = tmp_path_factory.mktemp("inner") / "ual.json"
    return told(write_array(path, map(ual_record, EVENTS)))


# -- Purview


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_purview_export(tmp_path: Path, inner: object, delimiter: str) -> None:
    rows = [purview_row(event) for event in EVENTS]
    assert told(write_portal_csv(tmp_path / "purview.csv", rows, PURVIEW, delimiter)) == inner


@pytest.mark.parametrize(
    "spelling", ["9/20/2023 4:05:03 AM", "2026-01-24T06:54:24Z", "2026-01-24T06:54:24.0000000Z ", ""]
)
def test_the_time_is_that_of_the_record_inside(tmp_path: Path, spelling: str) -> None:
    rows = [purview_row(sign_in(0)) | {"CreationDate": spelling}]
    (row,) = reading(write_portal_csv(tmp_path / "purview.csv", rows, PURVIEW)).sign_ins

    assert row["time"] == START


@pytest.mark.parametrize("kind", ["15", "AzureActiveDirectoryStsLogon", ""])
def test_the_kind_of_record_may_be_a_number_or_a_name(tmp_path: Path, kind: str) -> None:
    rows = [purview_row(sign_in(0)) | {"RecordType": kind}]
    assert reading(write_portal_csv(tmp_path / "purview.csv", rows, PURVIEW)).file.form == "ual_logon"


def test_cut_off_audit_data_is_set_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    rows = [purview_row(event) for event in EVENTS[:3]]
    rows[1]["AuditData"] = rows[1]["AuditData"][:100]
    found = reading(write_portal_csv(tmp_path / "purview.csv", rows, PURVIEW))

    assert (found.parsed, found.sums.quarantined) == (2, 1)
    assert found.quarantined[0].line == 2


def test_the_same_record_by_three_ways_is_one(tmp_path: Path) -> None:
    write_portal_csv(tmp_path / "purview.csv", [purview_row(event) for event in EVENTS], PURVIEW)
    write_search_csv(tmp_path / "search.csv", [search_row(event) for event in EVENTS])
    write_ndjson(tmp_path / "query.json", [query_record(event) for event in EVENTS])
    write_ndjson(tmp_path / "api.json", [ual_record(event) for event in EVENTS])
    found = reading(tmp_path)

    assert (found.sums.read, found.parsed) == (16, 4)
    assert found.sums.ignored_by == {"duplicate": 12}


@pytest.mark.parametrize("status", ["Success", "Succeeded", "Failed", ""])
def test_success_is_not_the_result_status(tmp_path: Path, status: str) -> None:
    events = [sign_in(0), sign_in(1, error_code=50126), sign_in(2)]
    records = [ual_record(event) | {"ResultStatus": status} for event in events]
    records[2]["ErrorNumber"] = "50140"
    found = reading(write_ndjson(tmp_path / "query.json", [around(record) for record in records]))

    assert [row["error_code"] for row in found.sign_ins] == [0, 50126, 50140]


# -- Graph audit log queries


def around(record: Record) -> Record:
    return query_record(sign_in(0)) | {"id": record["Id"], "operation": record["Operation"], "auditData": record}


def test_a_graph_audit_log_query(tmp_path: Path, inner: object) -> None:
    records = [query_record(event) for event in EVENTS]
    assert told(write_ndjson(tmp_path / "query.json", records)) == inner

    page = tmp_path / "20260302-Test-UnifiedAuditLog-1.json"
    write_pages(page, records, context="beta/$metadata#security/auditLog/queries/records")
    found = reading(page)
    assert found.file.form == "ual_query_logon, ual_query_activity"
    assert (len(found.sign_ins), len(found.activities)) == (2, 2)


@pytest.mark.parametrize("some", [True, False])
def test_audit_data_may_be_json_text(tmp_path: Path, inner: object, some: bool) -> None:
    records = [query_record(event) for event in EVENTS]
    for record in records[1 if some else 0 :]:
        record["auditData"] = json.dumps(record["auditData"])

    assert told(write_ndjson(tmp_path / "query.json", records)) == inner


def test_what_audit_data_leaves_out_is_taken_from_around_it(tmp_path: Path, inner: Any) -> None:
    records = [query_record(event) for event in EVENTS]
    for record in records:
        for key in (
            "Id",
            "CreationTime",
            "Operation",
            "OrganizationId",
            "UserId",
            "Workload",
            "ClientIP",
            "RecordType",
        ):
            record["auditData"].pop(key, None)
    sign_ins, activities = told(write_ndjson(tmp_path / "query.json", records))

    assert sign_ins == inner[0]
    assert activities == inner[1]


@pytest.mark.parametrize("nothing", [None, "", "cut off {", {}])
def test_a_record_without_its_inside_still_tells_who_did_what_and_when(tmp_path: Path, nothing: object) -> None:
    records = [query_record(sign_in(0)) | {"auditData": nothing}, query_record(rule(0)) | {"auditData": nothing}]
    found = reading(write_ndjson(tmp_path / "query.json", records))

    assert [(row["upn"], row["time"], row["error_code"]) for row in found.sign_ins] == [(ANNA.upn, START, 0)]
    assert [(row["operation"], row["time"]) for row in found.activities] == [
        ("New-InboxRule", datetime(2026, 3, 2, 8, 0, 30))
    ]


def test_a_query_is_not_taken_for_sign_ins_of_graph(tmp_path: Path) -> None:
    """It has createdDateTime and userPrincipalName too."""
    found = reading(write_array(tmp_path / "query.json", [query_record(rule(0))]))

    assert (found.file.form, found.sign_ins, len(found.activities)) == ("ual_query_activity", [], 1)
    assert {source.stream for source in found.coverage.sources} == {"unified_audit"}


# -- before a sign-in

PREAUTH: Record = {
    "TimeGenerated": "2026-03-02T08:00:00.123Z",
    "OperationName": "Sign-in activity",
    "OperationVersion": "1.0",
    "Category": "PreAuthenticationDiscoveryLogs",
    "RequestType": "GetCredentialType",
    "ErrorNumber": "0",
    "CallerIpAddress": "203.0.113.9",
    "CorrelationId": "c1",
    "RequestId": "r1",
    "UserId": "",
    "UserAgent": "python-requests/2.32",
    "ApplicationId": "00000002-0000-0ff1-ce00-000000000000",
    "AADTenantId": "11111111-2222-4333-8444-555555555555",
    "Type": "PreAuthenticationDiscoveryLogs",
}


def test_questions_before_a_sign_in_about_nobody_are_counted_and_left_out(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a.json", [PREAUTH, PREAUTH])
    write_portal_csv(tmp_path / "b.csv", [PREAUTH], list(PREAUTH))
    envelope = {"time": PREAUTH["TimeGenerated"], "category": PREAUTH["Category"], "operationName": "Sign-in activity"}
    write_ndjson(tmp_path / "c.json", [envelope | {"properties": {"requestType": "GetCredentialType"}}])
    found = reading(tmp_path)

    reason = "question about an account that is not named (PreAuthenticationDiscoveryLogs)"
    assert found.files["a.json"].records.ignored_by == found.files["b.csv"].records.ignored_by | {reason: 2}
    assert found.files["c.json"].records.ignored_by == {"log category not used (PreAuthenticationDiscoveryLogs)": 1}
    assert (found.parsed, found.quarantined, found.coverage.sources) == (0, [], ())


def test_questions_about_somebody_are_a_stream_of_their_own(tmp_path: Path) -> None:
    named = PREAUTH | {"UserId": "8c2f0d1e-3b4a-4c5d-9e6f-7a8b9c0d1e2f"}
    write_ndjson(tmp_path / "a.json", [named])
    found = reading(tmp_path)
    assert (found.parsed, [source.stream for source in found.coverage.sources]) == (1, ["preauth"])
    assert "stream:preauth" not in found.coverage.missing
