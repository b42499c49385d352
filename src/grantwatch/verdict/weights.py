"""weights.toml as a dataclass. The numbers are log-odds, scores (0–100), days, hours and minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from grantwatch.errors import KnowledgeError
from grantwatch.verdict.model import Severity

__all__ = [
    "BUILT_IN",
    "AllowanceNumbers",
    "Gates",
    "IncidentNumbers",
    "TieNumbers",
    "Weights",
    "made",
    "raw",
    "weights",
]

BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class Gates:
    """What a severity asks for beside its score."""

    group_counts: float
    groups_for_high: int
    groups_for_critical: int
    second_for_critical: float
    certainty_for_high: float


@dataclass(frozen=True, slots=True)
class AllowanceNumbers:
    """What an allowance takes away (log-odds), the shares of it that are left, and how far it may lower a severity."""

    weight: float
    by_group: float
    by_class: float
    asn: float
    country: float
    any_network: float
    any_client: float
    any_resource: float
    elsewhere: float
    steps: int


@dataclass(frozen=True, slots=True)
class TieNumbers:
    """What it counts for that grants of two users share something, and from which sum on they are one attack."""

    least: float
    least_three: float
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
    relayed: float
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
    """Everything in weights.toml, or what stands there with some of it replaced by a file of somebody's own."""

    prior: float
    rest_share: float
    group_cap: float
    group_cap_alone: float
    favour_floor: float
    favour_touches: tuple[str, ...]
    certainty_share: float
    severity: dict[Severity, int]
    gates: Gates
    allowance: AllowanceNumbers
    incidents: IncidentNumbers
    signals: dict[str, float] = field(default_factory=dict)
    """Weights of signals that are not as declared, by id, in log-odds."""
    name: str = BUILT_IN
    """Where they come from: `built-in`, or file and section."""

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
    try:
        return made(raw())
    except (KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"weights.toml: {error}") from None


def raw() -> dict[str, Any]:
    """weights.toml as it stands: tables, lists and numbers."""
    import tomllib
    from importlib.resources import files

    return tomllib.loads(files("grantwatch.verdict").joinpath("weights.toml").read_text("utf-8"))


def made(raw: Mapping[str, Any], **more: Any) -> Weights:
    """Weights from tables in the shape of weights.toml; `more` as keyword arguments of `Weights`."""
    return Weights(
        **{
            **raw,
            "favour_touches": tuple(raw["favour_touches"]),
            "severity": {Severity[name.upper()]: int(least) for name, least in raw["severity"].items()},
            "gates": Gates(**raw["gates"]),
            "allowance": AllowanceNumbers(**raw["allowance"]),
            "incidents": IncidentNumbers(**{**raw["incidents"], "ties": TieNumbers(**raw["incidents"]["ties"])}),
            **more,
        }
    )
