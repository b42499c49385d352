"""`grantwatch inspect`: check what was asked, read, show."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.cli.how import How
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading

__all__ = ["run_inspect"]


def run_inspect(paths: Sequence[str], format_: str, output: str | None, read: How) -> int:
    """Read and show what was read; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, ("table", "json"))
    if output is not None:
        check_output(output)
    from grantwatch.records.inspection import inspect

    with enough(read["memory"]), reading() as progress:
        found = inspect(paths, progress=progress, afterwards=("grantwatch.report.inspected",), **read)
    from grantwatch.report import inspected

    if format_ == "json":
        put(output, inspected.dumps(found))
    elif output is not None:
        put(output, inspected.text(found, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        inspected.render(found, Console(highlight=False))
    return 0
