"""What is left in the records until somebody asks: all that only grants need, read for the few rows that may be of one.

Names, policies and details of how somebody signed in are most of a record, and of a few in a thousand anybody looks at
them: to take them out of every record costs a tenth of a hunt. So where each line of a plain file is a record, the
first reading leaves them. A row knows its place in its file, not its byte: its record is looked for by its id where
lines of the usual length would have it, and what was found counts only where all that was stored of the row says the
same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from grantwatch.records.forms import FORMS, Form
from grantwatch.records.raw import lines_of
from grantwatch.records.sniff import Layout
from grantwatch.records.source import Source, lenient, relation
from grantwatch.records.storing import listed, stored, unlisted_spot, unlisted_told

if TYPE_CHECKING:
    import duckdb

__all__ = ["fill", "lost", "pays"]

_REACHES = (1 << 10, 1 << 13, 1 << 16, 1 << 19, 1 << 22)
"""So many bytes before and after the place where a record should be are looked at, one after another."""
_MOST = 4
"""Lines near one place that may be its record: the nearest, where a file has many with one id."""
_BUFFER = 1 << 20
_BATCH = 4096
_BATCH_BYTES = 1 << 25
"""Records, and bytes of them, that are read at once."""
_MARK = b"deviceCode"
_MANY = 20
"""Where more than one record in so many carries the mark, most would be read twice."""
_SAME = (
    "content",
    "user_key",
    "app_id",
    "resource_id",
    "ip",
    "asn",
    "country",
    "user_agent",
    "device_id",
    "error_code",
    "correlation_id",
    "session_id",
)
"""Columns by which a record is known to be the one of a row, beside its id (which `content` stands for)."""
_LINES = Layout("lines")
_LAID = "JOIN pass_form AS p ON p.pass_id = t.pass_id AND p.file_id = t.file_id"


def pays(form: Form, head: bytes) -> bool:
    """Whether to leave in the records what is rarely asked for. `head`: the first bytes of the file."""
    return form.table == "sign_in" and head.count(_MARK) * _MANY <= max(head.count(b"\n"), 1)


class _Asked(NamedTuple):
    """A row of which more is asked: its place (from 0) in a file of so many rows, and the id that its record bears."""

    row_id: int
    place: int
    request_id: str | None
    pass_id: int
    file_id: int
    form: str
    name: bytes
    rows: int


def fill(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Have at hand what the records of a table of stored sign-ins tell that may have been left in them.

    The table `told` gets, by row_id, what `told_of` makes of what is stored for those rows that keep more than others;
    the table `spot` the coordinates of all whose first reading left something in a file, which is read again. What
    cannot be found there any more (the file went away, or was written to) is counted in the table `late_lost`.
    """
    if con.execute("SELECT 1 FROM pass_form WHERE late IS NULL LIMIT 1").fetchall():
        con.execute(
            f"INSERT INTO told SELECT t.row_id, told_of(t.rest) FROM {table} AS t {_LAID} "
            "WHERE p.late IS NULL AND t.rest IS NOT NULL AND t.row_id NOT IN (SELECT row_id FROM told)"
        )
    asked = [
        _Asked._make(row)
        for row in con.execute(
            f"SELECT t.row_id, t.row_id - p.first_row, t.request_id, p.pass_id, p.file_id, p.form, p.late, p.rows "
            f"FROM {table} AS t {_LAID} WHERE p.late IS NOT NULL "
            "AND t.row_id NOT IN (SELECT row_id FROM spot) ORDER BY p.form, p.pass_id, p.file_id, t.row_id"
        ).fetchall()
    ]
    if not asked:
        return
    reader = _Reader(con, table)
    for name, of in groupby(asked, key=lambda each: each.form):
        rows = list(of)
        missed = reader.read(FORMS[name], rows, _near)
        if missed:
            missed = reader.read(FORMS[name], [each for each in rows if each.row_id in missed], _exact)
        if missed:
            reader.lost([each for each in rows if each.row_id in missed])


