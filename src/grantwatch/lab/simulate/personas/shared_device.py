"""Displays and printers with an application of the company."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.events import App, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@persona(
    "shared-device",
    title="Owner of a display",
    what="Signs a wall display or a printer in by code to an application that the company wrote itself.",
    stands_for="§4.1 Printers, TVs, IoT: custom application ids",
    share=0.003,
    minimum_users=60,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The device stays in the office and refreshes by itself for weeks."""
    (who,) = cast
    mint = stage.mint
    app = App(stage.tenant.block.id[:-4] + "c0de", f"{stage.tenant.name} Dashboard")
    days = stage.workdays(who)
    if not days:
        return
    day = days[mint.between(0, len(days) // 2)]
    display = Seat(
        who.site.place(day, 2),
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) AppleWebKit/537.36 Chrome/108.0.0.0 Safari/537.36",
    )
    later = [Refresh(mint.span(3600, 86_400 * (stage.days - day - 1))) for _ in range(mint.between(80, 250))]
    at = stage.time(who, day, 9, 17)
    seat = who.seat(who.site.place(day, who.index), day)
    told = stage.login(
        who, at, (app, GRAPH), seat, display, refreshes=later, scopes=("Sites.Read.All", "User.Read", "offline_access")
    )
    yield Given(told, "A display in the office, with an application of the company's own.")
