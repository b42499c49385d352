"""People whose browser carries the mark of a code."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH, GRAPH_EXPLORER
from grantwatch.lab.simulate.agents import GRAPH_TOOLS, powershell_agent
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Decoy, Told
from grantwatch.lab.simulate.tooling import coded, some
from grantwatch.lab.stories import tainted_browser


@persona(
    "graph-explorer",
    title="Graph Explorer user",
    what="Approves a code and goes on in the same browser session, whose records are marked with the flow ever after.",
    stands_for="§5.2 Victim's own tainted browser session; §1.1 protocol tracking bleeds",
    share=0.005,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The browser's records are no grant and no use of one."""
    (who,) = cast
    mint = stage.mint
    agent = powershell_agent(mint)
    for day in some(stage, stage.workdays(who), 0.12):
        given = coded(
            stage, who, day, (GRAPH_TOOLS, GRAPH), agent, "Graph PowerShell, then Graph Explorer.", uses=(0, 3)
        )
        yield given
        approval = given.approval
        if approval and mint.chance(0.7):
            told = tainted_browser(
                mint,
                approval,
                at=approval.time + mint.span(120, 7200),
                seat=who.desk(day),
                client=GRAPH_EXPLORER,
                resource=GRAPH,
                count=mint.between(1, 4),
            )
            yield Decoy("tainted-browser", told, "The approver's own browser session, marked by the code it approved.")
