"""Reading: every record of every file into the two canonical tables, with none lost on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records.database import connect
from grantwatch.records.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from grantwatch.records.model import UnreadFile
    from grantwatch.records.tables import Progress, Records

__all__ = ["nothing_read", "read"]


def read(
    paths: Iterable[str | os.PathLike[str]],
    *,
    memory: str = "700MB",
    unpack_limit: int | None = None,
    progress: Progress | None = None,
    meanwhile: Callable[[], None] | None = None,
    scope: Scope = EVERYTHING,
    whole: bool = False,
    late: bool = False,
) -> Records:
    """Read all files behind `paths`. Never raises for what is in a file: see `unread` and `quarantined`.

    `-` is standard input. `unpack_limit` bounds, in bytes, what archives may unpack to; see `Limits`.
    `meanwhile` is called once, in a thread of its own, as soon as DuckDB is busy reading and Python idle. One thread
    for all that is to be done then: two that import modules which need each other would wait for each other.

    Of records outside `scope` nothing is kept but their number, by reason. With `whole` every sign-in keeps what only
    those of grants need otherwise (names, places, devices …): it takes more memory. With `late` it may be left in large
    files until `late.fill` asks for it, as `grants.reconstruct` does: the files have to stay until then.
    """
    workspace = Path(tempfile.mkdtemp(prefix="grantwatch-"))
    records: Records | None = None
    try:
        with ThreadPoolExecutor(1) as beside:
            # The engine comes up while the rest of this room, and what it knows of every form, is loaded.
            connected = beside.submit(connect, workspace, memory)
            from grantwatch.records import standard_input
            from grantwatch.records.containers import Given
            from grantwatch.records.discover import discover, shown
            from grantwatch.records.limits import Limits
            from grantwatch.records.loader import Loader
            from grantwatch.records.tables import Records

            named = [os.fspath(path) for path in paths]
            names, unread = discover(name for name in named if name != standard_input.NAME)
            records = Records(connected.result(), [], unread, [], workspace)
        given = [Given(shown(name), name) for name in names]
        if standard_input.NAME in named:
            given.append(standard_input.spooled(workspace))
        limits = Limits.of(unpack_limit)
        Loader(records, progress or (lambda _step, _share: None), meanwhile, scope, limits, whole, late).load(given)
    except BaseException:
        if records is not None:
            records.close()
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    return records


def nothing_read(unread: Sequence[UnreadFile]) -> str:
    """What to say where no file could be read: each file, what was seen in it, and what would be accepted."""
    if not unread:
        return "no input: name files, folders or globs that hold exported logs"
    lines = [f"{file.file}: {file.seen}" for file in unread[:10]]
    if len(unread) > 10:
        lines.append(f"… and {len(unread) - 10} more")
    hints = dict.fromkeys(file.hint for file in unread[:10])
    return "no input could be read\n" + "\n".join(f"  {line}" for line in lines) + "\n" + "\n".join(hints)
