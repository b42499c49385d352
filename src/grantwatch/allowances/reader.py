"""Allowances from a YAML file: read whole, and every fault named with its line and column."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grantwatch import knowledge
from grantwatch.allowances.model import FORMAT, Allowance, Allowances, Group, Networks, Range, Subject
from grantwatch.allowances.nodes import ERROR, OPEN, Faults, Finding, composed, fields, items, near, text, where
from grantwatch.errors import UsageError
from grantwatch.profile.accounts import CLASSES

if TYPE_CHECKING:
    from yaml import Node

T = TypeVar("T")

__all__ = ["ANY", "GUID", "ID", "KEYS", "Reading", "message", "parse", "read"]

ANY = "any"
TOP = ("version", "groups", "allowances")
KEYS = ("id", "subject", "client", "resource", "network", "owner", "reason", "expires", "comment")
SUBJECT = ("user", "group", "class")
GROUP = ("id", "members")
LARGEST = 20_000_000
"""Bytes of a file that is looked at."""

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ASN = re.compile(r"AS(\d{1,10})", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NETWORK = "any, an address range such as 198.51.100.0/24, AS64496, or a country such as DE"
_REQUIRED = ("id", "subject", "client", "resource", "network", "reason", "expires")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. `allowances` holds what could be understood; with an error among the findings use none."""

    allowances: Allowances
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What makes the file unusable."""
        return tuple(each for each in self.findings if each.level == ERROR)


def read(path: str | os.PathLike[str]) -> Allowances:
    """The allowances of a file. Raises UsageError that names every fault by line and column, and what is accepted."""
    reading = parse(content(path), os.fspath(path))
    if reading.errors:
        raise UsageError(message(os.fspath(path), reading.errors))
    return reading.allowances


def content(path: str | os.PathLike[str]) -> str:
    """The text of a file. Raises UsageError where it cannot be read, is no UTF-8, or is larger than any such file."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{os.fspath(path)}: cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise UsageError(f"{os.fspath(path)}: is larger than {LARGEST // 10**6} MB: that is no list of allowances")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{os.fspath(path)}: is no UTF-8 text (byte {error.start})") from None


def message(name: str, findings: tuple[Finding, ...]) -> str:
    """Findings as lines of `file:line:column: text`."""
    return "\n".join(f"{name}:{each.line}:{each.column}: {each.text}" for each in findings)


def parse(source: str, name: str | None = None) -> Reading:
    """The same from a text; never raises for what stands in it."""
    faults = Faults()
    root = composed(source, faults)
    if root is None:
        return Reading(Allowances(source=name), faults.all)
    top = fields(root, TOP, "the file", faults)
    if top:
        _version(root, top, faults)
    groups = _groups(top["groups"][1], faults) if "groups" in top else {}
    found: dict[str, Allowance] = {}
    if "allowances" in top:
        for node in _listed(top["allowances"][1], faults):
            allowance = _allowance(node, groups, faults)
            if allowance and found.setdefault(allowance.id, allowance) is not allowance:
                faults.add(node, f"id {allowance.id!r} is that of the allowance in line {found[allowance.id].line} too")
    elif top:
        faults.add(root, "has no key allowances")
    return Reading(Allowances(tuple(found.values()), groups, name), faults.all)


def _version(root: Node, top: Mapping[str, tuple[Node, Node]], faults: Faults) -> None:
    if "version" not in top:
        faults.add(root, f"does not say its version; a line is missing: version: {FORMAT}")
        return
    said = text(top["version"][1], "version", faults)
    if said is not None and said != FORMAT:
        faults.add(top["version"][1], f"version {said!r} is not one that this program reads; accepted is {FORMAT}")


def _listed(node: Node, faults: Faults) -> list[Node]:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if isinstance(node, yaml.ScalarNode) and node.value.strip() in ("", "~", "null"):
        return []
    faults.add(node, "allowances is to be a list: each begins with a dash")
    return []


def _groups(node: Node, faults: Faults) -> dict[str, Group]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        faults.add(node, "groups is no mapping; accepted are names of groups, each with the keys id and members")
        return {}
    found: dict[str, Group] = {}
    for key, value in node.value:
        name = text(key, "the name of a group", faults)
        if name is None:
            continue
        at = where(key)
        if name in found:
            faults.add(key, f"group {name!r} stands twice, first in line {found[name].line}")
            continue
        said = fields(value, GROUP, f"group {name}", faults)
        id = text(said["id"][1], "id", faults) if "id" in said else None
        if id is not None and not GUID.fullmatch(id.lower()):
            faults.add(
                said["id"][1], f"{id!r} is no object id; accepted is one as 00000000-1111-2222-3333-444444444444"
            )
        members = items(said["members"][1], "members", faults) if "members" in said else []
        found[name] = Group(name, id and id.lower(), frozenset(each.lower() for _, each in members), at.line, at.column)
    return found


def _allowance(node: Node, groups: Mapping[str, Group], faults: Faults) -> Allowance | None:
    said = fields(node, KEYS, "an allowance", faults)
    if not said:
        return None
    for key in _REQUIRED:
        if key not in said:
            faults.add(node, f"this allowance has no {key}; it needs {', '.join(_REQUIRED)} and owner")
    id = text(said["id"][1], "id", faults) if "id" in said else None
    if id is not None and not ID.fullmatch(id):
        faults.add(
            said["id"][1], f"{id!r} is no id; accepted are up to 80 letters, digits, dots, dashes and underscores"
        )
    at = where(node)
    owner = text(said["owner"][1], "owner", faults, empty=True) if "owner" in said else None
    if not owner:
        faults.add(said["owner"][1] if "owner" in said else node, "has no owner: name who answers for it", OPEN)
    expires = _date(said["expires"][1], faults) if "expires" in said else None
    reason = text(said["reason"][1], "reason", faults) if "reason" in said else None
    comment = text(said["comment"][1], "comment", faults, empty=True) if "comment" in said else None
    return Allowance(
        id=id or f"line-{at.line}",
        subject=_subject(said["subject"][1], groups, faults) if "subject" in said else Subject(),
        clients=_applications(said["client"][1], "client", faults) if "client" in said else (),
        resources=_applications(said["resource"][1], "resource", faults) if "resource" in said else (),
        networks=_networks(said["network"][1], faults) if "network" in said else Networks(),
        owner=owner or None,
        reason=reason or "",
        expires=expires or date.min,
        comment=comment or "",
        line=at.line,
        column=at.column,
    )


def _subject(node: Node, groups: Mapping[str, Group], faults: Faults) -> Subject:
    said = fields(node, SUBJECT, "subject", faults)
    users = items(said["user"][1], "user", faults) if "user" in said else []
    for at, user in users:
        if user.lower() == ANY:
            faults.add(at, f"an allowance cannot be for any user; accepted are names, groups, or class: {CLASSES[0]}")
    named = items(said["group"][1], "group", faults) if "group" in said else []
    for at, name in named:
        if name not in groups:
            told = f"accepted are {', '.join(groups)}" if groups else "the file has no groups"
            faults.add(at, f"group {name!r} is not among the groups of the file{near(name, list(groups))}; {told}")
    classes = items(said["class"][1], "class", faults) if "class" in said else []
    for at, kind in classes:
        if kind not in CLASSES:
            faults.add(at, f"{kind!r} is no class of accounts{near(kind, CLASSES)}; accepted are {', '.join(CLASSES)}")
    if not said:
        faults.add(node, f"subject names nobody; accepted are the keys {', '.join(SUBJECT)}")
    return Subject(
        users=_once(user.lower() for _, user in users),
        groups=_once(name for _, name in named if name in groups),
        classes=_once(kind for _, kind in classes if kind in CLASSES),
    )


def _applications(node: Node, what: str, faults: Faults) -> tuple[str, ...]:
    """Ids of clients or resources; empty for any."""
    said = items(node, what, faults)
    if any(each.lower() == ANY for _, each in said):
        if len(said) > 1:
            faults.add(node, f"{what}: any stands for all, so nothing else can stand beside it")
        return ()
    known = knowledge.clients() if what == "client" else knowledge.resources()
    names = {each.name.lower(): each.id.lower() for each in known}
    spelled = [each.name for each in known]
    found = []
    for at, each in said:
        id = each.lower() if GUID.fullmatch(each.lower()) else names.get(each.lower())
        if id is None:
            hint = near(each, spelled)
            faults.add(at, f"{what} {each!r} is no application id and no known name{hint}; accepted are both, and any")
        else:
            found.append(id)
    return _once(found)


def _networks(node: Node, faults: Faults) -> Networks:
    ranges: list[Range] = []
    asns: list[int] = []
    countries: list[str] = []
    said = items(node, "network", faults)
    if any(each.lower() == ANY for _, each in said):
        if len(said) > 1:
            faults.add(node, "network: any stands for all, so nothing else can stand beside it")
        return Networks()
    for at, each in said:
        number = _ASN.fullmatch(each)
        if number and int(number[1]) < 2**32:
            asns.append(int(number[1]))
        elif _COUNTRY.fullmatch(each):
            countries.append(each.upper())
        else:
            try:
                ranges.append(ip_network(each))
            except ValueError as error:
                faults.add(at, f"network {each!r}: {_why(each, error)}; accepted are {_NETWORK}")
    return Networks(_once(ranges), _once(asns), _once(countries))


def _why(said: str, error: ValueError) -> str:
    if "host bits set" not in str(error):
        return "is no network"
    return f"has an address in it, the range is {ip_network(said, strict=False)}"


def _date(node: Node, faults: Faults) -> date | None:
    said = text(node, "expires", faults)
    if said is None:
        return None
    try:
        if _DATE.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    faults.add(node, f"expires {said!r} is no day; accepted is one as 2027-03-31, the last on which it holds (UTC)")
    return None


def _once(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))
