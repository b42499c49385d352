"""The broker straight to mail."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, EXCHANGE_ONLINE, GRAPH, SHAREPOINT
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "broker-to-mail",
    title="Broker straight to mail and files",
    what="A page that used to relay passwords asks for codes; the broker's token goes to mail, files and Graph.",
    stands_for="§2.2 Tycoon2FA with device code; §1.1 attacker's address on every row",
    least=1,
    most=4,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The log shows the attacker's address on the victim's rows too."""
    mint = stage.mint
    hoster = mint.pick(stage.tenant.hosters[3:])
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=2), strict=True):
        at = attacking.lure(stage, who, day)
        place = hoster.place(mint.between(1, 400))
        resources = (EXCHANGE_ONLINE, SHAREPOINT, GRAPH)
        uses = [Refresh(mint.span(20, 40_000), resource=mint.pick(resources)) for _ in range(mint.between(4, 14))]
        told = attacking.phish(
            stage,
            who,
            at,
            (BROKER, mint.pick(resources)),
            place,
            mint.pick(("node", "undici", "axios/1.7.2")),
            every_row=True,
            refreshes=uses,
        )
        deeds = attacking.mail(stage, who, told, low=4, high=40)
        yield Given(told, "A broker token for mail; all rows show the attacker's hoster.", follow_ons=deeds)
