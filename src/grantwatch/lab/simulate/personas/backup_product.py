"""A product that asks an administrator for a code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import EXCHANGE_ONLINE, GRAPH
from grantwatch.lab.deeds import mail_access
from grantwatch.lab.events import App, Seat
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@persona(
    "backup-product",
    title="Backup administrator",
    what="Connects a backup product by code once; from then on its server in the office reads mail every night.",
    stands_for="§4.1 Backup products; §6.24 mail access: backup",
    share=0.001,
    least=1,
    most=3,
    minimum_users=60,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """A vendor's application, the own network, many messages."""
    (who,) = cast
    mint = stage.mint
    app = App(mint.guid(), "Mailbox Backup")
    days = stage.workdays(who)
    if not days:
        return
    day = days[len(days) // 3]
    server = Seat(who.site.place(day, 1), "Mailbox-Backup/12.3 .NET/8.0.18")
    at = stage.time(who, day, 9, 16)
    nights = [
        Refresh(timedelta(days=night) + mint.span(0, 7200), resource=EXCHANGE_ONLINE)
        for night in range(1, stage.days - day - 1)
    ]
    told = stage.login(who, at, (app, GRAPH), who.desk(day), server, refreshes=nights, fresh=0.9)
    deeds = [
        deed
        for token in told
        if token.resource is EXCHANGE_ONLINE
        for deed in mail_access(
            mint,
            who.who,
            tenant_id=stage.tenant.id,
            at=token.time + mint.span(5, 90),
            place=server.place,
            client=app,
            messages=mint.between(20, 60),
            token=token,
        )
    ]
    yield Given(told, "A backup product is connected; its server reads mail at night.", follow_ons=deeds)
