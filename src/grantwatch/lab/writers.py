"""Containers for records, and one tenant written in any form. Every byte follows from the events alone."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import orjson

from grantwatch.errors import UsageError
from grantwatch.lab.events import ENTRA, ActivityEvent, Event, SignInEvent
from grantwatch.lab.graph import Record, json_text
from grantwatch.lab.log_analytics import DYNAMIC, TIMES
from grantwatch.lab.portal import PORTAL_AUDIT, PORTAL_SIGNIN, PURVIEW
from grantwatch.lab.records import (
    audit_row,
    cloud_app_row,
    envelope_audit,
    envelope_signin,
    graph_audit,
    graph_signin,
    graph_signin_v1,
    hunting_signin_row,
    office_row,
    portal_audit_row,
    portal_signin_row,
    powershell,
    purview_row,
    query_record,
    signin_row,
    ual_record,
)
from grantwatch.lab.siem import (
    ecs_audit,
    ecs_office,
    ecs_signin,
    elastic_hit,
    splunk_result,
    wazuh_alert,
    with_original,
)

__all__ = [
    "FORMS",
    "write_array",
    "write_hits",
    "write_hunting_csv",
    "write_log_analytics_csv",
    "write_ndjson",
    "write_pages",
    "write_portal_csv",
    "write_records",
    "write_search_csv",
    "write_splunk_csv",
    "write_tenant",
]

BOM = b"\xef\xbb\xbf"


def write_ndjson(path: Path, records: Iterable[Record]) -> Path:
    """One record per line, last newline included. As everywhere here, a name that ends in `.gz` is compressed."""
    return _write(path, b"".join(orjson.dumps(record) + b"\n" for record in records))


def write_array(path: Path, records: Iterable[Record], *, pretty: bool = False) -> Path:
    """One JSON array, on one line or indented."""
    return _write(path, orjson.dumps(list(records), option=orjson.OPT_INDENT_2 if pretty else 0))


def write_pages(path: Path, records: Sequence[Record], *, context: str, size: int = 100) -> list[Path]:
    """Graph pages `{"value":[...]}` of `size` records; the second is `<stem>-2`, and so on. At least one page."""
    paths = []
    for start in range(0, max(len(records), 1), size):
        number = start // size + 1
        first, dot, suffixes = path.name.partition(".")
        name = path.name if number == 1 else f"{first}-{number}{dot}{suffixes}"
        address = f"https://graph.microsoft.com/{context}"
        page: Record = {"@odata.context": address}
        if start + size < len(records):
            page["@odata.nextLink"] = f"{address.replace('$metadata#', '')}?$skiptoken={number}"
        page["value"] = list(records[start : start + size])
        paths.append(_write(path.with_name(name), orjson.dumps(page)))
    return paths


def write_records(path: Path, records: Sequence[Record], *, per_line: int | None = None) -> Path:
    """`{"records":[...]}` as Event Hub delivers: one document, or one per line with `per_line` records in each."""
    size = per_line or max(len(records), 1)
    batches = [records[start : start + size] for start in range(0, max(len(records), 1), size)]
    lines = [orjson.dumps({"records": list(batch)}) for batch in batches]
    return _write(path, b"\n".join(lines) + (b"\n" if per_line else b""))


def write_log_analytics_csv(path: Path, rows: Sequence[Record], *, union: bool = False) -> Path:
    """The portal's CSV: BOM, CRLF, `Name [UTC]`, `4/28/2021, 2:08:45.221 PM`.

    With `union` the columns whose type differs between the two sign-in tables come twice, as `_dynamic` and
    `_string`, as `union SigninLogs, AADNonInteractiveUserSignInLogs` gives them.
    """
    laid_out = [_split(row) if union else row for row in rows]
    columns = list(dict.fromkeys(column for row in laid_out for column in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([f"{column} [UTC]" if column in TIMES else column for column in columns])
    for row in laid_out:
        writer.writerow([_cell(column, row.get(column)) for column in columns])
    return _write(path, BOM + text.getvalue().encode())


def write_hunting_csv(path: Path, rows: Sequence[Record]) -> Path:
    """The CSV of advanced hunting: BOM, CRLF, times as they are, objects as JSON text."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell("", row.get(column)) for column in columns])
    return _write(path, BOM + text.getvalue().encode())


