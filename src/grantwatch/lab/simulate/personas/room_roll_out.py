"""A roll-out of meeting rooms."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import EDGE
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import room_login


@persona(
    "room-roll-out",
    title="Room of a roll-out",
    what="Eight to twenty new rooms are signed in by one technician within hours: a burst that is none of an attacker.",
    stands_for="§6.14 campaign clustering: site roll-out",
    share=0.014,
    cast="account",
    least=8,
    most=20,
    together=True,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """All in one building on one day; the accounts are new."""
    mint = stage.mint
    site = cast[0].site
    days = stage.weekdays(stage.days // 4)
    day = days[mint.between(0, max(0, len(days) * 2 // 3))]
    at = stage.time(cast[0], day, 8.5, 9.5)
    technician = Seat(site.place(day, mint.between(0, 9)), EDGE, Machine(os="Windows 11", browser="Edge 150.0.0"))
    for room in cast:
        room.site = site
        note = "One of many rooms that a technician signs in on the same morning."
        panel = site.place(day, mint.between(0, 9))
        yield room_login(stage, room, at, stage.end, note, technician=technician, panel=panel)
        at += mint.span(180, 900)
