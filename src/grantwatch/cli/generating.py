"""`grantwatch policy generate` and `policy plan`: check what was asked, read, make, write or show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.how import How, classes
from grantwatch.cli.memory import enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put, write
from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError

if TYPE_CHECKING:
    from grantwatch.allowances import Allowances
    from grantwatch.policy.generate import Evidence

__all__ = ["Asked", "run_generate", "run_plan"]

FORMATS = ("table", "json")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for beside the logs."""

    allowances: str
    out: str
    tenant: Sequence[str]
    accounts: str | None
    emergency: Sequence[str]
    emergency_group: str | None
    on: str | None
    force: bool


def run_generate(paths: Sequence[str], format_: str, output: str | None, read: How, asked: Asked) -> int:
    """Make a set, write it and say what is in it; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, FORMATS)
    if output is not None:
        check_output(output)
    day = _day(asked.on)
    if asked.emergency and asked.emergency_group:
        raise UsageError("--emergency and --emergency-group: give the accounts, or the group that holds them")
    from grantwatch.policy.generate.files import check_folder

    check_folder(asked.out, force=asked.force)
    given = _given(asked.allowances)
    stated = classes(asked.accounts)
    from grantwatch.policy import read as exported
    from grantwatch.policy.generate import Emergency, generate
    from grantwatch.policy.generate import write as write_set

    export = exported(asked.tenant) if asked.tenant else None
    made = generate(
        given,
        on=day,
        evidence=_evidence(paths, read, given, stated) if paths else None,
        directory=export.directory if export else None,
        stated=stated,
        emergency=Emergency(tuple(asked.emergency), asked.emergency_group),
        source=Path(asked.allowances).name,
    )
    write_set(asked.out, made, force=asked.force)
    from grantwatch.report import generated

    if format_ == "json":
        put(output, generated.dumps(made))
    elif output is not None:
        put(output, generated.text(made, asked.out, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        generated.render(made, asked.out, Console(highlight=False))
    return EXIT_FOUND if made.incomplete else 0


def _given(file: str) -> Allowances:
    """The file of allowances. Raises UsageError that names the option and every fault by line and column."""
    from grantwatch.allowances.reader import read

    try:
        return read(file)
    except UsageError as error:
        raise UsageError(f"--allowances {error}") from None


def _evidence(paths: Sequence[str], read: How, given: Allowances, stated: Mapping[str, str]) -> Evidence:
    from grantwatch.pipeline import hunt

    # Without the allowances: what they are to rest on must not rest on them.
    with enough(read["memory"]), reading() as progress:
        found = hunt(paths, progress=progress, afterwards=("grantwatch.usage",), accounts=stated, **read)
    from grantwatch.usage import inventory
    from grantwatch.usage.shown import evidence

    return evidence(given, inventory(found))


def _day(said: str | None) -> date:
    if said is None:
        return datetime.now(UTC).date()
    try:
        if len(said) == 10:
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise UsageError(f"--on {said}: accepted is a day such as 2026-11-30")


def run_plan(
    folder: str, files: Sequence[str], format_: str, output: str | None, rollback: str | None, force: bool
) -> int:
    """Show the difference between a set and a tenant; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, FORMATS)
    if output is not None:
        check_output(output)
    if rollback is not None:
        check_output(rollback, option="--rollback")
        if Path(rollback).exists() and not force:
            raise UsageError(f"--rollback {rollback}: is there already; name another file, or add --force")
        if output is not None and Path(output).resolve() == Path(rollback).resolve():
            raise UsageError("--rollback and --output name the same file")
    from grantwatch.policy.generate import load, plan, tenant
    from grantwatch.policy.generate.plan import Action
    from grantwatch.policy.generate.rollback import of_plan
    from grantwatch.report import planned
    from grantwatch.report.escape import json_bytes

    made = plan(load(folder), tenant(files))
    if rollback is not None:
        write(rollback, json_bytes(of_plan(made), indent=True), option="--rollback")
    if format_ == "json":
        put(output, planned.dumps(made))
    elif output is not None:
        put(output, planned.text(made, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        planned.render(made, Console(highlight=False))
    return EXIT_FOUND if made.of(Action.CONFLICT) else 0
