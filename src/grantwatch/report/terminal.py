"""The triage table on a terminal: worst first, in words as well as in colour, readable from 60 columns on."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from grantwatch.grants.model import Grant
from grantwatch.hunt import Hunt
from grantwatch.records.model import SourceCoverage
from grantwatch.report import words
from grantwatch.report.escape import terminal as safe
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Judged, Severity

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["render", "text"]

WIDE = 110
"""Columns from which grants are a table; below it each grant is a few lines of its own."""
MOST_CHIPS = 6
MOST_INCIDENTS = 20
MOST_LISTED = 5
COMMAND = "grantwatch hunt \u2026"

_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
}
_ASCII = str.maketrans({"\u2192": "->", "\u00b7": "|", "\u2026": "...", "\u2212": "-", "\u2013": "-", "\u2019": "'"})


def render(hunt: Hunt, console: Console, *, all_grants: bool = False, command: str = COMMAND) -> None:
    """Print the hunt on a Rich console.

    Grants of low severity or worse are always shown; the others are counted, or shown too with `all_grants`.
    `command` is what the reader typed, for the lines that suggest a next step. Without a terminal, or with NO_COLOR,
    the output is plain text. A console that is not UTF-8 gets ASCII signs, and escapes for what it cannot show.
    """
    page = _Page(hunt, console, all_grants=all_grants, command=command)
    encoding = console.encoding or "utf-8"
    if encoding.lower().replace("-", "").startswith("utf"):
        page.write()
        return
    with console.capture() as captured:
        page.write()
    plain = captured.get().translate(_ASCII)
    console.file.write(plain.encode(encoding, "backslashreplace").decode(encoding))


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

        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(self._text((label, "yellow")), self._text((content, "")))
        self._put(grid, indent)

    def _heading(self, title: str) -> None:
        self.console.print()
        self._print((title, "bold underline"))

    def _severity(self, severity: Severity) -> tuple[str, str]:
        return severity.label.upper(), _STYLES.get(severity, "dim")

    def _chips(self, evidence: Sequence[Evidence]) -> Text:
        parts: list[tuple[str, str]] = []
        for item in evidence[:MOST_CHIPS]:
            parts += [(" \u00b7 ", "dim")] if parts else []
            parts.append((safe(words.chip(item), 60), "green" if item.weight < 0 else ""))
        if len(evidence) > MOST_CHIPS:
            parts.append((f" \u00b7 {len(evidence) - MOST_CHIPS} more", "dim"))
        return self._text(*(parts or [("no signal fired", "dim")]))

    def _tenant(self, grant: Grant) -> str:
        return f"tenant {safe(grant.tenant_id or 'unknown', 36)}" if self.tenants > 1 else ""

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
            style = _STYLES.get(severity, "dim")
            parts += [(", " if position else "", ""), (f"{number:,} {severity.label}", style)]
        self._print(*parts)

    def _grants(self) -> None:
        shown = [j for j in self.hunt.grants if self.all_grants or j.verdict.severity >= Severity.LOW]
        folded = [j for j in self.hunt.grants if not self.all_grants and j.verdict.severity < Severity.LOW]
        if shown:
            self.console.print()
            self._table(shown) if self.console.width >= WIDE else self._stack(shown)
        if folded:
            split = ", ".join(f"{n:,} {s.label}" for s, n in words.counts(folded).items() if n)
            if not shown or self.console.width >= WIDE:
                self.console.print()
            self._print((f"{words.plural(len(folded), 'grant')} below low folded ({split}); --all shows them.", "dim"))

    def _table(self, grants: Iterable[Judged]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            show_edge=False,
            padding=(0, 1),
            expand=True,
            header_style="" if self.plain else "bold",
        )
        table.add_column("Severity", no_wrap=True)
        table.add_column("Score", justify="right", no_wrap=True)
        table.add_column("When (UTC)", no_wrap=True)
        table.add_column("User", ratio=5, overflow="fold")
        table.add_column("Client \u2192 resource", ratio=6, overflow="fold")
        table.add_column("Reasons", ratio=8, overflow="fold")
        for judged in grants:
            grant, verdict = judged.grant, judged.verdict
            user = self._text((safe(grant.user.label, 80), ""))
            if self.tenants > 1:
                user = Text.assemble(user, "\n", self._text((self._tenant(grant), "dim")))
            reasons = self._chips(verdict.evidence)
            if verdict.severity >= Severity.MEDIUM:
                reasons = Text.assemble(reasons, "\n", self._text((verdict.reason, "dim")))
            table.add_row(
                self._text(self._severity(verdict.severity)),
                self._text((str(verdict.score), "bold")),
                self._text((words.minute(grant.started_at), "")),
                user,
                Text.assemble(self._route(grant), "\n", self._text((words.OUTCOMES[grant.outcome], "dim"))),
                reasons,
            )
        self._put(table)

    def _stack(self, grants: Iterable[Judged]) -> None:
        for judged in grants:
            grant, verdict = judged.grant, judged.verdict
            self._print(
                self._severity(verdict.severity),
                (f" {verdict.score}  ", "bold"),
                (f"{words.minute(grant.started_at)}  ", ""),
                (safe(grant.user.label, 80), "bold"),
            )
            self._put(self._route(grant), 2)
            tenant = self._tenant(grant)
            self._print((words.OUTCOMES[grant.outcome], ""), (f" \u00b7 {tenant}" if tenant else "", "dim"), indent=2)
            self._put(self._chips(verdict.evidence), 2)
            if verdict.severity >= Severity.MEDIUM:
                self._print((verdict.reason, "dim"), indent=2)
            self.console.print()

    def _route(self, grant: Grant) -> Text:
        return self._text(
            (safe(words.client(grant.client), 80), ""),
            (" \u2192 ", "dim"),
            (safe(words.resource(grant.resource), 80), ""),
        )

    def _incidents(self) -> None:
        if not self.hunt.incidents:
            return
        self._heading("Incidents")
        for incident in self.hunt.incidents[:MOST_INCIDENTS]:
            self._print(
                self._severity(incident.severity), (f" {incident.score}  ", "bold"), (safe(incident.title), "bold")
            )
            self._print((incident.summary, ""), indent=2)
            users = ", ".join(safe(user, 60) for user in incident.users[:MOST_LISTED])
            more = f" and {len(incident.users) - MOST_LISTED} more" if len(incident.users) > MOST_LISTED else ""
            self._print((words.plural(len(incident.grant_ids), "grant") + ": ", "dim"), (users + more, ""), indent=2)
            if incident.shared:
                shared = "; ".join(safe(item, 120) for item in incident.shared)
                self._print(("shared: ", "dim"), (shared, ""), indent=2)
        left = len(self.hunt.incidents) - MOST_INCIDENTS
        if left > 0:
            self._print((f"{words.plural(left, 'more incident')} in the JSON and HTML reports.", "dim"))

    def _coverage(self) -> None:
        coverage = self.hunt.coverage
        self._heading("Coverage")
        width = min(max((len(source.title) for source in coverage.sources), default=0), 40)
        for source in coverage.sources:
            self._source(source, width)
        for sentence in coverage.blind:
            self._labelled("not seen", sentence)
        if self.hunt.blind_signals:
            names = ", ".join(safe(item.signal, 60) for item in self.hunt.blind_signals)
            number = words.plural(len(self.hunt.blind_signals), "signal")
            self._labelled("not assessed", f"{number} for any grant: {names}")

    def _source(self, source: SourceCoverage, width: int) -> None:
        title = safe(source.title, 40).ljust(width)
        if not source.records:
            self._print((f"{title}  ", ""), ("none: not assessed", "yellow"))
            return
        time = f"{words.minute(source.first)} to {words.minute(source.last)}" if source.first and source.last else ""
        beside = f"  {time}" if time and self.console.width >= WIDE else ""
        self._print((f"{title}  ", ""), (words.plural(source.records, "record"), ""), (beside, "dim"))
        if time and not beside:
            self._print((time, "dim"), indent=2)
        for gap in source.gaps[:MOST_LISTED]:
            self._print((f"no record from {words.minute(gap.start)} to {words.minute(gap.end)}", "yellow"), indent=2)
        if len(source.gaps) > MOST_LISTED:
            self._print((f"and {words.plural(len(source.gaps) - MOST_LISTED, 'more gap')}", "yellow"), indent=2)
        if source.fields:
            shares = "  ".join(f"{safe(f.field, 40)} {f.share:.0%}" for f in source.fields)
            self._print((f"filled in: {shares}", "dim"), indent=2)

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
        for file in hunt.unread[: MOST_LISTED * 2]:
            self._labelled("unread", f"{safe(file.file)}: {safe(file.seen)}. {safe(file.hint)}")
        if len(hunt.unread) > MOST_LISTED * 2:
            self._print((f"and {words.plural(len(hunt.unread) - MOST_LISTED * 2, 'more file')} unread", "dim"))

    def _next(self) -> None:
        if not self.hunt.grants:
            return
        self.console.print()
        self._print(("Next: timelines, raw records and what to do, for each grant:", "dim"))
        self._print((f"{self.command} --format html --output report.html", ""), indent=2)
