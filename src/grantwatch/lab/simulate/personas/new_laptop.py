"""A new laptop on the day of a grant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from grantwatch.lab.apps import ARM, AZURE_CLI, DRS, GRAPH
from grantwatch.lab.deeds import device_registration
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "new-laptop",
    title="New laptop",
    what="Joins a new laptop in the office and logs the Azure CLI in on it within hours, before or after.",
    stands_for="§6.19 device registered after a grant: honest enrolment",
    share=0.006,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The name is of the company's making, the build that of the day; the person used the CLI before."""
    (who,) = cast
    mint = stage.mint
    days = stage.workdays(who)
    if not days:
        return
    agent = azsdk(mint, 0)
    joined = days[len(days) * mint.between(45, 95) // 100 - 1]
    for day in sorted({*some(stage, days, 0.12), joined}):
        given = coded(stage, who, day, (AZURE_CLI, ARM), agent, "The Azure CLI as usual.", resources=(ARM, GRAPH))
        yield given
        if day != joined:
            continue
        legs = given.legs
        yield from device_registration(
            mint,
            who.who,
            tenant_id=stage.tenant.id,
            service=DRS,
            device_id=mint.guid(),
            at=max(stage.start, legs[-1].time + mint.span(-5400, 5400) + timedelta(minutes=2)),
            device_name=f"{stage.tenant.short}-LT-{20000 + who.index:05d}",
            os_version="10.0.26100.4652",
            user_agent="Dsreg/10.0 (Windows 10.0.26100.4652)",
            place=legs[-1].place if mint.chance(0.6) else None,
        )
