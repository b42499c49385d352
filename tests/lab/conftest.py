from __future__ import annotations

import pytest

from grantwatch.lab import Event
from grantwatch.lab.fabrikam import Fabrikam


@pytest.fixture(scope="session")
def fabrikam() -> Fabrikam:
    return Fabrikam()


@pytest.fixture(scope="session")
def events(fabrikam: Fabrikam) -> list[Event]:
    return fabrikam.events()
