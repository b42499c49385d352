"""The hunt as a timeline: one JSON object per event and line, in time order, with the fields that Timesketch needs.

Values are flat and only there where the logs say something. Log text is cleaned and cut: a search index has limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from grantwatch.grants.model import FollowOn, Grant, Leg, LegKind, Network, Party, Tie, TokenUse
from grantwatch.pipeline import Hunt
from grantwatch.records.model import RecordRef
from grantwatch.report import words
from grantwatch.report.escape import clean, json_bytes
from grantwatch.report.formats import Asked
from grantwatch.report.times import iso_micro
from grantwatch.verdict.model import Incident, Judged

__all__ = ["encode", "events"]

LIMIT = 2_000
"""Characters of a value."""
MOST = 50
"""Values of a list."""

Value = str | int | float | bool | list[str] | None
Event = dict[str, Value]

_LEGS = {
    LegKind.INTERRUPT: ("Device Code Interrupt", "{user} was asked to confirm a device code for"),
    LegKind.DECLINED: ("Device Code Declined", "{user} refused a device code, or typed a wrong one, for"),
    LegKind.APPROVAL: ("Device Code Approval", "{user} approved a device code for"),
    LegKind.REDEMPTION: ("Device Code Redemption", "The device code of {user} was redeemed: first token for"),
    LegKind.BLOCKED: ("Device Code Blocked", "A device code sign-in of {user} was blocked: it was for"),
    LegKind.SIGHTING: ("Device Code Approval Sighting", "{user} seems to have approved a device code for"),
}


@dataclass(frozen=True, slots=True)
class _Dated:
    """An event that knows its time. Events of one time keep the order in which they are told."""

    time: datetime
    what: str
    """Timesketch's `timestamp_desc`."""
    message: str
    fields: Event


def encode(hunt: Hunt, _asked: Asked) -> bytes:
    """Every event of every grant, whatever was asked for: a timeline is filtered where it is looked at."""
    return b"".join(json_bytes(event) for event in events(hunt))


def events(hunt: Hunt) -> Iterator[Event]:
    """The events in time order; those of one instant in the order of the hunt: worst grant first."""
    incidents = {grant_id: incident for incident in hunt.incidents for grant_id in incident.grant_ids}
    told = chain(
        map(_incident, hunt.incidents),
        *(_of_grant(judged, incidents.get(judged.grant.grant_id)) for judged in hunt.grants),
        _coverage(hunt),
    )
    for dated in sorted(told, key=lambda each: iso_micro(each.time)):
        made: Event = {
            "message": clean(dated.message, LIMIT),
            "datetime": iso_micro(dated.time),
            "timestamp_desc": dated.what,
        }
        yield made | {name: _tidy(value) for name, value in dated.fields.items() if value not in (None, "", [])}


def _tidy(value: Value) -> Value:
    if isinstance(value, str):
        return clean(value, LIMIT)
    return [clean(item, LIMIT) for item in value[:MOST]] if isinstance(value, list) else value


def _of_grant(judged: Judged, incident: Incident | None) -> Iterator[_Dated]:
    grant, verdict = judged.grant, judged.verdict
    shared: Event = {
        "grant_id": grant.grant_id,
        "severity": verdict.severity.label,
        "score": verdict.score,
        "outcome": grant.outcome.value,
        "incident_id": incident.incident_id if incident else None,
        "tenant_id": grant.tenant_id,
        "user": grant.user.label,
        "user_id": grant.user.id,
        "correlation_id": grant.correlation_id,
        "session_id": grant.session_id,
    }
    signals: dict[tuple[str, int], list[str]] = {}
    for item in verdict.evidence:
        for ref in item.records:
            signals.setdefault((ref.file, ref.position), []).append(item.signal)
    yield _verdict(judged, shared)
    for leg in grant.legs:
        yield _leg(grant, leg, shared | _ref(signals, leg.ref))
    for use in sorted(grant.token_uses, key=lambda use: (use.first, use.last)):
        yield from _token_use(grant, use, shared, signals)
    for follow_on in grant.follow_ons:
        yield _follow_on(grant, follow_on, shared | _ref(signals, *follow_on.refs))


def _verdict(judged: Judged, shared: Event) -> _Dated:
    grant, verdict = judged.grant, judged.verdict
    message = f"{verdict.severity.label.upper()} {verdict.score}: {grant.user.label}: {verdict.reason}"
    fields: Event = {
        "event_kind": "verdict",
        **shared,
        **_apps(grant),
        "certainty": grant.certainty,
        "signals": [item.signal for item in verdict.evidence],
        "reasons": [item.summary for item in verdict.evidence],
        "do_first": words.moves(judged),
        "not_assessed": [f"{words.named(item)}: {item.why}" for item in verdict.not_assessed],
        "not_seen": list(grant.unseen),
    }
    return _Dated(grant.started_at, "Grant Judged", message, fields)


def _apps(part: Grant | Leg | TokenUse) -> Event:
    return {
        "client": words.client(part.client),
        "client_id": part.client.id,
        "resource": words.resource(part.resource),
        "resource_id": part.resource.id,
    }


def _from(network: Network) -> str:
    return f" from {words.network(network)}" if network != Network() else ""


def _place(network: Network) -> Event:
    return {"ip": network.ip, "asn": network.asn, "country": network.country, "city": network.city}


def _tie(tie: Tie) -> Event:
    return {"tie": tie.by.value, "tie_strength": tie.strength}


