"""What reading yields beside the two canonical tables: where records came from and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

__all__ = [
    "Coverage",
    "FieldShare",
    "FileReport",
    "Gap",
    "Quarantined",
    "RecordRef",
    "RecordSums",
    "SourceCoverage",
    "UnreadFile",
]


class RecordRef(NamedTuple):
    """The very record that something rests on: a file as it was named, and the record's 1-based place in it."""

    file: str
    position: int
    record_id: str | None = None


class Quarantined(NamedTuple):
    """A record that could not be used. `line` is 1-based; where a container has no lines it is the record's place."""

    file: str
    line: int
    reason: str
    excerpt: str = ""


class UnreadFile(NamedTuple):
    """A file from which no record could be taken: what was seen in it and what would be accepted."""

    file: str
    seen: str
    hint: str


@dataclass(frozen=True, slots=True)
class RecordSums:
    """read = parsed + ignored + quarantined, always. `ignored_by` splits `ignored` by reason."""

    read: int
    parsed: int
    ignored: int
    quarantined: int
    ignored_by: dict[str, int] = field(default_factory=dict)


class FileReport(NamedTuple):
    """One input file: its form as told by content, its container, and its sums."""

    file: str
    form: str
    form_title: str
    container: str
    records: RecordSums
    first: datetime | None
    last: datetime | None
    time_unusable: int = 0


class FieldShare(NamedTuple):
    """How many rows of a source carry a field that grants are reconstructed from."""

    field: str
    present: int
    rows: int

    @property
    def share(self) -> float:
        """0.0–1.0; 0.0 for a source without rows."""
        return self.present / self.rows if self.rows else 0.0


class Gap(NamedTuple):
    """A stretch of UTC time in which a source that is otherwise busy has no record at all."""

    start: datetime
    end: datetime


class SourceCoverage(NamedTuple):
    """One stream of telemetry (`interactive`, `non_interactive`, `audit`, `unified_audit` …) over all files."""

    stream: str
    title: str
    forms: tuple[str, ...]
    records: int
    first: datetime | None
    last: datetime | None
    gaps: tuple[Gap, ...] = ()
    fields: tuple[FieldShare, ...] = ()


class Coverage(NamedTuple):
    """Which logs and which fields are there, and what cannot be seen because of what is not.

    `blind` are sentences for a reader, most important first; `missing` are the machine names of streams and
    fields that signals declare as needs (`stream:non_interactive`, `field:session_id` …).
    """

    sources: tuple[SourceCoverage, ...]
    missing: frozenset[str]
    blind: tuple[str, ...]
    time_unusable: int = 0
