"""Guests of other companies."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH, OFFICE_HOME, SHAREPOINT, TEAMS
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import browsed, coded, some


@persona(
    "guest-consultant",
    title="Guest consultant",
    what="A guest from another tenant, who works in Teams here and logs the Azure CLI in for a project.",
    stands_for="§5.2 Guests, GDAP, consultants",
    share=0.006,
    cast="guest",
    least=1,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Two or three days a week, from an office of their own."""
    (who,) = cast
    mint = stage.mint
    home = mint.guid()
    place = mint.pick(stage.tenant.sites).homes[0].place(mint.between(1, 4000))
    agent = azsdk(mint, 0)
    for day in some(stage, stage.weekdays(mint.between(0, 6)), 0.5):
        seat = who.seat(place, day)
        apps = ((TEAMS, GRAPH), (OFFICE_HOME, SHAREPOINT))
        yield from browsed(stage, who, day, apps, seat, mint.between(3, 8), home_tenant=home)
        if mint.chance(0.3):
            note = "A consultant works on a project in this tenant, with an account of another."
            yield coded(
                stage,
                who,
                day,
                (AZURE_CLI, ARM),
                agent,
                note,
                resources=(ARM, GRAPH),
                approver=seat,
                place=place,
                home_tenant=home,
            )
