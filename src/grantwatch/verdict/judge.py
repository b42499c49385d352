"""Judge every grant by every signal, each user's grants in the order in which they happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from grantwatch.grants.model import Grant
from grantwatch.profile.model import Profile
from grantwatch.signals import Case, Evidence, NotAssessed, NotFired, account_class, lacking, why_blind
from grantwatch.signals.signal import Judge
from grantwatch.verdict.allowed import evidence_of, sentence
from grantwatch.verdict.asking import asking
from grantwatch.verdict.model import Judged, Severity, WeightsUsed
from grantwatch.verdict.panel import Panel
from grantwatch.verdict.reason import reach
from grantwatch.verdict.score import verdict
from grantwatch.verdict.weights import Weights

if TYPE_CHECKING:
    from grantwatch.allowances import Match

__all__ = ["blind_signals", "judge", "judge_one"]


def judge(
    grants_with_profiles: Sequence[tuple[Grant, Profile]], missing: frozenset[str], panel: Panel | None = None
) -> tuple[Judged, ...]:
    """Every grant with its verdict, worst first: by score, then start (UTC), then id.

    Earlier grants count as use a day later, but not those that were judged critical, so each user's time order matters.
    From high on would be too early: whose first time came out high by a little would come out high for ever.
    An allowance makes no habit: what would be critical without it is none for later grants.
    `panel`: signals, weights and allowances; the built-in ones where nobody says.
    """
    bench = _Bench(panel or Panel())
    worse: dict[str, set[str]] = defaultdict(set)
    found = []
    for grant, profile in sorted(grants_with_profiles, key=lambda pair: (pair[0].started_at, pair[0].grant_id)):
        names = _names(grant)
        bad = frozenset(grant_id for name in names for grant_id in worse[name])
        judged = bench.judge(Case(grant, profile.counting_grants(grant.started_at, bad), missing, bad))
        if (judged.without or judged.verdict).severity >= Severity.CRITICAL:
            for name in names:
                worse[name].add(grant.grant_id)
        found.append(judged)
    return tuple(sorted(found, key=lambda each: (-each.verdict.score, each.grant.started_at, each.grant.grant_id)))


def judge_one(case: Case, panel: Panel | None = None) -> Judged:
    """One grant by every signal of the panel; the built-in ones where nobody says."""
    return _Bench(panel or Panel()).judge(case)


class _Bench:
    """A panel, with what it needs for each tenant worked out once."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._tenants: dict[str | None, tuple[list[Judge], Weights, WeightsUsed]] = {}

    def judge(self, case: Case) -> Judged:
        judges, numbers, used = self._of(case.grant.tenant_id)
        told = [answer for answer in [judge(case) for judge in judges] if not isinstance(answer, NotFired)]
        evidence = [answer for answer in told if isinstance(answer, Evidence) and answer.weight]
        silent = [answer for answer in told if isinstance(answer, NotAssessed)]
        found = verdict(case.grant, evidence, silent, numbers)
        covering, without = self._covering(case), None
        if stated := evidence_of(case.grant, covering, numbers):
            without, found = found, verdict(case.grant, [*evidence, stated], silent, numbers)
        said = (found.reason, sentence(covering, found, without), reach(case.profile))
        found = found._replace(reason=" ".join(filter(None, said)), weights=used)
        return Judged(case.grant, case.profile, found, case.worse_grants, covering, without)

    def _covering(self, case: Case) -> tuple[Match, ...]:
        allowances = self._panel.allowances
        if not allowances:
            return ()
        from grantwatch.allowances import matches

        return matches(allowances, case.grant, account_class(case).kind)

    def _of(self, tenant: str | None) -> tuple[list[Judge], Weights, WeightsUsed]:
        if tenant not in self._tenants:
            panel = self._panel
            judges = [asking(signal) for signal in panel.judges(tenant)]
            self._tenants[tenant] = judges, panel.weights(tenant), panel.used(tenant)
        return self._tenants[tenant]


def blind_signals(missing: Iterable[str], panel: Panel | None = None) -> tuple[NotAssessed, ...]:
    """The signals that these logs make blind for every grant, and what they would need."""
    gone = frozenset(missing)
    return tuple(
        signal.not_assessed(why_blind(needs))
        for signal in (panel or Panel()).signals
        if (needs := lacking(signal.needs, gone))
    )


def _names(grant: Grant) -> tuple[str, ...]:
    user = grant.user
    names = ([f"id {user.id.lower()}"] if user.id else []) + ([f"upn {user.upn.lower()}"] if user.upn else [])
    return tuple(names) or (f"grant {grant.grant_id}",)
