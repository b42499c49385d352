"""The verdict on a grant, and the incident that verdicts are gathered into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.signals.signal import Evidence, NotAssessed

if TYPE_CHECKING:
    from grantwatch.allowances import Match

__all__ = ["Incident", "Judged", "Severity", "Verdict", "WeightsUsed"]


class Severity(IntEnum):
    """OCSF order, so that `>=` means "at least as severe"."""

    NONE = 0
    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def label(self) -> str:
        """Lower-case name, as in the JSON contract."""
        return self.name.lower()


class WeightsUsed(NamedTuple):
    """Which weights made a score: what they are called, and a digest of every number in them (12 hexadecimal digits).

    Verdicts with the same digest can be compared; the same grant with another digest may have another score.
    """

    name: str
    digest: str


class Verdict(NamedTuple):
    """Score 0–100, severity, the evidence (heaviest first) and what could not be assessed."""

    score: int
    severity: Severity
    evidence: tuple[Evidence, ...]
    not_assessed: tuple[NotAssessed, ...]
    reason: str
    """One sentence: why this severity and not the next one."""
    weights: WeightsUsed = WeightsUsed("built-in", "")


@dataclass(frozen=True, slots=True)
class Judged:
    """A grant with the profile it was judged against and the verdict."""

    grant: Grant
    profile: Profile
    verdict: Verdict
    worse_grants: frozenset[str] = frozenset()
    """Earlier grants of this user that were judged critical, so that they made no habit for this one."""
    allowed: tuple[Match, ...] = ()
    """Every allowance that covers the grant, those without effect too."""
    without: Verdict | None = None
    """The verdict as it would be without allowances, where one counted."""


@dataclass(frozen=True, slots=True)
class Incident:
    """The grants of one attack. `kind` is `user` (one account) or `campaign` (several accounts)."""

    incident_id: str
    kind: str
    title: str
    summary: str
    severity: Severity
    score: int
    grant_ids: tuple[str, ...]
    users: tuple[str, ...]
    shared: tuple[str, ...]
    """What ties the grants of a campaign together, in words."""
    started_at: datetime
    last_seen: datetime
