"""A hunt as Arrow tables: one row per grant, and per thing that belongs to one. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from grantwatch.grants.model import Device, FollowOn, Leg, Named, Network, TokenUse
from grantwatch.pipeline import Hunt
from grantwatch.records.model import RecordRef

__all__ = ["SCHEMAS", "tables"]

_TEXT, _TEXTS, _INT, _NUMBER, _TRUTH = pa.string(), pa.list_(pa.string()), pa.int64(), pa.float64(), pa.bool_()
_TIME = pa.timestamp("us", tz="UTC")
_PLACES = pa.list_(pa.struct([("file", _TEXT), ("position", _INT), ("record_id", _TEXT)]))
_CLIENT = {"client_id": _TEXT, "client_name": _TEXT, "resource_id": _TEXT, "resource_name": _TEXT}
_NETWORK = {"ip": _TEXT, "prefix": _TEXT, "asn": _INT, "country": _TEXT, "city": _TEXT}
_DEVICE = {
    "device_id": _TEXT,
    "device_name": _TEXT,
    "device_os": _TEXT,
    "device_managed": _TRUTH,
    "device_compliant": _TRUTH,
    "device_trust": _TEXT,
}
_TIE = {"tie": _TEXT, "tie_strength": _NUMBER, "records": _PLACES}

SCHEMAS: dict[str, pa.Schema] = {
    name: pa.schema(list(columns.items()))
    for name, columns in {
        "grants": {
            "grant_id": _TEXT,
            "severity": _TEXT,
            "score": _INT,
            "reason": _TEXT,
            "tenant_id": _TEXT,
            "user_id": _TEXT,
            "upn": _TEXT,
            **_CLIENT,
            "started_at": _TIME,
            "last_seen": _TIME,
            "outcome": _TEXT,
            "certainty": _NUMBER,
            "basis": _TEXT,
            "correlation_id": _TEXT,
            "session_id": _TEXT,
            "scopes": _TEXTS,
            "role_ids": _TEXTS,
            "unseen": _TEXTS,
            "user_history_days": _NUMBER,
            "tenant_history_days": _NUMBER,
        },
        "evidence": {
            "grant_id": _TEXT,
            "signal": _TEXT,
            "title": _TEXT,
            "summary": _TEXT,
            "group": _TEXT,
            "weight": _NUMBER,
            "alone": _TRUTH,
            "records": _PLACES,
            "source": _TEXT,
        },
        "not_assessed": {"grant_id": _TEXT, "signal": _TEXT, "why": _TEXT, "source": _TEXT},
        "legs": {
            "grant_id": _TEXT,
            "kind": _TEXT,
            "time": _TIME,
            **_CLIENT,
            **_NETWORK,
            "user_agent": _TEXT,
            **_DEVICE,
            "interactive": _TRUTH,
            "error_code": _INT,
            "ca_status": _TEXT,
            "form": _TEXT,
            **_TIE,
        },
        "token_uses": {
            "grant_id": _TEXT,
            "kind": _TEXT,
            "party": _TEXT,
            "first": _TIME,
            "last": _TIME,
            "count": _INT,
            "failures": _INT,
            **_CLIENT,
            **_NETWORK,
            "user_agent": _TEXT,
            **_DEVICE,
            "interactive": _TRUTH,
            "token_binding": _TEXT,
            **_TIE,
        },
        "follow_ons": {
            "grant_id": _TEXT,
            "kind": _TEXT,
            "operation": _TEXT,
            "time": _TIME,
            "actor": _TEXT,
            "client_id": _TEXT,
            "client_name": _TEXT,
            "target_id": _TEXT,
            "target_name": _TEXT,
            "target_type": _TEXT,
            "result": _TEXT,
            "count": _INT,
            **_NETWORK,
            "user_agent": _TEXT,
            **_TIE,
        },
        "incidents": {
            "incident_id": _TEXT,
            "kind": _TEXT,
            "title": _TEXT,
            "summary": _TEXT,
            "severity": _TEXT,
            "score": _INT,
            "grant_ids": _TEXTS,
            "users": _TEXTS,
            "shared": _TEXTS,
            "started_at": _TIME,
            "last_seen": _TIME,
        },
        "files": {
            "file": _TEXT,
            "form": _TEXT,
            "container": _TEXT,
            "read": _INT,
            "parsed": _INT,
            "ignored": _INT,
            "quarantined": _INT,
            "first": _TIME,
            "last": _TIME,
        },
    }.items()
}
"""The columns of every table, with their types."""

Row = dict[str, Any]


def tables(found: Hunt) -> dict[str, pa.Table]:
    """The hunt by table name, in the order of `SCHEMAS`; grants and incidents worst first."""
    rows: dict[str, Callable[[Hunt], Iterable[Row]]] = {
        "grants": _grants,
        "evidence": _evidence,
        "not_assessed": _not_assessed,
        "legs": lambda hunt: _of_grants(hunt, "legs", _leg),
        "token_uses": lambda hunt: _of_grants(hunt, "token_uses", _token_use),
        "follow_ons": lambda hunt: _of_grants(hunt, "follow_ons", _follow_on),
        "incidents": _incidents,
        "files": _files,
    }
    return {name: pa.Table.from_pylist(list(rows[name](found)), schema=schema) for name, schema in SCHEMAS.items()}


def _grants(found: Hunt) -> Iterator[Row]:
    for judged in found.grants:
        grant, verdict, profile = judged.grant, judged.verdict, judged.profile
        yield {
            **{name: getattr(grant, name) for name in ("grant_id", "tenant_id", "certainty", "basis")},
            **{name: getattr(grant, name) for name in ("correlation_id", "session_id", "scopes", "role_ids", "unseen")},
            **_apps(grant.client, grant.resource),
            "severity": verdict.severity.label,
            "score": verdict.score,
            "reason": verdict.reason,
            "user_id": grant.user.id,
            "upn": grant.user.upn,
            "started_at": _utc(grant.started_at),
            "last_seen": _utc(grant.last_seen),
            "outcome": grant.outcome.value,
            "user_history_days": profile.user_history_days,
            "tenant_history_days": profile.tenant_history_days,
        }


def _evidence(found: Hunt) -> Iterator[Row]:
    for judged in found.grants:
        for each in judged.verdict.evidence:
            names = ("signal", "title", "summary", "group", "weight", "alone")
            fields = {name: getattr(each, name) for name in names}
            places, source = _places(each.records), each.source or None
            yield {"grant_id": judged.grant.grant_id, **fields, "records": places, "source": source}


def _not_assessed(found: Hunt) -> Iterator[Row]:
    for judged in found.grants:
        for each in judged.verdict.not_assessed:
            yield {
                "grant_id": judged.grant.grant_id,
                "signal": each.signal,
                "why": each.why,
                "source": each.source or None,
            }


def _of_grants(found: Hunt, what: str, row: Callable[[Any], Row]) -> Iterator[Row]:
    for judged in found.grants:
        for each in getattr(judged.grant, what):
            tie = {"tie": each.tie.by.value, "tie_strength": each.tie.strength}
            yield {"grant_id": judged.grant.grant_id, **tie, **_network(each.network), **row(each)}


def _leg(leg: Leg) -> Row:
    return {
        **{name: getattr(leg, name) for name in ("user_agent", "interactive", "error_code", "ca_status", "form")},
        **_apps(leg.client, leg.resource),
        **_device(leg.device),
        "kind": leg.kind.value,
        "time": _utc(leg.time),
        "records": _places((leg.ref,)),
    }


def _token_use(use: TokenUse) -> Row:
    return {
        **{name: getattr(use, name) for name in ("count", "failures", "user_agent", "interactive", "token_binding")},
        **_apps(use.client, use.resource),
        **_device(use.device),
        "kind": use.kind.value,
        "party": use.party.value,
        "first": _utc(use.first),
        "last": _utc(use.last),
        "records": _places(use.refs),
    }


def _follow_on(deed: FollowOn) -> Row:
    names = ("kind", "operation", "actor", "target_type", "result", "count", "user_agent")
    return {
        **{name: getattr(deed, name) for name in names},
        "client_id": deed.client.id,
        "client_name": deed.client.name,
        "target_id": deed.target.id,
        "target_name": deed.target.name,
        "time": _utc(deed.time),
        "records": _places(deed.refs),
    }


def _incidents(found: Hunt) -> Iterator[Row]:
    for incident in found.incidents:
        names = ("incident_id", "kind", "title", "summary", "score", "grant_ids", "users", "shared")
        yield {
            **{name: getattr(incident, name) for name in names},
            "severity": incident.severity.label,
            "started_at": _utc(incident.started_at),
            "last_seen": _utc(incident.last_seen),
        }


def _files(found: Hunt) -> Iterator[Row]:
    for file in found.files:
        sums = {name: getattr(file.records, name) for name in ("read", "parsed", "ignored", "quarantined")}
        names = {"file": file.file, "form": file.form, "container": file.container}
        yield {**names, **sums, "first": _utc(file.first), "last": _utc(file.last)}


def _apps(client: Named, resource: Named) -> Row:
    return {
        "client_id": client.id,
        "client_name": client.name,
        "resource_id": resource.id,
        "resource_name": resource.name,
    }


def _network(network: Network) -> Row:
    return {name: getattr(network, name) for name in _NETWORK}


def _device(device: Device) -> Row:
    return {f"device_{name}": getattr(device, name) for name in ("id", "name", "os", "managed", "compliant", "trust")}


def _places(refs: Iterable[RecordRef]) -> list[Row]:
    return [{"file": ref.file, "position": ref.position, "record_id": ref.record_id} for ref in refs]


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None else None
