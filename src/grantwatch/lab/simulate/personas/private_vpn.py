"""People behind the exit of a VPN service."""

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
    "private-vpn",
    title="VPN service at home",
    what="Works at home behind the exit of a VPN service, day by day another address; browser, phone and CLI alike.",
    stands_for="§5.2 VPN egress; §6.8 anonymising networks: VPN users",
    share=0.004,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """A network that anyone can rent, and theirs since ever."""
    (who,) = cast
    mint = stage.mint
    who.moves = (0, mint.pick(stage.tenant.vpn_exits))
    who.office_days = frozenset({mint.between(0, 4)})
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.25):
        note = "In the office, or at home behind a VPN service."
        yield coded(stage, who, day, (AZURE_CLI, ARM), agent, note, resources=(ARM, GRAPH))
