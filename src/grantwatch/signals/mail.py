"""What went out and what was hidden: bursts of mail and chats, and deleted warnings."""

from __future__ import annotations

from datetime import timedelta

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn
from grantwatch.signals.after import LOG_DAYS, follow_ons, taken_scale
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import silent, span

MANY_SENT = 10
MORE_THAN_USUAL = 3
SOON = timedelta(hours=48)
MANY_PURGED = 10
_API = ("client=rest", "client=webservices", "client=owarest", "client=hub")


def _url_marks(case: Case, follow_on: FollowOn) -> bool:
    """True where a chat carries a link that looks like a lure."""
    for url in (follow_on.facts.get("urls") or "").split(", "):
        bare = url.lower().partition("://")[2]
        if knowledge.url_marks(url, case.grant.started_at.date()):
            return True
        if any(bare.startswith(page.url) for page in knowledge.verification_urls()):
            return True
    return False


def _burst(follow_on: FollowOn) -> Scale | None:
    before = follow_on.before
    if follow_on.burst < MANY_SENT or follow_on.burst < MORE_THAN_USUAL * before.burst:
        return None
    return Scale() if before.log_days >= LOG_DAYS else Scale().by(0.7, "what is usual is not in these logs")


def _sent(case: Case, follow_on: FollowOn) -> Scale | None:
    if follow_on.kind == "chat" and _url_marks(case, follow_on):
        return Scale().by(1.2, "a chat with a link that looks like a lure")
    return _burst(follow_on)


@signal(
    "collection.sending_burst",
    title="A burst of mail or chats after the grant",
    question="Did the account send many messages, or a lure, within two days after the grant?",
    group="collection",
    weight=2.6,
    looks_at="mail and Teams messages that were sent, in the Unified Audit Log, where a token, a session, a new client "
    "or the redeemer's network ties them to this grant, for 48 hours",
    otherwise="No sent mail and no chat is tied to this grant.",
    techniques=("T1534",),
    needs=("stream:unified_audit",),
    false_positives=("a newsletter", "an invitation to many"),
    gaps=("recipients are not logged: messages are counted", "the text of mail and chats is in no log"),
    entries=(29,),
)
def sending_burst(self: Signal, case: Case) -> Answer:
    """At least 10 messages within an hour and three times what was usual; a chat that carries a lure at once."""
    every = [each for each in follow_ons(case, "mail_sent", "chat") if each.time <= case.grant.started_at + SOON]
    scored = [(scale.times(taken_scale(case, each)), each) for each in every if (scale := _sent(case, each))]
    if not scored:
        most = max((each.burst for each in every), default=0)
        why = f"The most messages within an hour are {most}, of {MANY_SENT} and three times the usual that tell."
        return silent(self, case, why if every else "")
    scale, top = max(scored, key=lambda pair: pair[0].value)
    of_kind = [each for each in every if each.kind == top.kind]
    what = "chats" if top.kind == "chat" else "messages"
    return self.fired(
        f"{sum(each.count for each in of_kind)} {what} were sent from "
        f"{span(top.time - case.grant.started_at)} after the "
        f"grant on, up to {top.burst} within an hour (usual: {top.before.burst}).",
        chip="burst of messages",
        records=tuple(ref for each in of_kind for ref in each.refs[:1])[:4],
        scale=scale,
    )


def _hidden(follow_on: FollowOn) -> tuple[Scale, str] | None:
    texts = follow_on.facts.get("texts")
    if follow_on.kind == "mail_cleanup":
        return Scale().by(0.8, "a search that deletes"), "a clean-up of whole mailboxes was started"
    if follow_on.marked:
        told = f", among it {texts[:120]!r}" if texts else ""
        many = "record" if follow_on.marked == 1 else "records"
        return Scale(), f"mail about sign-ins and warnings was deleted ({follow_on.marked} {many}){told}"
    if follow_on.operation.lower() == "harddelete" and follow_on.burst >= MANY_PURGED:
        return Scale().by(
            0.6, "purged, of unknown subject"
        ), f"up to {follow_on.burst} messages within an hour were purged"
    return None


@signal(
    "collection.evidence_hidden",
    title="Warnings were deleted after the grant",
    question="Was mail deleted that would have warned the owner, or purged, after the grant?",
    group="collection",
    weight=2.2,
    looks_at="deleted mail in the Unified Audit Log that a token, a session, a new client or the redeemer's network "
    "ties to this grant",
    otherwise="No deleted mail is tied to this grant.",
    techniques=("T1070.008", "T1564.008"),
    needs=("stream:unified_audit",),
    false_positives=("a person who tidies an inbox with a new app",),
    gaps=("subjects are not in every record", "warnings in other languages"),
    entries=(30,),
)
def evidence_hidden(self: Signal, case: Case) -> Answer:
    """Mail about sign-ins and warnings weighs most; more where a program deleted it and not a person."""
    every = follow_ons(case, "mail_deleted", "mail_cleanup")
    scored = []
    for each in every:
        found = _hidden(each)
        if found:
            scale, why = found
            if (each.facts.get("client_info") or "").lower().startswith(_API):
                scale = scale.by(1.2, "by a program, not by a person's mail client")
            scored.append((scale.times(taken_scale(case, each)), why, each))
    if not scored:
        count = sum(each.count for each in every)
        return silent(self, case, f"Deletions tied to this grant: {count}; no warning among them." if every else "")
    scale, why, top = max(scored, key=lambda each: each[0].value)
    return self.fired(
        f"{span(top.time - case.grant.started_at)} after the grant {why}.",
        chip="warnings deleted",
        records=top.refs,
        scale=scale,
    )
