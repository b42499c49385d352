"""Whether the process ends with the command that it runs: then nothing has to be taken apart at the end."""

from __future__ import annotations

__all__ = ["ends_here", "is_last"]

_LAST: list[bool] = []


def ends_here() -> None:
    """Say so, before the command runs."""
    _LAST.append(True)


def is_last() -> bool:
    """True where it was said."""
    return bool(_LAST)
