"""From evidence to a score: a sum of log-odds that can be read term by term, then a few gates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from grantwatch.grants.model import Grant, Outcome
from grantwatch.signals.signal import GROUPS, Evidence, NotAssessed
from grantwatch.verdict.allowed import ALLOWANCE
from grantwatch.verdict.model import Severity, Verdict
from grantwatch.verdict.reason import reason
from grantwatch.verdict.weights import Weights, weights

__all__ = ["Gate", "Part", "Term", "applied_gate", "gates", "score", "severity", "terms", "verdict"]

FAVOUR = "favour"


class Part(NamedTuple):
    """One piece of evidence within a term, and the share of its weight that counts there (0–1)."""

    evidence: Evidence
    share: float


class Term(NamedTuple):
    """One line of the sum. `kind` is prior, group, favour, allowance, or cap; `value` is what it adds, in log-odds.

    The values of all terms add up to the log-odds of the score. A cap has the value by which it lowers the sum.

    A group is `factor` × the sum of its parts (weight × share), but not more than `factor` × `limit`. Favour is the
    sum of its parts, but not less than `limit`; so is an allowance.
    """

    kind: str
    label: str
    value: float
    note: str
    parts: tuple[Part, ...] = ()
    limit: float | None = None
    factor: float = 1.0


class Gate(NamedTuple):
    """A severity that a grant cannot pass, and why, in words."""

    at_most: Severity
    why: str


def _combine(heavy_to_light: Sequence[float], cap: float, share: float) -> float:
    if not heavy_to_light:
        return 0.0
    return min(cap, heavy_to_light[0] + share * sum(heavy_to_light[1:]))


def _group_cap(evidence: Sequence[Evidence], numbers: Weights) -> float:
    return numbers.group_cap_alone if any(each.alone for each in evidence) else numbers.group_cap


def _group_sum(evidence: Sequence[Evidence], numbers: Weights) -> float:
    cap = _group_cap(evidence, numbers)
    return _combine(sorted((each.weight for each in evidence), reverse=True), cap, numbers.rest_share)


def _group_parts(evidence: Sequence[Evidence], numbers: Weights) -> tuple[Part, ...]:
    heaviest, *rest = sorted(evidence, key=lambda each: -each.weight)
    return (Part(heaviest, 1.0), *(Part(each, numbers.rest_share) for each in rest))


def _by_group(evidence: Sequence[Evidence]) -> dict[str, tuple[Evidence, ...]]:
    found: dict[str, list[Evidence]] = {}
    for each in evidence:
        if each.weight > 0 and each.group != FAVOUR:
            found.setdefault(each.group, []).append(each)
    return {group: tuple(found[group]) for group in GROUPS if group in found}


def _certainty_factor(grant: Grant, numbers: Weights) -> float:
    certainty = min(1.0, max(0.0, grant.certainty))
    return numbers.certainty_share + (1 - numbers.certainty_share) * certainty


def _sum_terms(grant: Grant, evidence: Sequence[Evidence], numbers: Weights) -> list[Term]:
    factor = _certainty_factor(grant, numbers)
    found = [Term("prior", "prior", numbers.prior, "a device code grant about which nothing is known")]
    reducible = 0.0
    for group, members in _by_group(evidence).items():
        value = factor * _group_sum(members, numbers)
        note = "; ".join(each.chip for each in members)
        parts, cap = _group_parts(members, numbers), _group_cap(members, numbers)
        found.append(Term("group", group, value, note, parts, cap, factor))
        if group in numbers.favour_touches:
            reducible += value - factor * _group_sum([each for each in members if each.alone], numbers)
    favour = [each for each in evidence if each.group == FAVOUR and each.weight < 0]
    if favour:
        # With nothing against it a habit may also take from the prior: that is what "none" means.
        limit = max(numbers.favour_floor, -reducible) if len(found) > 1 else numbers.favour_floor
        value = max(limit, sum(each.weight for each in favour))
        note = "; ".join(each.chip for each in favour)
        found.append(Term("favour", FAVOUR, value, note, tuple(Part(each, 1.0) for each in favour), limit))
        reducible += value
    stated = next((each for each in evidence if each.group == ALLOWANCE), None)
    if stated:
        limit = max(-reducible, _lowest(grant, evidence, math.fsum(term.value for term in found), numbers))
        # Where nothing is left to take from, 0 and not -0 or more.
        value = min(0.0, max(limit, stated.weight)) + 0.0
        found.append(Term("allowance", ALLOWANCE, value, stated.chip, (Part(stated, 1.0),), min(0.0, limit) + 0.0))
    return found


def _lowest(grant: Grant, evidence: Sequence[Evidence], total: float, numbers: Weights) -> float:
    """How much an allowance may take from `total` so that the severity falls no further than it may (log-odds)."""
    stopped = _applied(total, gates(grant, evidence, numbers), numbers)
    reached = numbers.severity_of(_rounded(total))
    lowest = max(
        Severity.INFORMATIONAL, min(reached, stopped.at_most if stopped else reached) - numbers.allowance.steps
    )
    least = numbers.severity[Severity(lowest)]
    return math.log(least / (100 - least)) - total if least else -math.inf


def gates(grant: Grant, evidence: Sequence[Evidence], numbers: Weights | None = None) -> tuple[Gate, ...]:
    """The gates that keep this grant below a severity, lowest first, whatever its score."""
    numbers = numbers or weights()
    need = numbers.gates
    groups = _by_group(evidence)
    sums = {group: _group_sum(members, numbers) for group, members in groups.items()}
    kinds = [group for group, total in sums.items() if total >= need.group_counts]
    alone = any(each.alone for members in groups.values() for each in members)
    found: list[Gate] = []
    if grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED):
        found.append(Gate(Severity.MEDIUM, "nobody got a token"))
    if grant.certainty < need.certainty_for_high:
        found.append(Gate(Severity.MEDIUM, "it is not sure that a device code was used at all"))
    if len(kinds) < need.groups_for_high and not alone:
        found.append(Gate(Severity.MEDIUM, f"{_count(len(kinds))} by itself, and high takes {need.groups_for_high}"))
    persists = any(each.alone for each in groups.get("persistence", ()))
    if grant.outcome is not Outcome.REDEEMED and not persists:
        found.append(Gate(Severity.HIGH, "no redemption was seen"))
    if len(kinds) < need.groups_for_critical and not _alone_and_another(groups, sums, need.second_for_critical):
        found.append(
            Gate(Severity.HIGH, f"{_count(len(kinds))} by itself, and critical takes {need.groups_for_critical}")
        )
    return tuple(sorted(found, key=lambda gate: gate.at_most))


def _alone_and_another(groups: dict[str, tuple[Evidence, ...]], sums: dict[str, float], least: float) -> bool:
    lone = [group for group, members in groups.items() if any(each.alone for each in members)]
    return any(sums[other] >= least for group in lone for other in groups if other != group)


def _count(kinds: int) -> str:
    words = ("no kind of evidence weighs enough", "only one kind of evidence weighs enough")
    return words[kinds] if kinds < len(words) else f"only {kinds} kinds of evidence weigh enough, each"


def terms(grant: Grant, evidence: Sequence[Evidence], numbers: Weights | None = None) -> tuple[Term, ...]:
    """Every line of the sum: prior, groups, favour, and the gate that applied, if any. The values add up."""
    return _weighed(grant, evidence, numbers or weights())[0]


def _weighed(grant: Grant, evidence: Sequence[Evidence], numbers: Weights) -> tuple[tuple[Term, ...], Gate | None]:
    """Every line of the sum, and the gate that applied, if any."""
    found = _sum_terms(grant, evidence, numbers)
    total = math.fsum(term.value for term in found)
    blocked = _applied(total, gates(grant, evidence, numbers), numbers)
    if blocked:
        highest = numbers.highest(blocked.at_most)
        # The middle of the highest score's rounding range, so that the sum rounds to that very score.
        ceiling = math.log(highest / (100 - highest))
        found.append(Term("cap", f"at most {blocked.at_most.label}", min(0.0, ceiling - total), blocked.why))
    return tuple(found), blocked


def _applied(total: float, found: tuple[Gate, ...], numbers: Weights) -> Gate | None:
    reached = numbers.severity_of(_rounded(total))
    return next((gate for gate in found if gate.at_most < reached), None)


def applied_gate(grant: Grant, evidence: Sequence[Evidence], numbers: Weights | None = None) -> Gate | None:
    """The gate that kept the severity of this grant from being what its evidence adds up to; None where none did."""
    return _weighed(grant, evidence, numbers or weights())[1]


def _rounded(total: float) -> int:
    return round(100 / (1 + math.exp(-total)))


def score(grant: Grant, evidence: Sequence[Evidence], numbers: Weights | None = None) -> int:
    """0–100 from the sum of all terms, gates included."""
    return _rounded(math.fsum(term.value for term in terms(grant, evidence, numbers)))


def severity(evidence: Sequence[Evidence], points: int, numbers: Weights | None = None) -> Severity:
    """The severity of a score; NONE only for an established habit with nothing against it."""
    habit = any(each.group == FAVOUR for each in evidence)
    against = any(each.group != FAVOUR and each.weight > 0 for each in evidence)
    return Severity.NONE if habit and not against else (numbers or weights()).severity_of(points)


def verdict(
    grant: Grant,
    evidence: Sequence[Evidence],
    not_assessed: Sequence[NotAssessed],
    numbers: Weights | None = None,
) -> Verdict:
    """The verdict on one grant: evidence against it first, heaviest first, then what speaks for it.

    `numbers`: those of the grant's tenant; the built-in ones where nobody says.
    """
    ordered = tuple(sorted(evidence, key=lambda each: (-each.weight, each.signal)))
    lines, stopped = _weighed(grant, ordered, numbers or weights())
    points = _rounded(math.fsum(line.value for line in lines))
    level = severity(ordered, points, numbers)
    why = reason(grant, ordered, level, stopped.why if stopped else None)
    return Verdict(points, level, ordered, tuple(not_assessed), why)
