"""What a changed policy lets through that it did not before, as the directory audit logs tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

__all__ = ["policy_facts"]

_OFF = ("disabled", "enabledforreportingbutnotenforced", "reportonly")
_FLOW = "devicecodeflow"
_LISTS = (
    ("users", "excludeUsers", "users"),
    ("users", "excludeGroups", "groups"),
    ("users", "excludeRoles", "roles"),
    ("applications", "excludeApplications", "applications"),
    ("locations", "excludeLocations", "locations"),
)


def policy_facts(kind: str, name: str | None, detail: Mapping[str, Any]) -> dict[str, str]:
    """The facts of a changed policy or of a new member of a group. `loosened` says what got weaker, in words.

    A Conditional Access policy stands in its record twice, old and new, as JSON text.
    """
    changes = list(_changes(detail))
    if kind == "group_member":
        return {
            "group_name": _word(_new(changes, "group.displayname")),
            "group_id": _word(_new(changes, "group.objectid")),
        }
    old, new = _policies(changes)
    facts = {"name": str((new or old or {}).get("displayName") or name or "")}
    if old or new:
        facts["loosened"] = "; ".join(_loosened(old, new))
        facts["about_flow"] = "true" if _flows(old) or _flows(new) else "false"
        facts["state"] = str((new or {}).get("state") or "")
    else:
        names = (each for each, _, _ in changes if not each.startswith(("included updated", "targetid.", "actorid.")))
        facts["changed"] = ", ".join(dict.fromkeys(names))
    return facts


def _changes(detail: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Name in lower case, old value and new value of every changed property."""
    sources = [detail.get("modified")]
    sources += [each.get("modifiedProperties") for each in detail.get("targets") or [] if isinstance(each, Mapping)]
    for source in sources:
        for entry in source if isinstance(source, list) else ():
            if isinstance(entry, Mapping):
                name = str(entry.get("displayName", entry.get("Name", ""))).lower()
                old, new = entry.get("oldValue", entry.get("OldValue")), entry.get("newValue", entry.get("NewValue"))
                yield name, str(old or ""), str(new or "")


def _new(changes: list[tuple[str, str, str]], name: str) -> str:
    return next((new for each, _, new in changes if each == name), "")


def _word(text: str) -> str:
    """A text without the quotation marks of the JSON that it may be."""
    return text.strip().strip('"')


def _policies(changes: list[tuple[str, str, str]]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The policy before and after; None where it was not there, or where the record does not hold it."""
    for _, old, new in changes:
        before, after = _policy(old), _policy(new)
        if before or after:
            return before, after
    return None, None


def _policy(text: str) -> dict[str, Any] | None:
    value: object = text
    for _ in range(3):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        elif isinstance(value, str) and value.strip()[:1] in '{["':
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return None
    return value if isinstance(value, dict) and ("conditions" in value or "state" in value) else None


def _part(policy: Mapping[str, Any] | None, *path: str) -> Any:
    value: Any = policy
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _flows(policy: Mapping[str, Any] | None) -> bool:
    said = _part(policy, "conditions", "authenticationFlows", "transferMethods")
    return _FLOW in str(said or "").lower().replace(" ", "")


def _listed(policy: Mapping[str, Any] | None, part: str, name: str) -> set[str]:
    found = _part(policy, "conditions", part, name)
    return {str(each) for each in found} if isinstance(found, list) else set()


def _loosened(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[str]:
    if old is None:
        return
    if new is None:
        yield "deleted"
        return
    was, now = (str(each.get("state") or "").lower() for each in (old, new))
    if was == "enabled" and now in _OFF:
        yield "switched off" if now == "disabled" else "made report-only"
    if _flows(old) and not _flows(new):
        yield "no longer about the device code flow"
    for part, name, words in _LISTS:
        more = len(_listed(new, part, name) - _listed(old, part, name))
        if more:
            yield f"{more} more {words} left out"
    before, after = _controls(old), _controls(new)
    if "block" in before and "block" not in after:
        yield "no longer a block"
    elif before - after:
        yield f"no longer asks for {', '.join(sorted(before - after))}"


def _controls(policy: Mapping[str, Any] | None) -> set[str]:
    found = _part(policy, "grantControls", "builtInControls")
    return {str(each).lower() for each in found} if isinstance(found, list) else set()
