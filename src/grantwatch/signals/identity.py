"""Who: is it this person's way, and time, to sign in."""

from __future__ import annotations

from datetime import timedelta

from grantwatch.grants.model import LegKind
from grantwatch.signals.account import account_class
from grantwatch.signals.prevalence import ENOUGH_PEERS, by_peers
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    ENOUGH_SIGN_INS,
    MANY_USERS,
    attempted,
    earlier_grants,
    familiar,
    history_scale,
    short_history,
    silent,
    span,
    unsaid,
    weigh_attempt,
)
from grantwatch.signals.words import carried_over, first_factor


@signal(
    "identity.first_use",
    title="First device code sign-in of this user",
    question="Has this user signed in with a device code before?",
    group="identity",
    weight=1.8,
    looks_at="this user's device code grants a day or more before this one, but for those judged critical",
    otherwise="This user had signed in with a device code before.",
    techniques=("T1566.002", "T1528"),
    entries=(2,),
    needs=("history",),
    false_positives=("new developers and administrators", "the roll-out of meeting rooms and phones"),
    gaps=("the user's device code use before the logs begin", "users who use device code every day"),
)
def first_use(self: Signal, case: Case) -> Answer:
    """No settled grant before this one; weighed by history and by how common device code is with peers, else here."""
    grant, profile = case.grant, case.profile
    earlier = earlier_grants(case)
    if earlier:
        last = max(each.started_at for each in earlier)
        return silent(self, case, f"This user had signed in with a device code before, last on {last:%Y-%m-%d}.")
    scale = history_scale(case)
    if not scale:
        return short_history(self, case)
    peers = profile.peers
    by = by_peers(case, scale, peers.device_code, "use device code", 0.35) if peers else None
    if by is None:
        share = profile.tenant_grant_users / profile.tenant_users if profile.tenant_users else 0.0
        by = scale.by(max(0.45, 1 - 1.5 * share), f"{share:.0%} of the tenant's users use device code")
        if familiar(case, "grant_client", grant.client.id).tenant_users >= MANY_USERS:
            by = by.by(0.7, "others of the tenant use this client so")
    scale = by
    scale = weigh_attempt(case, scale)
    days = span(timedelta(days=profile.user_history_days))
    others = profile.tenant_grant_users
    told = "nobody else" if not others else "1 other user" if others == 1 else f"{others} other users"
    told += " of this tenant used device code"
    if peers and peers.count >= ENOUGH_PEERS:
        told = (
            f"{peers.device_code or 'none'} of {peers.count} people with the same clients and networks used device code"
        )
    return self.fired(
        f"No device code sign-in of this user in the {days} of logs before; {told}.",
        chip="first device code use",
        records=tuple(leg.ref for leg in grant.legs[:2]),
        scale=scale,
    )


@signal(
    "identity.odd_hour",
    title="An hour at which this user does not sign in",
    question="Does this user sign in at this time of the day?",
    group="identity",
    weight=0.6,
    looks_at="the hours (UTC) of this user's interactive sign-ins before the grant",
    otherwise="This user signs in at this hour, or the one before or after.",
    techniques=("T1078.004",),
    needs=("history",),
    false_positives=("on-call work", "travel across time zones"),
    gaps=("an attacker who works the user's hours", "users with fewer than 20 interactive sign-ins on record"),
)
def odd_hour(self: Signal, case: Case) -> Answer:
    """None of at least 20 interactive sign-ins fell into this hour (UTC) or the one before or after."""
    kind = account_class(case).kind
    if kind in ("device", "service"):
        return silent(self, case, f"Left out: a {kind} has no working hours.")
    hours = case.profile.hours
    if sum(hours) < ENOUGH_SIGN_INS:
        if "history" in case.missing:
            return short_history(self, case)
        few = f"hours are told from {ENOUGH_SIGN_INS} interactive sign-ins on; before the grant there are {sum(hours)}"
        return unsaid(self, case, few)
    when = case.grant.started_at
    if any(hours[(when.hour + step) % 24] for step in (-1, 0, 1)):
        return silent(self, case)
    legs = case.grant.of(LegKind.APPROVAL, LegKind.SIGHTING) or case.grant.legs
    return self.fired(
        f"Started at {when:%H:%M} UTC; none of {sum(hours)} interactive sign-ins of this user fell near that hour.",
        chip="odd hour",
        records=tuple(leg.ref for leg in legs[:1]),
    )


@signal(
    "identity.mfa_not_fresh",
    title="Multi-factor authentication was not performed for it",
    question="Was multi-factor authentication taken over from an earlier sign-in, or not asked for at all?",
    group="identity",
    weight=0.3,
    looks_at="the authentication steps, detail and requirement of the approval; the redemption always says that it was "
    "satisfied before",
    otherwise="The person performed multi-factor authentication for this approval.",
    techniques=("T1078.004",),
    entries=(11,),
    needs=("stream:interactive",),
    false_positives=("single sign-on: whoever is signed in already is not asked again",),
    gaps=("approvals that these logs do not show", "people who perform it anew for the attacker"),
)
def mfa_not_fresh(self: Signal, case: Case) -> Answer:
    """A second factor by claim only, or one factor; says nothing of users who use device code by habit."""
    grant = case.grant
    approval = next(iter(grant.of(LegKind.APPROVAL)), None)
    if approval is None:
        if attempted(grant):
            return silent(self, case, "It did not come to that: nobody got a token.")
        return unsaid(self, case, "no record of this grant says how the approval was authenticated")
    single = approval.auth_requirement == "singlefactorauthentication"
    afresh = [step for step in approval.auth_methods if not carried_over(step) and not first_factor(step)]
    carried = any(map(carried_over, (*approval.auth_methods, approval.status_detail)))
    if afresh and not single:
        return silent(self, case, f"The person authenticated for this approval: {afresh[0]}.")
    if not single and not carried:
        return unsaid(self, case, "the approval does not say how the person authenticated")
    if earlier_grants(case):
        return silent(self, case, "This user signs in by device code by habit, and single sign-on is part of that.")
    scale = Scale().by(1.5, "a single factor was enough") if single else Scale()
    told = (
        "The approval needed a single factor only."
        if single
        else "Nobody was asked for a second factor: the approval took it over from an earlier sign-in."
    )
    return self.fired(told, chip="single factor" if single else "MFA not fresh", records=(approval.ref,), scale=scale)
