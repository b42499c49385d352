"""What the record of an activity says that matters for its kind: rule parameters, device names, scopes, forwarding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from grantwatch.grants.policies import policy_facts

__all__ = ["facts_of"]

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


def facts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """What the record of one fetched activity says that matters for its kind, as texts by name."""
    detail = _detail(row["detail"])
    said = _said(detail)
    nested = said.get("additionaldetails")
    if nested:
        for name, value in _pairs(_detail(_find(detail.get("extended"), "additionalDetails"))):
            said.setdefault(name.lower(), value)
    kind: str = row["kind"]
    if kind.startswith("device"):
        return _device(row, said)
    reads = _READS.get(kind)
    return reads(row, detail, said) if reads else {}


def _device(row: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    facts = _mapped(said, _DEVICE)
    if row["target_type"] == "Device" or row["kind"] != "device_linked":
        facts.setdefault("device_name", row["target_name"] or "")
    return facts


def _folded(row: Mapping[str, Any], detail: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    return {
        "access_type": said.get("mailaccesstype", ""),
        "throttled": "true" if row["throttled"] else said.get("isthrottled", "").lower(),
        "items": "" if row["items"] is None else str(round(row["items"])),
        "client_info": _plain(detail.get("client_info")),
        "texts": "; ".join(map(_plain, row["texts"] or ())),
        "urls": _plain(detail.get("urls")),
        "directory": ", ".join(row["areas"] or ()),
    }


def _click(_row: Mapping[str, Any], detail: Mapping[str, Any], _said: Mapping[str, str]) -> dict[str, str]:
    return {name: _plain(detail.get(name)) for name in ("threats", "from", "clicked_through")}


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


_Reads = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, str]], dict[str, str]]

_READS: dict[str, _Reads] = {
    "inbox_rule": lambda _row, _detail, said: _rule(said),
    "forwarding": lambda _row, _detail, said: _mapped(said, _FORWARDING),
    "transport_rule": lambda _row, _detail, said: _mapped(said, _FORWARDING),
    "mailbox_delegation": lambda _row, detail, said: {**_mapped(said, _DELEGATION), **_folder_rights(detail)},
    "policy": lambda row, detail, _said: policy_facts("policy", row["target_name"], detail),
    "group_member": lambda row, detail, _said: policy_facts("group_member", row["target_name"], detail),
    "lure_click": _click,
    "consent": _consent,
    "security_info": lambda row, _detail, said: _security_info(row, said),
    "role": lambda _row, _detail, said: {"role_name": said.get("role.displayname", "")},
    **dict.fromkeys(
        (
            "mail_access",
            "search",
            "mail_sent",
            "mail_deleted",
            "file_access",
            "file_download",
            "graph_call",
            "chat",
        ),
        _folded,
    ),
}
