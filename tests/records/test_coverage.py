"""What cannot be seen is said, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.records.reading import START, audit, reading, rule, sign_in

from grantwatch.lab.records import graph_audit, graph_signin, graph_signin_v1, signin_row, ual_record
from grantwatch.lab.writers import write_array, write_ndjson
from grantwatch.records.blind import blind, span
from grantwatch.records.model import FieldShare, SourceCoverage


def said(folder: Path, *fragments: str) -> list[bool]:
    sentences = reading(folder).coverage.blind
    return [any(fragment in sentence for sentence in sentences) for fragment in fragments]


def test_all_there_says_nothing(tmp_path: Path) -> None:
    days = [START + timedelta(hours=12 * number) for number in range(40)]
    events = [sign_in(number, time=time, interactive=number % 2 == 0) for number, time in enumerate(days)]
    write_ndjson(tmp_path / "s", [graph_signin(event) for event in events])
    write_ndjson(
        tmp_path / "n", [graph_signin(sign_in(50 + n, time=time, interactive=n % 2 > 0)) for n, time in enumerate(days)]
    )
    write_ndjson(tmp_path / "a", [graph_audit(audit(number, time=time)) for number, time in enumerate(days)])
    write_ndjson(tmp_path / "u", [ual_record(rule(number, time=time)) for number, time in enumerate(days)])
    found = reading(tmp_path)

    assert found.coverage.blind == ()
    # These few have; a signal that needs them says so itself.
    assert found.coverage.missing == {"stream:url_clicks", "stream:graph_activity", "stream:preauth"}
    assert [(source.stream, source.records) for source in found.coverage.sources] == [
        ("interactive", 40),
        ("non_interactive", 40),
        ("audit", 40),
        ("unified_audit", 40),
    ]
    assert all(share.share == 1 for source in found.coverage.sources for share in source.fields)


def test_spans_and_sums_of_a_file(tmp_path: Path) -> None:
    found = reading(write_ndjson(tmp_path / "a", [graph_signin(sign_in(number)) for number in (5, 1, 3)]))

    assert (found.file.first, found.file.last) == (sign_in(1).time, sign_in(5).time)
    (source,) = found.coverage.sources
    assert (source.first, source.last, source.forms) == (sign_in(1).time, sign_in(5).time, ("graph_signin",))


def test_interactive_v1_only(tmp_path: Path) -> None:
    write_array(tmp_path / "a", [graph_signin_v1(sign_in(0))])

    assert (
        said(
            tmp_path,
            "neither authenticationProtocol nor originalTransferMethod",
            "redemptions and refreshes are invisible",
            "No directory audit logs",
            "No Unified Audit Log",
            "No sessionId",
            "No uniqueTokenIdentifier",
            "reach back 1 day only",
        )
        == [True] * 7
    )


def test_unified_audit_log_only(tmp_path: Path) -> None:
    write_array(tmp_path / "a", [ual_record(sign_in(0)), ual_record(rule(0))])

    assert said(tmp_path, "No Entra sign-in logs", "inbox rules") == [True, False]


def test_non_interactive_only(tmp_path: Path) -> None:
    write_array(tmp_path / "a", [graph_signin(sign_in(0, interactive=False))])

    assert said(tmp_path, "approvals, interrupts and blocked attempts are invisible") == [True]


def test_a_field_that_few_records_carry(tmp_path: Path) -> None:
    rows = [signin_row(sign_in(number)) | ({"SessionId": None} if number else {}) for number in range(10)]
    write_ndjson(tmp_path / "a", rows)

    assert said(tmp_path, "Only 10% of the interactive sign-ins carry sessionId") == [True]


def test_times_that_cannot_be_used(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(0)) | {"createdDateTime": "never"}])

    assert said(tmp_path, "No sign-in has a usable time") == [True]


def test_gaps(tmp_path: Path) -> None:
    times = [START + timedelta(hours=number) for number in range(200)]
    silent = [time for time in times if not 60 <= (time - START) / timedelta(hours=1) < 110]
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(number, time=time)) for number, time in enumerate(silent)])
    found = reading(tmp_path)

    (gap,) = found.coverage.sources[0].gaps
    assert (gap.start, gap.end) == (START + timedelta(hours=60), START + timedelta(hours=110))
    assert any("no record for 50 hours from 2026-03-04 20:00 UTC" in sentence for sentence in found.coverage.blind)


def test_nights_and_weekends_are_no_gaps(tmp_path: Path) -> None:
    days = [START + timedelta(days=day, hours=hour) for day in range(28) for hour in range(9)]
    busy = [time for time in days if time.weekday() < 5]
    write_ndjson(tmp_path / "a", [graph_signin(sign_in(number, time=time)) for number, time in enumerate(busy)])

    assert reading(tmp_path).coverage.sources[0].gaps == ()


def source(stream: str, first: datetime, last: datetime, records: int = 500) -> SourceCoverage:
    names = ("protocol", "transfer", "session_id", "token_id", "asn", "user_agent")
    return SourceCoverage(stream, stream, (), records, first, last, (), tuple(FieldShare(name, 1, 1) for name in names))


def test_streams_that_begin_late_or_end_early() -> None:
    month = START + timedelta(days=30)
    told = blind(
        (
            source("interactive", START, month),
            source("non_interactive", START + timedelta(days=9), month),
            source("audit", START, month - timedelta(days=6)),
        ),
        frozenset(),
    )

    assert told == [
        "non_interactive begin 9 days after the other sign-ins: nothing of them is seen before.",
        "audit end 6 days before the last sign-in: later events are not assessed.",
    ]


def test_a_sparse_stream_is_not_late() -> None:
    month = START + timedelta(days=30)
    rare = source("audit", START + timedelta(days=9), month - timedelta(days=9), records=3)

    assert blind((source("interactive", START, month), rare), frozenset()) == []


def test_span_of_nothing() -> None:
    assert span([]) is None
