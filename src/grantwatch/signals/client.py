"""With what: the client that asked for the code, and the resource that it asked for."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import Named, TokenKind
from grantwatch.records.model import RecordRef
from grantwatch.signals.account import at_its_site, client_kind, device_account, resource_kind
from grantwatch.signals.after import at_home, follow_ons, mobile_device
from grantwatch.signals.prevalence import by_peers, rarity
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    AT_HOME,
    FIRST_HOUR,
    MANY_USERS,
    NO_TOKEN,
    attempted,
    earlier_grants,
    familiar,
    history_scale,
    known,
    lineage_hidden,
    redeemed_at,
    redeemer_uses,
    short_history,
    silent,
    unsaid,
    used_at_home,
    weigh_attempt,
)

SURE_ENOUGH = 0.7
"""Below this certainty a broker sign-in may be an ordinary enrolment that was never a device code flow."""

_NO_CLIENT = "no record of this grant names the client"
_DATA = frozenset({"graph", "mail", "files"})
_BEYOND_ROOMS = frozenset({"mail", "files", "management", "devops", "secrets"})


@signal(
    "client.new_to_user",
    title="A client that this user had not used with a device code",
    question="Has this user used this client with a device code before?",
    group="client",
    weight=1.1,
    looks_at="the client of this grant, against the user's device code grants a day or more before",
    otherwise="This user had used this client with a device code before.",
    techniques=("T1528",),
    entries=(3,),
    needs=("history",),
    false_positives=("a new tool", "the first sign-in of a new developer"),
    gaps=("an attacker who picks the client that the user uses",),
)
def new_to_user(self: Signal, case: Case) -> Answer:
    """The grant's client is not among the user's device code clients; weighs less where the tenant uses it so."""
    client = case.grant.client
    if client.id is None:
        return unsaid(self, case, _NO_CLIENT)
    if known(case, "grant_client", client.id):
        return silent(self, case, f"This user had used {client.label} with a device code before.")
    scale = history_scale(case)
    if not scale:
        return short_history(self, case)
    others = familiar(case, "grant_client", client.id).tenant_users
    peers = case.profile.peers
    by = by_peers(case, scale, peers.client, "use it so", 0.25) if peers else None
    if by is None and others:
        # Of those who use device code at all: in a large tenant they are few.
        of = max(others, case.profile.tenant_grant_users)
        by = scale.by(round(rarity(others, of, 0.35), 3), f"{others} of {of} users with device code use it so")
    scale = by or scale
    if known(case, "client", client.id):
        scale = scale.by(0.8, "this user knows the client from other sign-ins")
    if not earlier_grants(case):
        scale = scale.by(0.5, "a first use has no client before it; that is told once already")
    scale = weigh_attempt(case, scale)
    return self.fired(
        f"This user had not used {client.label} with a device code before; {_users(others)} of the tenant had.",
        chip="client new to user",
        records=tuple(leg.ref for leg in case.grant.legs[:1]),
        scale=scale,
    )


def _users(count: int) -> str:
    return "no user" if not count else f"{count} user{'' if count == 1 else 's'}"


@signal(
    "client.new_to_tenant",
    title="A client that nobody of the tenant uses with a device code",
    question="Has anybody of this tenant used this client with a device code?",
    group="client",
    weight=0.9,
    looks_at="the client of this grant, against all device code grants of the tenant before it",
    otherwise="This client had been used with a device code in this tenant before.",
    techniques=("T1528",),
    entries=(3,),
    needs=("history",),
    false_positives=("the pilot of a new tool",),
    gaps=("tenants in which the attacker's client is in daily use",),
)
def new_to_tenant(self: Signal, case: Case) -> Answer:
    """No user of the tenant had a device code grant of this client; says little where few use the flow at all."""
    client, profile = case.grant.client, case.profile
    if "history" in case.missing or profile.tenant_history_days < 7:
        return short_history(self, case)
    if client.id is None:
        return unsaid(self, case, _NO_CLIENT)
    others = familiar(case, "grant_client", client.id).tenant_users
    if others:
        return silent(self, case, f"{_users(others).capitalize()} of the tenant had used {client.label} so before.")
    if known(case, "grant_client", client.id):
        return silent(self, case, f"This user had used {client.label} with a device code before.")
    scale = Scale()
    if profile.tenant_grant_users < MANY_USERS:
        scale = scale.by(0.6, f"fewer than {MANY_USERS} users of the tenant use device code")
    return self.fired(
        f"Nobody of this tenant had used {client.label} with a device code.",
        chip="client new to tenant",
        records=tuple(leg.ref for leg in case.grant.legs[:1]),
        scale=weigh_attempt(case, scale),
    )


NO_CODE_NEEDED = frozenset({"office", "browser", "other"})
"""Kinds of client that have a window of their own to sign in with."""


def without_code(client_id: str | None) -> bool:
    """True for a known client that has a window of its own to sign in with, and that no device uses with a code."""
    told = knowledge.client(client_id) if client_id else None
    return told is not None and not told.device_code_usual and told.kind in NO_CODE_NEEDED


@signal(
    "client.needs_no_code",
    title="A client that has no need of device codes",
    question="Is this a client that people sign in to in its own window, and not with a code?",
    group="client",
    weight=2.0,
    looks_at="the client of this grant, against what is known of Microsoft's clients",
    otherwise="Devices and command lines are known to use this client with a device code.",
    techniques=("T1528",),
    entries=(3, 5),
    false_positives=("a television or a headset that signs in to an Office app",),
    gaps=("clients that are not in knowledge/clients.toml", "attackers who take the client of a command line"),
)
def needs_no_code(self: Signal, case: Case) -> Answer:
    """An app of the Office family, a browser's or the system's own client; less where others sign in so too."""
    client = case.grant.client
    if client.id is None:
        return unsaid(self, case, _NO_CLIENT)
    if knowledge.client(client.id) is None:
        return silent(self, case, "This client is not known: nothing is said of how it is used.")
    if not without_code(client.id):
        return silent(self, case)
    if known(case, "grant_client", client.id):
        return silent(self, case, f"This user had used {client.label} with a device code before.")
    scale = Scale()
    others = familiar(case, "grant_client", client.id).tenant_users
    if others:
        of = max(others, case.profile.tenant_grant_users)
        scale = scale.by(round(rarity(others, of, 0.3), 3), f"{others} of {of} users with device code use it so")
    return self.fired(
        f"{client.label} has a sign-in window of its own: no device or command line is known to use a code for it.",
        chip="client needs no code",
        records=tuple(leg.ref for leg in case.grant.legs[:1]),
        scale=weigh_attempt(case, scale),
    )


def _broker(case: Case) -> bool:
    grant = case.grant
    return any(client_kind(client.id) == "broker" for client in (grant.client, *(leg.client for leg in grant.legs)))


def _asked(case: Case, kinds: frozenset[str]) -> tuple[str, tuple[RecordRef, ...]] | None:
    """The first resource of the kinds that the broker got, or asked for, in a leg or an early refresh."""
    grant = case.grant
    for leg in grant.legs:
        if resource_kind(leg.resource.id) in kinds and client_kind(leg.client.id or grant.client.id) == "broker":
            return leg.resource.label, (leg.ref,)
    if not grant.legs and resource_kind(grant.resource.id) in kinds:
        return grant.resource.label, ()
    for use in redeemer_uses(grant):
        # With a primary refresh token the broker asks for everything, as it should.
        early = use.first <= redeemed_at(grant) + FIRST_HOUR and use.kind is not TokenKind.PRIMARY
        if early and client_kind(use.client.id) == "broker" and resource_kind(use.resource.id) in kinds:
            return use.resource.label, use.refs
    return None


def _honest_reading(case: Case) -> tuple[float, str] | None:
    """What is left of the weight, and why, where a person's own device or a room's explains the broker too."""
    if used_at_home(case):
        return AT_HOME
    if _may_be_a_device(case):
        return 0.25, "no person signs in with this account, and what its tokens did is not told"
    if _phone_at_home(case):
        return 0.25, "a phone was registered where the user is, and what its tokens did is not told"
    return None


def _phone_at_home(case: Case) -> bool:
    """True where the lineage is not in these logs, and a phone was registered within the hour from where the user is.

    A desk phone is set up so. That the directory names no address is no reason against it, where the flow is at home.
    """
    if not lineage_hidden(case) or not at_its_site(case):
        return False
    devices = follow_ons(case, "device_registered")
    until = case.grant.started_at + FIRST_HOUR
    return bool(devices) and all(
        each.time <= until and mobile_device(each) and (each.network.prefix is None or at_home(case, each))
        for each in devices
    )


def _may_be_a_device(case: Case) -> bool:
    """True where only the lineage could tell a device's account, and these logs do not have it.

    No person signs in with it, and every place that is named is one of its own or of the tenant.
    """
    return lineage_hidden(case) and not sum(case.profile.hours) and at_its_site(case)


def _broker_fired(self: Signal, case: Case, kinds: frozenset[str], *, words: str, chip: str) -> Answer:
    if not _broker(case):
        return silent(self, case, "The authentication broker is not among the clients of this grant.")
    asked = _asked(case, kinds)
    if asked is None:
        return silent(self, case)
    if device_account(case):
        return silent(self, case, "Left out: this is the account of a room device, which is set up with the broker.")
    name, refs = asked
    sure = case.grant.certainty >= SURE_ENOUGH
    scale = Scale()
    if not sure:
        scale = scale.by(0.4, "it may be an enrolment that was no device code flow")
    if attempted(case.grant):
        scale = scale.by(0.4, NO_TOKEN)
    honest = _honest_reading(case)
    if honest:
        scale = scale.by(*honest)
    return self.fired(
        f"The authentication broker was signed in with a device code and asked for {name}. {words}",
        chip=chip,
        records=refs,
        scale=scale,
        alone=sure and not attempted(case.grant) and not honest,
    )


@signal(
    "client.broker_registration",
    title="Authentication broker to device registration by device code",
    question="Did the authentication broker ask the device registration service for a token by device code?",
    group="client",
    weight=4.5,
    looks_at="client and resource of each leg, and of the redeemer's token uses in the first hour",
    otherwise="The broker did not ask for device registration.",
    alone=True,
    techniques=("T1528", "T1098.005", "T1550.001"),
    entries=(4, 6),
    false_positives=("the set-up of Teams devices on Android", "enrolment of a phone that was logged as a grant"),
    gaps=("accounts that look like a meeting room",),
)
def broker_registration(self: Signal, case: Case) -> Answer:
    """Broker client, resource of kind registration, in a leg or an early token use; not for device accounts."""
    words = "Who holds that token can register a device in this user's name and get a primary refresh token."
    return _broker_fired(self, case, frozenset({"registration"}), words=words, chip="broker to registration")


@signal(
    "client.broker_to_data",
    title="Authentication broker straight to mail, files or Graph by device code",
    question="Did the authentication broker ask for mail, files or Graph by device code?",
    group="client",
    weight=4.5,
    looks_at="client and resource of each leg, and of the redeemer's token uses in the first hour",
    otherwise="The broker asked for none of these without a primary refresh token.",
    alone=True,
    techniques=("T1528", "T1114.002"),
    entries=(4, 5),
    false_positives=("Android devices that sign in through the broker",),
    gaps=("accounts that look like a meeting room",),
)
def broker_to_data(self: Signal, case: Case) -> Answer:
    """Broker client, resource of kind graph, mail or files, without a primary refresh token."""
    return _broker_fired(self, case, _DATA, words="The broker does not do that on its own.", chip="broker to data")


@signal(
    "client.device_account_strays",
    title="A device account does what devices do not do",
    question="Does a meeting room or phone account ask for what it never asked for?",
    group="client",
    weight=2.0,
    looks_at="the resources of the legs and of the redeemer's token uses, where the account is that of a room device",
    otherwise="It asked for nothing that room devices do not ask for, or that it had not asked for before.",
    techniques=("T1078.004", "T1528"),
    entries=(5,),
    needs=("history",),
    false_positives=("new firmware that uses another service",),
    gaps=("device accounts without earlier grants in these logs",),
)
def device_account_strays(self: Signal, case: Case) -> Answer:
    """An account that was only a room device gets, or asks for, a data or management resource that is new to it.

    Graph counts only away from the site.
    """
    if not device_account(case) or not (earlier_grants(case) or case.profile.stated):
        return silent(self, case, "Earlier grants do not show this account to be that of a room device.")
    grant = case.grant
    # Room devices read Graph at their site.
    beyond = _BEYOND_ROOMS if at_its_site(case) else _BEYOND_ROOMS | {"graph"}
    asked: list[tuple[Named, tuple[RecordRef, ...]]] = [(leg.resource, (leg.ref,)) for leg in grant.legs]
    asked += [(use.resource, use.refs[:1]) for use in redeemer_uses(grant)]
    for resource, refs in asked:
        if resource_kind(resource.id) in beyond and not known(case, "resource", resource.id):
            return self.fired(
                f"This account signed in only as a room device until now; here it asked for {resource.label}.",
                chip="device account strays",
                records=refs,
                scale=Scale()
                if client_kind(grant.client.id) != "room_device"
                else Scale().by(0.8, "asked for by a client of room devices"),
            )
    return silent(self, case)
