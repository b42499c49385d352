"""`grantwatch rules export`: check what was asked, make, write, tell what could not be said."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from grantwatch.cli.output import check_format
from grantwatch.errors import UsageError

__all__ = ["run_export"]


def run_export(out: str, format_: str, signals: Sequence[str], force: bool) -> int:
    """Write the exported signals into a folder; returns the exit code. Raises UsageError."""
    from grantwatch.report.escape import terminal
    from grantwatch.report.words import plural
    from grantwatch.rules.export import FORMATS, exported, wanted
    from grantwatch.rules.queries import beyond

    check_format(format_, FORMATS)
    made = exported(format_, wanted(signals))
    texts = {each.file: each.text for each in made if each.text is not None}
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [name for name in texts if (folder / name).exists()]
        if there and not force:
            raise UsageError(
                f"--out {out}: {there[0]} is there already; --force writes over it, or name another folder"
            )
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror or error}") from error
    sys.stdout.write(f"{terminal(out)}: {plural(len(texts), 'signal')} as {format_}\n")
    for each in made:
        if each.why_not is not None:
            sys.stdout.write(f"not said  {each.signal}: {each.why_not}\n")
    if not signals:
        sys.stdout.write(f"{plural(len(beyond()), 'signal')} cannot be said in one query; docs/rules.md says why\n")
    return 0
