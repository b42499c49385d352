"""Attacker on every row."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH, OFFICE
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import browser_of
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "attacker-every-row",
    title="Attacker's address on every row",
    what="An Office client, a browser's user agent, a hoster on no list; the approval shows that address too.",
    stands_for="§1.1 attacker's address on every row; §2.5 unlisted hosters",
    least=1,
    most=3,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Nothing differs within the flow."""
    mint = stage.mint
    hoster = mint.pick(stage.tenant.unlisted)
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=4), strict=True):
        at = attacking.lure(stage, who, day)
        seat = Seat(hoster.place(mint.between(1, 300)), browser_of("chrome", who.version(day)))
        uses = [
            *attacking.fan_out(stage, seat, mint.between(2, 5)),
            *attacking.late_uses(stage, [seat], mint.between(3, 18), first=3, last=190),
        ]
        told = attacking.phish(
            stage, who, at, (OFFICE, GRAPH), seat.place, seat.user_agent, every_row=True, refreshes=uses
        )
        note = "All rows show one address, of a hoster that is not known as such."
        yield Given(told, note, follow_ons=attacking.mail(stage, who, told))
