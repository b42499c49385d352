"""`grantwatch signals list` and `check`: load, check, show."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from grantwatch.cli.guard import EXIT_FOUND
from grantwatch.cli.how import panel
from grantwatch.cli.output import WIDTH_OF_A_FILE, check_format, check_output, put

__all__ = ["run_check", "run_list"]


def run_list(folders: Sequence[str], format_: str, output: str | None) -> int:
    """List every signal; returns the exit code. Raises UsageError and DeclarationError."""
    check_format(format_, ("table", "json"))
    if output is not None:
        check_output(output)
    given = panel(folders, None)
    from grantwatch.report import listed
    from grantwatch.signals import registered

    every = (*registered(), *(given.own if given else ()))
    if format_ == "json":
        put(output, listed.dumps(every))
    elif output is not None:
        put(output, listed.text(every, WIDTH_OF_A_FILE).encode("utf-8"))
    else:
        from rich.console import Console

        listed.render(every, Console(highlight=False))
    return 0


def run_check(folders: Sequence[str]) -> int:
    """Say of each own signal whether it keeps everything; 1 where one does not. Raises UsageError, DeclarationError."""
    from grantwatch.report.escape import terminal
    from grantwatch.report.words import plural
    from grantwatch.signals.own import modules
    from grantwatch.testing.check import faults

    checked = failed = 0
    for module in modules(folders):
        ids = {signal.id for signal in module.signals}
        for signal in module.signals:
            found = faults(signal, module.pairs)
            checked, failed = checked + 1, failed + bool(found)
            said = plural(len(found), "fault") if found else "holds"
            _say(f"{terminal(signal.place)}: {terminal(signal.id)}: {said}", found)
        for strange in [id for id in module.pairs if id not in ids]:
            failed += 1
            _say(
                f"{terminal(module.file)}: PAIRS names {terminal(str(strange))!r}, which this module does not declare",
                (),
            )
    sys.stdout.write(
        f"{plural(checked, 'own signal')} checked, {f'{failed} not as it must be' if failed else 'all hold'}\n"
    )
    return EXIT_FOUND if failed else 0


def _say(head: str, found: Sequence[str]) -> None:
    from grantwatch.report.escape import terminal

    sys.stdout.write("".join(f"{line}\n" for line in (head, *(f"  - {terminal(each, limit=2000)}" for each in found))))
