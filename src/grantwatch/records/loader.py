"""One run of reading: each file under each of its forms, over every fault in it."""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records import salvage
from grantwatch.records.discover import shown
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.ledger import Ledger
from grantwatch.records.model import Quarantined, UnreadFile
from grantwatch.records.sniff import accepted, is_record, sniff
from grantwatch.records.source import Source, columns_of, lenient, relation, strictly
from grantwatch.records.tables import InputFile, Records, sql_text
from grantwatch.records.why import unpacked, why

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.tables import Progress

__all__ = ["Loader"]

# Times outside of these are placeholders (0001-01-01) or nonsense that no clock of a log has shown.
_EARLIEST = "TIMESTAMP '1990-01-01'"
_LATEST = "TIMESTAMP '2100-01-01'"
_POOR = {"sign_in": "(t.flags & 6) = 0", "activity": "false"}
_KEY = {
    "sign_in": "date_trunc('second', t.time), t.app_id, t.error_code, t.flags & 48",
    "activity": "date_trunc('second', t.time), t.operation",
}
_BODY = {
    "sign_in": "t.user_key, t.resource_id, t.ip, t.user_agent, t.session_id, t.rest",
    "activity": "t.actor_id, t.actor_upn, t.target_id, t.target_name, t.ip, t.detail",
}


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


