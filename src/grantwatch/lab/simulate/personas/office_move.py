"""An office behind a new network."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague, weekday
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "office-move",
    title="Developer of a moved office",
    what="The largest site gets another egress overnight, a network never seen; these use the CLI there.",
    stands_for="§5.2 VPN / mobile egress / SASE change",
    share=0.006,
    least=2,
    most=40,
    together=True,
    minimum_users=30,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Before the move and after it, the first of them on the very morning."""
    mint = stage.mint
    site = stage.tenant.sites[0]
    moved = stage.days * 3 // 5 + mint.between(-2, 2)
    while weekday(moved):
        moved += 1
    moved = min(moved, stage.days - 3)
    site.moved = (moved, stage.tenant.new_egress)
    for who in cast:
        who.site = site
        who.office_days = frozenset(range(5))
        agent = azsdk(mint, 0)
        days = stage.workdays(who)
        first = [day for day in days if day >= moved][:1] if mint.chance(0.6) else []
        for day in sorted({*some(stage, days, 0.2), *first}):
            note = "In the office" + (", which has another egress now." if day >= moved else ".")
            yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH))
