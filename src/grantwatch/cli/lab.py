"""`grantwatch lab`: tenants that do not exist, to try and measure Grantwatch on."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import Memory, Output, Signals, TempDir, WeightsFile

__all__ = ["lab"]

lab = typer.Typer(
    name="lab",
    help="Tenants that do not exist, to try and to measure Grantwatch on. Writes and reads files only.",
    no_args_is_help=True,
    add_completion=False,
)


@lab.callback()
def root() -> None:
    """Tenants that do not exist, to try and to measure Grantwatch on. Writes and reads files only."""


@lab.command("simulate")
def simulate_command(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to write to; logs go to DIR/logs.")],
    users: Annotated[int, typer.Option("--users", metavar="N", help="How many people work there.")] = 150,
    days: Annotated[int, typer.Option("--days", metavar="D", help="How many days from 1 August 2026.")] = 45,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="Another number makes another tenant; the same, the same bytes.")
    ] = 1,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--form", metavar="FORM", help="graph, envelope, log_analytics, ual or graph_activity. Repeatable."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an earlier simulation in the folder.")] = False,
    temp_dir: TempDir = None,
) -> None:
    """Write the logs of a tenant that does not exist, and what is true of them: honest people, and attackers.

    DIR/truth.json says of every device code flow in the logs whether it was honest.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.simulating import run_simulate

        return run_simulate(out, users, days, seed, form, force)

    raise typer.Exit(guarded(run, temp_dir))


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
    own_signals: Signals = None,
    weights: WeightsFile = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
) -> None:
    """Score verdicts against the truth of simulated tenants, beside the logic of public rules on the same records."""
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.evaluating import run_evaluate

        return run_evaluate(folders, format_, output, degrade, tuned_on or [], memory, own_signals, weights)

    raise typer.Exit(guarded(run, temp_dir))
