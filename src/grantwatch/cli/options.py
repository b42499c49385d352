"""Arguments and options that more than one command takes."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Memory", "Output", "Paths", "TableOrJson"]

Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Exported logs: files, folders or globs.")]
Output = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help="Write to this file instead of standard output.")
]
Memory = Annotated[
    str, typer.Option("--memory", metavar="SIZE", help="What may be held in memory before spilling to disk.")
]
TableOrJson = Annotated[str, typer.Option("--format", metavar="FORMAT", help="How to show it: table or json.")]
