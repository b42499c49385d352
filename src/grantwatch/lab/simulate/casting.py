"""Who plays what: staff for the personas, and the attacks with their victims."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from grantwatch.lab.ids import Mint
from grantwatch.lab.simulate.declared import Campaign, Persona, all_campaigns, all_personas
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.tenant import Tenant

__all__ = ["Attack", "Role", "attacks", "roles"]

CAST = 0.55
"""The part of the staff that may play a persona, at most."""
ATTACKS = 20
"""In a tenant of 1,500 users within 45 days; with the square root of users and days."""


@dataclass(frozen=True, slots=True)
class Role:
    """A persona and those who play it in one scene."""

    persona: Persona
    stage: Stage
    cast: list[Colleague]


@dataclass(frozen=True, slots=True)
class Attack:
    """One instance of a campaign: its grants are one incident."""

    id: str
    campaign: Campaign
    stage: Stage
    victims: list[Colleague]


def shuffled(mint: Mint, things: list[Colleague]) -> list[Colleague]:
    """The same things in an order of chance."""
    return [thing for _, _, thing in sorted((mint.hex(8), place, thing) for place, thing in enumerate(things))]


def roles(tenant: Tenant, days: int) -> list[Role]:
    """The cast of every persona. Nobody plays two, and a good part of the staff plays none.

    Small tenants cannot have them all: chance decides which, the common ones being likelier.
    """
    mint = Mint(f"simulate/{tenant.seed}/cast")
    free = shuffled(mint, tenant.staff)[: round(CAST * len(tenant.staff))]
    drawn = {each.id: log(mint.between(1, 1 << 30) / (1 << 30)) / max(each.share, 1e-6) for each in all_personas()}
    told = []
    for persona in sorted(all_personas(), key=lambda each: -drawn[each.id]):
        number = persona.number(len(tenant.staff))
        if persona.cast == "staff":
            cast, free = free[:number], free[number:]
        else:
            cast = [_account(tenant, persona, each, mint) for each in range(number)]
        for who in cast:
            who.persona = persona.id
        scenes = [cast] if persona.together and cast else [[who] for who in cast]
        told += [Role(persona, Stage(tenant, days, f"{persona.id}/{scene[0].index}"), scene) for scene in scenes]
    return told


def _account(tenant: Tenant, persona: Persona, number: int, mint: Mint) -> Colleague:
    site = tenant.site_of(number)
    if persona.cast == "guest":
        name, alias = tenant.namer.person()
        home = mint.pick(("northwind-partners.example", "contoso-consulting.example", "litware-services.example"))
        upn = f"{alias}_{home}#ext#@{tenant.domain}"
        return tenant.account(name, alias, site=site, upn=upn, type_="guest")
    name = f"{persona.title.split(',')[0]} {number + 1}"
    return tenant.account(name, f"{persona.id.split('-')[0]}-{site.city.name.split()[0]}-{number + 1}", site=site)


def attacks(tenant: Tenant, days: int, cast: list[Role]) -> list[Attack]:
    """The attacks, in an order of chance: every campaign before one comes again. Nobody is hit by two."""
    users = len(tenant.staff)
    mint = Mint(f"simulate/{tenant.seed}/attacks")
    number = max(1, round(ATTACKS * (users * days / (1500 * 45)) ** 0.5))
    possible = [campaign for campaign in all_campaigns() if users >= campaign.minimum_users]
    # More than are wanted, since a campaign may find no victims of its kind.
    order = [
        campaign
        for _ in range(2 + number // max(len(possible), 1))
        for _, _, campaign in sorted((mint.hex(8), place, each) for place, each in enumerate(possible))
    ]
    free = {"staff": shuffled(mint, [who for who in tenant.staff if days // 4 > who.first_day])}
    for kind, ids in VICTIMS.items():
        free[kind] = shuffled(mint, [who for role in cast if role.persona.id in ids for who in role.cast])
    hit: set[int] = set()
    told: list[Attack] = []
    for campaign in order:
        if len(told) == number:
            break
        wanted = mint.between(campaign.least, campaign.most)
        wanted = max(campaign.least, min(wanted, users // 12))
        victims = [who for who in free[campaign.victims] if who.index not in hit][:wanted]
        if len(victims) < campaign.least:
            continue
        hit |= {who.index for who in victims}
        name = f"{campaign.id}-{1 + sum(attack.campaign is campaign for attack in told)}"
        told.append(Attack(name, campaign, Stage(tenant, days, f"attack/{name}"), victims))
    return told


VICTIMS = {
    "room": ("room-account", "room-roll-out"),
    "developer": ("cli-developer", "powershell-admin", "cluster-operator"),
    "admin": ("privileged-admin",),
}
"""Which personas a campaign's kind of victim is taken from; `staff` is everybody."""
