"""The `grantwatch` program and its exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from grantwatch import __version__
from grantwatch.errors import GrantwatchError, InputError

__all__ = ["app", "main"]

EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_NO_INPUT = 3

app = typer.Typer(
    name="grantwatch",
    help="Find device code grants in Microsoft Entra ID logs and say which were given to an attacker, and why.",
    epilog="Exit codes: 0 ran; 1 --fail-on met; 2 wrong usage; 3 no input could be read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Exported logs: files, folders or globs.")],
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="How to show what was found: table, json or html.")
    ] = "table",
    output: Annotated[
        str | None, typer.Option("--output", metavar="FILE", help="Write to this file instead of the terminal.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="Exit with 1 when a grant is at or above: informational, low, medium, high or critical.",
        ),
    ] = None,
    all_grants: Annotated[bool, typer.Option("--all", help="List quiet grants too, one by one (table).")] = False,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="What may be held in memory before spilling to disk.")
    ] = "700MB",
) -> None:
    """Hunt over exported logs: every device code grant, which ones to worry about, why, and what could not be seen.

    Reads Graph, diagnostic settings, Log Analytics and Unified Audit Log exports, plain or gzip, mixed together.
    """
    from grantwatch.cli.hunting import run_hunt

    raise typer.Exit(run_hunt(paths, format_, output, fail_on, all_grants, memory))


def main() -> None:
    """Run the program; the process exits with one of the documented codes."""
    try:
        app()
    except InputError as error:
        _say(str(error))
        sys.exit(EXIT_NO_INPUT)
    except GrantwatchError as error:
        _say(str(error))
        sys.exit(EXIT_USAGE)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        _say("stopped; nothing was written")
        sys.exit(130)


def _say(text: str) -> None:
    from grantwatch.report.escape import terminal

    for line in text.splitlines():
        sys.stderr.write(f"grantwatch: {terminal(line, limit=4000)}\n")
