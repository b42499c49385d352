"""`grantwatch explain`: check what was asked, hunt, find the grant, explain it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grantwatch.cli.memory import check_memory, enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError

__all__ = ["run_explain"]


def run_explain(grant_id: str, paths: Sequence[str], format_: str, output: str | None, memory: str) -> int:
    """Hunt, and explain one grant; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, ("table", "json"))
    check_memory(memory)
    if output is not None:
        check_output(output)
    if not grant_id.strip() or Path(grant_id).exists():
        raise UsageError(f"GRANT_ID {grant_id or '(empty)'}: is no id; accepted is: grantwatch explain GRANT_ID PATH…")
    from grantwatch.hunt import hunt
    from grantwatch.verdict.pick import pick

    with enough(memory), reading() as progress:
        found = hunt(paths, memory=memory, progress=progress, afterwards=("grantwatch.report.explained_page",))
    from grantwatch.report import explained, explained_page

    told = explained.explained(found, pick(found.grants, grant_id))
    if format_ == "json":
        put(output, explained.dumps(told))
    elif output is not None:
        put(output, explained_page.text(told, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        explained_page.render(told, Console(highlight=False))
    return 0
