"""What of the logs was asked for: records outside of it are counted and left out before anything is kept of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from grantwatch.errors import UsageError

__all__ = ["AFTER", "BEFORE", "EVERYTHING", "OTHERS", "Scope", "moment", "scope"]

_BACK = re.compile(r"(\d{1,5})([dh])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MARK = "\x1f"
"""Stands between the names in a list: no log has it within a name."""
_KEPT = ("pass_id", "file_id", "claimed", "ignored", "time")
_NAMES = {"sign_in": (("upn", "user_key"),), "activity": (("actor_upn", "actor_id"), ("target_upn", "target_id"))}
"""By table the columns with a person's principal name and object id: whose doing it was, and to whom it was done."""

BEFORE, AFTER, OTHERS = "before --since", "after --until", "not of --user"


@dataclass(frozen=True, slots=True)
class Scope:
    """`since` (inclusive) and `until` (exclusive) are naive UTC; `users` are principal names or object ids."""

    since: datetime | None = None
    until: datetime | None = None
    users: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.users)

    def narrowed(self, table: str, columns: Sequence[str], shaped: str) -> str:
        """SQL for the rows of `shaped` as they are stored: of one outside nothing but that it was there, and when.

        A record without a usable time, or without the name that was asked for, stays: it may belong.
        """
        reason = f"CASE WHEN claimed AND ignored IS NULL THEN {self._reason(table)} END"
        stored = [
            f"coalesce(ignored, outside) AS {name}" if name == "ignored" else name if name in _KEPT else self._cut(name)
            for name in columns
        ]
        return f"SELECT {', '.join(stored)} FROM (SELECT *, {reason} AS outside FROM ({shaped}) AS shaped) AS told"

    def _reason(self, table: str) -> str:
        cases = []
        if self.since is not None:
            cases.append(f"WHEN time < TIMESTAMP '{self.since.isoformat(sep=' ')}' THEN '{BEFORE}'")
        if self.until is not None:
            cases.append(f"WHEN time >= TIMESTAMP '{self.until.isoformat(sep=' ')}' THEN '{AFTER}'")
        if self.users:
            named = " OR ".join(self._named(name, key) for name, key in _NAMES[table])
            matched = " OR ".join(self._matched(column) for pair in _NAMES[table] for column in pair)
            cases.append(f"WHEN ({named}) AND NOT ({matched}) THEN '{OTHERS}'")
        return f"CASE {' '.join(cases)} END"

    def _named(self, name: str, key: str) -> str:
        """SQL that is true where a row names a person in every way in which somebody was asked for."""
        told = [f"coalesce({name}, '') <> ''"] * any("@" in user for user in self.users)
        if any("@" not in user for user in self.users):
            told.append(f"(coalesce({key}, '') <> '' AND NOT contains({key}, '@'))")
        return f"({' AND '.join(told)})"

    def _matched(self, column: str) -> str:
        """SQL that is true where a column holds one of the names. Not IN: planned as a join, it loses row order."""
        asked = _MARK + _MARK.join(self.users) + _MARK
        text = asked.replace("'", "''")
        return f"contains('{text}', chr(31) || lower(coalesce({column}, '')) || chr(31))"

    @staticmethod
    def _cut(name: str) -> str:
        if name in ("flags", "content"):
            return f"CASE WHEN outside IS NULL THEN {name} ELSE 0 END AS {name}"
        return f"CASE WHEN outside IS NULL THEN {name} END AS {name}"


EVERYTHING = Scope()


def scope(since: str | None, until: str | None, users: Iterable[str], now: datetime | None = None) -> Scope:
    """The scope in a user's words. Raises UsageError that names the option and what it accepts.

    `now` is the clock (UTC) that `30d` counts back from; by default that of the machine.
    """
    clock = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    names = tuple(dict.fromkeys(user.strip().lower() for user in users))
    for name in names:
        if not name or _MARK in name:
            raise UsageError("--user: accepted is a user principal name or an object id")
    asked = Scope(
        moment("--since", since, clock) if since is not None else None,
        moment("--until", until, clock, whole_day=True) if until is not None else None,
        names,
    )
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise UsageError(f"--until {until}: lies before --since {since}, so that no record could be within")
    return asked


def moment(option: str, text: str, now: datetime, *, whole_day: bool = False) -> datetime:
    """A time as naive UTC: `2026-11-01`, `2026-11-01T12:30` (an offset counts), or `30d`, `12h` back from `now`.

    With `whole_day` a day alone means its end.
    """
    text = text.strip()
    back = _BACK.fullmatch(text)
    try:
        if back:
            return now - timedelta(**{"days" if back[2] == "d" else "hours": int(back[1])})
        told = datetime.fromisoformat(text)
        if told.tzinfo is not None:
            told = told.astimezone(UTC).replace(tzinfo=None)
        return told + timedelta(days=1) if whole_day and _DAY.fullmatch(text) else told
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{option} {text}: accepted are a day (2026-11-01), a time (2026-11-01T12:30, UTC unless it says "
            "otherwise), or how far back from now (30d, 12h)"
        ) from error
