"""`grantwatch hunt`: check what was asked, hunt, show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.memory import check_memory, enough
from grantwatch.cli.output import check_output, write
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


def run_hunt(
    paths: Sequence[str],
    format_: str,
    output: str | None,
    fail_on: str | None,
    all_grants: bool,
    memory: str,
    scope: Scope = EVERYTHING,
) -> int:
    """Hunt and show; returns the exit code. Raises UsageError and InputError."""
    if format_ not in _FORMATS:
        raise UsageError(f"--format {format_}: accepted are {', '.join(_FORMATS)}")
    limit = _severity(fail_on)
    check_memory(memory)
    if output is not None:
        check_output(output)
    elif format_ == "html" and sys.stdout.isatty():
        raise UsageError("--format html writes a page: add --output report.html")
    from grantwatch.hunt import hunt

    with enough(memory), reading() as progress:
        found = hunt(
            paths, memory=memory, raw=format_ == "html", progress=progress, afterwards=_NEEDED[format_], scope=scope
        )
    _show(found, format_, output, all_grants, paths)
    if limit is None or not found.grants:
        return 0
    worst = max(each.verdict.severity for each in found.grants)
    worst = max([worst, *(incident.severity for incident in found.incidents)])
    return EXIT_FOUND if worst >= limit else 0


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
    write(output, data)


def _table(found: Hunt, output: str | None, all_grants: bool, paths: Sequence[str]) -> None:
    from grantwatch.report import terminal

    command = "grantwatch hunt " + " ".join(_shown(path) for path in paths)
    if output is not None:
        text = terminal.text(found, width=140, color=False, all_grants=all_grants, command=command)
        write(output, text.encode("utf-8", errors="replace"))
        return
    from rich.console import Console

    terminal.render(found, Console(highlight=False), all_grants=all_grants, command=command)


def _shown(path: str) -> str:
    import shlex

    return shlex.quote(path)
