"""Little, late, for long."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import EXCHANGE_ONLINE, GRAPH, OFFICE, OUTLOOK_MOBILE
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "slow-burn",
    title="Slow burn",
    what="One victim a week; the token rests for days, then reads a little mail every other day, from homes.",
    stands_for="§2.4 residual use up to 90 days; §6.34",
    least=2,
    most=4,
    hard=True,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """No device, no rule; the client is one that everybody has on the phone."""
    mint = stage.mint
    start = attacking.days_of(stage, 1, low=0.2, high=0.45)[0]
    for number, who in enumerate(victims):
        day = min(start + 7 * number, stage.days - 3)
        at = attacking.lure(stage, who, day)
        network = attacking.nearby(stage, who) if mint.chance(0.5) else mint.pick(stage.tenant.foreign_homes)
        seats = [
            Seat(network.place(mint.between(1, 3900)), "Outlook-iOS/723.4027091.prod.iphone (5.26.0)") for _ in range(3)
        ]
        uses = [
            Refresh(
                mint.span(52 * 3600 + step * 40 * 3600, 60 * 3600 + step * 40 * 3600),
                OUTLOOK_MOBILE,
                EXCHANGE_ONLINE,
                mint.pick(seats),
            )
            for step in range(mint.between(4, 14))
        ]
        told = attacking.phish(stage, who, at, (OFFICE, GRAPH), seats[0].place, seats[0].user_agent, refreshes=uses)
        deeds = attacking.mail(stage, who, told, low=1, high=5)
        yield Given(told, "Nothing for days, then a little mail now and then.", follow_ons=deeds)
