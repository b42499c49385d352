"""`grantwatch lab`: tenants that do not exist, to try and measure Grantwatch on."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import Memory, Output, TempDir

__all__ = ["lab"]

lab = typer.Typer(
    name="lab",
    help="Simulated tenants, to try and to measure Grantwatch on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@lab.command("evaluate")
def evaluate_command(
    folders: Annotated[
        list[str], typer.Argument(metavar="DIR", help="Simulated tenants: folders with logs/ and truth.json.")
    ],
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="How to show it: table, json or markdown.")
    ] = "table",
    output: Output = None,
    degrade: Annotated[
        bool, typer.Option("--degrade", help="Hunt again with telemetry taken away, step by step.")
    ] = False,
    tuned_on: Annotated[
        list[int] | None,
        typer.Option(
            "--tuned-on", metavar="SEED", help="A seed that weights were tuned on: the report says so. Repeatable."
        ),
    ] = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
) -> None:
    """Score verdicts against the truth of simulated tenants, beside the logic of public rules on the same records."""
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.evaluating import run_evaluate

        return run_evaluate(folders, format_, output, degrade, tuned_on or [], memory)

    raise typer.Exit(guarded(run, temp_dir))
