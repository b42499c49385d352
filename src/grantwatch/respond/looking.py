"""Steps that only look: keep the evidence, ask, find devices, verify."""

from __future__ import annotations

from grantwatch.grants.model import Grant, Party
from grantwatch.respond.address import ROOT, guid, instant, query
from grantwatch.respond.draft import BEFORE, MOST, Draft, activities, fill_in, get, sign_ins, user_url

__all__ = ["ask", "check", "find_devices", "snapshot", "verify"]


def snapshot(grant: Grant, *, guest: bool) -> Draft:
    """Save what later steps change or what retention deletes."""
    user, since = user_url(grant), grant.started_at - BEFORE
    state = ["registeredDevices", "ownedDevices", "oauth2PermissionGrants"]
    if not guest:
        state += ["authentication/methods", "mailFolders/inbox/messageRules", "mailboxSettings"]
    return Draft(
        "Keep the evidence",
        "The steps below change what is there now, and sign-in and audit logs are deleted after days.",
        (*sign_ins(grant, since), activities(grant, since), *(get(f"{user}/{part}") for part in state)),
        "AuditLog.Read.All, Directory.Read.All, UserAuthenticationMethod.Read.All, MailboxSettings.Read",
        (
            *fill_in(grant),
            "Save each answer, with all its pages, to a file. Non-interactive sign-ins need the beta address.",
            "Export the Unified Audit Log for the user and the same time too: mail and file access are only there.",
        ),
    )


def ask(*, first: bool = False) -> Draft:
    """Ask the person."""
    return Draft(
        "Ask the user before anything is changed" if first else "Ask the user",
        "Only the user knows whether the code was theirs. The questions are listed with this grant.",
        notes=("Ask by phone or in person: someone who holds a token can read mail and chat.",),
        urgent=True,
    )


def check(grant: Grant, *, approved: bool) -> Draft:
    """Look without touching anything."""
    since = grant.started_at - BEFORE
    notes = ["If the user does not know of it, treat this grant as high and run the full containment."]
    if not approved:
        notes.insert(0, "No token was seen. A later attempt on the same user may have got one: look after this time.")
    return Draft(
        "Verify",
        "Check that the client, the resource and the network belong to work that the user does.",
        (*sign_ins(grant, since), get(f"{user_url(grant)}/registeredDevices")),
        "AuditLog.Read.All, Directory.Read.All",
        (*fill_in(grant), *notes),
    )


def find_devices(grant: Grant) -> Draft:
    """List what the user owns, and what registered since."""
    user = user_url(grant)
    audit = f"activityDisplayName eq 'Register device' and activityDateTime ge {instant(grant.started_at - BEFORE)}"
    held = {guid(use.device.id) for use in grant.token_uses if use.party is Party.REDEEMER}
    known = [f"{ROOT}/devices(deviceId='{device}')" for device in sorted(h for h in held if h)][:MOST]
    return Draft(
        "Find devices registered after the approval",
        "A registered device holds a primary refresh token. That token survives a revocation of sessions.",
        (
            get(f"{user}/registeredDevices"),
            get(f"{user}/ownedDevices"),
            get(f"{ROOT}/auditLogs/directoryAudits" + query(audit)),
            *(get(url) for url in known),
        ),
        "Device.Read.All, AuditLog.Read.All",
        (f"Compare registrationDateTime with {instant(grant.started_at)}. A generic name is telling.",),
    )


def verify(grant: Grant) -> Draft:
    """Watch for what still lives."""
    session = guid(grant.session_id)
    what = f"session {session}" if session else "the networks and clients of this grant"
    return Draft(
        "Verify for 90 days",
        "A refresh token lives up to 90 days. Containment is proven when it is refused and nothing succeeds.",
        (*sign_ins(grant, grant.last_seen), get(f"{user_url(grant)}/registeredDevices")),
        "AuditLog.Read.All, Directory.Read.All",
        (
            f"Look for {what}. No success after containment is the goal.",
            "Failures with 50173 or 50057 are good news: someone still tries a dead token.",
        ),
    )
