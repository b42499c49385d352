"""From one victim to the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import EXCHANGE_ONLINE, GRAPH, OFFICE
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "second-generation",
    title="Internal second generation",
    what="One victim is phished from outside; within two days mails from that mailbox catch colleagues too.",
    stands_for="§2.2 Storm-2372, internal mails; §2.4 internal phishing up to 48 hours",
    least=3,
    most=6,
    asks="search",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The first from a VPN's exit, the others from another; rules hide the answers."""
    mint = stage.mint
    exits = stage.tenant.vpn_exits
    (day,) = attacking.days_of(stage, 1, high=0.8)
    at = attacking.lure(stage, victims[0], day)
    for number, who in enumerate(victims):
        moment = at
        if number:
            day = min(stage.day_of(who, at) + mint.between(0, 2), stage.days - 2)
            moment = max(attacking.lure(stage, who, day), at + timedelta(hours=2))
        seat = Seat(exits[min(number, 1)].place(mint.between(1, 250)), "python-httpx/0.28.1")
        uses = [
            *attacking.fan_out(stage, seat, 3),
            *attacking.late_uses(stage, [seat], mint.between(2, 8), first=1, last=60),
        ]
        told = attacking.phish(stage, who, moment, (OFFICE, GRAPH), seat.place, seat.user_agent, refreshes=uses)
        deeds = attacking.mail(stage, who, told)
        mailbox = [event for event in told if event.resource is EXCHANGE_ONLINE]
        if mailbox and (number == 0 or mint.chance(0.3)):
            deeds += attacking.rule(stage, who, mailbox[0], (0.2, 3), attacking.HIDING_RULES[2])
        note = (
            "The first victim, phished from outside."
            if not number
            else "Phished by mail from the first victim's mailbox."
        )
        yield Given(told, note, follow_ons=deeds)
