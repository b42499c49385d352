"""Where a command writes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grantwatch.errors import UsageError

__all__ = ["WIDTH_OF_A_FILE", "check_format", "check_output", "put", "write"]


WIDTH_OF_A_FILE = 140
"""Columns of a table that is written to a file."""


def check_format(given: str, accepted: Iterable[str]) -> None:
    """Raise UsageError for a format that the command does not write."""
    if given not in accepted:
        raise UsageError(f"--format {given}: accepted are {', '.join(accepted)}")


def check_output(output: str, option: str = "--output") -> None:
    """Refuse before the read what could not be written after it. Raises UsageError."""
    path = Path(output)
    if path.is_dir():
        raise UsageError(f"{option} {output}: is a folder; name a file in it")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{option} {output}: the folder {path.parent} is not there")
    if path.exists() and not path.is_file():
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"{option} {output}: cannot be written: {error.strerror or error}") from error


def put(output: str | None, data: bytes) -> None:
    """Write to the file named, or to standard output. Raises UsageError where that fails."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write(output, data)


def write(output: str, data: bytes, option: str = "--output") -> None:
    """Write whole or not at all: a file beside the target, then a rename. Raises UsageError where that fails.

    A device or a pipe is written to as it is.
    """
    from grantwatch.report.escape import terminal

    path = Path(output)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{option} {output}: cannot be written: {error.strerror or error}") from error
    sys.stderr.write(f"grantwatch: wrote {terminal(output)}\n")


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        # mkstemp makes the file private; a report holds personal data, so it stays so.
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
