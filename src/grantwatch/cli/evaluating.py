"""`grantwatch lab evaluate`: check what was asked, hunt, compare with the truth, show."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.cli.how import panel
from grantwatch.cli.memory import check_memory, enough
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put
from grantwatch.cli.progress import reading

__all__ = ["run_evaluate"]


def run_evaluate(
    folders: Sequence[str],
    format_: str,
    output: str | None,
    degrade: bool,
    tuned_on: Sequence[int],
    memory: str,
    signals: Sequence[str] | None = None,
    weights: str | None = None,
) -> int:
    """Evaluate and show; returns the exit code. Raises UsageError, DeclarationError and InputError."""
    check_format(format_, ("table", "json", "markdown"))
    check_memory(memory)
    if output is not None:
        check_output(output)
    judges = panel(signals, weights)
    from grantwatch.measure import document, evaluate, markdown, page

    with enough(memory), reading() as progress:
        made = document(evaluate(folders, memory=memory, degrade=degrade, progress=progress, panel=judges), tuned_on)
    if format_ == "json":
        from grantwatch.report.document import encoded

        put(output, encoded(made))
    elif format_ == "markdown":
        put(output, markdown(made).encode("utf-8"))
    elif output is not None:
        put(output, page.text(made, WIDTH_OF_A_FILE).encode("utf-8"))
    else:
        from rich.console import Console

        page.terminal(made, Console(highlight=False))
    return 0
