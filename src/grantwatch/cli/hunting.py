"""`grantwatch hunt`: check what was asked, hunt, show."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.records.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grantwatch.hunt import Hunt
    from grantwatch.verdict.model import Severity

__all__ = ["run_hunt"]

_FORMATS = ("table", "json", "html")
_NEEDED = {
    "table": ("grantwatch.report.terminal", "rich.console"),
    "json": ("grantwatch.report.document",),
    "html": ("grantwatch.report.html",),
}
"""What each format needs to be shown, loaded while DuckDB reads."""
LEAST_MEMORY = 64_000_000
"""Bytes below which DuckDB cannot even set up its tables."""


def run_hunt(
    paths: Sequence[str],
    format_: str,
    output: str | None,
    fail_on: str | None,
    all_grants: bool,
    memory: str,
    scope: Scope = EVERYTHING,
    unpack_limit: str | None = None,
) -> int:
    """Hunt and show; returns the exit code. Raises UsageError and InputError."""
    if format_ not in _FORMATS:
        raise UsageError(f"--format {format_}: accepted are {', '.join(_FORMATS)}")
    limit = _severity(fail_on)
    _check_memory(memory)
    unpack = _unpack(unpack_limit)
    if output is not None:
        _check_output(output)
    elif format_ == "html" and sys.stdout.isatty():
        raise UsageError("--format html writes a page: add --output report.html")
    from grantwatch.hunt import hunt

    with _enough(memory), reading() as progress:
        found = hunt(
            paths,
            memory=memory,
            unpack_limit=unpack,
            raw=format_ == "html",
            progress=progress,
            afterwards=_NEEDED[format_],
            scope=scope,
        )
    _show(found, format_, output, all_grants, paths)
    if limit is None or not found.grants:
        return 0
    worst = max(each.verdict.severity for each in found.grants)
    worst = max([worst, *(incident.severity for incident in found.incidents)])
    return EXIT_FOUND if worst >= limit else 0


def _bytes(size: str) -> float:
    """A size such as 700MB, 4GB or 1GiB in bytes; 0 where it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B", size.strip(), re.IGNORECASE)
    return float(match[1]) * (1024 if match[3] else 1000) ** " KMGT".index(match[2].upper() or " ") if match else 0


def _unpack(size: str | None) -> int | None:
    if size is None:
        return None
    if not _bytes(size):
        raise UsageError(f"--unpack-limit {size}: accepted is a size such as 500MB, 200GB or 1TB")
    return int(_bytes(size))


def _check_memory(size: str) -> None:
    if _bytes(size) < LEAST_MEMORY:
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
    from grantwatch.records.limits import is_full

    try:
        yield
    except Exception as error:
        if is_full(error):
            raise UsageError(
                "the disk is full: archives are unpacked in the temporary folder, and what does not fit in memory is "
                "spilled to it; give --temp-dir a folder with more room"
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


def _show(found: Hunt, format_: str, output: str | None, all_grants: bool, paths: Sequence[str]) -> None:
    if format_ == "table":
        _table(found, output, all_grants, paths)
        return
    if format_ == "json":
        from grantwatch.report.document import dumps

        data = dumps(found)
    else:
        from grantwatch.report.html import render

        data = render(found).encode("utf-8", errors="replace")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    _write(output, data)


def _table(found: Hunt, output: str | None, all_grants: bool, paths: Sequence[str]) -> None:
    from grantwatch.report import terminal

    command = "grantwatch hunt " + " ".join(_shown(path) for path in paths)
    if output is not None:
        text = terminal.text(found, width=140, color=False, all_grants=all_grants, command=command)
        _write(output, text.encode("utf-8", errors="replace"))
        return
    from rich.console import Console

    terminal.render(found, Console(highlight=False), all_grants=all_grants, command=command)


def _shown(path: str) -> str:
    import shlex

    return shlex.quote(path)


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
