"""Steps about what lies beyond the account and outlives it: mail flow, rights on mailboxes, policies, and the rest."""

from __future__ import annotations

from grantwatch.grants.model import Grant
from grantwatch.respond.address import ROOT, guid, instant, query
from grantwatch.respond.draft import MOST, Draft, get
from grantwatch.respond.model import Request

__all__ = ["close_mailbox", "mail_flow", "policies", "undo"]

_UNDO = {
    "credential_added": "secrets and certificates of applications",
    "service_principal": "applications and their permissions",
    "role": "directory roles",
    "account_change": "accounts",
    "account_disabled": "accounts that were disabled",
    "sharing": "sharing links",
    "mail_sent": "mail that was sent: purge it from inboxes and warn those who got it",
    "chat": "chats that were sent: warn those who got them",
}


def _named(grant: Grant, *kinds: str) -> tuple[str, ...]:
    """The names of what follow-ons of these kinds made or changed, as log text, each once."""
    names = (
        follow_on.facts.get("name") or follow_on.facts.get("group_name") or follow_on.target.name or follow_on.operation
        for follow_on in grant.follow_ons
        if follow_on.kind in kinds
    )
    return tuple(dict.fromkeys(name[:80] for name in names))[:MOST]


def mail_flow(grant: Grant) -> Draft | None:
    """Rules of mail flow, which Microsoft Graph cannot change; None where there are none."""
    found = _named(grant, "transport_rule")
    if not found:
        return None
    return Draft(
        "Remove rules of mail flow, by hand",
        "A rule of mail flow takes mail of the whole tenant, and outlives the account.",
        notes=(
            f"In these logs: {', '.join(map(repr, found))}.",
            "No request to Microsoft Graph does this. In Exchange Online PowerShell: Get-TransportRule, compare "
            f"WhenChanged with {instant(grant.started_at)}, then Disable-TransportRule, and Remove-TransportRule when "
            "it is understood.",
        ),
    )


def close_mailbox(grant: Grant) -> Draft | None:
    """Rights on mailboxes that were given away; None where none were."""
    found = [follow_on for follow_on in grant.follow_ons if follow_on.kind == "mailbox_delegation"]
    if not found:
        return None
    who = dict.fromkeys(each.facts["user"][:80] for each in found if each.facts.get("user"))
    return Draft(
        "Take back rights on mailboxes, by hand",
        "Who was given rights on a mailbox keeps them after every reset of its owner.",
        notes=(
            *((f"In these logs given to {', '.join(map(repr, list(who)[:MOST]))}.",) if who else ()),
            "No request to Microsoft Graph does this. In Exchange Online PowerShell: Get-MailboxPermission, "
            "Get-RecipientPermission and Get-MailboxFolderPermission, then the Remove- command of the same name.",
        ),
    )


def policies(grant: Grant) -> Draft | None:
    """Policies that were changed and groups that keep people out of them; None where there are none."""
    changed, groups = _named(grant, "policy"), _named(grant, "group_member")
    if not changed and not groups:
        return None
    members = dict.fromkeys(
        f"{ROOT}/groups/{group}/members/{member}/$ref"
        for follow_on in grant.follow_ons
        if follow_on.kind == "group_member"
        and (group := guid(follow_on.facts.get("group_id")))
        and (member := guid(follow_on.target.id))
    )
    since = f"activityDateTime ge {instant(grant.started_at)} and category eq 'Policy'"
    return Draft(
        "Restore policies, by hand",
        "A policy that got weaker lets the next one in, and stays so after this account is contained.",
        (
            get(f"{ROOT}/auditLogs/directoryAudits" + query(since)),
            get(f"{ROOT}/identity/conditionalAccess/policies"),
            *(Request("DELETE", url) for url in list(members)[:MOST]),
        ),
        "AuditLog.Read.All, Policy.Read.All, GroupMember.ReadWrite.All",
        (
            *((f"In these logs changed: {', '.join(map(repr, changed))}.",) if changed else ()),
            *((f"Members were added to: {', '.join(map(repr, groups))}.",) if groups else ()),
            "The audit record holds the policy as it was (oldValue). Put it back in the Entra admin center.",
        ),
    )


def undo(grant: Grant) -> Draft | None:
    """What else the logs show and no other step covers; None where there is nothing."""
    found: dict[str, int] = {}
    for follow_on in grant.follow_ons:
        if follow_on.kind in _UNDO:
            found[follow_on.kind] = found.get(follow_on.kind, 0) + follow_on.count
    if not found:
        return None
    return Draft(
        "Undo what else was changed",
        "The follow-ons of this grant show changes that outlive the account's containment.",
        notes=tuple(f"{number:,} of {_UNDO[kind]}." for kind, number in found.items()),
    )
