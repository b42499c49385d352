"""A kit that says its name."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, DRS
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "kali-kit",
    title="Kit with its own user agent",
    what="The kit's user agent on redemption and its default Windows build on the device that it joins.",
    stands_for="§2.2 Kali365",
    least=2,
    most=4,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Different droplets of one hoster."""
    mint = stage.mint
    hoster = mint.pick((*stage.tenant.hosters[2:5], stage.tenant.unlisted[3]))
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=5), strict=True):
        at = attacking.lure(stage, who, day)
        seat = Seat(hoster.place(mint.between(1, 500)), "kali365-live/1.0.0")
        machine = Machine(mint.guid(), f"DESKTOP-{mint.hex(6)}", "Windows 10", trust="Azure AD joined")
        told = attacking.phish(
            stage,
            who,
            at,
            (BROKER, DRS),
            seat.place,
            seat.user_agent,
            refreshes=[
                Refresh(mint.span(30, 200)),
                *attacking.primary(stage, seat, machine, mint.between(4, 10), first=600, last=3 * 86_400),
            ],
        )
        deeds = [*attacking.joined(stage, who, at + mint.span(200, 590), machine), *attacking.mail(stage, who, told)]
        yield Given(told, "A kit under its own name.", follow_ons=deeds)
