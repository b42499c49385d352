"""How much of a weight is left where others do the like: peers first, else the tenant."""

from __future__ import annotations

import math

from grantwatch.signals.signal import Case, Scale
from grantwatch.signals.view import MANY_USERS, familiar

__all__ = ["ENOUGH_PEERS", "by_peers", "rarer", "rarity"]

ENOUGH_PEERS = 5
"""From this many people who work alike on, what they do says something of one of them."""

COMMON_AMONG_PEERS = 0.6
"""From this share of the peers on, what they do is what people of that kind do."""


def rarity(users: int, of: int, least: float) -> float:
    """How much is left of a weight where `users` of `of` people have the like: 1 for none, `least` from a quarter on.

    It falls with the logarithm: that one person has it says more than that the hundredth has.
    """
    many = max(MANY_USERS, of / 4)
    return 1 - (1 - least) * min(1.0, math.log1p(users) / math.log1p(many))


def rarer(case: Case, scale: Scale, dimension: str, value: object, least: float) -> Scale:
    """The same scale, less the more users of the tenant were seen with the value in ordinary sign-ins."""
    seen = familiar(case, dimension, value)
    users = seen.tenant_users
    if not users:
        return scale
    what = "this address range" if dimension == "prefix" else f"this {_NAMES.get(dimension, dimension)}"
    peers = by_peers(case, scale, seen.peers, f"were seen with {what}", least) if seen.peers else None
    of = max(users, case.profile.tenant_users)
    if peers is not None and peers.value < scale.value * rarity(users, of, least):
        return peers
    return scale.by(round(rarity(users, of, least), 3), f"{users} of {of} users of the tenant were seen with {what}")


_NAMES = {"asn": "provider", "agent_family": "program", "user_agent": "user agent"}


def by_peers(case: Case, scale: Scale, had: int, what: str, least: float) -> Scale | None:
    """The same scale, by how many of the user's peers `had` it; None where too few peers are known.

    Peers are few and alike, so their share counts as it is, to `least` where most of them have it.
    """
    peers = case.profile.peers
    if peers is None or peers.count < ENOUGH_PEERS:
        return None
    told = f"{had} of {peers.count} peers {what}"
    if not had:
        return scale.by(1.15, told) if peers.count >= 2 * ENOUGH_PEERS else scale.by(1.0, told)
    share = had / peers.count
    return scale.by(round(1 - (1 - least) * min(1.0, share / COMMON_AMONG_PEERS), 3), told)
