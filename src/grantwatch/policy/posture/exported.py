"""What the exported files could not tell."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.policy.model import State
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check
from grantwatch.verdict.model import Severity

_EVOLVABLE = (
    "https://learn.microsoft.com/graph/best-practices-concept#handling-future-members-in-evolvable-enumerations"
)


@check(
    "export.not_understood",
    title="A part of a policy is not understood",
    question="Does any policy say something that this version does not know?",
    severity=Severity.INFORMATIONAL,
    fix="Export with the header `Prefer: include-unknown-enum-members`, from the beta endpoint if need be; else look "
    "at the policy by hand.",
    references=(_EVOLVABLE,),
)
def not_understood(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Whatever depends on it is not assessed. Of a disabled policy nothing depends on it."""
    for note in case.export.notes:
        yield self.not_told(note)
    for policy in case.export.policies:
        if policy.state is not State.DISABLED:
            for doubt in policy.every_doubt():
                yield self.not_told(f"policy {policy.label!r}: {doubt.path}: {doubt.what}")
