"""The posture as SARIF 2.1.0: checks are rules, findings are results, what could not be assessed is a notification."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from grantwatch import __version__
from grantwatch.policy.model import Policy
from grantwatch.policy.posture import Check, Finding, Posture, registered
from grantwatch.report.escape import clean, json_bytes
from grantwatch.report.sarif import LEVELS, SCHEMA, plain, uri

__all__ = ["encode", "log"]

Json = dict[str, Any]


def encode(posture: Posture) -> bytes:
    """The log, indented."""
    return json_bytes(log(posture), indent=True)


def log(posture: Posture) -> Json:
    """One run, worst finding first."""
    rules = [_rule(check) for check in registered()]
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    files = {file: place for place, file in enumerate(posture.export.files)}
    driver = {
        "name": "Grantwatch",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
        "notifications": [{"id": "not-assessed", "shortDescription": {"text": "What the files could not tell"}}],
    }
    notes = [
        {
            "descriptor": {"id": "not-assessed"},
            "associatedRule": {"id": each.check, "index": places[each.check]},
            "level": "note",
            "message": {"text": plain(f"Not assessed: {each.check}: {each.why}")},
        }
        for each in posture.not_told
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "artifacts": [{"location": {"uri": uri(file)}, "roles": ["analysisTarget"]} for file in posture.export.files],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places, files) for finding in posture.findings],
        "properties": {"coverage": {status.value: n for status, n in posture.coverage.counts().items()}},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check) -> Json:
    return {
        "id": check.id,
        "name": "".join(part.capitalize() for part in check.id.replace("_", ".").split(".")),
        "shortDescription": {"text": plain(check.title)},
        "fullDescription": {"text": plain(check.question)},
        "help": {"text": plain(check.fix)},
        "helpUri": check.references[0],
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"tags": ["security", check.theme], "references": list(check.references)},
    }


def _result(finding: Finding, places: dict[str, int], files: dict[str, int]) -> Json:
    ids = "\n".join((finding.check, finding.path, *(policy.id for policy in finding.policies)))
    identity = ids if finding.policies else f"{ids}\n{finding.sentence}"
    return {
        "ruleId": finding.check,
        "ruleIndex": places[finding.check],
        "level": LEVELS[finding.severity],
        "kind": "fail",
        "message": {"text": f"{plain(finding.sentence)} {plain(finding.fix)}"},
        "locations": [_location(policy, finding.path, files) for policy in finding.policies],
        "partialFingerprints": {"finding/v1": sha256(identity.encode("utf-8", "replace")).hexdigest()},
        "properties": {"severity": finding.severity.label},
    }


def _location(policy: Policy, path: str, files: dict[str, int]) -> Json:
    """A policy in its file. JSON says nothing of lines, so the place is the path."""
    artifact: Json = {"uri": uri(policy.file)}
    if policy.file in files:
        artifact["index"] = files[policy.file]
    whole = ".".join(part for part in (policy.path, path) if part)
    logical: Json = {"name": clean(policy.label, 200), "kind": "object"}
    if whole:
        logical["fullyQualifiedName"] = clean(whole, 300)
    return {"physicalLocation": {"artifactLocation": artifact}, "logicalLocations": [logical]}
