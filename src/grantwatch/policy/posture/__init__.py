"""The posture of a tenant against device code phishing: what its Conditional Access policies leave open, and the fix.

    posture = check_posture(read(["policies.json", "groups.json"]), before=read(["last-month.json"]))

Checks declare themselves, one module a theme. What cannot be answered from the files is told, never passed.
"""

from __future__ import annotations

from dataclasses import dataclass

from grantwatch.policy.decide import Model
from grantwatch.policy.export import Export
from grantwatch.policy.posture import changes, conditions, exported, flow, people, registration, resources
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, registered
from grantwatch.policy.posture.coverage import Cell, Coverage, Crowd, Gap, Status, coverage
from grantwatch.verdict.model import Severity

__all__ = [
    "Cell",
    "Check",
    "Coverage",
    "Crowd",
    "Finding",
    "Gap",
    "NotTold",
    "Posture",
    "Severity",
    "Status",
    "check_posture",
    "registered",
]

MODULES = (flow, resources, people, conditions, registration, exported, changes)
"""They declare their checks when they are loaded."""


@dataclass(frozen=True, slots=True)
class Posture:
    """What was found, worst first; what could not be told; and the checks that found nothing."""

    export: Export
    coverage: Coverage
    findings: tuple[Finding, ...]
    not_told: tuple[NotTold, ...]
    passed: tuple[Check, ...]
    """Checks that had an answer, and found nothing."""

    @property
    def worst(self) -> Severity:
        """The severity of the worst finding."""
        return max((finding.severity for finding in self.findings), default=Severity.NONE)


def check_posture(export: Export, before: Export | None = None) -> Posture:
    """Run every check over an export; with an older one, what got weaker since."""
    case = Case(export, coverage(Model(export.policies, export.directory)), before)
    findings: list[Finding] = []
    not_told: list[NotTold] = []
    passed: list[Check] = []
    for each in registered():
        answers = each.look(case)
        found = [answer for answer in answers if isinstance(answer, Finding)]
        untold = [answer for answer in answers if isinstance(answer, NotTold)]
        findings += found
        not_told += untold
        if not answers:
            passed.append(each)
    place = {each.id: number for number, each in enumerate(registered())}
    findings.sort(key=lambda finding: (-finding.severity, place[finding.check], finding.sentence))
    return Posture(export, case.coverage, tuple(dict.fromkeys(findings)), tuple(dict.fromkeys(not_told)), tuple(passed))
