"""Questions 7, 8, 11 and 12: what was obtained and done, what stops it, and what to ask."""

from __future__ import annotations

from datetime import datetime, timedelta

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn, Outcome, Party, TokenKind, TokenUse
from grantwatch.report import words
from grantwatch.report.answers.model import Answer, Asked, Fact, counted, place, tie
from grantwatch.respond import containment as steps_of
from grantwatch.respond import questions
from grantwatch.signals.view import attempted, redeemer_uses

__all__ = ["containment", "done", "obtained", "user"]

MOST_USES = 12
MOST_DEEDS = 25
ACCESS_TOKEN = timedelta(hours=1)
"""About how long an access token works after it was issued, revoked or not."""

_DEVICE = ("device_registered", "device_added", "device_linked")
_ENDS = ("sessions_revoked", "password", "account_disabled", "device_deleted")
_UNDOES = (*_ENDS, "account_enabled", "account_change", "consent_removed", "inbox_rule_removed")
"""Kinds of follow-ons that may be a step of containment; who did it tells."""
_STAYS = {
    "consent": ("consent", "consent_removed"),
    "inbox_rule": ("inbox rule", "inbox_rule_removed"),
    "forwarding": ("forwarding", None),
    "transport_rule": ("mail flow rule", None),
    "mailbox_delegation": ("access to the mailbox", None),
    "policy": ("changed policy", None),
    "group_member": ("member of a group that policies leave out", None),
    "security_info": ("changed sign-in method", None),
    "device_registered": ("device", "device_deleted"),
}
"""What outlives a changed password, in words, and the kind of follow-on that takes it back."""


def obtained(asked: Asked) -> Answer:
    """Question 7."""
    grant = asked.grant
    uses = sorted(redeemer_uses(grant), key=lambda use: (use.first, use.last))
    devices = [each for each in grant.follow_ons if each.kind in _DEVICE]
    primary = [use for use in uses if use.kind is TokenKind.PRIMARY]
    facts = [Fact(words.minute(use.first), _use(use), use.refs) for use in uses[:MOST_USES]]
    if len(uses) > MOST_USES:
        facts.append(Fact("", f"and {words.plural(len(uses) - MOST_USES, 'more row')} in the JSON of a hunt"))
    others = [use for use in grant.token_uses if use.party is not Party.REDEEMER]
    for party in (Party.APPROVER, Party.UNKNOWN):
        count = sum(use.count for use in others if use.party is party)
        if count:
            whose = "in the approver's own hands" if party is Party.APPROVER else "in hands that cannot be told"
            facts.append(Fact("lineage", f"{words.plural(count, 'more issuance')} {whose}"))
    facts += [Fact(words.minute(each.time), f"device: {_deed(each)}", each.refs) for each in devices]
    if attempted(grant) and not uses:
        told = "Nothing: nobody got a token."
    elif uses:
        clients = {use.client.id or use.client.name for use in uses}
        resources = {use.resource.id or use.resource.name for use in uses}
        told = (
            f"{words.plural(sum(use.count for use in uses), 'later issuance')} to the redeemer, for "
            f"{words.plural(len(resources), 'resource')} through {words.plural(len(clients), 'client')}; "
            f"{'with' if primary else 'no'} primary refresh token; {counted(len(devices), 'device')} registered."
        )
    elif asked.lacks("stream:non_interactive", "field:transfer"):
        told = f"Not assessed; {counted(len(devices), 'device')} registered."
    else:
        told = f"No later issuance to the redeemer is in these logs; {counted(len(devices), 'device')} registered."
    gone = [
        *asked.blind("Later issuances", "stream:non_interactive", "field:transfer", "field:session_id"),
        *_no_audit(asked, "Device registrations"),
        "Risk events: Identity Protection's detections are in no log that was read.",
    ]
    return Answer(7, "obtained", "What was obtained next?", told, tuple(facts), tuple(gone))


def _use(use: TokenUse) -> str:
    failed = f", {use.failures:,} of them refused" if use.failures else ""
    codes = f" ({', '.join(words.error(code) for code in use.error_codes)})" if use.error_codes else ""
    device = f"; device {use.device.name or use.device.id}{_managed(use)}" if use.device.name or use.device.id else ""
    kind = use.kind.value.replace("_", " ")
    until = f" until {words.minute(use.last)}" if words.minute(use.last) != words.minute(use.first) else ""
    return (
        f"{words.client(use.client)} → {words.resource(use.resource)}: {use.count:,} × {kind}"
        f"{failed}{codes}{until}; {words.network(use.network)}{device}; {tie(use.tie)}"
    )


def _managed(use: TokenUse) -> str:
    return {True: ", managed", False: ", not managed", None: ""}[use.device.managed]


def done(asked: Asked) -> Answer:
    """Question 8."""
    every = asked.grant.follow_ons
    deeds = sorted(
        (each for each in every if each.kind not in _DEVICE and not each.leads_up), key=lambda each: each.time
    )
    devices = sum(each.kind in _DEVICE for each in every)
    facts = [Fact(words.minute(each.time), _deed(each), each.refs) for each in deeds[:MOST_DEEDS]]
    if len(deeds) > MOST_DEEDS:
        facts.append(Fact("", f"and {words.plural(len(deeds) - MOST_DEEDS, 'more follow-on')} in the JSON of a hunt"))
    if deeds:
        each = "each with the tie by which it belongs" if len(deeds) > 1 else "with the tie by which it belongs"
        told = f"{words.plural(len(deeds), 'follow-on')}, {each} to this grant."
    elif devices:
        told = "Nothing else in these logs is tied to this grant."
    elif asked.lacks("stream:audit") and asked.lacks("stream:unified_audit"):
        told = "Not assessed."
    else:
        told = "No activity in these logs is tied to this grant."
    if devices:
        told += f" {words.plural(devices, 'registration')} of devices: see 7."
    gone = [
        *asked.blind("Inbox rules, mail, files, search", "stream:unified_audit"),
        *_no_audit(asked, "Directory changes"),
        *asked.blind("Ties of mail and file access by token", "field:token_id"),
        *asked.blind("Requests to Microsoft Graph", "stream:graph_activity"),
    ]
    return Answer(8, "done", "What was done with it?", told, tuple(facts), tuple(gone))


