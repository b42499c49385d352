"""Scoring, severity, and the incidents that grants are gathered into."""

from __future__ import annotations

from grantwatch.verdict.explanation import Explanation, SignalAnswer, Status, explain
from grantwatch.verdict.incidents import incidents
from grantwatch.verdict.judge import blind_signals, judge, judge_one
from grantwatch.verdict.model import Incident, Judged, Severity, Verdict, WeightsUsed
from grantwatch.verdict.own_weights import TenantWeights, read_weights
from grantwatch.verdict.panel import Panel
from grantwatch.verdict.score import Gate, Part, Term, gates, score, severity, terms, verdict

__all__ = [
    "Explanation",
    "Gate",
    "Incident",
    "Judged",
    "Panel",
    "Part",
    "Severity",
    "SignalAnswer",
    "Status",
    "TenantWeights",
    "Term",
    "Verdict",
    "WeightsUsed",
    "blind_signals",
    "explain",
    "gates",
    "incidents",
    "judge",
    "judge_one",
    "read_weights",
    "score",
    "severity",
    "terms",
    "verdict",
]
