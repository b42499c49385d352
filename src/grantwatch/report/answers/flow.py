"""Questions 1, 2, 3, 5 and 6: the flow itself, and who was in it."""

from __future__ import annotations

import math

from grantwatch import knowledge
from grantwatch.grants.model import Leg, LegKind, Network, Outcome
from grantwatch.knowledge.model import Client
from grantwatch.profile.model import Familiarity
from grantwatch.report import words
from grantwatch.report.answers.model import Answer, Asked, Fact, place, tie
from grantwatch.signals.view import moved_together, new_to_user, redeemer_uses
from grantwatch.signals.words import carried_over

__all__ = ["approval", "authentication", "client", "parties", "policy"]

_OUTCOMES = {
    Outcome.REDEEMED: "Yes: a device code was used and a token was issued",
    Outcome.APPROVED: "Yes: a person approved a device code; no token is in these logs",
    Outcome.ABANDONED: "No: the sign-in was refused or left unfinished",
    Outcome.BLOCKED: "No: the sign-in was blocked",
}
_LEGS = {
    LegKind.INTERRUPT: "confirmation page shown",
    LegKind.DECLINED: "refused, or a wrong code",
    LegKind.SIGHTING: "sign-in as the Unified Audit Log shows it",
    LegKind.REDEMPTION: "redemption: the first token",
}
"""Legs whose name alone does not say what happened."""
_SHORT = {LegKind.INTERRUPT: "confirmation page", LegKind.SIGHTING: "Unified Audit Log"}
_PRODUCES = {
    "the approval": ("stream:interactive", "field:protocol"),
    "the redemption": ("stream:non_interactive", "field:transfer"),
}


def approval(asked: Asked) -> Answer:
    """Question 1."""
    grant = asked.grant
    facts = [Fact("certainty", f"{grant.certainty:.0%} that it was device code: {grant.basis}")]
    facts += [Fact(words.second(leg.time), _leg(leg), (leg.ref,)) for leg in grant.legs]
    unseen = []
    for leg in grant.unseen:
        name = leg.partition(":")[0]
        gone = asked.blind(leg.capitalize(), *_PRODUCES.get(name, ()))
        unseen += gone or [f"{leg.capitalize()}: the log is there, but no record of this grant is in it."]
    return Answer(
        1,
        "approval",
        "Did a device code approval occur, when, and how sure is that?",
        f"{_OUTCOMES[grant.outcome]}. Started {words.second(grant.started_at)} UTC, last seen "
        f"{words.second(grant.last_seen)} UTC.",
        tuple(facts),
        tuple(unseen),
    )


def _leg(leg: Leg) -> str:
    how = {True: "interactive", False: "non-interactive", None: "kind not logged"}[leg.interactive]
    parts = [f"{_LEGS.get(leg.kind, leg.kind.value)} ({how})", words.network(leg.network), words.error(leg.error_code)]
    detail = (leg.status_detail or "").strip().rstrip(".")
    parts += [detail if detail not in parts[-1] else "", tie(leg.tie), place(leg.ref)]
    return "; ".join(part for part in parts if part)


def client(asked: Asked) -> Answer:
    """Question 2."""
    grant = asked.grant
    known = knowledge.client(grant.client.id)
    facts = [Fact("client", f"{words.client(grant.client)} ({grant.client.id or 'no id logged'})")]
    if known:
        family = "in the family of client ids" if known.foci else "not in the family of client ids"
        reach = ": its refresh token serves the other members too" if known.foci else ""
        facts.append(Fact("kind", f"a known client, {known.kind.replace('_', ' ')}; {family}{reach}"))
        facts.append(Fact("usual", _usual(known)))
    facts.append(Fact("resource", f"{words.resource(grant.resource)} ({grant.resource.id or 'no id logged'})"))
    if grant.scopes:
        facts.append(Fact("scopes", " ".join(grant.scopes)))
    gone = []
    if not known:
        gone.append(
            "First party or custom, and the family: this client is not in the list of known ones, and sign-in records "
            "do not tell who owns it."
        )
    if not grant.scopes:
        gone.append("Scopes: no record of this grant carries authenticationProcessingDetails (Oauth Scope Info).")
    return Answer(
        2,
        "client",
        "Which client asked, for which resource and scopes?",
        f"{words.client(grant.client)} asked for {words.resource(grant.resource)}.",
        tuple(facts),
        tuple(gone),
    )


