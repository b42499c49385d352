"""`grantwatch rules`: rules that others wrote, over these logs; and signals as rules for others."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import Memory, Output, Paths, Since, TableOrJson, TempDir, UnpackLimit, Until, Users

__all__ = ["rules"]

rules = typer.Typer(
    name="rules",
    help="Run Sigma rules over exported logs, and export signals as Sigma and KQL. Needs grantwatch[sigma].",
    no_args_is_help=True,
    add_completion=False,
)


@rules.callback()
def root() -> None:
    """Run Sigma rules over exported logs, and export signals as Sigma and KQL. Needs grantwatch[sigma]."""


@rules.command("run")
def run_command(
    paths: Paths,
    rule: Annotated[
        list[str], typer.Option("--rules", metavar="RULE", help="A Sigma rule or a folder of them. Repeatable.")
    ],
    format_: TableOrJson = "table",
    output: Output = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="LEVEL",
            help="Exit with 1 when a rule at or above matches: informational, low, medium, high or critical.",
        ),
    ] = None,
    all_rules: Annotated[bool, typer.Option("--all", help="Name each rule that matched nothing too.")] = False,
    records: Annotated[
        int, typer.Option("--records", metavar="N", help="How many matched records to list of each rule (json).")
    ] = 20,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Run Sigma rules over exported logs: sign-ins, audit logs, Microsoft 365, risk detections, Graph activity.

    A rule that asks for logs or fields that are not there is told as not assessed; it never passes for quiet.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.how import how
        from grantwatch.cli.ruling import run_rule

        read = how(memory, unpack_limit, since, until, users)
        return run_rule(paths, rule, format_, output, fail_on, all_rules, records, read)

    raise typer.Exit(guarded(run, temp_dir))


@rules.command("export")
def export_command(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to write to: one file for each signal.")],
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="sigma, or KQL for sentinel or defender.")
    ] = "sigma",
    signal: Annotated[
        list[str] | None, typer.Option("--signal", metavar="ID", help="Only this signal. Repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files of these names in the folder.")] = False,
) -> None:
    """Export each signal that can be said in one query: as a Sigma rule, or as KQL for Sentinel or Defender.

    What cannot be said is told with the reason: columns that a product lacks, history, records that must be joined.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.exporting import run_export

        return run_export(out, format_, signal or [], force)

    raise typer.Exit(guarded(run))
