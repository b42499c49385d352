"""A run of rules as JSON. `run.schema.json` describes it."""

from __future__ import annotations

import json
from importlib import resources
from typing import cast

from grantwatch import __version__
from grantwatch.report.document import Json, coverage_object, encoded, file_object, record_object, sums_object
from grantwatch.report.times import iso
from grantwatch.rules.model import FieldUse, Outcome, RuleMatch, RuleResult, RulesRun

__all__ = ["SCHEMA_VERSION", "document", "dumps", "schema"]

SCHEMA_VERSION = "1.0"


def document(run: RulesRun) -> Json:
    """The run as plain dicts, lists, strings and numbers, in the shape of `schema()`.

    Rules keep the order of their files. Text of logs and of rules is unchanged: whoever shows it must escape it.
    """
    coverage = coverage_object(run.coverage, ())
    coverage.pop("blind_signals")
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "summary": {
            "records": sums_object(run.records),
            "rules": len(run.results),
            "by_outcome": {each.value: sum(r.outcome is each for r in run.results) for each in Outcome},
            "matched": sum(bool(result.matches) for result in run.results),
        },
        "rules": [_rule(result) for result in run.results],
        "files": [file_object(report) for report in run.files],
        "unread": [{"file": u.file, "seen": u.seen, "hint": u.hint} for u in run.unread],
        "quarantined": {
            "total": max(run.records.quarantined, len(run.quarantined)),
            "listed": [{"file": q.file, "line": q.line, "reason": q.reason} for q in run.quarantined],
        },
        "coverage": coverage,
    }


def dumps(run: RulesRun) -> bytes:
    """`document(run)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(run))


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of `document`, from the package."""
    text = resources.files("grantwatch.rules").joinpath("run.schema.json").read_text(encoding="utf-8")
    return cast(Json, json.loads(text))


def _rule(result: RuleResult) -> Json:
    return {
        "title": result.title,
        "id": result.rule_id,
        "level": result.level,
        "file": result.file,
        "line": result.line,
        "correlation": result.correlation,
        "outcome": result.outcome.value,
        "reasons": list(result.reasons),
        "source": result.source,
        "records": result.records,
        "matches": result.matches,
        "users": result.users,
        "first": iso(result.first),
        "last": iso(result.last),
        "listed": [_match(match) for match in result.listed],
        "fields": [_field(use) for use in result.fields],
    }


def _match(match: RuleMatch) -> Json:
    return {"time": iso(match.time), "who": match.who, "record": record_object(match.ref)}


def _field(use: FieldUse) -> Json:
    return {"field": use.field, "present": use.present}
