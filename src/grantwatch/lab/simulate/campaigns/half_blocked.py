"""A campaign that met a pilot."""

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
    "half-blocked",
    title="Half blocked",
    what="The same lure reaches people in the pilot of a block and others; some tokens are refused, some are not.",
    stands_for="§6.14 campaign clustering over attempts and successes",
    least=4,
    most=6,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """One hoster for all."""
    mint = stage.mint
    hoster = mint.pick(stage.tenant.hosters[4:])
    for number, (who, day) in enumerate(zip(victims, attacking.days_of(stage, len(victims), spread=1), strict=True)):
        at = attacking.lure(stage, who, day)
        seat = Seat(hoster.place(mint.between(1, 40)), "Go-http-client/2.0")
        if number % 3 == 2:
            browser = attacking.browser_at(stage, who, at)
            told = stage.blocked(who, at, (OFFICE, EXCHANGE_ONLINE), browser, seen_from=seat.place)
            yield Given(told, "In the pilot: refused.", "blocked")
            continue
        uses = [
            *attacking.fan_out(stage, seat, 2),
            *attacking.late_uses(stage, [seat], mint.between(1, 9), first=1, last=80),
        ]
        told = attacking.phish(
            stage, who, at, (OFFICE, mint.pick((EXCHANGE_ONLINE, GRAPH))), seat.place, seat.user_agent, refreshes=uses
        )
        yield Given(told, "Not in the pilot: the token was issued.", follow_ons=attacking.mail(stage, who, told))
