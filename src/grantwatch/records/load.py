"""Reading: every record of every file into the two canonical tables, with none lost on the way."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records import salvage
from grantwatch.records.discover import discover
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.model import Quarantined, UnreadFile
from grantwatch.records.sniff import Layout, sniff
from grantwatch.records.source import Source, columns_of, relation

if TYPE_CHECKING:
    import duckdb

__all__ = ["InputFile", "Records", "connect", "read"]

Progress = Callable[[str, float], None]
"""Called with a step's name and the share done (0–1) while a long read runs."""

_QUARANTINE_LISTED = 1000
_BODY = {
    "sign_in": "t.user_key, t.resource_id, t.ip, t.user_agent, t.session_id, t.rest",
    "activity": "t.actor_id, t.actor_upn, t.target_id, t.target_name, t.ip, t.detail",
}


@dataclass(slots=True)
class InputFile:
    """One input file: as it was named, how its records lie, and what became of them."""

    file_id: int
    path: str
    layout: Layout
    readable: str
    """The path that is read: the file itself, or its rewritten copy."""
    salvaged: salvage.Salvaged | None = None
    tried: list[str] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Records:
    """What was read: a DuckDB connection with the tables `sign_in` and `activity`, and the files behind it."""

    con: duckdb.DuckDBPyConnection
    files: list[InputFile]
    unread: list[UnreadFile]
    quarantined: list[Quarantined]
    workspace: Path

    def close(self) -> None:
        """Close the connection and remove every temporary file."""
        self.con.close()
        shutil.rmtree(self.workspace, ignore_errors=True)

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@cache
def _sql(name: str) -> str:
    return (resources.files("grantwatch.records") / name).read_text(encoding="utf-8")


