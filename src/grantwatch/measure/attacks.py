"""Whether the grants of one attack were recognised as one incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grantwatch.measure.match import Match
from grantwatch.measure.truth import TruthGrant
from grantwatch.verdict.model import Incident

__all__ = ["MANY_VICTIMS", "Attack", "Attacks", "attacks"]

MANY_VICTIMS = 3
"""From so many people who gave a token away an attack must be recognised as one incident."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on one tenant. `victims` gave something away; `users` were tried at all.

    `together`: the most victims that one incident holds; `strangers`: users in it who are not of this attack;
    `pieces`: incidents that hold a grant of it. `recognised`: one campaign incident holds every victim.
    """

    seed: int
    attack: str
    campaign: str
    users: int
    victims: int
    together: int
    strangers: int
    pieces: int
    severity: str | None
    recognised: bool


@dataclass(frozen=True, slots=True)
class Attacks:
    """Over attacks with at least MANY_VICTIMS victims, but for `false_campaigns` and `listed`.

    `seen`: a campaign incident holds at least MANY_VICTIMS of the victims, if not all.
    `false_campaigns`: campaign incidents of the hunt without a single grant of an attacker.
    """

    many: int
    recognised: int
    recall: float | None
    seen: int
    share_together: float | None
    """Mean share of the victims that the best incident holds."""
    campaign_incidents: int
    false_campaigns: int
    listed: tuple[Attack, ...]


def attacks(matches: Sequence[Match]) -> Attacks:
    """The figures over these tenants together."""
    listed = [attack for match in matches for attack in _of(match)]
    many = [attack for attack in listed if attack.victims >= MANY_VICTIMS]
    recognised = sum(attack.recognised for attack in many)
    campaigns = [(match, each) for match in matches for each in match.incidents if each.kind == "campaign"]
    return Attacks(
        many=len(many),
        recognised=recognised,
        recall=recognised / len(many) if many else None,
        seen=sum(attack.together >= MANY_VICTIMS for attack in many),
        share_together=sum(attack.together / attack.victims for attack in many) / len(many) if many else None,
        campaign_incidents=len(campaigns),
        false_campaigns=sum(not _any_malicious(match, incident) for match, incident in campaigns),
        listed=tuple(listed),
    )


def _of(match: Match) -> list[Attack]:
    by_attack: dict[str, list[TruthGrant]] = defaultdict(list)
    for grant in match.truth.grants:
        if grant.malicious and grant.attack:
            by_attack[grant.attack].append(grant)
    real = _real(match)
    return [_attack(match, name, by_attack[name], real) for name in sorted(by_attack)]


def _real(match: Match) -> dict[str, TruthGrant | None]:
    """What each grant of the hunt really is, by its id."""
    return {each.judged.grant.grant_id: each.truth for each in match.found}


def _any_malicious(match: Match, incident: Incident) -> bool:
    real = _real(match)
    return any((grant := real.get(id)) is not None and grant.malicious for id in incident.grant_ids)


def _attack(match: Match, name: str, grants: Sequence[TruthGrant], real: dict[str, TruthGrant | None]) -> Attack:
    numbers = {grant.number for grant in grants}
    victims = {grant.user_id for grant in grants if grant.given_away}
    users = {grant.user_id for grant in grants}
    best: tuple[int, int, Incident] | None = None
    pieces = 0
    for incident in match.incidents:
        inside = [real[id] for id in incident.grant_ids if id in real]
        own = {grant.user_id for grant in inside if grant is not None and grant.number in numbers}
        if not own:
            continue
        pieces += 1
        others = {grant.user_id for grant in inside if grant is not None and grant.user_id not in users}
        unknown = sum(grant is None for grant in inside)
        held = (len(own & victims), len(others) + unknown, incident)
        if best is None or (held[0], -held[1]) > (best[0], -best[1]):
            best = held
    together = best[0] if best else 0
    whole = best is not None and bool(victims) and together == len(victims) and best[2].kind == "campaign"
    return Attack(
        seed=match.truth.seed,
        attack=name,
        campaign=grants[0].campaign or "unnamed",
        users=len(users),
        victims=len(victims),
        together=together,
        strangers=best[1] if best else 0,
        pieces=pieces,
        severity=best[2].severity.label if best else None,
        recognised=whole,
    )
