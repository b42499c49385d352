"""Meeting rooms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import EDGE
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import room_login


@persona(
    "room-account",
    title="Meeting room",
    what="A panel signed in by a technician at the site, again some weeks later; Teams by itself between.",
    stands_for="§5.2 Room/phone/resource accounts; §4.1 Teams Rooms on Android",
    share=0.012,
    cast="account",
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Everything comes from the site."""
    (room,) = cast
    mint = stage.mint
    panel = room.site.place(0, mint.between(0, 9))
    days = stage.weekdays()
    first = days[mint.between(0, max(0, len(days) // 3))]
    again = first + mint.between(20, 32)
    for day, until in ((first, min(again, stage.days)), (again, stage.days)):
        if day >= stage.days - 1:
            continue
        at = stage.time(room, day, 9, 16.5)
        technician = Seat(
            room.site.place(day, mint.between(0, 9)), EDGE, Machine(os="Windows 11", browser="Edge 150.0.0")
        )
        end = stage.start + timedelta(days=until)
        note = "A technician signs the panel of a meeting room in, at the site."
        yield room_login(stage, room, at, end, note, technician=technician, panel=panel)