class Loader:
    """One run of reading: sniff, group alike files, read each group once per form in it, settle what is left."""

    def __init__(self, records: Records, progress: Progress, meanwhile: Callable[[], None] | None = None) -> None:
        self.records = records
        self.con = records.con
        self.progress = progress
        self.meanwhile = threading.Thread(target=meanwhile, daemon=True) if meanwhile is not None else None
        self.passes = 0
        self.ledger = Ledger(records.con)

    def load(self, names: Sequence[str]) -> None:
        """Read the named files into the tables of `records`, and leave there what became of them."""
        groups: dict[tuple[object, ...], list[InputFile]] = defaultdict(list)
        for number, name in enumerate(names):
            file = self._sniffed(number, name)
            if file is None or not self._prepare(file):
                continue
            self.records.files.append(file)
            at = file.layout
            key = (at.container, at.page, at.inside, at.objects, at.gzip, at.forms, at.delimiter, at.header, at.skip)
            groups[*key, file.alone and number].append(file)
        if self.meanwhile is not None:
            self.meanwhile.start()
        total = sum(file.size for file in self.records.files) or 1
        done = 0
        for group in groups.values():
            size = sum(file.size for file in group)
            with _watched(self.con, self._tell(done / total, size / total)):
                self._read_group(group)
            done += size
        if self.meanwhile is not None:
            self.meanwhile.join()
        self.progress("judging", 1.0)
        for file in self.records.files:
            self._note(file)
        for table in ("sign_in", "activity"):
            self.con.execute(f"UPDATE {table} SET time = NULL WHERE time < {_EARLIEST} OR time >= {_LATEST}")
            dedupe = sql_text("dedupe.sql").replace("$table", table).replace("$key", _KEY[table])
            self.con.execute(dedupe.replace("$body", _BODY[table]).replace("$poor", _POOR[table]))
        self.con.execute(sql_text("views.sql"))

    def _sniffed(self, number: int, name: str) -> InputFile | None:
        layout = sniff(name)
        if isinstance(layout, UnreadFile):
            self.records.unread.append(replace(layout, file=shown(name)))
            return None
        file = InputFile(number, shown(name), layout, name, name)
        try:
            file.size = Path(name).stat().st_size
        except OSError as error:
            self.records.unread.append(UnreadFile(file.path, f"cannot be opened: {error.strerror}", "try again"))
            return None
        return file

    def _note(self, file: InputFile) -> None:
        """Tell what the slow road had to leave out of the file."""
        if file.salvaged is None:
            return
        file.rejected = file.salvaged.count
        for each in file.salvaged.rejected:
            self.records.quarantined.append(Quarantined(file.path, each.line, each.reason, each.excerpt))
        for note in file.salvaged.notes:
            self.records.unread.append(UnreadFile(file.path, note, "what is missing is not assessed; export it again"))

    def _tell(self, before: float, part: float) -> Callable[[float], None]:
        return lambda share: self.progress("reading", before + share * part)

    def _prepare(self, file: InputFile) -> bool:
        """Make the file readable: a safe name, an encoding that DuckDB reads. False where that failed."""
        large_page = file.layout.page and file.layout.container != "lines" and file.size > salvage.PAGE_LIMIT
        if file.layout.rewrite or (large_page and not file.layout.gzip) or _cut_off(file):
            return self._salvage(file, clean=False)
        # A name that SQL can tell the file by, and that no glob character hides in.
        link = self.records.workspace / f"{file.file_id:09d}"
        try:
            link.symlink_to(os.path.abspath(file.source))
        except OSError:
            # No links here (Windows without the right to make them): the file is read alone, under its own name.
            file.readable = re.sub(r"([*?[])", r"[\1]", file.source)
            file.alone = True
        else:
            file.readable = str(link)
        return True

    def _salvage(self, file: InputFile, *, clean: bool) -> bool:
        target = self.records.workspace / "salvaged" / f"{file.file_id:09d}"
        target.parent.mkdir(exist_ok=True)
        saved = salvage.rewrite(file.source, file.given, target, clean=clean)
        if isinstance(saved, UnreadFile):
            self.records.unread.append(replace(saved, file=file.path))
            return False
        file.salvaged = saved
        file.readable = str(target)
        file.layout = saved.layout
        file.alone = False
        return True

    def _read_group(self, group: list[InputFile]) -> None:
        """Read files that lie alike under each form of their sample, then settle what no form claimed."""
        if not group[0].layout.forms:
            for file in group:
                self._probe(file)
            return
        left = group
        for name in group[0].layout.forms:
            # A file that had to be read otherwise in the pass before is no longer like the others.
            ways = {(file.lenient, file.readable if file.lenient else ""): file for file in left}
            alike = [[f for f in left if (f.lenient, f.readable if f.lenient else "") == way] for way in ways]
            left = [file for files in alike for file in self._pass(FORMS[name], files)]
        for file in left:
            self._settle(file)

    def _pass(self, form: Form, files: list[InputFile]) -> list[InputFile]:
        """Read `files` as `form`. Those that fail are read alone and otherwise. Returns files with rows unclaimed."""
        self.passes += 1
        try:
            self._insert(form, files, self.passes)
        except _faults() as error:
            if len(files) > 1:
                half = len(files) // 2
                return self._pass(form, files[:half]) + self._pass(form, files[half:])
            return self._pass_otherwise(form, files[0], error)
        counts = self.ledger.rows(form, self.passes)
        if len(files) == 1 and files[0].tried and counts.get(files[0].file_id, (0, 0, 0))[1] != files[0].rows:
            # Its records do not lie in the same places under both ways of reading: one way for all forms, then.
            return self._again(files[0])
        return self.ledger.book(form, files, self.passes, counts)

    def _pass_otherwise(self, form: Form, file: InputFile, error: Exception) -> list[InputFile]:
        """Value by value first, since most often one value is of an unusual type; then rewritten; then not at all."""
        if file.layout.container != "csv" and not file.lenient:
            file.lenient = True
            return self._pass(form, [file])
        if file.salvaged is not None and file.salvaged.clean:
            self.ledger.forget(file)
            self._leave_out(file, f"cannot be read: {str(error).partition(chr(10))[0][:300]}")
            return []
        if not self._salvage(file, clean=True):
            self.ledger.forget(file)
            self.records.files.remove(file)
            return []
        self._anew(file)
        return []

    def _anew(self, file: InputFile) -> None:
        """Read a file that was rewritten from the start."""
        file.restarted = file.lenient = file.faulty = False
        self.ledger.forget(file)
        self._read_group([file])

    def _again(self, file: InputFile) -> list[InputFile]:
        self.ledger.forget(file)
        if file.restarted:
            self._leave_out(file, "its records cannot be told apart")
        else:
            file.restarted = file.lenient = True
            self._read_group([file])
        return []

    def _leave_out(self, file: InputFile, seen: str) -> None:
        self.records.unread.append(UnreadFile(file.path, seen, accepted()))
        self.records.files.remove(file)

    def _insert(self, form: Form, files: list[InputFile], pass_id: int) -> None:
        source = Source([file.readable for file in files], files[0].layout)
        if files[0].lenient:
            self._insert_rows(form, files, pass_id, lenient(source, form, files[0].places))
            return
        if not any(file.faulty for file in files) and strictly(source):
            # Most files have no fault, and to look out for one in every value takes a quarter of the time.
            try:
                self._insert_rows(form, files, pass_id, relation(source, form, strict=True))
            except _faults():
                for file in files:
                    file.faulty = True
            else:
                return
        self._insert_rows(form, files, pass_id, relation(source, form))

    def _insert_rows(self, form: Form, files: list[InputFile], pass_id: int, rows: str) -> None:
        shape = sql_text(f"{form.table}.sql").replace("$pass_id", str(pass_id)).replace("$family", form.family)
        # No join, here or in a mapping: the plan must keep the order of the rows (see Records in this module).
        file_id = str(files[0].file_id) if len(files) == 1 else "CAST(right(source.filename, 9) AS INTEGER)"
        self.con.execute(
            f"INSERT INTO {form.table} WITH raw AS ("
            f"SELECT {file_id} AS file_id, {form.claims()} AS claimed, {columns_of(form)} FROM ({rows}) AS source"
            f"), mapped AS ({form.mapping}) {shape}"
        )

    def _probe(self, file: InputFile) -> None:
        """A file whose sample holds no record: it is empty, or what it holds comes later, or it is no log."""
        try:
            rows, forms = self.ledger.seen(file)
        except _faults() as error:
            if file.salvaged is not None and file.salvaged.clean:
                self._leave_out(file, f"cannot be read: {str(error).partition(chr(10))[0][:300]}")
            elif self._salvage(file, clean=True):
                self._probe(file)
            else:
                self.records.files.remove(file)
            return
        if forms:
            held = dict(reversed(forms))
            names = tuple(dict.fromkeys(name for name, _ in forms))
            inside = tuple((name, place) for name in names if (place := held[name]) is not None)
            file.layout = replace(file.layout, forms=names, inside=inside)
            file.places = list(dict.fromkeys(place for _, place in inside))
            self._read_group([file])
        elif rows:
            self._leave_out(file, file.layout.seen)

    def _settle(self, file: InputFile) -> None:
        """Read once more, value by value, what no form claimed; then quarantine what is left."""
        if file.layout.container != "csv" or file.layout.inside:
            done = {(name, place) for name in file.tried for place in (None, *file.places)} if file.lenient else set()
            fresh = [pair for pair in self.ledger.fresh(file) if pair not in done]
            file.places = list(dict.fromkeys([*file.places, *(place for _, place in fresh if place is not None)]))
            for name in dict.fromkeys(name for name, _ in fresh):
                file.lenient = True
                if not self._pass(FORMS[name], [file]):
                    return
        left = self.ledger.left(file)
        if (file.salvaged is None or not file.salvaged.clean) and any(_worth_saving(file, each.text) for each in left):
            if self._salvage(file, clean=True):
                self._anew(file)
            return
        for each in left:
            self.records.quarantined.append(Quarantined(file.path, each.line, why(each.text), each.text[:200]))


def _worth_saving(file: InputFile, text: str) -> bool:
    """True for a broken page, which holds more than one record, and for a record with bytes that are not UTF-8."""
    if file.layout.page is not None and file.layout.container == "lines":
        return bool(text.strip()) and ("\ufffd" in text or unpacked(text) is None)
    return "\ufffd" in text and is_record(unpacked(text))


def _faults() -> tuple[type[Exception], ...]:
    """What reading raises for what is in a file, or for its size; anything else is a fault of ours.

    DuckDB's message quotes the file, and may cut it within a character: then there is no message, but a decode error.
    """
    from grantwatch.records.engine import duckdb

    return (duckdb.InvalidInputException, duckdb.OperationalError, duckdb.DataError, UnicodeDecodeError, OSError)


def _cut_off(file: InputFile) -> bool:
    """True where a list ends with a comma: DuckDB takes that for its end, though something was to follow."""
    if file.layout.container not in {"array", "objects"} or file.layout.gzip:
        return False
    with Path(file.source).open("rb") as stream:
        stream.seek(max(file.size - 64, 0))
        return stream.read().rstrip().endswith(b",")
