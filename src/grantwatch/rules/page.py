"""A run of rules for a terminal: what matched, then what was not assessed and why, then what is wrong with rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.report import words
from grantwatch.report.escape import terminal as safe
from grantwatch.report.page import as_text, show
from grantwatch.report.sections import Sections
from grantwatch.rules.model import LEVELS, Outcome, RuleResult, RulesRun

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["render", "text"]

_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_MOST_TOGETHER = 6
"""Rules that share a reason and are named beside it."""


def render(run: RulesRun, console: Console, *, every: bool = False) -> None:
    """Print the run on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(run, console, every))


def text(run: RulesRun, width: int = 100, *, every: bool = False, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(run, console, every), width, color)


class _Page(Sections):
    def __init__(self, run: RulesRun, console: Console, every: bool) -> None:
        super().__init__(console)
        self.run = run
        self.every = every

    def write(self) -> None:
        """Print it all."""
        run = self.run
        ran = self._of(Outcome.RAN, Outcome.PARTLY)
        matched = sorted((each for each in ran if each.matches), key=_worst_first)
        reach = words.reach(run.coverage.sources)
        self._print(("Grantwatch ", "bold"), (__version__, ""), (f"  records from {reach}" if reach else "", "dim"))
        matching = f"{len(matched)} matched" if matched else "none matched"
        self._print((f"{words.plural(len(run.results), 'rule')}: {len(ran)} ran, {matching}.", "bold"))
        left = [
            (len(self._of(Outcome.NOT_ASSESSED)), "not assessed"),
            (len(self._of(Outcome.PARTLY)), "assessed in part"),
            (len(self._of(Outcome.NOT_SUPPORTED)), "not supported"),
            (len(self._of(Outcome.ERROR)), "with an error"),
        ]
        told = ", ".join(f"{number} {what}" for number, what in left if number)
        if told:
            self._print((f"{told}: see below.", "yellow"))
        self._matched(matched)
        quiet = [each for each in ran if not each.matches]
        if quiet:
            self._quiet(quiet)
        self._not_assessed()
        self._faults("Not supported", Outcome.NOT_SUPPORTED)
        self._faults("Errors in rules", Outcome.ERROR)
        # What is not seen of grants is the hunt's to say.
        self._coverage(run.coverage._replace(blind=()), ())
        self._heading("Records")
        self._print((words.sums(run.records), ""))
        self._quarantined(run.quarantined, run.records.quarantined)
        self._unread(run.unread)

    def _of(self, *outcomes: Outcome) -> list[RuleResult]:
        return [each for each in self.run.results if each.outcome in outcomes]

    def _matched(self, matched: list[RuleResult]) -> None:
        if not matched:
            return
        self._heading("Matched")
        for each in matched:
            level = each.level or "no level"
            self._print((level.upper().ljust(14), _STYLES.get(level, "")), (each.title, "bold"))
            what = words.plural(each.matches, "record")
            people = f" of {words.plural(each.users, 'user')}" if each.users else ""
            facts = [("matches", f"{what}{people}")]
            if each.first and each.last:
                first, last = words.minute(each.first), words.minute(each.last)
                facts.append(("time", f"{first} UTC" if first == last else f"{first} to {last} UTC"))
            if each.listed:
                ref = each.listed[0]
                facts.append(("first", f"{ref.ref.file}:{ref.ref.position}" + (f"  {ref.who}" if ref.who else "")))
            facts.append(("rule", f"{each.file}:{each.line}"))
            if each.outcome is Outcome.PARTLY:
                facts.append(("in part", "; ".join(each.reasons)))
            self._facts(facts, width=7)

    def _quiet(self, quiet: list[RuleResult]) -> None:
        self._heading("Ran without a match")
        if not self.every:
            number = words.plural(len(quiet), "rule")
            self._print((f"{number}; --all shows {'it' if len(quiet) == 1 else 'them'}.", ""))
            return
        for each in quiet:
            told = f"  (in part: {'; '.join(each.reasons)})" if each.outcome is Outcome.PARTLY else ""
            over = words.plural(each.records, "record")
            self._print((f"{each.title}{told}", ""), (f"  over {over}" if each.source else "", "dim"))

    def _not_assessed(self) -> None:
        by_reason: dict[str, list[RuleResult]] = defaultdict(list)
        for each in self._of(Outcome.NOT_ASSESSED):
            by_reason["; ".join(each.reasons)].append(each)
        if not by_reason:
            return
        self._heading("Not assessed")
        for reason, rules in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            self._labelled("not assessed", f"{reason} ({self._named(rules)})")

    def _named(self, rules: list[RuleResult]) -> str:
        shown = rules if self.every else rules[:_MOST_TOGETHER]
        more = len(rules) - len(shown)
        return ", ".join(safe(each.title, 80) for each in shown) + (f" and {more} more" if more else "")

    def _faults(self, title: str, outcome: Outcome) -> None:
        found = self._of(outcome)
        if not found:
            return
        self._heading(title)
        for each in found:
            self._labelled(_label(outcome), f"{each.file}:{each.line}: {'; '.join(_bare(each.reasons))}")


def _label(outcome: Outcome) -> str:
    return "error" if outcome is Outcome.ERROR else "not supported"


def _bare(reasons: Iterable[str]) -> list[str]:
    return [reason.removeprefix("not supported: ") for reason in reasons]


def _worst_first(result: RuleResult) -> tuple[int, int, str]:
    level = LEVELS.index(result.level) if result.level in LEVELS else -1
    return -level, -result.matches, result.title
