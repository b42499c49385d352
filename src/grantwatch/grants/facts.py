"""What a record of an activity says that matters for its kind: rule parameters, device names, scopes, forwarding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from grantwatch import knowledge
from grantwatch.grants.model import Before, FollowOn, Named, Naming, Network, Tie, TieBy
from grantwatch.grants.policies import policy_facts
from grantwatch.grants.rows import STRENGTH
from grantwatch.records.model import RecordRef

__all__ = ["follow_on_of", "merged"]

_LONGEST = 500
_SCOPE = re.compile(r"Scope:\s*([^,\]]*)")
_RULE = {
    "name": "name",
    "movetofolder": "move_to_folder",
    "deletemessage": "delete",
    "markasread": "mark_as_read",
    "forwardto": "forward_to",
    "forwardasattachmentto": "forward_to",
    "redirectto": "redirect_to",
    "from": "from",
    "subjectorbodycontainswords": "words",
    "subjectcontainswords": "words",
    "bodycontainswords": "words",
    "stopprocessingrules": "stop_processing",
}
_FOLDED = (
    "mail_access",
    "search",
    "mail_sent",
    "mail_deleted",
    "file_access",
    "file_download",
    "graph_call",
    "chat",
)
_DELEGATION = {"user": "user", "trustee": "user", "accessrights": "rights", "identity": "mailbox"}
_FORWARDING = {
    "forwardingsmtpaddress": "forward_to",
    "forwardingaddress": "forward_to",
    "redirectmessageto": "forward_to",
    "blindcopyto": "forward_to",
    "copyto": "forward_to",
    "addtorecipients": "forward_to",
    "deletemessage": "delete",
    "delivertomailboxandforward": "deliver_and_forward",
    "name": "name",
}
_DEVICE = {
    "device os": "os",
    "deviceostype": "os",
    "device trust type": "trust_type",
    "device id": "device_id",
    "deviceid": "device_id",
    "clouddeviceid": "device_id",
    "user-agent": "user_agent",
    "clouddeviceosversion": "os_version",
    "clouddeviceostype": "os",
    "clouddisplayname": "device_name",
    "displayname": "device_name",
    "devicetrusttype": "trust_type",
}


def follow_on_of(row: Mapping[str, Any]) -> FollowOn:
    """One fetched activity as a follow-on."""
    operation = knowledge.operation(row["operation"], row["kind"])
    detail = _detail(row["detail"])
    tie = TieBy(row["tie"])
    facts = _facts(row, detail)
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


def _detail(text: str | None) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _pairs(entries: object) -> Iterator[tuple[str, str]]:
    """Name and value from [{Name, Value}], [{key, value}], [{displayName, newValue}] and plain objects."""
    if isinstance(entries, Mapping):
        yield from ((str(key), _plain(value)) for key, value in entries.items())
    if not isinstance(entries, list):
        return
    for entry in entries:
        if not isinstance(entry, Mapping):
            continue
        name = entry.get("Name", entry.get("key", entry.get("displayName")))
        value = entry.get("Value", entry.get("value", entry.get("newValue", entry.get("NewValue"))))
        if isinstance(name, str):
            yield name, _plain(value)


def _plain(value: object) -> str:
    r"""A value without the JSON that Microsoft wraps it in: `["x"]`, `"\"x\""`, `[true]` become x, x, true."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
        if text[:1] in '["{':
            try:
                return _plain(orjson.loads(text))
            except orjson.JSONDecodeError:
                return value
        return value
    if isinstance(value, list):
        return ", ".join(_plain(entry) for entry in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_plain(entry)}" for key, entry in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(detail: Mapping[str, Any]) -> dict[str, str]:
    """Everything a record says as name and value, lower-case names, first one said wins."""
    said: dict[str, str] = {}
    sources: list[object] = [
        detail.get(part) for part in ("parameters", "properties", "additional", "modified", "extended")
    ]
    for target in detail.get("targets") or []:
        if isinstance(target, Mapping):
            sources.append(target.get("modifiedProperties"))
    for source in sources:
        for name, value in _pairs(source):
            if value and not said.get(name.lower()):
                said[name.lower()] = value
    return said


