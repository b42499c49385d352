"""A call from the help desk that was none."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import GRAPH_TOOLS
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "helpdesk-call",
    title="Call from a false help desk",
    what="An administrator is talked into entering a code; Graph tools, a new sign-in method, more tokens.",
    stands_for="§2.2 ShinyHunters-style vishing with device code",
    victims="admin",
    asks="runner",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The client is one that administrators use, the network a VPN's exit, the roles stand in the token."""
    mint = stage.mint
    for who, day in zip(victims, attacking.days_of(stage, len(victims), low=0.4), strict=True):
        at = stage.time(who, day, 9, 16.5)
        place = mint.pick(stage.tenant.vpn_exits).place(mint.between(1, 250))
        agent = "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.6"
        uses = [Refresh(mint.span(120, 40_000), resource=GRAPH) for _ in range(mint.between(3, 9))]
        told = attacking.phish(stage, who, at, (GRAPH_TOOLS, GRAPH), place, agent, refreshes=uses)
        deeds = attacking.method(stage, who, at + mint.span(400, 3000), place)
        yield Given(
            told, "An administrator's token at a VPN's exit, and a method that is not theirs.", follow_ons=deeds
        )
