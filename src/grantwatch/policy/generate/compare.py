"""Two objects of Graph field by field: what reads the same is the same, whatever Graph adds of nulls and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantwatch.policy.fields import is_guid
from grantwatch.policy.generate.model import Kind

__all__ = ["fields", "same"]

Value = str | bool | int | float | tuple[Any, ...]

_READ_ONLY = frozenset(
    {
        "id",
        "createddatetime",
        "modifieddatetime",
        "deleteddatetime",
        "templateid",
        "description",
        "partialenablementstrategy",
    }
)
"""Of a policy or a named location: what Graph fills in, and what it does not keep."""
_GROUP = (
    "displayName",
    "description",
    "groupTypes",
    "isAssignableToRole",
    "mailEnabled",
    "securityEnabled",
    "membershipRule",
)
"""Of a group: Graph returns dozens of other properties that no set speaks of."""
_DEFAULTS: Mapping[str, Any] = {
    "istrusted": False,
    "includeunknowncountriesandregions": False,
    "countrylookupmethod": "clientIpAddress",
}
_FLAGS = frozenset({"transfermethods", "insiderrisklevels", "guestorexternalusertypes"})
"""Several values in one text, divided by commas."""
_RANGES = "ipranges"


def fields(kind: Kind, body: Mapping[str, Any]) -> dict[str, tuple[str, Value]]:
    """What an object says, by path in lower case: the path as it is spelled, and the value.

    Empty values, defaults and what is read-only are not among it.
    """
    if kind is Kind.GROUP:
        known = {key.lower(): value for key, value in body.items()}
        body = {key: known[key.lower()] for key in _GROUP if key.lower() in known}
    found: dict[str, tuple[str, Value]] = {}
    for key, value in body.items():
        if kind is Kind.GROUP or key.lower() not in _READ_ONLY:
            _into(found, key, key, value)
    return found


def same(old: Value | None, new: Value | None) -> bool:
    """Whether two values say the same: ids and enumerations in any case."""
    return bool(_folded(old) == _folded(new))


def _folded(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(sorted(map(_folded, value), key=repr))
    return value.lower() if isinstance(value, str) and (is_guid(value) or value.isalnum()) else value


def _into(found: dict[str, tuple[str, Value]], path: str, key: str, value: Any) -> None:
    name = key.lower()
    if "@odata." in name or name == "additionalproperties" or value is None or value in ("", [], {}):
        return
    if isinstance(value, Mapping):
        for inner, each in value.items():
            _into(found, f"{path}.{inner}", inner, each)
        return
    if name in _DEFAULTS and value == _DEFAULTS[name]:
        return
    if name in _FLAGS and isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if name == _RANGES and isinstance(value, list):
        value = [_address(each) for each in value]
    if isinstance(value, list):
        value = tuple(sorted(each if isinstance(each, str) else repr(each) for each in value))
    found[path.lower()] = path, value


def _address(each: Any) -> str:
    if isinstance(each, Mapping):
        return next((str(value) for key, value in each.items() if key.lower() == "cidraddress"), repr(each))
    return str(each)
