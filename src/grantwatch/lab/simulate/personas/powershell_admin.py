"""Administrators who work in PowerShell."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, EXCHANGE_ONLINE, GRAPH, SHAREPOINT
from grantwatch.lab.simulate.agents import AZURE_POWERSHELL, EXO_POWERSHELL, GRAPH_TOOLS, SPO_SHELL, powershell_agent
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "powershell-admin",
    title="PowerShell administrator",
    what="Connects Azure, Graph and Exchange PowerShell with device codes, a few times a week, from the desk.",
    stands_for="§5.2 Admin/dev CLI; §4.1 Azure PowerShell, Graph PowerShell, Exchange Online PowerShell",
    share=0.01,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Which module is loaded depends on the task of the day."""
    (who,) = cast
    mint = stage.mint
    who.roles = mint.pick(((), ("29232cdf-9323-42fd-ade2-1d097af3e4de",), ("fe930be7-5e62-47db-91af-98c3a49a38b1",)))
    agent = powershell_agent(mint)
    modules = (
        (AZURE_POWERSHELL, ARM),
        (GRAPH_TOOLS, GRAPH),
        (GRAPH_TOOLS, GRAPH),
        (EXO_POWERSHELL, EXCHANGE_ONLINE),
        (SPO_SHELL, SHAREPOINT),
    )
    for day in some(stage, stage.workdays(who), mint.pick((0.15, 0.3, 0.5))):
        note = "An administrator connects a PowerShell module."
        yield coded(stage, who, day, mint.pick(modules), agent, note, uses=(0, 4), hours=5)
