"""`grantwatch hunt`: check what was asked, hunt, show."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.hunt import Hunt, hunt
from grantwatch.verdict.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run_hunt"]

_FORMATS = ("table", "json", "html")


def run_hunt(
    paths: Sequence[str], format_: str, output: str | None, fail_on: str | None, all_grants: bool, memory: str
) -> int:
    """Hunt and show; returns the exit code. Raises UsageError and InputError."""
    if format_ not in _FORMATS:
        raise UsageError(f"--format {format_}: accepted are {', '.join(_FORMATS)}")
    limit = _severity(fail_on)
    if not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?)?B", memory, re.IGNORECASE):
        raise UsageError(f"--memory {memory}: accepted is a size such as 700MB or 4GB")
    if output is not None and not Path(output).absolute().parent.is_dir():
        raise UsageError(f"--output {output}: the folder {Path(output).parent} is not there")
    if output is not None and Path(output).is_dir():
        raise UsageError(f"--output {output}: is a folder; name a file in it")
    if format_ == "html" and output is None and sys.stdout.isatty():
        raise UsageError("--format html writes a page: add --output report.html")
    with reading() as progress:
        found = hunt(paths, memory=memory, raw=format_ == "html", progress=progress)
    _show(found, format_, output, all_grants, paths)
    worst = max((each.verdict.severity for each in found.grants), default=Severity.NONE)
    worst = max([worst, *(incident.severity for incident in found.incidents)])
    return 1 if limit is not None and found.grants and worst >= limit else 0


def _severity(name: str | None) -> Severity | None:
    if name is None:
        return None
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
    _write(Path(output), data)
    sys.stderr.write(f"grantwatch: wrote {output}\n")


def _table(found: Hunt, output: str | None, all_grants: bool, paths: Sequence[str]) -> None:
    from grantwatch.report import terminal

    command = "grantwatch hunt " + " ".join(_shown(path) for path in paths)
    if output is not None:
        text = terminal.text(found, width=140, color=False, all_grants=all_grants, command=command)
        _write(Path(output), text.encode("utf-8", errors="replace"))
        sys.stderr.write(f"grantwatch: wrote {output}\n")
        return
    from rich.console import Console

    terminal.render(found, Console(highlight=False), all_grants=all_grants, command=command)


def _shown(path: str) -> str:
    import shlex

    return shlex.quote(path)


def _write(path: Path, data: bytes) -> None:
    """Write whole or not at all: a file beside the target, then a rename. Raises UsageError where that fails."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            # mkstemp makes the file private; a report holds personal data, so it stays so.
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"--output {path}: cannot be written: {error.strerror or error}") from error
