"""Judge every grant by every signal, each user's grants in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.signals import Case, Evidence, NotAssessed, lacking, registered, why_blind
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.reason import reach
from grantwatch.verdict.score import verdict

__all__ = ["blind_signals", "judge", "judge_one"]


def judge(grants_with_profiles: Sequence[tuple[Grant, Profile]], missing: frozenset[str]) -> tuple[Judged, ...]:
    """Every grant with its verdict, worst first: by score, then start (UTC), then id.

    Earlier grants count as use a day later, but not those that were judged critical, so each user's time order matters.
    From high on would be too early: whose first time came out high by a little would come out high for ever.
    """
    worse: dict[str, set[str]] = defaultdict(set)
    found = []
    for grant, profile in sorted(grants_with_profiles, key=lambda pair: (pair[0].started_at, pair[0].grant_id)):
        names = _names(grant)
        bad = frozenset(grant_id for name in names for grant_id in worse[name])
        judged = judge_one(Case(grant, profile.counting_grants(grant.started_at, bad), missing, bad))
        if judged.verdict.severity >= Severity.CRITICAL:
            for name in names:
                worse[name].add(grant.grant_id)
        found.append(judged)
    return tuple(sorted(found, key=lambda each: (-each.verdict.score, each.grant.started_at, each.grant.grant_id)))


def judge_one(case: Case) -> Judged:
    """One grant by every declared signal."""
    answers = [signal.judge(case) for signal in registered()]
    evidence = [answer for answer in answers if isinstance(answer, Evidence) and answer.weight]
    silent = [answer for answer in answers if isinstance(answer, NotAssessed)]
    found = verdict(case.grant, evidence, silent)
    found = replace(found, reason=f"{found.reason} {reach(case.profile)}")
    return Judged(case.grant, case.profile, found, case.worse_grants)


def blind_signals(missing: Iterable[str]) -> tuple[NotAssessed, ...]:
    """The signals that these logs make blind for every grant, and what they would need."""
    gone = frozenset(missing)
    return tuple(
        signal.not_assessed(why_blind(needs)) for signal in registered() if (needs := lacking(signal.needs, gone))
    )


def _names(grant: Grant) -> tuple[str, ...]:
    user = grant.user
    names = ([f"id {user.id.lower()}"] if user.id else []) + ([f"upn {user.upn.lower()}"] if user.upn else [])
    return tuple(names) or (f"grant {grant.grant_id}",)
