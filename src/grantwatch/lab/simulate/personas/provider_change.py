"""People with a new provider at home."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "provider-change",
    title="New provider at home",
    what="Works from home mostly and changes the provider: another network, the same city, machine and habits.",
    stands_for="§5.2 VPN / mobile egress / SASE change",
    share=0.008,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The CLI is used before and after."""
    (who,) = cast
    mint = stage.mint
    who.office_days = frozenset({mint.between(0, 4)})
    others = [each for each in who.site.homes if each is not who.home_network]
    changed = mint.between(stage.days // 2, stage.days * 4 // 5)
    who.moves = (changed, mint.pick(others))
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.25):
        note = "At home" + (", with another provider than before." if day >= changed else " or in the office.")
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH))
