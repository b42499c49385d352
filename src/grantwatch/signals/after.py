"""How much an activity after a grant has to do with it: tie, delay, and where it came from."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, Tie, TieBy
from grantwatch.signals.signal import Answer, Case, Scale, Signal
from grantwatch.signals.view import FIRST_HOUR, is_microsofts, owners, prefix_known, silent, span, weigh_attempt

__all__ = [
    "DAY",
    "HABIT_DAYS",
    "LOG_DAYS",
    "REACH",
    "SLACK",
    "SURE_TIES",
    "Weighed",
    "at_home",
    "best",
    "decay",
    "follow_ons",
    "foreign",
    "habit_scale",
    "mobile_device",
    "once_scale",
    "taken_scale",
    "tie_scale",
    "tie_words",
    "tied_to_token",
]

DAY = timedelta(hours=24)

REACH = timedelta(hours=72)
"""Activities tied only by user and time are looked at this long after a grant, where their kind does not say more."""

SAME_PLACE_REACH = timedelta(days=14)
"""The same where the activity came from the network of the redeemer: hiding rules may come days later."""

HABIT_DAYS = 3
"""From so many earlier days on, something is what the person does."""

LOG_DAYS = 3.0
"""What logs of less than this hold says nothing of habits."""

SLACK = timedelta(minutes=2)
"""Clocks of two logs differ by this much."""

SURE_TIES = frozenset({TieBy.TOKEN_ID, TieBy.REQUEST_ID, TieBy.SESSION_ID, TieBy.DEVICE_ID})
_TOKEN_TIES = frozenset({TieBy.TOKEN_ID, TieBy.REQUEST_ID})


def follow_ons(case: Case, *kinds: str) -> tuple[FollowOn, ...]:
    """Follow-ons of these kinds that came after the start of the grant, and that did not fail."""
    grant = case.grant
    if not grant.follow_ons:
        return ()
    return tuple(
        follow_on
        for follow_on in grant.follow_ons
        if follow_on.kind in kinds
        and follow_on.time >= grant.started_at - SLACK
        and (follow_on.tie.by in SURE_TIES or follow_on.time <= grant.started_at + _reach(follow_on))
        and not _failed(follow_on)
    )


def _reach(follow_on: FollowOn) -> timedelta:
    known = knowledge.operation(follow_on.operation, follow_on.kind)
    if follow_on.tie.by is TieBy.USER_CLIENT_TIME:
        return timedelta(hours=known.network_hours) if known else SAME_PLACE_REACH
    return timedelta(hours=known.user_hours) if known else REACH


def _failed(follow_on: FollowOn) -> bool:
    return (follow_on.result or "").strip().lower() in ("failure", "failed", "false")


_MOBILE = ("android", "ios", "ipados", "iphone", "ipad")


def mobile_device(follow_on: FollowOn) -> bool:
    """True for the registration of a phone or tablet, by the system that it names."""
    return (follow_on.facts.get("os") or "").strip().lower().startswith(_MOBILE)


def tied_to_token(follow_on: FollowOn) -> bool:
    """True where the very token of the lineage made the request. A session id may belong to two people."""
    return follow_on.tie.by in _TOKEN_TIES


def at_home(case: Case, follow_on: FollowOn) -> bool:
    """True where the activity came from an address range that the user knows; never where the log is silent.

    Directory records often name an address of Microsoft's own service: that is nobody's home.
    """
    operation = knowledge.operation(follow_on.operation, follow_on.kind)
    mark = knowledge.network(follow_on.network.asn, follow_on.network.ip)
    if (operation and operation.service_ip) or (mark and mark.kind == "microsoft"):
        return False
    return prefix_known(case, follow_on.network)


def foreign(case: Case, follow_on: FollowOn) -> bool:
    """True for a range where the user was never otherwise seen, before the grant or after, nor where it was approved.

    Never for a range that much of the tenant uses, or for Microsoft's own, and never where the log is silent.
    """
    network, approval = follow_on.network, case.grant.approval
    operation = knowledge.operation(follow_on.operation, follow_on.kind)
    if network.prefix is None or (operation and operation.service_ip) or is_microsofts(network):
        return False
    if approval is None or approval.network.prefix in (None, network.prefix):
        return False
    return not owners(case, network)


def tie_scale(case: Case, follow_on: FollowOn) -> Scale:
    """0.1–1 by tie strength; less for the user's own network, and where nobody got a token."""
    scale = Scale().by(0.5 + 0.5 * follow_on.tie.strength, tie_words(follow_on.tie))
    if at_home(case, follow_on) and not tied_to_token(follow_on):
        scale = scale.by(0.4, "from a network that the user knows")
    return weigh_attempt(case, scale)


def taken_scale(case: Case, follow_on: FollowOn) -> Scale:
    """What taking something weighs: the tie, what the person does anyway, and whether it came from a known network.

    A token may be used at home by its owner: what a command line does there says less, though the token is the grant's.
    """
    scale = tie_scale(case, follow_on).times(habit_scale(follow_on))
    if tied_to_token(follow_on) and at_home(case, follow_on):
        scale = scale.by(0.5, "from a network that the user knows")
    return scale


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


def habit_scale(follow_on: FollowOn) -> Scale:
    """1, or less where the person did such things on days before the grant, least with the same client."""
    before = follow_on.before
    if before.log_days < LOG_DAYS:
        return Scale()
    if before.client_days >= HABIT_DAYS:
        return Scale().by(0.3, f"the user did so with this client on {before.client_days} earlier days")
    if before.days >= HABIT_DAYS:
        return Scale().by(0.6, f"the user did so on {before.days} earlier days")
    return Scale()


def once_scale(follow_on: FollowOn) -> Scale:
    """1, or less where the person did such a thing before: for what people do a few times in a year."""
    days = follow_on.before.days
    if not days:
        return Scale()
    return Scale().by(0.6, f"the user did so on {days} earlier day{'' if days == 1 else 's'}")


class Weighed(NamedTuple):
    """A follow-on with what it is worth, whether that may stand alone, and why, in words."""

    follow_on: FollowOn
    scale: Scale
    alone: bool = False
    why: str = ""


def best(self: Signal, case: Case, weighed: list[Weighed], *, chip: str, words: str) -> Answer:
    """Evidence from the weightiest of these, or the answer of a signal that found nothing."""
    if not weighed:
        return silent(self, case)
    top = max(weighed, key=lambda each: (each.scale.value, each.alone))
    follow_on = top.follow_on
    count = sum(each.follow_on.count for each in weighed)
    more = f" ({count} records)" if count > 1 else ""
    after = span(follow_on.time - case.grant.started_at)
    target = f" {follow_on.target.label}" if follow_on.target.name or follow_on.target.id else ""
    return self.fired(
        f"{words}{target}{',' if target else ''} {after} after the grant{more}{top.why}.",
        chip=chip,
        records=tuple(ref for each in weighed for ref in each.follow_on.refs[:1])[:4],
        scale=top.scale,
        alone=top.alone,
    )
