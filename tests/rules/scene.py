"""Rules over a few records, and a small Python matcher to hold the SQL against."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grantwatch.lab import Event
from grantwatch.lab.writers import write_tenant
from grantwatch.rules.model import RuleResult, RulesRun
from grantwatch.rules.run import run_rules

SIGN_INS = "logsource: {product: azure, service: signinlogs}\n"
AUDITS = "logsource: {product: azure, service: auditlogs}\n"
MAIL = "logsource: {product: m365, service: audit}\n"


def a_rule(detection: str, logsource: str = SIGN_INS, **keys: str) -> str:
    """A rule with one selection, or with all of its detection where that has a condition."""
    head = "".join(f"{key}: {value}\n" for key, value in ({"title": "A rule", "level": "high"} | keys).items())
    inner = "".join(f"  {line}\n" for line in detection.strip().splitlines())
    if "condition:" in detection:
        return f"{head}{logsource}detection:\n{inner}"
    inner = "".join(f"  {line}\n" for line in inner.splitlines())
    return f"{head}{logsource}detection:\n  selection:\n{inner}  condition: selection\n"


def run_over(folder: Path, events: Sequence[Event], *rules: str, form: str = "graph", listed: int = 50) -> RulesRun:
    """Run rules over events written in a form."""
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    write_tenant(events, form, logs)
    file = folder / "rules.yml"
    file.write_text("---\n".join(rules), encoding="utf-8")
    return run_rules([file], [logs], listed=listed)


def result(folder: Path, events: Sequence[Event], rule: str, **how: Any) -> RuleResult:
    """What became of one rule over events."""
    (only,) = run_over(folder, events, rule, **how).results
    return only


def lowered(text: str) -> str:
    """Lower case as most engines have it: one character for one."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def glob(pattern: str, text: str, *, cased: bool = False) -> bool:
    """Whether a value of a rule matches a text: `*` and `?` are wildcards, a backslash takes that from them."""
    made, escaped = "", False
    for place, each in enumerate(pattern):
        if escaped:
            made, escaped = made + re.escape(each), False
        elif each == "\\" and pattern[place + 1 : place + 2] in ("*", "?", "\\"):
            escaped = True
        elif each in "*?":
            made += ".*" if each == "*" else "."
        else:
            made += re.escape(each)
    return bool(re.fullmatch(made if cased else lowered(made), text if cased else lowered(text), re.DOTALL))


def within(network: str, text: str) -> bool:
    """Whether a text is an address of a network; one of IPv4 within IPv6, so written, is that of IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) if "." in text else None
    return (mapped or address) in ipaddress.ip_network(network, strict=False)


def values_of(record: Mapping[str, Any], field: str) -> list[str]:
    """The texts in a field of a record."""
    value = record.get(field)
    return [] if value is None else [each for each in value if each is not None] if isinstance(value, list) else [value]
