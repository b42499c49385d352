"""Administrators with high roles."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import GRAPH_TOOLS, azsdk, powershell_agent
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some

_ROLES = (
    ("62e90394-69f5-4237-9190-012177145e10",),
    ("e8611ab8-c189-46e8-94e1-60213ab1f814",),
    ("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "194ae4cb-b126-40b2-bd5b-6091b380977d"),
    ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",),
)


@persona(
    "privileged-admin",
    title="Privileged administrator",
    what="Holds high roles, which stand in every token, and uses command lines by code on the usual networks.",
    stands_for="§6.31 privileged token: admins on the CLI",
    share=0.006,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Graph and Azure, twice a week or more."""
    (who,) = cast
    mint = stage.mint
    who.roles = mint.pick(_ROLES)
    tools = ((AZURE_CLI, ARM, azsdk(mint, 0)), (GRAPH_TOOLS, GRAPH, powershell_agent(mint)))
    for day in some(stage, stage.workdays(who), mint.pick((0.2, 0.35, 0.5))):
        client, resource, agent = mint.pick(tools)
        yield coded(
            stage, who, day, (client, resource), agent, "An administrator at work.", resources=(resource, GRAPH)
        )
