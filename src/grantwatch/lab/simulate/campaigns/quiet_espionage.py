"""Reading, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import EXCHANGE_ONLINE, OUTLOOK_MOBILE
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "quiet-espionage",
    title="Quiet espionage",
    what="A chosen victim; residential proxies in the own city, a phone's mail client, mail read for two weeks.",
    stands_for="§2.2 Storm-2945 / UNC7005",
    least=1,
    most=2,
    hard=True,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Nothing is changed in the mailbox; every day another address."""
    mint = stage.mint
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=10, high=0.7), strict=True):
        at = attacking.lure(stage, who, day)
        homes = attacking.nearby(stage, who)
        agent = "Outlook-iOS/723.4027091.prod.iphone (5.26.0)"
        seats = [Seat(homes.place(mint.between(1, 4000)), agent) for _ in range(6)]
        uses = attacking.late_uses(
            stage, seats, mint.between(8, 24), first=0.3, last=300, apps=((OUTLOOK_MOBILE, EXCHANGE_ONLINE),)
        )
        told = attacking.phish(stage, who, at, (OUTLOOK_MOBILE, EXCHANGE_ONLINE), seats[0].place, agent, refreshes=uses)
        deeds = attacking.mail(stage, who, told, low=1, high=9)
        yield Given(told, "Mail is read from homes in the victim's city.", follow_ons=deeds)
