"""Which controls a device code grant meets. Where neither record nor documentation says, the answer is "not known".

A code's redeemer has no device identity to show, and the approver's device does not reach it: Microsoft documents that
device controls are not supported with the flow (Require device to be marked as compliant, hybrid joined; approved
and protected apps need a registered device). Multifactor authentication is the person's, who approves on the genuine
page, and the claim goes into the tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from grantwatch import knowledge
from grantwatch.policy import Outcome, Policy, Requirement, Tri
from grantwatch.policy.values import both, negated
from grantwatch.replay.model import Fate

__all__ = ["Held", "answer", "fulfilled"]


class Held(NamedTuple):
    """What one request can show. None is not known."""

    mfa: Tri = None
    compliant: Tri = None
    hybrid: Tri = None
    registered: Tri = None
    """Whether it comes from a device that the directory knows."""
    bound: Tri = None
    """Whether the token that it shows is bound to its device."""


_MET: Mapping[str, Callable[[Held], Tri]] = MappingProxyType(
    {
        "block": lambda _: False,
        "mfa": lambda held: held.mfa,
        "compliantDevice": lambda held: held.compliant,
        "domainJoinedDevice": lambda held: held.hybrid,
        # An approved or protected app shows itself by a registered device: without one it cannot.
        "approvedApplication": lambda held: False if held.registered is False else None,
        "compliantApplication": lambda held: False if held.registered is False else None,
    }
)
_WORDS = {
    "mfa": "whether the account can do multifactor authentication",
    "compliantDevice": "whether the device is compliant",
    "domainJoinedDevice": "whether the device is hybrid joined",
    "approvedApplication": "whether the app is an approved one",
    "compliantApplication": "whether the app is protected",
    "passwordChange": "whether the password would be changed",
    "authenticationStrength": "whether the account can meet an authentication strength",
    "termsOfUse": "whether terms of use would be accepted",
    "customAuthenticationFactor": "whether a custom factor would be met",
}
_TOKEN_PROTECTION = "secureSignInSession"  # noqa: S105 - the name of a session control


def _met(control: str, held: Held) -> Tri:
    kind, _, id = control.partition(":")
    look = _MET.get(knowledge.spelled("strength", id) or kind)
    return look(held) if look else None


def fulfilled(requirement: Requirement, held: Held) -> Tri:
    """Whether all controls (AND), or one of them (OR), are met."""
    values = [_met(control, held) for control in requirement.controls]
    if requirement.policy.grant.doubts:
        values.append(None)
    result: Tri = requirement.operator == "AND"
    for value in values:
        result = both(result, value) if requirement.operator == "AND" else _either(result, value)
    return result


def _either(one: Tri, other: Tri) -> Tri:
    return negated(both(negated(one), negated(other)))


def answer(outcome: Outcome, held: Held) -> tuple[Fate, tuple[Policy, ...], tuple[str, ...]]:
    """What a decision comes to, the policies that refuse or are not assessed, and controls that nobody can say of."""
    if outcome.blocks:
        return Fate.BLOCKED, outcome.blocked_by, ()
    unsure: list[Policy] = []
    words: list[str] = []
    unmet = []
    for requirement in outcome.requirements:
        value = fulfilled(requirement, held)
        if value is False:
            unmet.append(requirement.policy)
        elif value is None:
            unsure.append(requirement.policy)
            words += [_word(control) for control in requirement.controls if _met(control, held) is None]
    if unmet:
        return Fate.UNMET, tuple(unmet), ()
    for policy in outcome.not_assessed:
        # Whether it applies does not matter where all that it asks for is there.
        asks = Requirement(policy, policy.grant.operator, policy.grant.controls)
        harmless = not policy.grant.doubts and (not policy.grant.controls or fulfilled(asks, held) is True)
        if not harmless:
            unsure.append(policy)
    if _TOKEN_PROTECTION in outcome.session and held.bound is not True:
        words.append("whether token protection would refuse it")
    if unsure or words:
        # Told apart by themselves: to compare whole policies takes long.
        return Fate.NOT_ASSESSED, tuple({id(policy): policy for policy in unsure}.values()), tuple(dict.fromkeys(words))
    return Fate.PASSES, (), ()


def _word(control: str) -> str:
    kind = control.partition(":")[0]
    return _WORDS.get(kind, f"whether {kind} would be met")
