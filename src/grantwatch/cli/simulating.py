"""`grantwatch lab simulate`: check where to write, simulate, say what was written."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from grantwatch.cli.progress import reading
from grantwatch.errors import UsageError

__all__ = ["run_simulate"]


def run_simulate(out: str, users: int, days: int, seed: int, forms: Sequence[str] | None, force: bool) -> int:
    """Simulate and report; returns the exit code. Raises UsageError."""
    from grantwatch.lab.simulate import DEFAULT, checked, simulate
    from grantwatch.report.escape import terminal
    from grantwatch.report.words import plural

    asked = checked(users, days, forms or DEFAULT)
    folder = Path(out)
    begun = time.perf_counter()
    try:
        _make_way(folder, out, force)
        with reading() as progress:
            told = (lambda done, of: progress("simulating", done / of)) if progress else None
            made = simulate(folder, users=users, days=days, seed=seed, forms=asked, progress=told)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written: {error.strerror or error}") from error
    took = time.perf_counter() - begun
    total = sum(made.records.values())
    sys.stdout.write(
        f"{terminal(str(folder / 'logs'))}: {plural(total, 'record', 'records')} of {users} users in {days} days, "
        f"{made.size / 1e6:,.1f} MB, {took:.1f} s ({total / took:,.0f} records/s)\n"
        f"{terminal(str(folder / 'truth.json'))}: {plural(made.grants, 'device code flow', 'device code flows')}, "
        f"{made.malicious} of them of {plural(made.attacks, 'attack', 'attacks')}\n"
    )
    return 0


def _make_way(folder: Path, out: str, force: bool) -> None:
    """Refuse a folder in which something is; with `force` remove an earlier simulation, and nothing else.

    A log of somebody's among those of the lab would be hunted over with them: it is refused even so.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--out {out}: is no folder; accepted is an empty folder or one that is not there yet")
    there = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if not there:
        return
    if not force:
        raise UsageError(
            f"--out {out}: the folder is not empty; accepted is an empty folder or one that is not there yet, "
            "or --force to write over an earlier simulation"
        )
    from grantwatch.lab.simulate import FILES

    logs = folder / "logs"
    strange = sorted(path.name for path in logs.iterdir() if path.name not in FILES) if logs.is_dir() else []
    if strange:
        raise UsageError(f"--out {out}: --force writes over a simulation only, and logs/{strange[0]} is of none")
    for name in FILES:
        (logs / name).unlink(missing_ok=True)
    (folder / "truth.json").unlink(missing_ok=True)
