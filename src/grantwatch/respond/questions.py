"""What to ask the person behind a grant. Times are UTC; places are what the logs say."""

from __future__ import annotations

from datetime import datetime

from grantwatch.grants.model import FollowOn, Grant, Leg, LegKind, Network, Outcome

__all__ = ["questions"]

_APPROVED = (Outcome.REDEEMED, Outcome.APPROVED)
_MOST = 8


def questions(grant: Grant) -> tuple[str, ...]:
    """Ready-made questions for the user, most important first, eight at most. May hold log text: escape it."""
    return tuple([*_about_the_code(grant), *_about_the_token(grant), *_about_what_followed(grant)][:_MOST])


def when(time: datetime) -> str:
    """`14 Sep 2026 at 10:00 UTC`."""
    return f"{time.day} {time:%b %Y} at {time:%H:%M} UTC"


def place(network: Network) -> str | None:
    """`Munich, DE (AS64501, 198.51.100.23)` as far as it is known; None where nothing is."""
    spot = ", ".join(part for part in (network.city, network.country) if part)
    line = ", ".join(part for part in (f"AS{network.asn}" if network.asn is not None else None, network.ip) if part)
    return f"{spot} ({line})" if spot and line else spot or line or None


def _about_the_code(grant: Grant) -> list[str]:
    first: Leg | None = grant.approval or next(iter(grant.legs), None)
    at = when(first.time if first else grant.started_at)
    asked = []
    if grant.outcome in _APPROVED:
        asked.append(f"Did you enter a code at microsoft.com/devicelogin on {at}? Who sent it to you, and how?")
    else:
        asked.append(f"Were you asked to enter a code at microsoft.com/devicelogin on {at}? By whom?")
    if grant.client.name or grant.resource.name:
        asked.append(f"Did you mean to sign in to {grant.client.label} (for {grant.resource.label})? On which device?")
    spot = place(first.network) if first else None
    if first and spot:
        asked.append(f"Did you do it from {spot}, in {first.device.browser or 'a browser'}?")
    if grant.of(LegKind.DECLINED):
        asked.append("You seem to have refused a code or typed a wrong one. What made you stop?")
    return asked


def _about_the_token(grant: Grant) -> list[str]:
    redemption = grant.redemption
    spot = place(redemption.network) if redemption else None
    if redemption is None or spot is None:
        return []
    approval = grant.approval
    if approval is not None and approval.network == redemption.network:
        return []
    return [f"The sign-in was finished on {when(redemption.time)} from {spot}. Do you know that place or network?"]


def _about_what_followed(grant: Grant) -> list[str]:
    seen: set[str] = set()
    asked = []
    for follow_on in sorted(grant.follow_ons, key=lambda f: f.time):
        sentence = _follow_on(follow_on)
        if sentence and follow_on.kind not in seen:
            seen.add(follow_on.kind)
            asked.append(sentence)
    return asked


def _follow_on(follow_on: FollowOn) -> str | None:
    at = when(follow_on.time)
    named = f" ({follow_on.target.name})" if follow_on.target.name else ""
    words = set(follow_on.kind.split("_"))
    if "device" in words:
        return f"Did you set up a new device{named} on {at}?"
    if words & {"rule", "forwarding"}:
        return f"Did you make a mailbox rule or forwarding{named} on {at}?"
    if "consent" in words:
        return f"Did you allow an app{named} to use your account on {at}?"
    if "method" in words:
        return f"Did you add or change a way to sign in (phone, authenticator, key) on {at}?"
    if words & {"send", "sent"}:
        return f"Did you send mail yourself on {at}?"
    return None
