"""One grant explained, as JSON. `explain.schema.json` describes it, key by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grantwatch.grants.model import Tie
from grantwatch.pipeline import Hunt
from grantwatch.report.answers import Answer, answers
from grantwatch.report.document import Json, encoded, iso, record_object, weights_object
from grantwatch.signals.signal import Evidence
from grantwatch.verdict import Explanation, Gate, Judged, SignalAnswer, Term, explain

__all__ = ["SCHEMA_VERSION", "Explained", "document", "dumps", "explained"]

SCHEMA_VERSION = "1.1"


@dataclass(frozen=True, slots=True)
class Explained:
    """The verdict on one grant taken apart, and the twelve questions answered."""

    version: str
    judged: Judged
    explanation: Explanation
    answers: tuple[Answer, ...]
    blind: tuple[str, ...]
    """What these logs cannot show of any grant, in sentences."""


def explained(found: Hunt, judged: Judged) -> Explained:
    """Explain one grant of a hunt."""
    return Explained(
        found.version,
        judged,
        explain(judged, found.coverage.missing, found.panel),
        answers(found, judged),
        found.coverage.blind,
    )


def document(told: Explained) -> Json:
    """The explanation as plain dicts, lists, strings and numbers, in the shape of `schema("explain")`.

    Times and log text as in the document of a hunt.
    """
    grant, verdict, explanation = told.judged.grant, told.judged.verdict, told.explanation
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_by": {"name": "grantwatch", "version": told.version},
        "grant": {
            "grant_id": grant.grant_id,
            "tenant_id": grant.tenant_id,
            "user": {"id": grant.user.id, "upn": grant.user.upn},
            "client": {"id": grant.client.id, "name": grant.client.name},
            "resource": {"id": grant.resource.id, "name": grant.resource.name},
            "started_at": iso(grant.started_at),
            "last_seen": iso(grant.last_seen),
            "outcome": grant.outcome.value,
            "certainty": grant.certainty,
            "score": verdict.score,
            "severity": verdict.severity.label,
            "reason": verdict.reason,
        },
        "answers": [_answer(answer) for answer in told.answers],
        "score": {
            "terms": [_term(term) for term in explanation.terms],
            "log_odds": round(explanation.log_odds, 6),
            "gates": [_gate(gate, explanation.applied) for gate in explanation.gates],
            "score": explanation.score,
            "severity": explanation.severity.label,
            "weights": weights_object(verdict.weights),
        },
        "signals": [_signal(answer) for answer in explanation.signals],
        "blind": list(told.blind),
    }


def dumps(told: Explained) -> bytes:
    """`document(told)` as UTF-8 JSON, harmless in a terminal."""
    return encoded(document(told))


def _answer(answer: Answer) -> Json:
    return {
        "number": answer.number,
        "key": answer.key,
        "question": answer.question,
        "answer": answer.answer,
        "facts": [
            {"label": fact.label.strip(), "text": fact.text, "records": [record_object(ref) for ref in fact.records]}
            for fact in answer.facts
        ],
        "not_assessed": list(answer.not_assessed),
    }


def _term(term: Term) -> Json:
    return {
        "kind": term.kind,
        "label": term.label,
        "value": round(term.value, 6),
        "note": term.note,
        "parts": [
            {
                "signal": part.evidence.signal,
                "weight": part.evidence.weight,
                "share": part.share,
                "value": round(part.evidence.weight * part.share, 6),
            }
            for part in term.parts
        ],
        "limit": None if term.limit is None else round(term.limit, 6),
        "factor": round(term.factor, 6),
    }


def _gate(gate: Gate, applied: Gate | None) -> Json:
    return {"at_most": gate.at_most.label, "why": gate.why, "applied": gate == applied}


def _signal(answer: SignalAnswer) -> Json:
    signal = answer.signal
    return {
        "signal": signal.id,
        "title": signal.title,
        "question": signal.question,
        "group": signal.group,
        "status": answer.status.value,
        "why": answer.why,
        "looked_at": signal.looks_at,
        "needs": list(signal.needs),
        "missing": list(answer.missing),
        "declared_weight": signal.weight,
        "source": signal.source or None,
        "evidence": _evidence(answer.evidence, answer.ties) if answer.evidence else None,
    }


def _evidence(evidence: Evidence, ties: Sequence[Tie]) -> Json:
    return {
        "weight": evidence.weight,
        "factors": [{"value": round(factor.value, 6), "why": factor.why} for factor in evidence.factors],
        "alone": evidence.alone,
        "chip": evidence.chip,
        "ties": [{"by": tie.by.value, "strength": tie.strength} for tie in ties],
        "records": [record_object(ref) for ref in evidence.records],
    }
