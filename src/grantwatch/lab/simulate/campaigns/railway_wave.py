"""A wave from one cloud."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import EXCHANGE_ONLINE, GRAPH, OFFICE
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "railway-wave",
    title="Wave from a cloud platform",
    what="Invoices and voicemails over three days; approvals show the victims' addresses, the rest a cloud's.",
    stands_for="§2.2 Railway campaign; §1.1 victim's address on the interactive row",
    least=4,
    most=7,
    asks="map",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Addresses change within one small network."""
    mint = stage.mint
    cloud = stage.tenant.hosters[0]
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=3), strict=True):
        at = attacking.lure(stage, who, day)
        if mint.chance(0.15):
            yield Given(
                stage.abandoned(who, at, (OFFICE, GRAPH), who.desk(day)), "Stopped at the confirmation.", "abandoned"
            )
            continue
        if mint.chance(0.07):
            browser = attacking.browser_at(stage, who, at)
            told = stage.login(who, at, (OFFICE, GRAPH), browser, browser, redeemed=False)
            yield Given(told, "Confirmed too late: the code had run out at the kit.", "approved")
            continue
        seat = Seat(cloud.place(mint.between(1, 60)), mint.pick(("node", "axios/1.9.0", "python-httpx/0.28.1")))
        uses = [
            *attacking.fan_out(stage, seat, mint.between(1, 3)),
            *attacking.late_uses(
                stage, [seat], mint.between(2, 15), first=1, last=150, apps=((OFFICE, EXCHANGE_ONLINE),)
            ),
        ]
        told = attacking.phish(
            stage, who, at, (OFFICE, mint.pick((GRAPH, EXCHANGE_ONLINE))), seat.place, seat.user_agent, refreshes=uses
        )
        deeds = attacking.mail(stage, who, told)
        mailbox = [event for event in told if event.resource is EXCHANGE_ONLINE and not event.interactive]
        if mailbox and mint.chance(0.5):
            deeds += attacking.rule(stage, who, mailbox[-1], (0.1, 30), mint.pick(attacking.HIDING_RULES))
        yield Given(told, "One of a wave over three days; tokens went to a cloud platform.", follow_ons=deeds)
