"""A device that calls itself a work PC."""

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
    "rogue-join",
    title="Rogue device join",
    what="A device named like an ordinary one is joined hours later; its primary token works for weeks.",
    stands_for="§2.2 rogue device joins, August 2026",
    least=1,
    most=3,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """A large cloud, where honest pipelines run too."""
    mint = stage.mint
    cloud = stage.tenant.hosters[7]
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=8, high=0.75), strict=True):
        at = attacking.lure(stage, who, day)
        named = mint.chance(0.6)
        agent = "MSTokens-PRT/1.0" if named else "Go-http-client/2.0"
        seat = Seat(cloud.place(mint.between(1, 500)), agent)
        name = mint.pick(("Work PC", f"microsoft-{mint.hex(8)}", f"LAPTOP-{mint.hex(8)}"))
        machine = Machine(mint.guid(), name, "Windows 11", trust="Azure AD joined")
        after = mint.span(1800, 5 * 3600)
        begin = after.total_seconds()
        told = attacking.phish(
            stage,
            who,
            at,
            (BROKER, DRS),
            seat.place,
            "Go-http-client/2.0",
            refreshes=[
                Refresh(after - mint.span(20, 200)),
                *attacking.primary(
                    stage, seat, machine, mint.between(6, 22), first=begin + 300, last=begin + 14 * 86_400
                ),
            ],
        )
        build = mint.pick(("10.0.19041.928", "10.0.22631.3880"))
        deeds = [
            *attacking.joined(stage, who, at + after, machine, build=build, agent="DeviceRegistrationClient"),
            *attacking.mail(stage, who, told, share=0.4),
        ]
        yield Given(told, "A device of the attacker's is joined hours after the grant.", follow_ons=deeds)
