"""The JSON contract: everything that a hunt found, as one object. `hunt.schema.json` describes it, key by key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from typing import Any, cast

from grantwatch.allowances import Match
from grantwatch.grants.model import Device, FollowOn, Grant, Leg, Named, Network, Outcome, Tie, TokenUse
from grantwatch.pipeline import Hunt
from grantwatch.profile.model import Profile
from grantwatch.records.model import Coverage, FileReport, RecordRef, RecordSums, SourceCoverage
from grantwatch.report.escape import json_bytes
from grantwatch.report.formats import Asked
from grantwatch.report.times import iso
from grantwatch.signals.signal import Evidence, NotAssessed, Signal
from grantwatch.verdict.model import Incident, Judged, Severity, WeightsUsed

__all__ = [
    "SCHEMA_VERSION",
    "Json",
    "coverage_object",
    "document",
    "dumps",
    "encode",
    "encoded",
    "file_object",
    "iso",
    "own_object",
    "record_object",
    "schema",
    "source_object",
    "sums_object",
    "weights_object",
]

SCHEMA_VERSION = "1.1"
MOST_QUARANTINED = 100

Json = dict[str, Any]


def document(hunt: Hunt) -> Json:
    """The hunt as plain dicts, lists, strings and numbers, in the shape of `schema()`.

    Times are ISO 8601 in UTC with `Z`. Grants and incidents keep the order of the hunt: worst first. Log text is
    unchanged: whoever shows it must escape it.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_by": {"name": "grantwatch", "version": hunt.version},
        "summary": _summary(hunt),
        "coverage": coverage_object(hunt.coverage, hunt.blind_signals),
        "incidents": [_incident(incident) for incident in hunt.incidents],
        "grants": [_grant(judged) for judged in hunt.grants],
        "own_signals": [own_object(signal) for signal in hunt.own_signals],
    }


def dumps(hunt: Hunt) -> bytes:
    """`document(hunt)` as UTF-8 JSON; see `encoded`."""
    return encoded(document(hunt))


def encoded(made: Json) -> bytes:
    """A document as UTF-8 JSON, indented, with a line feed at the end, as `escape.json_bytes` writes it."""
    return json_bytes(made, indent=True)


def encode(hunt: Hunt, _asked: Asked) -> bytes:
    """The contract holds everything, whatever was asked for."""
    return dumps(hunt)


def schema(name: str = "hunt") -> Json:
    """The JSON Schema (draft 2020-12) of what a command writes (`document` for a hunt), from the package."""
    text = resources.files("grantwatch.report").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    return cast(Json, json.loads(text))


def _summary(hunt: Hunt) -> Json:
    severities = Counter(judged.verdict.severity for judged in hunt.grants)
    outcomes = Counter(judged.grant.outcome for judged in hunt.grants)
    users = {judged.grant.user.id or judged.grant.user.upn for judged in hunt.grants}
    return {
        "records": sums_object(hunt.records),
        "files": [file_object(report) for report in hunt.files],
        "unread": [{"file": u.file, "seen": u.seen, "hint": u.hint} for u in hunt.unread],
        "quarantined": {
            "total": max(hunt.records.quarantined, len(hunt.quarantined)),
            "first": [
                {"file": q.file, "line": q.line, "reason": q.reason} for q in hunt.quarantined[:MOST_QUARANTINED]
            ],
        },
        "grants": {
            "total": len(hunt.grants),
            "by_severity": {severity.label: severities[severity] for severity in reversed(Severity)},
            "by_outcome": {outcome.value: outcomes[outcome] for outcome in Outcome},
        },
        "users": len(users),
    }


def sums_object(sums: RecordSums) -> Json:
    """The sums of a file, or of all."""
    return {
        "read": sums.read,
        "parsed": sums.parsed,
        "ignored": sums.ignored,
        "quarantined": sums.quarantined,
        "ignored_by": dict(sorted(sums.ignored_by.items())),
    }


