"""Which logs and fields are there, and what cannot be seen because of what is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from grantwatch.records.blind import HISTORY, SIGN_INS, blind, span
from grantwatch.records.forms import FORMS
from grantwatch.records.model import Coverage, FieldShare, FileReport, Gap, RecordSums, SourceCoverage

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.tables import InputFile

__all__ = ["coverage", "file_reports", "sources_by_file", "sums", "users_by_file"]

_FIELDS = ("protocol", "transfer", "session_id", "token_id", "asn", "user_agent")
_PLACE = {name: place for place, name in enumerate(FORMS)}
_NEEDED = ("interactive", "non_interactive", "audit", "unified_audit", "url_clicks", "graph_activity", "preauth")
"""Streams that something can be blind without."""
_TITLES = {
    "interactive": "Interactive sign-ins",
    "non_interactive": "Non-interactive sign-ins",
    "sign_in_unknown": "Sign-ins of unsaid kind",
    "audit": "Directory audit logs",
    "unified_audit": "Unified Audit Log",
    "cloud_app_events": "Defender cloud app events",
    "url_clicks": "Safe Links clicks",
    "graph_activity": "Microsoft Graph activity logs",
    "risk": "Identity Protection risk",
    "preauth": "Questions before sign-ins",
}


@cache
def _sql(name: str) -> str:
    return (resources.files("grantwatch.records") / name).read_text(encoding="utf-8")


def file_reports(con: duckdb.DuckDBPyConnection, files: Iterable[InputFile]) -> tuple[FileReport, ...]:
    """Every file that was read, with its sums: read = parsed + ignored + quarantined. Needs `coverage` to have run."""
    counts = _counts(con)
    left: dict[int, int] = dict(con.execute("SELECT file_id, count(*) FROM unclaimed GROUP BY file_id").fetchall())
    return tuple(_report(file, counts.get(file.file_id, []), left.get(file.file_id, 0)) for file in files)


class _Count(NamedTuple):
    form: str
    reason: str | None
    rows: int
    first: datetime | None
    last: datetime | None
    timeless: int


def _counts(con: duckdb.DuckDBPyConnection) -> dict[int, list[_Count]]:
    """By file: how many rows each form claimed, and for which reason they are left out."""
    counts: dict[int, list[_Count]] = defaultdict(list)
    for file_id, *counted in con.execute(
        "SELECT file_id, form, ignored, sum(records), min(first_time), max(last_time), "
        "coalesce(sum(records) FILTER (WHERE hour IS NULL), 0) FROM tally GROUP BY file_id, form, ignored"
    ).fetchall():
        counts[file_id].append(_Count(*counted))
    return counts


def _report(file: InputFile, counts: list[_Count], left: int) -> FileReport:
    parsed = [count for count in counts if count.reason is None]
    ignored: dict[str, int] = defaultdict(int)
    for count in counts:
        if count.reason is not None:
            ignored[count.reason] += count.rows
    claimed = {count.form for count in counts}
    forms = [FORMS[name] for name in sorted(claimed, key=_PLACE.__getitem__)]
    title = "; ".join([form.title for form in forms])
    return FileReport(
        file=file.path,
        form=", ".join(form.name for form in forms),
        form_title=title or ("no record of a known form" if file.rows or file.rejected else _empty(file)),
        container=_container(file),
        records=RecordSums(
            read=file.rows + file.rejected,
            parsed=sum(count.rows for count in parsed),
            ignored=sum(ignored.values()),
            quarantined=left + file.rejected,
            ignored_by=dict(sorted(ignored.items())),
        ),
        first=min((count.first for count in parsed if count.first is not None), default=None),
        last=max((count.last for count in parsed if count.last is not None), default=None),
        time_unusable=sum(count.timeless for count in parsed),
    )


def _empty(file: InputFile) -> str:
    return file.layout.seen or "a header without rows"


def _container(file: InputFile) -> str:
    layout = file.layout
    names = {
        "lines": "JSON lines",
        "array": "JSON array",
        "objects": "JSON objects",
        "csv": "CSV",
        "parquet": "Parquet",
    }
    name = names[layout.container]
    if layout.page:
        name = f"{name} of {{{layout.page}}} pages" if layout.container == "lines" else f"{{{layout.page}}} page"
    if file.salvaged is not None:
        name += ", rewritten"
    return f"{name}, gzip" if layout.gzip else name


def sums(files: tuple[FileReport, ...]) -> RecordSums:
    """The sums over all files."""
    by_reason: dict[str, int] = defaultdict(int)
    for file in files:
        for reason, count in file.records.ignored_by.items():
            by_reason[reason] += count
    return RecordSums(
        read=sum(file.records.read for file in files),
        parsed=sum(file.records.parsed for file in files),
        ignored=sum(file.records.ignored for file in files),
        quarantined=sum(file.records.quarantined for file in files),
        ignored_by=dict(sorted(by_reason.items(), key=lambda item: (-item[1], item[0]))),
    )


def coverage(con: duckdb.DuckDBPyConnection) -> Coverage:
    """Coverage of all records behind `con`. Leaves the table `tally`, from which `file_reports` takes its sums."""
    con.execute(_sql("tally.sql"))
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for stream, start, end in con.execute(_sql("gaps.sql")).fetchall():
        gaps[stream].append(Gap(start, end))
    rows = _rows(con)
    sources = _in_order(_source(row, tuple(gaps[row["stream"]])) for row in rows)
    missing = _missing(sources)
    return Coverage(sources, missing, tuple(blind(sources, missing)), sum(row["time_unusable"] for row in rows))


def sources_by_file(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[SourceCoverage, ...]]:
    """The streams of each file, without gaps, by file_id. Needs `coverage` to have run."""
    found: dict[int, list[SourceCoverage]] = defaultdict(list)
    for row in _rows(con, by_file=True):
        found[row["file_id"]].append(_source(row))
    return {file_id: _in_order(sources) for file_id, sources in found.items()}


def users_by_file(con: duckdb.DuckDBPyConnection) -> dict[int | None, int]:
    """How many people are in each file, by file_id, and in all of them together, by None."""
    return dict(con.execute(_sql("users.sql")).fetchall())


def _rows(con: duckdb.DuckDBPyConnection, *, by_file: bool = False) -> list[dict[str, Any]]:
    cursor = con.execute(_sql("coverage.sql").replace("$by", "file_id, " if by_file else ""))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _source(row: dict[str, Any], gaps: tuple[Gap, ...] = ()) -> SourceCoverage:
    rows = row["entra_rows"]
    return SourceCoverage(
        stream=row["stream"],
        title=_TITLES[row["stream"]],
        forms=tuple(row["forms"]),
        records=row["records"],
        first=row["first_time"],
        last=row["last_time"],
        gaps=gaps,
        fields=tuple(FieldShare(field, row[field], rows) for field in _FIELDS) if rows else (),
    )


def _in_order(sources: Iterable[SourceCoverage]) -> tuple[SourceCoverage, ...]:
    order = list(_TITLES)
    return tuple(sorted(sources, key=lambda source: order.index(source.stream)))


def _missing(sources: tuple[SourceCoverage, ...]) -> frozenset[str]:
    streams = {source.stream: source for source in sources}
    missing = {f"stream:{name}" for name in _NEEDED if name not in streams}
    if "sign_in_unknown" in streams:
        missing -= {"stream:interactive", "stream:non_interactive"}
    sign_ins = [source for name, source in streams.items() if name in SIGN_INS]
    for number, field in enumerate(_FIELDS):
        looked_at = [s for s in sign_ins if s.stream != "non_interactive"] if field == "protocol" else sign_ins
        if not any(source.fields and source.fields[number].present for source in looked_at):
            missing.add(f"field:{field}")
    if sign_ins:
        # A field is missing where no form among them has a place for it.
        forms = [set(FORMS[name].absent) for source in sign_ins for name in source.forms]
        missing |= {f"field:{field}" for field in set.intersection(*forms)}
    reach = span(sign_ins or [source for source in sources if source.stream == "unified_audit"])
    if reach is None or reach[1] - reach[0] < HISTORY:
        missing.add("history")
    return frozenset(missing)
