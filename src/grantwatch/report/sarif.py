"""The hunt as SARIF 2.1.0: signals are rules, a grant is a result, what could not be read or seen a notification.

One result a grant, not one a signal: an attack that trips fourteen signals is one thing to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grantwatch.pipeline import Hunt
from grantwatch.records.model import FileReport, RecordRef
from grantwatch.report import words
from grantwatch.report.escape import clean, json_bytes
from grantwatch.report.formats import Asked
from grantwatch.report.times import iso
from grantwatch.signals import Signal, registered
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Judged, Severity

__all__ = ["LEVELS", "SCHEMA", "encode", "log", "plain", "uri"]

MOST = 100
"""Locations of a result, and notifications of a kind."""
LIMIT = 2_000
"""Characters of a message from the logs."""
GRANT_RULE = "grantwatch.grant"
"""The rule of a grant that nothing speaks against."""

Json = dict[str, Any]

LEVELS = {
    Severity.NONE: "none",
    Severity.INFORMATIONAL: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
_NOTIFICATIONS = {
    "unread-file": "A file from which no record could be taken",
    "quarantined-record": "A record that could not be used",
    "log-gap": "A stretch of time in which a busy source has no record",
    "coverage": "What these logs cannot show",
    "blind-signal": "A signal that these logs make blind for every grant",
}
_LINES = frozenset({"JSON lines", "JSON lines, gzip"})
"""Containers in which a record's place is its line. Elsewhere the place says nothing about lines."""
_NUMBERED = _LINES | {"CSV", "CSV, gzip"}
"""Containers in which a quarantined record is named by its line."""
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_PATH_LIMIT = 4_096
_LINKS = str.maketrans({"[": "\\x5b", "]": "\\x5d", "{": "\\x7b", "}": "\\x7d"})
"""SARIF reads `[text](address)` in a plain message as a link, and `{0}` as a placeholder."""


def encode(hunt: Hunt, asked: Asked) -> bytes:
    """The log, indented."""
    return json_bytes(log(hunt, all_grants=asked.all_grants), indent=True)


def log(hunt: Hunt, *, all_grants: bool = False) -> Json:
    """One run. Results are grants of low severity or worse, worst first; with `all_grants`, all."""
    rules = [_grant_rule(), *map(_rule, registered())]
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    shown = [judged for judged in hunt.grants if all_grants or judged.verdict.severity >= Severity.LOW]
    files = {report.file: place for place, report in enumerate(hunt.files)}
    lines = frozenset(report.file for report in hunt.files if report.container in _LINES)
    driver = {
        "name": "Grantwatch",
        "version": hunt.version,
        "semanticVersion": hunt.version,
        "rules": rules,
        "notifications": [{"id": id, "shortDescription": {"text": text}} for id, text in _NOTIFICATIONS.items()],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(hunt))}],
        "artifacts": [_artifact(report) for report in hunt.files],
        "columnKind": "unicodeCodePoints",
        "results": [_result(judged, places, files, lines) for judged in shown],
        "properties": {
            "grants": len(hunt.grants),
            "grantsLeftOut": len(hunt.grants) - len(shown),
            "incidents": [_incident(incident.incident_id, incident.grant_ids) for incident in hunt.incidents],
        },
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [run],
    }


def plain(text: str) -> str:
    """Log text for a message: no control, no bidi mark, no link, no placeholder."""
    return clean(text, LIMIT).translate(_LINKS)


def uri(file: str) -> str:
    """The name of a file as a relative or a file URI, percent-encoded."""
    path = Path(file[:_PATH_LIMIT])
    name = path.as_posix().encode("utf-8", "surrogatepass")
    return f"file:///{quote(name.lstrip(b'/'), safe='/:')}" if path.is_absolute() else quote(name, safe="/")


def _incident(incident_id: str, grant_ids: Sequence[str]) -> Json:
    return {"incidentId": clean(incident_id), "grantIds": [clean(grant_id) for grant_id in grant_ids]}


def _grant_rule() -> Json:
    return {
        "id": GRANT_RULE,
        "name": "DeviceCodeGrant",
        "shortDescription": {"text": "A device code grant"},
        "fullDescription": {"text": "A device code grant that no signal speaks against."},
        "help": {"text": "Listed because all grants were asked for. Not assessed signals stand in the properties."},
        "defaultConfiguration": {"level": "none"},
        "properties": {"tags": ["security"]},
    }


def _rule(signal: Signal) -> Json:
    needs = ", ".join(signal.needs) or "nothing beyond the grant itself"
    told = [
        f"Group {signal.group}, weight {signal.weight:+.1f} log-odds. Needs: {needs}.",
        *(f"False positive: {text}." for text in signal.false_positives),
        *(f"Gap: {text}." for text in signal.gaps),
    ]
    return {
        "id": signal.id,
        "name": "".join(part.capitalize() for part in signal.id.replace("_", ".").split(".")),
        "shortDescription": {"text": plain(signal.title)},
        "fullDescription": {"text": plain(f"{signal.title}. {signal.question}")},
        "help": {"text": "\n".join(map(plain, told))},
        "defaultConfiguration": {"level": "warning" if signal.alone else "note"},
        "properties": {
            "tags": ["security", signal.group, *(f"attack.{technique.lower()}" for technique in signal.techniques)],
            "weight": signal.weight,
            "alone": signal.alone,
        },
    }


