"""The pipeline: read, reconstruct, profile, judge. One call, one answer."""

from __future__ import annotations

from dataclasses import dataclass

from grantwatch.records.model import Coverage, FileReport, Quarantined, RecordSums, UnreadFile
from grantwatch.signals.signal import NotAssessed
from grantwatch.verdict.model import Incident, Judged

__all__ = ["Hunt"]


@dataclass(frozen=True, slots=True)
class Hunt:
    """Everything that one hunt found: what was read, what it could not show, and every grant, worst first."""

    version: str
    records: RecordSums
    files: tuple[FileReport, ...]
    unread: tuple[UnreadFile, ...]
    quarantined: tuple[Quarantined, ...]
    coverage: Coverage
    blind_signals: tuple[NotAssessed, ...]
    """Signals that these logs make blind for every grant."""
    grants: tuple[Judged, ...]
    incidents: tuple[Incident, ...]
    raw: dict[tuple[str, int], str]
    """Raw text of the records that evidence rests on, by (file, position); filled only where asked for."""
