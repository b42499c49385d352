"""`grantwatch explain`: check what was asked, hunt, find the grant, explain it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from grantwatch.cli.how import How, classes, panel
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError

__all__ = ["run_explain"]

_ID = re.compile(r"[0-9a-fA-F]{1,16}")
"""What may be an id or its beginning, even where a file has that name."""


def run_explain(
    grant_id: str,
    paths: Sequence[str],
    format_: str,
    output: str | None,
    read: How,
    accounts: str | None = None,
    allowances: str | None = None,
    signals: Sequence[str] | None = None,
    weights: str | None = None,
) -> int:
    """Hunt, and explain one grant; returns the exit code. Raises UsageError, DeclarationError and InputError."""
    check_format(format_, ("table", "json"))
    if output is not None:
        check_output(output)
    if not _ID.fullmatch(grant_id.strip()) and (not grant_id.strip() or os.path.exists(grant_id)):  # noqa: PTH110
        raise UsageError(f"GRANT_ID {grant_id or '(empty)'}: is no id; accepted is: grantwatch explain GRANT_ID PATH…")
    stated, judges = classes(accounts), panel(signals, weights, allowances)
    from grantwatch.pipeline import hunt
    from grantwatch.verdict.pick import pick

    with enough(read["memory"]), reading() as progress:
        after = ("grantwatch.report.explained_page",)
        found = hunt(paths, progress=progress, afterwards=after, accounts=stated, panel=judges, **read)
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
