"""Activities as follow-ons, and the records of one deed as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grantwatch import knowledge
from grantwatch.grants.model import Before, FollowOn, Named, Naming, Network, Tie, TieBy
from grantwatch.grants.rows import STRENGTH
from grantwatch.grants.said import facts_of
from grantwatch.records.model import RecordRef

__all__ = ["follow_on_of", "merged"]

_LONGEST = 500
_MANY_AT_ONCE = 10
"""A burst of fewer is not worth a word."""


def follow_on_of(row: Mapping[str, Any]) -> FollowOn:
    """One fetched activity as a follow-on."""
    operation = knowledge.operation(row["operation"], row["kind"])
    tie = TieBy(row["tie"])
    facts = facts_of(row)
    if (row["burst"] or 0) >= _MANY_AT_ONCE:
        facts["at_once"] = str(int(row["burst"]))
    if row["last_time"] > row["time"]:
        facts["last"] = f"{row['last_time']:%Y-%m-%d %H:%M:%S}"
    if row["records"] > 1:
        facts["records"] = str(row["records"])
    service = operation is not None and operation.service_ip
    return FollowOn(
        kind=row["kind"],
        operation=row["operation"],
        time=row["time"],
        actor=row["actor_upn"] or row["actor_name"],
        # The address of Microsoft's own service says nothing about anyone.
        network=Network() if service else Network(row["ip"], row["prefix"]),
        user_agent=row["user_agent"] or facts.get("user_agent"),
        client=Named(row["app_id"], knowledge.client_name(row["app_id"], None) if row["app_id"] else None),
        target=Named(row["target_id"], row["target_name"] or row["target_upn"]),
        target_type=row["target_type"],
        result=row["result"],
        facts={key: value[:_LONGEST] for key, value in facts.items() if value},
        count=row["records"],
        tie=Tie(tie, STRENGTH[tie]),
        refs=tuple(
            RecordRef(path, position, record_id)
            for path, position, record_id in zip(row["paths"], row["positions"], row["record_ids"], strict=True)
        ),
        last=row["last_time"],
        things=row["things"],
        burst=row["burst"] or 0,
        marked=row["marked"],
        areas=tuple(row["areas"] or ()),
        before=Before(
            int(row["before_records"]),
            int(row["before_days"]),
            int(row["before_client_days"]),
            int(row["before_burst"]),
            float(row["before_log_days"] or 0.0),
        ),
        naming=None
        if row["devices_known"] is None
        else Naming(row["devices_known"], row["devices_usual"], row["devices_alike"]),
    )


_DEVICE_KINDS = ("device_registered", "device_added", "device_linked")
_SEVERAL = ("device", "consent", "service_principal")
"""What the directory tells in several records under one correlation id."""


def merged(found: Sequence[tuple[FollowOn, str | None]]) -> list[FollowOn]:
    """Records of one deed as one follow-on: device registrations and consents come as several under one id.

    The strongest tie, the earliest time and the first network that is said are kept; facts are added up.
    """
    consents = {correlation_id for follow_on, correlation_id in found if follow_on.kind == "consent"}
    bundles: dict[tuple[str, str], FollowOn] = {}
    for follow_on, correlation_id in found:
        family = follow_on.kind
        if family in _DEVICE_KINDS:
            family = "device"
        elif family == "consent_removed" and correlation_id in consents:
            # An amended consent takes the old one away; alone it is a clean-up.
            family = "consent"
        several = family in _SEVERAL and correlation_id is not None
        key = (family, str(correlation_id)) if several else (family, f"{len(bundles)}")
        first = bundles.get(key)
        bundles[key] = follow_on if first is None else _added(first, follow_on)
    return sorted(bundles.values(), key=lambda follow_on: (follow_on.time, follow_on.kind, follow_on.refs))


def _added(first: FollowOn, other: FollowOn) -> FollowOn:
    lead, second = (first, other) if _rank(first) <= _rank(other) else (other, first)
    return replace(
        lead,
        time=min(first.time, other.time),
        network=lead.network if lead.network.ip else second.network,
        user_agent=lead.user_agent or second.user_agent,
        facts={**second.facts, **lead.facts},
        count=first.count + other.count,
        tie=max(first.tie, other.tie, key=lambda tie: tie.strength),
        refs=tuple(dict.fromkeys((*first.refs, *other.refs))),
        last=max(first.until, other.until),
        naming=lead.naming or second.naming,
    )


def _rank(follow_on: FollowOn) -> int:
    """Which record of a registration speaks for it: the one by the user, then the service's, then the links."""
    order = ("device_registered", "device_added", "consent")
    return order.index(follow_on.kind) if follow_on.kind in order else len(order)
