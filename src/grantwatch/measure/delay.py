"""Time to detect: when the evidence that makes a grant high was first there, counted from the approval.

Each grant is judged again as it stood at the time of each of its records. What it takes until a record is in the log
is not counted. Of records that arrive folded only the first and the last time are known, so until the last they count
as one; a folded activity counts in full from its first record on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from grantwatch.grants.model import Grant, LegKind, Outcome, TokenUse
from grantwatch.signals import Case
from grantwatch.verdict import judge_one
from grantwatch.verdict.model import Judged, Severity

__all__ = ["first_high"]


def first_high(judged: Judged, missing: frozenset[str], since: datetime) -> timedelta | None:
    """How long after `since` (UTC) the grant could first be judged high; None where it never is. Never below zero."""
    if judged.verdict.severity < Severity.HIGH:
        return None
    for time in _times(judged.grant):
        case = Case(_until(judged.grant, time), judged.profile, missing, judged.worse_grants)
        if judge_one(case).verdict.severity >= Severity.HIGH:
            return max(time - since, timedelta(0))
    return None


def _times(grant: Grant) -> list[datetime]:
    times: set[datetime] = {leg.time for leg in grant.legs}
    times |= {time for use in grant.token_uses for time in (use.first, use.last)}
    times |= {follow_on.time for follow_on in grant.follow_ons}
    return sorted(times)


def _until(grant: Grant, time: datetime) -> Grant:
    """The grant as far as it had come."""
    legs = tuple(leg for leg in grant.legs if leg.time <= time)
    uses = tuple(_uses_until(grant.token_uses, time))
    outcome = grant.outcome
    redeemed = any(leg.kind is LegKind.REDEMPTION for leg in legs) or uses
    if outcome is Outcome.REDEEMED and not redeemed and (grant.redemption or grant.token_uses):
        outcome = Outcome.APPROVED
    return replace(
        grant,
        legs=legs,
        token_uses=uses,
        follow_ons=tuple(each for each in grant.follow_ons if each.time <= time),
        outcome=outcome,
        last_seen=min(grant.last_seen, time),
    )


def _uses_until(uses: Iterable[TokenUse], time: datetime) -> Iterable[TokenUse]:
    for use in uses:
        if use.last <= time:
            yield use
        elif use.first <= time:
            yield replace(use, last=use.first, count=1, failures=min(use.failures, 1), refs=use.refs[:1])
