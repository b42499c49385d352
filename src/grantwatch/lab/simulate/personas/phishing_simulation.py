"""A phishing simulation that was ordered."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH
from grantwatch.lab.events import App, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@persona(
    "phishing-simulation",
    title="Trainee of a phishing simulation",
    what="Falls for a simulation that was ordered: a vendor's application and servers, one token, no use of it.",
    stands_for="§5.2 Phishing simulation / red team",
    share=0.012,
    least=2,
    most=40,
    together=True,
    minimum_users=60,
    drill=True,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Within two working days, all from one vendor; some stop at the confirmation."""
    mint = stage.mint
    app = App(mint.guid(), "Security Awareness Simulation")
    vendor = stage.tenant.clouds[1].place(77)
    day = stage.weekdays(stage.days // 2)[0] if stage.weekdays(stage.days // 2) else 0
    for who in cast:
        at = stage.time(who, day + mint.between(0, 1), 8.5, 16.5)
        seat = who.desk(day)
        if mint.chance(0.3):
            yield Given(stage.abandoned(who, at, (app, GRAPH), seat), "Stopped at the confirmation.", "abandoned")
            continue
        told = stage.login(
            who,
            at,
            (app, GRAPH),
            seat,
            Seat(vendor, "axios/1.11.0"),
            scopes=("User.Read", "openid", "profile"),
            fresh=0.2,
        )
        yield Given(told, "A simulation that the company ordered; the vendor's own application, and nothing after it.")
