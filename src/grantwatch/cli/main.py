"""The `grantwatch` program and its exit codes."""

from __future__ import annotations

import os
import sys
from copy import copy
from typing import Annotated

import typer

from grantwatch import __version__
from grantwatch.cli.ending import ends_here
from grantwatch.cli.guard import EXIT_USAGE
from grantwatch.cli.lab import lab
from grantwatch.cli.options import (
    Accounts,
    Allowances,
    Include,
    KeepOut,
    Memory,
    Output,
    Paths,
    Signals,
    Since,
    TableOrJson,
    TempDir,
    UnpackLimit,
    Until,
    Users,
    WeightsFile,
)
from grantwatch.cli.policy import policy
from grantwatch.cli.rules import rules
from grantwatch.cli.signals import signals
from grantwatch.report.formats import NAMES

__all__ = ["app", "main", "program"]

app = typer.Typer(
    name="grantwatch",
    help="Find device code grants in Microsoft Entra ID logs and say which were given to an attacker, and why.",
    epilog=(
        "Exit codes: 0 ran; 1 --fail-on met, allowances without an owner, or a set of policies that needs a person; "
        "2 wrong usage; 3 no input could be read; 4 an error nobody foresaw; 130 stopped."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(signals)
app.add_typer(lab)
app.add_typer(policy)
app.add_typer(rules)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"grantwatch {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Find device code grants in Microsoft Entra ID logs and say which were given to an attacker, and why."""


@app.command("hunt")
def hunt_command(
    paths: Paths,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"How to show what was found: {', '.join(NAMES[:-1])} or {NAMES[-1]}.",
        ),
    ] = "table",
    output: Output = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="Exit with 1 when a grant or incident is at or above: informational, low, medium, high or critical.",
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    accounts: Accounts = None,
    allowances: Allowances = None,
    own_signals: Signals = None,
    weights: WeightsFile = None,
    all_grants: Annotated[bool, typer.Option("--all", help="Show quiet grants too, one by one.")] = False,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Hunt over exported logs: every device code grant, which ones to worry about, why, and what could not be seen.

    Reads Graph, diagnostic settings, Log Analytics and Unified Audit Log exports, plain, gzip or zip, mixed together.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.how import how
        from grantwatch.cli.hunting import run_hunt

        read = how(memory, unpack_limit, since, until, users)
        return run_hunt(paths, format_, output, fail_on, all_grants, read, accounts, allowances, own_signals, weights)

    raise typer.Exit(guarded(run, temp_dir))


@app.command("usage")
def usage_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Exported logs: files, folders, globs; - is standard input."),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="How to show it: table, json, csv or html.")
    ] = "table",
    output: Output = None,
    stale: Annotated[
        int, typer.Option("--stale", metavar="DAYS", help="Say what has not been used for so many days.")
    ] = 60,
    include: Include = None,
    keep_out: KeepOut = None,
    propose: Annotated[
        str | None,
        typer.Option("--propose", metavar="FILE", help="Write the allowances that would cover the honest use."),
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Who answers for every allowance of the proposal.")
    ] = None,
    expires: Annotated[
        int, typer.Option("--expires", metavar="DAYS", help="For how many days from today proposed allowances hold.")
    ] = 180,
    check: Annotated[
        str | None,
        typer.Option("--check", metavar="FILE", help="Check a file of allowances; with PATH against the use as well."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --propose write over a file that is there.")] = False,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    accounts: Accounts = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Say who uses device code, with what and from where, and who would need an allowance if it were blocked.

    Suspect grants are kept out. Proposes allowances with --propose, and checks a file of them with --check.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.how import how
        from grantwatch.cli.using import Wanted, run_usage

        read = how(memory, unpack_limit, since, until, users)
        wanted = Wanted(stale, include or (), keep_out or (), propose, owner, expires, check, force)
        return run_usage(paths or (), format_, output, read, wanted, accounts)

    raise typer.Exit(guarded(run, temp_dir))


@app.command("inspect")
def inspect_command(
    paths: Paths,
    format_: TableOrJson = "table",
    output: Output = None,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Say what exported files hold, without judging: forms, records, users, time, fields, and what cannot be seen.

    Reads what a hunt would read and stops there, so it is quicker.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.how import how
        from grantwatch.cli.inspecting import run_inspect

        return run_inspect(paths, format_, output, how(memory, unpack_limit, since, until, users))

    raise typer.Exit(guarded(run, temp_dir))


@app.command("explain")
def explain_command(
    grant_id: Annotated[
        str, typer.Argument(metavar="GRANT_ID", help="The id of a grant as a hunt gives it, or how it begins.")
    ],
    paths: Paths,
    format_: TableOrJson = "table",
    output: Output = None,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    accounts: Accounts = None,
    allowances: Allowances = None,
    own_signals: Signals = None,
    weights: WeightsFile = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Explain one grant: what happened, each signal that fired or did not and why, and the score term by term.

    Hunts over the same logs first: a grant is judged against everything in them.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.explaining import run_explain
        from grantwatch.cli.how import how

        read = how(memory, unpack_limit, since, until, users)
        return run_explain(grant_id, paths, format_, output, read, accounts, allowances, own_signals, weights)

    raise typer.Exit(guarded(run, temp_dir))


def main() -> None:
    """Parse, run, exit with one of the documented codes (SystemExit)."""
    if len(sys.argv) == 1:
        # Help, but not success: a script whose list of files came out empty must not take this for "nothing found".
        app(["--help"], prog_name="grantwatch", standalone_mode=False)
        sys.exit(EXIT_USAGE)
    _for(sys.argv[1])(prog_name="grantwatch")


def _for(first: str) -> typer.Typer:
    """The program with no other command than the one that its first word names, where it names one.

    To work out what all the others take costs more than to parse what was asked.
    """
    named = [command for command in app.registered_commands if command.name == first]
    if not named:
        return app
    only = copy(app)
    only.registered_commands, only.registered_groups = named, []
    return only


def program() -> None:
    """The program as it is installed (see __main__.py): `main`, and then an end without ado.

    Files are closed and temporary ones gone by then. To take modules and tables apart one by one would change nothing.
    """
    ends_here()
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)
