"""Standard input as one more file: kept in the workspace, since a file is looked at more than once."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from grantwatch.errors import UsageError
from grantwatch.records.containers import Given

__all__ = ["NAME", "spooled"]

NAME = "-"
_SHOWN = "standard input"
_CHUNK = 1 << 20


def spooled(workspace: Path) -> Given:
    """All of standard input, on disk. Raises UsageError where there is none, or where it would be typed."""
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or sys.stdin.closed:
        raise UsageError("-: there is no standard input to read")
    if sys.stdin.isatty():
        raise UsageError("-: standard input is a terminal; send logs into it: zcat signins.json.gz | grantwatch hunt -")
    target = workspace / "standard-input"
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
    return Given(_SHOWN, str(target), copy=True)
