"""The steps themselves: one small function each, from a grant to a draft of a step."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from grantwatch.grants.model import FollowOn, Grant, Party
from grantwatch.respond.address import BETA, ROOT, USER_PLACEHOLDER, cidr, guid, instant, query, user_path
from grantwatch.respond.model import Body, Request, Step

__all__ = ["Draft"]

_PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - Graph's fixed id of the method
_BEFORE = timedelta(hours=1)
_MOST = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A step that does not know its place yet."""

    title: str
    why: str
    requests: tuple[Request, ...] = ()
    permission: str = ""
    notes: tuple[str, ...] = ()

    def numbered(self, order: int) -> Step:
        """The step at its place."""
        changes = any(request.method != "GET" for request in self.requests)
        return Step(order, self.title, self.why, self.requests, self.permission, self.notes, changes)


def _get(url: str) -> Request:
    return Request("GET", url)


def _user(grant: Grant) -> str:
    return f"{ROOT}/users/{user_path(grant.user)}"


def _id(grant: Grant) -> str:
    return guid(grant.user.id) or USER_PLACEHOLDER


def _fill_in(grant: Grant) -> tuple[str, ...]:
    if guid(grant.user.id):
        return ()
    return (f"The logs hold no object id for this user: read it with GET {_user(grant)}?$select=id and fill it in.",)


def _sign_ins(grant: Grant, since: datetime) -> tuple[Request, ...]:
    kinds = ("interactiveUser", "nonInteractiveUser")
    who = f"userId eq '{_id(grant)}' and createdDateTime ge {instant(since)}"
    return tuple(
        _get(f"{BETA}/auditLogs/signIns" + query(f"signInEventTypes/any(t: t eq '{kind}') and {who}")) for kind in kinds
    )


def _activities(grant: Grant, since: datetime) -> Request:
    text = f"initiatedBy/user/id eq '{_id(grant)}' and activityDateTime ge {instant(since)}"
    return _get(f"{ROOT}/auditLogs/directoryAudits" + query(text))


