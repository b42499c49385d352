"""A kit that is let as a service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import BROKER, DRS, EXCHANGE_ONLINE
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "evil-tokens",
    title="Kit in broker mode",
    what="Many within two days; a device for some, reading for all, rules hidden by symbols hours later.",
    stands_for="§2.2 EvilTokens",
    least=3,
    most=6,
    asks="map",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Two addresses of one hoster; some stop at the confirmation."""
    mint = stage.mint
    hoster = stage.tenant.hosters[mint.between(0, 1)]
    places = [hoster.place(mint.between(1, 250)) for _ in range(2)]
    agent = mint.pick(("axios/1.11.0", "undici", "node"))
    for number, (who, day) in enumerate(zip(victims, attacking.days_of(stage, len(victims), spread=1), strict=True)):
        at = attacking.lure(stage, who, day)
        if number > 2 and mint.chance(0.3):
            yield Given(
                stage.abandoned(who, at, (BROKER, DRS), who.desk(day)), "Stopped at the confirmation.", "abandoned"
            )
            continue
        seat = Seat(mint.pick(places), agent)
        machine = Machine(mint.guid(), f"DESKTOP-{mint.hex(7)}", "Windows 10", trust="Azure AD joined")
        valued = number == 0 or mint.chance(0.3)
        refreshes = [Refresh(mint.span(60, 300)), *attacking.fan_out(stage, seat, 4)]
        if valued:
            refreshes += attacking.primary(stage, seat, machine, mint.between(5, 14), first=700, last=6 * 86_400)
        refreshes += attacking.late_uses(
            stage, [Seat(place, agent) for place in places], mint.between(3, 12), first=2, last=100
        )
        told = attacking.phish(stage, who, at, (BROKER, DRS), seat.place, agent, refreshes=refreshes)
        deeds = attacking.mail(stage, who, told, share=0.5)
        if valued:
            deeds += attacking.joined(stage, who, at + timedelta(minutes=4) + mint.span(0, 300), machine)
        mailbox = [event for event in told if event.resource is EXCHANGE_ONLINE]
        if mailbox and mint.chance(0.6):
            deeds += attacking.rule(stage, who, mailbox[0], (3, 40), attacking.HIDING_RULES[number % 2])
        yield Given(told, "One of a burst by a kit; its hoster is the same for all.", follow_ons=deeds)
