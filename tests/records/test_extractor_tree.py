"""A folder as the Microsoft-Extractor-Suite leaves it, read whole and by content alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.records.reading import audit, reading, rule, sign_in

from grantwatch.lab import Event
from grantwatch.lab.records import Record, graph_audit, graph_signin, query_record, search_row, ual_record
from grantwatch.lab.writers import write_ndjson, write_pages, write_search_csv
from grantwatch.records.pieces import PAGES

MAILBOX: list[Event] = [rule(number) for number in range(4)]


def to_json(records: Iterable[Record]) -> str:
    """As PowerShell does: indented, and a list of one is no list."""
    found = list(records)
    return json.dumps(found[0] if len(found) == 1 else found, indent=2).replace("\n", "\r\n") + "\r\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Names, folders and shapes of version 4: pages appended to one file, one of a single record, two encodings."""
    day = tmp_path / "Output" / "EntraID" / "20260302-SignInLogs"
    both = day / "interactiveUser & nonInteractiveUser"
    both.mkdir(parents=True)
    pages = [[sign_in(0), sign_in(1, interactive=False)], [sign_in(2)], [sign_in(3), sign_in(4)]]
    text = "".join(to_json(map(graph_signin, page)) for page in pages)
    name = "20260302080000-interactiveUser-nonInteractiveUser-SignInLogs.json"
    (both / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    (both / "20260302080001-interactiveUser-nonInteractiveUser-SignInLogs.json").write_bytes(
        to_json([graph_signin(sign_in(5)), graph_signin(sign_in(6))]).encode("utf-16")
    )
    service = graph_signin(sign_in(7)) | {
        "signInEventTypes": ["servicePrincipal"],
        "userId": "",
        "userPrincipalName": "",
    }
    (day / "servicePrincipal").mkdir()
    (day / "servicePrincipal" / "20260302080002-servicePrincipal-SignInLogs.json").write_text(to_json([service]))
    # Merged files repeat what stands in the others.
    (both / "SignInLogs-interactiveUser-nonInteractiveUser-Combined.json").write_text(
        to_json(graph_signin(event) for page in pages for event in page)
    )
    audits = tmp_path / "Output" / "EntraID" / "20260302-Auditlogs"
    audits.mkdir()
    (audits / "20260302080003-AuditLogs.json").write_text(to_json(map(graph_audit, [audit(0), audit(1)])))

    log = tmp_path / "Output" / "UnifiedAuditLog" / "20260302080004"
    log.mkdir(parents=True)
    write_search_csv(log / "UAL-20260302080004.csv", [search_row(event) for event in MAILBOX[:2]])
    rows = [search_row(event) for event in MAILBOX[2:3]]
    (log / "UAL-20260302080005.json").write_text(to_json(rows))
    write_ndjson(log / "UAL-20260302080006-sof-elk.json", [ual_record(event) for event in MAILBOX[3:]])
    write_pages(
        log / "20260302080007-Test-UnifiedAuditLog-1.json",
        [query_record(event) for event in MAILBOX],
        context="beta/$metadata#security/auditLog/queries/records",
        size=2,
    )
    (tmp_path / "Output" / "LogFile.txt").write_text("[INFO] Start date: 2026-03-02\n[INFO] Records: 12\n")
    rules = tmp_path / "Output" / "Rules"
    rules.mkdir()
    (rules / "MailboxRules.csv").write_text('"UserName","RuleName","Enabled"\r\n"anna@fabrikam.example","a","True"\r\n')
    return tmp_path / "Output"


def test_the_whole_tree_is_read(tree: Path) -> None:
    found = reading(tree)

    assert {name: file.form for name, file in found.files.items()} == {
        "20260302080000-interactiveUser-nonInteractiveUser-SignInLogs.json": "graph_signin",
        "20260302080001-interactiveUser-nonInteractiveUser-SignInLogs.json": "graph_signin",
        "20260302080002-servicePrincipal-SignInLogs.json": "graph_signin",
        "20260302080003-AuditLogs.json": "graph_audit",
        "20260302080007-Test-UnifiedAuditLog-1-2.json": "ual_query_activity",
        "20260302080007-Test-UnifiedAuditLog-1.json": "ual_query_activity",
        "SignInLogs-interactiveUser-nonInteractiveUser-Combined.json": "graph_signin",
        "UAL-20260302080004.csv": "ual_activity",
        "UAL-20260302080005.json": "ual_activity",
        "UAL-20260302080006-sof-elk.json": "ual_activity",
    }
    assert (len(found.sign_ins), len(found.activities)) == (7, 2 + 4)
    assert found.sums.ignored_by == {"duplicate": 5 + 4, "service principal sign-in": 1}
    assert found.quarantined == []


def test_what_is_no_log_in_it_is_named(tree: Path) -> None:
    assert {Path(each.file).name: each.seen for each in reading(tree).unread} == {
        "LogFile.txt": "JSON that is broken from its start",
        "MailboxRules.csv": "CSV of an unknown form (columns: UserName, RuleName, Enabled)",
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("line", [True, False])
def test_a_page_under_any_of_its_keys(tmp_path: Path, page: str, line: bool) -> None:
    records = [graph_signin(sign_in(number)) for number in range(3)]
    outer, _, within = page.partition(".")

    def held(listed: list[Any]) -> dict[str, Any]:
        return {outer: {within: listed}} if within else {outer: listed}

    pages = [{"@odata.count": 2} | held(records[:2]), held(records[2:]) | {"@odata.nextLink": None}, held([])]
    text = "\n".join(json.dumps(each, indent=None if line else 1) for each in pages)
    (tmp_path / "pages.json").write_text(text)
    found = reading(tmp_path)

    assert (found.parsed, found.unread, found.quarantined) == (3, [], [])
