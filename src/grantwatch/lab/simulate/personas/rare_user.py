"""People who use a code once in two months."""

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
    "rare-user",
    title="Rare user",
    what="Uses a device code once in about sixty days, and had forgotten that it works so.",
    stands_for="§6.2 first device code use: rare, honest",
    share=0.015,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """So in many tenants not at all within the time seen."""
    (who,) = cast
    days = stage.workdays(who)
    if not days or not stage.mint.chance(min(1.0, stage.days / 60 + 0.1)):
        return
    day = stage.mint.pick(days)
    note = "The Azure CLI, for the first time in a long while."
    yield coded(stage, who, day, (AZURE_CLI, ARM), azsdk(stage.mint, day), note, resources=(ARM, GRAPH), uses=(0, 3))
