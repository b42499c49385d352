"""The posture of a tenant, as JSON (`policy.schema.json` describes it) and as a page for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from grantwatch import __version__
from grantwatch.policy.model import Policy, State
from grantwatch.policy.posture import Coverage, Crowd, Finding, Posture, Status, registered
from grantwatch.policy.posture.check import listed
from grantwatch.policy.words import named, resource_name
from grantwatch.report import words
from grantwatch.report.escape import json_bytes
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page, as_text, show

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["SCHEMA_VERSION", "document", "dumps", "render", "text"]

SCHEMA_VERSION = "1.0"
LIMIT = 600
"""Characters of a sentence on a terminal."""

Json = dict[str, Any]

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "informational": "dim"}
_SAID = {
    Status.BLOCKED: "blocked",
    Status.NOT_ASSESSED: "not assessed",
    Status.MANAGED: "let in on managed devices",
    Status.SOMETIMES: "blocked at times",
    Status.REPORT_ONLY: "let in (report-only)",
    Status.OPEN: "open",
}
_COLOURS = {Status.BLOCKED: "green", Status.OPEN: "red", Status.REPORT_ONLY: "red"}
MOST_RESOURCES = 3


def document(posture: Posture) -> Json:
    """The posture as plain dicts, lists, strings and numbers, in the shape of `schema("policy")`."""
    references = {check.id: check.references for check in registered()}
    coverage = posture.coverage
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_by": {"name": "grantwatch", "version": __version__},
        "files": list(posture.export.files),
        "policies": {
            "total": len(posture.export.policies),
            "by_state": {
                state.value: sum(policy.state is state for policy in posture.export.policies) for state in State
            },
            "about_device_code": [_policy(policy) for policy in posture.export.policies if policy.about_device_code],
        },
        "coverage": {
            "complete": coverage.complete,
            "by_status": {status.value: number for status, number in coverage.counts().items()},
            "cells": [
                {
                    "who": {"kind": crowd.kind, "id": crowd.id, "name": _who(posture, crowd), "size": crowd.size},
                    "resource": {"id": resource, "name": resource_name(resource)},
                    "status": cell.status.value,
                    "depends_on": list(cell.depends),
                }
                for (crowd, resource), cell in coverage.cells.items()
            ],
        },
        "findings": [
            {
                "check": finding.check,
                "title": finding.title,
                "severity": finding.severity.label,
                "sentence": finding.sentence,
                "fix": finding.fix,
                "references": list(references[finding.check]),
                "policies": [_policy(policy) for policy in finding.policies],
                "path": finding.path,
            }
            for finding in posture.findings
        ],
        "not_assessed": [{"check": each.check, "why": each.why} for each in posture.not_told],
        "passed": [check.id for check in posture.passed],
    }


def _policy(policy: Policy) -> Json:
    return {
        "id": policy.id,
        "name": policy.name,
        "state": policy.state.value,
        "file": policy.file,
        "place": policy.path,
    }


def dumps(posture: Posture) -> bytes:
    """`document(posture)` as UTF-8 JSON, harmless in a terminal."""
    return json_bytes(document(posture), indent=True)


def render(posture: Posture, console: Console) -> None:
    """Print the posture on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(posture, console))


def text(posture: Posture, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(posture, console), width, color)


def _who(posture: Posture, crowd: Crowd) -> str:
    if crowd.kind == "everybody":
        return "members whom no policy names"
    if crowd.kind == "guests":
        return f"guests and external users: {crowd.id}"
    return named(f"{crowd.kind} {crowd.id}", posture.export.directory)


