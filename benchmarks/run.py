"""The hunt against a bare scan of the same file, in one run: `make bench`, or

    python benchmarks/run.py [--records 400000] [--grants 0.002] [--rounds 3] [--file FILE.ndjson]

All are whole processes on the same file, in turn. The bare scan is DuckDB reading all columns of the form, with their
types, and counting each. (Of most records the hunt leaves some of them where they are: docs/decisions/0015.) It stops
at the first fault in the file, as does the hunt's first try. The patient scan looks past faults (`ignore_errors`),
which is how the hunt reads a file once it has met one. Time and peak memory come from the operating system. What counts
is the ratio, round by round: these are not absolute claims about any machine.
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
# As for a user: what Python compiled in the round that warms up is there in the next.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

BARE = """
import re, sys
import duckdb
from grantwatch.records.forms import FORMS
from grantwatch.records.sniff import sniff
from grantwatch.records.source import Source, relation
form = FORMS["graph_signin"]
rows = relation(Source([sys.argv[1]], sniff(sys.argv[1])), form, strict=sys.argv[2] == "bare")
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
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
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
        bare, patient = ([sys.executable, "-c", BARE, str(file), kind] for kind in ("bare", "patient"))
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
        rounds: list[dict[str, Run]] = []
        for number in range(options.rounds + 1):
            runs = {"bare scan": measured(bare), "hunt": measured(hunt), "patient scan": measured(patient)}
            if number:
                rounds.append(runs)
                show(f"round {number}", runs)
        print()
        for name in ("bare scan", "patient scan"):
            ratios = [runs[name].seconds / runs["hunt"].seconds for runs in rounds]
            print(
                f"The hunt runs at {statistics.median(ratios):.0%} of the {name}'s speed "
                f"(median of {len(ratios)}, {min(ratios):.0%} to {max(ratios):.0%})."
            )
        print(f"Peak memory of the hunt: {max(runs['hunt'].peak_mb for runs in rounds):,.0f} MB.")


def show(name: str, runs: dict[str, Run]) -> None:
    said = (f"{what} {run.seconds:.2f} s (cpu {run.cpu:.2f}, {run.peak_mb:,.0f} MB)" for what, run in runs.items())
    print(f"{name}: {', '.join(said)}; {runs['bare scan'].seconds / runs['hunt'].seconds:.0%}")


if __name__ == "__main__":
    main()
