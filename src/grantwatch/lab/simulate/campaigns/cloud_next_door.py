"""From the cloud that everybody uses."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "cloud-next-door",
    title="Machine in the cloud that the tenant uses itself",
    what="A developer's code is redeemed on a virtual machine at the very provider where the company's jump hosts are.",
    stands_for="§6.7 redeemer and approver differ, like on a jump host; §2.5",
    hard=True,
    victims="developer",
    asks="client",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """A client that the victim uses, a network that the tenant knows; the victim never worked from there."""
    mint = stage.mint
    cloud = stage.tenant.clouds[mint.between(0, 1)]
    for who, day in zip(victims, attacking.days_of(stage, len(victims), low=0.4), strict=True):
        at = attacking.lure(stage, who, day)
        agent = "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-1031-azure-x86_64-with-glibc2.39)"
        uses = [Refresh(mint.span(60, 50_000), resource=mint.pick((ARM, GRAPH))) for _ in range(mint.between(2, 8))]
        told = attacking.phish(
            stage, who, at, (AZURE_CLI, ARM), cloud.place(mint.between(1, 190)), agent, refreshes=uses
        )
        yield Given(told, "Redeemed at the provider where honest jump hosts are.")
