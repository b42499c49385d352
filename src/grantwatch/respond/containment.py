"""Contain a grant: the steps in an order that is safe, with the exact requests. Nothing is sent from here.

The order matters. A device that the intruder registered holds a primary refresh token, which outlives a revocation of
sessions, so the device goes first. A revocation leaves access tokens alive for up to an hour, so the account is
disabled before it.
"""

from __future__ import annotations

from dataclasses import replace

from grantwatch.grants.model import Grant, Outcome, User
from grantwatch.respond import beyond, changing, looking
from grantwatch.respond.address import guid
from grantwatch.respond.draft import Draft
from grantwatch.respond.model import Step
from grantwatch.signals.account import device_account
from grantwatch.signals.signal import Case
from grantwatch.verdict.model import Judged, Severity

__all__ = ["containment", "first_moves"]


def containment(judged: Judged) -> tuple[Step, ...]:
    """The steps for this grant, in order.

    Steps that change the tenant are given only for grants of medium severity or worse where a person approved. All
    other grants get questions and checks. Ids from logs are checked or percent-encoded before they enter a request.
    """
    drafts = [*_first(judged), *_then(judged)]
    return tuple(draft.numbered(order) for order, draft in enumerate(drafts, start=1))


def first_moves(judged: Judged) -> tuple[str, ...]:
    """The titles of the urgent steps in order: what a summary says to do next. Empty below medium severity."""
    if judged.verdict.severity < Severity.MEDIUM:
        return ()
    return tuple(draft.title for draft in _first(judged) if draft.urgent)


def is_guest(grant: Grant) -> bool:
    """True where the account lives in another tenant."""
    user: User = grant.user
    home, here = guid(user.home_tenant_id), guid(grant.tenant_id)
    return (user.type or "").lower() == "guest" or bool(home and here and home != here)


def _approved(judged: Judged) -> bool:
    return judged.grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)


def _first(judged: Judged) -> list[Draft]:
    """The steps up to the last one that may be urgent: a summary looks at no others."""
    grant, severity = judged.grant, judged.verdict.severity
    if severity < Severity.MEDIUM:
        return [looking.ask()]
    guest = is_guest(grant)
    drafts = [looking.snapshot(grant, guest=guest)]
    if not _approved(judged):
        return [*drafts, looking.ask()]
    sure = severity >= Severity.HIGH
    if not sure:
        drafts.append(looking.ask(first=True))
    delete = changing.delete_devices(grant)
    room = device_account(Case(grant, judged.profile))
    drafts.append(replace(looking.find_devices(grant), urgent=sure and delete is None))
    drafts += [replace(delete, urgent=sure)] if delete else []
    drafts += [
        replace(changing.disable(grant, guest=guest, device_account=room), urgent=sure),
        replace(changing.revoke(grant, guest=guest), urgent=sure),
    ]
    return drafts


def _then(judged: Judged) -> list[Draft]:
    """All the steps after those: none of them is urgent."""
    grant, severity = judged.grant, judged.verdict.severity
    if not _approved(judged) or severity < Severity.MEDIUM:
        drafts = [changing.block_flow(grant)] if severity >= Severity.MEDIUM else []
        return [*drafts, looking.check(grant, approved=_approved(judged))]
    if is_guest(grant):
        drafts = [changing.tell_home_tenant(grant), changing.consents(grant)]
    else:
        drafts = [changing.reset_password(grant), changing.methods(grant), changing.consents(grant)]
        drafts += [changing.rules(grant), changing.confirm_compromised(grant)]
    outlives = (beyond.mail_flow(grant), beyond.close_mailbox(grant), beyond.policies(grant), beyond.undo(grant))
    drafts += [step for step in (*outlives, changing.block_networks(grant)) if step]
    drafts += [changing.block_flow(grant), changing.enable(grant), looking.verify(grant)]
    return drafts
