"""People in the pilot of a block."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "policy-blocked",
    title="Blocked developer",
    what="Is in the pilot group of the policy that blocks device codes, and runs into it out of habit.",
    stands_for="§5.2 Blocked attempts",
    share=0.006,
    least=1,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Logins until the pilot begins, a few blocked tries after it."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    days = stage.workdays(who)
    pilot = stage.days * 3 // 5
    tries = 0
    for day in some(stage, days, 0.2):
        if day < pilot:
            yield coded(stage, who, day, (AZURE_CLI, ARM), agent, "Before the pilot.", resources=(ARM, GRAPH))
        elif tries < 3:
            tries += 1
            told = stage.blocked(who, stage.time(who, day, 8.5, 17), (AZURE_CLI, ARM), who.desk(day))
            yield Given(told, "Refused by the pilot of a policy.", "blocked")
