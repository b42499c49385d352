"""Running rules over logs: read both, make one table for each source, ask each rule's question of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantwatch.errors import InputError
from grantwatch.records.scope import EVERYTHING, Scope
from grantwatch.rules.model import RuleResult, RulesRun
from grantwatch.rules.reading import ReadRule, failed, need_pysigma, read_rules

if TYPE_CHECKING:
    from grantwatch.records.tables import Progress, Records

__all__ = ["LISTED", "run_rules"]

LISTED = 20
"""Matched records of one rule that are named, unless more are asked for; all are counted."""


def run_rules(
    rules: Iterable[str | os.PathLike[str]],
    logs: Iterable[str | os.PathLike[str]],
    *,
    listed: int = LISTED,
    memory: str = "700MB",
    unpack_limit: int | None = None,
    progress: Progress | None = None,
    scope: Scope = EVERYTHING,
) -> RulesRun:
    """Run Sigma rules over exported logs. Parameters of the logs as for `hunt`.

    Raises UsageError where pySigma is not installed or no rule can be found, and InputError where no log could be
    read. What is wrong with a rule is part of the answer, and the others run.
    """
    need_pysigma()
    read_all = read_rules(rules)
    from grantwatch.records.coverage import coverage, file_reports, sums
    from grantwatch.records.load import nothing_read, read

    with read(logs, memory=memory, unpack_limit=unpack_limit, progress=progress, scope=scope, whole=True) as records:
        if not records.files:
            raise InputError(nothing_read(records.unread))
        seen = coverage(records.con)
        reports = file_reports(records.con, records.files)
        results = _results(read_all, records, listed)
        return RulesRun(
            results=results,
            records=sums(reports),
            files=reports,
            unread=tuple(records.unread),
            quarantined=tuple(records.quarantined),
            coverage=seen,
        )


def _results(read_all: list[ReadRule], records: Records, listed: int) -> tuple[RuleResult, ...]:
    from grantwatch.rules.asking import Asking
    from grantwatch.rules.prepared import prepare

    prepared = [(read, prepare(read)) for read in read_all]
    asking = Asking(records.con, [each for _, each in prepared if each is not None], listed)
    results = []
    for read, each in prepared:
        if each is None:
            results.append(failed(read))
        elif not asking.is_only_a_part(each):
            results.append(asking.result(each))
    return tuple(results)
