"""Scoring, severity, and the incidents that grants are gathered into."""

from __future__ import annotations

from grantwatch.verdict.explanation import Explanation, SignalAnswer, Status, explain
from grantwatch.verdict.incidents import incidents
from grantwatch.verdict.judge import blind_signals, judge, judge_one
from grantwatch.verdict.model import Incident, Judged, Severity, Verdict
from grantwatch.verdict.score import Gate, Part, Term, gates, score, severity, terms, verdict

__all__ = [
    "Explanation",
    "Gate",
    "Incident",
    "Judged",
    "Part",
    "Severity",
    "SignalAnswer",
    "Status",
    "Term",
    "Verdict",
    "blind_signals",
    "explain",
    "gates",
    "incidents",
    "judge",
    "judge_one",
    "score",
    "severity",
    "terms",
    "verdict",
]
