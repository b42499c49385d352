"""Hunts that a format must live through: the scene of the golden files, an empty hunt, a blind one, hostile texts.

`python -m tests.report.scenes` writes the golden files anew: read the difference before you commit it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.report.conftest import developer, hunt_of, incident, phished, small

from grantwatch.grants.model import LegKind, Outcome
from grantwatch.pipeline import Hunt
from grantwatch.records.model import Coverage, RecordSums
from grantwatch.report.formats import FORMATS, Asked
from grantwatch.verdict.model import Severity

FOLDER = Path(__file__).parent / "data"
GOLDEN = {
    "csv": FOLDER / "grants.csv",
    "jsonl": FOLDER / "timeline.jsonl",
    "markdown": FOLDER / "report.md",
    "ocsf": FOLDER / "findings.ndjson",
    "sarif": FOLDER / "hunt.sarif",
}
NEW = tuple(GOLDEN)
HOSTILE = (
    "\x1b]0;x\x07\x9b2J\u202e\u2066\u200b\ufeff",
    "</code><img src=x onerror=alert(1)><script>alert(1)</script>",
    "` | [click](http://evil.example) ![x](http://evil.example/x.png) <http://evil.example> ``` ~~~",
    "a\n# heading\r\n| a | b |\n|---|---|\n- item\u2028\u2029\x85",
    '=HYPERLINK("http://evil.example","x");=1+1;  @SUM(A1)\t=2',
    "  -1+1|cmd' /C calc'!A0",
    '"quoted","cell"\r\n"row"',
    "@everyone #1 www.evil.example bob@evil.example http://evil.example {{ 7*7 }} {% raw %} &lt;b&gt; &#60;",
    "\\` \\| \\[a\\](http://evil.example) \\\\",
    "\ud800 lone \U000e0041 tag",
    "1. one",
    "    indented",
    "",
    " ",
)


def scene() -> Hunt:
    """A phished user, a blocked attempt of the same campaign, and a developer."""
    blocked = small(Outcome.BLOCKED, Severity.LOW, LegKind.BLOCKED, "bob@contoso.example", 22)
    return hunt_of(phished(), blocked, developer(1), incidents=(incident(),))


def nothing_assessed() -> Hunt:
    """Logs of which not one record could be used."""
    nothing = Coverage((), frozenset({"stream:interactive"}), ("There are no sign-ins: no grant can be seen.",))
    return replace(hunt_of(), records=RecordSums(3, 0, 0, 3), coverage=nothing, files=())


def made(format_: str, hunt: Hunt, *, all_grants: bool = False) -> bytes:
    """What a format makes of a hunt."""
    return FORMATS[format_].encode(hunt, Asked(all_grants))


def golden_bytes(format_: str) -> bytes:
    """What the golden file holds: the output; of SARIF without the rules, which change with every signal."""
    data = made(format_, scene())
    if format_ != "sarif":
        return data
    log = json.loads(data)
    log["runs"][0]["tool"]["driver"]["rules"] = []
    for result in log["runs"][0]["results"]:
        del result["ruleIndex"]
    return json.dumps(log, indent=2).encode() + b"\n"


if __name__ == "__main__":
    for name, path in GOLDEN.items():
        path.write_bytes(golden_bytes(name))
