"""People who do not get through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "hesitant-user",
    title="Hesitant user",
    what="Asks for a code and lets it run out, or mistypes and tries again until it works.",
    stands_for="§5.2 blocked or failed attempts: 50199 alone; §1.9 70018",
    share=0.01,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Half of the abandoned ones are followed by a login a little later."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.1):
        at = stage.time(who, day, 8.5, 16.5)
        if mint.chance(0.15):
            told = stage.login(who, at, (AZURE_CLI, ARM), who.desk(day), who.desk(day), redeemed=False)
            yield Given(told, "Confirmed, but the tool had been closed by then.", "approved")
            continue
        given = stage.abandoned(who, at, (AZURE_CLI, ARM), who.desk(day), times=mint.between(1, 3))
        yield Given(given, "The code was entered and never confirmed.", "abandoned")
        if mint.chance(0.5):
            again = at + timedelta(minutes=25) + mint.span(0, 3000)
            yield coded(
                stage, who, day, (AZURE_CLI, ARM), agent, "This time it worked.", at=again, resources=(ARM, GRAPH)
            )