def _usual(known: Client) -> str:
    if known.device_code_usual:
        return "people and products use this client with a device code, and so do attackers"
    if known.kind == "broker":
        return "room devices, phones and enrolment use it with a device code, and it is the first choice of attackers"
    return "no honest use of this client with a device code is known"


def parties(asked: Asked) -> Answer:
    """Question 3."""
    grant = asked.grant
    first = next(iter(sorted(redeemer_uses(grant), key=lambda use: use.first)), None)
    facts: list[Fact] = []
    gone: list[str] = []
    if grant.redemption:
        leg = grant.redemption
        facts += _party(asked, "redeemer", leg.network, leg.user_agent)
        told = f"The first token went to {words.network(leg.network)}{_verdict(asked, leg.network)}."
    elif first:
        facts += _party(asked, "redeemer", first.network, first.user_agent)
        where = f"{words.network(first.network)}{_verdict(asked, first.network)}"
        told = f"The redemption is not in these logs; the first token use came from {where}."
    elif grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED):
        told = "Nobody got a token; who polled for it leaves no record."
    else:
        told = "Not assessed: who got the token is not in these logs."
        gone += asked.blind("Who polled", "stream:non_interactive", "field:transfer") or [
            "Who polled: no non-interactive sign-in belongs to this grant."
        ]
    browser = grant.approval or next(iter(grant.of(LegKind.INTERRUPT, LegKind.DECLINED, LegKind.BLOCKED)), None)
    if browser:
        facts += _party(asked, "browser", browser.network, browser.user_agent)
        refused = [leg for leg in grant.of(LegKind.BLOCKED) if leg.network.ip != browser.network.ip]
        for leg in refused[:1]:
            facts += _party(asked, "refused", leg.network, leg.user_agent)
            told += f" It was refused to {words.network(leg.network)}{_verdict(asked, leg.network)}."
    else:
        gone += asked.blind("The person's side", "stream:interactive") or [
            "The person's side: no interactive sign-in belongs to this grant."
        ]
    gone += asked.blind("Whether these places are known", "history")
    gone += asked.blind("Networks by provider", "field:asn")
    question = "Which party polled: from where, with what, known here or not, rented or not?"
    return Answer(3, "parties", question, told, tuple(facts), tuple(gone))


def _party(asked: Asked, label: str, network: Network, agent: str | None) -> list[Fact]:
    mark = knowledge.network(network.asn, network.ip, asked.grant.started_at.date())
    kind = f"; listed as {mark.kind}{' (out of date)' if mark.expired else ''}" if mark else "; not on a list"
    facts = [Fact(label, f"{words.network(network)}{kind}")]
    if not asked.lacks("history"):
        seen, most = asked.profile.familiarity, math.ceil(asked.profile.user_history_days)
        said = [
            f"{name}: {_known(seen(dimension, value), most)}"
            for name, dimension, value in (
                ("address range", "prefix", network.prefix),
                ("provider", "asn", network.asn),
                ("country", "country", network.country),
            )
            if value is not None
        ]
        facts += [Fact("  before", "; ".join(said))] if said else []
    family = knowledge.agent(agent)
    kind = "of no known kind" if family.kind == "unknown" else family.kind.replace("_", " ")
    if agent and not asked.lacks("history"):
        most = math.ceil(asked.profile.user_history_days)
        kind += f", {_known(asked.profile.familiarity('user_agent', agent), most)}"
    facts.append(Fact("  agent", f"{agent} ({kind})" if agent else "not logged"))
    return facts


def _verdict(asked: Asked, network: Network) -> str:
    """What is most telling of the redeemer's network, for the end of a sentence."""
    said = []
    mark = knowledge.network(network.asn, network.ip, asked.grant.started_at.date())
    if mark:
        said.append(f"listed as {mark.kind}")
    if not asked.lacks("history"):
        new = new_to_user(asked.case, network)
        if not new and moved_together(asked.case, network):
            said.append("new to this user, but people from this user's other networks moved there too")
        elif new is not None:
            said.append("new to this user" if new else "known to this user")
    return f": {' and '.join(said)}" if said else ""


