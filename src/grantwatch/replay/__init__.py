"""Replay: what today's Conditional Access policies, and proposed ones, would have made of the grants in these logs.

    replayed = replay(hunt(["logs"]), read(["policies.json", "groups.json"]), read(["candidate.json"]))
    for each in replayed.grants:
        print(each.judged.grant.grant_id, each.standing, each.today.result, each.candidate.result)

Every leg that Conditional Access is evaluated for, and every folded use of the lineage, is one decision. What the logs
and the exported files do not tell stays unknown: a decision that hangs on it is "not assessed", neither pass nor block.
"""

from __future__ import annotations

from grantwatch.replay.laid import laid_over
from grantwatch.replay.model import (
    Agreement,
    Difference,
    Fate,
    Gap,
    GrantReplay,
    PolicyAgreement,
    Replay,
    Result,
    Scenario,
    Stage,
    Standing,
    Tally,
    Way,
)
from grantwatch.replay.run import replay

__all__ = [
    "Agreement",
    "Difference",
    "Fate",
    "Gap",
    "GrantReplay",
    "PolicyAgreement",
    "Replay",
    "Result",
    "Scenario",
    "Stage",
    "Standing",
    "Tally",
    "Way",
    "laid_over",
    "replay",
]
