"""People who work in a cloud shell."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.simulate.agents import GRAPH_TOOLS
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "cloud-shell",
    title="Cloud shell user",
    what="Connects Graph PowerShell in a cloud shell, which comes from another Microsoft address every time.",
    stands_for="§6.7 redeemer and approver differ: cloud shell",
    share=0.006,
    minimum_users=30,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """A few times a month."""
    (who,) = cast
    mint = stage.mint
    agent = "Mozilla/5.0 (Linux; CBL-Mariner 2.0; en-US) PowerShell/7.5.2"
    for day in some(stage, stage.workdays(who), 0.15):
        shell = stage.tenant.clouds[0].place(mint.between(1, 250))
        note = "The tool runs in a cloud shell, the browser on the laptop."
        yield coded(stage, who, day, (GRAPH_TOOLS, GRAPH), agent, note, place=shell, uses=(0, 3), hours=2)
