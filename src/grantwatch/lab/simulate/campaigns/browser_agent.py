"""Redeemed by what looks like a browser."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH, TEAMS
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import browser_of
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "browser-agent",
    title="Ordinary browser as user agent",
    what="A Teams token under an ordinary browser's name, from a home abroad; Graph and files are read, no mail.",
    stands_for="§2.3 user agents are easily changed; §2.2 TA2723",
    least=1,
    most=3,
    hard=True,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The same browser as the victim's in half of the cases."""
    mint = stage.mint
    homes = mint.pick(stage.tenant.foreign_homes)
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=9), strict=True):
        at = attacking.lure(stage, who, day)
        agent = who.browser(day)[0] if mint.chance(0.5) else browser_of("edge", who.version(day))
        seat = Seat(homes.place(mint.between(1, 700)), agent)
        uses = [
            *attacking.late_uses(
                stage, [seat], mint.between(2, 9), first=0.2, last=70, apps=((TEAMS, GRAPH), attacking.FAMILY[2])
            )
        ]
        told = attacking.phish(stage, who, at, (TEAMS, GRAPH), seat.place, agent, refreshes=uses)
        yield Given(told, "Looks like a browser at somebody's home, in another country.")
