"""The triage table on a terminal: worst first, in words as well as in colour, readable from 60 columns on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantwatch.pipeline import Hunt
from grantwatch.report import triage, words
from grantwatch.report.escape import terminal as safe
from grantwatch.report.formats import COMMAND, Asked
from grantwatch.report.page import as_text, show
from grantwatch.report.sections import MOST_LISTED, Sections
from grantwatch.verdict.model import Severity

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["encode", "render", "text"]

MOST_INCIDENTS = 20


def render(hunt: Hunt, console: Console, *, all_grants: bool = False, command: str = COMMAND) -> None:
    """Print the hunt on a Rich console.

    Grants of low severity or worse are always shown; the others are counted, or shown too with `all_grants`.
    `command` is what the reader typed, for the lines that suggest a next step. Without a terminal, or with NO_COLOR,
    the output is plain text. A console that is not UTF-8 gets ASCII signs, and escapes for what it cannot show.
    """
    show(_Page(hunt, console, all_grants=all_grants, command=command))


def text(hunt: Hunt, width: int = 100, color: bool = False, *, all_grants: bool = False, command: str = COMMAND) -> str:
    """The same as a string of lines no wider than `width` columns; with ANSI colours where `color` is true."""
    return as_text(lambda console: _Page(hunt, console, all_grants=all_grants, command=command), width, color)


def encode(hunt: Hunt, asked: Asked) -> bytes:
    """The table for a file: plain text, as wide as a page."""
    return text(hunt, 140, all_grants=asked.all_grants, command=asked.command).encode("utf-8", errors="replace")


class _Page(Sections):
    def __init__(self, hunt: Hunt, console: Console, *, all_grants: bool, command: str) -> None:
        super().__init__(console)
        self.hunt = hunt
        self.all_grants = all_grants
        self.command = command
        self.tenants = len({judged.grant.tenant_id for judged in hunt.grants})

    def write(self) -> None:
        """Print it all."""
        self._head()
        self._grants()
        self._incidents()
        self._coverage(self.hunt.coverage, self.hunt.blind_signals)
        self._reading()
        self._next()

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

    def _reading(self) -> None:
        hunt = self.hunt
        self._heading("Records")
        self._print((words.sums(hunt.records), ""))
        if hunt.coverage.time_unusable:
            self._print((f"{words.plural(hunt.coverage.time_unusable, 'record')} had no usable time", "yellow"))
        self._quarantined(hunt.quarantined, hunt.records.quarantined)
        self._unread(hunt.unread)

    def _next(self) -> None:
        if not self.hunt.grants:
            return
        self.console.print()
        self._print(("Next: timelines, raw records and what to do, for each grant:", "dim"))
        self._print((f"{self.command} --format html --output report.html", ""), indent=2)
        id = triage.short_id(self.hunt.grants[0].grant.grant_id)
        self._print(("Why, signal by signal, for one grant:", "dim"))
        self._print((self.command.replace("hunt", f"explain {id}", 1), ""), indent=2)
