"""`rebuild`: from events to what was reconstructed of them, over real files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import pytest
from tests.grants.scene import rebuilt

from grantwatch.grants import Reconstruction
from grantwatch.lab import Event

Rebuild = Callable[..., Reconstruction]


@pytest.fixture
def rebuild(tmp_path: Path) -> Rebuild:
    numbers = count()

    def run(events: Iterable[Event], form: str = "graph") -> Reconstruction:
        return rebuilt(events, tmp_path / f"logs-{next(numbers)}", form)

    return run
