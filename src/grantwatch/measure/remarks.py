"""The grants that came out wrong, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grantwatch.measure.match import Found, Match
from grantwatch.measure.truth import TruthGrant
from grantwatch.verdict.model import Severity

__all__ = ["Remark", "false_highs", "kind_of", "missed", "strays"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One grant that came out wrong, for a reader. `severity` is None for one that was not found."""

    seed: int
    grant: int | None
    grant_id: str | None
    upn: str
    kind: str
    hard: bool
    outcome: str
    found_outcome: str | None
    score: int | None
    severity: str | None
    evidence: tuple[str, ...]
    reason: str
    note: str
    """What the truth says of it."""


def kind_of(grant: TruthGrant) -> str:
    """The campaign of an attacker's grant, the persona of any other."""
    return (grant.campaign if grant.malicious else grant.persona) or "unnamed"


def missed(matches: Sequence[Match]) -> Iterable[Remark]:
    """Grants of which an attacker got a token, below high or not found."""
    for match, grant in _taken(matches):
        best = match.best(grant)
        if best is None or best.severity < Severity.HIGH:
            yield _remark(match, grant, best, "" if best else _why_not(match, grant))


def false_highs(matches: Sequence[Match]) -> Iterable[Remark]:
    """Grants of high or worse that are no attacker's."""
    for match in matches:
        for each in match.found:
            if each.severity >= Severity.HIGH and not each.malicious:
                yield _remark(match, each.truth, each, "")


def _remark(match: Match, grant: TruthGrant | None, found: Found | None, reason: str) -> Remark:
    judged = found.judged if found else None
    kind = kind_of(grant) if grant else (f"phantom: {found.decoy}" if found and found.decoy else "phantom")
    return Remark(
        seed=match.truth.seed,
        grant=grant.number if grant else None,
        grant_id=judged.grant.grant_id if judged else None,
        upn=grant.upn if grant else (judged.grant.user.label if judged else ""),
        kind=kind,
        hard=bool(grant and grant.hard),
        outcome=grant.outcome.value if grant else "none",
        found_outcome=judged.grant.outcome.value if judged else None,
        score=found.score if found else None,
        severity=found.severity.label if found else None,
        evidence=tuple(f"{each.signal} {each.weight:+.1f}" for each in judged.verdict.evidence) if judged else (),
        reason=reason or (judged.verdict.reason if judged else ""),
        note=grant.note if grant else "",
    )


def strays(matches: Sequence[Match]) -> Iterable[Remark]:
    """What reconstruction got wrong: real grants that were missed or merged, and grants that are double or phantom."""
    for match in matches:
        for grant in match.truth.grants:
            several = match.by_truth.get(grant.number, ())
            if not several:
                yield _remark(match, grant, None, _why_not(match, grant))
            for double in several[1:]:
                yield _remark(match, grant, double, "doubled")
        for each in match.found:
            if each.truth is None:
                yield _remark(match, None, each, f"phantom: decoy {each.decoy}" if each.decoy else "phantom")


def _taken(matches: Sequence[Match]) -> Iterable[tuple[Match, TruthGrant]]:
    return ((match, grant) for match in matches for grant in match.truth.grants if grant.taken)


def _why_not(match: Match, grant: TruthGrant) -> str:
    return "merged: its records lie in another grant" if grant.number in match.merged else "missed"
