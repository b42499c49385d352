"""What stays: devices, tokens of devices, security info and consents that outlive a changed password."""

from __future__ import annotations

from datetime import timedelta

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, TieBy, TokenKind, TokenUse
from grantwatch.signals.account import at_its_site, device_account
from grantwatch.signals.after import (
    DAY,
    SURE_TIES,
    Weighed,
    at_home,
    best,
    decay,
    follow_ons,
    mobile_device,
    once_scale,
    tie_scale,
    tie_words,
)
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    AT_HOME,
    FIRST_HOUR,
    attempted,
    known,
    lineage_hidden,
    prefix_known,
    redeemer_uses,
    silent,
    span,
    used_at_home,
)
from grantwatch.signals.words import risky_scopes


def _device(case: Case, follow_on: FollowOn) -> Weighed:
    facts = follow_on.facts
    build = " ".join(part for part in (facts.get("os"), facts.get("os_version")) if part)
    name = facts.get("device_name") or follow_on.target.name
    marks = knowledge.device_marks(name, build or None, case.grant.started_at.date())
    fresh = [mark for mark in marks if not mark.expired]
    strength = tie_scale(case, follow_on)
    scale = decay(case, follow_on).times(strength)
    if follow_on.tie.by in SURE_TIES:
        least = Scale().by(0.6, "late, but surely tied").times(strength)
        scale = max(scale, least, key=lambda each: each.value)
    mobile, home = mobile_device(follow_on), at_home(case, follow_on)
    if follow_on.network.prefix is None and (used_at_home(case) or _nothing_but_home(case)):
        # The directory often names no address: then the tokens tell where the device is.
        home = True
    if any(mark.strength == "strong" for mark in fresh):
        scale = scale.by(1.35, "a strong mark of a kit")
    elif fresh:
        scale = scale.by(1.2, "a weak mark of a kit")
    elif marks:
        scale = scale.by(1.1, "an expired mark of a kit")
    if mobile:
        scale = scale.by(0.3, "a phone, at home") if home else scale.by(0.6, "a phone")
    if device_account(case) and at_its_site(case):
        return Weighed(follow_on, scale.by(0.15, "a room device at its site"), False)
    soon = follow_on.time - case.grant.started_at <= FIRST_HOUR
    alone = (follow_on.tie.by in SURE_TIES or soon) and not mobile and not home and not attempted(case.grant)
    told = (f"{mark.title}{' (out of date)' if mark.expired else ''}" for mark in marks)
    why = f". Known marks: {'; '.join(told)}" if marks else ""
    return Weighed(follow_on, scale, alone, why)


def _nothing_but_home(case: Case) -> bool:
    """True where the logs cannot show where the tokens were used, and all that they show is where the user is."""
    return lineage_hidden(case) and at_its_site(case)


@signal(
    "persistence.device_registered",
    title="A device was registered or joined after the grant",
    question="Did a device appear in this user's name after the grant?",
    group="persistence",
    weight=4.0,
    looks_at="device registrations and joins of this user in either audit log: 72 hours by user and time, longer where "
    "token, session or device tie them",
    otherwise="No device was registered or joined in this user's name after the grant.",
    alone=True,
    techniques=("T1098.005",),
    entries=(19,),
    needs=("stream:audit", "stream:unified_audit"),
    false_positives=("a new laptop or phone on the day of an ordinary device code sign-in",),
    gaps=("registrations more than 72 hours later that share no token or session", "audit retention of 7 or 30 days"),
)
def device_registered(self: Signal, case: Case) -> Answer:
    """Full weight within 60 minutes, falling to 72 hours; known names and OS builds raise, own phones lower."""
    weighed = [_device(case, each) for each in follow_ons(case, "device_registered", "device_added")]
    return best(self, case, weighed, chip="device registered", words="Device registered or joined:")


def _prt(case: Case, use: TokenUse) -> Scale:
    device = use.device
    if use.kind is not TokenKind.PRIMARY or device.managed or device.compliant or known(case, "device", device.id):
        return Scale(0.0)
    scale = Scale().by(0.6 + 0.4 * use.tie.strength, tie_words(use.tie))
    if device.managed is None:
        scale = scale.by(0.6, "the log does not say whether the device is managed")
    if prefix_known(case, use.network):
        scale = scale.by(0.5, "from a network that the user knows")
    return scale


