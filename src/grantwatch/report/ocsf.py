"""Findings for a security data pipeline: OCSF events, one JSON object a line.

A grant is a Detection Finding (2004), an incident an Incident Finding (2005). What the schema has no attribute for
stands in `unmapped`. The artifacts that a finding rests on are made in `ocsf_parts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from grantwatch.grants.model import Outcome
from grantwatch.pipeline import Hunt
from grantwatch.report import words
from grantwatch.report.attack import signals, techniques
from grantwatch.report.escape import clean, json_bytes
from grantwatch.report.formats import Asked
from grantwatch.report.ocsf_parts import Json, attacks, evidences, observables, resources, told
from grantwatch.report.times import milliseconds
from grantwatch.respond import containment
from grantwatch.signals.signal import NotAssessed
from grantwatch.verdict.model import Incident, Judged, Severity

__all__ = ["SCHEMA_VERSION", "encode", "findings"]

SCHEMA_VERSION = "1.5.0"
"""The release of the OCSF schema that every event is made for."""

_SEVERITY = {
    Severity.NONE: (1, "Informational"),
    Severity.INFORMATIONAL: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_RISK = {
    Severity.NONE: (0, "Info"),
    Severity.INFORMATIONAL: (0, "Info"),
    Severity.LOW: (1, "Low"),
    Severity.MEDIUM: (2, "Medium"),
    Severity.HIGH: (3, "High"),
    Severity.CRITICAL: (4, "Critical"),
}
_ISSUED = (Outcome.REDEEMED, Outcome.APPROVED)


def encode(hunt: Hunt, asked: Asked) -> bytes:
    """The findings, one a line."""
    return b"".join(json_bytes(finding) for finding in findings(hunt, all_grants=asked.all_grants))


def findings(hunt: Hunt, *, all_grants: bool = False) -> Iterable[Json]:
    """Incidents, then grants, each worst first.

    Of the grants: those of low severity or worse and those that belong to an incident; with `all_grants`, all.
    """
    grants = {judged.grant.grant_id: judged for judged in hunt.grants}
    incidents = {grant_id: incident for incident in hunt.incidents for grant_id in incident.grant_ids}
    for incident in hunt.incidents:
        members = [grants[grant_id] for grant_id in incident.grant_ids if grant_id in grants]
        yield _incident_finding(hunt, incident, members)
    for judged in hunt.grants:
        incident_of = incidents.get(judged.grant.grant_id)
        if all_grants or incident_of or judged.verdict.severity >= Severity.LOW:
            yield _detection_finding(hunt, judged, incident_of)


def _event(class_uid: int, name: str, severity: Severity, start: datetime, end: datetime) -> Json:
    """What every event says. The same logs give the same event, so that its time is that of the grant: no clock."""
    severity_id, severity_name = _SEVERITY[severity]
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": class_uid,
        "class_name": name,
        "type_uid": class_uid * 100 + 1,
        "type_name": f"{name}: Create",
        "severity_id": severity_id,
        "severity": severity_name,
        "status_id": 1,
        "status": "New",
        "time": milliseconds(start),
        "start_time": milliseconds(start),
        "end_time": milliseconds(end),
    }


def _metadata(hunt: Hunt, uid: str, tenant: str | None, correlation: str | None = None) -> Json:
    product = {"name": "Grantwatch", "vendor_name": "Grantwatch", "version": hunt.version}
    return told(
        {
            "version": SCHEMA_VERSION,
            "product": product,
            "uid": clean(uid),
            "tenant_uid": tenant,
            "correlation_uid": correlation,
            "log_provider": "Microsoft Entra ID",
        }
    )


def _detection_finding(hunt: Hunt, judged: Judged, incident: Incident | None) -> Json:
    grant, verdict = judged.grant, judged.verdict
    risk_id, risk = _RISK[verdict.severity]
    confidence_id, confidence = _confidence(grant.certainty)
    return told(
        {
            **_event(2004, "Detection Finding", verdict.severity, grant.started_at, grant.last_seen),
            "is_alert": verdict.severity >= Severity.MEDIUM,
            "message": words.sentence(grant),
            "metadata": _metadata(hunt, grant.grant_id, grant.tenant_id, grant.correlation_id),
            "finding_info": _finding_info(hunt, judged),
            "confidence_id": confidence_id,
            "confidence": confidence,
            "confidence_score": round(grant.certainty * 100),
            "risk_level_id": risk_id,
            "risk_level": risk,
            "risk_score": verdict.score,
            "risk_details": verdict.reason,
            "evidences": evidences(judged),
            "resources": resources(grant),
            "observables": observables(judged),
            "remediation": _remediation(judged),
            "unmapped": _unmapped(judged, incident),
        }
    )


def _confidence(certainty: float) -> tuple[int, str]:
    """How sure it is that this was a device code at all, in the three steps of the schema."""
    if certainty >= 0.9:
        return 3, "High"
    return (2, "Medium") if certainty >= 0.5 else (1, "Low")


def _finding_info(hunt: Hunt, judged: Judged, *, brief: bool = False) -> Json:
    """Who, what and why. A brief one leaves the signals to the finding of the grant itself."""
    grant, verdict = judged.grant, judged.verdict
    declared = signals(hunt)
    analytics = [
        told(
            {
                "uid": item.signal,
                "name": item.title,
                "type_id": 2,
                "type": "Behavioral",
                "category": item.group,
                "desc": declared[item.signal].question if item.signal in declared else None,
            }
        )
        for item in verdict.evidence
    ]
    title = (
        f"Device code grant of {grant.user.label} for {words.client(grant.client)} "
        f"to reach {words.resource(grant.resource)}: {words.OUTCOMES[grant.outcome]}"
    )
    return told(
        {
            "uid": grant.grant_id or "unknown",
            "title": title,
            "desc": verdict.reason,
            "types": ["OAuth 2.0 device code grant", grant.outcome.value],
            "created_time": milliseconds(grant.started_at),
            "first_seen_time": milliseconds(grant.started_at),
            "last_seen_time": milliseconds(grant.last_seen),
            "analytic": {"uid": "grantwatch.verdict", "name": "Grantwatch verdict", "type_id": 2, "type": "Behavioral"},
            "related_analytics": None if brief else analytics,
            "attacks": attacks(techniques(hunt, verdict.evidence)),
            "data_sources": sorted({leg.form for leg in grant.legs}),
        }
    )


def _remediation(judged: Judged) -> Json | None:
    steps = [f"{step.order}. {step.title}: {step.why}" for step in containment(judged)]
    return {"desc": "\n".join(clean(step) for step in steps)} if steps else None


def _unmapped(judged: Judged, incident: Incident | None) -> Json:
    grant = judged.grant
    return {
        "outcome": grant.outcome.value,
        "certainty": grant.certainty,
        "basis": clean(grant.basis),
        "severity": judged.verdict.severity.label,
        "incident_uid": clean(incident.incident_id) if incident else None,
        "scopes": [clean(scope, 200) for scope in grant.scopes[:100]],
        "role_ids": [clean(role, 200) for role in grant.role_ids[:100]],
        "session_users": grant.session_users,
        "not_assessed": _not_assessed(judged.verdict.not_assessed),
        "not_seen": [clean(sentence) for sentence in grant.unseen],
    }


def _not_assessed(items: Iterable[NotAssessed]) -> list[Json]:
    return [{"signal": item.signal, "why": clean(item.why)} for item in items]


def _incident_finding(hunt: Hunt, incident: Incident, members: list[Judged]) -> Json:
    issued = any(judged.grant.outcome in _ISSUED for judged in members)
    priority = max(_RISK[incident.severity], (1, "Low"))
    infos = [_finding_info(hunt, judged, brief=True) for judged in members]
    evidence = [item for judged in members for item in judged.verdict.evidence]
    tenants = {judged.grant.tenant_id for judged in members}
    return told(
        {
            **_event(2005, "Incident Finding", incident.severity, incident.started_at, incident.last_seen),
            "message": incident.title,
            "desc": incident.summary,
            "metadata": _metadata(hunt, incident.incident_id, next(iter(tenants)) if len(tenants) == 1 else None),
            # The schema wants somebody to be assigned, and a hunt knows nobody.
            "assignee_group": {"name": "unassigned"},
            "finding_info_list": infos or [_lone_info(incident)],
            "attacks": attacks(techniques(hunt, evidence)),
            "priority_id": priority[0],
            "priority": priority[1],
            "verdict_id": 4,
            "verdict": "Suspicious",
            "is_suspected_breach": issued and incident.severity >= Severity.HIGH,
            "unmapped": {
                "kind": incident.kind,
                "severity": incident.severity.label,
                "score": incident.score,
                "grant_uids": [clean(grant_id) for grant_id in incident.grant_ids],
                "users": [clean(user, 200) for user in incident.users],
                "shared": [clean(item) for item in incident.shared],
                "not_seen": [clean(sentence) for sentence in hunt.coverage.blind],
            },
        }
    )


def _lone_info(incident: Incident) -> Json:
    return {"uid": clean(incident.incident_id), "title": clean(incident.title) or "Incident"}
