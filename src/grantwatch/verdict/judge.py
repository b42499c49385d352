"""Judge every grant by every signal, each user's grants in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grantwatch.allowances import Allowances, matches
from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.signals import Case, Evidence, NotAssessed, account_class, lacking, registered, why_blind
from grantwatch.verdict.allowed import evidence_of, sentence
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.reason import reach
from grantwatch.verdict.score import verdict

__all__ = ["blind_signals", "judge", "judge_one"]


def judge(
    grants_with_profiles: Sequence[tuple[Grant, Profile]],
    missing: frozenset[str],
    allowances: Allowances | None = None,
) -> tuple[Judged, ...]:
    """Every grant with its verdict, worst first: by score, then start (UTC), then id.

    Earlier grants count as use a day later, but not those that were judged high, so each user's time order matters.
    An allowance makes no habit: what would be high without it is none for later grants.
    """
    worse: dict[str, set[str]] = defaultdict(set)
    found = []
    for grant, profile in sorted(grants_with_profiles, key=lambda pair: (pair[0].started_at, pair[0].grant_id)):
        names = _names(grant)
        bad = frozenset(grant_id for name in names for grant_id in worse[name])
        judged = judge_one(Case(grant, profile.counting_grants(grant.started_at, bad), missing, bad), allowances)
        if (judged.without or judged.verdict).severity >= Severity.HIGH:
            for name in names:
                worse[name].add(grant.grant_id)
        found.append(judged)
    return tuple(sorted(found, key=lambda each: (-each.verdict.score, each.grant.started_at, each.grant.grant_id)))


def judge_one(case: Case, allowances: Allowances | None = None) -> Judged:
    """One grant by every declared signal, and by what the tenant allows."""
    answers = [signal.judge(case) for signal in registered()]
    evidence = [answer for answer in answers if isinstance(answer, Evidence) and answer.weight]
    silent = [answer for answer in answers if isinstance(answer, NotAssessed)]
    found = verdict(case.grant, evidence, silent)
    covering = matches(allowances, case.grant, account_class(case).kind) if allowances else ()
    without = None
    if stated := evidence_of(case.grant, covering):
        without, found = found, verdict(case.grant, [*evidence, stated], silent)
    said = (found.reason, sentence(covering, found, without), reach(case.profile))
    found = replace(found, reason=" ".join(filter(None, said)))
    return Judged(case.grant, case.profile, found, case.worse_grants, covering, without)


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
