"""Questions 4, 9 and 10: what is normal here, who else is concerned, and how much the account may do."""

from __future__ import annotations

from collections import Counter

from grantwatch import knowledge
from grantwatch.report import words
from grantwatch.report.answers.model import Answer, Asked, Fact, counted
from grantwatch.respond.containment import is_guest
from grantwatch.signals import device_account
from grantwatch.verdict.links import clues, user_key

__all__ = ["normal", "privilege", "reach"]

MOST_OTHERS = 10


def normal(asked: Asked) -> Answer:
    """Question 4."""
    grant, profile = asked.grant, asked.profile
    earlier = profile.earlier_grants
    worse = asked.judged.worse_grants
    facts = [
        Fact(
            "history",
            f"{profile.user_history_days:.0f} days and {counted(profile.user_records, 'record')} of this user before "
            f"the grant; {profile.tenant_history_days:.0f} days of the tenant",
        )
    ]
    if earlier:
        clients = Counter(knowledge.client_name(each.client_id) for each in earlier)
        prefixes = Counter(prefix for each in earlier for prefix in each.prefixes)
        facts.append(Fact("clients", _most(clients)))
        facts.append(Fact("networks", _most(prefixes) or "not logged"))
        suspicious = sum(each.grant_id in worse for each in earlier)
        if suspicious:
            facts.append(Fact("left out", f"{counted(suspicious, 'earlier grant')} judged high or worse: no habit"))
    facts.append(
        Fact(
            "tenant",
            f"{counted(profile.tenant_grant_users, 'other user')} of {profile.tenant_users} used device code before; "
            f"{profile.familiarity('grant_client', grant.client.id).tenant_users} with this client",
        )
    )
    kind = "a room device, by its habit" if device_account(asked.case) else "not one of a room device, by its habit"
    facts.append(
        Fact(
            "account",
            f"{kind}; {'a guest' if is_guest(grant) else 'a member' if grant.user.type else 'type not logged'}",
        )
    )
    if asked.lacks("history") and not earlier:
        told = "Not assessed: these logs do not reach back far enough to say."
    elif earlier:
        first, last = min(each.started_at for each in earlier), max(each.started_at for each in earlier)
        told = (
            f"This user had {words.plural(len(earlier), 'device code grant')} before: first {words.day(first)}, "
            f"last {words.day(last)}."
        )
    else:
        told = "No device code grant of this user is in these logs before this one."
    gone = [
        *asked.blind("What is usual", "history"),
        "Peers, job, tickets and pilots: groups, job titles and change records are in no log that was read.",
    ]
    return Answer(4, "normal", "Is it normal for this user and their peers?", told, tuple(facts), tuple(gone))


def _most(counts: Counter[str]) -> str:
    shown = [f"{name} ({number})" for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:4]]
    return ", ".join(shown) + (f" and {len(counts) - 4} more" if len(counts) > 4 else "")


def reach(asked: Asked) -> Answer:
    """Question 9."""
    grant = asked.grant
    mine = clues(asked.judged)
    facts: list[Fact] = []
    incident = next((each for each in asked.found.incidents if grant.grant_id in each.grant_ids), None)
    if incident:
        facts.append(Fact("incident", f"{incident.incident_id}, {incident.severity.label}: {incident.title}"))
        if incident.shared:
            facts.append(Fact("shared", "; ".join(incident.shared)))
    others = []
    for each in asked.found.grants:
        if user_key(each.grant) == user_key(grant):
            continue
        shared = sorted(mine & clues(each)) if mine else []
        if shared:
            others.append((each, ", ".join(clue.label for clue in shared)))
    for each, what in others[:MOST_OTHERS]:
        who = (
            f"{each.grant.user.label}, {each.verdict.severity.label} {each.verdict.score}, grant {each.grant.grant_id}"
        )
        facts.append(Fact(words.minute(each.grant.started_at), f"{who}: {what}"))
    if len(others) > MOST_OTHERS:
        facts.append(Fact("", f"and {words.plural(len(others) - MOST_OTHERS, 'more grant')}"))
    same = [each for each in asked.found.grants if user_key(each.grant) == user_key(grant) and each is not asked.judged]
    facts.append(Fact("same user", f"{counted(len(same), 'other grant')} in these logs"))
    if grant.session_users > 1:
        facts.append(Fact("session", f"{grant.session_users} users share the session id in these logs"))
    sent = sum(each.count for each in grant.follow_ons if each.kind == "mail_sent")
    if sent:
        facts.append(Fact("mail", f"{words.plural(sent, 'record')} of mail sent after the grant"))
    users = len({user_key(each.grant) for each, _ in others})
    told = (
        f"{words.plural(users, 'other user')} {'has' if users == 1 else 'have'} a grant that shares a network or a "
        "scripted user agent with this one."
        if others
        else "No grant of another user in these logs shares a new or rented network, or a scripted user agent, with it."
    )
    gone = [
        *asked.blind("Mail that was sent", "stream:unified_audit"),
        "Who got mail or chat from this account, and the lure itself: needs a message trace, which is not read.",
        *asked.blind("Other users by provider", "field:asn"),
    ]
    return Answer(9, "reach", "Who else is concerned?", told, tuple(facts), tuple(gone))


def privilege(asked: Asked) -> Answer:
    """Question 10."""
    grant = asked.grant
    privileged = words.roles(grant.role_ids)
    facts = [Fact("roles", privileged)] if privileged else []
    given = [each for each in grant.follow_ons if each.kind == "role"]
    for each in given:
        role = each.facts.get("role_name") or each.target.label
        facts.append(Fact(words.minute(each.time), f"{each.operation}: {role}", each.refs))
    gone = []
    if not grant.role_ids:
        told = "Not assessed."
        gone.append("Directory roles: no record of this grant carries authenticationProcessingDetails (wids).")
    elif privileged:
        told = f"The token carries directory roles: {privileged}."
    else:
        told = "The token carries no directory role beyond what every user has."
    if given:
        told += f" After the grant: {words.plural(len(given), 'change')} of roles."
    gone.append("Groups, Azure roles, finance or board: who the user is stands in no log that was read.")
    return Answer(10, "privilege", "How much may this account do?", told, tuple(facts), tuple(gone))
