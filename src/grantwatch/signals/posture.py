"""What stood in the way: Conditional Access on the flow itself. It says little of one grant, and much of the tenant."""

from __future__ import annotations

from grantwatch.grants.model import LegKind
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import attempted, known, listed, silent, unsaid

_REFUSES = "reportonlyfailure"
_ASKS = "reportonlyinterrupted"


@signal(
    "posture.policy_gap",
    title="No Conditional Access policy stood in the way",
    question="Did Conditional Access leave the flow alone, or only watch it?",
    group="posture",
    weight=0.3,
    looks_at="the Conditional Access status of approval and redemption, and every policy that their records name",
    otherwise="A policy applied and let it through; whether it asks about device code is not in a sign-in record.",
    techniques=("T1078.004",),
    entries=(12,),
    needs=("field:policies",),
    false_positives=("an exclusion that is meant to be there",),
    gaps=(
        "the policies themselves: who is excluded, and whether any of them asks about device code",
        "flows of users who sign in so by habit are left out: there it is no news",
    ),
)
def policy_gap(self: Signal, case: Case) -> Answer:
    """No policy applied, or one in report-only mode would have refused or asked for more."""
    grant = case.grant
    if attempted(grant):
        return silent(self, case, "Nobody got a token.")
    legs = [leg for leg in grant.of(LegKind.APPROVAL, LegKind.REDEMPTION) if leg.ca_status or leg.policy_results]
    if not legs:
        return unsaid(self, case, "no record of this grant carries a Conditional Access status")
    watched = {result.name: result.result for leg in legs for result in leg.policy_results}
    refuses = [name for name, result in watched.items() if result == _REFUSES]
    asks = [name for name, result in watched.items() if result == _ASKS]
    applied = any(leg.ca_status == "success" for leg in legs)
    if applied and not refuses and not asks:
        return silent(self, case)
    if known(case, "grant_client", grant.client.id):
        return silent(self, case, "This user signs in so by habit: that no policy stops it is no news of this grant.")
    scale = Scale()
    if refuses or asks:
        would = "refused it" if refuses else "asked for more"
        words = f"In report-only mode {listed([repr(name) for name in (refuses or asks)[:3]])} would have {would}"
        scale = scale.by(1.5 if refuses else 1.2, f"a policy in report-only mode would have {would}")
    else:
        looked = sum(result == "notapplied" for result in watched.values())
        words = "No Conditional Access policy applied"
        words += f"; {looked} that the record names looked at it and did not apply" if looked else ""
    return self.fired(
        f"{words}.",
        chip="report-only policy" if refuses or asks else "no policy applied",
        records=tuple(leg.ref for leg in legs[:2]),
        scale=scale,
    )
