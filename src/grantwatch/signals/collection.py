"""What was taken, and how it was hidden: inbox rules, forwarding, mail access."""

from __future__ import annotations

from datetime import timedelta

from grantwatch.grants.model import FollowOn
from grantwatch.signals.after import SURE_TIES, at_home, decay, follow_ons, tie_scale, tie_words, tied_to_token
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import attempted, known, listed, silent, span
from grantwatch.signals.words import RuleMarks, forwards_outside, rule_marks

DAY = timedelta(hours=24)
MANY_ITEMS = 100


def _rule_scale(case: Case, follow_on: FollowOn, marks: RuleMarks) -> Scale:
    facts = follow_on.facts
    to = facts.get("forward_to") or facts.get("redirect_to")
    scale = 0.3
    if marks.odd_name or marks.words:
        scale = 0.5
    if marks.hides:
        scale = 0.8
    if marks.forwards:
        scale = max(scale, 1.0 if forwards_outside(to, case.grant.user.upn) else 0.5)
    if marks.hides or marks.forwards:
        scale += 0.15 * marks.odd_name + 0.15 * bool(marks.words)
    return Scale().by(scale, "what the rule does, and how it looks")


def _rule_words(marks: RuleMarks) -> str:
    parts = []
    if marks.hides:
        parts.append("hides mail from its owner")
    if marks.forwards:
        parts.append("sends mail on")
    if marks.odd_name:
        parts.append("has a meaningless name")
    if marks.words:
        parts.append(f"looks for {', '.join(repr(word) for word in marks.words[:3])}")
    return f"; the rule {listed(parts)}" if parts else ""


@signal(
    "collection.inbox_rule",
    title="An inbox rule after the grant",
    question="Was an inbox rule made or changed after the grant?",
    group="collection",
    weight=4.5,
    looks_at="inbox rules of this user in the Unified Audit Log: 72 hours by user and time, 14 days from the "
    "redeemer's network, longer where token or session tie them",
    otherwise="No inbox rule was made or changed after the grant.",
    alone=True,
    techniques=("T1564.008", "T1114.003", "T1137.005"),
    entries=(26,),
    needs=("stream:unified_audit",),
    false_positives=("tidy users", "rules that a mail program makes by itself"),
    gaps=("rules made more than 72 hours later that share no token or session",),
)
def inbox_rule(self: Signal, case: Case) -> Answer:
    """Rules that delete, hide or forward weigh most; alone unless made from the user's own network."""
    best: tuple[Scale, bool, FollowOn, RuleMarks] | None = None
    for each in follow_ons(case, "inbox_rule"):
        marks = rule_marks(each.facts)
        scale = _rule_scale(case, each, marks).times(tie_scale(case, each))
        scale = scale.times(decay(case, each, full=DAY, least=0.4))
        alone = (marks.hides or marks.forwards) and not attempted(case.grant)
        alone = alone and (tied_to_token(each) or not at_home(case, each))
        if best is None or (scale.value, alone) > (best[0].value, best[1]):
            best = (scale, alone, each, marks)
    if best is None:
        return silent(self, case)
    scale, alone, each, marks = best
    name = each.facts.get("name") or each.target.name
    return self.fired(
        f"An inbox rule{f' named {name!r}' if name else ''} was made or changed "
        f"{span(each.time - case.grant.started_at)} after the grant{_rule_words(marks)}.",
        chip="inbox rule",
        records=each.refs,
        scale=scale,
        alone=alone,
    )


@signal(
    "collection.forwarding",
    title="Forwarding or access to the mailbox after the grant",
    question="Was mail forwarded, or the mailbox opened to somebody, after the grant?",
    group="collection",
    weight=3.2,
    looks_at="forwarding, transport rules and delegation in the Unified Audit Log: 72 hours by user and time, 14 days "
    "from the redeemer's network, longer where token or session tie them",
    otherwise="No mail was forwarded and no mailbox opened after the grant.",
    techniques=("T1114.003", "T1098.002"),
    entries=(27,),
    needs=("stream:unified_audit",),
    false_positives=("a deputy before a holiday",),
    gaps=("changes more than 72 hours later that share no token or session",),
)
def forwarding(self: Signal, case: Case) -> Answer:
    """Mailbox forwarding, transport rules and delegation; less where the address is in the user's own domain."""
    weighed = []
    for each in follow_ons(case, "forwarding", "mailbox_delegation"):
        scale = tie_scale(case, each).times(decay(case, each, full=DAY, least=0.4))
        to = each.facts.get("forward_to")
        if not forwards_outside(to, case.grant.user.upn):
            scale = scale.by(0.6, "no address outside of the user's own domain")
        weighed.append((scale, each, to))
    if not weighed:
        return silent(self, case)
    scale, each, to = max(weighed, key=lambda entry: entry[0].value)
    what = f"Mail is forwarded to {to}" if to else "Mail flow or access to the mailbox was changed"
    return self.fired(
        f"{what}, {span(each.time - case.grant.started_at)} after the grant.",
        chip="forwarding",
        records=each.refs,
        scale=scale,
    )


@signal(
    "collection.mail_access",
    title="Mail was read with the tokens of the grant",
    question="Did the tokens of this grant read mail?",
    group="collection",
    weight=2.0,
    looks_at="mail access in the Unified Audit Log that a token id or session id ties to this grant",
    otherwise="No access to mail is tied to this grant.",
    techniques=("T1114.002",),
    entries=(24,),
    needs=("stream:unified_audit",),
    false_positives=("a mail program or backup that signs in by device code",),
    gaps=("licences without MailItemsAccessed", "records that carry neither token nor session id"),
)
def mail_access(self: Signal, case: Case) -> Answer:
    """Access tied to the lineage by token, or by session from a network that is not the user's own."""
    accesses = follow_ons(case, "mail_access")
    found = [each for each in accesses if each.tie.by in SURE_TIES and (tied_to_token(each) or not at_home(case, each))]
    if accesses and not found:
        return silent(self, case, "Left out: tied by user and time only, or by session from the user's own network.")
    if not found:
        return silent(self, case)
    items = sum(_number(each.facts.get("items")) or each.count for each in found)
    throttled = any((each.facts.get("throttled") or "").lower() == "true" for each in found)
    first = min(found, key=lambda each: each.time)
    tie = max((each.tie for each in found), key=lambda tie: tie.strength)
    scale = Scale().by(0.5 + 0.5 * tie.strength, tie_words(tie))
    if throttled or items >= MANY_ITEMS:
        scale = scale.by(1.3, f"{MANY_ITEMS} accesses or more")
    if all(known(case, "grant_client", each.client.id or case.grant.client.id) for each in found):
        scale = scale.by(0.4, "a client that this user uses with a device code")
    much = "; so much that Exchange stopped recording" if throttled else ""
    return self.fired(
        f"Mail was read with tokens of this grant from {span(first.time - case.grant.started_at)} after it on "
        f"({items} recorded accesses{much}).",
        chip="mail read",
        records=tuple(ref for each in found for ref in each.refs[:1])[:4],
        scale=scale,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
