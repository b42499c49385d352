"""`grantwatch inspect`: check what was asked, read, show."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.cli.memory import check_memory, enough, unpack_bytes
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading

__all__ = ["run_inspect"]


def run_inspect(
    paths: Sequence[str], format_: str, output: str | None, memory: str, unpack_limit: str | None = None
) -> int:
    """Read and show what was read; returns the exit code. Raises UsageError and InputError."""
    check_format(format_, ("table", "json"))
    check_memory(memory)
    unpack = unpack_bytes(unpack_limit)
    if output is not None:
        check_output(output)
    from grantwatch.records.inspection import inspect

    with enough(memory), reading() as progress:
        found = inspect(
            paths, memory=memory, unpack_limit=unpack, progress=progress, afterwards=("grantwatch.report.inspected",)
        )
    from grantwatch.report import inspected

    if format_ == "json":
        put(output, inspected.dumps(found))
    elif output is not None:
        put(output, inspected.text(found, width=WIDTH_OF_A_FILE).encode("utf-8", errors="replace"))
    else:
        from rich.console import Console

        inspected.render(found, Console(highlight=False))
    return 0
