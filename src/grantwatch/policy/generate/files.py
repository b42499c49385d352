"""A set as a folder: what Graph would return once it is there, a manifest, and how to undo it; and back again.

groups.json  namedLocations.json  policies.json     {"value": […]}, as Graph v1.0 answers
manifest.json                                       order, references, members with their reasons, gaps, digest
rollback.json                                       what to delete, in which order
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from grantwatch import __version__
from grantwatch.errors import InputError, UsageError
from grantwatch.policy.generate.model import Gap, Kind, Level, Loaded, Member, Object, PolicySet
from grantwatch.policy.generate.rollback import fresh

__all__ = ["FILES", "FORMAT", "check_folder", "contents", "exported", "load", "manifest", "write"]

Json = dict[str, Any]

FORMAT = "grantwatch-policy-set/1"
FILES = {Kind.LOCATION: "namedLocations.json", Kind.GROUP: "groups.json", Kind.POLICY: "policies.json"}
MANIFEST, ROLLBACK = "manifest.json", "rollback.json"
_ENDPOINTS = {
    Kind.LOCATION: "/identity/conditionalAccess/namedLocations",
    Kind.GROUP: "/groups",
    Kind.POLICY: "/identity/conditionalAccess/policies",
}
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\n]")
_ALL = (*FILES.values(), MANIFEST, ROLLBACK)


def digest(bodies: list[Json]) -> str:
    """One for all objects, whatever the order of their keys."""
    whole = hashlib.sha256()
    for body in bodies:
        whole.update(json.dumps(body, sort_keys=True).encode())
    return f"sha256:{whole.hexdigest()}"


def contents(made: PolicySet) -> dict[str, bytes]:
    """Every file of a set. The same set gives the same bytes."""
    found = {name: _bytes({"value": [each.body for each in made.of(kind)]}) for kind, name in FILES.items()}
    return {**found, MANIFEST: _bytes(manifest(made)), ROLLBACK: _bytes(fresh(made))}


def manifest(made: PolicySet) -> Json:
    """What stands in `manifest.json`."""
    return {
        "format": FORMAT,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "graph": "v1.0",
        "on": made.on.isoformat(),
        "next_expiry": made.next_expiry.isoformat() if made.next_expiry else None,
        "allowances": {
            "file": made.source,
            "used": list(made.used),
            "left_out": [{"allowance": each.allowance, "line": each.line, "why": each.why} for each in made.left_out],
        },
        "objects": [_object(number, each) for number, each in enumerate(made.objects, 1)],
        "placeholders": _placeholders(made),
        "gaps": [_gap(each) for each in made.gaps],
        "digest": digest([each.body for each in made.objects]),
    }


def _object(number: int, each: Object) -> Json:
    return {
        "step": number,
        "key": each.key,
        "kind": each.kind.value,
        "name": each.name,
        "description": each.description,
        "file": FILES[each.kind],
        "request": f"POST {_ENDPOINTS[each.kind]}",
        "leave_out": ["id", "members"] if each.kind is Kind.GROUP else ["id"],
        "placeholder": each.id,
        "references": [{"path": ref.path, "key": ref.key} for ref in each.references],
        "allowances": list(each.allowances),
        "members": [_member(member) for member in each.members],
        "digest": digest([each.body]),
    }


def _member(each: Member) -> Json:
    return {
        "id": each.id if each.known else None,
        "placeholder": None if each.known else each.id,
        "upn": each.upn,
        "class": each.kind,
        "because": [
            {
                "allowance": because.allowance,
                "line": because.line,
                "expires": because.expires.isoformat(),
                "grant_ids": list(because.grant_ids),
            }
            for because in each.because
        ],
    }


def _placeholders(made: PolicySet) -> list[Json]:
    """Ids that stand in for others, and how whoever applies the set finds the real ones."""
    found = [
        {"placeholder": each.id, "kind": each.kind.value, "name": each.name, "lookup": "the id that step returns"}
        for each in made.objects
    ]
    users = {member.id: member.upn or "" for each in made.objects for member in each.members if not member.known}
    for id, upn in sorted(users.items(), key=lambda each: each[1]):
        quoted = upn.replace("'", "''")
        lookup = f"GET /users?$filter=userPrincipalName eq '{quoted}'&$select=id"
        found.append({"placeholder": id, "kind": "user", "name": upn, "lookup": lookup})
    return found


def _gap(each: Gap) -> Json:
    return {
        "level": each.level.value,
        "allowance": each.allowance,
        "sentence": each.sentence,
        "fix": each.fix,
        "placeholder": each.placeholder,
    }


def _bytes(value: Json) -> bytes:
    """Readable in a review, and harmless in a terminal: what cannot be printed is an escape."""
    return (_UNPRINTABLE.sub(_escaped, json.dumps(value, indent=2, ensure_ascii=False)) + "\n").encode()


def _escaped(match: re.Match[str]) -> str:
    sign = match.group()
    return sign if sign.isprintable() else json.dumps(sign)[1:-1]


# -- writing


def exported(folder: Path) -> list[str]:
    """The files of a folder that hold what Graph returns: of a set those, of any other folder every `*.json`."""
    found = {file.name: str(file) for file in sorted(folder.glob("*.json"))}
    if set(_ALL) <= set(found):
        return [found[name] for name in FILES.values()]
    return list(found.values())


def check_folder(folder: str | os.PathLike[str], *, force: bool) -> None:
    """Raise UsageError where a set cannot be written: no parent, something there already, files that are not ours."""
    path = Path(folder)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"--out {folder}: the folder {path.parent} is not there")
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise UsageError(f"--out {folder}: is no folder; name one that is not there yet")
    names = sorted(each.name for each in path.iterdir()) if path.is_dir() else []
    foreign = [name for name in names if name not in _ALL]
    if foreign:
        raise UsageError(
            f"--out {folder}: holds other files ({', '.join(foreign[:3])}); accepted is a folder of its own, also with "
            "--force"
        )
    if names and not force:
        raise UsageError(f"--out {folder}: holds a set already; name another folder, or add --force to replace it")


def write(folder: str | os.PathLike[str], made: PolicySet, *, force: bool = False) -> None:
    """Write the whole set or nothing: a folder beside it, then a rename. Raises UsageError, as `check_folder` does."""
    check_folder(folder, force=force)
    path = Path(folder).absolute()
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name[:100]}.", dir=path.parent))
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be written: {error.strerror or error}") from error
    try:
        new, old = beside / "new", beside / "old"
        new.mkdir(mode=0o700)
        for name, data in contents(made).items():
            (new / name).write_bytes(data)
        if path.is_dir():
            path.rename(old)
        try:
            new.rename(path)
        except OSError:
            if old.is_dir():
                old.rename(path)
            raise
    except OSError as error:
        raise UsageError(f"--out {folder}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


# -- reading


def load(folder: str | os.PathLike[str]) -> Loaded:
    """Read a folder that `write` made. Raises InputError that names the file and what is wrong in it."""
    path = Path(folder)
    told = _read(path / MANIFEST)
    if told.get("format") != FORMAT:
        said = told.get("format")
        raise InputError(f"{path / MANIFEST}: format {said!r:.60} is not one that this version reads ({FORMAT})")
    bodies: dict[str, Json] = {}
    for name in FILES.values():
        value = _read(path / name).get("value")
        if not isinstance(value, list) or not all(isinstance(each, dict) and each.get("id") for each in value):
            raise InputError(f'{path / name}: accepted is {{"value": [\u2026]}} with objects that have an id')
        for each in value:
            if bodies.setdefault(str(each["id"]).lower(), each) is not each:
                raise InputError(f"{path / name}: id {each['id']!r:.60} stands twice")
    objects: list[Object] = []
    edited: list[str] = []
    try:
        for each in told["objects"]:
            body = bodies.pop(each["placeholder"])
            objects.append(Object(each["key"], Kind(each["kind"]), str(body["displayName"]), body, each["description"]))
            if digest([body]) != each["digest"]:
                edited.append(each["key"])
        gaps = tuple(
            Gap(Level(each["level"]), each["allowance"], each["sentence"], each["fix"], each["placeholder"])
            for each in told["gaps"]
        )
        users = {each["placeholder"]: each["name"] for each in told["placeholders"] if each["kind"] == "user"}
        on, whole = str(told["on"]), str(told["digest"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path / MANIFEST}: does not fit its objects: {error!r:.120}; generate the set again"
        ) from None
    if bodies:
        names = ", ".join(repr(each.get("displayName")) for each in bodies.values())
        raise InputError(f"{path}: {names:.200} stand in no manifest; take them out, or generate the set again")
    return Loaded(str(folder), on, whole, tuple(objects), gaps, tuple(edited), users)


def _read(path: Path) -> Json:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read: {error.strerror or error}; accepted is a folder that `policy generate` wrote"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is no UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: line {error.lineno}, column {error.colno}: is not JSON: {error.msg}") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}: is no JSON object")
    return found
