"""People who work on servers by SSH."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "ssh-host",
    title="On a server by SSH",
    what="From some day on logs the Azure CLI in on a server at a small hoster, by SSH, and confirms on the laptop.",
    stands_for="§4.1 command lines fall back to device code on SSH; §6.7 redeemer and approver differ",
    share=0.004,
    minimum_users=30,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """A network that no list knows and nobody browses from; before that, the tool ran on the laptop."""
    (who,) = cast
    mint = stage.mint
    server = mint.pick(stage.tenant.unlisted).place(mint.between(1, 400))
    agent = "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-79-generic-x86_64-with-glibc2.39)"
    begins = mint.between(stage.days // 4, stage.days * 2 // 3)
    for day in some(stage, stage.workdays(who), mint.pick((0.15, 0.3))):
        place = server if day >= begins else None
        note = "On a server at a small hoster, by SSH." if place else "On the laptop."
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH), place=place)
