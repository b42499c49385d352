"""`grantwatch usage`: check what was asked, hunt, take the inventory; propose allowances or check a file of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.allowances.nodes import ERROR, OPEN
from grantwatch.cli.guard import EXIT_FOUND, EXIT_USAGE
from grantwatch.cli.how import How, classes
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put, write
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError
from grantwatch.report.usage.model import Told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from grantwatch.usage.compare import Checked

__all__ = ["Wanted", "run_usage"]

FORMATS = ("table", "json", "csv", "html")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for beside the logs and how to show it."""

    stale: int
    include: Sequence[str]
    keep_out: Sequence[str]
    propose: str | None
    owner: str | None
    expires: int
    check: str | None
    force: bool


def run_usage(
    paths: Sequence[str], format_: str, output: str | None, read: How, wanted: Wanted, accounts: str | None = None
) -> int:
    """Take the inventory and show it; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, FORMATS)
    _check(paths, format_, output, wanted)
    stated = classes(accounts)
    checked = _checked(wanted.check, format_)
    if checked and checked.of(ERROR):
        _show(Told(checked=checked), format_, output)
        return EXIT_USAGE
    told = _taken(paths, read, stated, wanted, checked) if paths else Told(checked=checked)
    if wanted.propose and told.inventory and told.proposal:
        from grantwatch.usage.proposal_file import text

        write(wanted.propose, text(told.inventory, told.proposal).encode("utf-8"), option="--propose")
    _show(told, format_, output)
    return EXIT_FOUND if checked and checked.of(OPEN) else 0


def _check(paths: Sequence[str], format_: str, output: str | None, wanted: Wanted) -> None:
    """Refuse before the read what could not be done after it."""
    if not paths and not wanted.check:
        raise UsageError("PATH: nothing to read; accepted are exported logs, or --check FILE alone")
    if not paths and format_ not in ("table", "json"):
        raise UsageError(f"--format {format_}: shows an inventory; give PATH too, or use table or json")
    for name, number in (("--stale", wanted.stale), ("--expires", wanted.expires)):
        if not 1 <= number <= 3650:
            raise UsageError(f"{name} {number}: accepted is a number of days from 1 to 3650")
    if output is not None:
        check_output(output)
    elif format_ == "html" and sys.stdout.isatty():
        raise UsageError("--format html writes a page: add --output usage.html")
    if wanted.propose is None:
        if wanted.owner is not None:
            raise UsageError("--owner: fills in a proposal; give --propose FILE too")
        return
    if not paths:
        raise UsageError("--propose: a proposal rests on logs; give PATH too")
    if output is not None and Path(output).resolve() == Path(wanted.propose).resolve():
        raise UsageError("--propose and --output name the same file")
    check_output(wanted.propose, option="--propose")
    if Path(wanted.propose).exists() and not wanted.force:
        raise UsageError(
            f"--propose {wanted.propose}: is there already; name another file, or add --force to write over it"
        )


def _checked(file: str | None, format_: str) -> Checked | None:
    """The file of `--check`. Its errors are a message, but part of the answer where that is JSON."""
    if file is None:
        return None
    from grantwatch.allowances.reader import message
    from grantwatch.usage.compare import check

    try:
        checked = check(file, _today())
    except UsageError as error:
        raise UsageError(f"--check {error}") from None
    if checked.of(ERROR) and format_ != "json":
        raise UsageError(f"--check {message(file, checked.of(ERROR))}")
    return checked


def _taken(paths: Sequence[str], read: How, stated: Mapping[str, str], wanted: Wanted, checked: Checked | None) -> Told:
    from grantwatch.pipeline import hunt

    loads = ("grantwatch.usage", "grantwatch.report.usage.document")
    with enough(read["memory"]), reading() as progress:
        found = hunt(paths, progress=progress, afterwards=loads, accounts=stated, **read)
    from grantwatch.usage import inventory, propose
    from grantwatch.usage.compare import compare

    made = inventory(found, stale_days=wanted.stale, include=wanted.include, keep_out=wanted.keep_out)
    proposal = None
    if wanted.propose:
        proposal = propose(made, today=_today(), expires_days=wanted.expires, owner=wanted.owner)
    if checked:
        checked = replace(checked, compared=compare(checked.allowances, made, _today()))
    return Told(made, proposal, checked)


def _show(told: Told, format_: str, output: str | None) -> None:
    if format_ == "json":
        from grantwatch.report.usage import document

        put(output, document.dumps(told))
    elif format_ == "csv" and told.inventory:
        from grantwatch.report.usage import csv

        put(output, csv.encode(told.inventory))
        _tell_apart(told)
    elif format_ == "html" and told.inventory:
        from grantwatch.report.usage import html

        put(output, html.encode(told))
    else:
        _table(told, output)


def _table(told: Told, output: str | None) -> None:
    from grantwatch.report.usage import terminal

    if output is not None:
        put(output, terminal.text(told, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
        return
    from rich.console import Console

    terminal.render(told, Console(highlight=False))


def _tell_apart(told: Told) -> None:
    """A table of honest use has no place for what is no such use, nor for what could not be seen."""
    made = told.inventory
    lacking = (
        (
            (len(made.kept_out), "grant kept out", "grants kept out"),
            (len(made.attempts), "account with attempts only", "accounts with attempts only"),
            (len(made.not_assessed), "thing not assessed", "things not assessed"),
        )
        if made
        else ()
    )
    from grantwatch.report.words import plural

    said = ", ".join(plural(number, one, many) for number, one, many in lacking if number)
    if said:
        sys.stderr.write(f"grantwatch: beside these uses there are: {said}; --format table names them\n")


def _today() -> date:
    return datetime.now(UTC).date()
