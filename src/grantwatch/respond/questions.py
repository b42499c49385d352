"""What to ask the person behind a grant. Times are UTC; places are what the logs say."""

from __future__ import annotations

from datetime import datetime

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, Grant, Leg, LegKind, Network, Outcome

__all__ = ["questions"]

_APPROVED = (Outcome.REDEEMED, Outcome.APPROVED)
_MOST = 8
_DEVICE = "Did you set up a new device{named} on {at}?"
_METHOD = "Did you add or change a way to sign in (phone, authenticator, key) on {at}?"
_FOLLOW_ONS = {
    "lure_click": "Did you open a link{named} on {at}? Where did it come from?",
    "device_registered": _DEVICE,
    "device_added": _DEVICE,
    "inbox_rule": "Did you make or change a mail rule{named} on {at}?",
    "forwarding": "Did you set up mail forwarding on {at}?",
    "transport_rule": "Did you make or change a rule of mail flow{named} on {at}?",
    "mailbox_delegation": "Did you give somebody access to a mailbox on {at}?",
    "consent": "Did you allow an app{named} to use your account on {at}?",
    "security_info": _METHOD,
    "mail_sent": "Did you send mail yourself on {at}?",
    "password": "Did you change your password on {at}?",
}
"""What to ask of a follow-on, by kind: one question each, for the first of them."""


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
    page = next((page.url for page in knowledge.verification_urls()), "the device login page")
    asked = []
    if grant.outcome in _APPROVED:
        asked.append(f"Did you enter a code at {page} on {at}? Who sent it to you, and how?")
    else:
        asked.append(f"Were you asked to enter a code at {page} on {at}? By whom?")
    client = knowledge.client_name(grant.client.id, grant.client.name)
    if grant.client.name or client != grant.client.id:
        asked.append(f"Did you mean to sign in to {client}? On which device?")
    spot = place(first.network) if first else None
    if first and spot:
        asked.append(f"Did you do it from {spot}, in {first.device.browser or 'a browser'}?")
    if grant.of(LegKind.DECLINED):
        asked.append("You seem to have refused a code or typed a wrong one. What made you stop?")
    return asked


def _about_the_token(grant: Grant) -> list[str]:
    redemption = grant.redemption or _refused_elsewhere(grant)
    spot = place(redemption.network) if redemption else None
    if redemption is None or spot is None:
        return []
    if redemption is not grant.redemption:
        return [f"The sign-in was tried on {when(redemption.time)} from {spot} too. Do you know that place or network?"]
    approval = grant.approval
    if approval is not None and approval.network == redemption.network:
        return []
    return [f"The sign-in was finished on {when(redemption.time)} from {spot}. Do you know that place or network?"]


def _refused_elsewhere(grant: Grant) -> Leg | None:
    """A blocked leg from another network than the flow began in: the other party's, as far as it shows."""
    first = next(iter(grant.legs), None)
    return next(
        (leg for leg in grant.of(LegKind.BLOCKED) if first and leg.network.prefix != first.network.prefix), None
    )


def _about_what_followed(grant: Grant) -> list[str]:
    asked: dict[str, str] = {}
    for follow_on in sorted(grant.follow_ons, key=lambda f: f.time):
        template = _FOLLOW_ONS.get(follow_on.kind)
        if template and template not in asked:
            asked[template] = template.format(named=_name(follow_on), at=when(follow_on.time))
    return list(asked.values())


def _name(follow_on: FollowOn) -> str:
    name = follow_on.facts.get("device_name") or follow_on.facts.get("name") or follow_on.target.name
    return f" ({name[:100]})" if name else ""
