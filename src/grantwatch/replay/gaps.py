"""Why what ought to refuse a request does not: one gap for each policy that would refuse it if it applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from grantwatch.policy import (
    Because,
    Context,
    Directory,
    Export,
    Model,
    Policy,
    PolicyAnswer,
    Requirement,
    State,
    reason,
)
from grantwatch.replay.controls import Held, fulfilled
from grantwatch.replay.model import Gap

__all__ = ["KINDS", "Gaps"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "report_only": "a policy in report-only mode",
        "disabled": "a disabled policy",
        "user_excluded": "the user is excluded",
        "group_excluded": "a group is excluded",
        "role_excluded": "a role is excluded",
        "guest_excluded": "guests are excluded",
        "resource_excluded": "the resource is excluded",
        "user_not_included": "the user is not included",
        "resource_not_included": "the resource is not included",
        "platform": "the condition on platforms",
        "location": "the condition on locations",
        "client_app": "the condition on client apps",
        "device": "the condition on devices",
        "risk": "the condition on risk",
        "not_assessed": "not assessed",
        "no_policy": "no policy would refuse it",
    }
)
"""Each kind in words, nearest first: what is one switch away comes before what is out of scope."""

_ORDER = {kind: place for place, kind in enumerate(KINDS)}
_CONDITIONS = {
    "platforms": "platform",
    "locations": "location",
    "clientAppTypes": "client_app",
    "devices": "device",
    "signInRiskLevels": "risk",
    "userRiskLevels": "risk",
    "insiderRiskLevels": "risk",
}
_EXCLUDED = ("user", "group", "role")
_AT_BEST = Held(mfa=True, compliant=False, hybrid=False, registered=False)


class Gaps:
    """The policies of one scenario that refuse a device code where they apply, as if all were switched on."""

    def __init__(self, export: Export) -> None:
        kept = [policy for policy in export.policies if _asks_too_much(policy, _AT_BEST)]
        self._model = Model((_switched_on(policy) for policy in kept), export.directory)
        # The same order, as states have no part in it.
        self._as_is = Model(kept, export.directory).policies
        self._directory: Directory = export.directory

    def of(self, context: Context, held: Held) -> tuple[Gap, ...]:
        """The gaps that a request gets through, nearest first; policies about device code before others."""
        found = [
            gap
            for each, policy in zip(self._model.answers(context, self._model.policies), self._as_is, strict=True)
            if _asks_too_much(policy, held)
            for gap in self._gap(each, policy)
        ]
        found.sort(key=lambda gap: (not (gap.policy and gap.policy.about_device_code), _ORDER[gap.kind]))
        return tuple(found) or (Gap("no_policy", None, KINDS["no_policy"]),)

    def _gap(self, answer: PolicyAnswer, policy: Policy) -> list[Gap]:
        why = reason(answer, self._directory)
        if answer.applies is None:
            return [Gap("not_assessed", policy, why)]
        if answer.applies:
            kind = {State.REPORT_ONLY: "report_only", State.DISABLED: "disabled"}.get(policy.state)
            if kind:
                return [Gap(kind, policy, f"every condition is met, but it is {_STATES[kind]}")]
            return [Gap("not_assessed", policy, "every condition is met; what it asks for is not assessed")]
        excluded = answer.answer.because is Because.EXCLUDED
        if answer.condition == "users":
            word = answer.answer.item.partition(" ")[0]
            kind = f"{word}_excluded" if word in _EXCLUDED else "guest_excluded"
            return [Gap(kind if excluded else "user_not_included", policy, why)]
        if answer.condition == "applications":
            # A policy on registering devices or security information never was for tokens.
            if not policy.applications.resources.include and not policy.applications.filter_mode:
                return []
            return [Gap("resource_excluded" if excluded else "resource_not_included", policy, why)]
        kind = _CONDITIONS.get(answer.condition)
        # A policy on another flow is no gap of this one.
        return [Gap(kind, policy, why)] if kind else []


_STATES = {"report_only": "in report-only mode", "disabled": "disabled"}


def _switched_on(policy: Policy) -> Policy:
    return replace(policy, state=State.ENABLED)


def _asks_too_much(policy: Policy, held: Held) -> bool:
    """Whether a request that shows this is refused where the policy applies, or may be."""
    if policy.grant.blocks or policy.grant.doubts:
        return True
    asks = Requirement(policy, policy.grant.operator, policy.grant.controls)
    return bool(policy.grant.controls) and fulfilled(asks, held) is not True
