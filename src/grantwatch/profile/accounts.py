"""What kind of account each user is, where somebody says so: a TOML file of `"name or id" = "class"`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from grantwatch.errors import UsageError

__all__ = ["CLASSES", "accounts", "read_accounts"]

CLASSES = ("person", "device", "service", "guest")
"""`device`: a meeting room, phone or display. `service`: runs without a person."""
_EXAMPLE = '"room-4@example.com" = "device"'


def read_accounts(path: str | os.PathLike[str]) -> Mapping[str, str]:
    """Classes by principal name or object id in lower case. Raises UsageError that names line and accepted classes."""
    import tomllib

    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{os.fspath(path)}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{os.fspath(path)}: is no UTF-8 text (byte {error.start})") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{os.fspath(path)}: is no TOML: {error}; a line looks like {_EXAMPLE}") from None
    found: dict[str, str] = {}
    for name, kind in raw.items():
        if not isinstance(kind, str):
            raise UsageError(
                f"{_place(path, text, name)}: {name!r} has no class; a line looks like {_EXAMPLE}, the name in quotes"
            )
        if found.setdefault(name.strip().lower(), kind) != kind:
            raise UsageError(f"{_place(path, text, name)}: {name!r} has two classes, {found[name.strip().lower()]} too")
        if kind not in CLASSES:
            raise UsageError(f"{_place(path, text, name)}: {kind!r} is no class; accepted are {', '.join(CLASSES)}")
    return found


def accounts(stated: Mapping[str, str]) -> Mapping[str, str]:
    """The same from a program: names in lower case. Raises UsageError for a class that does not exist."""
    for name, kind in stated.items():
        if kind not in CLASSES:
            raise UsageError(f"accounts: {name}: {kind!r} is no class; accepted are {', '.join(CLASSES)}")
    return {name.strip().lower(): kind for name, kind in stated.items()}


def _place(path: str | os.PathLike[str], text: str, name: str) -> str:
    """`file:line` of the entry. The parser keeps no lines, so the last one that begins with the name is taken."""
    lines = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip().lstrip("[\"'").startswith(name) and not line.strip().startswith("#")
    ]
    return f"{os.fspath(path)}:{lines[-1]}" if lines else os.fspath(path)