@signal(
    "persistence.rogue_prt",
    title="A primary refresh token from an unmanaged device",
    question="Did the redeemer use a primary refresh token from a device that nobody manages?",
    group="persistence",
    weight=4.6,
    looks_at="the redeemer's token uses that presented a primary refresh token, and their devices",
    otherwise="The redeemer used none from a device that is neither managed nor known to the user.",
    alone=True,
    techniques=("T1098.005", "T1550.001"),
    entries=(18,),
    needs=("stream:non_interactive",),
    false_positives=("the user's own new device that the company does not manage",),
    gaps=("a rogue device that was enrolled and made compliant",),
)
def rogue_prt(self: Signal, case: Case) -> Answer:
    """The lineage turns into a primary refresh token on a device that is neither managed nor known to the user."""
    weighed = [(scale, use) for use in redeemer_uses(case.grant) if (scale := _prt(case, use))]
    if not weighed:
        return silent(self, case)
    if device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: a room device at its site is registered without management.")
    scale, use = max(weighed, key=lambda pair: pair[0].value)
    if used_at_home(case):
        scale = scale.by(*AT_HOME)
    device = use.device.name or use.device.id or "a device without a name"
    told = "which is not managed" if use.device.managed is False else "of which the log does not say that it is managed"
    return self.fired(
        f"The redeemer used a primary refresh token on {device}, {told}, "
        f"{span(use.first - case.grant.started_at)} after the grant.",
        chip="rogue device token",
        records=use.refs,
        scale=scale,
        alone=scale.value >= 0.75,
    )


@signal(
    "persistence.security_info",
    title="Security info changed after the grant",
    question="Was a sign-in method of this user added, changed or removed after the grant?",
    group="persistence",
    weight=2.6,
    looks_at="changes of this user's sign-in methods in either audit log: 72 hours by user and time, longer where "
    "token or session tie them",
    otherwise="No sign-in method of this user changed after the grant.",
    techniques=("T1556.006", "T1098"),
    entries=(21,),
    needs=("stream:audit", "stream:unified_audit"),
    false_positives=("onboarding", "a new phone"),
    gaps=(
        "changes more than 72 hours later that share no token or session",
        "which method it was, where the directory only says that strong authentication changed",
    ),
)
def security_info(self: Signal, case: Case) -> Answer:
    """Full weight within a day, falling to 72 hours; less from the user's own network and for new accounts."""
    new_account = Scale()
    if case.profile.user_history_days < 7 <= case.profile.tenant_history_days:
        new_account = Scale().by(0.5, "the account is new")
    weighed = [
        Weighed(
            each,
            decay(case, each, full=DAY).times(tie_scale(case, each)).times(new_account).times(once_scale(each)),
            False,
            _method(each),
        )
        for each in follow_ons(case, "security_info")
    ]
    return best(self, case, weighed, chip="security info changed", words="Security info changed:")


def _method(follow_on: FollowOn) -> str:
    method, changed = follow_on.facts.get("method"), follow_on.facts.get("changed")
    if changed:
        return f"; the directory changed {changed}"
    return f"; method: {method}" if method else ""


def _part_of_flow(case: Case, follow_on: FollowOn) -> bool:
    """Consent on the way to the approval, or within two minutes of it by the same correlation id.

    That is the normal first leg of a client that asks for consent.
    """
    after = follow_on.time - case.grant.started_at
    if after <= timedelta(seconds=5):
        return True
    return follow_on.tie.by in (TieBy.CORRELATION_ID, TieBy.SELF) and after <= timedelta(minutes=2)


@signal(
    "persistence.consent",
    title="A consent was given after the grant",
    question="Was an application given rights in this user's name after the grant?",
    group="persistence",
    weight=2.8,
    looks_at="consents of this user in either audit log: 72 hours by user and time, longer where token or session tie "
    "them; but for one that is part of the flow",
    otherwise="No application was given rights in this user's name after the grant.",
    techniques=("T1528", "T1098.003"),
    entries=(22,),
    needs=("stream:audit", "stream:unified_audit"),
    false_positives=("a new cloud service", "consent that the flow itself asks for is left out"),
    gaps=("consents given before the grant",),
)
def consent(self: Signal, case: Case) -> Answer:
    """Weighed by what the scopes allow; an administrator's consent for all users weighs more."""
    weighed = []
    found = follow_ons(case, "consent")
    for each in found:
        if _part_of_flow(case, each):
            continue
        if each.facts.get("scopes_before") and not each.facts.get("scopes"):
            continue
        risky = risky_scopes(each.facts.get("scopes"))
        scale = decay(case, each, full=DAY).times(tie_scale(case, each)).times(once_scale(each))
        if not risky:
            scale = scale.by(0.4, "no scope that lets it read, send or change much")
        if (each.facts.get("admin") or "").lower() == "true" or each.facts.get("consent_type") == "AllPrincipals":
            scale = scale.by(1.2, "consent for everybody")
        weighed.append(Weighed(each, scale, False, f"; scopes: {', '.join(risky)}" if risky else ""))
    if found and not weighed:
        return silent(self, case, "Left out: what consent there is is part of the flow itself, or added no scope.")
    return best(self, case, weighed, chip="consent after grant", words="Consent given:")
