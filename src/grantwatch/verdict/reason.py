"""The one sentence of a verdict: why this severity and not the next one."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.grants.model import Grant, Outcome
from grantwatch.profile.model import Profile
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Severity

__all__ = ["reach", "reason"]

_WHAT = {
    Outcome.REDEEMED: "A redeemed grant",
    Outcome.APPROVED: "An approved grant",
    Outcome.ABANDONED: "An abandoned attempt",
    Outcome.BLOCKED: "A blocked attempt",
}


def reason(grant: Grant, evidence: Sequence[Evidence], severity: Severity, stopped: str | None) -> str:
    """One plain sentence; `stopped` is the gate that kept the severity from being higher, in words."""
    against = [each for each in evidence if each.group != "favour" and each.weight > 0]
    favour = [each for each in evidence if each.weight < 0]
    what = _WHAT[grant.outcome]
    if not against:
        if favour:
            return f"{what} with nothing against it; what speaks for it: {_joined(favour)}."
        return f"{what} with nothing against it, but no established habit that explains it either."
    groups = len({each.group for each in against})
    text = f"{what} with {_count(len(against), groups)} against it: {_joined(against[:3], len(against) - 3)}"
    if favour:
        text += f"; what speaks for it: {_joined(favour)}"
    if stopped:
        return f"{text}; not more than {severity.label}, as {stopped}."
    if severity is Severity.CRITICAL:
        return f"{text}."
    reach = "that reaches" if len(against) == 1 else "together they reach"
    return f"{text}; {reach} {severity.label}, not {Severity(severity + 1).label}."


def reach(profile: Profile) -> str:
    """How far back the history behind a verdict reaches, as a sentence of its own."""
    return (
        f"Judged on {_days(profile.user_history_days)} of this user's history and "
        f"{_days(profile.tenant_history_days)} of the tenant's."
    )


def _count(signals: int, kinds: int) -> str:
    """`one signal`, `2 signals of one kind`, `14 signals of 5 kinds`."""
    if signals == 1:
        return "one signal"
    return f"{signals} signals of {'one kind' if kinds == 1 else f'{kinds} kinds'}"


def _days(days: float) -> str:
    return "less than a day" if days < 1 else f"{days:.0f} day{'' if round(days) == 1 else 's'}"


def _joined(evidence: Sequence[Evidence], more: int = 0) -> str:
    chips = [each.chip for each in evidence] + ([f"{more} more"] if more > 0 else [])
    return chips[0] if len(chips) == 1 else f"{', '.join(chips[:-1])} and {chips[-1]}"
