"""Which resources a block of device code leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch import knowledge
from grantwatch.policy.model import State
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.policy.posture.check import resources as by_name
from grantwatch.policy.words import resource_name
from grantwatch.verdict.model import Severity

_TARGETS = "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps"
_FLOWS = "https://learn.microsoft.com/entra/identity/conditional-access/concept-authentication-flows"
_INCLUDE = "conditions.applications.includeApplications"
_EXCLUDE = "conditions.applications.excludeApplications"


def _is_registration(id: str) -> bool:
    known = knowledge.resource(id)
    return known is not None and known.kind == "registration"


@check(
    "resources.registration_excluded",
    title="Device Registration Service is open to device code",
    question="Can a device code be turned into a registered device, and so into a primary refresh token?",
    severity=Severity.HIGH,
    fix="Include all resources and take Device Registration Service out of the exclusions. Where meeting room devices "
    "register by device code, leave out a group of their accounts instead.",
    references=(_FLOWS,),
    of_blocks=True,
)
def registration_excluded(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Flow policies are enforced on Device Registration Service only where they are for all resources."""
    for policy, gaps in case.gaps("applications"):
        open_ = [gap for gap in gaps if _is_registration(gap.resource)]
        if not open_:
            continue
        excluded = open_[0].answer.excluded
        why = "leaves out Device Registration Service" if excluded else "is not for all resources"
        yield self.found(
            f"Policy {policy.label!r} {why}: a phished code still registers a device of the attacker's, whose primary "
            "refresh token lasts.",
            policy,
            path=_EXCLUDE if excluded else _INCLUDE,
        )


@check(
    "resources.partial",
    title="Only some resources are covered",
    question="Is the block of device code for all resources?",
    severity=Severity.HIGH,
    fix="Include all resources (`All`). A token for one resource is refreshed into tokens for others.",
    references=(_TARGETS,),
    of_blocks=True,
)
def partial(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Resources that a policy does not include and no other policy blocks."""
    for policy, gaps in case.gaps("applications"):
        rest = [gap for gap in gaps if not _is_registration(gap.resource) and not gap.answer.excluded]
        certain = [gap for gap in rest if gap.answer.applies is False]
        include = policy.applications.resources.include
        if certain and include:
            only = listed(resource_name(id) for id in sorted(include.values))
            yield self.found(
                f"Policy {policy.label!r} blocks device code for {only} only; open are {by_name(certain)}.",
                policy,
                path=_INCLUDE,
            )
        unsure = [gap for gap in rest if gap.answer.applies is None]
        if unsure:
            yield self.not_told(f"whether {policy.label!r} covers {by_name(unsure)}: {unsure[0].answer.answer.item}")


@check(
    "resources.excluded",
    title="Resources are left out of the block",
    question="Which resources does the block of device code leave out?",
    severity=Severity.MEDIUM,
    fix="Take the exclusion out, or leave out the accounts that need it in one network instead of everybody.",
    references=(_TARGETS,),
    of_blocks=True,
)
def excluded(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Exclusions but for Device Registration Service, which has a check of its own."""
    for policy, gaps in case.gaps("applications"):
        out = [gap for gap in gaps if gap.answer.excluded and not _is_registration(gap.resource)]
        if out:
            names = listed(sorted({resource_name(id) for id in policy.applications.resources.exclude.values}))
            yield self.found(
                f"Policy {policy.label!r} leaves out {names}: device code stays open for {by_name(out)}.",
                policy,
                path=_EXCLUDE,
            )


@check(
    "resources.none",
    title="A policy on device code that is for no resource",
    question="Is a policy on device code for user actions or authentication contexts instead of resources?",
    severity=Severity.MEDIUM,
    fix="Include all resources. User actions are no token requests: a flow condition beside them stops none.",
    references=(_TARGETS,),
)
def none(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Old policies with includeUserActions, and those whose resources are None."""
    if case.covered:
        return
    for policy in case.about:
        part = policy.applications
        include = part.resources.include
        if policy.state is State.DISABLED or part.filter_mode or part.doubts or include.doubts:
            continue
        if include.values - {"None"}:
            continue
        actions = listed(sorted(part.actions.values | part.contexts.values))
        what = f"the user actions or contexts {actions} only" if actions else "no resource"
        path = "conditions.applications.includeUserActions" if actions else _INCLUDE
        yield self.found(
            f"Policy {policy.label!r} names the device code flow, but is for {what}: no token request meets it.",
            policy,
            path=path,
        )