def snapshot(grant: Grant, *, guest: bool) -> Draft:
    """Save what later steps change or what retention deletes."""
    user, since = _user(grant), grant.started_at - _BEFORE
    state = ["registeredDevices", "ownedDevices", "oauth2PermissionGrants"]
    if not guest:
        state += ["authentication/methods", "mailFolders/inbox/messageRules", "mailboxSettings"]
    return Draft(
        "Keep the evidence",
        "The steps below change what is there now, and sign-in and audit logs are deleted after days.",
        (*_sign_ins(grant, since), _activities(grant, since), *(_get(f"{user}/{part}") for part in state)),
        "AuditLog.Read.All, Directory.Read.All, UserAuthenticationMethod.Read.All, MailboxSettings.Read",
        (
            *_fill_in(grant),
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
    )


def check(grant: Grant, *, approved: bool) -> Draft:
    """Look without touching anything."""
    since = grant.started_at - _BEFORE
    notes = ["If the user does not know of it, treat this grant as high and run the full containment."]
    if not approved:
        notes.insert(0, "No token was seen. A later attempt on the same user may have got one: look after this time.")
    return Draft(
        "Verify",
        "Check that the client, the resource and the network belong to work that the user does.",
        (*_sign_ins(grant, since), _get(f"{_user(grant)}/registeredDevices")),
        "AuditLog.Read.All, Directory.Read.All",
        (*_fill_in(grant), *notes),
    )


def _device_follow_ons(grant: Grant) -> list[FollowOn]:
    return [follow_on for follow_on in grant.follow_ons if "device" in follow_on.kind.split("_")]


def _device_ids(grant: Grant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Object ids and device ids of devices that came after the grant; only what is a GUID."""
    objects: dict[str, None] = {}
    devices: dict[str, None] = {}
    for follow_on in _device_follow_ons(grant):
        by_fact = [guid(v) for k, v in follow_on.facts.items() if "".join(filter(str.isalnum, k)).lower() == "deviceid"]
        found = [value for value in by_fact if value]
        target = guid(follow_on.target.id) if (follow_on.target_type or "").lower() == "device" else None
        if found:
            devices.update(dict.fromkeys(found))
        elif target:
            objects[target] = None
    return tuple(objects)[:_MOST], tuple(devices)[:_MOST]


def find_devices(grant: Grant) -> Draft:
    """List what the user owns, and what registered since."""
    user = _user(grant)
    audit = f"activityDisplayName eq 'Register device' and activityDateTime ge {instant(grant.started_at - _BEFORE)}"
    held = {guid(use.device.id) for use in grant.token_uses if use.party is Party.REDEEMER}
    known = [f"{ROOT}/devices(deviceId='{device}')" for device in sorted(h for h in held if h)][:_MOST]
    return Draft(
        "Find devices that were registered after the approval",
        "A registered device holds a primary refresh token. That token survives a revocation of sessions.",
        (
            _get(f"{user}/registeredDevices"),
            _get(f"{user}/ownedDevices"),
            _get(f"{ROOT}/auditLogs/directoryAudits" + query(audit)),
            *(_get(url) for url in known),
        ),
        "Device.Read.All, AuditLog.Read.All",
        (f"Compare registrationDateTime with {instant(grant.started_at)}. A generic name is telling.",),
    )


def delete_devices(grant: Grant) -> Draft | None:
    """Delete the devices that follow-ons name; None where none is named by a usable id."""
    objects, devices = _device_ids(grant)
    urls = [f"{ROOT}/devices(deviceId='{device}')" for device in devices] + [f"{ROOT}/devices/{o}" for o in objects]
    if not urls:
        return None
    return Draft(
        "Delete the rogue device" if len(urls) == 1 else "Delete the rogue devices",
        "Before anything is revoked: while the device lives, its primary refresh token gets new sessions.",
        tuple(request for url in urls for request in (_get(url), Request("DELETE", url))),
        "Directory.AccessAsUser.All (delegated) with the role Cloud Device Administrator, or Device.ReadWrite.All",
        ("Read the device first and save the answer: deletion also deletes its BitLocker keys.",),
    )


def disable(grant: Grant, *, guest: bool) -> Draft:
    """Close the account for the time being."""
    notes = [
        "If the account is synchronised from on-premises Active Directory, disable it there too: a sync undoes this.",
        "If this is a room, phone or other device account, plan a visit: the hardware will be signed out.",
        "If it has a directory role, the caller needs a role that may act on administrators.",
    ]
    if guest:
        notes.insert(0, "This closes the guest account in this tenant only.")
    return Draft(
        "Disable the account",
        "Revoked sessions leave access tokens alive for up to an hour. A disabled account shortens that.",
        (Request("PATCH", _user(grant), {"accountEnabled": False}),),
        "User.ReadWrite.All or User.EnableDisableAccount.All",
        tuple(notes),
    )


def revoke(grant: Grant, *, guest: bool) -> Draft:
    """Make every refresh token invalid."""
    notes = ["Takes a few minutes. Browser cookies of the user go too."]
    if guest:
        notes.insert(0, "No effect on tokens that the guest's home tenant issued.")
    return Draft(
        "Revoke all sessions",
        "Every refresh token that was issued until now stops working, those of this grant among them.",
        (Request("POST", f"{_user(grant)}/revokeSignInSessions"),),
        "User.RevokeSessions.All or User.ReadWrite.All",
        tuple(notes),
    )


def tell_home_tenant(grant: Grant) -> Draft:
    """Only the home tenant can reset a guest."""
    home = guid(grant.user.home_tenant_id)
    return Draft(
        "Tell the home tenant" + (f" ({home})" if home else ""),
        "The account lives there. Password, sign-in methods, sessions and mailbox can be contained only there.",
        notes=("Hand over the times, networks, session id and correlation id of this grant.",),
    )


def reset_password(grant: Grant) -> Draft:
    """A new password; not containment on its own."""
    url = f"{_user(grant)}/authentication/methods/{_PASSWORD_METHOD}/resetPassword"
    return Draft(
        "Reset the password",
        "The user may have typed it into a page of the intruder. A reset alone contains nothing: tokens live on.",
        (Request("POST", url, {"newPassword": "{new-password}"}),),
        "UserAuthenticationMethod.ReadWrite.All (delegated only)",
    )


def methods(grant: Grant) -> Draft:
    """Sign-in methods that came after the grant."""
    base = f"{_user(grant)}/authentication"
    kinds = ("microsoftAuthenticatorMethods", "phoneMethods", "softwareOathMethods", "fido2Methods")
    more = ("windowsHelloForBusinessMethods", "temporaryAccessPassMethods")
    return Draft(
        "Remove sign-in methods that the user does not know",
        "A method that the intruder added lets them in again after the reset.",
        (_get(f"{base}/methods"), *(Request("DELETE", f"{base}/{kind}/{{method-id}}") for kind in (*kinds, *more))),
        "UserAuthenticationMethod.ReadWrite.All",
        (f"Compare createdDateTime with {instant(grant.started_at)}. Delete only what the user does not recognise.",),
    )


def consents(grant: Grant) -> Draft:
    """Delegated permissions that were granted to apps."""
    return Draft(
        "Remove consents to apps that the user does not know",
        "A consented app keeps its own access.",
        (
            _get(f"{_user(grant)}/oauth2PermissionGrants"),
            Request("DELETE", f"{ROOT}/oauth2PermissionGrants/{{permission-grant-id}}"),
        ),
        "DelegatedPermissionGrant.ReadWrite.All",
        ("For an app of the intruder, disable its service principal too. Never do that to an app of Microsoft.",),
    )


def rules(grant: Grant) -> Draft:
    """Inbox rules and forwarding."""
    base = f"{_user(grant)}/mailFolders/inbox/messageRules"
    names = [f.target.name for f in grant.follow_ons if "rule" in f.kind.split("_") and f.target.name]
    seen = ("In these logs: " + ", ".join(repr(name[:80]) for name in names[:5]) + ".",) if names else ()
    return Draft(
        "Remove inbox rules and forwarding",
        "Rules hide answers and warnings from the user, or send mail out.",
        (
            _get(base),
            _get(f"{_user(grant)}/mailboxSettings"),
            Request("DELETE", f"{base}/{{rule-id}}"),
        ),
        "MailboxSettings.ReadWrite",
        (
            *seen,
            "Hidden rules, delegates and mailbox forwarding do not show here: check with Exchange Online PowerShell.",
        ),
    )


def confirm_compromised(grant: Grant) -> Draft:
    """Tell Identity Protection."""
    return Draft(
        "Confirm the user compromised",
        "Raises the user's risk to high, so that risk policies and continuous access evaluation act.",
        (Request("POST", f"{ROOT}/identityProtection/riskyUsers/confirmCompromised", {"userIds": [_id(grant)]}),),
        "IdentityRiskyUser.ReadWrite.All (needs Entra ID P2)",
        _fill_in(grant),
    )


def _redeemer_prefixes(grant: Grant) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    theirs = [grant.redemption.network] if grant.redemption else []
    theirs += [use.network for use in grant.token_uses if use.party is Party.REDEEMER]
    own = {use.network.prefix for use in grant.token_uses if use.party is Party.APPROVER}
    own |= {grant.approval.network.prefix} if grant.approval else set()
    found = dict.fromkeys(cidr(network.prefix) for network in theirs if network.prefix not in own)
    return [network for network in found if network is not None][:_MOST]


def block_networks(grant: Grant) -> Draft | None:
    """A named location of the redeemer's networks; None where they are unknown or the approver's own."""
    ranges: list[Body] = [
        {"@odata.type": f"#microsoft.graph.iPv{network.version}CidrRange", "cidrAddress": str(network)}
        for network in _redeemer_prefixes(grant)
    ]
    if not ranges:
        return None
    body: Body = {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": f"Device code intruder {grant.started_at:%Y-%m-%d}",
        "isTrusted": False,
        "ipRanges": list(ranges),
    }
    return Draft(
        "Block the redeemer's networks",
        "Stops the same infrastructure from trying the next user.",
        (Request("POST", f"{ROOT}/identity/conditionalAccess/namedLocations", body),),
        "Policy.Read.All, Policy.ReadWrite.ConditionalAccess",
        (
            "Then block this location in a Conditional Access policy. A /24 or /48 may serve others too: check first.",
            "Networks are easy to change. This slows the intruder; it does not contain the account.",
        ),
    )


def block_flow() -> Draft:
    """The policy that ends the flow for those who do not need it."""
    body: Body = {
        "displayName": "Block device code flow",
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": ["{break-glass-and-device-accounts}"]},
            "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }
    return Draft(
        "Block the device code flow",
        "Most users never need it. A block ends this attack for them.",
        (Request("POST", f"{ROOT}/identity/conditionalAccess/policies", body),),
        "Policy.Read.All, Policy.ReadWrite.ConditionalAccess, Application.Read.All",
        ("As written it only reports. See who would be blocked, exclude those who need it, then enable it.",),
    )


def enable(grant: Grant) -> Draft:
    """Give the account back."""
    return Draft(
        "Enable the account again",
        "Only when the steps above are done, and the user has new credentials and knows what happened.",
        (Request("PATCH", _user(grant), {"accountEnabled": True}),),
        "User.ReadWrite.All or User.EnableDisableAccount.All",
    )


def verify(grant: Grant) -> Draft:
    """Watch for what still lives."""
    session = guid(grant.session_id)
    what = f"session {session}" if session else "the networks and clients of this grant"
    return Draft(
        "Verify for 90 days",
        "A refresh token lives up to 90 days. Containment is proven when it is refused and nothing succeeds.",
        (*_sign_ins(grant, grant.last_seen), _get(f"{_user(grant)}/registeredDevices")),
        "AuditLog.Read.All, Directory.Read.All",
        (
            f"Look for {what}. No success after containment is the goal.",
            "Failures with 50173 or 50057 are good news: someone still tries a dead token.",
        ),
    )
