"""What files hold, as JSON (`inspect.schema.json` describes it) and as a page for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.records.inspection import Inspected, Inspection
from grantwatch.records.model import SourceCoverage
from grantwatch.report import words
from grantwatch.report.document import Json, coverage_object, encoded, file_object, source_object, sums_object
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import as_text, show
from grantwatch.report.sections import Sections
from grantwatch.verdict import blind_signals

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["SCHEMA_VERSION", "document", "dumps", "render", "text"]

SCHEMA_VERSION = "1.0"
MOST_QUARANTINED = 20
MOST_UNREAD = 50

_FIELDS = {
    "protocol": "protocol",
    "transfer": "transfer method",
    "session_id": "session id",
    "token_id": "token id",
    "asn": "ASN",
    "user_agent": "user agent",
}


def document(inspection: Inspection) -> Json:
    """The inspection as plain dicts, lists, strings and numbers, in the shape of `schema("inspect")`.

    Times and log text as in the document of a hunt.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "records": sums_object(inspection.records),
        "users": inspection.users,
        "files": [
            {
                **file_object(file.report),
                "users": file.users,
                "sources": [source_object(source) for source in file.sources],
            }
            for file in inspection.files
        ],
        "unread": [{"file": u.file, "seen": u.seen, "hint": u.hint} for u in inspection.unread],
        "quarantined": {
            "total": max(inspection.records.quarantined, len(inspection.quarantined)),
            "listed": [{"file": q.file, "line": q.line, "reason": q.reason} for q in inspection.quarantined],
        },
        "coverage": coverage_object(inspection.coverage, blind_signals(inspection.coverage.missing)),
    }


def dumps(inspection: Inspection) -> bytes:
    """`document(inspection)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(inspection))


def render(inspection: Inspection, console: Console) -> None:
    """Print the inspection on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(inspection, console))


def text(inspection: Inspection, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(inspection, console), width, color)


class _Page(Sections):
    def __init__(self, inspection: Inspection, console: Console) -> None:
        super().__init__(console)
        self.inspection = inspection

    def write(self) -> None:
        """Print it all."""
        found = self.inspection
        reach = words.reach(found.coverage.sources)
        self._print(("Grantwatch ", "bold"), (__version__, ""), (f"  records from {reach}" if reach else "", "dim"))
        self._print((f"{words.plural(len(found.files), 'file')} read; {_users(found.users)} in all.", "bold"))
        if found.unread:
            self._print((f"{len(found.unread):,} not read, or not to the end: see below.", "yellow"))
        self._print((words.sums(found.records), ""))
        for file in found.files:
            self._file(file)
        if found.quarantined or found.records.quarantined:
            self._heading("Quarantined records")
            self._quarantined(found.quarantined, found.records.quarantined, MOST_QUARANTINED)
        if found.unread:
            self._heading("Not read, or not to the end")
            self._unread(found.unread, MOST_UNREAD)
        self._coverage(found.coverage, blind_signals(found.coverage.missing))

    def _file(self, file: Inspected) -> None:
        report = file.report
        self.console.print()
        self._print((safe(report.file), "bold"))
        facts = [("form", report.form_title), ("container", report.container), ("records", words.sums(report.records))]
        if report.first and report.last:
            first, last = words.minute(report.first), words.minute(report.last)
            facts.append(("time", f"{first} UTC" if first == last else f"{first} to {last} UTC"))
        elif report.records.parsed:
            facts.append(("time", "no record has a usable time"))
        if report.time_unusable and report.first:
            facts.append(("", f"{words.plural(report.time_unusable, 'record')} without a usable time"))
        facts.append(("users", f"{file.users:,}"))
        for source in file.sources:
            facts.append(("holds", f"{source.title}: {words.plural(source.records, 'record')}"))
            facts += [(label, said) for label, said in _fields(source)]
        self._facts(facts, width=9)


def _fields(source: SourceCoverage) -> Sequence[tuple[str, str]]:
    """Which fields every record of a stream carries, some do, and none does."""
    if not source.fields:
        return ()
    names = [(_FIELDS.get(share.field, share.field), share) for share in source.fields]
    whole = [name for name, share in names if share.present == share.rows]
    partly = [f"{name} {words.percent(share.share)}" for name, share in names if 0 < share.present < share.rows]
    lacking = [name for name, share in names if not share.present]
    found = [("fields", f"in every record: {', '.join(whole)}")] if whole else []
    found += [("" if found else "fields", f"in some: {', '.join(partly)}")] if partly else []
    found += [("" if found else "fields", f"in none: {', '.join(lacking)}")] if lacking else []
    return found


def _users(count: int) -> str:
    return words.plural(count, "user")
