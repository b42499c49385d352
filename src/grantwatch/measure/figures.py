"""The figures of a run: what was found of what really happened, over one tenant or several."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from grantwatch.grants.model import Outcome
from grantwatch.measure.attacks import Attacks, attacks
from grantwatch.measure.delay import first_high
from grantwatch.measure.match import Found, Match
from grantwatch.measure.ranking import Reliability, average_precision, interval, reliability
from grantwatch.measure.remarks import Remark, false_highs, kind_of, missed, strays
from grantwatch.measure.truth import TruthGrant
from grantwatch.verdict.model import Severity

__all__ = ["AtSeverity", "Band", "Delay", "Figures", "Kind", "Reconstruction", "figures", "rate"]

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Whether every grant was found, once. `doubled` and `phantom` count grants of the hunt, the others real ones."""

    real: int
    matched: int
    missed: int
    merged: int
    """Those of the missed whose records lie in another grant."""
    doubled: int
    """Grants of the hunt beyond the first for one and the same real grant."""
    phantom: int
    decoys: int
    decoys_taken: int
    """Phantoms that are decoys of the truth."""
    right_outcome: int
    by_outcome: dict[str, dict[str, int]]
    """Real grants by what came of them: `real`, `matched`, `right_outcome`."""


@dataclass(frozen=True, slots=True)
class AtSeverity:
    """Everything at this severity or worse. Recall is over grants of which an attacker got a token."""

    severity: str
    alerts: int
    true: int
    false: int
    precision: float | None
    taken: int
    recalled: int
    recall: float | None
    recall_interval: tuple[float, float] | None
    """Between which the recall lies with 95 % confidence (Wilson)."""
    recall_hard: float | None
    """Recall over those that are marked as hard."""
    false_per_1000_users_day: float


