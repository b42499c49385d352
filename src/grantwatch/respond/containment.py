"""Contain a grant: the steps in an order that is safe, with the exact requests. Nothing is sent from here.

The order matters. A device that the intruder registered holds a primary refresh token, which outlives a revocation of
sessions, so the device goes first. A revocation leaves access tokens alive for up to an hour, so the account is
disabled before it.
"""

from __future__ import annotations

from grantwatch.grants.model import Grant, Outcome, User
from grantwatch.respond import steps
from grantwatch.respond.address import guid
from grantwatch.respond.model import Step
from grantwatch.verdict.model import Judged, Severity

__all__ = ["containment"]


def containment(judged: Judged) -> tuple[Step, ...]:
    """The steps for this grant, in order.

    Steps that change the tenant are given only for grants of medium severity or worse where a person approved. All
    other grants get questions and checks. Ids from logs are checked or percent-encoded before they enter a request.
    """
    grant, severity = judged.grant, judged.verdict.severity
    approved = grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)
    if severity < Severity.MEDIUM or not approved:
        drafts = [*_look(grant, severity, approved)]
    else:
        drafts = [*_contain(grant, severity)]
    return tuple(draft.numbered(order) for order, draft in enumerate(drafts, start=1))


def is_guest(grant: Grant) -> bool:
    """True where the account lives in another tenant."""
    user: User = grant.user
    home, here = guid(user.home_tenant_id), guid(grant.tenant_id)
    return (user.type or "").lower() == "guest" or bool(home and here and home != here)


def _look(grant: Grant, severity: Severity, approved: bool) -> list[steps.Draft]:
    drafts = [steps.ask()]
    if severity >= Severity.MEDIUM:
        drafts.insert(0, steps.snapshot(grant, guest=is_guest(grant)))
        drafts.append(steps.block_flow())
    drafts.append(steps.check(grant, approved=approved))
    return drafts


def _contain(grant: Grant, severity: Severity) -> list[steps.Draft]:
    guest = is_guest(grant)
    drafts = [steps.snapshot(grant, guest=guest)]
    if severity < Severity.HIGH:
        drafts.append(steps.ask(first=True))
    drafts += [steps.find_devices(grant)]
    rogue = steps.delete_devices(grant)
    if rogue:
        drafts.append(rogue)
    drafts += [steps.disable(grant, guest=guest), steps.revoke(grant, guest=guest)]
    if guest:
        drafts.append(steps.tell_home_tenant(grant))
    else:
        drafts += [steps.reset_password(grant), steps.methods(grant)]
    drafts.append(steps.consents(grant))
    if not guest:
        drafts += [steps.rules(grant), steps.confirm_compromised(grant)]
    network = steps.block_networks(grant)
    if network:
        drafts.append(network)
    drafts += [steps.block_flow(), steps.enable(grant), steps.verify(grant)]
    return drafts
