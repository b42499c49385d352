"""Questions 4, 9 and 10: what is normal here, who else is concerned, and how much the account may do."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from grantwatch.grants.model import Outcome
from grantwatch.report import words
from grantwatch.report.answers.model import Answer, Asked, Fact, counted
from grantwatch.signals import account_class
from grantwatch.verdict.clues import Clue, clues, user_key
from grantwatch.verdict.model import Judged

__all__ = ["normal", "privilege", "reach"]

MOST_OTHERS = 10
_KINDS = {
    "person": "a person",
    "device": "a device: a meeting room, phone or display",
    "service": "a service that runs without a person",
    "guest": "a guest",
}


def normal(asked: Asked) -> Answer:
    """Question 4."""
    grant, profile = asked.grant, asked.profile
    earlier = _earlier(asked)
    days, tenant_days = profile.user_history_days, profile.tenant_history_days
    facts = [
        Fact(
            "history",
            f"{days:.0f} days and {counted(profile.user_records, 'record')} of this user before the grant; "
            f"{tenant_days:.0f} days of the tenant",
        )
    ]
    if earlier:
        clients = Counter(words.client(each.grant.client) for each in earlier)
        prefixes = Counter(
            prefix for each in earlier for prefix in {leg.network.prefix for leg in each.grant.legs} if prefix
        )
        facts.append(Fact("clients", _most(clients)))
        facts.append(Fact("networks", _most(prefixes) or "not logged"))
    worse = asked.judged.worse_grants
    if worse:
        facts.append(Fact("left out", f"{words.plural(len(worse), 'earlier grant')} judged critical: no habit"))
    others = profile.tenant_grant_users - bool(profile.earlier_grants)
    with_client = profile.familiarity("grant_client", grant.client.id).tenant_users
    facts.append(
        Fact(
            "tenant",
            f"{counted(others, 'other user')} of {profile.tenant_users} in these logs used device code before, "
            f"{with_client or 'none'} of them with this client",
        )
    )
    peers = profile.peers
    if peers:
        facts.append(
            Fact(
                "peers",
                f"{words.plural(peers.count, 'person', 'people')} with the same clients and networks: "
                f"{peers.device_code or 'none'} of them used device code a day or more before"
                + (f", {peers.client or 'none'} with this client" if peers.device_code else ""),
            )
        )
    kind = account_class(asked.case)
    facts.append(Fact("account", f"taken for {_KINDS[kind.kind]}, {kind.why}"))
    if asked.lacks("history") and not earlier:
        told = "Not assessed: these logs do not reach back far enough to say."
    elif earlier:
        starts = [each.grant.started_at for each in earlier]
        first, last = min(starts), max(starts)
        told = (
            f"This user had {words.plural(len(earlier), 'device code grant')} before: first {words.day(first)}, "
            f"last {words.day(last)}."
        )
    else:
        told = "No device code grant of this user is in these logs before this one."
    gone = [
        *asked.blind("What is usual", "history"),
        *(
            ["Peers: too little of this user is in these logs to tell who works alike."]
            if not (peers or earlier)
            else []
        ),
        "Job, tickets and pilots: groups, job titles and change records are in no log that was read.",
    ]
    return Answer(4, "normal", "Is it normal for this user and their peers?", told, tuple(facts), tuple(gone))


def _earlier(asked: Asked) -> list[Judged]:
    """The user's earlier grants in these logs of which a token came, or may have come."""
    mine = user_key(asked.grant)
    return [
        each
        for each in asked.found.grants
        if user_key(each.grant) == mine
        and each.grant.started_at < asked.grant.started_at
        and each.grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)
    ]


def _most(counts: Counter[str]) -> str:
    shown = [f"{name} ({number})" for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:4]]
    return ", ".join(shown) + (f" and {len(counts) - 4} more" if len(counts) > 4 else "")