def _facts(row: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, str]:
    said = _said(detail)
    nested = said.get("additionaldetails")
    if nested:
        for name, value in _pairs(_detail(_find(detail.get("extended"), "additionalDetails"))):
            said.setdefault(name.lower(), value)
    kind: str = row["kind"]
    if kind == "inbox_rule":
        return _rule(said)
    if kind in ("forwarding", "transport_rule"):
        return _mapped(said, _FORWARDING)
    if kind == "mailbox_delegation":
        return {**_mapped(said, _DELEGATION), **_folder_rights(detail)}
    if kind in ("policy", "group_member"):
        return policy_facts(kind, row["target_name"], detail)
    if kind.startswith("device"):
        facts = _mapped(said, _DEVICE)
        if row["target_type"] == "Device" or kind != "device_linked":
            facts.setdefault("device_name", row["target_name"] or "")
        return facts
    if kind == "consent":
        return _consent(row, detail, said)
    if kind in _FOLDED:
        return {
            "access_type": said.get("mailaccesstype", ""),
            "throttled": "true" if row["throttled"] else said.get("isthrottled", "").lower(),
            "items": "" if row["items"] is None else str(round(row["items"])),
            "client_info": _plain(detail.get("client_info")),
            "texts": "; ".join(map(_plain, row["texts"] or ())),
            "urls": _plain(detail.get("urls")),
            "directory": ", ".join(row["areas"] or ()),
        }
    if kind == "lure_click":
        return {
            "threats": _plain(detail.get("threats")),
            "from": _plain(detail.get("from")),
            "clicked_through": _plain(detail.get("clicked_through")),
        }
    if kind == "security_info":
        return _security_info(row, said)
    if kind == "role":
        return {"role_name": said.get("role.displayname", "")}
    return {}


def _find(entries: object, name: str) -> str | None:
    if isinstance(entries, list):
        for entry in entries:
            if isinstance(entry, Mapping) and entry.get("Name") == name and isinstance(entry.get("Value"), str):
                return str(entry["Value"])
    return None


def _mapped(said: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, fact in names.items():
        if said.get(name):
            facts.setdefault(fact, said[name])
    return facts


def _rule(said: Mapping[str, str]) -> dict[str, str]:
    facts = _mapped(said, _RULE)
    for flag in ("delete", "mark_as_read", "stop_processing"):
        if flag in facts:
            facts[flag] = facts[flag].lower()
    actions = said.get("ruleactions", "")
    if actions:
        facts.setdefault("actions", actions)
        for word, fact in (("MoveToFolder", "move_to_folder"), ("Delete", "delete"), ("Forward", "forward_to")):
            if word.lower() in actions.lower():
                facts.setdefault(fact, "true" if fact == "delete" else actions)
    if said.get("rulename"):
        facts.setdefault("name", said["rulename"])
    if said.get("rulecondition"):
        facts.setdefault("words", said["rulecondition"])
    return facts


def _folder_rights(detail: Mapping[str, Any]) -> dict[str, str]:
    """Who got which rights on a mail folder, as Exchange's own records say it."""
    said = {"user": _plain(detail.get("member")), "rights": _plain(detail.get("rights"))}
    return {name: value for name, value in said.items() if value}


def _security_info(row: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    """Which method, or which of the strong authentication properties changed."""
    changed = [name for name in said if name.startswith("strongauthentication")]
    facts = {"method": said.get("strongauthenticationmethod", said.get("method", "")) or (row["target_name"] or "")}
    return {**facts, "changed": ", ".join(changed)} if changed else facts


def _consent(row: Mapping[str, Any], detail: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    """The scopes that were really added: an amended consent's own difference can be empty.

    `scopes` are the new ones, `scopes_before` those that the application had already.
    """
    found = _SCOPE.findall(said.get("consentaction.permissions", "").rpartition("=>")[2])
    had = _SCOPE.findall(said.get("consentaction.permissions", "").rpartition("=>")[0])
    now = dict.fromkeys(" ".join([said.get("delegatedpermissiongrant.scope", ""), *found]).split())
    before = dict.fromkeys(" ".join([_old(detail, "delegatedpermissiongrant.scope"), *had]).split())
    return {
        "scopes": " ".join(scope for scope in now if scope not in before),
        "scopes_before": " ".join(before),
        "app_name": row["target_name"] or "",
        "consent_type": said.get("delegatedpermissiongrant.consenttype", ""),
        "admin": said.get("consentcontext.isadminconsent", "").lower(),
    }


def _old(detail: Mapping[str, Any], name: str) -> str:
    """What a changed property was before; empty where the record does not say."""
    sources = [detail.get("modified")]
    sources += [each.get("modifiedProperties") for each in detail.get("targets") or [] if isinstance(each, Mapping)]
    for source in sources:
        for entry in source if isinstance(source, list) else ():
            if isinstance(entry, Mapping) and str(entry.get("displayName", entry.get("Name", ""))).lower() == name:
                return _plain(entry.get("oldValue", entry.get("OldValue")))
    return ""
