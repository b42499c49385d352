"""`grantwatch rules run`: check what was asked, run, show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.how import How
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.rules.model import LEVELS, Outcome

if TYPE_CHECKING:
    from grantwatch.rules.model import RulesRun

__all__ = ["run_rule"]

_MOST_RECORDS = 100_000


def run_rule(
    paths: Sequence[str],
    rules: Sequence[str],
    format_: str,
    output: str | None,
    fail_on: str | None,
    all_rules: bool,
    records: int,
    read: How,
) -> int:
    """Run rules and show; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, ("table", "json"))
    if fail_on is not None and fail_on.lower() not in LEVELS:
        raise UsageError(f"--fail-on {fail_on}: accepted are {', '.join(LEVELS)}")
    if not 0 <= records <= _MOST_RECORDS:
        raise UsageError(f"--records {records}: accepted is a number from 0 to {_MOST_RECORDS}")
    if output is not None:
        check_output(output)
    from grantwatch.rules.run import run_rules

    # A table names the first record of each rule.
    listed = records if format_ == "json" else 1
    with enough(read["memory"]), reading() as progress:
        found = run_rules(rules, paths, listed=listed, progress=progress, **read)
    _show(found, format_, output, all_rules)
    if fail_on is None:
        return 0
    loud = LEVELS[LEVELS.index(fail_on.lower()) :]
    return EXIT_FOUND if any(each.matches and each.level in loud for each in found.results) else 0


def _show(found: RulesRun, format_: str, output: str | None, every: bool) -> None:
    if format_ == "json":
        from grantwatch.rules.document import dumps

        put(output, dumps(found))
        _tell_unseen(found)
        return
    from grantwatch.rules import page

    if output is not None:
        put(output, page.text(found, WIDTH_OF_A_FILE, every=every).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        page.render(found, Console(highlight=False), every=every)


def _tell_unseen(found: RulesRun) -> None:
    """A list of matches must not pass for all that there is."""
    left = [each for each in found.results if each.outcome is not Outcome.RAN]
    if left:
        sys.stderr.write(f"grantwatch: {len(left)} of {len(found.results)} rules were not assessed in full\n")