def connect(workspace: Path, memory: str = "600MB") -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that spills into `workspace`, with the canonical tables and macros in it."""
    import duckdb

    con = duckdb.connect(":memory:")
    con.execute(f"SET temp_directory = '{_quoted(str(workspace / 'spill'))}'")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute(_sql("macros.sql"))
    con.execute(_sql("schema.sql"))
    con.execute(
        "CREATE TABLE pass_form "
        "(pass_id INTEGER, file_id INTEGER, first_row BIGINT, form VARCHAR, rank INTEGER, path VARCHAR);"
        "CREATE TABLE unclaimed (file_id INTEGER, position BIGINT);"
    )
    return con


def read(
    paths: Iterable[str | os.PathLike[str]], *, memory: str = "600MB", progress: Progress | None = None
) -> Records:
    """Read all files behind `paths`. Never raises for what is in a file: see `unread` and `quarantined`."""
    names, unread = discover(paths)
    workspace = Path(tempfile.mkdtemp(prefix="grantwatch-"))
    try:
        records = Records(connect(workspace, memory), [], unread, [], workspace)
    except BaseException:
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    try:
        _Loader(records, progress or (lambda _step, _share: None)).load(names)
    except BaseException:
        records.close()
        raise
    return records


@contextmanager
def _watched(con: duckdb.DuckDBPyConnection, tell: Callable[[float], None]) -> Iterator[None]:
    """Tell how far the running query is (0–1) from a thread of its own, a few times a second."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            tell(min(max(con.query_progress(), 0.0), 100.0) / 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class _Loader:
    """One run of reading: sniff, group alike files, read each group once per form in it, settle what is left."""

    def __init__(self, records: Records, progress: Progress) -> None:
        self.records = records
        self.con = records.con
        self.progress = progress
        self.passes = 0

    def load(self, names: Sequence[str]) -> None:
        groups: dict[tuple[object, ...], list[InputFile]] = defaultdict(list)
        for number, name in enumerate(names):
            layout = sniff(name)
            if isinstance(layout, UnreadFile):
                self.records.unread.append(layout)
                continue
            file = InputFile(number, name, layout, name)
            if not self._prepare(file):
                continue
            self.records.files.append(file)
            at = file.layout
            key = (at.container, at.page, at.inside, at.gzip, at.forms, at.delimiter, at.header)
            groups[key].append(file)
        self.con.execute("CREATE TABLE file (file_id INTEGER, readable VARCHAR, path VARCHAR)")
        if self.records.files:
            self.con.executemany(
                "INSERT INTO file VALUES (?, ?, ?)", [(f.file_id, f.readable, f.path) for f in self.records.files]
            )
        total = sum(Path(file.path).stat().st_size for file in self.records.files) or 1
        done = 0
        for group in groups.values():
            size = sum(Path(file.path).stat().st_size for file in group)
            with _watched(self.con, self._tell(done / total, size / total)):
                self._read_group(group)
            done += size
        self.progress("judging", 1.0)
        self.records.files = [file for file in self.records.files if file.tried]
        for table in ("sign_in", "activity"):
            self.con.execute(_sql("dedupe.sql").replace("$table", table).replace("$body", _BODY[table]))
        self.con.execute(_sql("views.sql"))

    def _tell(self, before: float, part: float) -> Callable[[float], None]:
        return lambda share: self.progress("reading", before + share * part)

    def _prepare(self, file: InputFile) -> bool:
        """Make the file readable: a safe name, an encoding that DuckDB reads. False where that failed."""
        size = Path(file.path).stat().st_size
        large_page = file.layout.page is not None and file.layout.container != "lines" and size > salvage.PAGE_LIMIT
        if file.layout.rewrite or (large_page and not file.layout.gzip):
            return self._salvage(file)
        if any(mark in file.path for mark in "*?[]") or (file.layout.gzip and file.layout.container == "array"):
            link = self.records.workspace / f"input-{file.file_id}"
            link.symlink_to(os.path.abspath(file.path))
            file.readable = str(link)
        return True

    def _salvage(self, file: InputFile) -> bool:
        target = self.records.workspace / f"salvaged-{file.file_id}"
        saved = salvage.rewrite(file.path, file.layout, target)
        if isinstance(saved, UnreadFile):
            self.records.unread.append(saved)
            return False
        file.salvaged = saved
        file.readable = str(target)
        file.layout = saved.layout
        return True

    def _read_group(self, group: list[InputFile]) -> None:
        layout = group[0].layout
        left = group
        for name in layout.forms:
            left = self._pass(FORMS[name], left)
            if not left:
                return
        # Rows that no form of the sample claimed: mixed files, broken lines, other records.
        for file in left:
            self._settle(file)

    def _pass(self, form: Form, files: list[InputFile]) -> list[InputFile]:
        """Read `files` as `form`; a file that fails is rewritten and read alone. Returns files with rows unclaimed."""
        import duckdb

        self.passes += 1
        try:
            self._insert(form, files, self.passes)
        except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException, OSError) as error:
            if len(files) > 1:
                half = len(files) // 2
                return self._pass(form, files[:half]) + self._pass(form, files[half:])
            return self._pass_alone(form, files[0], error)
        return self._count(form, files, self.passes)

    def _pass_alone(self, form: Form, file: InputFile, error: Exception) -> list[InputFile]:
        import duckdb

        if isinstance(error, duckdb.OutOfMemoryException) or file.salvaged is not None:
            raise error
        if not self._salvage(file):
            self.records.files.remove(file)
            return []
        self.con.execute("UPDATE file SET readable = ? WHERE file_id = ?", [file.readable, file.file_id])
        return self._pass(form, [file])

    def _insert(self, form: Form, files: list[InputFile], pass_id: int) -> None:
        rows = relation(Source([file.readable for file in files], files[0].layout), form)
        shape = _sql(f"{form.table}.sql").replace("$pass_id", str(pass_id)).replace("$family", form.family)
        self.con.execute(
            f"INSERT INTO {form.table} WITH raw AS ("
            f"SELECT file.file_id, {form.claims()} AS claimed, {columns_of(form)} FROM ({rows}) AS source "
            f"JOIN file ON file.readable = source.filename"
            f"), mapped AS ({form.mapping}) {shape}"
        )

    def _count(self, form: Form, files: list[InputFile], pass_id: int) -> list[InputFile]:
        counts = {
            file_id: (first, rows, missed)
            for file_id, first, rows, missed in self.con.execute(
                f"SELECT file_id, min(rowid), count(*), count(*) FILTER (NOT claimed) FROM {form.table} "
                f"WHERE pass_id = {pass_id} GROUP BY file_id"
            ).fetchall()
        }
        left: list[InputFile] = []
        for file in files:
            first, rows, missed = counts.get(file.file_id, (0, 0, 0))
            again = bool(file.tried)
            file.tried.append(form.name)
            file.rows = max(file.rows, rows)
            self.con.execute(
                "INSERT INTO pass_form VALUES (?, ?, ?, ?, ?, ?)",
                [pass_id, file.file_id, first, form.name, form.rank, file.path],
            )
            if again:
                missed = self._narrow(form, file, pass_id, first)
            elif missed:
                self.con.execute(
                    f"INSERT INTO unclaimed SELECT file_id, rowid - {first} + 1 FROM {form.table} "
                    f"WHERE pass_id = {pass_id} AND file_id = {file.file_id} AND NOT claimed"
                )
            if missed:
                left.append(file)
        return left

    def _narrow(self, form: Form, file: InputFile, pass_id: int, first: int) -> int:
        """A later pass may only claim what earlier ones left. Returns how many rows are still unclaimed."""
        mine = f"pass_id = {pass_id} AND file_id = {file.file_id}"
        open_ = f"SELECT position FROM unclaimed WHERE file_id = {file.file_id}"
        self.con.execute(
            f"UPDATE {form.table} SET claimed = false WHERE {mine} AND claimed AND rowid - {first} + 1 NOT IN ({open_})"
        )
        self.con.execute(
            f"DELETE FROM unclaimed WHERE file_id = {file.file_id} AND position IN "
            f"(SELECT rowid - {first} + 1 FROM {form.table} WHERE {mine} AND claimed)"
        )
        rows = self.con.execute(f"SELECT count(*) FROM unclaimed WHERE file_id = {file.file_id}").fetchall()
        return int(rows[0][0])

    def _settle(self, file: InputFile) -> None:
        """Give what is left one more chance under forms that the sample did not show, then quarantine it."""
        from grantwatch.records.raw import RawText, texts
        from grantwatch.records.sniff import forms_of
        from grantwatch.records.why import unpacked, why

        while True:
            positions = [
                position
                for (position,) in self.con.execute(
                    f"SELECT position FROM unclaimed WHERE file_id = {file.file_id} "
                    f"ORDER BY position LIMIT {_QUARANTINE_LISTED}"
                ).fetchall()
            ]
            found = texts(self.con, file, positions)
            fresh: dict[str, None] = {}
            for text in found.values():
                for name in forms_of(unpacked(text.text)):
                    if (name not in file.tried and (file.layout.container != "csv" or file.layout.inside)) or (
                        name not in file.tried and set(FORMS[name].columns.values()) == {"VARCHAR"}
                    ):
                        fresh.setdefault(name)
            if not fresh:
                break
            for name in fresh:
                if not self._pass(FORMS[name], [file]):
                    return
        for position in positions:
            record = found.get(position, RawText(position, ""))
            self.records.quarantined.append(Quarantined(file.path, record.line, why(record.text), record.text[:200]))


def _quoted(text: str) -> str:
    return text.replace("'", "''")
