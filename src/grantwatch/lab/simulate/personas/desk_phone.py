"""Desk phones that people sign in with their own account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import room_login


@persona(
    "desk-phone",
    title="Owner of a desk phone",
    what="Signs a new desk phone in with the own account: broker, registration, Teams, as a room does, by a person.",
    stands_for="§4.1 Teams phones; §6.4 broker by device code: provisioning",
    share=0.005,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Once, in the office or at home; the phone stays there, the code is typed into the laptop."""
    (who,) = cast
    mint = stage.mint
    days = stage.workdays(who, 3)
    if not days:
        return
    day = mint.pick(days)
    laptop = who.desk(day)
    at = stage.time(who, day, 9, 17)
    until = min(stage.end, at + timedelta(days=mint.between(3, 40)))
    note = "Somebody signs a new desk phone in with the own account."
    yield room_login(stage, who, at, until, note, technician=laptop, panel=laptop.place)
