"""The forms in which a simulated tenant is written: one record per line, one file for each stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import orjson

from grantwatch.lab.events import ENTRA, Event, SignInEvent
from grantwatch.lab.records import (
    Record,
    audit_row,
    call_row,
    envelope_audit,
    envelope_signin,
    graph_audit,
    graph_signin,
    office_row,
    signin_row,
    ual_record,
)
from grantwatch.lab.seen import CallEvent

__all__ = ["CALLS", "DEFAULT", "FILES", "FORMS", "Form", "lines_of"]


CALLS = "graph_activity"
"""The form that holds requests to Microsoft Graph, and nothing else; no other form holds any."""
Written = Event | CallEvent


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what it is, and the file and record for an event, or None where it holds no such events."""

    name: str
    title: str
    record: Callable[[Event], tuple[str, Record] | None]


def _stream(event: Event) -> str:
    if isinstance(event, SignInEvent):
        return "interactive" if event.interactive else "non-interactive"
    return "audit" if event.workload == ENTRA else "mailbox"


def _graph(event: Event) -> tuple[str, Record] | None:
    if isinstance(event, SignInEvent):
        return f"graph-{_stream(event)}.json", graph_signin(event)
    return ("graph-audit.json", graph_audit(event)) if event.workload == ENTRA else None


def _envelope(event: Event) -> tuple[str, Record] | None:
    if isinstance(event, SignInEvent):
        return f"envelope-{_stream(event)}.json", envelope_signin(event)
    return ("envelope-audit.json", envelope_audit(event)) if event.workload == ENTRA else None


def _log_analytics(event: Event) -> tuple[str, Record] | None:
    name = f"log-analytics-{_stream(event)}.json"
    if isinstance(event, SignInEvent):
        return name, signin_row(event)
    return name, audit_row(event) if event.workload == ENTRA else office_row(event)


def _unified(event: Event) -> tuple[str, Record] | None:
    if isinstance(event, SignInEvent) and not event.interactive:
        return None
    return "unified-audit.json", ual_record(event)


FORMS = {
    form.name: form
    for form in (
        Form("graph", "sign-ins of both kinds (beta) and directory audits of Microsoft Graph", _graph),
        Form("envelope", "the same as diagnostic settings export them", _envelope),
        Form("log_analytics", "the same as rows of Log Analytics, with OfficeActivity", _log_analytics),
        Form("ual", "the Unified Audit Log: interactive logons, directory and mailbox activities", _unified),
        Form(
            CALLS,
            "requests to Microsoft Graph with the tokens that were issued: rows of MicrosoftGraphActivityLogs",
            lambda _: None,
        ),
    )
}
DEFAULT = ("graph", "ual")
FILES = {
    "graph-interactive.json": "sign_in",
    "graph-non-interactive.json": "sign_in",
    "graph-audit.json": "audit",
    "envelope-interactive.json": "sign_in",
    "envelope-non-interactive.json": "sign_in",
    "envelope-audit.json": "audit",
    "log-analytics-interactive.json": "sign_in",
    "log-analytics-non-interactive.json": "sign_in",
    "log-analytics-audit.json": "audit",
    "log-analytics-mailbox.json": "unified_audit",
    "unified-audit.json": "unified_audit",
    "graph-activity.json": "graph_activity",
}
"""The files of all forms, and what kind of records each holds."""


def lines_of(event: Written, forms: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """File and line (with its line feed) of an event, in each of the forms that hold it."""
    if isinstance(event, CallEvent):
        held: Iterable[tuple[str, Record] | None] = [("graph-activity.json", call_row(event))] if CALLS in forms else []
    else:
        held = (FORMS[name].record(event) for name in forms)
    return [(told[0], orjson.dumps(told[1], option=orjson.OPT_APPEND_NEWLINE)) for told in held if told]
