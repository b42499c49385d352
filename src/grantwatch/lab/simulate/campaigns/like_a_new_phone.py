"""An attacker's device that looks like somebody's new phone."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, DRS, EXCHANGE_ONLINE, GRAPH, OUTLOOK_MOBILE, TEAMS
from grantwatch.lab.deeds import device_registration
from grantwatch.lab.events import Machine, Seat
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh

_AGENT = "Dalvik/2.1.0 (Linux; U; Android 13; RoomPanel Build/TQ3A)"


@campaign(
    "like-a-new-phone",
    title="Device like a new desk phone",
    what="The broker's token registers an Android device under an ordinary name, from a home in the victim's city.",
    stands_for="§2.2 APT behind residential proxies; §5.2 enrolment from the same address",
    least=1,
    most=2,
    hard=True,
    asks="client",
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """What the owner of a desk phone does too, but for the address, and the mail that is read in the weeks after."""
    mint = stage.mint
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=6, high=0.8), strict=True):
        at = attacking.lure(stage, who, day)
        place = attacking.nearby(stage, who).place(mint.between(1, 4000))
        name = f"{who.who.upn.partition('@')[0]}_Android"
        machine = Machine(mint.guid(), name, "Android 13", trust="Azure AD registered")
        seat = Seat(place, _AGENT)
        apps = ((TEAMS, GRAPH), (TEAMS, GRAPH), (OUTLOOK_MOBILE, EXCHANGE_ONLINE))
        uses = [
            Refresh(
                mint.span(600 + 40_000 * step, 40_000 * (step + 1)),
                *mint.pick(apps),
                seat,
                "primaryRefreshToken",
                machine,
                token_binding="bound",  # noqa: S106 - a state of the token
            )
            for step in range(mint.between(5, 20))
        ]
        told = attacking.phish(
            stage, who, at, (BROKER, DRS), place, _AGENT, refreshes=[Refresh(mint.span(15, 60)), *uses]
        )
        deeds = [
            *device_registration(
                mint,
                who.who,
                tenant_id=stage.tenant.id,
                at=at + mint.span(20, 75),
                service=DRS,
                device_id=machine.id,
                device_name=name,
                os_type="Android",
                os_version="13",
                trust="Azure AD register",
                user_agent=_AGENT,
                place=place if mint.chance(0.7) else None,
            ),
            *attacking.mail(stage, who, told, low=1, high=6),
        ]
        yield Given(
            told, "A registered Android device, in the victim's city, that is not the victim's.", follow_ons=deeds
        )
