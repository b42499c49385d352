"""What was taken, and how it was hidden: inbox rules, forwarding, mail access."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, TieBy
from grantwatch.signals.after import (
    DAY,
    SURE_TIES,
    at_home,
    decay,
    follow_ons,
    foreign,
    habit_scale,
    once_scale,
    tie_scale,
    tie_words,
    tied_to_token,
)
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import attempted, known, listed, silent, span
from grantwatch.signals.words import RuleMarks, forwards_outside, rule_marks

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
        scale = scale.times(decay(case, each, full=DAY, least=0.4)).times(once_scale(each))
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


_HARMLESS_RIGHTS = ("none", "freebusy", "availability", "freebusysimple", "freebusydetailed", "freebusytimeonly")
_FULL_RIGHTS = ("fullaccess", "sendas", "owner", "changeowner", "changepermission", "publishingeditor", "editor")
_EVERYBODY = ("everyone", "default", "anonymous")
_SERVICE = ("nt authority\\", "nt service\\")


def _forwards(case: Case, each: FollowOn) -> tuple[Scale, str] | None:
    """How harmful a change of mail flow or rights is, and what it did; None where it did nothing of the kind."""
    facts = each.facts
    to = facts.get("forward_to")
    if (each.actor or "").lower().startswith(_SERVICE):
        return None
    if each.kind == "forwarding":
        if not to:
            return None
        inside = not forwards_outside(to, case.grant.user.upn)
        scale = Scale().by(0.6, "no address outside of the user's own domain") if inside else Scale()
        return scale, f"Mail is forwarded to {to}"
    if each.kind == "transport_rule":
        name = facts.get("name") or each.target.name
        what = f"A mail flow rule{f' named {name!r}' if name else ''} was made or changed"
        if to:
            outside = forwards_outside(to, case.grant.user.upn)
            return (
                Scale().by(1.2, "for the whole tenant") if outside else Scale()
            ), f"{what} that sends mail on to {to}"
        if (facts.get("delete") or "").lower() == "true":
            return Scale(), f"{what} that deletes mail"
        return Scale().by(0.6, "what the rule does is not told"), what
    return _delegates(facts.get("user") or "", facts.get("rights") or "")


def _delegates(who: str, rights: str) -> tuple[Scale, str] | None:
    said = [part.strip().lower() for part in rights.replace(";", ",").split(",") if part.strip()]
    if said and all(part.startswith(_HARMLESS_RIGHTS) for part in said):
        return None
    what = f"Access to the mailbox was given{f' to {who}' if who else ''}{f' ({rights})' if rights else ''}"
    if who.lower() in _EVERYBODY:
        return Scale(), what
    if any(part.startswith(_FULL_RIGHTS) for part in said):
        return Scale().by(0.9, "rights over the whole of it"), what
    return Scale().by(0.6, "rights over a part of it, or not told"), what


@signal(
    "collection.forwarding",
    title="Forwarding or access to the mailbox after the grant",
    question="Was mail forwarded, or the mailbox opened to somebody, after the grant?",
    group="collection",
    weight=3.2,
    looks_at="forwarding, mail flow rules and delegation in the Unified Audit Log: 72 hours by user and time, 14 days "
    "from the redeemer's network, longer where token or session tie them",
    otherwise="No mail was forwarded and no mailbox opened after the grant.",
    techniques=("T1114.003", "T1098.002"),
    needs=("stream:unified_audit",),
    false_positives=("a deputy before a holiday", "administrators of mail flow"),
    gaps=(
        "changes more than 72 hours later that share no token or session",
        "forwarding set in Outlook on the web only",
    ),
    entries=(27,),
)
def forwarding(self: Signal, case: Case) -> Answer:
    """Addresses outside and rules for the whole tenant weigh most; what people did before weighs less."""
    weighed = []
    found = follow_ons(case, "forwarding", "transport_rule", "mailbox_delegation")
    for each in found:
        told = _forwards(case, each)
        if told:
            scale = told[0].times(tie_scale(case, each)).times(decay(case, each, full=DAY, least=0.4))
            weighed.append((scale.times(once_scale(each)), each, told[1]))
    if not weighed:
        why = "Left out: other settings of the mailbox, or rights to see when somebody is free."
        return silent(self, case, why if found else "")
    scale, each, what = max(weighed, key=lambda entry: entry[0].value)
    return self.fired(
        f"{what}, {span(each.time - case.grant.started_at)} after the grant.",
        chip="forwarding" if each.kind != "mailbox_delegation" else "mailbox opened",
        records=each.refs,
        scale=scale,
    )


def _reads(case: Case, each: FollowOn) -> bool:
    """True where it was not the user who read: by token, or by session, client or network not the user's own."""
    if tied_to_token(each):
        return True
    return each.tie.by in (*SURE_TIES, TieBy.USER_CLIENT_TIME) and not at_home(case, each)


