"""What every test may ask for: real sample records, and the example logs that ship with the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Deadlines measure the machine, not the code: two workers on two cores make any test slow at times.
settings.register_profile("grantwatch", deadline=None)
settings.load_profile("grantwatch")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real records, kept beside the repository since they are not ours to publish."""
    path = ROOT.parent / "shared" / "samples"
    if not path.is_dir():
        pytest.skip("needs the real samples in ../shared/samples, which are not part of this repository")
    return path


@pytest.fixture(scope="session")
def examples() -> Path:
    """The example logs; they ship with the repository, so their absence is a failure."""
    path = ROOT / "examples" / "logs"
    assert path.is_dir(), "examples/logs is missing"
    return path
