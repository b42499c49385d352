"""Weights of one's own: a TOML file that says, for all tenants or for one, which numbers are not as built in."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grantwatch.errors import UsageError
from grantwatch.signals import GROUPS, Signal, registered
from grantwatch.verdict.weights import Weights, made, raw, weights

__all__ = ["DEFAULT", "TenantWeights", "read_weights"]

DEFAULT = "default"
"""The section that holds for every tenant."""
_TENANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXAMPLE = '[default.signals]\n"network.hosting" = 1.8'
_Check = tuple[Callable[[Any], bool], str]


@dataclass(frozen=True, slots=True)
class TenantWeights:
    """The weights of every tenant: those of its own section, else those that hold for all."""

    default: Weights
    tenants: Mapping[str, Weights]
    """By tenant id, in lower case."""

    def of(self, tenant_id: str | None) -> Weights:
        """The weights of one tenant; those that hold for all where the logs do not name it."""
        return self.tenants.get((tenant_id or "").lower(), self.default)


def read_weights(path: str | os.PathLike[str], own: Iterable[Signal] = ()) -> TenantWeights:
    """Read a file with the sections `default` and tenant ids. A section holds only the keys that are to differ.

    What a tenant's section does not say is as in `default`, and what that does not say is as built in. `own`: signals
    that the file may weigh besides those of Grantwatch.
    Raises UsageError that names file, line and key, and what would be accepted.
    """
    import tomllib

    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{os.fspath(path)}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{os.fspath(path)}: is no UTF-8 text (byte {error.start})") from None
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{os.fspath(path)}: is no TOML: {error}; accepted is, for one:\n{_EXAMPLE}") from None
    return _Reader(os.fspath(path), text, {each.id: each for each in (*registered(), *own)}).read(tables)


class _Reader:
    def __init__(self, path: str, text: str, signals: Mapping[str, Signal]) -> None:
        self._path = path
        self._lines = dict(_keys(text))
        self._signals = signals

    def read(self, tables: Mapping[str, Any]) -> TenantWeights:
        """Every section, merged with what stands behind it."""
        by_id: dict[str, str] = {}
        for name, table in tables.items():
            if name != DEFAULT and not _TENANT.fullmatch(name.lower()):
                raise self._error((name,), f"{name!r} is no section; accepted are {DEFAULT} and tenant ids, in quotes")
            if not isinstance(table, dict):
                raise self._error((name,), f"{name!r} is no section; accepted is [{name}] with keys below it")
            if by_id.setdefault(name.lower(), name) != name:
                raise self._error((name,), f"{name!r} has two sections; accepted is one, in any case of letters")
        base, signals = raw(), dict(weights().signals)
        default = weights()
        if DEFAULT in tables:
            base, signals = self._merged((DEFAULT,), base, signals, tables[DEFAULT])
            default = made(base, signals=signals, name=f"{self._path}, {DEFAULT}")
        tenants = {}
        for name, table in tables.items():
            if name != DEFAULT:
                own, own_signals = self._merged((name,), base, signals, table)
                tenants[name.lower()] = made(own, signals=own_signals, name=f"{self._path}, {name.lower()}")
        return TenantWeights(default, tenants)

    def _merged(
        self, at: tuple[str, ...], base: Mapping[str, Any], signals: Mapping[str, float], said: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float]]:
        said = dict(said)
        weighed = said.pop("signals", {})
        found = self._table(at, base, said, extra=("signals",))
        if found["severity"] != base["severity"]:
            self._ordered((*at, "severity"), found["severity"])
        return found, {**signals, **self._weighed((*at, "signals"), weighed)}

    def _table(
        self, at: tuple[str, ...], base: Mapping[str, Any], said: Mapping[str, Any], extra: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        found = dict(base)
        for key, value in said.items():
            place = (*at, key)
            if key not in base:
                raise self._error(place, f"{key!r} is no key of {'.'.join(at)}; accepted are {_list([*base, *extra])}")
            if isinstance(base[key], dict):
                if not isinstance(value, dict):
                    raise self._error(place, f"{key!r} is a table; accepted are {_list(base[key])} below it")
                found[key] = self._table(place, base[key], value)
                continue
            fits, accepted = _check(key, base[key])
            if not fits(value):
                raise self._error(place, f"{key} = {value!r} is not accepted; it is {accepted}")
            found[key] = value
        return found

    def _ordered(self, at: tuple[str, ...], severity: Mapping[str, int]) -> None:
        found = list(severity.values())
        if found != sorted(set(found)) or found[0] != 0:
            told = ", ".join(f"{name} {least}" for name, least in severity.items())
            raise self._error(
                at, f"severities would begin at {told}; accepted is 0 first, and each higher than the last"
            )

    def _weighed(self, at: tuple[str, ...], said: Any) -> dict[str, float]:
        if not isinstance(said, dict):
            raise self._error(at, "'signals' is a table; accepted are ids of signals below it, in quotes")
        found: dict[str, float] = {}
        for id, value in said.items():
            place = (*at, id)
            signal = self._signals.get(id)
            if signal is None:
                raise self._error(place, self._no_signal(id, value))
            favour = signal.group == "favour"
            if not _number(value) or (value > 0 if favour else value < 0):
                least = "0 or less" if favour else "0 or more"
                raise self._error(place, f"{id} = {value!r} is not accepted; it is a number in log-odds, {least}")
            found[id] = float(value)
        return found

    def _no_signal(self, id: str, value: Any) -> str:
        if isinstance(value, dict):
            return (
                f'{id!r} is no signal; an id stands in quotes, as it has a dot in it: "{id}.{next(iter(value), "…")}"'
            )
        near = get_close_matches(id, self._signals, n=3, cutoff=0.5)
        nearest = f"nearest are {_list(near)}; " if near else ""
        return f"{id!r} is no signal; {nearest}accepted are those that `grantwatch signals list` names"

    def _error(self, key: tuple[str, ...], text: str) -> UsageError:
        """With the line of the key, or of the nearest table around it whose line is known."""
        for length in range(len(key), 0, -1):
            if key[:length] in self._lines:
                return UsageError(f"{self._path}:{self._lines[key[:length]]}: {text}")
        return UsageError(f"{self._path}: {text}")


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check(key: str, built_in: Any) -> _Check:
    """What a key accepts, by what stands there as built in."""
    if key == "favour_touches":
        groups = [group for group in GROUPS if group != "favour"]
        return lambda value: isinstance(value, list) and all(each in groups for each in value), (
            f"a list of {_list(groups)}"
        )
    if isinstance(built_in, bool | str | list):
        kind = type(built_in)
        return lambda value: type(value) is kind, f"a {kind.__name__}, such as {built_in!r}"
    if key == "prior":
        return _number, "a number, in log-odds"
    if built_in < 0:
        return lambda value: _number(value) and value <= 0, "a number, in log-odds, 0 or less"
    if key in ("rest_share", "certainty_share", "certainty_for_high"):
        return lambda value: _number(value) and 0 <= value <= 1, "a number from 0 to 1"
    if key in ("informational", "low", "medium", "high", "critical"):
        return lambda value: type(value) is int and 0 <= value <= 100, "a whole number from 0 to 100"
    if isinstance(built_in, int) and not key.endswith(("_days", "_hours", "_minutes")):
        return lambda value: type(value) is int and value >= 1, "a whole number, 1 or more"
    return lambda value: _number(value) and value > 0, "a number above 0"


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where each table and key stands. The parser keeps no lines, so they are read once more, one by one."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            header = _path(bare.partition("#")[0].strip())
            if header:
                table = header
                yield table, number
        elif "=" in bare and not bare.startswith("#"):
            path = _path(f"{_key(bare)} = 0")
            if path:
                yield from ((table + path[: length + 1], number) for length in range(len(path)))


def _key(line: str) -> str:
    """What stands before the first `=` that is not in quotes."""
    match = re.match(r"""(?:[^="']|"[^"]*"|'[^']*')*""", line)
    return match[0] if match else ""


def _path(line: str) -> tuple[str, ...]:
    """The keys that one line of TOML names, from the outermost on; none where it is no line of its own."""
    import tomllib

    try:
        node: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(node, dict) and len(node) == 1:
        name, node = next(iter(node.items()))
        path.append(name)
    return tuple(path)
