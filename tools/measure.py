"""Measure anew and write docs/measure.json and docs/measure.md from it.

    python tools/measure.py 101 102 103 104 --tuned-on 1 2 3

Simulates each seed in a temporary folder (about 1 GB for 300 users and 30 days), evaluates them with telemetry taken
away, and removes the folder. The same seeds give the same page as long as neither lab nor verdicts change.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from grantwatch.lab.simulate import simulate
from grantwatch.measure import document, evaluate, markdown
from grantwatch.report.escape import json_bytes

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Simulate, evaluate, write."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("seeds", nargs="+", type=int, metavar="SEED")
    asked.add_argument("--users", type=int, default=300)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--tuned-on", nargs="*", type=int, default=[], metavar="SEED")
    given = asked.parse_args()
    with TemporaryDirectory(prefix="grantwatch-measure-") as name:
        folders = [Path(name) / str(seed) for seed in given.seeds]
        for folder, seed in zip(folders, given.seeds, strict=True):
            simulate(folder, users=given.users, days=given.days, seed=seed)
        made = document(evaluate(folders, degrade=True), given.tuned_on)
    (ROOT / "docs" / "measure.json").write_bytes(json_bytes(made))
    (ROOT / "docs" / "measure.md").write_text(markdown(made), encoding="utf-8")


if __name__ == "__main__":
    main()
