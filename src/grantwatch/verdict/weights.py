"""weights.toml as a dataclass. The numbers are log-odds, scores (0–100), days, hours and minutes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from grantwatch.errors import KnowledgeError
from grantwatch.verdict.model import Severity

__all__ = ["Gates", "IncidentNumbers", "TieNumbers", "Weights", "weights"]


@dataclass(frozen=True, slots=True)
class Gates:
    """What a severity asks for beside its score."""

    group_counts: float
    groups_for_high: int
    groups_for_critical: int
    second_for_critical: float
    certainty_for_high: float


@dataclass(frozen=True, slots=True)
class TieNumbers:
    """What it counts for that grants of two users share something, and from which sum on they are one attack."""

    least: float
    least_unseen: float
    unseen_days: float
    prefix: float
    ordinary_users: int
    asn: float
    country: float
    kit: float
    agent: float
    app: float
    client: float
    device: float
    deed: float
    rest: float
    first_use: float
    burst_minutes: float
    minutes: float
    wave_days: float
    wave: float
    per_day: float
    hard: float
    other_client: float
    other_kind: float
    other_provider: float


@dataclass(frozen=True, slots=True)
class IncidentNumbers:
    """How far apart the grants of one attack may be, and how many users make a campaign."""

    user_days: float
    campaign_days: float
    attempt_hours: float
    campaign_users: int
    campaign_users_for_high: int
    attempt_users: int
    ties: TieNumbers


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything in weights.toml."""

    prior: float
    rest_share: float
    group_cap: float
    group_cap_alone: float
    favour_floor: float
    favour_touches: tuple[str, ...]
    certainty_share: float
    severity: dict[Severity, int]
    gates: Gates
    incidents: IncidentNumbers

    def severity_of(self, score: int) -> Severity:
        """The severity of a score (0–100): the highest whose threshold it reaches. Never NONE."""
        return max(severity for severity, least in self.severity.items() if score >= least)

    def highest(self, severity: Severity) -> int:
        """The highest score (0–100) that still has this severity."""
        above = [least for other, least in self.severity.items() if other > severity]
        return min(above) - 1 if above else 100


@cache
def weights() -> Weights:
    """Read weights.toml once. Raises KnowledgeError where a key is missing or unknown."""
    import tomllib
    from importlib.resources import files

    raw: dict[str, Any] = tomllib.loads(files("grantwatch.verdict").joinpath("weights.toml").read_text("utf-8"))
    try:
        return Weights(
            **{
                **raw,
                "favour_touches": tuple(raw["favour_touches"]),
                "severity": {Severity[name.upper()]: int(least) for name, least in raw["severity"].items()},
                "gates": Gates(**raw["gates"]),
                "incidents": IncidentNumbers(**{**raw["incidents"], "ties": TieNumbers(**raw["incidents"]["ties"])}),
            }
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"weights.toml: {error}") from None