def file_object(report: FileReport) -> Json:
    """One file that was read."""
    return {
        "file": report.file,
        "form": report.form,
        "form_title": report.form_title,
        "container": report.container,
        "records": sums_object(report.records),
        "first": iso(report.first),
        "last": iso(report.last),
        "time_unusable": report.time_unusable,
    }


def coverage_object(coverage: Coverage, blind_signals: Iterable[NotAssessed]) -> Json:
    """What is there and what is not."""
    return {
        "sources": [source_object(source) for source in coverage.sources],
        "missing": sorted(coverage.missing),
        "blind": list(coverage.blind),
        "blind_signals": _not_assessed(blind_signals),
        "time_unusable": coverage.time_unusable,
    }


def source_object(source: SourceCoverage) -> Json:
    """One stream of telemetry."""
    return {
        "stream": source.stream,
        "title": source.title,
        "forms": list(source.forms),
        "records": source.records,
        "first": iso(source.first),
        "last": iso(source.last),
        "gaps": [{"start": iso(gap.start), "end": iso(gap.end)} for gap in source.gaps],
        "fields": [
            {"field": f.field, "present": f.present, "rows": f.rows, "share": round(f.share, 6)} for f in source.fields
        ],
    }


def _incident(incident: Incident) -> Json:
    return {
        "incident_id": incident.incident_id,
        "kind": incident.kind,
        "title": incident.title,
        "summary": incident.summary,
        "severity": incident.severity.label,
        "score": incident.score,
        "grant_ids": list(incident.grant_ids),
        "users": list(incident.users),
        "shared": list(incident.shared),
        "started_at": iso(incident.started_at),
        "last_seen": iso(incident.last_seen),
    }


def _grant(judged: Judged) -> Json:
    grant, verdict = judged.grant, judged.verdict
    return {
        "grant_id": grant.grant_id,
        "tenant_id": grant.tenant_id,
        "started_at": iso(grant.started_at),
        "last_seen": iso(grant.last_seen),
        "outcome": grant.outcome.value,
        "certainty": grant.certainty,
        "basis": grant.basis,
        "user": {
            "id": grant.user.id,
            "upn": grant.user.upn,
            "type": grant.user.type,
            "home_tenant_id": grant.user.home_tenant_id,
        },
        "client": _named(grant.client),
        "resource": _named(grant.resource),
        "correlation_id": grant.correlation_id,
        "session_id": grant.session_id,
        "session_users": grant.session_users,
        "scopes": list(grant.scopes),
        "role_ids": list(grant.role_ids),
        "score": verdict.score,
        "severity": verdict.severity.label,
        "reason": verdict.reason,
        "weights": weights_object(verdict.weights),
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "allowances": [_allowance(match) for match in judged.allowed],
        "not_assessed": _not_assessed(verdict.not_assessed),
        "profile": _profile(judged.profile),
        **_parts(grant),
        "unseen": list(grant.unseen),
    }


def _parts(grant: Grant) -> Json:
    return {
        "legs": [_leg(leg) for leg in grant.legs],
        "token_uses": [_token_use(use) for use in grant.token_uses],
        "follow_ons": [_follow_on(follow_on) for follow_on in grant.follow_ons],
    }


def _profile(profile: Profile) -> Json:
    return {
        "user_history_days": round(profile.user_history_days, 3),
        "tenant_history_days": round(profile.tenant_history_days, 3),
        "user_records": profile.user_records,
        "tenant_users": profile.tenant_users,
        "tenant_grant_users": profile.tenant_grant_users,
        "earlier_grants": [
            {"grant_id": e.grant_id, "started_at": iso(e.started_at), "client_id": e.client_id}
            for e in profile.earlier_grants
        ],
        "seen": {
            dimension: {
                value: {"user_days": f.user_days, "user_first": iso(f.user_first), "tenant_users": f.tenant_users}
                for value, f in sorted(values.items())
            }
            for dimension, values in sorted(profile.seen.items())
        },
    }


