"""Broker, registration, primary refresh token: the way of Storm-2372."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, DRS
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.agents import browser_of
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "storm-broker",
    title="Broker to a joined device",
    what="A fake invitation; the broker's token joins a device within minutes, whose primary token reads mail.",
    stands_for="§2.2 Storm-2372",
    least=1,
    most=3,
    asks="search",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Proxies near the victims' region; one device for each victim."""
    mint = stage.mint
    proxy = mint.pick(stage.tenant.foreign_homes)
    agent = mint.pick(("python-requests/2.32.3", "python-httpx/0.27.2", browser_of("chrome", 149)))
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=6), strict=True):
        at = attacking.lure(stage, who, day)
        seat = Seat(proxy.place(mint.between(1, 700)), agent)
        machine = Machine(mint.guid(), f"DESKTOP-{mint.hex(8)}", "Windows 10", trust="Azure AD joined")
        after = mint.span(60, 500)
        told = attacking.phish(
            stage,
            who,
            at,
            (BROKER, DRS),
            seat.place,
            seat.user_agent,
            refreshes=[
                Refresh(mint.span(5, 50)),
                *attacking.primary(
                    stage, seat, machine, mint.between(3, 6), first=after.total_seconds() + 60, last=5000
                ),
                *attacking.primary(stage, seat, machine, mint.between(6, 20), first=20_000, last=8 * 86_400),
            ],
        )
        deeds = [*attacking.joined(stage, who, at + after, machine), *attacking.mail(stage, who, told)]
        yield Given(told, "The token went to a proxy abroad, a device was joined, mail was read.", follow_ons=deeds)
