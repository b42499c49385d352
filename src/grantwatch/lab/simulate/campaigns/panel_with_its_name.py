"""A panel that leaves its own name on devices."""

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
    "panel-with-its-name",
    title="Panel with its own device name",
    what="A panel built on a public tool joins a device under the tool's name and reads files and mail by script.",
    stands_for="§2.2 DEBULL (GraphSpy)",
    least=1,
    most=3,
    asks="panel",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The device comes within the hour; only some of the panels are left with the default name."""
    mint = stage.mint
    hoster = mint.pick((*stage.tenant.unlisted, *stage.tenant.hosters[5:]))
    default = mint.chance(0.7)
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=3), strict=True):
        at = attacking.lure(stage, who, day)
        seat = Seat(hoster.place(mint.between(1, 250)), "python-requests/2.32.3")
        name = "GraphSpy-Device" if default else f"PC-{mint.hex(5)}"
        machine = Machine(mint.guid(), name, "Windows 10", trust="Azure AD joined")
        after = mint.span(240, 3000)
        begin = after.total_seconds()
        told = attacking.phish(
            stage,
            who,
            at,
            (BROKER, DRS),
            seat.place,
            seat.user_agent,
            refreshes=[
                Refresh(after - mint.span(5, 60)),
                *attacking.primary(stage, seat, machine, mint.between(4, 12), first=begin + 60, last=begin + 200_000),
            ],
        )
        deeds = [*attacking.joined(stage, who, at + after, machine), *attacking.mail(stage, who, told)]
        yield Given(told, "A device under the name of a public tool.", follow_ons=deeds)
