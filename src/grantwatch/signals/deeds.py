"""From where things were done with the tokens: what the Unified Audit Log tells when sign-ins do not."""

from __future__ import annotations

from grantwatch.signals.account import at_its_site, device_account
from grantwatch.signals.after import SURE_TIES, follow_ons, foreign, tie_words
from grantwatch.signals.prevalence import rarer
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import network_words, silent, span, unsaid

_KINDS = ("mail_access", "inbox_rule", "mail_sent", "mail_deleted", "file_access", "forwarding", "consent", "chat")


@signal(
    "network.used_elsewhere",
    title="Used where the user never is, by the audit log",
    question="Did something that a token or session of this grant did come from a range where the user never is?",
    group="network",
    weight=2.4,
    looks_at="the addresses of activities in the Unified Audit Log that a token id or session id ties to this grant, "
    "against the approval and all ordinary sign-ins of this user, those after the grant too",
    otherwise="What was done with tokens or session of this grant came from where the user is, or names no address.",
    techniques=("T1550.001", "T1078.004"),
    entries=(7, 17),
    needs=("stream:unified_audit", "field:session_id", "history"),
    false_positives=("a phone on the road whose session is that of the approving browser", "a service that reads mail"),
    gaps=("attackers who read nothing", "activities without a session or token id", "the user's own network"),
)
def used_elsewhere(self: Signal, case: Case) -> Answer:
    """A range other than the approval's, new to the user and never theirs later either; less where others are there."""
    tied = [each for each in follow_ons(case, *_KINDS) if each.tie.by in SURE_TIES]
    if device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: the account of a room device at its site.")
    if not tied:
        return silent(self, case, "No activity is tied to this grant by a token or session id.")
    if "history" in case.missing:
        return unsaid(self, case, "")
    away = [each for each in tied if foreign(case, each)]
    if not away:
        return silent(self, case)
    first = min(away, key=lambda each: each.time)
    surest = max(away, key=lambda each: each.tie.strength)
    scale = Scale().by(0.5 + 0.5 * surest.tie.strength, tie_words(surest.tie))
    scale = min((rarer(case, scale, "prefix", each.network.prefix, 0.4) for each in away), key=lambda each: each.value)
    return self.fired(
        f"{span(first.time - case.grant.started_at)} after the grant its session was used from "
        f"{network_words(first.network)}, where this user was never otherwise seen.",
        chip="used elsewhere",
        records=tuple(ref for each in away for ref in each.refs[:1])[:4],
        scale=scale,
    )