def write_search_csv(path: Path, rows: Sequence[Record]) -> Path:
    """Search-UnifiedAuditLog piped to Export-Csv: everything quoted, AuditData as JSON text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    columns = list(rows[0]) if rows else []
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return _write(path, text.getvalue().encode())


def write_portal_csv(
    path: Path, rows: Sequence[Record], header: Sequence[str] = PORTAL_SIGNIN, delimiter: str = ","
) -> Path:
    """A download of the Entra admin center or of Purview: BOM, CRLF, everything quoted, the header as it stands."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([row.get(column, "") for column in header] for row in rows)
    return _write(path, BOM + text.getvalue().encode())


def write_hits(path: Path, documents: Iterable[Record]) -> Path:
    """One answer of Elastic's `_search` with every document as a hit."""
    hits = [elastic_hit(document, number) for number, document in enumerate(documents, 1)]
    total = {"value": len(hits), "relation": "eq"}
    page = {"took": 3, "timed_out": False, "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0}}
    return _write(path, orjson.dumps(page | {"hits": {"total": total, "max_score": 1.0, "hits": hits}}))


def write_splunk_csv(path: Path, records: Iterable[Record]) -> Path:
    """Splunk's CSV export: everything quoted, `_raw` and what Splunk knows of the event."""
    results = [splunk_result(record)["result"] for record in records]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    columns = list(results[0]) if results else []
    writer.writerow(columns)
    writer.writerows([result[column] for column in columns] for result in results)
    return _write(path, text.getvalue().encode())


def write_tenant(events: Iterable[Event], form: str, folder: Path) -> list[Path]:
    """The same tenant in one form, in files named `part-1`, `part-2` ... Returns the paths.

    Forms that have no place for what happened in mailboxes (all but `ual`, `defender` and the Log Analytics ones) get
    it as a Unified Audit Log array beside them, `portal` as a download from Purview. `graph_v1` and the forms of the
    Unified Audit Log (`ual`, `ual_query`, `purview`, `wazuh`) hold no non-interactive sign-ins, as in life;
    `defender` holds both kinds.
    The last four are what a SIEM exports: `elastic` without the original events and with them, `splunk`, `wazuh`.
    Raises UsageError for a form that is not in FORMS.
    """
    if form not in FORMS:
        raise UsageError(f"the lab writes no form {form!r}: choose from {', '.join(FORMS)}")
    told = sorted(events, key=lambda event: event.time)
    folder.mkdir(parents=True, exist_ok=True)
    return FORMS[form](_Tenant(told), folder)


class _Tenant:
    def __init__(self, events: Sequence[Event]) -> None:
        sign_ins = [event for event in events if isinstance(event, SignInEvent)]
        self.events = events
        self.interactive = [event for event in sign_ins if event.interactive]
        self.silent = [event for event in sign_ins if not event.interactive]
        activities = [event for event in events if isinstance(event, ActivityEvent)]
        self.audited = [event for event in events if not isinstance(event, SignInEvent) or event.interactive]
        self.audits = [event for event in activities if event.workload == ENTRA]
        self.mailbox = [event for event in activities if event.workload != ENTRA]

    def write_mailbox(self, path: Path) -> list[Path]:
        return [write_array(path, map(ual_record, self.mailbox))] if self.mailbox else []


def _graph(tenant: _Tenant, folder: Path) -> list[Path]:
    sign_ins, audits = "beta/$metadata#auditLogs/signIns", "v1.0/$metadata#auditLogs/directoryAudits"
    newest = [graph_signin(event) for event in reversed(tenant.interactive)]
    silent = [graph_signin(event) for event in reversed(tenant.silent)]
    return [
        *write_pages(folder / "part-1.json", newest, context=sign_ins, size=1000),
        *write_pages(folder / "part-2.json", silent, context=sign_ins, size=1000),
        *write_pages(folder / "part-3.json", [graph_audit(event) for event in tenant.audits], context=audits),
        *tenant.write_mailbox(folder / "part-4.json"),
    ]


def _graph_v1(tenant: _Tenant, folder: Path) -> list[Path]:
    sign_ins, audits = "v1.0/$metadata#auditLogs/signIns", "v1.0/$metadata#auditLogs/directoryAudits"
    newest = [graph_signin_v1(event) for event in reversed(tenant.interactive)]
    return [
        *write_pages(folder / "part-1.json", newest, context=sign_ins, size=1000),
        *write_pages(folder / "part-2.json", [graph_audit(event) for event in tenant.audits], context=audits),
        *tenant.write_mailbox(folder / "part-3.json"),
    ]


def _graph_powershell(tenant: _Tenant, folder: Path) -> list[Path]:
    tables = [map(graph_signin, tenant.interactive), map(graph_signin, tenant.silent), map(graph_audit, tenant.audits)]
    return [
        *(
            write_array(folder / f"part-{number}.json", map(powershell, records), pretty=True)
            for number, records in enumerate(tables, 1)
        ),
        *tenant.write_mailbox(folder / "part-4.json"),
    ]


def _envelope(tenant: _Tenant, folder: Path) -> list[Path]:
    return [
        write_ndjson(folder / "part-1.json", map(envelope_signin, tenant.interactive)),
        write_ndjson(folder / "part-2.json.gz", map(envelope_signin, tenant.silent)),
        write_records(folder / "part-3.json", [envelope_audit(event) for event in tenant.audits], per_line=20),
        *tenant.write_mailbox(folder / "part-4.json"),
    ]


def _log_analytics_csv(tenant: _Tenant, folder: Path) -> list[Path]:
    tables = _tables(tenant)
    return [
        write_log_analytics_csv(folder / f"part-{number}.csv", rows) for number, rows in enumerate(tables, 1) if rows
    ]


def _log_analytics_json(tenant: _Tenant, folder: Path) -> list[Path]:
    interactive, silent, audits, mailbox = _tables(tenant)
    paths = [
        write_array(folder / "part-1.json", interactive),
        write_ndjson(folder / "part-2.json", silent),
        write_array(folder / "part-3.json", audits, pretty=True),
    ]
    return [*paths, write_ndjson(folder / "part-4.json", mailbox)] if mailbox else paths


def _tables(tenant: _Tenant) -> tuple[list[Record], ...]:
    return (
        [signin_row(event) for event in tenant.interactive],
        [signin_row(event) for event in tenant.silent],
        [audit_row(event) for event in tenant.audits],
        [office_row(event) for event in tenant.mailbox],
    )


def _defender(tenant: _Tenant, folder: Path) -> list[Path]:
    """What Defender XDR holds: sign-ins of both kinds, and what its app connector brings from the audit log."""
    deeds = [event for event in tenant.events if isinstance(event, ActivityEvent)]
    rows = [hunting_signin_row(event) for event in tenant.events if isinstance(event, SignInEvent)]
    return [
        write_hunting_csv(folder / "part-1.csv", rows),
        write_hunting_csv(folder / "part-2.csv", [cloud_app_row(event) for event in deeds]),
    ]


def _ual(tenant: _Tenant, folder: Path) -> list[Path]:
    return [write_array(folder / "part-1.json", map(ual_record, tenant.audited))]


def _ual_query(tenant: _Tenant, folder: Path) -> list[Path]:
    records = [query_record(event) for event in reversed(tenant.audited)]
    return write_pages(folder / "part-1.json", records, context="v1.0/$metadata#security/auditLog/queries", size=1000)


def _purview(tenant: _Tenant, folder: Path) -> list[Path]:
    return [write_portal_csv(folder / "part-1.csv", [purview_row(event) for event in tenant.audited], PURVIEW)]


def _portal(tenant: _Tenant, folder: Path) -> list[Path]:
    return [
        write_portal_csv(folder / "part-1.csv", [portal_signin_row(event) for event in reversed(tenant.interactive)]),
        write_portal_csv(folder / "part-2.csv", [portal_signin_row(event) for event in reversed(tenant.silent)]),
        write_portal_csv(folder / "part-3.csv", [portal_audit_row(event) for event in tenant.audits], PORTAL_AUDIT),
        write_portal_csv(folder / "part-4.csv", [purview_row(event) for event in tenant.mailbox], PURVIEW),
    ]


def _elastic(tenant: _Tenant, folder: Path) -> list[Path]:
    hits = [elastic_hit(ecs_office(event), number) for number, event in enumerate(tenant.mailbox)]
    paths = [
        write_hits(folder / "part-1.json", map(ecs_signin, tenant.interactive)),
        write_ndjson(folder / "part-2.json", map(ecs_signin, tenant.silent)),
        write_hits(folder / "part-3.json", map(ecs_audit, tenant.audits)),
    ]
    return [*paths, write_ndjson(folder / "part-4.json", hits)] if hits else paths


def _elastic_original(tenant: _Tenant, folder: Path) -> list[Path]:
    """All of an index in one file, in the order of time, as dumps are."""
    documents = []
    for event in tenant.events:
        if isinstance(event, SignInEvent):
            documents.append(with_original(ecs_signin(event), envelope_signin(event)))
        elif event.workload == ENTRA:
            documents.append(with_original(ecs_audit(event), envelope_audit(event)))
        else:
            documents.append(with_original(ecs_office(event), ual_record(event)))
    return [write_ndjson(folder / "part-1.json", map(elastic_hit, documents))]


def _splunk(tenant: _Tenant, folder: Path) -> list[Path]:
    diagnostics = [envelope_signin(event) for event in (*tenant.interactive, *tenant.silent)]
    return [
        write_ndjson(folder / "part-1.json", map(splunk_result, diagnostics)),
        write_splunk_csv(folder / "part-2.csv", map(envelope_audit, tenant.audits)),
        write_splunk_csv(folder / "part-3.csv", map(ual_record, tenant.mailbox)),
    ]


def _wazuh(tenant: _Tenant, folder: Path) -> list[Path]:
    seen = [event for event in tenant.events if not isinstance(event, SignInEvent) or event.interactive]
    return [write_ndjson(folder / "part-1.json", (wazuh_alert(ual_record(event)) for event in seen))]


FORMS: dict[str, Callable[[_Tenant, Path], list[Path]]] = {
    "graph": _graph,
    "graph_powershell": _graph_powershell,
    "graph_v1": _graph_v1,
    "envelope": _envelope,
    "log_analytics_csv": _log_analytics_csv,
    "log_analytics_json": _log_analytics_json,
    "portal": _portal,
    "purview": _purview,
    "ual": _ual,
    "ual_query": _ual_query,
    "defender": _defender,
    "elastic": _elastic,
    "elastic_original": _elastic_original,
    "splunk": _splunk,
    "wazuh": _wazuh,
}
"""The forms that `write_tenant` knows."""


def _split(row: Record) -> Record:
    split: Record = {}
    for column, value in row.items():
        if column in DYNAMIC:
            text = isinstance(value, str)
            split[f"{column}_dynamic"] = None if text else value
            split[f"{column}_string"] = value if text else None
        else:
            split[column] = value
    return split


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list | dict):
        return json_text(value)
    if column in TIMES and isinstance(value, str):
        return _portal_time(value)
    return str(value)


def _portal_time(text: str) -> str:
    time = datetime.fromisoformat(text)
    hour, half = time.hour % 12 or 12, "AM" if time.hour < 12 else "PM"
    return f"{time.month}/{time.day}/{time.year}, {hour}:{time:%M:%S}.{time.microsecond // 1000:03d} {half}"


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path
