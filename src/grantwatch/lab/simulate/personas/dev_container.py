"""Developers who move into the cloud."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "dev-container",
    title="Developer in a cloud container",
    what="Uses the Azure CLI on the laptop, and from some day on in containers at a cloud, each with another address.",
    stands_for="§6.7 redeemer and approver differ: development in a cloud; §6.8 hosting networks",
    share=0.005,
    minimum_users=30,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The first time in a container is a hoster never seen with this person."""
    (who,) = cast
    mint = stage.mint
    cloud = mint.pick(stage.tenant.clouds)
    moved = mint.between(stage.days // 3, stage.days * 4 // 5)
    inside = "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-1031-azure-x86_64-with-glibc2.36)"
    outside = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.25):
        if day < moved:
            yield coded(stage, who, day, (AZURE_CLI, ARM), outside, "On the laptop.", resources=(ARM, GRAPH))
        else:
            place = cloud.place(mint.between(1, 190))
            note = "In a container at a cloud, approved on the laptop."
            yield coded(stage, who, day, (AZURE_CLI, ARM), inside, note, resources=(ARM, GRAPH), place=place, hours=4)
