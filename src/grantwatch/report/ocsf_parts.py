"""The objects that an OCSF finding is made of: who, from where, with what, and the records behind it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from grantwatch import knowledge
from grantwatch.grants.model import Device, FollowOn, Grant, Leg, Named, Network, Tie, TokenUse
from grantwatch.records.model import RecordRef
from grantwatch.report import words
from grantwatch.report.escape import clean
from grantwatch.report.times import iso
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Judged

__all__ = ["Json", "attacks", "evidences", "observables", "resources", "told"]

MOST = 200
"""Artifacts or observables of one finding."""
LIMIT = 2_000
"""Characters of a text."""

Json = dict[str, Any]


def told(given: Json) -> Json:
    """The attributes that have a value, with their text cleaned and cut. Objects inside are left as they are."""
    return {
        name: clean(value, LIMIT) if isinstance(value, str) else value
        for name, value in given.items()
        if value is not None and value not in ("", [], {})
    }


def attacks(techniques: Iterable[str]) -> list[Json]:
    """ATT&CK objects. A sub-technique names its technique too."""
    made: list[Json] = []
    for full in techniques:
        technique, _, part = full.partition(".")
        made.append({"technique": {"uid": technique}, **({"sub_technique": {"uid": full}} if part else {})})
    return made


def resources(grant: Grant) -> list[Json]:
    """What the grant touched: the account, and the client and the resource that the token is for."""
    user = told({"uid": grant.user.id, "name": grant.user.upn})
    found = [
        {**user, "type": "Entra user"} if user else {},
        _application(grant.client, words.client(grant.client), "Entra client application"),
        _application(grant.resource, words.resource(grant.resource), "Entra resource application"),
    ]
    return [resource for resource in found if resource]


def _application(named: Named, name: str, kind: str) -> Json:
    known = told({"uid": named.id, "name": name if named.id or named.name else None})
    return {**known, "type": kind} if known else {}


def address(text: str | None) -> str | None:
    """The address where it is one that the schema accepts."""
    try:
        return str(ipaddress.ip_address((text or "").partition("%")[0]))
    except ValueError:
        return None


def _endpoint(network: Network) -> Json | None:
    """The network endpoint; None without an address, as the schema then wants another name for it."""
    ip = address(network.ip)
    if ip is None:
        return None
    mark = knowledge.network(network.asn, network.ip)
    system = {"number": network.asn, "name": mark.name if mark else None} if network.asn is not None else {}
    return told({"ip": ip, "autonomous_system": told(system), "location": _location(network)})


def _location(network: Network) -> Json:
    return told({"city": network.city, "country": network.country})


def _actor(grant: Grant, app: Named | None = None) -> Json:
    user = told({"uid": grant.user.id, "name": grant.user.upn, "type_id": 1, "type": "User"})
    known = "uid" in user or "name" in user
    named = app and (app.id or app.name)
    return told(
        {
            "user": user if known else {"name": "unknown user", "type_id": 0, "type": "Unknown"},
            "session": told({"uid": grant.session_id}),
            "app_uid": app.id if app else None,
            "app_name": words.client(app) if app and named else None,
        }
    )


def _device(device: Device) -> Json | None:
    known = told({"uid": device.id, "name": device.name})
    if not known:
        return None
    flags = told({"is_managed": device.managed, "is_compliant": device.compliant})
    return {**known, **flags, "type_id": 0, "type": "Unknown"}


def _refs(refs: Iterable[RecordRef]) -> list[Json]:
    return [{"file": clean(ref.file), "position": ref.position, "record_id": _clean(ref.record_id)} for ref in refs]


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text, LIMIT)


def _tie(tie: Tie) -> Json:
    return {"by": tie.by.value, "strength": tie.strength}


def evidences(judged: Judged) -> list[Json]:
    """The signals that fired, heaviest first, then the records of the flow, of the token and of what followed."""
    grant = judged.grant
    found: list[Json] = [_signal(item) for item in judged.verdict.evidence]
    found += [_leg(grant, leg) for leg in grant.legs]
    found += [_use(grant, use) for use in sorted(grant.token_uses, key=lambda use: (use.first, use.last))]
    found += [_follow_on(follow_on) for follow_on in grant.follow_ons]
    return found[:MOST]


def _signal(item: Evidence) -> Json:
    data = {
        "signal": item.signal,
        "summary": clean(item.summary, LIMIT),
        "group": item.group,
        "weight": item.weight,
        "alone": item.alone,
        "records": _refs(item.records),
    }
    return {"name": clean(f"signal: {item.title}", 200), "uid": item.signal, "data": data}


def _artifact(name: str, record_id: str | None, network: Network, agent: str | None, data: Json) -> Json:
    seen = {"ip": _clean(network.ip), "prefix": _clean(network.prefix)}
    return told(
        {
            "name": name,
            "uid": record_id,
            "src_endpoint": _endpoint(network),
            "http_request": told({"user_agent": agent}),
            "data": {**data, "network": seen},
        }
    )


def _leg(grant: Grant, leg: Leg) -> Json:
    data = {
        "time": iso(leg.time),
        "resource": _named(leg.resource),
        "error_code": leg.error_code,
        "status_detail": _clean(leg.status_detail),
        "policies": [clean(policy, 200) for policy in leg.policies],
        "auth_methods": [clean(method, 200) for method in leg.auth_methods],
        "tie": _tie(leg.tie),
        "record": _refs([leg.ref])[0],
    }
    made = _artifact(f"leg: {leg.kind.value}", leg.ref.record_id, leg.network, leg.user_agent, data)
    return made | told({"actor": _actor(grant, leg.client), "device": _device(leg.device)})


def _use(grant: Grant, use: TokenUse) -> Json:
    data = {
        "first": iso(use.first),
        "last": iso(use.last),
        "count": use.count,
        "failures": use.failures,
        "error_codes": list(use.error_codes),
        "party": use.party.value,
        "token": use.kind.value,
        "resource": _named(use.resource),
        "tie": _tie(use.tie),
        "records": _refs(use.refs),
    }
    record = use.refs[0].record_id if use.refs else None
    made = _artifact("token use", record, use.network, use.user_agent, data)
    return made | told({"actor": _actor(grant, use.client), "device": _device(use.device)})


def _follow_on(follow_on: FollowOn) -> Json:
    data = {
        "time": iso(follow_on.time),
        "operation": clean(follow_on.operation, LIMIT),
        "actor": _clean(follow_on.actor),
        "client": _named(follow_on.client),
        "target": _named(follow_on.target),
        "target_type": _clean(follow_on.target_type),
        "result": _clean(follow_on.result),
        "facts": {clean(name, 200): clean(value, LIMIT) for name, value in sorted(follow_on.facts.items())},
        "count": follow_on.count,
        "tie": _tie(follow_on.tie),
        "records": _refs(follow_on.refs),
    }
    record = follow_on.refs[0].record_id if follow_on.refs else None
    return _artifact(f"follow-on: {follow_on.kind}", record, follow_on.network, follow_on.user_agent, data)


def _named(named: Named) -> Json:
    return {"id": _clean(named.id), "name": _clean(named.name)}


def observables(judged: Judged) -> list[Json]:
    """What to pivot on, each once: the user, addresses and user agents. `name` is the attribute that it stands in."""
    found = dict.fromkeys(_observables(judged))
    return [
        {"name": name, "type_id": type_id, "type": kind, "value": clean(value, LIMIT)}
        for name, type_id, kind, value in list(found)[:MOST]
    ]


def _observables(judged: Judged) -> Iterator[tuple[str, int, str, str]]:
    grant = judged.grant
    parts: list[Leg | TokenUse | FollowOn] = [*grant.legs, *grant.token_uses, *grant.follow_ons]
    if grant.user.upn:
        yield "resources[].name", 4, "User Name", grant.user.upn
    for uid in (grant.user.id, grant.client.id, grant.resource.id):
        if uid:
            yield "resources[].uid", 10, "Resource UID", uid
    for part in parts:
        ip = address(part.network.ip)
        if ip:
            yield "evidences[].src_endpoint.ip", 2, "IP Address", ip
    for part in parts:
        if part.user_agent:
            yield "evidences[].http_request.user_agent", 16, "HTTP User-Agent", part.user_agent
