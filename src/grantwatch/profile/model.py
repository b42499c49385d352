"""What was normal before a grant: for this user and for the tenant. History arrives as counts, never as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from grantwatch.grants.model import Network
from grantwatch.records.model import RecordRef

__all__ = ["NEVER", "Attempts", "EarlierGrant", "Familiarity", "Peers", "Profile", "Sight"]

_SETTLED = timedelta(days=1)


class Familiarity(NamedTuple):
    """How well one value (a client, a network, a user agent …) was known before the grant.

    `user_days`: days on which this user succeeded with it; `user_first`: the first of them (UTC);
    `tenant_users`: how many users of the tenant were seen with it in ordinary sign-ins. `moved`: how many of those who
    were with this user on another network came to this one within the two weeks before (families.sql).
    """

    user_days: int = 0
    user_first: datetime | None = None
    tenant_users: int = 0
    moved: int = 0
    peers: int = 0
    """Of a network that is new to the user: how many peers were seen there a day or more before."""
    later: int = 0
    """Days after the grant on which this user succeeded with it in ordinary sign-ins, as far as these logs reach."""

    @property
    def known_to_user(self) -> bool:
        """True where the user had been seen with it before the grant."""
        return self.user_days > 0

    def used_at(self, times: Sequence[datetime]) -> Familiarity:
        """The same with more use by this user, at these times (UTC, at least one)."""
        first = min(times) if self.user_first is None else min(self.user_first, *times)
        days = self.user_days + len({time.date() for time in times})
        return Familiarity(days, first, self.tenant_users, self.moved, self.peers, self.later)


NEVER = Familiarity()
"""Of what was never seen."""


class Sight(NamedTuple):
    """Where the user was seen in an ordinary sign-in near the start of the grant. `time` is UTC."""

    time: datetime
    network: Network
    ref: RecordRef


class Attempts(NamedTuple):
    """Device code sign-ins that were blocked or abandoned within the 24 hours before the grant."""

    own: int = 0
    """Of this user."""
    others: int = 0
    """How many other users of the tenant had one through the same client."""
    usual: float = 0.0
    """How many users a day had one through this client before that, on average over the grants of these logs."""


@dataclass(frozen=True, slots=True)
class Peers:
    """People who share this user's usual clients and networks (peers.sql), and how many of them did the like before.

    Counted from a day before the grant back: what a wave of attacks brought makes nobody's use normal.
    """

    count: int
    device_code: int
    """Had a device code grant."""
    client: int
    """Had one of this grant's client."""


class EarlierGrant(NamedTuple):
    """A successful grant of the same user before this one, by the parts that make a habit.

    `values` maps the dimensions of `Profile.seen` to what this grant's legs and device-side token uses carried.
    """

    grant_id: str
    started_at: datetime
    client_id: str | None
    resource_id: str | None
    prefixes: frozenset[str]
    asns: frozenset[int]
    values: Mapping[str, frozenset[str]] = MappingProxyType({})


class Profile(NamedTuple):
    """Normal for one user before one grant. `earlier_grants` are those that make or break a habit (see build.py).

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
    seen: Mapping[str, Mapping[str, Familiarity]] = MappingProxyType({})
    earlier_grants: tuple[EarlierGrant, ...] = ()
    hours: tuple[int, ...] = (0,) * 24
    tenant_grant_users: int = 0
    """Users of the tenant with a device code grant before this one."""
    elsewhere: tuple[Sight, ...] = ()
    """Other places where the user was active within 60 minutes of the start, nearest in time, eight at the most."""
    attempts: Attempts = Attempts()
    peers: Peers | None = None
    """None where peers are not known, or were not looked up because the user had used this client so for a day."""
    stated: str | None = None
    """The class of the account (profile/accounts.py), where somebody states it."""
    carried: Mapping[str, frozenset[str]] | None = None
    """What this grant carried per dimension: all that anybody asks after. None where that is not known."""
    days_after: int = 0
    """Days from that of the grant on with ordinary sign-ins of this user, as far as these logs reach."""

    def familiarity(self, dimension: str, value: object) -> Familiarity:
        """How familiar `value` was; an empty Familiarity where it was never seen."""
        values = self.seen.get(dimension)
        return values.get(str(value), NEVER) if values else NEVER

    def counting_grants(self, before: datetime, worse: frozenset[str] = frozenset()) -> Profile:
        """The same profile with earlier grants counted as use, but for those in `worse`.

        Only grants that began at least a day before `before` (UTC) count: an attacker's second grant must not find
        the first one normal.
        """
        latest = before - _SETTLED
        settled = [grant for grant in self.earlier_grants if grant.started_at <= latest and grant.grant_id not in worse]
        if not settled:
            return self
        seen = dict(self.seen)
        for dimension, values in _carried_by(settled, self.carried).items():
            known: dict[str, Familiarity] = {}
            for value in values:
                if uses := [grant.started_at for grant in settled if value in grant.values.get(dimension, ())]:
                    known = known or dict(seen.get(dimension, {}))
                    known[value] = known.get(value, NEVER).used_at(uses)
            if known:
                seen[dimension] = known
        return self._replace(seen=seen)


def _carried_by(
    grants: Sequence[EarlierGrant], asked: Mapping[str, frozenset[str]] | None
) -> Mapping[str, Iterable[str]]:
    """The values to look for in earlier grants, by dimension: those that are asked after, else all that there are."""
    if asked is not None:
        return asked
    found: dict[str, set[str]] = defaultdict(set)
    for grant in grants:
        for dimension, values in grant.values.items():
            found[dimension] |= values
    return found
