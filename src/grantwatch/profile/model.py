"""What was normal before a grant: for this user and for the tenant. History arrives as counts, never as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["EarlierGrant", "Familiarity", "Profile"]


@dataclass(frozen=True, slots=True)
class Familiarity:
    """How well one value (a client, a network, a user agent …) was known before the grant.

    `user_days`: days on which this user succeeded with it; `user_first`: the first of them (UTC);
    `tenant_users`: how many users of the tenant were seen with it in ordinary sign-ins.
    """

    user_days: int = 0
    user_first: datetime | None = None
    tenant_users: int = 0

    @property
    def known_to_user(self) -> bool:
        """True where the user had been seen with it before the grant."""
        return self.user_days > 0


@dataclass(frozen=True, slots=True)
class EarlierGrant:
    """A successful grant of the same user before this one, by the parts that make a habit."""

    grant_id: str
    started_at: datetime
    client_id: str | None
    resource_id: str | None
    prefixes: frozenset[str]
    asns: frozenset[int]


@dataclass(frozen=True, slots=True)
class Profile:
    """Normal for one user before one grant.

    `seen` maps a dimension (`client`, `grant_client`, `resource`, `prefix`, `asn`, `country`, `user_agent`,
    `agent_family`, `device`) to the values of this grant and how familiar each was. `grant_client` counts use of
    the client through device code only. `hours` counts the user's interactive sign-ins per hour of the day (UTC).
    `user_history_days` and `tenant_history_days` say how far back the logs reach: a short history makes
    "never seen before" weak, and signals must say so.
    """

    user_history_days: float
    tenant_history_days: float
    user_records: int
    tenant_users: int
    seen: Mapping[str, Mapping[str, Familiarity]] = field(default_factory=dict)
    earlier_grants: tuple[EarlierGrant, ...] = ()
    hours: tuple[int, ...] = (0,) * 24
    tenant_grant_users: int = 0
    """Users of the tenant with a device code grant before this one."""

    def familiarity(self, dimension: str, value: object) -> Familiarity:
        """How familiar `value` was; an empty Familiarity where it was never seen."""
        return self.seen.get(dimension, {}).get(str(value), Familiarity())
