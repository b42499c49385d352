"""What was done to the tenant's defences: policies that got weaker, and people taken out of them."""

from __future__ import annotations

from grantwatch.grants.model import FollowOn
from grantwatch.signals.after import DAY, HABIT_DAYS, Weighed, best, decay, follow_ons, tie_scale
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal


def _weight(follow_on: FollowOn) -> tuple[Scale, str]:
    """How harmful a change is, and what it did, in words."""
    facts = follow_on.facts
    if follow_on.kind == "group_member":
        group = facts.get("group_name") or facts.get("group_id") or "a group"
        return Scale().by(0.8, "into a group that policies leave out"), f"; the group is {group!r}"
    loosened = facts.get("loosened")
    if loosened and facts.get("about_flow") == "true":
        return Scale().by(1.2, "the policy is about the device code flow"), f"; {loosened}"
    if loosened:
        return Scale(), f"; {loosened}"
    changed = facts.get("changed")
    if changed or "delete" in follow_on.operation.lower():
        return Scale().by(
            0.5, "what it changed does not say that it got weaker"
        ), f"; changed: {changed}" if changed else ""
    return Scale().by(0.25, "nothing in it got weaker"), ""


@signal(
    "persistence.policy_change",
    title="A policy got weaker after the grant",
    question="Was a policy on sign-ins loosened, or somebody taken out of one, after the grant?",
    group="persistence",
    weight=3.2,
    looks_at="policies that this user changed in either audit log, and members of groups whose name or a policy says "
    "that they keep people out: 72 hours by user and time, 14 days from the redeemer's network",
    otherwise="This user changed no policy after the grant.",
    techniques=("T1556.009", "T1562.001"),
    needs=("stream:audit", "stream:unified_audit"),
    false_positives=("an administrator in a change window",),
    gaps=(
        "policies loosened before the grant",
        "exclusion groups whose name does not say so and that no policy record in these logs names",
        "what a record without the old policy changed",
    ),
    entries=(32,),
)
def policy_change(self: Signal, case: Case) -> Answer:
    """Loosened policies weigh most, those about the device code flow more; less for who changes policies often."""
    weighed = []
    for each in follow_ons(case, "policy", "group_member"):
        scale, why = _weight(each)
        scale = scale.times(tie_scale(case, each)).times(decay(case, each, full=DAY, least=0.4))
        if each.before.days >= HABIT_DAYS:
            scale = scale.by(0.5, f"the user changed policies on {each.before.days} earlier days")
        weighed.append(Weighed(each, scale, False, why))
    return best(self, case, weighed, chip="policy changed", words="A policy was changed:")
