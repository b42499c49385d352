"""The victim's own client, from next door."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH, KEY_VAULT
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "own-client-next-door",
    title="The victim's usual client from a proxy in the victim's city",
    what="A developer gets a code for the Azure CLI that they use anyway; a home in their own city redeems it.",
    stands_for="§2.2 APT behind residential proxies; §2.5 absence of hosting proves nothing",
    hard=True,
    victims="developer",
    asks="client",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The user agent is that of the Azure CLI; a few looks at subscriptions and vaults, from one address."""
    mint = stage.mint
    for who, day in zip(victims, attacking.days_of(stage, len(victims), low=0.4), strict=True):
        at = attacking.lure(stage, who, day)
        place = attacking.nearby(stage, who).place(mint.between(1, 4000))
        uses = [
            Refresh(mint.span(60, 90_000), resource=mint.pick((ARM, KEY_VAULT, GRAPH)))
            for _ in range(mint.between(2, 6))
        ]
        told = attacking.phish(stage, who, at, (AZURE_CLI, ARM), place, azsdk(mint, day), refreshes=uses)
        yield Given(told, "Only address and timing differ from what the victim does every week.")
