"""Scoring, severity, and the incidents that grants are gathered into."""

from __future__ import annotations

from grantwatch.verdict.incidents import incidents
from grantwatch.verdict.judge import blind_signals, judge, judge_one
from grantwatch.verdict.model import Incident, Judged, Severity, Verdict
from grantwatch.verdict.score import Gate, Term, gates, score, severity, terms, verdict

__all__ = [
    "Gate",
    "Incident",
    "Judged",
    "Severity",
    "Term",
    "Verdict",
    "blind_signals",
    "gates",
    "incidents",
    "judge",
    "judge_one",
    "score",
    "severity",
    "terms",
    "verdict",
]
