"""`python -m grantwatch` is `grantwatch`, and this is where both begin."""

from __future__ import annotations

import gc
import sys

__all__ = ["run"]


def run() -> None:
    """Run the program. While the command line is loaded, a hunt's engine comes up."""
    # To look for circles among what is loaded, and among the many things of one run, finds next to none.
    gc.set_threshold(1_000_000, 50, 100)
    if sys.argv[1:2] == ["hunt"] and "--help" not in sys.argv:
        from grantwatch.records.engine import prepare

        prepare()
    from grantwatch.cli import program

    program()


if __name__ == "__main__":
    run()
