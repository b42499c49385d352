"""`grantwatch hunt`: check what was asked, hunt, show."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from grantwatch.cli.ending import is_last
from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.how import classes, panel
from grantwatch.cli.memory import enough
from grantwatch.cli.output import check_output, put
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.report.formats import FORMATS, Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grantwatch.cli.how import How
    from grantwatch.pipeline import Hunt
    from grantwatch.report.formats import Format
    from grantwatch.verdict.model import Severity

__all__ = ["run_hunt", "severity"]


def run_hunt(
    paths: Sequence[str],
    format_: str,
    output: str | None,
    fail_on: str | None,
    all_grants: bool,
    read: How,
    accounts: str | None = None,
    allowances: str | None = None,
    signals: Sequence[str] | None = None,
    weights: str | None = None,
) -> int:
    """Hunt and show; returns the exit code. Raises UsageError, DeclarationError and InputError."""
    if format_ not in FORMATS:
        raise UsageError(f"--format {format_}: accepted are {', '.join(FORMATS)}")
    form = FORMATS[format_]
    limit = severity(fail_on)
    if output is not None:
        check_output(output)
    elif not form.terminal and sys.stdout.isatty():
        raise UsageError(f"--format {format_} writes {form.purpose}: add --output {form.file}")
    stated, judges = classes(accounts), panel(signals, weights, allowances)
    from grantwatch.pipeline import hunt

    with enough(read["memory"]), reading() as progress:
        found = hunt(
            paths,
            raw=form.raw,
            progress=progress,
            afterwards=form.loads,
            accounts=stated,
            panel=judges,
            last=is_last(),
            **read,
        )
    given = {"--accounts": [accounts], "--signals": signals or [], "--weights": [weights], "--allowances": [allowances]}
    _show(found, form, output, Asked(all_grants, _command(paths, given)))
    if limit is None or not found.grants:
        return 0
    worst = max(each.verdict.severity for each in found.grants)
    worst = max([worst, *(incident.severity for incident in found.incidents)])
    return EXIT_FOUND if worst >= limit else 0


def _command(paths: Sequence[str], given: Mapping[str, Sequence[str | None]]) -> str:
    """What the reader typed, as far as it decides the verdicts."""
    options = [part for option, values in given.items() for value in values if value for part in (option, value)]
    return "grantwatch hunt " + " ".join(map(shlex.quote, [*paths, *options]))


def severity(name: str | None) -> Severity | None:
    """The limit that --fail-on names; None where it was not given. Raises UsageError."""
    if name is None:
        return None
    from grantwatch.verdict.model import Severity

    names = {severity.label: severity for severity in Severity if severity is not Severity.NONE}
    if name.lower() not in names:
        raise UsageError(f"--fail-on {name}: accepted are {', '.join(names)}")
    return names[name.lower()]


def _show(found: Hunt, form: Format, output: str | None, asked: Asked) -> None:
    if output is None and form.name == "table":
        _table(found, asked)
    else:
        put(output, form.encode(found, asked))
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
