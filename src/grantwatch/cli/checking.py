"""`grantwatch policy check`: check what was asked, read, judge, show."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.hunting import severity
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.errors import InputError

__all__ = ["run_check"]


def run_check(
    files: Sequence[str], before: Sequence[str], format_: str, output: str | None, fail_on: str | None
) -> int:
    """Check and show; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, ("table", "json", "sarif"))
    limit = severity(fail_on)
    if output is not None:
        check_output(output)
    from grantwatch.policy import read
    from grantwatch.policy.posture import check_posture
    from grantwatch.report import posture as shown

    export = read(files)
    if not export.policies and export.directory != type(export.directory)():
        raise InputError(f"{', '.join(files)}: no Conditional Access policy in them; give the file of policies too")
    found = check_posture(export, read(before) if before else None)
    if format_ == "json":
        put(output, shown.dumps(found))
    elif format_ == "sarif":
        from grantwatch.report import posture_sarif

        put(output, posture_sarif.encode(found))
    elif output is not None:
        put(output, shown.text(found, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        shown.render(found, Console(highlight=False))
    return EXIT_FOUND if limit is not None and found.worst >= limit else 0
