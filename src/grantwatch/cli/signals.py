"""`grantwatch signals`: what there is to judge by, and whether one's own signals keep what ours must."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import Output, Signals, TableOrJson

__all__ = ["signals"]

signals = typer.Typer(
    name="signals",
    help="The signals that grants are judged by: list them, and check your own.",
    no_args_is_help=True,
    add_completion=False,
)


@signals.callback()
def root() -> None:
    """The signals that grants are judged by: list them, and check your own."""


@signals.command("list")
def list_command(own_signals: Signals = None, format_: TableOrJson = "table", output: Output = None) -> None:
    """List every signal: its weight, its question, what it needs, and of your own the file."""
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.listing import run_list

        return run_list(own_signals or [], format_, output)

    raise typer.Exit(guarded(run))


@signals.command("check")
def check_command(
    folders: Annotated[
        list[str],
        typer.Argument(metavar="DIR", help="Folders of Python modules that declare signals: runs their code."),
    ],
) -> None:
    """Run the tests that our own signals must pass over yours: whole declarations, and examples that hold.

    Each signal needs a grant that fires it and a look-alike that does not.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.listing import run_check

        return run_check(folders)

    raise typer.Exit(guarded(run))
