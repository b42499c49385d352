"""The hunt against a bare scan of the same file, in one run: `make bench`, or

    python benchmarks/run.py [--records 400000] [--grants 0.002] [--rounds 3] [--file FILE.ndjson]

Both are whole processes on the same file, in turn. The bare scan is DuckDB reading the very columns that the hunt
reads, with their types, and counting each. Time and peak memory come from the operating system. What counts is the
ratio, round by round: these are not absolute claims about any machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

BARE = """
import re, sys
import duckdb
from grantwatch.records.forms import FORMS
from grantwatch.records.sniff import sniff
from grantwatch.records.source import Source, relation
form = FORMS["graph_signin"]
rows = relation(Source([sys.argv[1]], sniff(sys.argv[1])), form, strict=True)
rows = re.sub(r"maximum_object_size = [0-9]+", "maximum_object_size = 16777216", rows)  # DuckDB's own default
counts = ", ".join(f'count("{column}")' for column in form.columns)
print(duckdb.connect().execute(f"SELECT count(*), {counts} FROM ({rows})").fetchall()[0][0], "records")
"""


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float
    peak_mb: float


def measured(command: list[str]) -> Run:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description="The hunt against a bare scan of the same file.")
    parser.add_argument("--records", type=int, default=400_000)
    parser.add_argument(
        "--grants", type=float, default=0.002, help="share of the records that belong to device code flows"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--file", type=Path, help="an NDJSON file of Graph sign-ins instead of a generated one")
    parser.add_argument("--format", default="table", choices=("table", "json", "html"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="grantwatch-bench-") as folder:
        file = options.file or Path(folder) / "sign-ins.ndjson"
        if options.file is None:
            generate = [sys.executable, str(HERE / "generate.py"), str(options.records), str(file)]
            subprocess.run([*generate, "--grants", str(options.grants)], check=True)
        report = Path(folder) / "report"
        bare = [sys.executable, "-c", BARE, str(file)]
        hunt = [
            sys.executable,
            "-m",
            "grantwatch",
            "hunt",
            str(file),
            "--format",
            options.format,
            "--output",
            str(report),
        ]
        size = file.stat().st_size / 1e6
        print(f"{size:,.0f} MB, {os.cpu_count()} processors; one round to warm up, then {options.rounds}")
        pairs: list[tuple[Run, Run]] = []
        for number in range(options.rounds + 1):
            pair = measured(bare), measured(hunt)
            if number:
                pairs.append(pair)
                show(f"round {number}", pair)
        ratios = [one.seconds / other.seconds for one, other in pairs]
        print(
            f"\nThe hunt runs at {statistics.median(ratios):.0%} of the bare scan's speed "
            f"(median of {len(ratios)}, {min(ratios):.0%} to {max(ratios):.0%}); "
            f"peak memory {max(run.peak_mb for _, run in pairs):,.0f} MB."
        )


def show(name: str, pair: tuple[Run, Run]) -> None:
    one, other = pair
    print(
        f"{name}: bare scan {one.seconds:.2f} s (cpu {one.cpu:.2f}, {one.peak_mb:,.0f} MB), "
        f"hunt {other.seconds:.2f} s (cpu {other.cpu:.2f}, {other.peak_mb:,.0f} MB), "
        f"ratio {one.seconds / other.seconds:.0%}"
    )


if __name__ == "__main__":
    main()
