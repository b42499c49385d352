"""`grantwatch hunt`: check what was asked, hunt, show."""

from __future__ import annotations

import errno
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.report.formats import FORMATS, Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grantwatch.hunt import Hunt
    from grantwatch.report.formats import Format
    from grantwatch.verdict.model import Severity

__all__ = ["run_hunt"]

LEAST_MEMORY = 64_000_000
"""Bytes below which DuckDB cannot even set up its tables."""


def run_hunt(
    paths: Sequence[str], format_: str, output: str | None, fail_on: str | None, all_grants: bool, memory: str
) -> int:
    """Hunt and show; returns the exit code. Raises UsageError and InputError."""
    if format_ not in FORMATS:
        raise UsageError(f"--format {format_}: accepted are {', '.join(FORMATS)}")
    form = FORMATS[format_]
    limit = _severity(fail_on)
    _check_memory(memory)
    if output is not None:
        _check_output(output)
    elif not form.terminal and sys.stdout.isatty():
        raise UsageError(f"--format {format_} writes {form.purpose}: add --output {form.file}")
    from grantwatch.hunt import hunt

    with _enough(memory), reading() as progress:
        found = hunt(paths, memory=memory, raw=form.raw, progress=progress, afterwards=form.loads)
    _show(found, form, output, Asked(all_grants, "grantwatch hunt " + " ".join(map(shlex.quote, paths))))
    if limit is None or not found.grants:
        return 0
    worst = max(each.verdict.severity for each in found.grants)
    worst = max([worst, *(incident.severity for incident in found.incidents)])
    return EXIT_FOUND if worst >= limit else 0


def _check_memory(size: str) -> None:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B", size.strip(), re.IGNORECASE)
    bytes_ = float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper() or " ") if match else 0
    if bytes_ < LEAST_MEMORY:
        least = f"{LEAST_MEMORY // 10**6}MB"
        raise UsageError(f"--memory {size}: accepted is a size of {least} or more, such as 700MB or 4GB")


def _check_output(output: str) -> None:
    """Refuse before the read what could not be written after it."""
    path = Path(output)
    if path.is_dir():
        raise UsageError(f"--output {output}: is a folder; name a file in it")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"--output {output}: the folder {path.parent} is not there")
    if path.exists() and not path.is_file():
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _enough(memory: str) -> Iterator[None]:
    """Turn DuckDB's out of memory and out of disk into words."""
    try:
        yield
    except Exception as error:
        text = str(error)
        if "temp_directory_size" in text or "No space left" in text or getattr(error, "errno", None) == errno.ENOSPC:
            raise UsageError(
                "the disk is full: what does not fit in memory is spilled to the temporary folder; "
                "set TMPDIR to one with more room"
            ) from error
        if type(error).__name__ == "OutOfMemoryException" or isinstance(error, MemoryError):
            raise UsageError(f"--memory {memory}: is not enough for these logs; give more") from error
        raise


def _severity(name: str | None) -> Severity | None:
    if name is None:
        return None
    from grantwatch.verdict.model import Severity

    names = {severity.label: severity for severity in Severity if severity is not Severity.NONE}
    if name.lower() not in names:
        raise UsageError(f"--fail-on {name}: accepted are {', '.join(names)}")
    return names[name.lower()]


def _show(found: Hunt, form: Format, output: str | None, asked: Asked) -> None:
    if output is not None:
        _write(output, form.encode(found, asked))
    elif form.name == "table":
        _table(found, asked)
    else:
        sys.stdout.buffer.write(form.encode(found, asked))
        sys.stdout.buffer.flush()
    if not form.coverage:
        _tell_unseen(found)


def _table(found: Hunt, asked: Asked) -> None:
    """On standard output the table fits the window, and has its colours."""
    from rich.console import Console

    from grantwatch.report import terminal

    terminal.render(found, Console(highlight=False), all_grants=asked.all_grants, command=asked.command)


def _tell_unseen(found: Hunt) -> None:
    """For a format that has no place for it: an empty answer over half of the logs must not pass for a clean one."""
    from grantwatch.report.words import plural

    lacking = (
        (len(found.coverage.blind), "limit of coverage", "limits of coverage"),
        (len(found.blind_signals), "blind signal", "blind signals"),
        (len(found.unread), "unread file", "unread files"),
        (found.records.quarantined, "quarantined record", "quarantined records"),
    )
    told = ", ".join(plural(number, one, many) for number, one, many in lacking if number)
    if told:
        sys.stderr.write(f"grantwatch: not everything was assessed: {told}; --format table names them\n")


def _write(output: str, data: bytes) -> None:
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
        raise UsageError(f"--output {output}: cannot be written: {error.strerror or error}") from error
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
