"""A small tenant in which every persona and every campaign can act, and what each of them tells."""

from __future__ import annotations

from dataclasses import dataclass, field

from grantwatch.lab import ActivityEvent, Event, SignInEvent
from grantwatch.lab.simulate.casting import VICTIMS, Role, roles
from grantwatch.lab.simulate.declared import Campaign, Persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.tenant import Tenant
from grantwatch.lab.simulate.told import Decoy, Given, Told

USERS, DAYS = 120, 60


@dataclass
class Tale:
    """What was told, sorted by kind."""

    cast: list[Colleague]
    given: list[Given] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)
    loose: list[Event] = field(default_factory=list)

    def hear(self, told: Told) -> None:
        if isinstance(told, Given):
            self.given.append(told)
        elif isinstance(told, Decoy):
            self.decoys.append(told)
        else:
            self.loose.append(told)

    @property
    def sign_ins(self) -> list[SignInEvent]:
        within = [event for given in self.given for event in given.sign_ins]
        within += [event for decoy in self.decoys for event in decoy.sign_ins]
        return within + [event for event in self.loose if isinstance(event, SignInEvent)]

    @property
    def deeds(self) -> list[ActivityEvent]:
        within = [event for given in self.given for event in given.follow_ons]
        return within + [event for event in self.loose if isinstance(event, ActivityEvent)]


def cast_of(persona: Persona, seed: int = 5) -> list[Role]:
    tenant = Tenant(seed, USERS)
    return [role for role in roles(tenant, DAYS) if role.persona is persona]


def tale_of(persona: Persona, seed: int = 5) -> Tale:
    scenes = cast_of(persona, seed)
    tale = Tale([who for role in scenes for who in role.cast])
    for role in scenes:
        for told in persona.act(role.stage, role.cast):
            tale.hear(told)
            tale.decoys += role.stage.drained()
    return tale


def attack_of(campaign: Campaign, seed: int = 5) -> Tale:
    tenant = Tenant(seed, USERS)
    cast = roles(tenant, DAYS)
    kind = VICTIMS.get(campaign.victims)
    pool = [who for role in cast if kind and role.persona.id in kind for who in role.cast] or tenant.staff
    tale = Tale(pool[: campaign.most])
    stage = Stage(tenant, DAYS, f"attack/{campaign.id}")
    for told in campaign.act(stage, tale.cast):
        tale.hear(told)
        tale.decoys += stage.drained()
    return tale
