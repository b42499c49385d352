"""Accounts of pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, EDGE, GRAPH, KEY_VAULT
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded


@persona(
    "pipeline",
    title="Build agent",
    what="A service account of a pipeline at a hoster; an engineer approves its code in the office now and then.",
    stands_for="§4.1 Azure CLI in CI; §6.8 hosting networks: CI runners",
    share=0.004,
    cast="account",
    least=1,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Refreshes run day and night, from agents with changing addresses of one hoster."""
    (who,) = cast
    mint = stage.mint
    cloud = mint.pick((*stage.tenant.clouds, stage.tenant.unlisted[0]))
    agent = "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-1031-azure-x86_64-with-glibc2.39)"
    days = stage.weekdays()
    every = mint.between(6, 13)
    for day in days[mint.between(0, 3) :: every]:
        engineer = Seat(who.site.place(day, mint.between(0, 9)), EDGE, Machine(os="Windows 11", browser="Edge 150.0.0"))
        runner = cloud.place(mint.between(1, 60))
        note = "The code of a build agent is approved in the office; the agent runs at a hoster."
        yield coded(
            stage,
            who,
            day,
            (AZURE_CLI, ARM),
            agent,
            note,
            resources=(ARM, KEY_VAULT, GRAPH),
            approver=engineer,
            place=runner,
            uses=(60, 160),
            hours=24.0 * every,
        )
