"""What an analyst would get from each rule, and how that compares with a hunt at equal recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from grantwatch.measure.figures import AtSeverity, rate
from grantwatch.measure.match import Match
from grantwatch.measure.ranking import threshold_for
from grantwatch.measure.rules.rule import Rule, rules
from grantwatch.measure.truth import Truth, TruthGrant
from grantwatch.records.database import cleaned

if TYPE_CHECKING:
    import duckdb

__all__ = ["TOGETHER", "Alert", "Compared", "RuleFigures", "Standing", "alerts", "compare", "folded", "standings"]

TOGETHER = timedelta(hours=1)
"""What one rule fires on for one user within an hour of the first is one alert."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one rule: the user, when it began (UTC), and the records that fired it, with their session ids."""

    user: str
    time: datetime
    request_ids: frozenset[str]
    session_ids: frozenset[str] = frozenset()

    def touches(self, grant: TruthGrant) -> bool:
        """Whether it holds a record of this grant, or one of the same user's and session once the grant had begun.

        A truth names only the first token uses of a grant; an alert on a later one is as true.
        """
        if not grant.record_ids.isdisjoint(self.request_ids):
            return True
        begun = self.time >= grant.started_at - TOGETHER
        return begun and self.user == grant.user_id and grant.session_id in self.session_ids


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule on these tenants. An alert is true where it touches an attacker's grant.

    `recall` is over grants of which an attacker got a token: the share that some true alert touches.
    """

    rule: str
    title: str
    alerts: int
    true: int
    false: int
    recall: float | None
    false_per_1000_users_day: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule beside the hunt at equal recall: the highest score at which the hunt finds as much as the rule.

    `ratio` is false alerts of the rule per false grant of the hunt there; None where the rule finds nothing, the hunt
    never finds as much, or the hunt has no false grant at all (`hunt_false` is 0 then).
    """

    figures: RuleFigures
    threshold: int | None
    hunt_recall: float | None
    hunt_false: int | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The hunt at one severity beside the best rule there: the one with fewest false alerts that recalls as much.

    `rule` is None where no rule recalls as much. `ratio`: false alerts of the rule per false grant; None without any.
    """

    severity: str
    recall: float | None
    false: int
    rule: str | None
    rule_title: str | None
    rule_recall: float | None
    rule_false: int | None
    ratio: float | None


def alerts(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Alert, ...]]:
    """The alerts of every rule, by its id, on the records behind `con` (see records.load.read)."""
    text = (resources.files("grantwatch.measure.rules") / "rule_row.sql").read_text("utf-8")
    con.execute(text.replace("$cleaned", cleaned("rule_source")))
    return {rule.id: folded(con.execute(_ordered(rule)).fetchall()) for rule in rules()}


def _ordered(rule: Rule) -> str:
    return (
        f"SELECT DISTINCT h.user_key, h.time, h.request_id, r.session_id FROM ({rule.sql}) AS h "
        "LEFT JOIN rule_row AS r ON r.request_id = h.request_id AND r.user_key = h.user_key ORDER BY ALL"
    )


def folded(hits: Iterable[tuple[str, datetime, str, str | None]]) -> tuple[Alert, ...]:
    """Hits in the order of user and time, folded: what follows the first within an hour belongs to it."""
    found: list[Alert] = []
    for user, time, request_id, session_id in hits:
        requests = frozenset((request_id,))
        sessions = frozenset((session_id,)) if session_id else frozenset()
        last = found[-1] if found else None
        if last and last.user == user and time - last.time < TOGETHER:
            found[-1] = Alert(user, last.time, last.request_ids | requests, last.session_ids | sessions)
        else:
            found.append(Alert(user, time, requests, sessions))
    return tuple(found)


def compare(tenants: Sequence[tuple[Match, Mapping[str, Sequence[Alert]]]]) -> tuple[Compared, ...]:
    """Every rule beside the hunt, over these tenants together."""
    scores: list[int | None] = []
    for match, _ in tenants:
        for grant in match.truth.grants:
            if grant.taken:
                best = match.best(grant)
                scores.append(best.score if best else None)
    wrong = [each.score for match, _ in tenants for each in match.found if not each.malicious]
    found = []
    for rule in rules():
        figures = _figures(rule, [(match.truth, _but_drills(match, raised[rule.id])) for match, raised in tenants])
        found.append(_beside(figures, scores, wrong))
    return tuple(found)


def _but_drills(match: Match, own: Sequence[Alert]) -> list[Alert]:
    """Without alerts on nothing but a simulation that was ordered: neither right nor wrong, as for the hunt."""
    malicious = [grant for grant in match.truth.grants if grant.malicious]
    return [alert for alert in own if not any(map(alert.touches, match.drilled)) or any(map(alert.touches, malicious))]


def _figures(rule: Rule, tenants: Sequence[tuple[Truth, Sequence[Alert]]]) -> RuleFigures:
    raised = true = taken = touched = 0
    for truth, own in tenants:
        malicious = [grant for grant in truth.grants if grant.malicious]
        hits = [[grant for grant in malicious if alert.touches(grant)] for alert in own]
        raised += len(own)
        true += sum(map(bool, hits))
        taken += sum(grant.taken for grant in malicious)
        touched += len({grant.number for several in hits for grant in several if grant.taken})
    user_days = sum(truth.user_days for truth, _ in tenants)
    return RuleFigures(
        rule=rule.id,
        title=rule.title,
        alerts=raised,
        true=true,
        false=raised - true,
        recall=touched / taken if taken else None,
        false_per_1000_users_day=rate(raised - true, user_days),
    )


def _beside(figures: RuleFigures, scores: Sequence[int | None], wrong: Sequence[int]) -> Compared:
    threshold = threshold_for(scores, figures.recall) if figures.recall else None
    if threshold is None:
        return Compared(figures, None, None, None, None)
    recall = sum(score is not None and score >= threshold for score in scores) / len(scores)
    false = sum(score >= threshold for score in wrong)
    return Compared(figures, threshold, recall, false, figures.false / false if false else None)


def standings(severities: Sequence[AtSeverity], compared: Sequence[Compared]) -> tuple[Standing, ...]:
    """The hunt at each severity beside the best rule there."""
    return tuple(_standing(at, [each.figures for each in compared]) for at in severities)


def _standing(at: AtSeverity, figures: Sequence[RuleFigures]) -> Standing:
    as_good = [each for each in figures if at.recall and each.recall is not None and each.recall >= at.recall - 1e-9]
    if not as_good:
        return Standing(at.severity, at.recall, at.false, None, None, None, None, None)
    best = min(as_good, key=lambda each: (each.false, each.rule))
    ratio = best.false / at.false if at.false else None
    return Standing(at.severity, at.recall, at.false, best.rule, best.title, best.recall, best.false, ratio)
