"""Makers on the Power Platform."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.simulate.agents import DATAVERSE, PAC
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "power-platform-maker",
    title="Power Platform maker",
    what="Authenticates the Power Platform CLI by code for a deployment every other week.",
    stands_for="§5.2 Admin/dev CLI; §4.1 Power Platform CLI",
    share=0.004,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Some deployments fail and are repeated on the day after."""
    (who,) = cast
    for day in some(stage, stage.workdays(who), 0.1):
        agent = "Microsoft.PowerPlatform.Cli/1.46.1 .NET/8.0.18"
        note = "A maker authenticates the Power Platform CLI."
        yield coded(stage, who, day, (PAC, DATAVERSE), agent, note, uses=(1, 4))
