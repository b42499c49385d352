"""One grant explained, as a page for a terminal: the verdict, twelve answers, the sum, and every signal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch.allowances import State
from grantwatch.grants.model import Tie
from grantwatch.records.model import RecordRef
from grantwatch.report import triage, words
from grantwatch.report.answers import Answer
from grantwatch.report.answers.model import place, tie
from grantwatch.report.escape import terminal as safe
from grantwatch.report.explained import Explained
from grantwatch.report.page import Page, as_text, show
from grantwatch.signals import why_blind
from grantwatch.verdict import Severity, SignalAnswer, Status, Term, WeightsUsed
from grantwatch.verdict.weights import Weights

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["render", "text"]

MOST_RECORDS = 3
LABEL = 19
"""Columns of a label: as wide as a time with seconds."""


def render(told: Explained, console: Console) -> None:
    """Print the explanation on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(told, console))


def text(told: Explained, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(told, console), width, color)


class _Page(Page):
    def __init__(self, told: Explained, console: Console) -> None:
        super().__init__(console)
        self.told = told

    def write(self) -> None:
        """Print it all."""
        self._head()
        for answer in self.told.answers:
            self._answer(answer)
        self._sum()
        self._signals()
        if self.told.blind:
            self._heading("What these logs cannot show of any grant")
            for sentence in self.told.blind:
                self._labelled("-", sentence)

    def _head(self) -> None:
        grant, verdict = self.told.judged.grant, self.told.judged.verdict
        name, style = triage.severity(verdict.severity)
        self._print(("Grantwatch ", "bold"), (self.told.version, ""), (f"  grant {safe(grant.grant_id)}", "dim"))
        self._print((name, style), (f" {verdict.score}", "bold"), (f"  {safe(grant.user.label)}", "bold"))
        self._print((words.sentence(grant), ""))
        self._print((verdict.reason, ""))

    def _answer(self, answer: Answer) -> None:
        self._heading(f"{answer.number}. {answer.question}")
        self._print((answer.answer, "yellow" if answer.answer.startswith("Not assessed") else "bold"))
        self._facts([(fact.label, fact.text) for fact in answer.facts], width=LABEL)
        for sentence in answer.not_assessed:
            self._labelled("not assessed", sentence, 2)

    # --- the sum

    def _sum(self) -> None:
        explanation = self.told.explanation
        self._heading("The score, term by term")
        self._print(
            ("Terms are log-odds: +0.7 doubles the odds that this is an attack, +2.3 makes them tenfold.", "dim")
        )
        for term in explanation.terms:
            self._term(term)
        self._print((f"{explanation.log_odds:+8.3f}", "bold"), ("  sum", "bold"))
        odds = f"100 / (1 + e^{-explanation.log_odds:.3f}), rounded = {explanation.score}"
        self._print((f"          score {odds}: {explanation.severity.label}", "bold"))
        self._labelled("-", _thresholds(explanation.weights), 10, "dim")
        self._labelled("-", _weights_used(self.told.judged.verdict.weights), 10, "dim")
        for gate in explanation.gates:
            held = "this held it back" if gate == explanation.applied else "this did not decide"
            self._labelled("-", f"gate: at most {gate.at_most.label}, as {gate.why}; {held}", 10, "dim")
        if not explanation.gates:
            self._labelled("-", "no gate keeps this grant below a severity", 10, "dim")
        for match in self.told.judged.allowed:
            if match.state is not State.ACTIVE:
                why = f"expired on {match.allowance.expires}" if match.state is State.EXPIRED else "has no owner yet"
                self._labelled("-", f"allowance {match.allowance.id} covers it but {why}: no effect", 10, "dim")
        if explanation.severity is Severity.NONE:
            self._labelled("-", "none: an established habit with nothing against it", 10, "dim")

    def _term(self, term: Term) -> None:
        self._print((f"{term.value:+8.3f}", "bold"), (f"  {_title(term)}", ""))
        for part in term.parts:
            share = "" if part.share == 1 else f" × {part.share:g} = {part.evidence.weight * part.share:+.3f}"
            self._labelled(
                f"{part.evidence.weight:+.3f}{share}", f"{part.evidence.signal}: {part.evidence.chip}", 10, ""
            )
        for line in (*_how(term), *self._stated(term)):
            self._labelled("-", line, 10, "dim")

    def _stated(self, term: Term) -> list[str]:
        """Which allowance it is, how wide, and what it does to the score."""
        if term.kind != "allowance":
            return []
        verdict, without = self.told.judged.verdict, self.told.judged.without
        wide = [f"× {factor.value:g} ({factor.why})" for part in term.parts for factor in part.evidence.factors]
        points = without.score - verdict.score if without else 0
        effect = f"lowers the score by {points}" if points else "the score stays as it is"
        lines = [f"{part.evidence.summary[:1].lower()}{part.evidence.summary[1:]}; {effect}" for part in term.parts]
        lines.append(" ".join([f"weight {self.told.explanation.weights.allowance.weight:+.1f}", *wide]))
        if term.limit is not None and term.value > sum(part.evidence.weight for part in term.parts):
            steps = words.plural(self.told.explanation.weights.allowance.steps, "step")
            lines.append(
                f"it may take no more than {abs(term.limit):.3f}: it lowers a severity by {steps} at the most, and "
                "never what stays behind, what was taken, and evidence that stands alone"
            )
        return lines

    # --- the signals

    def _signals(self) -> None:
        explanation = self.told.explanation
        for statuses, title in (
            ((Status.FIRED, Status.WEIGHTLESS), "fired"),
            ((Status.NOT_ASSESSED,), "could not be assessed"),
            ((Status.NOT_FIRED,), "did not fire"),
        ):
            found = explanation.of(*statuses)
            self._heading(f"Signals that {title}: {len(found)} of {len(explanation.signals)}")
            for answer in sorted(found, key=lambda each: -abs(each.evidence.weight) if each.evidence else 0.0):
                self._signal(answer)

    def _signal(self, answer: SignalAnswer) -> None:
        signal, evidence = answer.signal, answer.evidence
        mark = f"  {evidence.weight:+.3f}" if evidence else ""
        self._print((signal.id, "bold"), (mark, "bold"), (f"  {signal.question}", "dim"))
        self._labelled("-", answer.why, 2, "dim")
        if signal.own:
            self._labelled("-", f"an own signal, declared in {safe(signal.source)}", 2, "dim")
        if evidence:
            self._labelled("-", _weight(answer), 2, "dim")
            if answer.missing:
                lacking = why_blind(answer.missing).removeprefix("Not assessed: ").rstrip(".")
                self._labelled("-", f"seen from what is there; there may be more, as {lacking}", 2, "yellow")
            self._labelled("-", _records(evidence.records, answer.ties), 2, "dim")
        else:
            self._labelled("-", f"Looked at: {signal.looks_at}.", 2, "dim")


