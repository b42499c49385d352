"""Exported files: policies and their companions, told apart by their keys, in any mix of files.

A file holds what Graph answers (`{"value": […]}`), a list, one object, JSON lines, or an object that names its lists
(`{"policies": […], "namedLocations": […], "groups": […], "directoryRoles": […], "users": […]}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from grantwatch.errors import InputError
from grantwatch.policy import companions, reading
from grantwatch.policy.directory import Directory
from grantwatch.policy.model import Policy

__all__ = ["Export", "Raw", "parse", "raw", "read"]

_LISTS = {
    "value": "",
    "policies": "policy",
    "conditionalaccesspolicies": "policy",
    "namedlocations": "location",
    "groups": "group",
    "directoryroles": "role",
    "users": "user",
}
_ACCEPTED = (
    "a Conditional Access policy (conditions, state), a named location (ipRanges or countriesAndRegions), "
    "a group with its members, a directory role (roleTemplateId) or a user (userPrincipalName), as Graph returns them"
)
_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """What the files hold: policies in the order of name and id, and what was exported beside them."""

    policies: tuple[Policy, ...]
    directory: Directory
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What is missing of it: pages that were not fetched."""


def read(paths: Sequence[str | Path]) -> Export:
    """Read exported files, together. Raises InputError that names file, policy and JSON path, and what is accepted."""
    if not paths:
        raise InputError(f"no file was given; accepted are JSON files of {_ACCEPTED}")
    return parse((str(path), _bytes(Path(path))) for path in paths)


def parse(files: Iterable[tuple[str, bytes]]) -> Export:
    """As `read`, from names and bytes."""
    policies: dict[object, tuple[Policy, Mapping[str, Any]]] = {}
    found = companions.Found()
    names: list[str] = []
    notes: list[str] = []
    for name, data in files:
        names.append(name)
        for kind, path, value in _objects(name, data, notes):
            place = f"{name}: {path}" if path else name
            if kind == "policy":
                _add(policies, reading.policy(value, name, path), value)
            else:
                found.add(kind, value, place)
    ordered = sorted((policy for policy, _ in policies.values()), key=lambda each: (each.name, each.id, each.file))
    return Export(tuple(ordered), found.directory(), tuple(names), tuple(notes))


@dataclass(frozen=True, slots=True)
class Raw:
    """One object as it was exported. `kind` is policy, location, group, role or user; `place` is file and path."""

    kind: str
    place: str
    value: Mapping[str, Any]


def raw(paths: Sequence[str | Path]) -> tuple[Raw, ...]:
    """The objects of exported files as they stand in them. Raises InputError for what is no such object."""
    notes: list[str] = []
    return tuple(
        Raw(kind, f"{path}: {within}" if within else str(path), value)
        for path in paths
        for kind, within, value in _objects(str(path), _bytes(Path(path)), notes)
    )


def _add(policies: dict[object, tuple[Policy, Mapping[str, Any]]], policy: Policy, value: Mapping[str, Any]) -> None:
    """One policy. The same one twice counts once; two that differ are not for us to choose from."""
    key: object = policy.id.lower() or (policy.file, policy.path)
    before = policies.setdefault(key, (policy, value))
    first = before[0]
    if replace(first, file=policy.file, path=policy.path) != policy:
        raise InputError(
            f"policy {policy.label!r:.120} stands twice and differs: in {first.file} and in {policy.file}; "
            "give the files of one day, and an older export with --before"
        )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path}: is larger than {_LARGEST // 1024**2} MB; export policies and groups apart")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _text(name: str, data: bytes) -> str:
    coding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not {coding.upper().removesuffix('-SIG')} text: {error}") from None


def _objects(name: str, data: bytes, notes: list[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every object of a file: what it is, its path, and itself."""
    text = _text(name, data)
    try:
        yield from _within(name, "", orjson.loads(text), "", notes)
        return
    except orjson.JSONDecodeError as error:
        lines = text.splitlines()
        first = next((line for line in lines if line.strip()), "")
        try:
            several = isinstance(orjson.loads(first), dict)
        except orjson.JSONDecodeError:
            several = False
        if not several:
            raise InputError(f"{name}: line {error.lineno}, column {error.colno}: is not JSON: {error.msg}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise InputError(f"{name}: line {number}, column {error.colno}: is not JSON: {error.msg}") from None
        yield from _within(name, f"line {number}", value, "", notes)


def _within(
    name: str, path: str, value: object, kind: str, notes: list[str]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    place = f"{name}: {path}" if path else name
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _within(name, f"{path}[{number}]", each, kind, notes)
        return
    if not isinstance(value, dict):
        raise InputError(f"{place}: {value!r:.60} is no object; accepted is {_ACCEPTED}")
    keys = {key.lower(): key for key in value}
    told = kind or _kind(value, keys)
    if told:
        yield told, path, value
        return
    lists = [key for key in _LISTS if isinstance(value.get(keys.get(key, "")), list)]
    if not lists:
        raise InputError(f"{place}: keys {', '.join(list(value)[:6]) or '(none)'}; accepted is {_ACCEPTED}")
    if "@odata.nextlink" in keys:
        notes.append(f"{place}: is one page of several (@odata.nextLink): what the others hold is not known")
    for key in lists:
        inner = f"{path}.{keys[key]}" if path else keys[key]
        yield from _within(name, inner, value[keys[key]], _LISTS[key], notes)


def _kind(value: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    """What an object is, by its keys; empty for one that holds lists of others, or for none that is known."""
    type_ = str(value.get(keys.get("@odata.type", ""), "")).lower()
    if "conditions" in keys or type_.endswith("conditionalaccesspolicy"):
        return "policy"
    if type_.endswith("namedlocation") or "ipranges" in keys or "countriesandregions" in keys:
        return "location"
    if "roletemplateid" in keys:
        return "role"
    if type_.endswith(".user") or "userprincipalname" in keys:
        return "user"
    grouped = type_.endswith(".group") or "securityenabled" in keys or "grouptypes" in keys
    return "group" if grouped or ("members" in keys and "id" in keys) else ""