def _result(judged: Judged, places: dict[str, int], files: dict[str, int], lines: frozenset[str]) -> Json:
    grant, verdict = judged.grant, judged.verdict
    against = (item for item in verdict.evidence if item.weight > 0 and item.signal in places)
    heaviest = max(against, key=lambda item: item.weight, default=None)
    rule = heaviest.signal if heaviest else GRANT_RULE
    head = f"{verdict.severity.label.upper()} {verdict.score}: {words.sentence(grant)}"
    first = grant.approval or grant.redemption or next(iter(grant.legs), None)
    refs = [*(ref for item in verdict.evidence for ref in item.records), *(leg.ref for leg in grant.legs)]
    related = {_place(ref): ref for ref in refs if first is None or _place(ref) != _place(first.ref)}
    made: Json = {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": LEVELS[verdict.severity],
        "kind": "informational" if verdict.severity is Severity.NONE else "fail",
        "rank": float(verdict.score),
        "message": {"text": f"{plain(head)} {plain(verdict.reason)}"},
        "locations": [_location(first.ref, files, lines)] if first else [],
        "relatedLocations": [_location(ref, files, lines) for ref in list(related.values())[:MOST]],
        "partialFingerprints": {"grantId/v1": clean(grant.grant_id, 200)},
        "properties": _properties(judged),
    }
    return made


def _place(ref: RecordRef) -> tuple[str, int]:
    return ref.file, ref.position


def _properties(judged: Judged) -> Json:
    grant, verdict = judged.grant, judged.verdict
    return {
        "severity": verdict.severity.label,
        "outcome": grant.outcome.value,
        "certainty": grant.certainty,
        "startedAt": iso(grant.started_at),
        "lastSeen": iso(grant.last_seen),
        "user": clean(grant.user.label, 200),
        "client": clean(words.client(grant.client), 200),
        "resource": clean(words.resource(grant.resource), 200),
        "signals": [_signal(item) for item in verdict.evidence],
        "notAssessed": [clean(f"{item.signal}: {item.why}") for item in verdict.not_assessed],
        "notSeen": [clean(sentence) for sentence in grant.unseen],
        "doFirst": clean(words.moves(judged)),
    }


def _signal(item: Evidence) -> Json:
    return {"id": item.signal, "weight": item.weight, "summary": clean(item.summary, LIMIT)}


def _artifact(report: FileReport) -> Json:
    return {
        "location": {"uri": uri(report.file)},
        "roles": ["analysisTarget"],
        "properties": {
            "form": report.form,
            "container": report.container,
            "read": report.records.read,
            "parsed": report.records.parsed,
            "ignored": report.records.ignored,
            "quarantined": report.records.quarantined,
        },
    }


def _location(ref: RecordRef, files: dict[str, int], lines: frozenset[str]) -> Json:
    artifact: Json = {"uri": uri(ref.file)}
    if ref.file in files:
        artifact["index"] = files[ref.file]
    physical: Json = {"artifactLocation": artifact}
    if ref.file in lines:
        physical["region"] = {"startLine": max(ref.position, 1)}
    return {"physicalLocation": physical, "message": {"text": f"record {ref.position} of the file"}}


def _notification(kind: str, level: str, text: str, physical: Json | None = None) -> Json:
    made: Json = {"descriptor": {"id": kind}, "level": level, "message": {"text": plain(text)}}
    return made | ({"locations": [{"physicalLocation": physical}]} if physical else {})


def _notifications(hunt: Hunt) -> Iterable[Json]:
    for unread in hunt.unread[:MOST]:
        physical: Json = {"artifactLocation": {"uri": uri(unread.file)}}
        yield _notification("unread-file", "warning", f"{unread.file}: {unread.seen}; {unread.hint}", physical)
    yield from _more("unread-file", "warning", len(hunt.unread) - MOST, "more unread file")
    kept = hunt.quarantined[:MOST]
    numbered = {report.file for report in hunt.files if report.container in _NUMBERED}
    for record in kept:
        physical = {"artifactLocation": {"uri": uri(record.file)}}
        if record.file in numbered:
            physical["region"] = {"startLine": max(record.line, 1)}
        yield _notification("quarantined-record", "warning", f"{record.file}:{record.line}: {record.reason}", physical)
    left = max(hunt.records.quarantined, len(hunt.quarantined)) - len(kept)
    yield from _more("quarantined-record", "warning", left, "more quarantined record")
    for source in hunt.coverage.sources:
        for gap in source.gaps[:MOST]:
            text = f"{source.title}: no record from {iso(gap.start)} to {iso(gap.end)}"
            yield _notification("log-gap", "warning", text)
        yield from _more("log-gap", "warning", len(source.gaps) - MOST, f"more gap in {source.title}")
    for sentence in hunt.coverage.blind:
        yield _notification("coverage", "note", f"Not assessed: {sentence}")
    for item in hunt.blind_signals:
        yield _notification("blind-signal", "note", f"Not assessed for any grant: {item.signal}: {item.why}")


def _more(kind: str, level: str, number: int, what: str) -> Iterable[Json]:
    if number > 0:
        yield _notification(kind, level, f"{number:,} {what}{'s' if number > 1 and not what.endswith('s') else ''}")
