"""The ways out of a hunt: every output format by its name. Nothing is imported here but what stands in this file."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantwatch.pipeline import Hunt

__all__ = ["COMMAND", "FORMATS", "NAMES", "Asked", "Format"]

COMMAND = "grantwatch hunt \u2026"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked for beside the format."""

    all_grants: bool = False
    """Show quiet grants too, one by one."""
    command: str = COMMAND
    """What the reader typed, for the lines that suggest a next step."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to show a hunt. Its module has `encode(hunt, asked)`, a pure function to bytes."""

    name: str
    purpose: str
    """What it is for, in few words."""
    module: str
    needs: tuple[str, ...] = ()
    """Modules beside its own that are loaded while DuckDB reads."""
    raw: bool = False
    """Shows the text of the records, which are then fetched."""
    terminal: bool = True
    """May be poured into a terminal. Where not, `--output` is asked for."""
    coverage: bool = True
    """Says all of what could not be seen. Where not, the program says on standard error that there is something."""
    file: str = ""
    """A name to suggest for the file."""

    @property
    def loads(self) -> tuple[str, ...]:
        """Every module that showing needs."""
        return (self.module, *self.needs)

    def encode(self, hunt: Hunt, asked: Asked) -> bytes:
        """The hunt in this format. The same hunt gives the same bytes."""
        encode = cast("Callable[[Hunt, Asked], bytes]", importlib.import_module(self.module).encode)
        return encode(hunt, asked)


_ALL = (
    Format("table", "a terminal", "grantwatch.report.terminal", ("rich.console", "rich.table"), file="report.txt"),
    Format("json", "programs", "grantwatch.report.document", ("orjson",), file="hunt.json"),
    Format("html", "a page", "grantwatch.report.html", ("jinja2",), raw=True, terminal=False, file="report.html"),
    Format("markdown", "a ticket or a wiki", "grantwatch.report.markdown", file="report.md"),
    Format("csv", "a spreadsheet", "grantwatch.report.csv", coverage=False, file="grants.csv"),
    Format("jsonl", "a timeline", "grantwatch.report.jsonl", ("orjson",), coverage=False, file="timeline.jsonl"),
    Format("ocsf", "a pipeline", "grantwatch.report.ocsf", ("orjson",), coverage=False, file="findings.ndjson"),
    Format("sarif", "a code scanning viewer", "grantwatch.report.sarif", ("orjson",), file="hunt.sarif"),
)

FORMATS: Mapping[str, Format] = MappingProxyType({format_.name: format_ for format_ in _ALL})
NAMES = tuple(FORMATS)
