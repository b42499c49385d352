"""Steps that change the tenant. Every id in a request was checked to be one; the rest is for the reader to fill in."""

from __future__ import annotations

import ipaddress

from grantwatch.grants.model import FollowOn, Grant, Party
from grantwatch.respond.address import ROOT, cidr, guid, instant
from grantwatch.respond.draft import MOST, Draft, fill_in, get, user_id, user_url
from grantwatch.respond.model import Body, Request

__all__ = [
    "block_flow",
    "block_networks",
    "confirm_compromised",
    "consents",
    "delete_devices",
    "disable",
    "enable",
    "methods",
    "reset_password",
    "revoke",
    "rules",
    "tell_home_tenant",
]

_PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490"  # noqa: S105 - Graph's fixed id of the method
_DEVICE = frozenset({"device_registered", "device_added", "device_linked"})
_MAILBOX = frozenset({"inbox_rule", "forwarding", "mailbox_delegation"})


def _device_ids(grant: Grant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Object ids and device ids of devices that came after the grant; only what is a GUID."""
    objects: dict[str, None] = {}
    devices: dict[str, None] = {}
    for follow_on in (f for f in grant.follow_ons if f.kind in _DEVICE):
        by_fact = [guid(v) for k, v in follow_on.facts.items() if "".join(filter(str.isalnum, k)).lower() == "deviceid"]
        found = [value for value in by_fact if value]
        target = guid(follow_on.target.id) if (follow_on.target_type or "").lower() == "device" else None
        if found:
            devices.update(dict.fromkeys(found))
        elif target:
            objects[target] = None
    return tuple(objects)[:MOST], tuple(devices)[:MOST]


def delete_devices(grant: Grant) -> Draft | None:
    """Delete the devices that follow-ons name; None where none is named by a usable id."""
    objects, devices = _device_ids(grant)
    urls = [f"{ROOT}/devices(deviceId='{device}')" for device in devices] + [f"{ROOT}/devices/{o}" for o in objects]
    if not urls:
        return None
    return Draft(
        "Delete the rogue device" if len(urls) == 1 else "Delete the rogue devices",
        "Before anything is revoked: while the device lives, its primary refresh token gets new sessions.",
        tuple(request for url in urls for request in (get(url), Request("DELETE", url))),
        "Directory.AccessAsUser.All (delegated) with the role Cloud Device Administrator, or Device.ReadWrite.All",
        ("Read the device first and save the answer: deletion also deletes its BitLocker keys.",),
    )


def disable(grant: Grant, *, guest: bool, device_account: bool) -> Draft:
    """Close the account for the time being."""
    notes = [
        "If the account is synchronised from on-premises Active Directory, disable it there too: a sync undoes this.",
        "If it has a directory role, the caller needs a role that may act on administrators.",
    ]
    if device_account:
        notes.insert(0, "This looks like a room or phone account: its hardware is signed out and must be set up again.")
    if guest:
        notes.insert(0, "This closes the guest account in this tenant only.")
    return Draft(
        "Disable the account",
        "Revoked sessions leave access tokens alive for up to an hour. A disabled account shortens that.",
        (Request("PATCH", user_url(grant), {"accountEnabled": False}),),
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
        (Request("POST", f"{user_url(grant)}/revokeSignInSessions"),),
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
    url = f"{user_url(grant)}/authentication/methods/{_PASSWORD_METHOD}/resetPassword"
    return Draft(
        "Reset the password",
        "The user may have typed it into a page of the intruder. A reset alone contains nothing: tokens live on.",
        (Request("POST", url, {"newPassword": "{new-password}"}),),
        "UserAuthenticationMethod.ReadWrite.All (delegated only)",
    )


def methods(grant: Grant) -> Draft:
    """Sign-in methods that came after the grant."""
    base = f"{user_url(grant)}/authentication"
    kinds = ("microsoftAuthenticatorMethods", "phoneMethods", "softwareOathMethods", "fido2Methods")
    more = ("windowsHelloForBusinessMethods", "temporaryAccessPassMethods")
    return Draft(
        "Remove sign-in methods that the user does not know",
        "A method that the intruder added lets them in again after the reset.",
        (get(f"{base}/methods"), *(Request("DELETE", f"{base}/{kind}/{{method-id}}") for kind in (*kinds, *more))),
        "UserAuthenticationMethod.ReadWrite.All",
        (f"Compare createdDateTime with {instant(grant.started_at)}. Delete only what the user does not recognise.",),
    )


def consents(grant: Grant) -> Draft:
    """Delegated permissions that were granted to apps."""
    return Draft(
        "Remove consents to apps that the user does not know",
        "A consented app keeps its own access.",
        (
            get(f"{user_url(grant)}/oauth2PermissionGrants"),
            Request("DELETE", f"{ROOT}/oauth2PermissionGrants/{{permission-grant-id}}"),
        ),
        "DelegatedPermissionGrant.ReadWrite.All",
        ("For an app of the intruder, disable its service principal too. Never do that to an app of Microsoft.",),
    )


def rules(grant: Grant) -> Draft:
    """Inbox rules and forwarding."""
    base = f"{user_url(grant)}/mailFolders/inbox/messageRules"
    found = [f for f in grant.follow_ons if f.kind in _MAILBOX]
    seen = ("In these logs: " + ", ".join(dict.fromkeys(map(_rule, found[:MOST]))) + ".",) if found else ()
    return Draft(
        "Remove inbox rules and forwarding",
        "Rules hide answers and warnings from the user, or send mail out.",
        (
            get(base),
            get(f"{user_url(grant)}/mailboxSettings"),
            Request("DELETE", f"{base}/{{rule-id}}"),
        ),
        "MailboxSettings.ReadWrite",
        (
            *seen,
            "Hidden rules, delegates and mailbox forwarding do not show here: check with Exchange Online PowerShell.",
        ),
    )


def _rule(follow_on: FollowOn) -> str:
    name = follow_on.facts.get("name") or follow_on.target.name
    return f"{follow_on.operation[:60]} {name[:80]!r}" if name else follow_on.operation[:60]


def confirm_compromised(grant: Grant) -> Draft:
    """Tell Identity Protection."""
    return Draft(
        "Confirm the user compromised",
        "Raises the user's risk to high, so that risk policies and continuous access evaluation act.",
        (Request("POST", f"{ROOT}/identityProtection/riskyUsers/confirmCompromised", {"userIds": [user_id(grant)]}),),
        "IdentityRiskyUser.ReadWrite.All (needs Entra ID P2)",
        fill_in(grant),
    )


def _redeemer_prefixes(grant: Grant) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    theirs = [grant.redemption.network] if grant.redemption else []
    theirs += [use.network for use in grant.token_uses if use.party is Party.REDEEMER]
    own = {use.network.prefix for use in grant.token_uses if use.party is Party.APPROVER}
    own |= {grant.approval.network.prefix} if grant.approval else set()
    found = dict.fromkeys(cidr(network.prefix) for network in theirs if network.prefix not in own)
    return [network for network in found if network is not None][:MOST]


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


def block_flow(grant: Grant) -> Draft:
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
        (
            *_blocked_by(grant),
            "As written it only reports. See who would be blocked, exclude those who need it, then enable it.",
        ),
    )


def _blocked_by(grant: Grant) -> tuple[str, ...]:
    names = dict.fromkeys(policy[:80] for leg in grant.legs for policy in leg.policies)
    if not names:
        return ()
    told = ", ".join(repr(name) for name in list(names)[:3])
    return (f"This attempt was blocked by {told}. See whether that covers everyone before you make a second policy.",)


def enable(grant: Grant) -> Draft:
    """Give the account back."""
    return Draft(
        "Enable the account again",
        "Only when the steps above are done, and the user has new credentials and knows what happened.",
        (Request("PATCH", user_url(grant), {"accountEnabled": True}),),
        "User.ReadWrite.All or User.EnableDisableAccount.All",
    )
