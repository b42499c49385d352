"""Administrators of a partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.simulate.agents import GRAPH_TOOLS, PORTAL, powershell_agent
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "partner-admin",
    title="Administrator of a partner",
    what="Manages the tenant for a partner with delegated roles; now and then with Graph PowerShell, by code.",
    stands_for="§5.2 Guests, GDAP, consultants",
    share=0.002,
    cast="guest",
    least=1,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """From the partner's office, with a helpdesk role; the records say `serviceProvider`."""
    (who,) = cast
    mint = stage.mint
    home = mint.guid()
    who.roles = ("729827e3-9c14-49f7-bb1b-9608f156bbb8",)
    place = mint.pick(stage.tenant.sites).homes[1].place(mint.between(1, 3900))
    agent = powershell_agent(mint)
    for day in some(stage, stage.weekdays(mint.between(0, 6)), 0.4):
        seat = who.seat(place, day)
        for _ in range(mint.between(1, 4)):
            at = stage.time(who, day, 8, 18)
            session = who.session("browser", day)
            seen = stage.browsing(who, at, (PORTAL, GRAPH), seat, session=session, home_tenant=home)
            yield replace(seen, cross_tenant="serviceProvider")
        if mint.chance(0.4):
            note = "A partner's administrator manages this tenant."
            given = coded(
                stage, who, day, (GRAPH_TOOLS, GRAPH), agent, note, approver=seat, place=place, home_tenant=home
            )
            told = tuple(replace(event, cross_tenant="serviceProvider") for event in given.sign_ins)
            yield Given(told, given.note)
