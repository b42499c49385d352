"""Which logs and fields are there, and what cannot be seen because of what is not."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from grantwatch.records.forms import FORMS
from grantwatch.records.model import Coverage, FieldShare, FileReport, Gap, RecordSums, SourceCoverage

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.load import InputFile, Records

__all__ = ["coverage", "file_reports", "sums"]

_FIELDS = ("protocol", "transfer", "session_id", "token_id", "asn", "user_agent")
_TITLES = {
    "interactive": "Interactive sign-ins",
    "non_interactive": "Non-interactive sign-ins",
    "sign_in_unknown": "Sign-ins of unsaid kind",
    "audit": "Directory audit logs",
    "unified_audit": "Unified Audit Log",
}
_SIGN_INS = ("interactive", "non_interactive", "sign_in_unknown")
_MIN_HISTORY = timedelta(days=7)


@cache
def _sql(name: str) -> str:
    return (resources.files("grantwatch.records") / name).read_text(encoding="utf-8")


def file_reports(records: Records) -> tuple[FileReport, ...]:
    """Every file that was read, with its sums. read = parsed + ignored + quarantined holds for each."""
    counts = _counts(records.con)
    left: dict[int, int] = dict(
        records.con.execute("SELECT file_id, count(*) FROM unclaimed GROUP BY file_id").fetchall()
    )
    return tuple(_report(file, counts.get(file.file_id, {}), left.get(file.file_id, 0)) for file in records.files)


def _counts(con: duckdb.DuckDBPyConnection) -> dict[int, dict[str | None, tuple[int, Any, Any, int]]]:
    counts: dict[int, dict[str | None, tuple[int, Any, Any, int]]] = defaultdict(dict)
    for table in ("sign_in", "activity"):
        for file_id, reason, count, first, last, timeless in con.execute(
            f"SELECT file_id, ignored, count(*), min(time), max(time), count(*) FILTER (WHERE time IS NULL) "
            f"FROM {table} WHERE claimed GROUP BY file_id, ignored"
        ).fetchall():
            old = counts[file_id].get(reason, (0, None, None, 0))
            counts[file_id][reason] = (
                old[0] + count,
                min((t for t in (old[1], first) if t is not None), default=None),
                max((t for t in (old[2], last) if t is not None), default=None),
                old[3] + timeless,
            )
    return counts


def _report(file: InputFile, counts: dict[str | None, tuple[int, Any, Any, int]], left: int) -> FileReport:
    parsed, first, last, timeless = counts.get(None, (0, None, None, 0))
    ignored = {reason: count for reason, (count, *_) in sorted(counts.items(), key=str) if reason is not None}
    quarantined = left + file.rejected
    forms = [FORMS[name] for name in file.tried]
    return FileReport(
        file=file.path,
        form=", ".join(form.name for form in forms),
        form_title="; ".join(form.title for form in forms),
        container=_container(file),
        records=RecordSums(file.rows + file.rejected, parsed, sum(ignored.values()), quarantined, ignored),
        first=first,
        last=last,
        time_unusable=timeless,
    )


def _container(file: InputFile) -> str:
    layout = file.layout
    name = {"lines": "JSON lines", "array": "JSON array", "objects": "JSON objects", "csv": "CSV"}[layout.container]
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
    """Coverage of all records behind `con`."""
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for stream, start, end in con.execute(_sql("gaps.sql")).fetchall():
        gaps[stream].append(Gap(start, end))
    cursor = con.execute(_sql("coverage.sql"))
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    sources = tuple(
        SourceCoverage(
            stream=row["stream"],
            title=_TITLES[row["stream"]],
            forms=tuple(row["forms"]),
            records=row["records"],
            first=row["first_time"],
            last=row["last_time"],
            gaps=tuple(gaps[row["stream"]]),
            fields=tuple(FieldShare(field, row[field], row["entra_rows"]) for field in _FIELDS)
            if row["entra_rows"]
            else (),
        )
        for row in rows
    )
    order = list(_TITLES)
    sources = tuple(sorted(sources, key=lambda source: order.index(source.stream)))
    missing = _missing(sources)
    return Coverage(sources, missing, tuple(_blind(sources, missing)), sum(row["time_unusable"] for row in rows))


def _missing(sources: tuple[SourceCoverage, ...]) -> frozenset[str]:
    streams = {source.stream: source for source in sources}
    missing = {
        f"stream:{name}" for name in ("interactive", "non_interactive", "audit", "unified_audit") if name not in streams
    }
    if "sign_in_unknown" in streams:
        missing -= {"stream:interactive", "stream:non_interactive"}
    sign_ins = [source for name, source in streams.items() if name in _SIGN_INS]
    for number, field in enumerate(_FIELDS):
        looked_at = [s for s in sign_ins if s.stream != "non_interactive"] if field == "protocol" else sign_ins
        if not any(source.fields and source.fields[number].present for source in looked_at):
            missing.add(f"field:{field}")
    span = _span(sign_ins)
    if span is None or span[1] - span[0] < _MIN_HISTORY:
        missing.add("history")
    return frozenset(missing)


def _span(sources: list[SourceCoverage]) -> tuple[datetime, datetime] | None:
    firsts = [source.first for source in sources if source.first is not None]
    lasts = [source.last for source in sources if source.last is not None]
    return (min(firsts), max(lasts)) if firsts and lasts else None


def _blind(sources: tuple[SourceCoverage, ...], missing: frozenset[str]) -> list[str]:
    """Sentences for a reader, most important first."""
    streams = {source.stream: source for source in sources}
    said: list[str] = []
    sign_ins = [source for name, source in streams.items() if name in _SIGN_INS]
    if not sign_ins:
        said.append(
            "No Entra sign-in logs: device code grants can only be sighted in the Unified Audit Log, at low certainty; "
            "redemptions, refreshes and most of the flow are not assessed."
        )
    else:
        said += _sign_in_blind(missing)
    if "stream:audit" in missing:
        said.append(
            "No directory audit logs: device registrations, consents and changed sign-in methods after a grant are not "
            "assessed."
        )
    if "stream:unified_audit" in missing:
        said.append("No Unified Audit Log: inbox rules, forwarding and mail access after a grant are not assessed.")
    if sign_ins:
        said += _field_blind(missing, sign_ins)
        said += _span_blind(streams, sign_ins)
    return said


def _sign_in_blind(missing: frozenset[str]) -> list[str]:
    said: list[str] = []
    if {"field:protocol", "field:transfer"} <= missing:
        said.append(
            "The sign-in records carry neither authenticationProtocol nor originalTransferMethod (a v1.0 feed or an "
            "older export): device code use can only be guessed from confirmation interrupts (50199). Absence of grants is "
            "not assessed."
        )
    elif "field:protocol" in missing:
        said.append(
            "No interactive record carries authenticationProtocol: approvals are recognised by their lineage and "
            "interrupts only, at lower certainty."
        )
    elif "field:transfer" in missing:
        said.append(
            "No record carries originalTransferMethod: what a token was used for after the grant is not assessed."
        )
    if "stream:non_interactive" in missing:
        said.append(
            "No non-interactive sign-ins (v1.0 or interactive-only feed): redemptions and refreshes are invisible. "
            "Who received a token, from where, and what it was used for is not assessed."
        )
    if "stream:interactive" in missing:
        said.append(
            "No interactive sign-ins: approvals, interrupts and blocked attempts are invisible. Who entered a code, "
            "and attempts that failed, are not assessed."
        )
    return said


def _field_blind(missing: frozenset[str], sign_ins: list[SourceCoverage]) -> list[str]:
    texts = {
        "session_id": "No sessionId in the sign-ins: token uses are tied to a grant by user, client and time only.",
        "token_id": "No uniqueTokenIdentifier in the sign-ins: mail and file access cannot be tied to a grant's "
        "tokens.",
        "asn": "No autonomousSystemNumber in the sign-ins: hosting and anonymising networks are recognised by listed "
        "prefixes only.",
        "user_agent": "No user agent in the sign-ins: tools and kits are not assessed.",
    }
    said = [text for field, text in texts.items() if f"field:{field}" in missing]
    for source in sign_ins:
        for share in source.fields:
            if 0 < share.share < 0.5 and f"field:{share.field}" not in missing and share.field not in ("asn",):
                said.append(
                    f"Only {share.share:.0%} of the {source.title.lower()} carry {_WIRE[share.field]}: the rest may hide "
                    "grants."
                )
    return said


_WIRE = {
    "protocol": "authenticationProtocol",
    "transfer": "originalTransferMethod",
    "session_id": "sessionId",
    "token_id": "uniqueTokenIdentifier",
    "asn": "autonomousSystemNumber",
    "user_agent": "a user agent",
}


def _span_blind(streams: dict[str, SourceCoverage], sign_ins: list[SourceCoverage]) -> list[str]:
    said: list[str] = []
    span = _span(sign_ins)
    if span is None:
        return ["No sign-in has a usable time: nothing can be put in order, and grants are not assessed."]
    first, last = span
    if last - first < _MIN_HISTORY:
        days = max(1, round((last - first).total_seconds() / 86400))
        said.append(
            f'The sign-ins reach back {days} day{"s" if days > 1 else ""} only: "never seen before" means little.'
        )
    for name in ("interactive", "non_interactive", "audit", "unified_audit"):
        source = streams.get(name)
        if source is None or source.first is None or source.last is None:
            continue
        late, early = source.first - first, last - source.last
        if name in _SIGN_INS and _telling(source, late):
            said.append(
                f"{source.title} begin {late.days} days after the other sign-ins: nothing of them is seen before."
            )
        if _telling(source, early):
            said.append(f"{source.title} end {early.days} days before the last sign-in: later events are not assessed.")
        for gap in source.gaps[:2]:
            hours = round((gap.end - gap.start).total_seconds() / 3600)
            said.append(f"{source.title} have no record for {hours} hours from {gap.start:%Y-%m-%d %H:%M} UTC.")
    return said


def _telling(source: SourceCoverage, silence: timedelta) -> bool:
    """True where a stream's silence at an end is longer than its own pace explains: five records would be due."""
    if source.first is None or source.last is None or silence <= timedelta(days=2):
        return False
    span = max(source.last - source.first, timedelta(hours=1))
    return source.records * (silence / span) >= 5
