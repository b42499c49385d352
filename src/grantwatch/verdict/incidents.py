"""Gather verdicts into incidents: one user's suspicious grants, and campaigns over several users."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta

from grantwatch.verdict.clues import Clue, is_attempt, is_suspicious, is_unfinished, user_key
from grantwatch.verdict.links import link
from grantwatch.verdict.model import Incident, Judged, Severity
from grantwatch.verdict.panel import Panel
from grantwatch.verdict.weights import IncidentNumbers, Weights

__all__ = ["incidents"]


def incidents(judged: Sequence[Judged], panel: Panel | None = None) -> tuple[Incident, ...]:
    """Every incident, worst first. Each grant of medium or worse is in exactly one.

    Blocked and abandoned attempts join a campaign that they share a network or a scripted user agent with;
    three users' attempts from one network within a day are a campaign of their own.
    `panel`: whose weights hold. An attack may be on several tenants; then those numbers hold that are for all.
    """
    tenants = {each.grant.tenant_id for each in judged}
    weights = (panel or Panel()).weights(tenants.pop() if len(tenants) == 1 else None)
    numbers = weights.incidents
    candidates = [each for each in judged if is_suspicious(each) or is_attempt(each) or is_unfinished(each)]
    groups, shared = link(candidates, numbers)
    found: list[Incident] = []
    for places in groups.all():
        members = [candidates[place] for place in places]
        clues = {clue for place in places for clue in shared.get(place, ())}
        incident = _incident(members, clues, weights)
        if incident:
            found.append(incident)
    return tuple(sorted(found, key=lambda each: (-each.severity, -each.score, each.started_at, each.incident_id)))


def _users(members: Iterable[Judged]) -> set[str]:
    return {user_key(each.grant) for each in members}


def _incident(members: list[Judged], clues: set[Clue], weights: Weights) -> Incident | None:
    numbers = weights.incidents
    suspicious = [each for each in members if is_suspicious(each)]
    if not suspicious and _most_users_within(members, clues, numbers) < numbers.attempt_users:
        return None
    campaign = len(_users(members)) >= numbers.campaign_users
    severity = max((each.verdict.severity for each in members), default=Severity.MEDIUM)
    severity = max(severity, Severity.MEDIUM)
    if campaign and _raises(members, suspicious, numbers):
        severity = max(severity, Severity.HIGH)
    score = max(*(each.verdict.score for each in members), weights.severity[severity])
    members = sorted(members, key=lambda each: (each.grant.started_at, each.grant.grant_id))
    ids = tuple(each.grant.grant_id for each in members)
    users = tuple(sorted({each.grant.user.label for each in members}, key=str.lower))
    told = tuple(clue.label for clue in sorted(clues, key=lambda clue: (_ORDER.index(clue.kind), clue.value)))
    return Incident(
        incident_id=incident_id(ids),
        kind="campaign" if campaign else "user",
        title=_title(members, users, campaign),
        summary=_summary(members, told, campaign),
        severity=severity,
        score=score,
        grant_ids=ids,
        users=users,
        shared=told if campaign else (),
        started_at=members[0].grant.started_at,
        last_seen=max(each.grant.last_seen for each in members),
    )


_ORDER = ("prefix", "asn", "agent", "device", "client", "country", "way")


def incident_id(grant_ids: Iterable[str]) -> str:
    """`inc-` and 12 hexadecimal digits: the same grants give the same id in every run."""
    text = "\n".join(sorted(grant_ids))
    return f"inc-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _raises(members: list[Judged], suspicious: list[Judged], numbers: IncidentNumbers) -> bool:
    """Three users with suspicious grants, or three of whom at least one gave a token away."""
    enough = numbers.campaign_users_for_high
    got_one = any(not is_attempt(each) for each in suspicious)
    return len(_users(suspicious)) >= enough or (got_one and len(_users(members)) >= enough)


def _most_users_within(members: list[Judged], clues: set[Clue], numbers: IncidentNumbers) -> int:
    """The most users whose attempts from a shared network fall within one day."""
    if not any(clue.kind in ("prefix", "asn") for clue in clues):
        return 0
    window = timedelta(hours=numbers.attempt_hours)
    ordered = sorted(members, key=lambda each: each.grant.started_at)
    most = first = 0
    for last, each in enumerate(ordered):
        while each.grant.started_at - ordered[first].grant.started_at > window:
            first += 1
        most = max(most, len(_users(ordered[first : last + 1])))
    return most


def _plural(count: int, one: str) -> str:
    return f"{count} {one}{'' if count == 1 else 's'}"


def _given(members: list[Judged]) -> str:
    """`2 grants` or `1 grant and 3 blocked or abandoned attempts`."""
    attempts = sum(is_attempt(each) for each in members)
    parts = []
    if len(members) > attempts:
        parts.append(_plural(len(members) - attempts, "suspicious grant"))
    if attempts:
        parts.append(_plural(attempts, "blocked or abandoned attempt"))
    return " and ".join(parts)


def _title(members: list[Judged], users: tuple[str, ...], campaign: bool) -> str:
    if campaign:
        return f"Campaign against {len(users)} accounts: {_given(members)}"
    return f"{users[0]}: {_given(members)}"


def _summary(members: list[Judged], told: tuple[str, ...], campaign: bool) -> str:
    start, end = members[0].grant.started_at, members[-1].grant.started_at
    when = f"at {start:%Y-%m-%d %H:%M} UTC"
    if end - start >= timedelta(minutes=1):
        when = f"between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC"
    worst = max(members, key=lambda each: each.verdict.score)
    text = f"{_given(members).capitalize()} {when}."
    if campaign and told:
        text += f" They share {', '.join(told[:3])}."
    chips = [each.chip for each in worst.verdict.evidence if each.group != "favour"][:4]
    if chips:
        text += f" The worst, of {worst.grant.user.label}, shows: {', '.join(chips)}."
    return text