def reach(asked: Asked) -> Answer:
    """Question 9."""
    grant = asked.grant
    facts: list[Fact] = []
    incident = next((each for each in asked.found.incidents if grant.grant_id in each.grant_ids), None)
    if incident:
        facts.append(Fact("incident", f"{incident.incident_id}, {incident.severity.label}: {incident.title}"))
        if incident.shared:
            facts.append(Fact("shared", "; ".join(incident.shared)))
    others = _sharing(asked)
    for each in others[:MOST_OTHERS]:
        worst = each.worst.verdict
        grants = f"{words.plural(each.count, 'grant')}, the worst {worst.severity.label} {worst.score}"
        where = f"{each.worst.grant.grant_id} at {words.minute(each.worst.grant.started_at)}"
        facts.append(Fact("shares", f"{each.worst.grant.user.label}: {', '.join(each.shared)}; {grants} ({where})"))
    if len(others) > MOST_OTHERS:
        facts.append(Fact("", f"and {words.plural(len(others) - MOST_OTHERS, 'more user')}"))
    same = [each for each in asked.found.grants if user_key(each.grant) == user_key(grant) and each is not asked.judged]
    facts.append(Fact("same user", f"{counted(len(same), 'other grant')} in these logs"))
    if grant.session_users > 1:
        facts.append(Fact("session", f"{grant.session_users} users share the session id in these logs"))
    sent = sum(each.count for each in grant.follow_ons if each.kind == "mail_sent")
    if sent:
        facts.append(Fact("mail", f"{words.plural(sent, 'record')} of mail sent after the grant"))
    facts += _lures(asked)
    near = sum(each.network for each in others)
    if near:
        told = f"{words.plural(near, 'other user')} with a grant from the same new or rented network."
    else:
        told = "No grant of another user in these logs came from the same new or rented network."
    if len(others) > near:
        told += f" {words.plural(len(others) - near, 'more user')} with the same scripted user agent only."
    gone = [
        *asked.blind("Mail that was sent", "stream:unified_audit"),
        *asked.blind("Links that were clicked before the grant", "stream:url_clicks"),
        "Who got mail or chat from this account, and the lure itself: needs a message trace, which is not read.",
        *asked.blind("Other users by provider", "field:asn"),
    ]
    return Answer(9, "reach", "Who else is concerned?", told, tuple(facts), tuple(gone))


def _lures(asked: Asked) -> list[Fact]:
    """Links that the user clicked in the minutes before, and who else did so before a grant."""
    clicks = [each for each in asked.grant.follow_ons if each.kind == "lure_click"]
    facts = []
    for click in clicks[:MOST_OTHERS]:
        others = {
            each.grant.user.label
            for each in asked.found.grants
            if user_key(each.grant) != user_key(asked.grant)
            and any(
                other.kind == "lure_click" and other.target.name == click.target.name for other in each.grant.follow_ons
            )
        }
        too = f"; also clicked by {', '.join(sorted(others)[:MOST_OTHERS])}" if others else ""
        facts.append(Fact("clicked", f"{words.minute(click.time)} {click.target.label}{too}", click.refs))
    return facts


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Another user's grants that share something with this one: how many, the worst, what, and whether a network."""

    worst: Judged
    count: int
    shared: tuple[str, ...]
    network: bool


def _sharing(asked: Asked) -> list[_Sharing]:
    """Other users with something in common, those with a network first, then the worst first."""
    mine = clues(asked.judged)
    if not mine:
        return []
    by_user: dict[str, list[Judged]] = defaultdict(list)
    shared: dict[str, set[Clue]] = defaultdict(set)
    for each in asked.found.grants:
        user = user_key(each.grant)
        common = mine & clues(each) if user != user_key(asked.grant) else frozenset()
        if common:
            by_user[user].append(each)
            shared[user] |= common
    found = [
        _Sharing(
            max(grants, key=lambda each: each.verdict.score),
            len(grants),
            tuple(clue.label for clue in sorted(shared[user], key=lambda clue: (clue.kind == "agent", clue))),
            any(clue.kind != "agent" for clue in shared[user]),
        )
        for user, grants in by_user.items()
    ]
    return sorted(found, key=lambda each: (not each.network, -each.worst.verdict.score, each.worst.grant.user.label))


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
        gone.append(
            "Directory roles: no record of this grant carries their ids (wids, in authenticationProcessingDetails)."
        )
    elif privileged:
        told = f"The token carries directory roles: {privileged}."
    else:
        told = "The token carries no directory role beyond what every user has."
    if given:
        told += f" After the grant: {words.plural(len(given), 'change')} of roles."
    gone.append("Groups, Azure roles, finance or board: who the user is stands in no log that was read.")
    return Answer(10, "privilege", "How much may this account do?", told, tuple(facts), tuple(gone))