class _Page(Page):
    def __init__(self, posture: Posture, console: Console) -> None:
        super().__init__(console)
        self.posture = posture

    def write(self) -> None:
        """Print it all."""
        found = self.posture
        self._print(
            ("Grantwatch ", "bold"), (__version__, ""), ("  Conditional Access and the device code flow", "dim")
        )
        states = [
            (State.ENABLED, "switched on"),
            (State.REPORT_ONLY, "report-only"),
            (State.DISABLED, "disabled"),
            (State.UNKNOWN, "in a state that is not known"),
        ]
        numbers = [(sum(each.state is state for each in found.export.policies), said) for state, said in states]
        told = ", ".join(f"{number} {said}" for number, said in numbers if number)
        about = sum(policy.about_device_code for policy in found.export.policies)
        total = words.plural(len(found.export.policies), "policy", "policies")
        self._print((f"{total} ({told}); {about} about device code." if told else f"{total}.", "bold"))
        self._matrix(found.coverage)
        self._findings(found.findings)
        self._not_told()
        self._heading("Nothing found by")
        self._print((", ".join(check.id for check in found.passed) or "no check", "dim"))

    def _matrix(self, coverage: Coverage) -> None:
        """One line for people whom policies treat alike; guests of every kind together where they are."""
        self._heading(f"Who can use a device code ({words.plural(len(coverage.resources), 'resource')})")
        rows: dict[tuple[str, str], list[Crowd]] = {}
        for crowd in coverage.crowds:
            reach = self._reach(coverage, crowd)
            rows.setdefault((crowd.kind if crowd.kind == "guests" else crowd.kind + crowd.id, reach), []).append(crowd)
        for (_, reach), crowds in rows.items():
            name = _who(self.posture, crowds[0])
            if crowds[0].kind == "guests" and len(crowds) > 1:
                kinds = "" if len(crowds) == 6 else f": {listed((crowd.id for crowd in crowds), 6)}"
                name = f"guests and external users{kinds}"
            size = crowds[0].size if crowds[0].kind in ("group", "role") else None
            number = f" ({words.plural(size, 'account')})" if size is not None else ""
            style = next((_COLOURS.get(status, "yellow") for status in Status if reach.startswith(_SAID[status])), "")
            self._labelled("-", f"{safe(name, 120)}{number}: {reach}", style=style)

    @staticmethod
    def _reach(coverage: Coverage, crowd: Crowd) -> str:
        by: dict[tuple[Status, tuple[str, ...]], list[str]] = {}
        for resource in coverage.resources:
            cell = coverage.cells[crowd, resource]
            by.setdefault((cell.status, cell.depends), []).append(resource_name(resource))
        parts = []
        for (status, depends), names in sorted(by.items(), key=lambda each: -len(each[1])):
            on = f", by {listed(depends)}" if depends else ""
            where = f" for {listed(sorted(names), MOST_RESOURCES)}" if len(by) > 1 else ""
            parts.append(f"{_SAID[status]}{on}{where}")
        return "; ".join(parts)

    def _findings(self, findings: Iterable[Finding]) -> None:
        self._heading("Findings")
        every = list(findings)
        if not every:
            self._print(("None. What could not be assessed stands below.", ""))
        for finding in every:
            label = finding.severity.label
            self.console.print()
            self._print((label, _STYLES.get(label, "")), (f"  {finding.title}", "bold"), (f"  {finding.check}", "dim"))
            self._put(self._long(finding.sentence), 2)
            self._labelled("fix", safe(finding.fix, LIMIT), 2, "green")
            if finding.path and finding.policies:
                self._labelled("in", f"{safe(finding.policies[0].label)}: {finding.path}", 2, "dim")

    def _long(self, sentence: str) -> Any:
        return self._text((safe(sentence, LIMIT), ""))

    def _not_told(self) -> None:
        """Each reason once, with the checks that it kept from an answer."""
        if not self.posture.not_told:
            return
        self._heading("Not assessed")
        by: dict[str, list[str]] = {}
        for each in self.posture.not_told:
            by.setdefault(each.why, []).append(each.check)
        for why, checks in by.items():
            names = ", ".join(dict.fromkeys(checks)) if len(checks) <= 3 else f"{len(checks)} checks"
            self._labelled("-", f"{safe(why, LIMIT)} ({names})")
