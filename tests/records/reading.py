"""What reading yields, checked against its own books, and events to write records of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grantwatch.lab.apps import AZURE_CLI, GRAPH
from grantwatch.lab.events import ENTRA, EXCHANGE, ActivityEvent, Machine, Person, Place, SignInEvent, Target
from grantwatch.lab.ids import Mint, token_id_of
from grantwatch.lab.seen import CallEvent, ClickEvent, RiskEvent
from grantwatch.records.coverage import coverage, file_reports, sums
from grantwatch.records.database import cleaned
from grantwatch.records.load import read
from grantwatch.records.model import Coverage, FileReport, Quarantined, RecordSums, UnreadFile

START = datetime(2026, 3, 2, 8, 0)
TENANT = "11111111-2222-4333-8444-555555555555"
ANNA = Person("aaaaaaaa-0000-4000-8000-000000000001", "anna@fabrikam.example", "Anna Berg")
HOME = Place("192.0.2.17", 64496, "DE", "Berlin", "Berlin")
LAPTOP = Machine("dddddddd-0000-4000-8000-000000000001", "LAPTOP-1", "Windows", "Edge 140")


def sign_in(number: int = 0, **changes: Any) -> SignInEvent:
    """A sign-in of its own: each number has its own ids and stands a minute after the one before."""
    mint = Mint(f"sign-in {number}")
    values: dict[str, Any] = {
        "time": START + timedelta(minutes=number),
        "user": ANNA,
        "tenant_id": TENANT,
        "client": AZURE_CLI,
        "resource": GRAPH,
        "place": HOME,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "request_id": mint.request_id(),
        "correlation_id": mint.guid(),
        "session_id": mint.guid(),
        "device": LAPTOP,
    }
    return SignInEvent(**values | changes)


def audit(number: int = 0, **changes: Any) -> ActivityEvent:
    """A directory audit of its own."""
    mint = Mint(f"audit {number}")
    values: dict[str, Any] = {
        "time": START + timedelta(minutes=number, seconds=30),
        "operation": "Register device",
        "workload": ENTRA,
        "tenant_id": TENANT,
        "actor": ANNA,
        "record_id": mint.guid(),
        "place": HOME,
        "service": "Device Registration Service",
        "category": "Device",
        "correlation_id": mint.guid(),
        "targets": (Target(LAPTOP.id, LAPTOP.name, "Device"),),
    }
    return ActivityEvent(**values | changes)


def rule(number: int = 0, **changes: Any) -> ActivityEvent:
    """An inbox rule of its own."""
    return audit(
        number,
        **{
            "operation": "New-InboxRule",
            "workload": EXCHANGE,
            "record_id": Mint(f"rule {number}").guid(),
            "targets": (),
            "parameters": (("Name", ".,"), ("MoveToFolder", "RSS Feeds")),
            "record_type": 1,
            "client_info": "Client=OWA;Action=ViaProxy",
        }
        | changes,
    )


def click(number: int = 0, **changes: Any) -> ClickEvent:
    """A followed link of its own."""
    values: dict[str, Any] = {
        "time": START + timedelta(minutes=number),
        "user": ANNA,
        "url": "https://login.microsoftonline.com/common/oauth2/deviceauth",
        "report_id": Mint(f"click {number}").guid(),
        "place": HOME,
    }
    return ClickEvent(**values | changes)


def call(number: int = 0, **changes: Any) -> CallEvent:
    """A call to Microsoft Graph of its own."""
    mint = Mint(f"call {number}")
    values: dict[str, Any] = {
        "time": START + timedelta(minutes=number),
        "tenant_id": TENANT,
        "method": "GET",
        "url": f"https://graph.microsoft.com/v1.0/users/{ANNA.id}/messages?$top={number}",
        "client": AZURE_CLI,
        "place": HOME,
        "request_id": mint.guid(),
        "user": ANNA,
        "user_agent": "python-requests/2.32.3",
        "session_id": mint.guid(),
        "token_id": token_id_of(mint.request_id()),
        "scopes": ("Mail.Read", "User.Read"),
    }
    return CallEvent(**values | changes)


def risk(number: int = 0, **changes: Any) -> RiskEvent:
    """A risk detection of its own."""
    mint = Mint(f"risk {number}")
    values: dict[str, Any] = {
        "time": START + timedelta(minutes=number),
        "tenant_id": TENANT,
        "user": ANNA,
        "record_id": mint.hex(64).lower(),
        "kind": "unfamiliarFeatures",
        "place": HOME,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "request_id": mint.request_id(),
        "correlation_id": mint.guid(),
    }
    return RiskEvent(**values | changes)


@dataclass(frozen=True)
class Reading:
    """All that is left of a read after it was closed."""

    files: dict[str, FileReport]
    sums: RecordSums
    unread: list[UnreadFile]
    quarantined: list[Quarantined]
    coverage: Coverage
    sign_ins: list[dict[str, Any]]
    activities: list[dict[str, Any]]

    @property
    def file(self) -> FileReport:
        """The only file."""
        (only,) = self.files.values()
        return only

    @property
    def parsed(self) -> int:
        return self.sums.parsed

    @property
    def reasons(self) -> list[str]:
        return [each.reason for each in self.quarantined]

    @property
    def ids(self) -> list[str | None]:
        """Of all records that count, sorted."""
        found = [row["request_id"] for row in self.sign_ins] + [row["record_id"] for row in self.activities]
        return sorted(found, key=str)


def reading(*paths: str | os.PathLike[str]) -> Reading:
    """Read, check the books, clean up, and see that nothing is left on disk."""
    with read(paths) as records:
        seen = coverage(records.con)
        files = file_reports(records.con, records.files)
        total = sums(files)
        place = (
            "SELECT p.path AS file, t.row_id - p.first_row + 1 AS position, t.* EXCLUDE (row_id) FROM {view} AS t "
            "JOIN pass_form AS p USING (pass_id, file_id) ORDER BY file, position"
        )
        found = []
        records.con.execute(f"CREATE OR REPLACE TEMP VIEW sign_ins AS {cleaned('kept_sign_in')}")
        for view in ("sign_ins", "activities"):
            cursor = records.con.execute(place.format(view=view))
            names = [column[0] for column in cursor.description]
            found.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
        claimed = records.con.execute(
            "SELECT file_id, position, count(*) FROM ("
            "SELECT t.file_id, t.rowid - p.first_row + 1 AS position FROM sign_in AS t "
            "JOIN pass_form AS p USING (pass_id, file_id) WHERE t.claimed UNION ALL "
            "SELECT t.file_id, t.rowid - p.first_row + 1 AS position FROM activity AS t "
            "JOIN pass_form AS p USING (pass_id, file_id) WHERE t.claimed UNION ALL "
            "SELECT file_id, position FROM unclaimed) GROUP BY ALL HAVING count(*) > 1"
        ).fetchall()
        result = Reading(
            {Path(file.file).name: file for file in files},
            total,
            records.unread,
            records.quarantined,
            seen,
            *found,
        )
        workspace = records.workspace
    assert not workspace.exists()
    assert not claimed, "a row is counted twice"
    for each in (*(file.records for file in files), total):
        assert each.read == each.parsed + each.ignored + each.quarantined
        assert each.ignored == sum(each.ignored_by.values())
    assert total.parsed == len(result.sign_ins) + len(result.activities)
    for file in files:
        listed = sum(each.file == file.file for each in result.quarantined)
        assert listed == min(file.records.quarantined, 1000) or file.records.quarantined > 1000
    assert all(each.reason and each.line >= 1 for each in result.quarantined)
    assert all(each.file and each.seen and each.hint for each in result.unread)
    return result
