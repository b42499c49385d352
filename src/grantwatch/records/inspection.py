"""What exported files hold, without judging: reading and coverage only, no grant is reconstructed."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from grantwatch.errors import InputError
from grantwatch.records.model import Coverage, FileReport, Quarantined, RecordSums, SourceCoverage, UnreadFile
from grantwatch.records.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from grantwatch.records.tables import Progress, Records

__all__ = ["Inspected", "Inspection", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file: its form and sums, how many people are in its records, and its streams with the fields in them."""

    report: FileReport
    users: int
    sources: tuple[SourceCoverage, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that reading told: what each file is, what became of its records, and what all of them cannot show."""

    records: RecordSums
    users: int
    """People in all files; one who is in two files counts once."""
    files: tuple[Inspected, ...]
    unread: tuple[UnreadFile, ...]
    quarantined: tuple[Quarantined, ...]
    coverage: Coverage


def inspect(
    paths: Iterable[str | os.PathLike[str]],
    *,
    memory: str = "700MB",
    unpack_limit: int | None = None,
    progress: Progress | None = None,
    afterwards: Iterable[str] = (),
    scope: Scope = EVERYTHING,
) -> Inspection:
    """Read files, folders and globs and say what they hold. Parameters as for `hunt`.

    Raises InputError where no file could be read at all; what is wrong inside a file is part of the answer.
    """
    from grantwatch.records.load import nothing_read, read

    after = partial(_load, tuple(afterwards))
    with read(
        paths, memory=memory, unpack_limit=unpack_limit, progress=progress, meanwhile=after, scope=scope, late=True
    ) as records:
        if not records.files:
            raise InputError(nothing_read(records.unread))
        return _told(records)


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        importlib.import_module(module)


def _told(records: Records) -> Inspection:
    from grantwatch.records.coverage import coverage, file_reports, sources_by_file, sums, users_by_file

    seen = coverage(records.con)
    reports = file_reports(records.con, records.files)
    sources = sources_by_file(records.con)
    users = users_by_file(records.con)
    files = tuple(
        Inspected(report, users.get(file.file_id, 0), sources.get(file.file_id, ()))
        for file, report in zip(records.files, reports, strict=True)
    )
    return Inspection(
        records=sums(reports),
        users=users.get(None, 0),
        files=files,
        unread=tuple(records.unread),
        quarantined=tuple(records.quarantined),
        coverage=seen,
    )
