"""Parts of a page that more than one report has: coverage, quarantined records, and files that were not read."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.records.model import Coverage, Quarantined, SourceCoverage, UnreadFile
from grantwatch.report import words
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import Page
from grantwatch.signals.signal import NotAssessed

__all__ = ["MOST_LISTED", "Sections"]

MOST_LISTED = 5


class Sections(Page):
    """A page that tells what was read, and what could not be."""

    def _coverage(self, coverage: Coverage, blind_signals: Sequence[NotAssessed]) -> None:
        """Which logs and fields are there, and what cannot be seen without the others."""
        self._heading("Coverage")
        title = min(max((len(source.title) for source in coverage.sources), default=0), 40)
        digits = max((len(words.plural(source.records, "record")) for source in coverage.sources), default=0)
        for source in coverage.sources:
            self._source(source, title, digits)
        for sentence in coverage.blind:
            self._labelled("not seen", sentence)
        if blind_signals:
            names = ", ".join(safe(words.named(item), 200) for item in blind_signals)
            number = words.plural(len(blind_signals), "signal")
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

    def _quarantined(self, listed: Sequence[Quarantined], total: int, most: int = MOST_LISTED) -> None:
        """The first records that could not be used, each with its place and the reason, and how many more there are."""
        for item in listed[:most]:
            self._labelled("quarantined", f"{safe(item.file)}:{item.line}: {safe(item.reason)}")
        left = max(total, len(listed)) - len(listed[:most])
        if left > 0:
            self._print((f"and {words.plural(left, 'more record')} in quarantine", "dim"))

    def _unread(self, unread: Sequence[UnreadFile], most: int = MOST_LISTED * 2) -> None:
        """Files that were not read, and each hint once: most of them share the list of what is accepted."""
        shown = unread[:most]
        for file in shown:
            self._labelled("unread", f"{safe(file.file)}: {safe(file.seen)}")
        if len(unread) > len(shown):
            self._print((f"and {words.plural(len(unread) - len(shown), 'more file')} unread", "dim"))
        for hint in dict.fromkeys(file.hint for file in shown):
            first, *rest = words.listed(hint)
            self._print((first, "dim"), indent=2)
            for item in rest:
                self._labelled("-", item, 2)
