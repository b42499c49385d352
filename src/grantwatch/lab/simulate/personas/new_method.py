"""A new sign-in method near an honest grant."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.deeds import security_info
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "new-method",
    title="New phone for sign-in",
    what="Registers a new sign-in method of their own within two days of using the Azure CLI, from home or desk.",
    stands_for="§6.21 security info after a grant: onboarding, new phone",
    share=0.005,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Once or twice in the time seen."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.14):
        given = coded(stage, who, day, (AZURE_CLI, ARM), agent, "The Azure CLI as usual.", resources=(ARM, GRAPH))
        yield given
        if mint.chance(0.3):
            yield from security_info(
                mint,
                who.who,
                tenant_id=stage.tenant.id,
                at=given.legs[-1].time + mint.span(600, 44 * 3600),
                method=mint.pick(("Authenticator app", "Phone", "Passkey")),
                place=who.place(day),
            )
