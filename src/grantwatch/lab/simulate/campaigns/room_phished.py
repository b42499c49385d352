"""A meeting room falls for it."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, DRS, EXCHANGE_ONLINE, GRAPH, TEAMS
from grantwatch.lab.events import Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "room-phished",
    title="Meeting room phished",
    what="Somebody in a meeting room enters a code for its account; the token goes elsewhere and reads the calendar.",
    stands_for="§5.2 room accounts: alert on non-Teams resources or a new network",
    least=1,
    most=2,
    victims="room",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """What a room does anyway, broker and Teams, and then what it never does."""
    mint = stage.mint
    hoster = mint.pick([*stage.tenant.unlisted, *stage.tenant.hosters])
    for room, day in zip(victims, attacking.days_of(stage, len(victims), low=0.5), strict=True):
        at = stage.time(room, day, 9, 16)
        seat = Seat(hoster.place(mint.between(1, 200)), "Dalvik/2.1.0 (Linux; U; Android 12; Panel Build/SQ3A)")
        panel = room.seat(room.site.place(day, mint.between(0, 9)), day)
        uses = [
            Refresh(mint.span(60, 600), TEAMS, GRAPH),
            *(
                Refresh(mint.span(900, 300_000), TEAMS, mint.pick((EXCHANGE_ONLINE, GRAPH)))
                for _ in range(mint.between(4, 10))
            ),
        ]
        told = attacking.phish(
            stage, room, at, (BROKER, DRS), seat.place, seat.user_agent, refreshes=uses, approver=panel
        )
        deeds = attacking.mail(stage, room, told, high=6)
        yield Given(told, "A room's token left the site.", follow_ons=deeds)
