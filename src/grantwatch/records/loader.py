"""One run of reading: each file under each of its forms, over every fault in it."""

from __future__ import annotations

import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records.bundle import bundle, parcels
from grantwatch.records.containers import HEAD, Containers, Given, state
from grantwatch.records.database import MoreThanMemoryError, sql_text
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.forms.narrow import without
from grantwatch.records.late import pays
from grantwatch.records.ledger import Ledger
from grantwatch.records.limits import Limits, is_full, is_memory
from grantwatch.records.model import Quarantined, UnreadFile
from grantwatch.records.prepare import Preparer
from grantwatch.records.scope import EVERYTHING, Scope
from grantwatch.records.slices import slices
from grantwatch.records.sniff import accepted, is_record
from grantwatch.records.source import Source, lenient, marked, record_values, relation, relayed, strictly
from grantwatch.records.storing import LEFT, shaped, stored
from grantwatch.records.stream import FEW, Alike, Relay, Stream, can_stream, is_plain, is_small
from grantwatch.records.tables import InputFile, Records
from grantwatch.records.why import faults, gone, said_of, unpacked, why

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.tables import Progress

__all__ = ["Loader"]

# Times outside of these are placeholders (0001-01-01) or nonsense that no clock of a log has shown.
_EARLIEST = "TIMESTAMP '1990-01-01'"
_LATEST = "TIMESTAMP '2100-01-01'"
_LATE = 1 << 23
"""Bytes of files that are worth being read a second time."""
_POOR = {"sign_in": "(t.flags & 6) = 0", "activity": "false"}
Groups = defaultdict[Alike, list[InputFile]]
"""Files that can be read together."""
_KEY = {
    "sign_in": "date_trunc('second', t.time), t.app_id, t.error_code, t.flags & 48",
    "activity": "date_trunc('second', t.time), t.operation",
}
_BODY = {
    "sign_in": "t.user_key, t.resource_id, t.ip, t.user_agent, t.session_id",
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

    def __init__(
        self,
        records: Records,
        progress: Progress,
        meanwhile: Callable[[], None] | None = None,
        scope: Scope = EVERYTHING,
        limits: Limits | None = None,
        whole: bool = False,
        late: bool = False,
    ) -> None:
        self.whole = whole
        self.may_be_late = late and not whole
        self.limits = limits or Limits()
        self.records = records
        self.con = records.con
        self.progress = progress
        self.meanwhile = threading.Thread(target=meanwhile, daemon=True) if meanwhile is not None else None
        self.scope = scope
        self.passes = 0
        self.late: set[int] = set()
        """Passes that left in the records what few rows need: see late.py."""
        self.ledger = Ledger(records.con)
        self.preparer = Preparer(records.con, records.workspace, self.limits, records.unread)
        self.stream: Stream | None = None

    def load(self, given: Sequence[Given]) -> None:
        """Read the files into the tables of `records`, and leave there what became of them."""
        try:
            groups = self._found(given)
        except BaseException:
            if self.stream is not None:
                self.stream.relay.break_off()
            raise
        self._start_meanwhile()
        total = sum(file.size for file in self.records.files) or 1
        done = total - sum(file.size for group in groups for file in group)
        for group in groups:
            for part in parcels(group):
                size = sum(file.size for file in part)
                with _watched(self.con, self._tell(done / total, size / total)):
                    self._read_group(part)
                    self._read_anew_where_changed(part)
                done += size
        if self.meanwhile is not None:
            self.meanwhile.join()
        self.progress("judging", 1.0)
        for file in self.records.files:
            self._note(file)
        self._tell_kinds()
        for table in ("sign_in", "activity"):
            self.con.execute(f"UPDATE {table} SET time = NULL WHERE time < {_EARLIEST} OR time >= {_LATEST}")
            kept = f"FROM {table} WHERE claimed AND ignored IS NULL"
            # To count what differs takes less than to find what does not, and most logs hold no copies.
            ((copies,),) = self.con.execute(f"SELECT count(DISTINCT content) < count(*) {kept}").fetchall()
            if copies:
                self.con.execute(
                    f"CREATE TEMP TABLE twin AS SELECT content {kept} GROUP BY content HAVING count(*) > 1"
                )
                dedupe = sql_text("dedupe.sql").replace("$table", table).replace("$key", _KEY[table])
                self.con.execute(dedupe.replace("$body", _BODY[table]).replace("$poor", _POOR[table]))
                self.con.execute("DROP TABLE twin")
        self.con.execute(sql_text("views.sql"))

    def _found(self, given: Sequence[Given]) -> list[list[InputFile]]:
        """Find all files. Read those that are many and small on the way; return the others, in groups of one layout."""
        groups: Groups = defaultdict(list)
        waiting: Groups = defaultdict(list)
        containers = Containers(self.records.workspace, self.limits, self.records.unread)
        for number, each in enumerate(containers.opened(given)):
            file = self.preparer.ready(number, each)
            if file is None:
                if each.copy:
                    Path(each.source).unlink(missing_ok=True)
                continue
            self.records.files.append(file)
            alike = _alike(file)
            if not (can_stream() and is_small(file)):
                groups[alike].append(file)
            elif self.stream is not None and self.stream.layout == alike:
                if self._into_stream(file, groups):
                    self.progress("reading", containers.passed / len(given))
            else:
                waiting[alike].append(file)
                if self.stream is None and len(waiting[alike]) >= FEW:
                    self._streamed(alike, waiting.pop(alike), groups)
        self._end_stream(groups)
        for alike, files in waiting.items():
            if len(files) < FEW:
                groups[alike] = sorted([*groups[alike], *files], key=lambda file: file.file_id)
            else:
                self._streamed(alike, files, groups)
                self._end_stream(groups)
        return list(groups.values())

    def _start_meanwhile(self) -> None:
        if self.meanwhile is not None and self.meanwhile.ident is None:
            self.meanwhile.start()

    def _streamed(self, alike: Alike, files: Iterable[InputFile], groups: Groups) -> None:
        """Put files of one layout into streams; the last is left open for more of them."""
        for file in files:
            if self.stream is None:
                self.stream = self._stream_of(alike, file)
            self._into_stream(file, groups)

    def _stream_of(self, alike: Alike, file: InputFile) -> Stream:
        """A new stream for files that lie as `file`. Nobody may use the connection until it was ended."""
        self._start_meanwhile()
        self.passes += 1
        form = FORMS[file.layout.forms[0]]
        number = self.passes
        read = form
        if self.may_be_late and pays(form, _head(file.source)):
            self.late.add(number)
            read = without(form, LEFT)
        # No log can know the key under which the first record of each file bears its number.
        mark = f"grantwatch_{os.urandom(8).hex()}"
        rows = f'coalesce(source."{mark}", -1)'
        relay = Relay(self.con, lambda name: self._inserting(read, number, relayed(name, read, mark), rows))
        return Stream(alike, form, number, relay, mark, [])

    def _check(self, error: Exception) -> None:
        """Raise what is no fault of a file, and will be so for the next one too."""
        if is_full(error):
            raise error
        if not self.records.on_disk and is_memory(error):
            raise MoreThanMemoryError from error

    def _into_stream(self, file: InputFile, groups: Groups) -> bool:
        """Put the file into the stream that is open. True where that was full then, and is ended."""
        stream = self.stream
        if stream is None or not stream.add(file):
            groups[_alike(file)].append(file)
            return False
        if stream.is_full:
            self._end_stream(groups)
        return stream.is_full

    def _end_stream(self, groups: Groups) -> None:
        """Wait until all is stored that was put into the stream, and book it. What could not be read so is put back."""
        stream, self.stream = self.stream, None
        if stream is None:
            return
        try:
            stream.relay.close()
        except faults() as error:
            self._check(error)
            groups[stream.layout] += stream.files
            return
        if not self.ledger.told_apart(stream):
            stream.relay.back_out()
            groups[stream.layout] += stream.files
            return
        stream.relay.commit()
        counts = self.ledger.rows(stream.form, stream.pass_id)
        left = self.ledger.book(stream.form, stream.files, stream.pass_id, counts, late=stream.pass_id in self.late)
        if left:
            self._read_rest(left[0].layout.forms[1:], left)
        self._read_anew_where_changed(stream.files)

    def _tell_kinds(self) -> None:
        """Where a file holds one kind of sign-ins: what some of its rows say of themselves holds for all of them."""
        forms = [form.name for form in FORMS.values() if form.one_kind]
        if any(name in forms for file in self.records.files for name in file.tried):
            self.con.execute(sql_text("one_kind.sql"), [forms])

    def _read_anew_where_changed(self, files: Iterable[InputFile]) -> None:
        """Read files that were written to while they were read once more, from copies that hold still.

        Two passes over one may have seen different rows, and then no sum is right.
        """
        for file in files:
            try:
                changed = state(file.source) != (file.size, file.changed)
            except OSError:
                # It went away after it was read, or it is named already.
                continue
            if changed and file in self.records.files:
                self._read_anew(file)

    def _read_anew(self, file: InputFile) -> None:
        self.ledger.forget(file)
        self.records.files.remove(file)
        self.records.quarantined[:] = [each for each in self.records.quarantined if each.file != file.path]
        copy = self.records.workspace / "copied" / f"{file.file_id:09d}"
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(file.source, copy)
        seen = f"written to while it was read ({file.size:,} bytes at first, then {copy.stat().st_size:,})"
        hint = "what was in it then was read; what came after is not assessed"
        self.records.unread.append(UnreadFile(file.path, seen, hint))
        again = self.preparer.ready(file.file_id, Given(file.path, str(copy), copy=True))
        if again is not None:
            self.records.files.append(again)
            self._read_group([again])

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

    def _read_group(self, group: list[InputFile]) -> None:
        """Read files that lie alike under each form of their sample, then settle what no form claimed."""
        if not group[0].layout.forms:
            for file in group:
                self._probe(file)
            return
        self._read_rest(group[0].layout.forms, group)

    def _read_rest(self, forms: Iterable[str], left: list[InputFile]) -> None:
        """Read files under each of the forms, as far as they have rows that none claimed before."""
        for name in forms:
            # A file that had to be read otherwise in the pass before is no longer like the others.
            ways = {(file.lenient, file.readable if file.lenient else ""): file for file in left}
            alike = [[f for f in left if (f.lenient, f.readable if f.lenient else "") == way] for way in ways]
            left = [file for files in alike for file in self._pass(FORMS[name], files)]
        for file in left:
            try:
                self._settle(file)
            except gone() as error:
                self._check(error)
                self.ledger.forget(file)
                self._leave_out(file, *said_of("cannot be read again", error))

    def _pass(self, form: Form, files: list[InputFile]) -> list[InputFile]:
        """Read `files` as `form`. Those that fail are read alone and otherwise. Returns files with rows unclaimed."""
        self.passes += 1
        try:
            self._insert(form, files, self.passes)
        except faults() as error:
            self._check(error)
            if len(files) > 1:
                half = len(files) // 2
                return self._pass(form, files[:half]) + self._pass(form, files[half:])
            return self._pass_otherwise(form, files[0], error)
        counts = self.ledger.rows(form, self.passes)
        if len(files) == 1 and files[0].tried and counts.get(files[0].file_id, (0, 0, 0))[1] != files[0].rows:
            # Its records do not lie in the same places under both ways of reading: one way for all forms, then.
            return self._again(files[0])
        return self.ledger.book(form, files, self.passes, counts, late=self.passes in self.late)

    def _pass_otherwise(self, form: Form, file: InputFile, error: Exception) -> list[InputFile]:
        """Value by value first, since most often one value is of an unusual type; then rewritten; then not at all."""
        if file.layout.container != "csv" and not file.lenient:
            file.lenient = True
            return self._pass(form, [file])
        if file.final:
            self.ledger.forget(file)
            self._leave_out(file, *said_of("cannot be read", error))
            return []
        if not self.preparer.salvage(file, clean=True):
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

    def _leave_out(self, file: InputFile, seen: str, hint: str = "") -> None:
        self.records.unread.append(UnreadFile(file.path, seen, hint or accepted()))
        if file in self.records.files:
            self.records.files.remove(file)

    def _insert(self, form: Form, files: list[InputFile], pass_id: int) -> None:
        layout = files[0].layout
        if layout.container == "lines" and not (files[0].lenient or any(file.faulty for file in files)):
            # Most files have no fault, and to look out for one in every value takes a quarter of the time.
            try:
                if self._insert_strictly(form, files, pass_id):
                    return
            except faults() as error:
                self._check(error)
                for file in files:
                    file.faulty = True
        source = Source([file.readable for file in files], layout)
        if files[0].lenient:
            with slices(self.con, record_values(source)) as parts:
                for part in parts:
                    self._insert_rows(form, files, pass_id, lenient(source, form, files[0].places, part))
            return
        self._insert_rows(form, files, pass_id, relation(source, form))

    def _insert_strictly(self, form: Form, files: list[InputFile], pass_id: int) -> bool:
        """Read on condition that there is no fault; raises where there is one, and nothing was stored then.

        False where a fault might pass unseen, so that nothing was read.
        """
        together = self.records.workspace / "bundled"
        try:
            if bundle(files, together):
                rows = marked(Source([str(together)], files[0].layout), form)
                self._insert_rows(form, files, pass_id, rows, "source.filename")
                return True
        finally:
            together.unlink(missing_ok=True)
        source = Source([file.readable for file in files], files[0].layout)
        if not strictly(source):
            return False
        if self._leaves(form, files):
            self.late.add(pass_id)
            form = without(form, LEFT)
        try:
            self._insert_rows(form, files, pass_id, relation(source, form, strict=True))
        except BaseException:
            self.late.discard(pass_id)
            raise
        return True

    def _leaves(self, form: Form, files: list[InputFile]) -> bool:
        """Whether what few rows need is to be left in these files for now."""
        large = sum(file.size for file in files) >= _LATE
        return self.may_be_late and large and all(map(is_plain, files)) and pays(form, _head(files[0].readable))

    def _insert_rows(
        self, form: Form, files: list[InputFile], pass_id: int, rows: str, file_id: str | None = None
    ) -> None:
        self.con.execute(self._inserting(form, pass_id, rows, file_id or _number_of(files)))

    def _inserting(self, form: Form, pass_id: int, rows: str, file_id: str) -> str:
        """The statement that stores `rows`; `file_id` is SQL for the number of the file that each comes from."""
        shape = shaped(form, pass_id, whole=self.whole, late=pass_id in self.late)
        if self.scope:
            shape = self.scope.narrowed(form.table, self._columns(form.table), shape)
        return f"INSERT INTO {form.table} {stored(form, rows, file_id, shape)}"

    def _columns(self, table: str) -> list[str]:
        return [str(column[0]) for column in self.con.execute(f"SELECT * FROM {table} LIMIT 0").description]

    def _probe(self, file: InputFile) -> None:
        """A file whose sample holds no record: it is empty, or what it holds comes later, or it is no log."""
        try:
            rows, forms = self.ledger.seen(file)
        except faults() as error:
            self._check(error)
            if file.final:
                self._leave_out(file, *said_of("cannot be read", error))
            elif self.preparer.salvage(file, clean=True):
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
        if not file.final and any(_worth_saving(file, each.text) for each in left):
            if self.preparer.salvage(file, clean=True):
                self._anew(file)
            return
        for each in left:
            self.records.quarantined.append(Quarantined(file.path, each.line, why(each.text), each.text[:200]))


def _alike(file: InputFile) -> Alike:
    """What files have in common that can be read together."""
    at = file.layout
    key = (at.container, at.page, at.inside, at.objects, at.gzip, at.forms)
    return (*key, at.delimiter, at.header, at.types, at.skip, file.alone and file.file_id)


def _head(name: str) -> bytes:
    """The first bytes of a file; none where it cannot be opened, which is told when it is read."""
    with suppress(OSError), Path(name).open("rb") as stream:
        return stream.read(HEAD)
    return b""


def _number_of(files: Sequence[InputFile]) -> str:
    """SQL for the number of the file that a row comes from, where each is read under its own name."""
    return str(files[0].file_id) if len(files) == 1 else "CAST(right(source.filename, 9) AS INTEGER)"


def _worth_saving(file: InputFile, text: str) -> bool:
    """True for a broken page, which holds more than one record, and for a record with bytes that are not UTF-8."""
    if file.layout.page is not None and file.layout.container == "lines":
        return bool(text.strip()) and ("\ufffd" in text or unpacked(text) is None)
    return "\ufffd" in text and is_record(unpacked(text))