def _known(seen: Familiarity, most: int) -> str:
    """How well a value was known before the grant, for the user and in ordinary sign-ins of the tenant.

    Days with grants count besides days with sign-ins: there are no more than `most` to count.
    """
    days = max(1, min(seen.user_days, most))
    user = f"{words.plural(days, 'day')} of this user" if seen.known_to_user else "never seen with this user"
    tenant = words.plural(seen.tenant_users, "user") if seen.tenant_users else "nobody"
    return f"{user}, {tenant} of the tenant"


def authentication(asked: Asked) -> Answer:
    """Question 5."""
    grant = asked.grant
    # The Unified Audit Log does not tell how a person authenticated.
    legs = grant.of(LegKind.APPROVAL, LegKind.REDEMPTION)
    facts = [Fact(leg.kind.value, "; ".join(leg.auth_methods), (leg.ref,)) for leg in legs if leg.auth_methods] or [
        Fact(leg.kind.value, leg.status_detail, (leg.ref,)) for leg in legs if leg.status_detail and not leg.error_code
    ]
    if facts:
        approvals = " ".join(fact.text for fact in facts if fact.label == LegKind.APPROVAL.value)
        if approvals and not carried_over(approvals):
            read = "somebody was prompted at the approval; what the redemption says is taken over from it"
        else:
            read = (
                "“previously satisfied” and “satisfied by claim in the token” mean that nobody was prompted then: "
                "the session of the browser stood for it, which is what the lure relies on"
            )
        facts.append(Fact("reading", read))
        return Answer(5, "authentication", _MFA, f"As logged: {facts[0].text}.", tuple(facts))
    if grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED):
        return Answer(5, "authentication", _MFA, "It did not come to that: the sign-in did not succeed.")
    return Answer(
        5,
        "authentication",
        _MFA,
        "Not assessed.",
        (),
        ("How the person authenticated: no record of this grant carries authenticationDetails.",),
    )


_MFA = "How was multifactor authentication satisfied?"


_STATUSES = {"notapplied": "not applied"}
_RESULTS = {
    "reportonlyfailure": "would refuse",
    "reportonlyinterrupted": "would ask",
    "reportonlysuccess": "would pass",
}


def policy(asked: Asked) -> Answer:
    """Question 6."""
    legs = asked.grant.legs
    blocked = dict.fromkeys(name for leg in legs for name in leg.policies)
    facts = [
        Fact(
            _SHORT.get(leg.kind, leg.kind.value),
            f"Conditional Access: {_STATUSES.get(leg.ca_status.lower(), leg.ca_status)}",
            (leg.ref,),
        )
        for leg in legs
        if leg.ca_status
    ]
    facts += [Fact("refused by", name) for name in blocked]
    statuses = {(leg.ca_status or "").lower() for leg in legs if leg.ca_status}
    results = {each.name: each.result for leg in legs for each in leg.policy_results}
    facts += [Fact(_RESULTS[result], name) for name, result in results.items() if result in _RESULTS]
    unmet = sum(result == "notapplied" for result in results.values())
    if unmet:
        facts.append(Fact("did not apply", words.plural(unmet, "policy", "policies")))
    gone = [
        "Who is excluded: a record says that a policy did not apply, not why somebody was left out.",
        "What-If: needs the Conditional Access policies of the tenant, which are in no log.",
    ]
    if not results:
        gone.insert(0, "Report-only policies: no record of this grant carries appliedConditionalAccessPolicies.")
    if blocked:
        told = f"A policy applied and refused: {', '.join(blocked)}."
    elif "failure" in statuses:
        told = "A policy applied and refused; the record does not name it."
    elif statuses & {"success"}:
        told = "A policy applied and let it through."
    elif statuses:
        told = "No policy applied: nothing stood in the way."
    else:
        told = "Not assessed."
        gone.insert(0, "Whether a policy applied: no record of this grant carries conditionalAccessStatus.")
    return Answer(6, "policy", "Was a policy there, and what did it do?", told, tuple(facts), tuple(gone))
