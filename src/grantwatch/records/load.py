"""Reading: every record of every file into the two canonical tables, with none lost on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grantwatch.records.database import MoreThanMemoryError, connect
from grantwatch.records.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from grantwatch.records.containers import Given
    from grantwatch.records.discover import Found
    from grantwatch.records.model import UnreadFile
    from grantwatch.records.tables import Progress, Records

__all__ = ["nothing_read", "read"]

_IN_MEMORY = 3
"""So many bytes of logs for each of memory are kept in memory: of a record an eighth or so is stored."""


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
    from grantwatch.records import standard_input
    from grantwatch.records.discover import discover, unpacked_size
    from grantwatch.records.limits import size_of

    workspace = Path(tempfile.mkdtemp(prefix="grantwatch-"))
    try:
        named = [os.fspath(path) for path in paths]
        found = discover(name for name in named if name != standard_input.NAME)
        spooled = [standard_input.spooled(workspace)] if standard_input.NAME in named else []
        size = found.size + sum(unpacked_size(each.source) for each in spooled)
        run = _Run(workspace, memory, unpack_limit, progress or (lambda _step, _share: None), scope, whole, late)
        try:
            return run.read(found, spooled, meanwhile, on_disk=size > _IN_MEMORY * size_of(memory))
        except MoreThanMemoryError:
            # Files say how large they are, and nobody how much is packed into them.
            run.clear(spooled)
            return run.read(found, spooled, None, on_disk=True)
    except BaseException:
        shutil.rmtree(workspace, ignore_errors=True)
        raise


class _Run(NamedTuple):
    workspace: Path
    memory: str
    unpack_limit: int | None
    progress: Progress
    scope: Scope
    whole: bool
    late: bool

    def read(
        self, found: Found, spooled: Sequence[Given], meanwhile: Callable[[], None] | None, *, on_disk: bool
    ) -> Records:
        """Read everything once. Raises MoreThanMemoryError where tables that are not on disk do not hold it."""
        records: Records | None = None
        try:
            with ThreadPoolExecutor(1) as beside:
                # The engine comes up while the rest of this room, and what it knows of every form, is loaded. Its own
                # module first: to load two things at once is to load each of them slowly.
                import grantwatch.records.engine  # noqa: F401

                connected = beside.submit(connect, self.workspace, self.memory, on_disk=on_disk)
                from grantwatch.records.containers import Given
                from grantwatch.records.discover import shown
                from grantwatch.records.limits import Limits
                from grantwatch.records.loader import Loader
                from grantwatch.records.tables import Records

                records = Records(connected.result(), [], list(found.unread), [], self.workspace, on_disk)
            given = [*(Given(shown(name), name) for name in found.names), *spooled]
            limits = Limits.of(self.unpack_limit)
            Loader(records, self.progress, meanwhile, self.scope, limits, self.whole, self.late).load(given)
        except BaseException:
            if records is not None:
                records.con.close()
            raise
        return records

    def clear(self, spooled: Sequence[Given]) -> None:
        """Take away what a run left that did not come to its end."""
        kept = [Path(each.source) for each in spooled]
        for path in self.workspace.iterdir():
            if path not in kept:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def nothing_read(unread: Sequence[UnreadFile]) -> str:
    """What to say where no file could be read: each file, what was seen in it, and what would be accepted."""
    if not unread:
        return "no input: name files, folders or globs that hold exported logs"
    lines = [f"{file.file}: {file.seen}" for file in unread[:10]]
    if len(unread) > 10:
        lines.append(f"… and {len(unread) - 10} more")
    hints = dict.fromkeys(file.hint for file in unread[:10])
    return "no input could be read\n" + "\n".join(f"  {line}" for line in lines) + "\n" + "\n".join(hints)
