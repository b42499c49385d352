"""What running rules yields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from grantwatch.records.model import Coverage, FileReport, Quarantined, RecordRef, RecordSums, UnreadFile

__all__ = ["LEVELS", "FieldUse", "Outcome", "RuleMatch", "RuleResult", "RulesRun"]

LEVELS = ("informational", "low", "medium", "high", "critical")


class Outcome(Enum):
    """What became of a rule."""

    RAN = "ran"
    PARTLY = "partly"
    """Ran, but part of its condition asks for a field that these logs do not have: what matched matched without it."""
    NOT_ASSESSED = "not_assessed"
    NOT_SUPPORTED = "not_supported"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A record that a rule matched: when (UTC), whose it is as far as it says, and the record itself."""

    time: datetime | None
    who: str | None
    ref: RecordRef


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field that a rule asks for, and how many of the records that it runs over carry it; None: no form has it."""

    field: str
    present: int | None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule and what became of it. `line` is where it begins, or what is wrong with it; `reasons` say why not."""

    title: str
    rule_id: str | None
    level: str | None
    file: str
    line: int
    outcome: Outcome
    correlation: bool = False
    source: str | None = None
    """The title of the logs that it runs over."""
    records: int = 0
    """How many records there are of them."""
    matches: int = 0
    users: int = 0
    first: datetime | None = None
    last: datetime | None = None
    listed: tuple[RuleMatch, ...] = ()
    """The first of the matched records, in order of time."""
    reasons: tuple[str, ...] = ()
    fields: tuple[FieldUse, ...] = ()


@dataclass(frozen=True, slots=True)
class RulesRun:
    """Every rule that was given, in the order of files, and what it ran over."""

    results: tuple[RuleResult, ...]
    records: RecordSums
    files: tuple[FileReport, ...]
    unread: tuple[UnreadFile, ...]
    quarantined: tuple[Quarantined, ...]
    coverage: Coverage
