"""From a file that was given to one that the engine can read: looked at, named safely, rewritten where it has to be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records import salvage
from grantwatch.records.containers import Given, state
from grantwatch.records.database import beside
from grantwatch.records.limits import Limits, is_full
from grantwatch.records.model import UnreadFile
from grantwatch.records.parquet import described
from grantwatch.records.sniff import Sniffer
from grantwatch.records.tables import InputFile

if TYPE_CHECKING:
    import duckdb

__all__ = ["Preparer"]


class Preparer:
    """Makes files readable, one after another. What cannot be read is named in `unread`."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, workspace: Path, limits: Limits, unread: list[UnreadFile]
    ) -> None:
        self._con = con
        self._workspace = workspace
        self._limits = limits
        self._unread = unread
        self._sniffer = Sniffer()
        self._links: bool | None = None

    def ready(self, number: int, given: Given) -> InputFile | None:
        """The file as it can be read; None where it cannot, which is told."""
        try:
            found = self._looked_at(number, given)
            if isinstance(found, InputFile):
                return found if self._readable(found) and self._described(found) else None
        except OSError as error:
            if is_full(error):
                raise
            found = UnreadFile(given.path, f"cannot be opened: {error.strerror}", "try again")
        self._unread.append(found._replace(file=given.path))
        return None

    def _looked_at(self, number: int, given: Given) -> InputFile | UnreadFile:
        layout = self._sniffer.sniff(given.source, given.head, given.state[0] if given.state else 0)
        if isinstance(layout, UnreadFile):
            return layout
        file = InputFile(number, given.path, layout, given.source, given.source)
        file.size, file.changed = given.state or state(given.source)
        return (self._limits.gzip(given.source, file.size) if layout.gzip else None) or file

    def _described(self, file: InputFile) -> bool:
        """Have the engine tell what a Parquet file holds; False where it cannot be read, which is told."""
        if file.layout.container != "parquet":
            return True
        # A cursor: another statement may be running beside.
        with beside(self._con) as cursor:
            layout = described(cursor, file.readable)
        if isinstance(layout, UnreadFile):
            self._unread.append(layout._replace(file=file.path))
            return False
        file.layout = layout
        return True

    def _readable(self, file: InputFile) -> bool:
        """Make the file readable: a safe name, an encoding that DuckDB reads. False where that failed."""
        large_page = file.layout.page and file.layout.container != "lines" and file.size > salvage.PAGE_LIMIT
        if file.layout.rewrite or (large_page and not file.layout.gzip) or _cut_off(file):
            return self.salvage(file, clean=False)
        # A name that SQL can tell the file by, and that no glob character hides in.
        file.link = f"{self._workspace}/{file.file_id:09d}"
        try:
            if self._links is None:
                self._links = bool(file.readable)
        except OSError:
            self._links = False
        if not self._links:
            # No links here (Windows without the right to make them): the file is read alone, under its own name.
            file.readable = re.sub(r"([*?[])", r"[\1]", file.source)
            file.alone = True
        return True

    def salvage(self, file: InputFile, *, clean: bool) -> bool:
        """Rewrite the file into the workspace; `clean`: value by value. False where that failed, which is told."""
        target = self._workspace / "salvaged" / f"{file.file_id:09d}"
        target.parent.mkdir(exist_ok=True)
        saved = salvage.rewrite(file.source, file.given, target, clean=clean)
        if isinstance(saved, UnreadFile):
            self._unread.append(saved._replace(file=file.path))
            return False
        file.salvaged = saved
        file.readable = str(target)
        file.layout = saved.layout
        file.alone = False
        return True


def _cut_off(file: InputFile) -> bool:
    """True where a list ends with a comma: DuckDB takes that for its end, though something was to follow."""
    if file.layout.container not in {"array", "objects"} or file.layout.gzip:
        return False
    with Path(file.source).open("rb") as stream:
        stream.seek(max(file.size - 64, 0))
        return stream.read().rstrip().endswith(b",")
