"""From a fetched row to the frozen parts of a grant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, wraps
from typing import Any, TypeVar

import orjson

from grantwatch import knowledge
from grantwatch.grants.model import Device, Leg, LegKind, Named, Network, PolicyResult, Tie, TieBy
from grantwatch.records.model import RecordRef

__all__ = [
    "STRENGTH",
    "auth_methods",
    "client_of",
    "device_of",
    "digest",
    "failed_policies",
    "leg_of",
    "names_the_flow",
    "network_of",
    "policy_results",
    "processing_value",
    "resource_of",
]

STRENGTH: Mapping[TieBy, float] = {
    TieBy.SELF: 1.0,
    TieBy.TOKEN_ID: 1.0,
    TieBy.REQUEST_ID: 1.0,
    TieBy.SESSION_ID: 0.9,
    TieBy.DEVICE_ID: 0.9,
    TieBy.CORRELATION_ID: 0.8,
    TieBy.USER_CLIENT_TIME: 0.5,
    TieBy.USER_TIME: 0.3,
}
"""How much a tie is worth. Microsoft vouches for token and session ids; a correlation id comes from the client."""

_FLOWS_BIT = 32768
"""The authentication flow among the conditions of a policy, where an export writes them as one number."""

_USUAL = 8192
"""Characters. What is longer is not remembered: what a hostile log says must not fill memory."""

Row = Mapping[str, Any]
_Parsed = TypeVar("_Parsed")


def digest(*parts: object) -> str:
    """Sixteen hex digits that depend on nothing but the parts."""
    return hashlib.sha256("\x1f".join("" if part is None else str(part) for part in parts).encode()).hexdigest()[:16]


def client_of(row: Row) -> Named:
    """The client application, by its known name where the row has none."""
    return Named(row["app_id"], row["app_name"] or _known(knowledge.client(row["app_id"])))


def resource_of(row: Row) -> Named:
    """The resource, by its known name where the row has none."""
    return Named(row["resource_id"], row["resource_name"] or _known(knowledge.resource(row["resource_id"])))


def _known(entry: knowledge.Client | knowledge.Resource | None) -> str | None:
    return entry.name if entry is not None else None


def network_of(row: Row) -> Network:
    """Where the row came from."""
    return Network(
        row["ip"],
        row["prefix"],
        row.get("asn"),
        row.get("country"),
        row.get("city"),
        row.get("latitude"),
        row.get("longitude"),
    )


def device_of(row: Row) -> Device:
    """The device of the row, as Entra knew it."""
    return Device(
        row["device_id"],
        row["device_name"],
        row["device_os"],
        row["device_browser"],
        row["device_managed"],
        row["device_compliant"],
        row["device_trust"],
    )


def leg_of(row: Row, kind: LegKind, tie: TieBy) -> Leg:
    """One leg of a grant."""
    return Leg(
        kind=kind,
        time=row["time"],
        network=network_of(row),
        user_agent=row["user_agent"],
        client=client_of(row),
        resource=resource_of(row),
        device=device_of(row),
        interactive=row["interactive"],
        error_code=row["error_code"],
        status_detail=row["status_detail"],
        tie=Tie(tie, STRENGTH[tie]),
        ref=RecordRef(row["path"], row["position"], row["request_id"]),
        form=row["form"],
        ca_status=row["ca_status"],
        token_id=row["token_id"],
        policies=failed_policies(row["policies"]),
        auth_methods=auth_methods(row["auth_details"]),
        auth_requirement=row["auth_requirement"],
        policy_results=policy_results(row["policies"]),
        client_app=row["client_app"],
        risk=row["risk_level"],
    )


def _list(text: str | None) -> Iterator[Mapping[str, Any]]:
    if not text:
        return
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, dict))


def _remembered(parse: Callable[[str | None], _Parsed]) -> Callable[[str | None], _Parsed]:
    """The same, which remembers what it made of texts of usual length: rows of one tenant often say the same."""
    known = lru_cache(maxsize=2048)(parse)

    @wraps(parse)
    def asked(text: str | None) -> _Parsed:
        return known(text) if text is None or len(text) <= _USUAL else parse(text)

    return asked


def failed_policies(text: str | None) -> tuple[str, ...]:
    """Names of the Conditional Access policies of a row that failed, in order."""
    return tuple(dict.fromkeys(each.name for each in policy_results(text) if each.result == "failure"))


@_remembered
def policy_results(text: str | None) -> tuple[PolicyResult, ...]:
    """What each Conditional Access policy of a row made of it, in order."""
    return tuple(
        PolicyResult(
            str(entry.get("displayName") or entry.get("id") or "unnamed policy"),
            str(entry["result"]).lower(),
            str(entry["id"]).lower() if entry.get("id") else None,
        )
        for entry in _list(text)
        if entry.get("result")
    )


def names_the_flow(text: str | None) -> bool:
    """True where a policy that failed did so over the authentication flow. That others look at flows says nothing."""
    return any(_over_flows(entry) for entry in _list(text) if str(entry.get("result", "")).lower() == "failure")


def _over_flows(policy: Mapping[str, Any]) -> bool:
    rules = policy.get("includeRulesSatisfied")
    said = [
        str(rule.get("ruleSatisfied") or "").lower()
        for rule in (rules if isinstance(rules, list) else ())
        if isinstance(rule, dict) and str(rule.get("conditionalAccessCondition", "")).lower() == "authenticationflows"
    ]
    if said:
        # The condition knows two flows; the other one moves a session from a computer to a phone.
        return not all(rule == "authenticationtransfer" for rule in said)
    met = str(policy.get("conditionsSatisfied") or "").lower().replace(" ", "")
    return bool(int(met) & _FLOWS_BIT) if met.isdecimal() else "authenticationflows" in met.split(",")


@_remembered
def auth_methods(text: str | None) -> tuple[str, ...]:
    """How the person authenticated, step by step: `method (result)`."""
    steps = (
        " ".join(
            part
            for part in (
                str(entry.get("authenticationMethod") or ""),
                f"({entry['authenticationStepResultDetail']})" if entry.get("authenticationStepResultDetail") else "",
            )
            if part
        )
        for entry in _list(text)
    )
    return tuple(dict.fromkeys(step for step in steps if step))


def processing_value(text: str | None, key: str) -> tuple[str, ...]:
    """One entry of authenticationProcessingDetails, whose value may be a JSON list inside a string."""
    for entry in _list(text):
        if str(entry.get("key", "")).strip().lower() != key.lower():
            continue
        value = entry.get("value")
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return tuple(part for part in str(value).replace(",", " ").split() if part)
        if isinstance(value, list):
            return tuple(str(part) for part in value)
        return (str(value),) if value else ()
    return ()
