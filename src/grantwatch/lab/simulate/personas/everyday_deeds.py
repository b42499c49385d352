"""What everybody does now and then."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import DRS
from grantwatch.lab.deeds import consent, device_registration, security_info
from grantwatch.lab.events import App
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import ruled


@persona(
    "everyday-deeds",
    title="Everybody else",
    what="Never uses a code, and now and then joins a laptop, makes a rule, consents, or registers a method.",
    stands_for="§6 follow-ons without any grant",
    share=0.12,
    least=4,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """One to three deeds in the time seen."""
    (who,) = cast
    mint = stage.mint
    tenant = stage.tenant.id
    days = stage.workdays(who)
    for _ in range(mint.between(1, 3) if days else 0):
        day = mint.pick(days)
        at, place = stage.time(who, day, 8, 18), who.place(day)
        die = mint.between(0, 3)
        if die == 0:
            name = f"{stage.tenant.short}-LT-{30000 + who.index:05d}"
            yield from device_registration(
                mint,
                who.who,
                tenant_id=tenant,
                at=at,
                service=DRS,
                device_id=mint.guid(),
                device_name=name,
                os_version="10.0.26100.4652",
                user_agent="Dsreg/10.0 (Windows 10.0.26100.4652)",
                place=place,
            )
        elif die == 1:
            rule = {
                "Name": mint.pick(("News", "Project", "Invoices 2026", "HR")),
                "From": "info@list.example",
                "MoveToFolder": "Later",
            }
            yield from ruled(stage, who, at, place, rule)
        elif die == 2:
            app = App(mint.guid(), mint.pick(("Room Planner", "Expense Scanner", "Survey Hub")))
            yield from consent(
                mint,
                who.who,
                tenant_id=tenant,
                at=at,
                app=app,
                scopes=("User.Read", "openid"),
                service_place=stage.tenant.service,
            )
        else:
            method = mint.pick(("Authenticator app", "Phone", "Passkey"))
            yield from security_info(mint, who.who, tenant_id=tenant, at=at, method=method, place=place)
