"""Write examples/tenant: Conditional Access of the tenant whose logs make_logs.py writes, and a candidate.

    python examples/make_policies.py [FOLDER]

today.json is what Microsoft Graph would have exported on the last day of the logs; candidate.json is a block of device
codes with a group of those who need them, to be replayed over the logs before anybody switches it on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grantwatch.lab.exported import candidate, today
from grantwatch.lab.fabrikam import Fabrikam


def write(folder: Path) -> list[Path]:
    """Write the files into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    tenant = Fabrikam()
    made = {"today.json": today(tenant), "candidate.json": candidate(tenant)}
    for name, value in made.items():
        (folder / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return [folder / name for name in made]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "tenant"):
        print(f"{path.stat().st_size:>8}  {path}")
