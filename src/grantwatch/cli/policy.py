"""`grantwatch policy`: Conditional Access, as it was exported from a tenant."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import Output

__all__ = ["policy"]

policy = typer.Typer(
    name="policy",
    help="Conditional Access policies: what they leave open to device codes. Reads exported files; asks no tenant.",
    no_args_is_help=True,
    add_completion=False,
)


@policy.callback()
def root() -> None:
    """Conditional Access policies: what they leave open to device codes. Reads exported files; asks no tenant."""


@policy.command("check")
def check_command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Exported policies; named locations, groups with members, directory roles, users."
        ),
    ],
    before: Annotated[
        list[str] | None,
        typer.Option("--before", metavar="FILE", help="An older export: say what got weaker since. Repeatable."),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="How to show it: table, json or sarif.")
    ] = "table",
    output: Output = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="SEVERITY",
            help="Exit with 1 when a finding is at or above: informational, low, medium, high or critical.",
        ),
    ] = None,
) -> None:
    """Check what policies leave open to device codes: for whom, for which resources, by which gap, and the fix.

    Files are told by content: as Microsoft Graph returns them, in any mix.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.checking import run_check

        return run_check(files, before or [], format_, output, fail_on)

    raise typer.Exit(guarded(run))
