"""Whether any policy stops the device code flow at all."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.policy.model import Policy, State
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.verdict.model import Severity

_FLOWS = "https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows"
_BLOCK = "https://learn.microsoft.com/entra/identity/conditional-access/policy-block-authentication-flows"
_PATH = "conditions.authenticationFlows.transferMethods"
_HEADER = "export with the header `Prefer: include-unknown-enum-members`"


@check(
    "flow.no_policy",
    title="Nothing blocks the device code flow",
    question="Is there a policy, switched on, that blocks the device code flow?",
    severity=Severity.HIGH,
    fix="Create a policy: all users but emergency access, all resources, authentication flows device code flow, block. "
    "Begin in report-only mode, look at who would be stopped, then switch it on.",
    references=(_BLOCK, _FLOWS),
)
def no_policy(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """A block for somebody and something is enough here; what it leaves open is for the other checks."""
    if case.blocking:
        return
    doubtful = [policy for policy in case.export.policies if _maybe(policy)]
    if doubtful:
        names = listed(repr(policy.label) for policy in doubtful)
        yield self.not_told(f"what {names} is about, or does, is not understood; {_HEADER}")
        return
    said = "; those that are about it are in report-only mode, disabled, or no block" if case.about else ""
    yield self.found(f"No policy that is switched on blocks the device code flow{said}.", *case.about)


def _maybe(policy: Policy) -> bool:
    """Whether it may be the block that is looked for, but for something that is not known."""
    if policy.state in (State.DISABLED, State.REPORT_ONLY):
        return False
    about = policy.about_device_code or (policy.flows is not None and bool(policy.flows.doubts))
    acts = policy.grant.blocks or bool(policy.grant.doubts)
    unsure = policy.state is State.UNKNOWN or bool(policy.grant.doubts) or not policy.about_device_code
    return about and acts and unsure


@check(
    "flow.report_only",
    title="A block of device code in report-only mode",
    question="Is a policy that blocks device code only watching?",
    severity=Severity.HIGH,
    fix="Look at what it would have stopped, allow what is honest by a group of accounts, and switch it on.",
    references=(_BLOCK,),
)
def report_only(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """A policy that only watches stops nobody. Where others block everything it is no gap."""
    if case.covered:
        return
    for policy in case.about:
        if policy.state is State.REPORT_ONLY and policy.grant.blocks:
            weight = Severity.LOW if case.blocking else None
            sentence = f"Policy {policy.label!r} would block device code, but is in report-only mode: it stops nobody."
            yield self.found(sentence, policy, path="state", severity=weight)


@check(
    "flow.disabled",
    title="A block of device code that is disabled",
    question="Is a policy that blocks device code disabled?",
    severity=Severity.MEDIUM,
    fix="Switch it on, or delete it so that nobody takes it for protection.",
    references=(_BLOCK,),
)
def disabled(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """A disabled policy does nothing, not even watch."""
    if case.covered:
        return
    for policy in case.about:
        if policy.state is State.DISABLED and policy.grant.blocks:
            weight = Severity.LOW if case.blocking else None
            sentence = f"Policy {policy.label!r} would block device code, but is disabled."
            yield self.found(sentence, policy, path="state", severity=weight)


@check(
    "flow.no_block",
    title="A policy on device code that lets it in",
    question="Does a policy on the device code flow ask for something instead of blocking?",
    severity=Severity.HIGH,
    fix="Block instead. Who is phished for a code does multifactor authentication for the attacker.",
    references=(_FLOWS,),
)
def no_block(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Multifactor authentication is no obstacle; a managed device is one, of which it is not clear whose counts."""
    if case.covered:
        return
    for policy in case.enforced:
        grant = policy.grant
        if grant.blocks or grant.doubts:
            continue
        managed = {"compliantDevice", "domainJoinedDevice"}
        strict = set(grant.controls) & managed if grant.operator == "AND" else set(grant.controls) <= managed
        asked = listed(grant.controls) if grant.controls else "nothing"
        joined = " (one of them is enough)" if grant.operator == "OR" and len(grant.controls) > 1 else ""
        if strict and grant.controls:
            sentence = (
                f"Policy {policy.label!r} asks device code for {asked}{joined} instead of blocking it: the browser "
                "in which the code is entered may be on a managed device, and the one that gets the tokens need not be."
            )
            yield self.found(sentence, policy, path="grantControls", severity=Severity.MEDIUM)
        else:
            sentence = f"Policy {policy.label!r} asks device code for {asked}{joined} and then lets it in."
            yield self.found(sentence, policy, path="grantControls")


@check(
    "flow.other_flow",
    title="A policy on authentication transfer only",
    question="Is a policy on authentication flows that leaves device code out taken for a block of it?",
    severity=Severity.LOW,
    fix="Add the device code flow to its authentication flows: `deviceCodeFlow,authenticationTransfer`.",
    references=(_FLOWS,),
)
def other_flow(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Told only where device code is open."""
    if case.covered:
        return
    for policy in case.export.policies:
        flows = policy.flows
        if flows is None or policy.about_device_code or policy.state is State.DISABLED or flows.doubts:
            continue
        yield self.found(
            f"Policy {policy.label!r} is about authentication transfer only and does nothing about device code.",
            policy,
            path=_PATH,
        )
