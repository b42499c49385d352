"""A campaign that a policy stopped."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import BROKER, DRS
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told


@campaign(
    "blocked-campaign",
    title="Blocked campaign",
    what="Many enter codes within a day; a policy refuses all tokens, and some stop at the confirmation.",
    stands_for="§6.13 blocked or failed attempts, three users or more",
    least=4,
    most=8,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """The refusals show the attacker's address for some and the victim's for others."""
    mint = stage.mint
    place = mint.pick(stage.tenant.hosters).place(mint.between(1, 300))
    seen = mint.chance(0.5)
    for who, day in zip(victims, attacking.days_of(stage, len(victims)), strict=True):
        at = attacking.lure(stage, who, day)
        seat = attacking.browser_at(stage, who, at)
        if mint.chance(0.25):
            yield Given(stage.abandoned(who, at, (BROKER, DRS), seat), "Stopped at the confirmation.", "abandoned")
            continue
        told = stage.blocked(who, at, (BROKER, DRS), seat, seen_from=place if seen else None)
        yield Given(told, "A policy refused the token.", "blocked")
