"""The tenant's own word: what an allowance that covers a grant takes from its score, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch.grants.model import Grant
from grantwatch.signals.signal import Evidence, Scale
from grantwatch.verdict.model import Verdict
from grantwatch.verdict.weights import AllowanceNumbers, Weights

if TYPE_CHECKING:
    from grantwatch.allowances import Match

__all__ = ["ALLOWANCE", "evidence_of", "sentence"]

ALLOWANCE = "allowance"
"""The group of this evidence, and its name in place of a signal's: it is stated, not seen."""


def evidence_of(grant: Grant, matches: Sequence[Match], numbers: Weights) -> Evidence | None:
    """The allowance that says most, of those that are active; None where there is none."""
    if not matches:
        return None
    from grantwatch.allowances import State

    active = [_evidence(grant, match, numbers.allowance) for match in matches if match.state is State.ACTIVE]
    return min(active, key=lambda each: each.weight, default=None)


def sentence(matches: Sequence[Match], with_it: Verdict, without: Verdict | None) -> str:
    """What the allowances did to a verdict, or why they did nothing; empty where none covers the grant.

    Holds text of the file of allowances: escape it.
    """
    if not matches:
        return ""
    from grantwatch.allowances import State

    told = ""
    found = next((each for each in with_it.evidence if each.group == ALLOWANCE), None)
    if found and without:
        points = without.score - with_it.score
        told = f"{found.summary}; {f'lowers the score by {points}' if points else 'the score stays as it is'}."
    else:
        idle = [each for each in matches if each.state is not State.ACTIVE]
        for each in idle[:1]:
            allowance = each.allowance
            why = f"expired on {allowance.expires}" if each.state is State.EXPIRED else "has no owner yet"
            told = f"The allowance {allowance.id} would cover it but {why}, so it has no effect."
    return told


def _evidence(grant: Grant, match: Match, numbers: AllowanceNumbers) -> Evidence:
    allowance = match.allowance
    scale = Scale()
    if match.by != "user":
        scale = scale.by(numbers.by_group if match.by == "group" else numbers.by_class, f"named by {match.by}")
    if match.network != "range":
        scale = scale.by(
            {"asn": numbers.asn, "country": numbers.country, "any": numbers.any_network}[match.network],
            {"asn": "a whole network", "country": "a whole country", "any": "any network"}[match.network],
        )
    if not allowance.clients:
        scale = scale.by(numbers.any_client, "any client")
    if not allowance.resources:
        scale = scale.by(numbers.any_resource, "any resource")
    if match.elsewhere:
        scale = scale.by(numbers.elsewhere, "tokens were used later from networks that it does not name")
    return Evidence(
        signal=ALLOWANCE,
        title="An allowance of the tenant",
        summary=f"Allowed by {allowance.id} until {allowance.expires} (owner: {allowance.owner})",
        group=ALLOWANCE,
        weight=round(numbers.weight * scale.value, 3),
        records=tuple(leg.ref for leg in grant.legs[:1]),
        chip=f"allowed until {allowance.expires}",
        factors=scale.factors,
    )
