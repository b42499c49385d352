"""Files of allowances, and allowances without a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.builders import START

from grantwatch.allowances import FORMAT, Allowance, Allowances, Networks, Subject
from grantwatch.allowances.reader import Reading, parse

TODAY = date(2026, 11, 26)
FIELDS = {
    "id": "cli",
    "subject": "{user: alice@example.com}",
    "client": "Microsoft Azure CLI",
    "resource": "Azure Resource Manager",
    "network": "192.0.2.0/24",
    "owner": "ops@example.com",
    "reason": "deploys",
    "expires": "2027-03-31",
}


def file_of(*allowances: Mapping[str, str | None], groups: str = "") -> str:
    """A file with these allowances: what each says otherwise than `FIELDS`; None leaves a key out."""
    lines = [f"version: {FORMAT}", *([f"groups: {groups}"] if groups else []), "allowances:"]
    for each in allowances:
        said = {key: value for key, value in {**FIELDS, **each}.items() if value is not None}
        lines += [f"{'  - ' if not place else '    '}{key}: {value}" for place, (key, value) in enumerate(said.items())]
    return "\n".join(lines) + "\n"


def said(reading: Reading) -> list[str]:
    """Every finding as `line:column: text`."""
    return [f"{each.line}:{each.column}: {each.text}" for each in reading.findings]


def read(*allowances: Mapping[str, str | None], groups: str = "") -> Allowances:
    """Allowances from such a file, which must be free of errors."""
    reading = parse(file_of(*allowances, groups=groups))
    assert not reading.errors, reading.errors
    return reading.allowances


def an_allowance(id: str = "any", **changed: Any) -> Allowance:
    """An allowance of alice for everything, until a year after the start of a built grant."""
    said: dict[str, Any] = {
        "subject": Subject(users=("alice@example.com",)),
        "clients": (),
        "resources": (),
        "networks": Networks(),
        "owner": "ops@example.com",
        "reason": "a test",
        "expires": START.date() + timedelta(days=365),
    }
    return Allowance(id=id, **{**said, **changed})