def lost(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    """The files of which records could not be found again, as they are shown, and of how many."""
    return con.execute(
        "SELECT p.path, sum(l.records) FROM late_lost AS l "
        "JOIN pass_form AS p ON p.pass_id = l.pass_id AND p.file_id = l.file_id GROUP BY 1 ORDER BY 1"
    ).fetchall()


_Found = Iterator[tuple[int, bytes]]
"""Row ids, and lines that may be their records: none, one or more for each."""
_Finder = Callable[[list[_Asked]], _Found]


class _Reader:
    def __init__(self, con: duckdb.DuckDBPyConnection, table: str) -> None:
        self._con = con
        self._table = table
        # Beside the folder that the engine spills into, which is ours and goes away in the end.
        (spill,) = con.execute("SELECT current_setting('temp_directory')").fetchall()[0]
        self._path = Path(spill).parent / f"late-{table}"

    def read(self, form: Form, rows: Sequence[_Asked], finder: _Finder) -> set[int]:
        """What the records of the rows tell. Answers the row ids of those that were not found."""
        missed = {each.row_id for each in rows}
        for ids in self._batches(rows, finder):
            missed -= self._taken(form, ids)
        return missed

    def lost(self, rows: Sequence[_Asked]) -> None:
        """Leave it at what is stored of these."""
        ids = [each.row_id for each in rows]
        self._con.execute("INSERT INTO spot SELECT unnest(CAST(? AS BIGINT[])), NULL, NULL", [ids])
        self._con.execute(
            f"INSERT INTO told SELECT row_id, told_of(rest) FROM {self._table} "
            "WHERE rest IS NOT NULL AND row_id IN (SELECT unnest(CAST(? AS BIGINT[])))",
            [ids],
        )
        for (pass_id, file_id), of in groupby(rows, key=lambda each: (each.pass_id, each.file_id)):
            self._con.execute("INSERT INTO late_lost VALUES (?, ?, ?)", [pass_id, file_id, len(list(of))])

    def _batches(self, rows: Sequence[_Asked], finder: _Finder) -> Iterator[list[int]]:
        """Write records one a line to where the engine reads them, and tell the row ids of the lines."""
        files = groupby(rows, key=lambda each: (each.pass_id, each.file_id))
        found = chain.from_iterable(finder(list(of)) for _, of in files)
        try:
            while ids := self._written(found):
                yield ids
        finally:
            self._path.unlink(missing_ok=True)

    def _written(self, found: _Found) -> list[int]:
        """As many of them as are read at once."""
        ids: list[int] = []
        size = 0
        with self._path.open("wb", buffering=_BUFFER) as out:
            for row_id, line in found:
                out.write(line)
                out.write(b"\n")
                ids.append(row_id)
                size += len(line)
                if len(ids) >= _BATCH or size >= _BATCH_BYTES:
                    break
        return ids

    def _taken(self, form: Form, ids: list[int]) -> set[int]:
        """Read the records that were written, and take over what they say for the rows that they are of."""
        from grantwatch.records.engine import duckdb

        source = Source([str(self._path)], _LINES)
        try:
            self._stored(form, relation(source, form, strict=True))
        except duckdb.InvalidInputException:
            # An odd value, in a column that was not read before.
            self._stored(form, lenient(source, form))
        same = " AND ".join(f"t.{name} IS NOT DISTINCT FROM l.{name}" for name in _SAME)
        same += " AND (t.time IS NULL OR t.time = l.time)"  # one that no clock has shown was taken away
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE late_row AS WITH asked AS (SELECT CAST(? AS BIGINT[]) AS ids), "
            "r AS (SELECT unnest(ids) AS row_id, unnest(range(len(ids))) AS line FROM asked) "
            "SELECT t.row_id, t.rest IS NOT NULL AS kept, min(l.rowid) AS line "
            "FROM r JOIN late_line AS l ON l.rowid = r.line "
            f"JOIN {self._table} AS t ON t.row_id = r.row_id AND {same} "
            "WHERE l.claimed AND t.row_id NOT IN (SELECT row_id FROM spot) GROUP BY ALL",
            [ids],
        )
        found = "FROM late_row AS r JOIN late_line AS l ON l.rowid = r.line"
        self._con.execute(f"INSERT INTO told SELECT r.row_id, {unlisted_told('l.rest')} {found} WHERE r.kept")
        self._con.execute(f"INSERT INTO spot SELECT r.row_id, {unlisted_spot('l.rest')} {found}")
        return {row_id for (row_id,) in self._con.execute("SELECT row_id FROM late_row").fetchall()}

    def _stored(self, form: Form, rows: str) -> None:
        wanted = ", ".join(("claimed", "time", "rest", *_SAME))
        line = stored(form, rows, "0", listed(form))
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE late_line AS SELECT {wanted} FROM ({line}) AS line")


def _near(rows: list[_Asked]) -> _Found:
    """Look for the records of one file around the places where they should be."""
    try:
        with open(rows[0].name, "rb", buffering=0) as stream:  # noqa: PTH123 - of each of many files
            size = stream.seek(0, os.SEEK_END)
            known, at = 0, 0
            for each in rows:
                if not each.request_id:
                    continue
                length = (size - at) / max(each.rows - known, 1)
                guess = at + int((each.place - known) * length)
                lines = _around(stream, size, guess, int(length), b'"%s"' % each.request_id.encode())
                for _, line in lines:
                    yield each.row_id, line
                if lines:
                    known, at = each.place, lines[0][0]
    except OSError:
        return


def _around(stream: IO[bytes], size: int, guess: int, length: int, needle: bytes) -> list[tuple[int, bytes]]:
    """The whole lines that hold the needle near the place of one of a usual length, and where each begins."""
    for reach in _REACHES:
        start = max(guess - reach, 0)
        stream.seek(start)
        block = stream.read(guess + length + reach - start)
        ends = start + len(block) >= size
        found: list[tuple[int, bytes]] = []
        hit = block.find(needle)
        while hit >= 0:
            begin = block.rfind(b"\n", 0, hit) + 1
            end = block.find(b"\n", hit)
            if end < 0:
                end = len(block) if ends else -1
            if (begin or not start) and end >= 0:
                found.append((start + begin, block[begin:end]))
            hit = block.find(needle, end) if end >= 0 else -1
        if len(found) == 1:
            return found
        if found or (ends and not start):
            return sorted(found, key=lambda each: abs(each[0] - guess))[:_MOST]
    return []


def _exact(rows: list[_Asked]) -> _Found:
    """The records of one file by their places, counted from its beginning: once for as many as may be held."""
    for first in range(0, len(rows), _BATCH):
        some = rows[first : first + _BATCH]
        try:
            found = lines_of(os.fsdecode(some[0].name), {each.place + 1 for each in some})
        except OSError:
            return
        for each in some:
            if each.place + 1 in found:
                yield each.row_id, found[each.place + 1].text.encode()
