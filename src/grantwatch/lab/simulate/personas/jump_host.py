"""People who work through a jump host."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "jump-host",
    title="Jump host user",
    what="Approves in the laptop's browser what a session on a jump host in a cloud asked for, always so.",
    stands_for="§6.7 redeemer and approver differ: jump host",
    share=0.007,
    least=1,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The host keeps its address."""
    (who,) = cast
    mint = stage.mint
    host = stage.tenant.clouds[mint.between(0, 1)].place(200 + who.index % 3)
    agent = "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-1031-azure-x86_64-with-glibc2.39)"
    for day in some(stage, stage.workdays(who), mint.pick((0.12, 0.25, 0.4))):
        note = "The tool runs on a jump host in a cloud, the browser on the laptop."
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH), place=host)
