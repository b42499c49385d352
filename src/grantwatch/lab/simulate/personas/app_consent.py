"""An honest consent near an honest grant."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.deeds import consent
from grantwatch.lab.events import App
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "app-consent",
    title="New application",
    what="Uses the Azure CLI, and consents to an application of a supplier within days of it.",
    stands_for="§6.22 consent after a grant: new SaaS",
    share=0.006,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Most applications want little; some want calendars or files."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    wishes = (
        ("User.Read",),
        ("User.Read", "openid", "profile"),
        ("Calendars.Read", "User.Read"),
        ("Files.Read", "User.Read"),
    )
    for day in some(stage, stage.workdays(who), 0.14):
        given = coded(stage, who, day, (AZURE_CLI, ARM), agent, "The Azure CLI as usual.", resources=(ARM, GRAPH))
        yield given
        if mint.chance(0.4):
            app = App(mint.guid(), mint.pick(("Room Planner", "Expense Scanner", "Whiteboard Sync", "Survey Hub")))
            yield from consent(
                mint,
                who.who,
                tenant_id=stage.tenant.id,
                at=given.legs[-1].time + mint.span(900, 60 * 3600),
                app=app,
                scopes=mint.pick(wishes),
                service_place=stage.tenant.service,
            )
