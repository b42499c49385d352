"""The triage table on a terminal: worst first, in words as well as in colour, readable from 60 columns on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grantwatch.hunt import Hunt
from grantwatch.records.model import SourceCoverage
from grantwatch.report import triage, words
from grantwatch.report.escape import terminal as safe
from grantwatch.report.formats import COMMAND, Asked
from grantwatch.verdict.model import Severity

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["encode", "render", "text"]

MOST_INCIDENTS = 20
MOST_LISTED = 5

_ASCII = str.maketrans(
    {"\u2500": "-", "\u2192": "->", "\u00b7": "|", "\u2026": "...", "\u2212": "-", "\u2013": "-", "\u2019": "'"}
)


def render(hunt: Hunt, console: Console, *, all_grants: bool = False, command: str = COMMAND) -> None:
    """Print the hunt on a Rich console.

    Grants of low severity or worse are always shown; the others are counted, or shown too with `all_grants`.
    `command` is what the reader typed, for the lines that suggest a next step. Without a terminal, or with NO_COLOR,
    the output is plain text. A console that is not UTF-8 gets ASCII signs, and escapes for what it cannot show.
    """
    page = _Page(hunt, console, all_grants=all_grants, command=command)
    encoding = (console.encoding or "utf-8").lower()
    unicode = encoding.replace("-", "").startswith("utf")
    if unicode and console.is_terminal:
        page.write()
        return
    with console.capture() as captured:
        page.write()
    # Rich pads lines to the width of the window: in a file or a pipe that is only noise.
    plain = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    if not unicode:
        plain = plain.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    console.file.write(plain)


def text(hunt: Hunt, width: int = 100, color: bool = False, *, all_grants: bool = False, command: str = COMMAND) -> str:
    """The same as a string of lines no wider than `width` columns; with ANSI colours where `color` is true."""
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    render(hunt, console, all_grants=all_grants, command=command)
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def encode(hunt: Hunt, asked: Asked) -> bytes:
    """The table for a file: plain text, as wide as a page."""
    return text(hunt, 140, all_grants=asked.all_grants, command=asked.command).encode("utf-8", errors="replace")


class _Page:
    def __init__(self, hunt: Hunt, console: Console, *, all_grants: bool, command: str) -> None:
        self.hunt = hunt
        self.console = console
        self.all_grants = all_grants
        self.command = command
        self.plain = console.no_color or not console.is_terminal
        self.tenants = len({judged.grant.tenant_id for judged in hunt.grants})

    def write(self) -> None:
        self._head()
        self._grants()
        self._incidents()
        self._coverage()
        self._reading()
        self._next()

    # --- small parts

    def _text(self, *parts: tuple[str, str]) -> Text:
        """Text from (words, style) pairs: never parsed as markup, safe to print."""
        from rich.text import Text

        made = Text(overflow="fold")
        for content, style in parts:
            made.append(safe(content, 600), "" if self.plain else style)
        return made

    def _print(self, *parts: tuple[str, str], indent: int = 0) -> None:
        self._put(self._text(*parts), indent)

    def _put(self, item: RenderableType, indent: int = 0) -> None:
        from rich.padding import Padding

        made = Padding(item, (0, 0, 0, indent), expand=False) if indent else item
        self.console.print(made, markup=False, highlight=False, emoji=False)

    def _labelled(self, label: str, content: str, indent: int = 0) -> None:
        """A label, and text that wraps beside it and not below."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 2 if len(label) > 1 else 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(self._text((label, "yellow")), self._text((content, "")))
        self._put(grid, indent)

    def _heading(self, title: str) -> None:
        self.console.print()
        self._print((title, "bold underline"))

    # --- sections

    def _head(self) -> None:
        span = words.span(self.hunt)
        self._print(("Grantwatch ", "bold"), (self.hunt.version, ""), (f"  records from {span}" if span else "", "dim"))
        if not self.hunt.grants:
            found, not_assessed = words.nothing_found(self.hunt)
            self.console.print()
            self._print((found, "bold"))
            self._print((not_assessed, "yellow"))
            return
        counted = [(n, severity) for severity, n in words.counts(self.hunt.grants).items() if n]
        parts: list[tuple[str, str]] = [(f"{words.plural(len(self.hunt.grants), 'grant')}: ", "bold")]
        for position, (number, severity) in enumerate(counted):
            style = triage.severity(severity)[1]
            parts += [(", " if position else "", ""), (f"{number:,} {severity.label}", style)]
        self._print(*parts)

    def _grants(self) -> None:
        shown = [j for j in self.hunt.grants if self.all_grants or j.verdict.severity >= Severity.LOW]
        folded = [j for j in self.hunt.grants if not self.all_grants and j.verdict.severity < Severity.LOW]
        width = self.console.width
        if shown and width >= triage.WIDE:
            self.console.print()
            self._put(triage.table(shown, width, tenants=self.tenants, plain=self.plain))
        elif shown:
            for judged in shown:
                self.console.print()
                for indent, line in triage.entry(judged, width, tenants=self.tenants, plain=self.plain):
                    self._put(line, indent)
        if folded:
            split = ", ".join(f"{n:,} {s.label}" for s, n in words.counts(folded).items() if n)
            self.console.print()
            self._print((f"{words.plural(len(folded), 'grant')} below low folded ({split}); --all shows them.", "dim"))

    def _incidents(self) -> None:
        """Incidents of several grants; one of a single grant says nothing that the list above does not."""
        joined = [incident for incident in self.hunt.incidents if len(incident.grant_ids) > 1]
        if not joined:
            return
        self._heading("Incidents")
        for incident in joined[:MOST_INCIDENTS]:
            name, style = triage.severity(incident.severity)
            self._print((name, style), (f" {incident.score}", "bold"), (f"  {safe(incident.title)}", "bold"))
            users = ", ".join(safe(user, 60) for user in incident.users[:MOST_LISTED])
            more = f" and {len(incident.users) - MOST_LISTED} more" if len(incident.users) > MOST_LISTED else ""
            span = f"{words.minute(incident.started_at)} to {words.minute(incident.last_seen)} UTC"
            facts = [("time", span), ("users", users + more)]
            if incident.shared:
                facts.append(("shared", "; ".join(safe(item, 120) for item in incident.shared)))
            self._facts(facts)
        left = len(joined) - MOST_INCIDENTS
        if left > 0:
            self._print((f"{words.plural(left, 'more incident')} in the JSON and HTML reports.", "dim"))

    def _facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Labels under one another, each with text that wraps beside it and not below."""
        from rich.table import Table

        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, content in facts:
            grid.add_row(self._text((label, "dim")), self._text((content, "")))
        self._put(grid, 2)

    def _coverage(self) -> None:
        coverage = self.hunt.coverage
        self._heading("Coverage")
        title = min(max((len(source.title) for source in coverage.sources), default=0), 40)
        digits = max((len(words.plural(source.records, "record")) for source in coverage.sources), default=0)
        for source in coverage.sources:
            self._source(source, title, digits)
        for sentence in coverage.blind:
            self._labelled("not seen", sentence)
        if self.hunt.blind_signals:
            names = ", ".join(safe(item.signal, 60) for item in self.hunt.blind_signals)
            number = words.plural(len(self.hunt.blind_signals), "signal")
            self._labelled("not assessed", f"{number} for any grant: {names}")

    def _source(self, source: SourceCoverage, width: int, number: int) -> None:
        title = safe(source.title, 40).ljust(width)
        if not source.records:
            self._print((f"{title}  ", ""), ("none: not assessed", "yellow"))
            return
        time = f"{words.minute(source.first)} to {words.minute(source.last)}" if source.first and source.last else ""
        records = words.plural(source.records, "record")
        beside = f"  {time}" if time and width + number + 4 + len(time) <= self.console.width else ""
        self._print((f"{title}  ", ""), (records.rjust(number) if beside else records, ""), (beside, "dim"))
        if time and not beside:
            self._print((time, "dim"), indent=2)
        for gap in source.gaps[:MOST_LISTED]:
            self._print((f"no record from {words.minute(gap.start)} to {words.minute(gap.end)}", "yellow"), indent=2)
        if len(source.gaps) > MOST_LISTED:
            self._print((f"and {words.plural(len(source.gaps) - MOST_LISTED, 'more gap')}", "yellow"), indent=2)
        partly = [field for field in source.fields if field.present < field.rows]
        if partly:
            shares = ", ".join(f"{safe(f.field, 40)} {words.percent(f.share)}" for f in partly)
            self._print((f"not in every record: {shares}", "dim"), indent=2)

    def _reading(self) -> None:
        hunt = self.hunt
        self._heading("Records")
        self._print((words.sums(hunt.records), ""))
        if hunt.coverage.time_unusable:
            self._print((f"{words.plural(hunt.coverage.time_unusable, 'record')} had no usable time", "yellow"))
        for item in hunt.quarantined[:MOST_LISTED]:
            self._labelled("quarantined", f"{safe(item.file)}:{item.line}: {safe(item.reason)}")
        left = max(hunt.records.quarantined, len(hunt.quarantined)) - len(hunt.quarantined[:MOST_LISTED])
        if left > 0:
            self._print((f"and {words.plural(left, 'more record')} in quarantine", "dim"))
        self._unread()

    def _unread(self) -> None:
        """Files that were not read, and each hint once: most of them share the list of what is accepted."""
        shown = self.hunt.unread[: MOST_LISTED * 2]
        for file in shown:
            self._labelled("unread", f"{safe(file.file)}: {safe(file.seen)}")
        if len(self.hunt.unread) > len(shown):
            self._print((f"and {words.plural(len(self.hunt.unread) - len(shown), 'more file')} unread", "dim"))
        for hint in dict.fromkeys(file.hint for file in shown):
            first, *rest = words.listed(hint)
            self._print((first, "dim"), indent=2)
            for item in rest:
                self._labelled("-", item, 2)

    def _next(self) -> None:
        if not self.hunt.grants:
            return
        self.console.print()
        self._print(("Next: timelines, raw records and what to do, for each grant:", "dim"))
        self._print((f"{self.command} --format html --output report.html", ""), indent=2)