def _ref(signals: dict[tuple[str, int], list[str]], *refs: RecordRef) -> Event:
    """The first record and what fired on any of them."""
    fired = dict.fromkeys(signal for ref in refs for signal in signals.get((ref.file, ref.position), ()))
    if not refs:
        return {"signals": list(fired)}
    first = refs[0]
    return {"signals": list(fired), "file": first.file, "position": first.position, "record_id": first.record_id}


def _leg(grant: Grant, leg: Leg, shared: Event) -> _Dated:
    what, did = _LEGS[leg.kind]
    code = words.error(leg.error_code)
    message = (
        f"{did.replace('{user}', grant.user.label)} {words.client(leg.client)} to reach "
        f"{words.resource(leg.resource)}{_from(leg.network)}{f' ({code})' if code else ''}"
    )
    fields: Event = {
        "event_kind": leg.kind.value,
        **shared,
        **_place(leg.network),
        "user_agent": leg.user_agent,
        **_apps(leg),
        "device_id": leg.device.id,
        "device_name": leg.device.name,
        "error_code": leg.error_code,
        "status_detail": leg.status_detail,
        "policies": list(leg.policies),
        **_tie(leg.tie),
    }
    return _Dated(leg.time, what, message, fields)


def _token_use(
    grant: Grant, use: TokenUse, shared: Event, signals: dict[tuple[str, int], list[str]]
) -> Iterator[_Dated]:
    """The first and the last issuance of a folded row; one event where they are one."""
    holder = {Party.APPROVER: "The approver", Party.REDEEMER: "The redeemer"}.get(use.party, "Somebody")
    who = f"{holder} of the grant of {grant.user.label}"
    route = f"{words.client(use.client)} to reach {words.resource(use.resource)}{_from(use.network)}"
    failed = f", {use.failures} failed" if use.failures else ""
    fields: Event = {
        "event_kind": "token_use",
        **shared,
        **_place(use.network),
        "user_agent": use.user_agent,
        **_apps(use),
        "device_id": use.device.id,
        "device_name": use.device.name,
        "party": use.party.value,
        "token_kind": use.kind.value,
        "count": use.count,
        "failures": use.failures,
        "error_codes": [str(code) for code in use.error_codes],
        **_tie(use.tie),
    }
    times = words.plural(use.count, "issuance")
    if use.first == use.last:
        yield _Dated(use.first, "Token Use", f"{who} used {route} ({times}{failed})", fields | _ref(signals, *use.refs))
        return
    first = f"{who} began to use {route} ({times}{failed} until {words.second(use.last)} UTC)"
    yield _Dated(use.first, "First Token Use", first, fields | _ref(signals, *use.refs))
    # The records that a row keeps are its first few: none is known to be the last.
    last = f"{who} last used {route} ({times}{failed} since {words.second(use.first)} UTC)"
    yield _Dated(use.last, "Last Token Use", last, fields)


def _follow_on(grant: Grant, follow_on: FollowOn, shared: Event) -> _Dated:
    target = follow_on.target.name or follow_on.target.id
    count = f", {follow_on.count} records" if follow_on.count > 1 else ""
    when = "After" if follow_on.time >= grant.started_at else "Before"
    message = (
        f"{when} the grant of {grant.user.label}: {follow_on.operation}{f' on {target}' if target else ''} "
        f"({follow_on.kind}{count}){_from(follow_on.network)}"
    )
    fields: Event = {
        "event_kind": follow_on.kind,
        **shared,
        "operation": follow_on.operation,
        "actor": follow_on.actor,
        "target": target,
        "target_type": follow_on.target_type,
        "result": follow_on.result,
        "facts": [f"{name}: {value}" for name, value in sorted(follow_on.facts.items())],
        **_place(follow_on.network),
        "user_agent": follow_on.user_agent,
        "client": words.client(follow_on.client) if follow_on.client.id or follow_on.client.name else None,
        "client_id": follow_on.client.id,
        "count": follow_on.count,
        **_tie(follow_on.tie),
    }
    return _Dated(follow_on.time, "Follow-on Activity", message, fields)


def _incident(incident: Incident) -> _Dated:
    label = incident.severity.label
    fields: Event = {
        "event_kind": "incident",
        "incident_id": incident.incident_id,
        "severity": label,
        "score": incident.score,
        "grant_ids": list(incident.grant_ids),
        "users": list(incident.users),
        "shared": list(incident.shared),
    }
    message = f"{label.upper()} {incident.score}: {incident.title}. {incident.summary}"
    return _Dated(incident.started_at, "Incident Start", message, fields)


def _coverage(hunt: Hunt) -> Iterable[_Dated]:
    """Where a busy source falls silent, and, at the end of all records, what they cannot show."""
    sources = hunt.coverage.sources
    for source in sources:
        fields: Event = {"event_kind": "coverage", "stream": source.stream}
        for gap in source.gaps:
            until = f"until {words.minute(gap.end)} UTC: not assessed"
            yield _Dated(gap.start, "Log Gap Start", f"No record of {source.title} {until}", fields)
            yield _Dated(gap.end, "Log Gap End", f"Records of {source.title} again", fields)
    last = max((source.last for source in sources if source.last), default=None)
    if last is None:
        return
    told = [*hunt.coverage.blind, *(f"{words.named(item)}: {item.why}" for item in hunt.blind_signals)]
    for sentence in told:
        yield _Dated(last, "Not Assessed", f"Not assessed: {sentence}", {"event_kind": "coverage"})
