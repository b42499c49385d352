"""What did not work: blocked, refused and abandoned sign-ins. Low by themselves, telling in numbers."""

from __future__ import annotations

import math

from grantwatch import knowledge
from grantwatch.grants.model import LegKind, Outcome
from grantwatch.signals.account import client_kind
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import MANY_USERS, attempted, known, prefix_known, redeemer_uses, silent

REPEATED = 3
ENOUGH_DAYS = 7
WEEK = 7 / 5
"""Days are counted with weekends, and most people fail on working days."""
SPREAD = 3.0
"""Standard deviations above its mean up to which a number of chance events is nothing unusual."""


def _repeated(count: int) -> Scale:
    return Scale().by(1.7, f"{count} times") if count >= REPEATED else Scale()


@signal(
    "attempt.blocked",
    title="A device code sign-in was blocked",
    question="Was a device code sign-in of this user blocked?",
    group="attempt",
    weight=1.9,
    looks_at="the error codes of the legs",
    otherwise="No leg of this grant was blocked by a policy.",
    techniques=("T1566.002", "T1528"),
    entries=(13,),
    false_positives=("a developer who meets a new policy",),
    gaps=("failures name no protocol: some blocks cannot be told from other sign-ins",),
)
def blocked(self: Signal, case: Case) -> Answer:
    """A leg was blocked by a policy; three or more weigh more, and little where the flow went through after all."""
    legs = case.grant.of(LegKind.BLOCKED)
    if not legs:
        return silent(self, case)
    policies = sorted({policy for leg in legs for policy in leg.policies})
    by = f" by {', '.join(repr(policy) for policy in policies[:3])}" if policies else ""
    return self.fired(
        f"The sign-in was blocked{by} ({len(legs)} record{'' if len(legs) == 1 else 's'}).",
        chip="blocked",
        records=tuple(leg.ref for leg in legs[:4]),
        scale=_repeated(len(legs))
        if case.grant.outcome is Outcome.BLOCKED
        else Scale().by(0.4, "the flow went through after all"),
    )


@signal(
    "attempt.abandoned",
    title="A device code sign-in was refused or left unfinished",
    question="Did this user refuse a device code sign-in, or stop at the confirmation page?",
    group="attempt",
    weight=1.9,
    looks_at="the outcome of the grant and the error codes of its legs",
    otherwise="The sign-in was not left unfinished.",
    techniques=("T1566.002",),
    entries=(13,),
    false_positives=("mobile apps show the same confirmation page", "a mistyped code"),
    gaps=("codes that nobody entered leave no record",),
)
def abandoned(self: Signal, case: Case) -> Answer:
    """No token was issued; weighs less where a phone or an enrolment may have shown the page."""
    grant = case.grant
    if grant.outcome is not Outcome.ABANDONED:
        return silent(self, case, f"The sign-in was not left unfinished: it was {grant.outcome.value}.")
    declined = grant.of(LegKind.DECLINED)
    legs = declined or grant.of(LegKind.INTERRUPT) or grant.legs
    scale = _repeated(len(declined))
    if not declined and _perhaps_a_phone(case):
        scale = scale.by(0.5, "a phone or an enrolment may have shown the page")
    what = "refused it or entered a wrong code" if declined else "stopped at the confirmation page"
    return self.fired(
        f"No token was issued: the user {what} ({len(legs)} record{'' if len(legs) == 1 else 's'}).",
        chip="refused" if declined else "abandoned",
        records=tuple(leg.ref for leg in legs[:4]),
        scale=scale,
    )


def _perhaps_a_phone(case: Case) -> bool:
    agents = [knowledge.agent(leg.user_agent).kind for leg in case.grant.legs if leg.user_agent]
    return client_kind(case.grant.client.id) == "enrolment" or "mobile_browser" in agents


@signal(
    "attempt.refused_tokens",
    title="Tokens of the grant were refused by a policy",
    question="Did the redeemer go on asking after a policy refused the tokens?",
    group="attempt",
    weight=1.2,
    looks_at="the error codes of the redeemer's token uses",
    otherwise="No token use of the redeemer failed with a code that means a block.",
    techniques=("T1550.001",),
    entries=(13,),
    needs=("stream:non_interactive",),
    false_positives=("a new policy on authentication flows meets ordinary lineages",),
    gaps=("refusals before the first success",),
)
def refused_tokens(self: Signal, case: Case) -> Answer:
    """Failures of the redeemer with codes that mean a block (530036 and its like)."""
    refused = []
    codes: set[int] = set()
    for use in redeemer_uses(case.grant):
        blocks = {number for number in use.error_codes if (code := knowledge.code(number)) and code.kind == "block"}
        if blocks:
            refused.append(use)
            codes |= blocks
    if not refused:
        return silent(self, case)
    failures = sum(use.failures for use in refused)
    named = ", ".join(f"AADSTS{number}" for number in sorted(codes))
    return self.fired(
        f"Tokens of this grant were refused {failures} times ({named}).",
        chip="tokens refused",
        records=tuple(ref for use in refused for ref in use.refs[:1])[:4],
        scale=_repeated(failures),
    )


def _redeemed_at_home(case: Case) -> bool:
    redemption = case.grant.redemption
    return redemption is not None and prefix_known(case, redemption.network)


@signal(
    "attempt.burst",
    title="A burst of attempts",
    question="Did several device code sign-ins fail within a day, of this user or of others by the same client?",
    group="attempt",
    weight=1.4,
    looks_at="blocked and abandoned device code sign-ins in the 24 hours before this grant, with this one",
    otherwise="Fewer than 3 attempts of this user, and attempts of fewer than 3 users, fell into the 24 hours before.",
    techniques=("T1566.002",),
    entries=(13,),
    needs=("stream:interactive",),
    false_positives=("a new policy that meets people at work", "a roll-out that goes wrong"),
    gaps=("the first attempts of a burst: what comes after is not held against them", "codes that nobody entered"),
)
def burst(self: Signal, case: Case) -> Answer:
    """Three attempts of the user, or of three users by one client; more where one of them then went through.

    Of several users only where that is more than the client has on most days: in a large tenant some fail every day.
    """
    grant, before = case.grant, case.profile.attempts
    now = attempted(grant)
    own, users = before.own + now, before.others + (now or bool(before.own))
    if own < REPEATED and users < MANY_USERS:
        return silent(self, case)
    usual = before.usual * WEEK
    if own < REPEATED and users <= usual + SPREAD * math.sqrt(usual):
        return silent(
            self, case, f"Attempts of {users} users through this client within a day are nothing unusual here."
        )
    scale = Scale() if own >= REPEATED else Scale().by(0.7, "attempts of several users, few of each")
    if not now:
        scale = scale.by(1.2, "then one went through")
    if known(case, "grant_client", grant.client.id):
        scale = scale.by(0.3, "this user signs in so by habit: a policy may be new")
    elif own < REPEATED and _redeemed_at_home(case):
        scale = scale.by(0.3, "others failed, and this one was redeemed where the user is")
    if own < REPEATED and case.profile.tenant_history_days < ENOUGH_DAYS:
        scale = scale.by(0.5, "what is usual is not in these logs")
    told = (
        f"{own} device code sign-ins of this user failed within 24 hours"
        if own >= REPEATED
        else f"Device code sign-ins of {users} users through {grant.client.label} failed within 24 hours"
    )
    return self.fired(
        f"{told}{'' if now else ', and then this one went through'}.",
        chip="burst of attempts",
        records=tuple(leg.ref for leg in grant.legs[:2]),
        scale=scale,
    )
