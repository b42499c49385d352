"""Somebody whom the help desk helped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.deeds import security_info
from grantwatch.lab.events import Person
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "helpdesk-reset",
    title="Help desk customer",
    what="Gets a new password and a new method from the help desk, a day or two around using the Azure CLI.",
    stands_for="§6.21 security info after a grant: done by an administrator",
    share=0.006,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The acts are the help desk's, on the person."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    desk = Person(mint.guid(), f"helpdesk{mint.between(1, 4)}@{stage.tenant.domain}", "Help Desk")
    for day in some(stage, stage.workdays(who), 0.12):
        given = coded(stage, who, day, (AZURE_CLI, ARM), agent, "The Azure CLI as usual.", resources=(ARM, GRAPH))
        yield given
        if mint.chance(0.35):
            at = max(stage.start, given.legs[-1].time + mint.span(-20 * 3600, 40 * 3600))
            place = stage.tenant.sites[0].place(day, 3)
            for operation in ("Reset user password", "Admin registered security info"):
                (done,) = security_info(mint, who.who, tenant_id=stage.tenant.id, at=at, method="Phone", place=place)
                yield replace(
                    done, operation=operation, actor=desk, result_reason="Admin registered phone method for user"
                )
                at += mint.span(40, 300)
