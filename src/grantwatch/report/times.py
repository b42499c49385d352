"""Times as machines read them. Every time in a hunt is UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload

__all__ = ["iso", "iso_micro", "milliseconds"]


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


@overload
def iso(time: datetime) -> str: ...
@overload
def iso(time: None) -> None: ...
@overload
def iso(time: datetime | None) -> str | None: ...
def iso(time: datetime | None) -> str | None:
    """ISO 8601 in UTC with `Z`; a time without an offset is UTC. None stays None."""
    return None if time is None else _naive(time).isoformat() + "Z"


def iso_micro(time: datetime) -> str:
    """ISO 8601 with six digits of a second and `+00:00`: all of one length, so that text order is time order."""
    return _naive(time).isoformat(timespec="microseconds") + "+00:00"


def milliseconds(time: datetime) -> int:
    """Whole milliseconds since 1970 in UTC, rounded down."""
    delta = _naive(time) - datetime(1970, 1, 1)
    return (delta.days * 86_400 + delta.seconds) * 1_000 + delta.microseconds // 1_000