@dataclass(frozen=True, slots=True)
class Band:
    """Grants of exactly this severity, and the share that is an attacker's, whatever came of it."""

    severity: str
    grants: int
    malicious: int
    share_malicious: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """All grants of one persona or of one campaign. `severities` counts real grants by their worst verdict."""

    id: str
    grants: int
    hard: int
    taken: int
    """Of which an attacker got a token."""
    matched: int
    severities: dict[str, int]
    median_score: float | None
    high: int
    """High or critical: of a campaign what is right, of a persona what is wrong."""
    high_share: float | None
    evidence: dict[str, int]
    """The signals behind those that came out wrong: high ones of a persona, lower ones of a campaign."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Minutes from the approval until the evidence that made it high was there, over real grants that came out high."""

    grants: int
    median_minutes: float | None
    p90_minutes: float | None
    within_5_minutes: int
    within_1_hour: int
    within_1_day: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is measured. `attempts` of attackers (nobody got a token) are right to show, and not ranked."""

    tenants: int
    seeds: tuple[int, ...]
    users: int
    user_days: int
    grants: int
    malicious: int
    taken: int
    reconstruction: Reconstruction
    severities: tuple[AtSeverity, ...]
    bands: tuple[Band, ...]
    average_precision: float | None
    reliability: Reliability
    """Over grants of which the hunt says that somebody approved or got a token."""
    reliability_attempts: Reliability
    """Over blocked and abandoned ones."""
    campaigns: tuple[Kind, ...]
    personas: tuple[Kind, ...]
    attacks: Attacks
    delay: Delay
    drills: int
    """Grants of phishing simulations that the tenant ordered: they count in no other figure."""
    drills_high: int
    missed: tuple[Remark, ...]
    """Taken grants below high."""
    false_highs: tuple[Remark, ...]
    strays: tuple[Remark, ...]
    """What reconstruction got wrong: missed, merged, doubled, phantom."""
    blind_signals: tuple[str, ...]
    missing: tuple[str, ...]
    not_assessed_per_grant: float | None


def figures(matches: Sequence[Match], *, delays: bool = True) -> Figures:
    """The figures over these tenants together. `delays=False` leaves time to detect out, which takes longest."""
    real = [(match, grant) for match in matches for grant in match.truth.grants]
    found = [each for match in matches for each in match.found]
    taken = [(match, grant) for match, grant in real if grant.taken]
    user_days = sum(match.truth.user_days for match in matches)
    given = [each for each in found if each.judged.grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)]
    attempts = [each for each in found if each.judged.grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED)]
    silent = [len(each.judged.verdict.not_assessed) for each in found]
    return Figures(
        tenants=len(matches),
        seeds=tuple(match.truth.seed for match in matches),
        users=sum(match.truth.users for match in matches),
        user_days=user_days,
        grants=len(real),
        malicious=sum(grant.malicious for _, grant in real),
        taken=len(taken),
        reconstruction=_reconstruction(matches),
        severities=tuple(_at(severity, found, taken, user_days) for severity in SEVERITIES),
        bands=tuple(_band(severity, found) for severity in reversed(Severity)),
        average_precision=average_precision(list(_ranked(matches)), len(taken)),
        reliability=reliability([(each.score, each.malicious) for each in given]),
        reliability_attempts=reliability([(each.score, each.malicious) for each in attempts]),
        campaigns=tuple(_kinds((m, g) for m, g in real if g.malicious)),
        personas=tuple(_kinds((m, g) for m, g in real if not g.malicious)),
        attacks=attacks(matches),
        delay=_delay(taken if delays else []),
        drills=sum(len(match.drilled) for match in matches),
        drills_high=sum(each.severity >= Severity.HIGH for match in matches for each in match.drills),
        missed=tuple(missed(matches)),
        false_highs=tuple(false_highs(matches)),
        strays=tuple(strays(matches)),
        blind_signals=tuple(sorted({name for match in matches for name in match.blind_signals})),
        missing=tuple(sorted({name for match in matches for name in match.missing})),
        not_assessed_per_grant=sum(silent) / len(silent) if silent else None,
    )


def rate(count: int, user_days: int) -> float:
    """Per 1,000 users and day."""
    return 1000 * count / user_days if user_days else 0.0


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _ranked(matches: Sequence[Match]) -> Iterable[tuple[int, bool]]:
    """Every grant of the hunt but for attempts of attackers.

    A real grant that was doubled is found once: what is beyond the first is no find, but something to look at.
    """
    for match in matches:
        for each in match.found:
            if each.truth is not None and each.truth.taken:
                yield each.score, each is match.best(each.truth)
            elif not each.malicious:
                yield each.score, False


def _reconstruction(matches: Sequence[Match]) -> Reconstruction:
    real = [(match, grant) for match in matches for grant in match.truth.grants]
    matched = [(match, grant) for match, grant in real if match.best(grant)]
    phantoms = [each for match in matches for each in match.found if each.truth is None]
    return Reconstruction(
        real=len(real),
        matched=len(matched),
        missed=len(real) - len(matched),
        merged=sum(len(match.merged) for match in matches),
        doubled=sum(len(several) - 1 for match in matches for several in match.by_truth.values()),
        phantom=len(phantoms),
        decoys=sum(len(match.truth.decoys) for match in matches),
        decoys_taken=sum(each.decoy is not None for each in phantoms),
        right_outcome=sum(_outcome_is_right(match, grant) for match, grant in matched),
        by_outcome={
            outcome.value: {
                "real": sum(grant.outcome is outcome for _, grant in real),
                "matched": sum(grant.outcome is outcome for _, grant in matched),
                "right_outcome": sum(
                    grant.outcome is outcome and _outcome_is_right(match, grant) for match, grant in matched
                ),
            }
            for outcome in Outcome
        },
    )


def _outcome_is_right(match: Match, grant: TruthGrant) -> bool:
    return any(each.judged.grant.outcome is grant.outcome for each in match.by_truth[grant.number])


def _at(
    severity: Severity, found: Sequence[Found], taken: Sequence[tuple[Match, TruthGrant]], user_days: int
) -> AtSeverity:
    alerts = [each for each in found if each.severity >= severity]
    true = sum(each.malicious for each in alerts)
    recalled = [grant for match, grant in taken if _reaches(match.best(grant), severity)]
    hard = sum(grant.hard for _, grant in taken)
    return AtSeverity(
        severity=severity.label,
        alerts=len(alerts),
        true=true,
        false=len(alerts) - true,
        precision=_share(true, len(alerts)),
        taken=len(taken),
        recalled=len(recalled),
        recall=_share(len(recalled), len(taken)),
        recall_interval=interval(len(recalled), len(taken)),
        recall_hard=_share(sum(grant.hard for grant in recalled), hard),
        false_per_1000_users_day=rate(len(alerts) - true, user_days),
    )


def _band(severity: Severity, found: Sequence[Found]) -> Band:
    inside = [each for each in found if each.severity is severity]
    malicious = sum(each.malicious for each in inside)
    return Band(severity.label, len(inside), malicious, _share(malicious, len(inside)))


def _reaches(found: Found | None, severity: Severity) -> bool:
    return found is not None and found.severity >= severity


def _kinds(grants: Iterable[tuple[Match, TruthGrant]]) -> list[Kind]:
    by_kind: dict[str, list[tuple[Match, TruthGrant]]] = defaultdict(list)
    for match, grant in grants:
        by_kind[kind_of(grant)].append((match, grant))
    return [_kind_figures(name, by_kind[name]) for name in sorted(by_kind)]


def _kind_figures(name: str, members: Sequence[tuple[Match, TruthGrant]]) -> Kind:
    best = [(grant, match.best(grant)) for match, grant in members]
    seen = [each for _, each in best if each is not None]
    high = [each for each in seen if each.severity >= Severity.HIGH]
    counted = Counter(each.severity for each in seen)
    taken = [(grant, each) for grant, each in best if grant.taken]
    wrong = [each for grant, each in taken if each and each.severity < Severity.HIGH]
    if not any(grant.malicious for grant, _ in best):
        wrong = high
    evidence = Counter(each.signal for found in wrong for each in found.judged.verdict.evidence)
    of_these = len(taken) if taken else len(members)
    high_of_these = sum(_reaches(each, Severity.HIGH) for _, each in (taken or best))
    return Kind(
        id=name,
        grants=len(members),
        hard=sum(grant.hard for grant, _ in best),
        taken=len(taken),
        matched=len(seen),
        severities={severity.label: counted[severity] for severity in reversed(Severity)},
        median_score=median(each.score for each in seen) if seen else None,
        high=len(high),
        high_share=_share(high_of_these, of_these),
        evidence=dict(sorted(evidence.items(), key=lambda item: (-item[1], item[0]))),
    )


def _delay(taken: Sequence[tuple[Match, TruthGrant]]) -> Delay:
    minutes = []
    for match, grant in taken:
        several = [each for each in match.by_truth.get(grant.number, ()) if each.severity >= Severity.HIGH]
        waits = [first_high(each.judged, match.missing, grant.started_at) for each in several]
        known = [wait.total_seconds() / 60 for wait in waits if wait is not None]
        if known:
            minutes.append(min(known))
    minutes.sort()
    return Delay(
        grants=len(minutes),
        median_minutes=median(minutes) if minutes else None,
        p90_minutes=minutes[min(len(minutes) - 1, int(0.9 * len(minutes)))] if minutes else None,
        within_5_minutes=sum(each <= 5 for each in minutes),
        within_1_hour=sum(each <= 60 for each in minutes),
        within_1_day=sum(each <= 1440 for each in minutes),
    )