def _away(case: Case, each: FollowOn) -> bool:
    """True where the activity names an address range that is new to the user."""
    return each.network.prefix is not None and not at_home(case, each)


def _whose(case: Case, each: FollowOn) -> Scale:
    """Less where the tie leaves open in whose hands it was: a session is that of the person's browser too."""
    if tied_to_token(each):
        return Scale()
    approval = case.grant.approval
    if approval is not None and approval.network.prefix is not None and each.network.prefix == approval.network.prefix:
        return Scale().by(0.3, "from where the code was approved: it may be the person's own browser")
    if each.tie.by in SURE_TIES:
        if foreign(case, each):
            return Scale().by(0.9, "by a session, from a range where the user was never otherwise seen")
        return Scale().by(0.6, "by a session that the person's own browser may have too")
    return Scale().by(0.4, "by a client that is new to the mailbox, which no token ties to the grant")


@signal(
    "collection.mail_access",
    title="Mail was read with the tokens of the grant",
    question="Did the tokens of this grant, or a client that is new to the user, read mail?",
    group="collection",
    weight=2.0,
    looks_at="mail access in the Unified Audit Log that a token id, a session, a client new to the user's mailbox or "
    "the redeemer's network ties to this grant",
    otherwise="No access to mail is tied to this grant.",
    techniques=("T1114.002",),
    needs=("stream:unified_audit",),
    false_positives=("a mail program or backup that signs in by device code", "a new phone"),
    gaps=(
        "licences without MailItemsAccessed",
        "records that carry neither token nor session id, from a client that the user had before",
    ),
    entries=(24,),
)
def mail_access(self: Signal, case: Case) -> Answer:
    """Tied to the lineage by token, session, network or a new client, and not from the user's own network."""
    accesses = follow_ons(case, "mail_access")
    found = [each for each in accesses if _reads(case, each)]
    if not found:
        why = "Left out: tied by user and time only, or by session or client from the user's own network."
        return silent(self, case, why if accesses else "")
    items = sum(_number(each.facts.get("items")) or each.count for each in found)
    throttled = any((each.facts.get("throttled") or "").lower() == "true" for each in found)
    first = min(found, key=lambda each: each.time)
    surest = max(found, key=lambda each: each.tie.strength)
    scale = Scale().by(0.5 + 0.5 * surest.tie.strength, tie_words(surest.tie))
    scale = scale.times(max((_whose(case, each) for each in found), key=lambda each: each.value))
    if throttled or items >= MANY_ITEMS:
        scale = scale.by(1.3, f"{MANY_ITEMS} accesses or more")
    if all(known(case, "grant_client", each.client.id or case.grant.client.id) for each in found):
        scale = scale.by(0.4, "a client that this user uses with a device code")
    elif all(each.before.client_days and not _away(case, each) for each in found):
        scale = scale.times(habit_scale(surest))
    if case.grant.client.id and knowledge.client(case.grant.client.id) is None:
        scale = scale.by(0.45, "an app that is none of Microsoft's: mail is what such apps are connected for")
    much = "; so much that Exchange stopped recording" if throttled else ""
    if surest.tie.by in SURE_TIES:
        by = "with tokens of this grant"
    elif surest.tie.by is TieBy.USER_CLIENT_TIME:
        by = "by a client that is new to this mailbox, though no token ties it to this grant,"
    else:
        by = "from a network of this grant"
    return self.fired(
        f"Mail was read {by} from {span(first.time - case.grant.started_at)} after the grant on "
        f"({items} recorded accesses{much}).",
        chip="mail read",
        records=tuple(ref for each in found for ref in each.refs[:1])[:4],
        scale=scale,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