def _no_audit(asked: Asked, what: str) -> list[str]:
    if asked.lacks("stream:audit") and asked.lacks("stream:unified_audit"):
        return asked.blind(what, "stream:audit", "stream:unified_audit")
    return []


def _deed(each: FollowOn) -> str:
    known = knowledge.operation(each.operation, each.kind)
    what = known.title if known else each.operation
    target = f" {each.target.label}" if each.target.name or each.target.id else ""
    facts = ", ".join(
        f"{name.replace('_', ' ')}: {value}" for name, value in sorted(each.facts.items()) if _tells(name, value)
    )
    parts = [f"{what}{target}", f"failed: {each.result}" if _failed(each) else "", facts]
    parts += [f"by {each.actor}" if each.actor else "", words.network(each.network) if each.network.ip else ""]
    parts += [words.plural(each.count, "record") if each.count > 1 else "", tie(each.tie)]
    parts += [place(each.refs[0])] if each.refs else []
    return "; ".join(part for part in parts if part)


def _tells(name: str, value: str) -> bool:
    """False for the number of records, which stands there anyway, and for what did not happen."""
    return name != "records" and (name, value.lower()) != ("throttled", "false")


def _failed(each: FollowOn) -> bool:
    return (each.result or "").strip().lower() in ("failure", "failed", "false")


def containment(asked: Asked) -> Answer:
    """Question 11."""
    grant = asked.grant
    undone = sorted((each for each in grant.follow_ons if each.kind in _UNDOES), key=lambda each: each.time)
    facts = [Fact("seen", f"{words.minute(each.time)} {_deed(each)}", each.refs) for each in undone]
    living = _living(asked, undone)
    facts += [Fact("may live", text) for text in living]
    clock = _clock(asked)
    facts += [Fact("clock", clock)] if clock else []
    revoked = next((each.time for each in undone if each.kind in _ENDS and each.time > grant.started_at), None)
    facts += _residual(asked, revoked)
    steps = steps_of(asked.judged)
    for step in steps:
        marks = f"{' [changes the tenant]' if step.destructive else ''}{' [urgent]' if step.urgent else ''}"
        facts.append(Fact(f"step {step.order}", f"{step.title}{marks}"))
    if undone:
        told = f"{words.plural(len(undone), 'record')} that may be a step of containment: by whom, stands below"
    elif asked.lacks("stream:audit") and asked.lacks("stream:unified_audit"):
        told = "Not assessed, as to what is done"
    else:
        told = "No step of containment is in these logs"
    told += f"; {words.plural(len(steps), 'step')} to take, in this order."
    gone = [
        *_no_audit(asked, "Which steps are done"),
        "What lives right now: logs end where they were exported. Ask the tenant; a hunt's HTML page has the requests.",
    ]
    return Answer(11, "containment", "What is contained, and what still lives?", told, tuple(facts), tuple(gone))


def _living(asked: Asked, undone: list[FollowOn]) -> list[str]:
    """What the grant left behind that no later record takes back, as far as these logs tell."""
    grant = asked.grant
    found: list[str] = []
    cut = [each.time for each in undone if each.kind in ("sessions_revoked", "account_disabled")]
    if grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED) and not any(time > grant.started_at for time in cut):
        found.append("the refresh token: no revocation of sessions is in these logs")
    primary = {
        use.device.name or use.device.id or "a device without a name"
        for use in redeemer_uses(grant)
        if use.kind is TokenKind.PRIMARY
    }
    found += [f"a primary refresh token on {name}: it survives a revocation of sessions" for name in sorted(primary)]
    for each in sorted(grant.follow_ons, key=lambda each: each.time):
        what, back = _STAYS.get(each.kind, ("", None))
        taken = back and any(other.kind == back and other.time >= each.time for other in undone)
        if what and not _failed(each) and not taken:
            name = each.facts.get("device_name") or each.facts.get("name") or each.target.name
            found.append(f"{what}{f' {name}' if name else ''}, from {words.minute(each.time)}")
    return found


def _clock(asked: Asked) -> str:
    grant = asked.grant
    issued = [use.last for use in redeemer_uses(grant) if use.count > use.failures]
    issued += [grant.redemption.time] if grant.redemption else []
    if not issued:
        return ""
    last: datetime = max(issued)
    return (
        f"the last token seen was issued {words.second(last)} UTC; an access token works for about an hour, revoked or "
        f"not: until about {words.minute(last + ACCESS_TOKEN)} UTC"
    )


def _residual(asked: Asked, since: datetime | None) -> list[Fact]:
    if since is None:
        return []
    later = [use for use in redeemer_uses(asked.grant) if use.last > since]
    got = sum(1 for use in later if use.last_success is not None and use.last_success > since)
    if not later:
        return [Fact("residual", f"no use by the redeemer after {words.minute(since)}")]
    return [
        Fact("residual", f"{words.plural(len(later), 'row')} of use after {words.minute(since)}, {got} with success")
    ]


def user(asked: Asked) -> Answer:
    """Question 12."""
    ready = questions(asked.grant)
    return Answer(
        12,
        "user",
        "What does the user say?",
        "Not assessed: no log holds it. Ask by phone or in person, not by mail or chat:",
        tuple(Fact("ask", text) for text in ready),
    )
