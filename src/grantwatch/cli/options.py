"""Arguments and options that more than one command takes."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "Accounts",
    "Allowances",
    "Include",
    "KeepOut",
    "Memory",
    "Output",
    "Paths",
    "Signals",
    "Since",
    "TableOrJson",
    "TempDir",
    "UnpackLimit",
    "Until",
    "Users",
    "WeightsFile",
]

Paths = Annotated[
    list[str], typer.Argument(metavar="PATH", help="Exported logs: files, folders, globs; - is standard input.")
]
Output = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help="Write to this file instead of standard output.")
]
Memory = Annotated[
    str,
    typer.Option("--memory", metavar="SIZE", help="What may be held in memory; of larger logs the rest is on disk."),
]
TempDir = Annotated[
    str | None,
    typer.Option("--temp-dir", metavar="DIR", help="Folder for what memory does not hold; left as it was."),
]
UnpackLimit = Annotated[
    str | None,
    typer.Option("--unpack-limit", metavar="SIZE", help="What archives may unpack to, all together (50GB)."),
]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="GRANT_ID", help="Count this grant as honest, whatever its severity."),
]
KeepOut = Annotated[
    list[str] | None,
    typer.Option("--keep-out", metavar="GRANT_ID", help="Count this grant as an attack, and no honest use."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Leave out records before: 2026-11-01, 2026-11-01T12:30 or 30d."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="WHEN", help="Leave out records from then on; a day alone is read to its end."),
]
Users = Annotated[
    list[str] | None,
    typer.Option("--user", metavar="USER", help="Only records of this principal name or object id. Repeatable."),
]
Accounts = Annotated[
    str | None,
    typer.Option("--accounts", metavar="FILE", help="TOML: which accounts are person, device, service or guest."),
]
Allowances = Annotated[
    str | None,
    typer.Option("--allowances", metavar="FILE", help="YAML: who may use device code; lowers scores, silences none."),
]
Signals = Annotated[
    list[str] | None,
    typer.Option(
        "--signals", metavar="DIR", help="Judge by the signals of this folder too: runs its code. Repeatable."
    ),
]
WeightsFile = Annotated[
    str | None, typer.Option("--weights", metavar="FILE", help="TOML: weights of your own, for all tenants or for one.")
]
TableOrJson = Annotated[str, typer.Option("--format", metavar="FORMAT", help="How to show it: table or json.")]
