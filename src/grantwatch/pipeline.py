"""The pipeline: read, reconstruct, profile, judge. One call, one answer."""

from __future__ import annotations

import importlib
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from grantwatch import __version__
from grantwatch.errors import InputError
from grantwatch.records.model import Coverage, FileReport, Quarantined, RecordRef, RecordSums, UnreadFile
from grantwatch.records.scope import AFTER, BEFORE, EVERYTHING, OTHERS, Scope

if TYPE_CHECKING:
    from grantwatch.grants import Reconstruction
    from grantwatch.profile import Profile
    from grantwatch.records.tables import Progress, Records
    from grantwatch.signals.signal import NotAssessed, Signal
    from grantwatch.verdict.model import Incident, Judged
    from grantwatch.verdict.panel import Panel

__all__ = ["Hunt", "hunt", "hunted"]

_MOST_NAMED = 3
_TURN = 0.0002
"""Seconds for which a thread computes while another waits for its turn. Usual are 5 ms: many a statement takes less."""
_RAW_LIMIT = 5000
"""Raw records that a report carries at the most; those of the worst grants come first."""


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
    panel: Panel | None = None
    """The signals and weights that judged; None for the built-in ones."""

    @property
    def own_signals(self) -> tuple[Signal, ...]:
        """Signals that judged and are no part of Grantwatch."""
        return self.panel.own if self.panel else ()


def hunt(
    paths: Iterable[str | os.PathLike[str]],
    *,
    memory: str = "700MB",
    unpack_limit: int | None = None,
    raw: bool = False,
    progress: Progress | None = None,
    afterwards: Iterable[str] = (),
    scope: Scope = EVERYTHING,
    accounts: Mapping[str, str] | None = None,
    panel: Panel | None = None,
    last: bool = False,
) -> Hunt:
    """Hunt over exported logs: files, folders and globs, all forms mixed.

    `-` among `paths` is standard input. `unpack_limit` bounds, in bytes, what archives may unpack to.
    `memory` bounds what DuckDB holds before it spills to disk. `raw` also fetches the text of the records behind
    grants of low severity or worse. `progress` is called with a step and its share done (0–1). `afterwards` names
    modules that the caller will need once this returns: they are imported while DuckDB reads. Records outside `scope`
    are counted and left out. `accounts`: classes of accounts that are not to be told from behaviour (see
    profile/accounts.py), by principal name or object id in lower case. `panel`: own signals, weights and allowances
    beside the built-in ones. `last`: the process ends when this has been shown, so that memory need not be given back.

    Raises InputError where no file could be read at all; what is wrong inside a file is part of the answer.
    """
    from concurrent.futures import ThreadPoolExecutor

    from grantwatch.records.load import nothing_read, read

    after = partial(_load, tuple(afterwards))
    with (
        _taking_turns(),
        read(
            paths, memory=memory, unpack_limit=unpack_limit, progress=progress, meanwhile=after, scope=scope, late=True
        ) as records,
    ):
        if not records.files:
            raise InputError(nothing_read(records.unread))
        if raw:
            found = hunted(records, raw=True, scope=scope, accounts=accounts, panel=panel)
            if last:
                records.leave()
            return found
        with ThreadPoolExecutor(1) as pool:
            gathered = _gather(records, accounts)
            if last:
                records.leave()
            else:
                pool.submit(records.close)  # judging needs no engine, and a large one takes its time to go
            return _judged(gathered, records, scope, panel)


@contextmanager
def _taking_turns() -> Iterator[None]:
    """Within it, a thread that has its answer from the engine need not wait long for one that computes."""
    usual = sys.getswitchinterval()
    if usual <= _TURN:
        # Also where another hunt runs in this process: it puts things back.
        yield
        return
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _load(afterwards: tuple[str, ...]) -> None:
    """Load what comes after reading: modules, and the knowledge that every judgement asks for."""
    from grantwatch import knowledge

    for module in ("grantwatch.grants", "grantwatch.profile", "grantwatch.verdict", *afterwards):
        importlib.import_module(module)
    knowledge.warm()


def hunted(
    records: Records,
    *,
    raw: bool = False,
    scope: Scope = EVERYTHING,
    accounts: Mapping[str, str] | None = None,
    panel: Panel | None = None,
) -> Hunt:
    """The hunt over records that have been read; `scope` is what they were read with."""
    found = _judged(_gather(records, accounts), records, scope, panel)
    return replace(found, raw=_raw(records, found.grants)) if raw else found


class _Gathered(NamedTuple):
    """All that judging needs; the engine has said what it had to say."""

    found: Reconstruction
    profiles: Sequence[Profile]
    coverage: Coverage
    files: tuple[FileReport, ...]
    lost: Sequence[tuple[str, int]]
    """Files, and of how many of their records no more could be had than what every row keeps."""


