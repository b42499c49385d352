"""New people in their first week."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded


@persona(
    "new-hire",
    title="New hire",
    what="Joins in the middle of the time seen and logs the Azure CLI in within the first week, without any history.",
    stands_for="§6.2 first device code use: new admins",
    share=0.015,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Two to five logins in week one, then as others do."""
    (who,) = cast
    mint = stage.mint
    who.first_day = mint.between(stage.days // 3, max(stage.days // 3, stage.days - 6))
    days = stage.workdays(who, who.first_day)
    agent = azsdk(mint, who.first_day)
    early = [day for day in days if day <= who.first_day + 7][: mint.between(1, 3)]
    for day in [*early, *(day for day in days if day > who.first_day + 7 and mint.chance(0.2))]:
        note = "Somebody new sets up the machine." if day in early else "Routine by now."
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH))
