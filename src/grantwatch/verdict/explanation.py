"""One verdict taken apart: the answer of every signal, and the sum that makes the score, term by term."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from grantwatch.grants.model import Grant, Tie
from grantwatch.records.model import RecordRef
from grantwatch.signals import Case, Evidence, NotAssessed, Signal, lacking
from grantwatch.verdict.asking import ask
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.panel import Panel
from grantwatch.verdict.score import Gate, Term, applied_gate, gates, terms
from grantwatch.verdict.weights import Weights

__all__ = ["Explanation", "SignalAnswer", "Status", "explain"]


class Status(StrEnum):
    """What came of a signal. `weightless`: it fired, but nothing of its weight was left."""

    FIRED = "fired"
    WEIGHTLESS = "weightless"
    NOT_FIRED = "not_fired"
    NOT_ASSESSED = "not_assessed"


class SignalAnswer(NamedTuple):
    """A signal, what came of it for one grant, and why, in a sentence. `why` holds log text: escape it."""

    signal: Signal
    status: Status
    why: str
    evidence: Evidence | None
    ties: tuple[Tie, ...]
    """How the records that the evidence rests on were joined to the grant, each way once, strongest first."""
    missing: tuple[str, ...]
    """Those of the signal's needs that these logs lack. It may fire all the same, from what is there."""


class Explanation(NamedTuple):
    """Everything behind one verdict. The values of `terms` add up to `log_odds`, and those to the score."""

    judged: Judged
    signals: tuple[SignalAnswer, ...]
    """Every declared signal, in order of declaration, own ones last; each as it weighs in this grant's tenant."""
    terms: tuple[Term, ...]
    log_odds: float
    gates: tuple[Gate, ...]
    """The severities that this grant could not pass, lowest first, reached or not."""
    applied: Gate | None
    """The one of them that lowered the score."""
    weights: Weights
    """The numbers of this grant's tenant."""

    @property
    def score(self) -> int:
        """0–100, from the sum."""
        return round(100 / (1 + math.exp(-self.log_odds)))

    @property
    def severity(self) -> Severity:
        """As judged."""
        return self.judged.verdict.severity

    def of(self, *statuses: Status) -> tuple[SignalAnswer, ...]:
        """The signals with one of these answers."""
        return tuple(answer for answer in self.signals if answer.status in statuses)


def explain(judged: Judged, missing: Iterable[str], panel: Panel | None = None) -> Explanation:
    """Ask every signal again about this grant and keep all that it says.

    `missing`: what these logs lack. `panel`: what the grant was judged by; the built-in one where nobody says.
    """
    panel = panel or Panel()
    grant, evidence = judged.grant, judged.verdict.evidence
    case = Case(grant, judged.profile, frozenset(missing), judged.worse_grants)
    ties, numbers = _ties(grant), panel.weights(grant.tenant_id)
    found = terms(grant, evidence, numbers)
    return Explanation(
        judged=judged,
        signals=tuple(_answered(signal, case, ties) for signal in panel.judges(grant.tenant_id)),
        terms=found,
        log_odds=math.fsum(term.value for term in found),
        gates=gates(grant, evidence, numbers),
        applied=applied_gate(grant, evidence, numbers),
        weights=numbers,
    )


def _answered(signal: Signal, case: Case, ties: dict[RecordRef, Tie]) -> SignalAnswer:
    answer = ask(signal, case)
    missing = lacking(signal.needs, case.missing)
    if isinstance(answer, Evidence):
        status = Status.FIRED if answer.weight else Status.WEIGHTLESS
        joined = sorted({ties[ref] for ref in answer.records if ref in ties}, key=lambda tie: (-tie.strength, tie.by))
        return SignalAnswer(signal, status, answer.summary, answer, tuple(joined), missing)
    status = Status.NOT_ASSESSED if isinstance(answer, NotAssessed) else Status.NOT_FIRED
    return SignalAnswer(signal, status, answer.why, None, (), missing)


def _ties(grant: Grant) -> dict[RecordRef, Tie]:
    """How each record was joined to the grant. A record that a leg tells of is part of the flow itself."""
    found = {ref: follow_on.tie for follow_on in grant.follow_ons for ref in follow_on.refs}
    found |= {ref: use.tie for use in grant.token_uses for ref in use.refs}
    return found | {leg.ref: leg.tie for leg in grant.legs}
