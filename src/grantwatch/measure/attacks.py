"""Whether the grants of one attack were recognised as one incident."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grantwatch.measure.match import Match
from grantwatch.measure.remarks import kind_of
from grantwatch.measure.truth import TruthGrant
from grantwatch.verdict.model import Incident

__all__ = ["MANY_VICTIMS", "Attack", "Attacks", "attacks"]

MANY_VICTIMS = 3
"""From so many people who gave a token away an attack must be recognised as one incident."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on one tenant. `victims` gave something away; `users` were tried at all.

    `together`: the most victims that one incident holds; `strangers`: users in it who are not of this attack;
    `pieces`: incidents that hold a grant of it. `recognised`: one campaign incident holds every victim. `alone`: and
    holds nobody else, such as the victims of another attack.
    """

    seed: int
    attack: str
    campaign: str
    users: int
    victims: int
    together: int
    strangers: int
    stranger_kinds: dict[str, int]
    """Whose grants theirs are: the persona, or another campaign."""
    pieces: int
    severity: str | None
    recognised: bool
    alone: bool


@dataclass(frozen=True, slots=True)
class Attacks:
    """Over attacks with at least MANY_VICTIMS victims, but for `false_campaigns` and `listed`.

    `seen`: a campaign incident holds at least MANY_VICTIMS of the victims, if not all.
    `false_campaigns`: campaign incidents of the hunt without a single grant of an attacker.
    """

    many: int
    recognised: int
    recall: float | None
    alone: int
    """Those of the recognised whose incident holds nobody else."""
    seen: int
    share_together: float | None
    """Mean share of the victims that the best incident holds."""
    campaign_incidents: int
    false_campaigns: int
    false_kinds: tuple[dict[str, int], ...]
    """Of each false campaign, how many grants of which persona it holds."""
    mixed: int
    """Campaign incidents that hold grants of two attacks or more."""
    purity: float | None
    """Of the grants in campaign incidents with an attacker's, the share that is of the attack that most are of."""
    listed: tuple[Attack, ...]


def attacks(matches: Sequence[Match]) -> Attacks:
    """The figures over these tenants together."""
    listed = [attack for match in matches for attack in _of(match)]
    many = [attack for attack in listed if attack.victims >= MANY_VICTIMS]
    recognised = sum(attack.recognised for attack in many)
    campaigns = [(match, each) for match in matches for each in match.incidents if each.kind == "campaign"]
    inside = [[_real(match).get(id) for id in each.grant_ids] for match, each in campaigns]
    false = [_kinds(grants) for grants in inside if not any(grant and grant.malicious for grant in grants)]
    pure = [_share(grants) for grants in inside]
    held = sum(of for _, of, _ in pure)
    return Attacks(
        many=len(many),
        recognised=recognised,
        recall=recognised / len(many) if many else None,
        alone=sum(attack.alone for attack in many),
        seen=sum(attack.together >= MANY_VICTIMS for attack in many),
        share_together=sum(attack.together / attack.victims for attack in many) / len(many) if many else None,
        campaign_incidents=len(campaigns),
        false_campaigns=len(false),
        false_kinds=tuple(false),
        mixed=sum(several for _, _, several in pure),
        purity=sum(own for own, _, _ in pure) / held if held else None,
        listed=tuple(listed),
    )


def _share(grants: Sequence[TruthGrant | None]) -> tuple[int, int, bool]:
    """Grants of the attack that most are of, how many there are of all, and whether there are two attacks or more.

    Drills are left out: neither right nor wrong to hold. Nothing counts where no grant is an attacker's.
    """
    counted = Counter(grant.attack for grant in grants if grant and grant.malicious)
    of = sum(not (grant and grant.drill) for grant in grants)
    return (max(counted.values()), of, len(counted) > 1) if counted else (0, 0, False)


def _of(match: Match) -> list[Attack]:
    by_attack: dict[str, list[TruthGrant]] = defaultdict(list)
    for grant in match.truth.grants:
        if grant.malicious and grant.attack:
            by_attack[grant.attack].append(grant)
    real = _real(match)
    return [_attack(match, name, by_attack[name], real) for name in sorted(by_attack)]


def _real(match: Match) -> dict[str, TruthGrant | None]:
    """What each grant of the hunt really is, by its id."""
    return {each.judged.grant.grant_id: each.truth for each in (*match.found, *match.drills)}


def _attack(match: Match, name: str, grants: Sequence[TruthGrant], real: dict[str, TruthGrant | None]) -> Attack:
    numbers = {grant.number for grant in grants}
    users = {grant.user_id for grant in grants}
    victims = {grant.user_id for grant in grants if grant.given_away}
    holding = [each for each in match.incidents if any(_number(real.get(id)) in numbers for id in each.grant_ids)]
    best = max(holding, key=lambda each: _worth(each, real, numbers, victims), default=None)
    inside = [real.get(id) for id in best.grant_ids] if best else []
    together = {grant.user_id for grant in inside if grant is not None and grant.number in numbers} & victims
    others = [grant for grant in inside if grant is None or grant.user_id not in users]
    whole = best is not None and bool(victims) and together == victims and best.kind == "campaign"
    return Attack(
        seed=match.truth.seed,
        attack=name,
        campaign=grants[0].campaign or "unnamed",
        users=len(users),
        victims=len(victims),
        together=len(together),
        strangers=len({grant.user_id if grant else place for place, grant in enumerate(others)}),
        stranger_kinds=_kinds(others),
        pieces=len(holding),
        severity=best.severity.label if best else None,
        recognised=whole,
        alone=whole and not others,
    )


def _number(grant: TruthGrant | None) -> int | None:
    return grant.number if grant else None


def _worth(
    incident: Incident, real: dict[str, TruthGrant | None], numbers: set[int], victims: set[str]
) -> tuple[int, int, str]:
    """Most victims, then fewest others; the id, so that equals have an order."""
    inside = [real.get(id) for id in incident.grant_ids]
    own = [grant for grant in inside if grant is not None and grant.number in numbers]
    return len({grant.user_id for grant in own} & victims), len(own) - len(inside), incident.incident_id


def _kinds(grants: Sequence[TruthGrant | None]) -> dict[str, int]:
    counted = Counter(kind_of(grant) if grant else "phantom" for grant in grants)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
