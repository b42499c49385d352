"""`grantwatch policy replay`: check what was asked, read policies, hunt, replay, show."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.how import How, allowed, classes
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading
from grantwatch.errors import InputError, UsageError

if TYPE_CHECKING:
    from grantwatch.policy import Export
    from grantwatch.replay import Replay

__all__ = ["Wanted", "run_replay"]

FORMATS = ("table", "json", "csv")
HONEST, ATTACK, DIFFERS = "honest-blocked", "attack-passes", "differs"
FAILURES = (HONEST, ATTACK, DIFFERS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for beside the logs and how to show it."""

    policies: Sequence[str]
    candidate: Sequence[str]
    days: int | None
    enforce: bool
    include: Sequence[str]
    keep_out: Sequence[str]
    fail_on: Sequence[str]


def run_replay(
    paths: Sequence[str],
    format_: str,
    output: str | None,
    read: How,
    wanted: Wanted,
    accounts: str | None = None,
    allowances: str | None = None,
) -> int:
    """Replay and show; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, FORMATS)
    _check(wanted)
    if output is not None:
        check_output(output)
    stated, approved = classes(accounts), allowed(allowances)
    today = _export("--policies", wanted.policies)
    candidate = _export("--candidate", wanted.candidate) if wanted.candidate else None
    from grantwatch.pipeline import hunt

    loads = ("grantwatch.replay", "grantwatch.report.replay.document")
    with enough(read["memory"]), reading() as progress:
        found = hunt(paths, progress=progress, afterwards=loads, accounts=stated, **read)
    from grantwatch.replay import replay

    # What the hunt made stays until the end: to look through it again and again for garbage takes a fifth of the time.
    gc.freeze()
    made = replay(
        found,
        today,
        candidate,
        days=wanted.days,
        enforce=wanted.enforce,
        allowances=approved,
        include=wanted.include,
        keep_out=wanted.keep_out,
    )
    _show(made, format_, output)
    return EXIT_FOUND if _met(made, wanted.fail_on) else 0


def _check(wanted: Wanted) -> None:
    """Refuse before the read what could not be done after it."""
    if not wanted.policies:
        raise UsageError("--policies: is missing; give the tenant's exported policies, as for grantwatch policy check")
    if wanted.days is not None and not 1 <= wanted.days <= 3650:
        raise UsageError(f"--days {wanted.days}: accepted is a number of days from 1 to 3650")
    if wanted.enforce and not wanted.candidate:
        raise UsageError("--enforce: switches candidates on; give --candidate FILE too")
    for each in wanted.fail_on:
        if each not in FAILURES:
            raise UsageError(f"--fail-on {each}: accepted are {', '.join(FAILURES)}")


def _export(option: str, given: Sequence[str]) -> Export:
    """The files of one side, folders by the JSON files in them. One without policies blocks nothing."""
    from grantwatch.policy import read
    from grantwatch.policy.generate.files import exported

    files: list[str] = []
    for each in given:
        path = Path(each)
        inside = exported(path) if path.is_dir() else [each]
        if not inside:
            raise InputError(f"{option} {each}: no *.json in this folder")
        files += inside
    try:
        return read(files)
    except InputError as error:
        raise InputError(f"{option} {error}") from None


def _met(made: Replay, fail_on: Sequence[str]) -> bool:
    found = {
        HONEST: any(each.breaks for each in made.grants),
        ATTACK: any(each.gets_through for each in made.grants),
        DIFFERS: bool(made.agreement.differences),
    }
    return any(found[each] for each in fail_on)


def _show(made: Replay, format_: str, output: str | None) -> None:
    if format_ == "json":
        from grantwatch.report.replay import document

        put(output, document.dumps(made))
    elif format_ == "csv":
        from grantwatch.report.replay import csv

        put(output, csv.encode(made))
    else:
        from grantwatch.report.replay import terminal

        if output is not None:
            put(output, terminal.text(made, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
            return
        from rich.console import Console

        terminal.render(made, Console(highlight=False))
