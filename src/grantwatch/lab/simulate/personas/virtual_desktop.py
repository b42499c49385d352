"""People on virtual desktops."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.events import Machine
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "virtual-desktop",
    title="Virtual desktop user",
    what="Works on a desktop in a cloud, joined yet not managed; browser and CLI come from the cloud.",
    stands_for="§5.2 New laptop / VDI / hybrid with is_managed false",
    share=0.006,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Every day, with the session's host of the day."""
    (who,) = cast
    mint = stage.mint
    who.laptop = "edge"
    name = f"{stage.tenant.short}-VD-{who.index % 40:03d}"
    who.machine = Machine(mint.guid(), name, "", "", False, False, "Hybrid Azure AD joined")
    who.desktop = stage.tenant.clouds[0]
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.2):
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, "On a virtual desktop.", resources=(ARM, GRAPH))
