"""Reading: every record of every file into the two canonical tables, with none lost on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from grantwatch.records.discover import discover
from grantwatch.records.loader import Loader
from grantwatch.records.scope import EVERYTHING, Scope
from grantwatch.records.tables import Progress, Records, connect

__all__ = ["Progress", "Records", "connect", "read"]


def read(
    paths: Iterable[str | os.PathLike[str]],
    *,
    memory: str = "600MB",
    progress: Progress | None = None,
    meanwhile: Callable[[], None] | None = None,
    scope: Scope = EVERYTHING,
) -> Records:
    """Read all files behind `paths`. Never raises for what is in a file: see `unread` and `quarantined`.

    `meanwhile` is called once, in a thread of its own, as soon as DuckDB is busy reading and Python idle. One thread
    for all that is to be done then: two that import modules which need each other would wait for each other.

    Of records outside `scope` nothing is kept but their number, by reason.
    """
    names, unread = discover(paths)
    workspace = Path(tempfile.mkdtemp(prefix="grantwatch-"))
    try:
        records = Records(connect(workspace, memory), [], unread, [], workspace)
    except BaseException:
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    try:
        Loader(records, progress or (lambda _step, _share: None), meanwhile, scope).load(names)
    except BaseException:
        records.close()
        raise
    return records
