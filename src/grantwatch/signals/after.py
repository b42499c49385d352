"""How much an activity after a grant has to do with it: tie, delay, and where it came from."""

from __future__ import annotations

from datetime import timedelta

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, Tie, TieBy
from grantwatch.signals.signal import Case, Scale
from grantwatch.signals.view import FIRST_HOUR, prefix_known, span, weigh_attempt

__all__ = ["REACH", "SURE_TIES", "at_home", "decay", "follow_ons", "tie_scale", "tie_words", "tied_to_token"]

REACH = timedelta(hours=72)
"""Activities tied only by user and time are looked at this long after a grant."""

SAME_PLACE_REACH = timedelta(days=14)
"""The same where the activity came from the network of the redeemer: hiding rules may come days later."""

SLACK = timedelta(minutes=2)
"""Clocks of two logs differ by this much."""

SURE_TIES = frozenset({TieBy.TOKEN_ID, TieBy.REQUEST_ID, TieBy.SESSION_ID, TieBy.DEVICE_ID})
_TOKEN_TIES = frozenset({TieBy.TOKEN_ID, TieBy.REQUEST_ID})


def follow_ons(case: Case, *kinds: str) -> tuple[FollowOn, ...]:
    """Follow-ons of these kinds that came after the start of the grant, and that did not fail."""
    grant = case.grant
    return tuple(
        follow_on
        for follow_on in grant.follow_ons
        if follow_on.kind in kinds
        and follow_on.time >= grant.started_at - SLACK
        and (follow_on.tie.by in SURE_TIES or follow_on.time <= grant.started_at + _reach(follow_on))
        and not _failed(follow_on)
    )


def _reach(follow_on: FollowOn) -> timedelta:
    return SAME_PLACE_REACH if follow_on.tie.by is TieBy.USER_CLIENT_TIME else REACH


def _failed(follow_on: FollowOn) -> bool:
    return (follow_on.result or "").strip().lower() in ("failure", "failed", "false")


def tied_to_token(follow_on: FollowOn) -> bool:
    """True where the very token of the lineage made the request. A session id may belong to two people."""
    return follow_on.tie.by in _TOKEN_TIES


def at_home(case: Case, follow_on: FollowOn) -> bool:
    """True where the activity came from an address range that the user knows; never where the log is silent.

    Directory records often name an address of Microsoft's own service: that is nobody's home.
    """
    operation = knowledge.operation(follow_on.operation)
    mark = knowledge.network(follow_on.network.asn, follow_on.network.ip)
    if (operation and operation.service_ip) or (mark and mark.kind == "microsoft"):
        return False
    return prefix_known(case, follow_on.network)


def tie_scale(case: Case, follow_on: FollowOn) -> Scale:
    """0.1–1 by tie strength; less for the user's own network, and where nobody got a token."""
    scale = Scale().by(0.5 + 0.5 * follow_on.tie.strength, tie_words(follow_on.tie))
    if at_home(case, follow_on) and not tied_to_token(follow_on):
        scale = scale.by(0.4, "from a network that the user knows")
    return weigh_attempt(case, scale)


def tie_words(tie: Tie) -> str:
    """`tied by session id, strength 0.9`."""
    return f"tied by {tie.by.words}, strength {tie.strength:g}"


def decay(case: Case, follow_on: FollowOn, *, full: timedelta = FIRST_HOUR, least: float = 0.2) -> Scale:
    """1 until `full` after the start of the grant, then falling in a straight line to `least` at 72 hours."""
    after = follow_on.time - case.grant.started_at
    if after <= full:
        return Scale()
    value = max(least, 1.0 - (1.0 - least) * ((after - full) / (REACH - full)))
    return Scale().by(value, f"{span(after)} after the grant")
