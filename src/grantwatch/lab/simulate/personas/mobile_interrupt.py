"""Confirmations on phones."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH, OUTLOOK_MOBILE, TEAMS
from grantwatch.lab.simulate.agents import EDGE_APP
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Decoy, Told


@persona(
    "mobile-interrupt",
    title="Interrupted phone",
    what="Signs in to an app by the phone's browser, which asks for confirmation (50199); some go on, some do not.",
    stands_for="§5.2 Mobile custom-scheme 50199",
    share=0.04,
    least=3,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """One to four times in all."""
    (who,) = cast
    mint = stage.mint
    days = stage.workdays(who)
    for _ in range(mint.between(1, 4) if days else 0):
        day = mint.pick(days)
        at = stage.time(who, day, 7, 22.5)
        seat = who.phone_seat(who.mobile(day) if mint.chance(0.6) else who.home(day), day)
        apps = (mint.pick((OUTLOOK_MOBILE, TEAMS, EDGE_APP)), GRAPH)
        session = who.session("phone", day)
        asked = stage.confirmation(who, at, apps, seat, session)
        told = [asked]
        if mint.chance(0.7):
            told.append(
                stage.browsing(
                    who,
                    at + mint.span(3, 20),
                    apps,
                    seat,
                    session=session,
                    correlation=asked.correlation_id,
                    client_app="Mobile Apps and Desktop clients",
                )
            )
        yield Decoy("mobile-interrupt", told, "A phone's browser asked for confirmation before it opened an app.")
