"""What exported rules hold of the knowledge: lists by name, as of the day that the knowledge was last updated."""

from __future__ import annotations

import re
from collections.abc import Callable

from grantwatch import knowledge
from grantwatch.errors import DeclarationError
from grantwatch.signals.client import NO_CODE_NEEDED
from grantwatch.signals.network import RENTED

__all__ = ["expanded"]

Values = list[str] | list[int]
_NAME = re.compile(r"%(?P<list>[a-z_]+)\.(?P<kind>[a-z_]+)%")
_DATA = ("graph", "mail", "files")


def expanded(name: str, place: str) -> Values:
    """The values behind `%list.kind%`. Raises DeclarationError for a name that stands for nothing."""
    match = _NAME.fullmatch(name)
    found = _LISTS[match["list"]](match["kind"]) if match and match["list"] in _LISTS else []
    if not found:
        raise DeclarationError(f"{place}: {name!r} stands for no values; accepted are {', '.join(_LISTS)} with a kind")
    return found


def _clients(kind: str) -> Values:
    if kind == "no_code_needed":
        usual = [each for each in knowledge.clients() if each.kind in NO_CODE_NEEDED and not each.device_code_usual]
        return [each.id for each in usual]
    return [each.id for each in knowledge.clients() if each.kind == kind]


def _resources(kind: str) -> Values:
    return [each.id for each in knowledge.resources() if each.kind in (_DATA if kind == "data" else (kind,))]


def _codes(kind: str) -> Values:
    return [each.code for each in knowledge.codes() if each.kind == kind]


def _marks(kind: str) -> Values:
    day = knowledge.as_of()["marks.toml"]
    return [mark.pattern.pattern for mark in knowledge.marks() if mark.kind == kind and mark.expires >= day]


def _networks(kind: str) -> Values:
    day = knowledge.as_of()["networks.toml"]
    valid = [each for each in knowledge.networks() if not (each.expires and each.expires < day) and not each.doubtful]
    rented = [each for each in valid if each.kind in RENTED]
    if kind == "rented":
        return sorted({each.asn for each in rented if each.asn is not None})
    return [str(each.prefix) for each in rented if each.prefix is not None] if kind == "rented_prefixes" else []


def _operations(kind: str) -> Values:
    """Those that are told by their name: not those where only the content does it."""
    found = [each.name for each in knowledge.operations() if each.kind == kind and each.containing is None]
    return list(dict.fromkeys(found))


_LISTS: dict[str, Callable[[str], Values]] = {
    "clients": _clients,
    "resources": _resources,
    "codes": _codes,
    "marks": _marks,
    "networks": _networks,
    "operations": _operations,
}
