"""What reading works on: the input files, and the connection that holds what was in them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grantwatch.records.model import Quarantined, UnreadFile
from grantwatch.records.salvage import Salvaged
from grantwatch.records.sniff import Layout
from grantwatch.records.wrappers import Place

if TYPE_CHECKING:
    import duckdb

__all__ = ["InputFile", "Progress", "Records"]

Progress = Callable[[str, float], None]
"""Called with a step's name and the share done (0–1) while a long read runs."""


@dataclass(slots=True)
class InputFile:
    """One input file: as it was named, how its records lie, and what became of them."""

    file_id: int
    path: str
    layout: Layout
    opened_by: str
    """The path that is read: the file itself, or its rewritten copy. See `readable`."""
    source: str
    """The name to open it by; `path` is the same made printable."""
    size: int = 0
    changed: int = 0
    """When it was last written to, as the system counts."""
    salvaged: Salvaged | None = None
    tried: list[str] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0
    alone: bool = False
    faulty: bool = False
    """It is among files of which one holds a record that cannot be read as its form."""
    lenient: bool = False
    """Read value by value, which takes longer and takes more."""
    restarted: bool = False
    places: list[Place] = field(default_factory=list)
    """Where outer records in it hold records, as far as it was looked at."""
    given: Layout = field(init=False)
    """How the records lie in the file itself, whatever `readable` is."""

    link: str | None = None
    """A name for the engine that is yet to be made: many small files never need one of their own."""

    @property
    def readable(self) -> str:
        """The path to give to the engine. Makes the link where that is still to be done."""
        if self.link is not None:
            Path(self.link).symlink_to(os.path.abspath(self.source))
            self.opened_by, self.link = self.link, None
        return self.opened_by

    @readable.setter
    def readable(self, path: str) -> None:
        self.opened_by, self.link = path, None

    @property
    def name(self) -> str:
        """The name by which we open it ourselves: its own, or that of its rewritten copy."""
        return self.source if self.salvaged is None else self.opened_by

    def __post_init__(self) -> None:
        self.given = self.layout
        self.places = list(dict.fromkeys(place for _, place in self.layout.inside))

    @property
    def final(self) -> bool:
        """Whether it cannot be rewritten to have more of it: it was, or each record in it is whole or not there."""
        return self.layout.container == "parquet" or (self.salvaged is not None and self.salvaged.clean)


_LEFT: list[Records] = []
"""Held, so that nothing of them is taken apart."""


@dataclass(slots=True)
class Records:
    """What was read: a DuckDB connection with the tables `sign_in` and `activity`, and the files behind it.

    Rows stand in the tables in the order of the records in their file, so that a row's place is its rowid less the
    first of its file. DuckDB keeps that order only for plans without a join: tests look at the plans.
    """

    con: duckdb.DuckDBPyConnection
    files: list[InputFile]
    unread: list[UnreadFile]
    quarantined: list[Quarantined]
    workspace: Path
    on_disk: bool = False
    """Whether the tables are on disk: see database.connect."""

    left: bool = False
    """Whether it was left to the end of the process."""

    def close(self) -> None:
        """Close the connection and remove every temporary file."""
        if not self.left:
            self.con.close()
            shutil.rmtree(self.workspace, ignore_errors=True)

    def leave(self) -> None:
        """The same where the process ends soon: the system takes all memory back at once, faster than bit by bit.

        Where open files cannot be removed (Windows), the connection is closed.
        """
        if os.name != "posix":
            self.close()
            return
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.left = True
        _LEFT.append(self)

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
