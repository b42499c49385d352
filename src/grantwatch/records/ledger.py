"""Who claimed which row: the books that make read = parsed + ignored + quarantined hold for every file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grantwatch.records.database import sql_text
from grantwatch.records.forms import FORMS, Form
from grantwatch.records.raw import RawText, texts
from grantwatch.records.sniff import forms_of, inner
from grantwatch.records.source import Source, kinds_at, opened, outermost, recognised, record_values
from grantwatch.records.wrappers import PLACES, Place, before, decoded

if TYPE_CHECKING:
    import duckdb

    from grantwatch.records.stream import Stream
    from grantwatch.records.tables import InputFile

__all__ = ["LISTED", "Ledger"]

LISTED = 1000
"""Quarantined records of one file that are listed; the others are counted."""


class Ledger:
    """The tables `pass_form` (which pass read which file as what) and `unclaimed` (rows that no pass could read)."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def told_apart(self, stream: Stream) -> bool:
        """Say of each row of a stream which file it comes from. False where that cannot be told."""
        table, pass_id = stream.form.table, str(stream.pass_id)
        ((marked,),) = self.con.execute(
            f"SELECT count(*) FROM {table} WHERE pass_id = {pass_id} AND file_id >= 0"
        ).fetchall()
        if marked != len(stream.files):
            return False
        self.con.execute(sql_text("told_apart.sql").replace("$table", table).replace("$pass_id", pass_id))
        return True

    def rows(self, form: Form, pass_id: int) -> dict[int, tuple[int, int, int]]:
        """By file: the first row of this pass, how many rows, and how many of them the form does not claim."""
        counted = self.con.execute(
            f"SELECT file_id, min(rowid), count(*), count(*) FILTER (NOT claimed) FROM {form.table} "
            f"WHERE pass_id = {pass_id} GROUP BY file_id"
        ).fetchall()
        return {file_id: (first, rows, missed) for file_id, first, rows, missed in counted}

    def book(
        self,
        form: Form,
        files: Sequence[InputFile],
        pass_id: int,
        counts: Mapping[int, tuple[int, int, int]],
        *,
        late: bool = False,
    ) -> list[InputFile]:
        """Book a pass; `late`: it left in the records what few rows need. Answers the files with rows unclaimed."""
        again = any(file.tried for file in files)
        firsts = [counts.get(file.file_id, (0, 0, 0))[0] for file in files]
        self.con.execute(
            f"INSERT INTO pass_form SELECT {pass_id}, unnest(?::INTEGER[]), unnest(?::BIGINT[]), ?, ?, {form.rank}, "
            "unnest(?::VARCHAR[]), unnest(?::BLOB[]), unnest(?::BIGINT[])",
            [
                [file.file_id for file in files],
                firsts,
                form.name,
                form.stream,
                [file.path for file in files],
                [os.fsencode(file.name) if late else None for file in files],
                [counts.get(file.file_id, (0, 0, 0))[1] for file in files],
            ],
        )
        for file in files:
            file.tried.append(form.name)
            file.rows = max(file.rows, counts.get(file.file_id, (0, 0, 0))[1])
        if again:
            self._narrow(form, pass_id)
        elif any(missed for _, _, missed in counts.values()):
            self.con.execute(f"INSERT INTO unclaimed {_places(form, pass_id, 'NOT t.claimed')}")
        else:
            return []
        left = dict(self.con.execute("SELECT file_id, count(*) FROM unclaimed GROUP BY file_id").fetchall())
        return [file for file in files if file.file_id in left]

    def _narrow(self, form: Form, pass_id: int) -> None:
        """A later pass may only claim what earlier ones left."""
        self.con.execute(
            f"UPDATE {form.table} SET claimed = false WHERE rowid IN (SELECT row_id FROM "
            f"({_places(form, pass_id, 't.claimed', ', t.rowid AS row_id')}) AS mine "
            "ANTI JOIN unclaimed USING (file_id, position))"
        )
        self.con.execute(f"DELETE FROM unclaimed WHERE (file_id, position) IN ({_places(form, pass_id, 't.claimed')})")

    def forget(self, file: InputFile) -> None:
        """Take back whatever was read of the file, so that it can be read anew or left out."""
        for table in ("sign_in", "activity"):
            self.con.execute(f"UPDATE {table} SET claimed = false WHERE claimed AND file_id = {file.file_id}")
        self.con.execute(f"DELETE FROM unclaimed WHERE file_id = {file.file_id}")
        file.tried.clear()
        file.rows = 0

    def fresh(self, file: InputFile) -> list[tuple[str, Place | None]]:
        """The forms that are among the unclaimed rows of a file, and where outer records hold them."""
        positions, more = self._open(file)
        if more:
            return self.seen(file, f"SELECT position FROM unclaimed WHERE file_id = {file.file_id}")[1]
        found: dict[tuple[str, Place | None], None] = {}
        for text in texts(self.con, file, positions).values():
            record, place = inner(decoded(text.text))
            found.update(((name, place), None) for name in forms_of(record))
        return sorted(found, key=lambda pair: before(pair[1]))

    def seen(self, file: InputFile, positions: str | None = None) -> tuple[int, list[tuple[str, Place | None]]]:
        """How many records a file holds, and the forms that they may be of. `positions`: SQL that narrows them."""
        records = record_values(Source([file.readable], file.layout))
        values = f"SELECT row_number() OVER () AS place, json FROM ({records})"
        where = f"WHERE place IN ({positions})" if positions else ""
        # Most files have nothing at any place where a record may be held: that is asked first, with one look at each.
        there = ", ".join(
            f"coalesce(bool_or(kinds[{number}] = 'OBJECT' OR kinds[{number}] = 'VARCHAR'), false)"
            for number in range(1, len(PLACES) + 1)
        )
        kinds = f"SELECT {kinds_at(PLACES)} AS kinds FROM ({values}) AS placed {where}"
        (row,) = self.con.execute(f"SELECT count(*), {there} FROM ({kinds})").fetchall()
        places = [place for place, found in zip(PLACES, row[1:], strict=True) if found]
        keys = outermost(FORMS.values())
        asked, rows = opened(f"SELECT json FROM ({values}) AS placed {where}", places, keys)
        claims = ", ".join(
            f"coalesce(bool_or({recognised(form, f'{text}_kinds', keys)}), false)"
            for text, _ in asked
            for form in FORMS.values()
        )
        (answers,) = self.con.execute(f"SELECT {claims} FROM ({rows})").fetchall()
        pairs = [(name, place) for _, place in asked for name in FORMS]
        return row[0], [pair for pair, found in zip(pairs, answers, strict=True) if found]

    def left(self, file: InputFile) -> list[RawText]:
        """The records of a file that are still unclaimed, the first of them at the most."""
        positions, _ = self._open(file)
        found = texts(self.con, file, positions)
        return [found.get(position, RawText(position, "")) for position in positions]

    def _open(self, file: InputFile) -> tuple[list[int], bool]:
        rows = self.con.execute(
            f"SELECT position FROM unclaimed WHERE file_id = {file.file_id} ORDER BY position LIMIT {LISTED + 1}"
        ).fetchall()
        return [position for (position,) in rows[:LISTED]], len(rows) > LISTED


def _places(form: Form, pass_id: int, where: str, more: str = "") -> str:
    """File and place of the rows of a pass."""
    return (
        f"SELECT t.file_id, t.rowid - p.first_row + 1 AS position{more} FROM {form.table} AS t "
        f"JOIN pass_form AS p ON p.pass_id = t.pass_id AND p.file_id = t.file_id "
        f"WHERE t.pass_id = {pass_id} AND {where}"
    )
