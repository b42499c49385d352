"""`grantwatch policy`: Conditional Access, as it was exported from a tenant."""

from __future__ import annotations

from typing import Annotated

import typer

from grantwatch.cli.options import (
    Accounts,
    Include,
    KeepOut,
    Memory,
    Output,
    Paths,
    Since,
    TableOrJson,
    TempDir,
    UnpackLimit,
    Until,
    Users,
)

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


@policy.command("replay")
def replay_command(
    paths: Paths,
    policies: Annotated[
        list[str] | None,
        typer.Option(
            "--policies",
            metavar="FILE",
            help="Today's policies and what goes with them, as for check; a folder means its *.json. Repeatable.",
        ),
    ] = None,
    candidate: Annotated[
        list[str] | None,
        typer.Option(
            "--candidate",
            metavar="FILE",
            help="Proposed policies, groups, locations, laid over today's by id, else by name. Repeatable.",
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", metavar="N", help="Only the last N days, back from the last record of the logs."),
    ] = None,
    enforce: Annotated[
        bool, typer.Option("--enforce", help="Replay candidates in report-only mode as if they were on.")
    ] = False,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="How to show it: table, json or csv.")
    ] = "table",
    output: Output = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="WHAT",
            help="Exit with 1 on honest-blocked, attack-passes (or not surely stopped), or differs. Repeatable.",
        ),
    ] = None,
    allowances: Annotated[
        str | None,
        typer.Option("--allowances", metavar="FILE", help="YAML: who may use device code; marked, judged as without."),
    ] = None,
    include: Include = None,
    keep_out: KeepOut = None,
    since: Since = None,
    until: Until = None,
    users: Users = None,
    accounts: Accounts = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Replay logs through today's policies and proposed ones: who would break, which attacks would be stopped.

    Says by which gap an attack gets through, and how well the replay agrees with what the logs say that policies did.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.how import how
        from grantwatch.cli.replaying import Wanted, run_replay

        read = how(memory, unpack_limit, since, until, users)
        wanted = Wanted(policies or (), candidate or (), days, enforce, include or (), keep_out or (), fail_on or ())
        return run_replay(paths, format_, output, read, wanted, accounts, allowances)

    raise typer.Exit(guarded(run, temp_dir))


Tenant = Annotated[
    list[str] | None,
    typer.Option("--tenant", metavar="FILE", help="Exported users and groups with members: ids for names. Repeatable."),
]


@policy.command("generate")
def generate_command(
    allowances: Annotated[str, typer.Option("--allowances", metavar="FILE", help="YAML: who may use device code.")],
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder to write the set to.")],
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Exported logs that the allowances rest on: they tell ids and grants."),
    ] = None,
    tenant: Tenant = None,
    accounts: Annotated[
        str | None,
        typer.Option("--accounts", metavar="FILE", help="TOML: which accounts are person, device, service or guest."),
    ] = None,
    emergency: Annotated[
        list[str] | None,
        typer.Option("--emergency", metavar="USER", help="An emergency account: its name or object id. Repeatable."),
    ] = None,
    emergency_group: Annotated[
        str | None,
        typer.Option("--emergency-group", metavar="ID", help="Object id of the group of emergency accounts you have."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="The day whose allowances count, such as 2026-11-30; else today."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a set that is in the folder already.")] = False,
    format_: TableOrJson = "table",
    output: Output = None,
    since: Since = None,
    until: Until = None,
    memory: Memory = "700MB",
    temp_dir: TempDir = None,
    unpack_limit: UnpackLimit = None,
) -> None:
    """Make Conditional Access objects from allowances: block device code, but for those who need it, where they do.

    Writes JSON as Microsoft Graph has it, in report-only mode, with a manifest and a rollback. Asks no tenant.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.generating import Asked, run_generate
        from grantwatch.cli.how import how

        read = how(memory, unpack_limit, since, until, ())
        asked = Asked(allowances, out, tenant or (), accounts, emergency or (), emergency_group, on, force)
        return run_generate(paths or (), format_, output, read, asked)

    raise typer.Exit(guarded(run, temp_dir))


@policy.command("plan")
def plan_command(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A set that `policy generate` wrote.")],
    tenant: Annotated[
        list[str],
        typer.Option(
            "--tenant",
            metavar="FILE",
            help="Exported policies, named locations, groups with members, users. Repeatable.",
        ),
    ],
    format_: TableOrJson = "table",
    output: Output = None,
    rollback: Annotated[
        str | None,
        typer.Option("--rollback", metavar="FILE", help="Write how to undo the plan: what to delete and to restore."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Let --rollback write over a file that is there.")] = False,
) -> None:
    """Show what a set would change in a tenant, field by field. Objects that are not of a set are never touched.

    Exit code 1: something stands in the way that a person has to look at.
    """
    from grantwatch.cli.guard import guarded

    def run() -> int:
        from grantwatch.cli.generating import run_plan

        return run_plan(folder, tenant, format_, output, rollback, force)

    raise typer.Exit(guarded(run))