def _title(term: Term) -> str:
    if term.kind == "prior":
        return f"prior: {term.note}"
    if term.kind == "cap":
        return f"gate: {term.label}, as {term.note}"
    if term.kind == "allowance":
        return "what the tenant allows"
    return "what speaks for the grant" if term.kind == "favour" else f"group {term.label}"


def _how(term: Term) -> list[str]:
    """How the parts of a term become its value, where that is more than their sum."""
    if not term.parts:
        return []
    total = sum(part.evidence.weight * part.share for part in term.parts)
    lines = []
    if term.kind == "favour" and term.limit is not None and total < term.limit:
        lines.append(
            f"{total:+.3f}, but it may take no more than {abs(term.limit):.3f}: what stays behind, what was taken, and "
            "evidence that stands alone are no habit"
        )
    if term.kind == "group" and term.limit is not None and total > term.limit:
        lines.append(f"{total:+.3f}, but one group adds {term.limit:.3f} at the most")
    if term.factor != 1:
        lines.append(f"× {term.factor:.3f}, as it is not wholly sure that this was device code (question 1)")
    return lines


def _records(records: Sequence[RecordRef], ties: Sequence[Tie]) -> str:
    places = [place(ref) for ref in records[:MOST_RECORDS]]
    if len(records) > MOST_RECORDS:
        places.append(f"{len(records) - MOST_RECORDS} more")
    joined = f", {', '.join(map(tie, ties))}" if ties else ""
    return f"records: {', '.join(places) or 'none'}{joined}"


def _weight(answer: SignalAnswer) -> str:
    evidence = answer.evidence
    factors = [f"× {each.value:.3g} ({each.why})" for each in (evidence.factors if evidence else ()) if each.value != 1]
    said = " ".join([f"weight {answer.signal.weight:+.1f}", *factors])
    if answer.status is Status.WEIGHTLESS:
        said += ": nothing is left of it, so it does not count"
    return said + (", and may make a grant high alone" if evidence and evidence.alone else "")


def _weights_used(used: WeightsUsed) -> str:
    return f"weights: {safe(used.name)}, digest {used.digest}"


def _thresholds(numbers: Weights) -> str:
    least = sorted(numbers.severity.items(), key=lambda item: item[1])
    return "from " + ", ".join(f"{score} {severity.label}" for severity, score in least)
