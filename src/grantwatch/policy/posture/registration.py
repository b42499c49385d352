"""Whether registering a device asks for more than a phished code."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.policy.context import NOBODY_ELSE, NOT_TOLD, REGISTER_DEVICE, REGISTER_SECURITY_INFO, Context, UserKind
from grantwatch.policy.decide import Model, Outcome
from grantwatch.policy.model import Policy, State
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.policy.values import UNKNOWN, Because, Membership
from grantwatch.policy.words import reason
from grantwatch.verdict.model import Severity

_ACTIONS = (
    "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#user-actions"
)
_JOIN = "https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-device-registration"
_PATH = "conditions.applications.includeUserActions"
_FIX = (
    "Create a policy: all users but emergency access, user action register or join devices, require a "
    "phishing-resistant authentication strength. Set the tenant's own device setting on multifactor authentication to "
    "No, as Microsoft says."
)


def _strong(policy: Policy) -> bool:
    """Whether it leaves no way without multifactor authentication, or blocks."""
    grant = policy.grant
    proofs = [control == "mfa" or control.startswith("authenticationStrength:") for control in grant.controls]
    enough = bool(proofs) and (any(proofs) if grant.operator == "AND" else all(proofs))
    return grant.blocks or (enough and not grant.doubts)


def _about(case: Case, action: str) -> list[Policy]:
    return [policy for policy in case.export.policies if action in policy.applications.actions.values]


@check(
    "registration.no_mfa",
    title="Registering a device asks for nothing",
    question="Is there a policy, switched on, that asks for multifactor authentication to register or join a device?",
    severity=Severity.HIGH,
    fix=_FIX,
    references=(_JOIN, _ACTIONS),
)
def no_mfa(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """The tenant's own device setting may ask for it too; no export of policies tells of that."""
    about = _about(case, REGISTER_DEVICE)
    if any(policy.state is State.ENABLED and _strong(policy) for policy in about):
        return
    doubtful = [policy for policy in case.export.policies if policy.state is State.ENABLED and _unsure(policy)]
    if doubtful:
        names = listed(repr(policy.label) for policy in doubtful)
        yield self.not_told(f"what {names} asks for, or of what, is not understood")
        return
    watching = listed(repr(policy.label) for policy in about if policy.state is State.REPORT_ONLY)
    only = f" ({watching} only watches, in report-only mode)" if watching else ""
    yield self.found(
        f"No policy that is switched on asks for multifactor authentication to register or join a device{only}. The "
        "tenant's device settings may; no export of policies tells of them.",
        *about,
        path=_PATH,
    )


def _unsure(policy: Policy) -> bool:
    actions = policy.applications.actions
    return bool(actions.doubts or (REGISTER_DEVICE in actions.values and policy.grant.doubts))


@check(
    "registration.gaps",
    title="Somebody registers devices without more ado",
    question="Does everybody need multifactor authentication to register or join a device, from everywhere?",
    severity=Severity.MEDIUM,
    fix="Make the policy for all users, from everywhere, on every platform, and leave out emergency accounts only.",
    references=(_JOIN,),
)
def gaps(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """For members whom nothing names, and for each group, role and user that the policies on registration name."""
    strong = [p for p in _about(case, REGISTER_DEVICE) if p.state is State.ENABLED and _strong(p)]
    if not strong:
        yield self.not_told("no policy asks for multifactor authentication to register a device")
        return
    model = Model(strong, case.directory)
    told: set[tuple[str, str]] = set()
    for name, context in _people(strong):
        if _always(model.outcome(context)):
            continue
        for answer in model.decide(context).policies:
            why = reason(answer, case.directory)
            if (answer.policy.id, why) in told or answer.applies:
                continue
            told.add((answer.policy.id, why))
            if answer.applies is None and answer.answer.because is not Because.INPUT:
                yield self.not_told(f"whether {answer.policy.label!r} reaches {case.name(name)}: {why}")
            else:
                sentence = (
                    f"Policy {answer.policy.label!r} on registering devices does not always apply to {case.name(name)}"
                )
                yield self.found(f"{sentence}: {why}.", answer.policy, path=f"conditions.{answer.condition}")


def _always(outcome: Outcome) -> bool:
    return bool(outcome.blocks) or any(_strong(asked.policy) for asked in outcome.requirements)


def _people(policies: list[Policy]) -> Iterator[tuple[str, Context]]:
    yield "members whom nothing names", _registers(None, NOBODY_ELSE, NOBODY_ELSE)
    named: dict[str, set[str]] = {"users": set(), "groups": set(), "roles": set()}
    for policy in policies:
        for part, ids in named.items():
            scope = getattr(policy.users, part)
            ids |= {id for id in scope.include.values | scope.exclude.values if "-" in id}
    for id in sorted(named["groups"]):
        yield f"group {id}", _registers(None, Membership(frozenset({id}), complete=True), NOBODY_ELSE)
    for id in sorted(named["roles"]):
        yield f"role {id}", _registers(None, NOBODY_ELSE, Membership(frozenset({id}), complete=True))
    for id in sorted(named["users"]):
        yield f"user {id}", _registers(id, NOT_TOLD, NOT_TOLD)


def _registers(user: str | None, groups: Membership, roles: Membership) -> Context:
    kinds = frozenset({UserKind.MEMBER})
    return Context(
        user_id=user,
        kinds=kinds,
        home_tenant=None,
        groups=groups,
        roles=roles,
        user_action=REGISTER_DEVICE,
        resources=UNKNOWN,
        client_app="mobileAppsAndDesktopClients",
    )


@check(
    "registration.other_action",
    title="Only the other user action is guarded",
    question="Is a policy on registering security information taken for one on registering devices?",
    severity=Severity.LOW,
    fix="Add a policy on the user action register or join devices (`urn:user:registerdevice`).",
    references=(_ACTIONS,),
)
def other_action(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """The older of the two user actions says nothing about devices."""
    if _about(case, REGISTER_DEVICE):
        return
    for policy in _about(case, REGISTER_SECURITY_INFO):
        if policy.state is not State.DISABLED:
            yield self.found(
                f"Policy {policy.label!r} is about registering security information; devices are registered past it.",
                policy,
                path=_PATH,
            )