def _gather(records: Records, accounts: Mapping[str, str] | None) -> _Gathered:
    from concurrent.futures import ThreadPoolExecutor

    from grantwatch.grants import reconstruct
    from grantwatch.profile import Profiler
    from grantwatch.records.coverage import coverage, file_reports
    from grantwatch.records.database import beside, few_threads, roomy
    from grantwatch.records.late import lost

    # Profiles are prepared beside the reconstruction, on a connection of their own, and so is what needs no grants.
    # Should either fail, the thread has ended before its connection is closed.
    rows = sum(file.rows for file in records.files)
    room = nullcontext() if records.on_disk else roomy(records.con)
    with room, few_threads(records.con, rows), beside(records.con) as other, ThreadPoolExecutor(1) as pool:
        profiler = Profiler(other, pool)
        looked = pool.submit(coverage, other)
        told = pool.submit(file_reports, other, records.files)
        found = reconstruct(records.con, profiler)
        built = profiler.profiles(records.con, found.grants, accounts)
        seen, files = looked.result(), told.result()
    return _Gathered(found, built, seen, files, lost(records.con))


def _judged(gathered: _Gathered, records: Records, scope: Scope, panel: Panel | None) -> Hunt:
    from grantwatch.records.coverage import sums
    from grantwatch.verdict import blind_signals, incidents, judge

    found, seen, total = gathered.found, gathered.coverage, sums(gathered.files)
    judged = judge(list(zip(found.grants, gathered.profiles, strict=True)), seen.missing, panel)
    return Hunt(
        version=__version__,
        records=total,
        files=gathered.files,
        unread=tuple(records.unread),
        quarantined=tuple(records.quarantined),
        coverage=seen._replace(blind=(*seen.blind, *_told_beside(gathered, scope, total), *_failed(judged))),
        blind_signals=blind_signals(seen.missing, panel),
        grants=judged,
        incidents=incidents(judged, panel),
        raw={},
        panel=panel,
    )


def _told_beside(gathered: _Gathered, scope: Scope, total: RecordSums) -> list[str]:
    """What coverage cannot tell of itself."""
    return [*_outside(gathered.found), *_left_out(scope, total), *_gone(gathered.lost)]


def _gone(lost: Sequence[tuple[str, int]]) -> list[str]:
    """What could not be read again where few records are read whole."""
    return [
        f"{path} was written to, or went away, while it was hunted: of {count:,} record{_s(count)} that may belong to "
        "grants the names, policies and details are not assessed. Keep the file as it is, and hunt again."
        for path, count in lost
    ]


def _outside(found: Reconstruction) -> list[str]:
    """What points beyond these logs, or was told apart from device code."""
    said: list[str] = []
    if found.tainted:
        count, users = len(found.tainted), len({session.user for session in found.tainted})
        said.append(
            f"{count} browser session{_s(count)} of {users} user{_s(users)} carry the lineage "
            "of a device code grant that is not in these logs: the grant itself is not assessed."
        )
    if found.look_alikes:
        said.append(
            f"{found.look_alikes} confirmation page{_s(found.look_alikes)} (50199, Cmsi) were told apart from device "
            "code: phone apps, enrolment, or a sign-in that names another protocol."
        )
    return said


def _left_out(scope: Scope, total: RecordSums) -> list[str]:
    """What was left out because it was not asked for, and what that costs."""
    counts = {reason: total.ignored_by.get(reason, 0) for reason in (BEFORE, AFTER, OTHERS)}
    said: list[str] = []
    if counts[BEFORE] or counts[AFTER]:
        said.append(
            f"{counts[BEFORE] + counts[AFTER]:,} records lie outside the time asked for (--since, --until): what was "
            "normal before is judged on the rest, and grants and what came of them are seen within it only."
        )
    if counts[OTHERS]:
        said.append(
            f"{counts[OTHERS]:,} records are not of {', '.join(scope.users)} (--user): how common anything is in the "
            "tenant and whether others were hit by the same attack are not assessed."
        )
    return said


def _failed(judged: Iterable[Judged]) -> list[str]:
    """Own signals that are faulty, and the grants that they did not judge."""
    failed: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for each in judged:
        for item in each.verdict.not_assessed:
            if item.failed:
                failed[item.signal, item.source].append((each.grant.grant_id, item.why))
    said: list[str] = []
    for (signal, source), grants in failed.items():
        named = ", ".join(grant for grant, _ in grants[:_MOST_NAMED])
        more = f" and {len(grants) - _MOST_NAMED} more" if len(grants) > _MOST_NAMED else ""
        why = grants[0][1].removeprefix("Not assessed: the signal failed: ")
        said.append(
            f"The own signal {signal} ({source}) failed on {len(grants)} grant{_s(len(grants))} and is not assessed "
            f"there: {named}{more}. On the first, {why}"
        )
    return said


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _raw(records: Records, judged: tuple[Judged, ...]) -> dict[tuple[str, int], str]:
    """The text of the records behind every grant that is worth a look, worst first, up to a limit."""
    from grantwatch.records.raw import texts
    from grantwatch.verdict import Severity

    refs: dict[RecordRef, None] = {}
    for each in judged:
        if each.verdict.severity < Severity.LOW or len(refs) >= _RAW_LIMIT:
            break
        grant = each.grant
        refs.update(dict.fromkeys(leg.ref for leg in grant.legs))
        refs.update(dict.fromkeys(ref for use in grant.token_uses for ref in use.refs))
        refs.update(dict.fromkeys(ref for follow_on in grant.follow_ons for ref in follow_on.refs))
    by_file: dict[str, set[int]] = defaultdict(set)
    for ref in refs:
        by_file[ref.file].add(ref.position)
    files = {file.path: file for file in records.files}
    return {
        (path, position): record.text
        for path, positions in sorted(by_file.items())
        for position, record in texts(records.con, files[path], positions).items()
    }
