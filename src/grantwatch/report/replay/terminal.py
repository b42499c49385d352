"""A replay on a terminal: who would break, which attacks would be stopped and which not, and how far to believe it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from grantwatch import __version__
from grantwatch.policy import Policy, State
from grantwatch.replay import Fate, GrantReplay, PolicyAgreement, Replay, Result, Scenario, Stage, Standing, Way
from grantwatch.replay.gaps import KINDS
from grantwatch.replay.sums import Row, rows
from grantwatch.report import words
from grantwatch.report.page import Page, as_text, show

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["render", "text"]

MOST = 15
"""Lines of one list; the JSON has all."""
_NAMES = {"today": "Today's policies", "candidate": "With the candidate"}
_STAGES = {
    Stage.APPROVAL: "at the approval",
    Stage.REDEMPTION: "at the redemption",
    Stage.REFRESH: "at the next refresh",
}
_RESULTS = {
    Result.STOPPED: "stopped",
    Result.LIMITED: "refused in part",
    Result.PASSES: "get through",
    Result.NOT_ASSESSED: "not assessed",
    Result.NO_DECISION: "without a decision",
}


def render(made: Replay, console: Console) -> None:
    """Print the replay on a Rich console; plain text without a terminal or with NO_COLOR."""
    show(_Page(made, console))


def text(made: Replay, width: int = 100, color: bool = False) -> str:
    """The same as a string of lines no wider than `width` columns."""
    return as_text(lambda console: _Page(made, console), width, color)


class _Page(Page):
    def __init__(self, made: Replay, console: Console) -> None:
        super().__init__(console)
        self.made = made

    def write(self) -> None:
        """Print it all."""
        made = self.made
        self._print(("Grantwatch ", "bold"), (__version__, ""), ("  Conditional Access replayed over the logs", "dim"))
        self._print((self._span(), "bold"))
        for scenario in made.scenarios:
            self._scenario(scenario)
        self._breaks()
        self._attacks()
        for name, title in (("user", "By user"), ("client", "By client"), ("device", "By device")):
            self._rows(title, rows(made, name))
        self._agreement()
        self._not_assessed()

    def _span(self) -> str:
        made = self.made
        told = words.plural(len(made.grants), "grant")
        if made.start and made.end:
            told += f" from {words.day(made.since or made.start)} to {words.day(made.end)}"
        if made.since:
            told += f" (the last {made.days} days; {words.plural(made.outside, 'older grant')} left out)"
        return told + "."

    def _scenario(self, scenario: Scenario) -> None:
        self._heading(_NAMES[scenario.name])
        states = Counter(policy.state for policy in scenario.policies)
        said = {
            State.ENABLED: "switched on",
            State.REPORT_ONLY: "report-only",
            State.DISABLED: "disabled",
            State.UNKNOWN: "in a state that is not known",
        }
        numbers = ", ".join(f"{states[state]} {name}" for state, name in said.items() if states[state])
        policies = words.plural(len(scenario.policies), "policy", "policies")
        self._print((f"{policies} ({numbers})." if numbers else f"{policies}.", ""))
        if scenario.changed:
            self._labelled("-", f"other than today: {_named(scenario.changed)}")
        if scenario.name == "candidate":
            self._modes(scenario)
        self._facts([(standing.value, told) for standing in Standing if (told := self._standing(scenario, standing))])

    def _modes(self, scenario: Scenario) -> None:
        quiet = [policy for policy in scenario.changed if policy.state is State.REPORT_ONLY]
        if self.made.enforced:
            self._labelled("-", f"in report-only mode, replayed as if switched on: {_named(self.made.enforced)}")
        if quiet:
            self._labelled(
                "-", f"in report-only mode, so nothing changes by it: {_named(quiet)}; --enforce replays it as on"
            )

    def _standing(self, scenario: Scenario, standing: Standing) -> str:
        grants = [each for each in self.made.grants if each.standing is standing]
        if not grants:
            return ""
        results = Counter(self._way(each, scenario).result for each in grants)
        tally = scenario.decisions[standing]
        told = _told(results)
        fates = ", ".join(
            f"{tally.fates[fate]:,} {_fate(fate, tally.fates[fate])}" for fate in Fate if tally.fates.get(fate)
        )
        decisions = words.plural(tally.decisions, "decision")
        return f"{words.plural(len(grants), 'grant')}: {told}; {decisions}" + (f": {fates}" if fates else "")

    def _way(self, each: GrantReplay, scenario: Scenario) -> Way:
        return each.today if scenario is self.made.today else each.candidate or each.today

    # -- what breaks, what is stopped

    def _breaks(self) -> None:
        broken = [each for each in self.made.grants if each.breaks]
        self._heading("Honest use that would break")
        if not any(each.standing is Standing.HONEST for each in self.made.grants):
            self._print(("No honest grant was replayed: nothing can be said.", ""))
            return
        if not broken:
            unsure = sum(
                each.standing is Standing.HONEST and each.last.result is Result.NOT_ASSESSED
                for each in self.made.grants
            )
            but = f", but {words.plural(unsure, 'honest grant')} could not be assessed" if unsure else ""
            self._print((f"None{but}.", ""))
            return
        by: dict[tuple[str, str, str], list[GrantReplay]] = {}
        for each in broken:
            grant = each.judged.grant
            stage = each.last.stopped_at
            at = f"{_RESULTS[each.last.result]} {_STAGES[stage] if stage else ''} by {_named(each.last.by)}"
            key = (grant.user.label, words.client(grant.client), at)
            by.setdefault(key, []).append(each)
        for (user, client, how), grants in sorted(by.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST]:
            allowed = sum(bool(one.allowed) for one in grants)
            told = f" ({words.plural(allowed, 'grant')} allowed by the file)" if allowed else ""
            self._labelled("-", f"{user} with {client}: {words.plural(len(grants), 'grant')} {how}{told}", style="red")
        self._left(len(by))

    def _attacks(self) -> None:
        suspects = [each for each in self.made.grants if each.standing is Standing.SUSPECT]
        self._heading("Attacks")
        if not suspects:
            self._print(("No grant that was replayed is high or critical.", ""))
            return
        for each in suspects[:MOST]:
            grant = each.judged.grant
            who = f"{grant.user.label} with {words.client(grant.client)}"
            lead = f"{who}, {words.minute(grant.started_at)} UTC ({each.why})"
            self._labelled("-", lead, style="red" if each.gets_through else "green")
            facts = [("today", self._ending(each.today))]
            if each.candidate:
                facts.append(("candidate", self._ending(each.candidate)))
            self._facts(facts, 4)
        self._left(len(suspects))

    @staticmethod
    def _ending(way: Way) -> str:
        told = _one(_RESULTS[way.result])
        if way.stopped_at:
            told += f" {_STAGES[way.stopped_at]} by {_named(way.by)}"
        if way.next_refresh and way.next_refresh.refused and way.stopped_at is not Stage.REFRESH:
            told += "; a session that is in use ends at its next refresh"
        for gap in way.gaps[:3]:
            policy = f"{gap.policy.label}: " if gap.policy else ""
            told += f"; gap: {KINDS[gap.kind]}" + (f" ({policy}{gap.why})" if gap.policy else "")
        if way.missing:
            told += f"; {way.missing[0]}"
        return told

    # -- sums

    def _rows(self, title: str, found: Sequence[Row]) -> None:
        if not found:
            return
        from rich.table import Table

        self._heading(title)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="" if self.plain else "dim")
        table.add_column("name", overflow="fold", ratio=3)
        for standing in Standing:
            table.add_column(standing.value, overflow="fold", ratio=2)
        for row in found[:MOST]:
            cells = [self._text((_counts(row, standing), "")) for standing in Standing]
            table.add_row(self._text((row.name, "red" if row.breaks else "")), *cells)
        self._put(table)
        self._left(len(found))

    def _left(self, number: int) -> None:
        if number > MOST:
            self._print((f"… and {number - MOST:,} more: --format json has all.", "dim"))

    # -- how far to believe it

    def _agreement(self) -> None:
        found = self.made.agreement
        self._heading("Agreement with what the logs say that policies did")
        if found.share is None:
            self._print(("No record names a policy of this export: nothing to compare, policy by policy.", ""))
        else:
            compared = f"{found.agree:,} of {found.agree + found.differ:,} pairs of record and policy agree"
            unsure = f"; {found.not_assessed:,} not assessed" if found.not_assessed else ""
            self._print((f"{compared} ({100 * found.share:.1f} %){unsure}.", "bold"))
        for each in found.policies[:MOST]:
            self._labelled("-", f"{each.name or each.id}: {_agreed(each)}", 2)
        self._left(len(found.policies))
        if found.statuses.compared or found.statuses.not_assessed:
            self._labelled("-", f"status of the record as a whole: {_agreed(found.statuses)}", 2)
        for why, pairs in found.not_comparable.items():
            self._labelled("-", f"{words.plural(pairs, 'pair')} not comparable: {why}", 2)
        for other in found.differences[:MOST]:
            line = f"{other.policy}: the log says {other.recorded}, the model {other.modelled}: {other.why}"
            self._labelled(
                "differs", f"{line} ({words.plural(other.pairs, 'pair')}; such as grant {other.grant_id})", 2, "red"
            )
        self._left(len(found.differences))

    def _not_assessed(self) -> None:
        made = self.made
        unknown = made.last.missing
        if not made.not_assessed and not unknown:
            return
        self._heading("Not assessed")
        for why, count in list(unknown.items())[:MOST]:
            self._labelled("-", f"{words.plural(count, 'decision')}: {why}")
        for sentence in made.not_assessed:
            self._labelled("-", sentence)


def _fate(fate: Fate, number: int) -> str:
    return {
        Fate.BLOCKED: "blocked",
        Fate.UNMET: "lacks a control" if number == 1 else "lack a control",
        Fate.PASSES: "passes" if number == 1 else "pass",
        Fate.NOT_ASSESSED: "not assessed",
    }[fate]


def _named(policies: Sequence[Policy]) -> str:
    shown = ", ".join(policy.label for policy in policies[:3])
    return shown + (f" and {len(policies) - 3} more" if len(policies) > 3 else "")


def _counts(row: Row, standing: Standing) -> str:
    return _told({result: row.counts[standing, result] for result in Result}) or "-"


def _told(counts: Mapping[Result, int]) -> str:
    """`3 stopped, 1 gets through`."""
    said = ((counts[result], name) for result, name in _RESULTS.items() if counts[result])
    return ", ".join(f"{number:,} {_one(name) if number == 1 else name}" for number, name in said)


def _one(name: str) -> str:
    return name.replace("get through", "gets through")


def _agreed(each: PolicyAgreement) -> str:
    told = [f"{each.agree:,} agree", f"{each.differ:,} differ", f"{each.not_assessed:,} not assessed"]
    mode = f" ({each.other_mode:,} of those that agree in another mode then)" if each.other_mode else ""
    return ", ".join(told) + mode
