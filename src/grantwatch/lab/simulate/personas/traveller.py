"""People who work abroad for a while."""

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
    "traveller",
    title="Traveller",
    what="Uses the Azure CLI as ever, and for four to nine days from a hotel in another country, with the own laptop.",
    stands_for="§6.9 concurrency and new country: travel",
    share=0.012,
    least=2,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Browser, phone and tool are all abroad together."""
    (who,) = cast
    mint = stage.mint
    hotel = mint.pick([each for each in stage.tenant.hotels if each.city.country != who.site.city.country])
    if mint.chance(0.2):
        hotel = mint.pick(stage.tenant.vpn_exits)  # a VPN service, since the hotel's network is not to be trusted
    first = mint.between(stage.days // 3, max(stage.days // 3, stage.days - 10))
    for day in range(first, first + mint.between(4, 9)):
        who.away[day] = hotel.place(mint.between(1, 400) if day == first else who.index)
    agent = azsdk(mint, first)
    days = stage.workdays(who)
    abroad = [day for day in days if day in who.away]
    for day in sorted({*some(stage, days, 0.15), *abroad[1:2], *abroad[3:4]}):
        note = "From a hotel abroad, on the own laptop." if day in who.away else "At home or in the office, as usual."
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH))
