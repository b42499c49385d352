"""A code for an editor."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import VSCODE
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "editor-code",
    title="Code for an editor",
    what="A conference invitation ends in a code for Visual Studio Code; its token reads Graph from a small hoster.",
    stands_for="§2.2 UTA0352 / UTA0355",
    least=1,
    most=2,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """People who have never opened that editor; few uses, then a device for one of them."""
    mint = stage.mint
    hoster = mint.pick(stage.tenant.unlisted)
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=12), strict=True):
        at = attacking.lure(stage, who, day)
        place = hoster.place(mint.between(1, 250))
        agent = mint.pick(
            (
                "python-requests/2.25.1",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
            )
        )
        uses = [Refresh(mint.span(600, 200_000), resource=GRAPH) for _ in range(mint.between(2, 6))]
        told = attacking.phish(
            stage, who, at, (VSCODE, GRAPH), place, agent, refreshes=uses, every_row=mint.chance(0.5)
        )
        yield Given(told, "An editor's client for somebody who does not program.")