def _evidence(evidence: Evidence) -> Json:
    return {
        "signal": evidence.signal,
        "title": evidence.title,
        "summary": evidence.summary,
        "group": evidence.group,
        "weight": evidence.weight,
        "alone": evidence.alone,
        "chip": evidence.chip,
        "records": _refs(evidence.records),
        "source": evidence.source or None,
    }


def _allowance(match: Match) -> Json:
    allowance = match.allowance
    return {
        "id": allowance.id,
        "state": match.state.value,
        "owner": allowance.owner,
        "expires": allowance.expires.isoformat(),
    }


def _not_assessed(items: Iterable[NotAssessed]) -> list[Json]:
    return [{"signal": item.signal, "why": item.why, "source": item.source or None} for item in items]


def own_object(signal: Signal) -> Json:
    """A signal that is no part of Grantwatch."""
    return {
        "signal": signal.id,
        "title": signal.title,
        "group": signal.group,
        "weight": signal.weight,
        "source": signal.source,
    }


def weights_object(used: WeightsUsed) -> Json:
    """What the weights behind a score are called, and the digest of them."""
    return {"name": used.name, "digest": used.digest}


def _refs(refs: Iterable[RecordRef]) -> list[Json]:
    return [record_object(ref) for ref in refs]


def record_object(ref: RecordRef) -> Json:
    """The place of a record."""
    return {"file": ref.file, "position": ref.position, "record_id": ref.record_id}


def _named(named: Named) -> Json:
    return {"id": named.id, "name": named.name}


def _network(network: Network) -> Json:
    return {
        "ip": network.ip,
        "prefix": network.prefix,
        "asn": network.asn,
        "country": network.country,
        "city": network.city,
    }


def _device(device: Device) -> Json:
    return {
        "id": device.id,
        "name": device.name,
        "os": device.os,
        "browser": device.browser,
        "managed": device.managed,
        "compliant": device.compliant,
        "trust": device.trust,
    }


def _tie(tie: Tie) -> Json:
    return {"by": tie.by.value, "strength": tie.strength}


def _leg(leg: Leg) -> Json:
    return {
        "kind": leg.kind.value,
        "time": iso(leg.time),
        "network": _network(leg.network),
        "user_agent": leg.user_agent,
        "client": _named(leg.client),
        "resource": _named(leg.resource),
        "device": _device(leg.device),
        "interactive": leg.interactive,
        "error_code": leg.error_code,
        "status_detail": leg.status_detail,
        "ca_status": leg.ca_status,
        "policies": list(leg.policies),
        "auth_methods": list(leg.auth_methods),
        "token_id": leg.token_id,
        "tie": _tie(leg.tie),
        "form": leg.form,
        "record": record_object(leg.ref),
    }


def _token_use(use: TokenUse) -> Json:
    return {
        "client": _named(use.client),
        "resource": _named(use.resource),
        "network": _network(use.network),
        "user_agent": use.user_agent,
        "device": _device(use.device),
        "kind": use.kind.value,
        "interactive": use.interactive,
        "party": use.party.value,
        "first": iso(use.first),
        "last": iso(use.last),
        "count": use.count,
        "failures": use.failures,
        "error_codes": list(use.error_codes),
        "token_binding": use.token_binding,
        "tie": _tie(use.tie),
        "records": _refs(use.refs),
    }


def _follow_on(follow_on: FollowOn) -> Json:
    return {
        "kind": follow_on.kind,
        "operation": follow_on.operation,
        "time": iso(follow_on.time),
        "actor": follow_on.actor,
        "network": _network(follow_on.network),
        "user_agent": follow_on.user_agent,
        "client": _named(follow_on.client),
        "target": _named(follow_on.target),
        "target_type": follow_on.target_type,
        "result": follow_on.result,
        "facts": dict(sorted(follow_on.facts.items())),
        "count": follow_on.count,
        "tie": _tie(follow_on.tie),
        "records": _refs(follow_on.refs),
    }
