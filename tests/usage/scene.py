"""Hunts made of built grants, each with the severity that a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import START, GrantBuilder

from grantwatch.grants.model import Network
from grantwatch.pipeline import Hunt
from grantwatch.records.model import Coverage, RecordSums, SourceCoverage
from grantwatch.usage import Inventory, inventory
from grantwatch.verdict import Judged, Severity, Verdict

SCORES = {Severity.NONE: 1, Severity.INFORMATIONAL: 3, Severity.LOW: 15, Severity.MEDIUM: 40, Severity.HIGH: 70}


def judged(builder: GrantBuilder, severity: Severity = Severity.INFORMATIONAL, id: str | None = None) -> Judged:
    """A built grant with a verdict of this severity."""
    grant, profile = builder.pair()
    grant = replace(grant, grant_id=id or grant.grant_id)
    return Judged(grant, profile, Verdict(SCORES[severity], severity, (), (), "said by a test"))


def hunt_of(grants: Sequence[Judged], *, days: float = 90, end: datetime = START) -> Hunt:
    """A hunt that found these, over logs of so many days up to `end` (UTC)."""
    source = SourceCoverage("interactive", "Interactive sign-ins", ("test",), 100, end - timedelta(days=days), end)
    return Hunt(
        version="0.1.0",
        records=RecordSums(100, 100, 0, 0),
        files=(),
        unread=(),
        quarantined=(),
        coverage=Coverage((source,), frozenset(), ()),
        blind_signals=(),
        grants=tuple(grants),
        incidents=(),
        raw={},
    )


def taken(*grants: Judged, days: float = 90, end: datetime = START) -> Inventory:
    """The inventory of such a hunt."""
    return inventory(hunt_of(grants, days=days, end=end))


def place(number: int, asn: int = 64500, country: str = "DE") -> Network:
    """The address range of a number."""
    return Network(f"10.20.{number}.7", f"10.20.{number}.0/24", asn, country)
