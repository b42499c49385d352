"""The real program in a process of its own, on real files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import grantwatch

SOURCE = Path(grantwatch.__file__).resolve().parents[1]
FORCING = {
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "PY_COLORS",
    "GITHUB_ACTIONS",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
    "NO_COLOR",
}
PROGRAM = (sys.executable, "-m", "grantwatch")

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A plain environment with a temporary folder of its own, so that what is left behind is seen."""
    plain = {name: value for name, value in os.environ.items() if name not in FORCING}
    paths = os.pathsep.join([str(Path(path).resolve()) for path in sys.path if path.endswith("src")] or [str(SOURCE)])
    spill = tmp_path_factory.mktemp("spill")
    return plain | {"PYTHONPATH": paths, "TMPDIR": str(spill), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run `grantwatch` with arguments in a folder of its own; options of the environment as keywords."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            cwd=tmp_path,
            env=environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )

    return run
