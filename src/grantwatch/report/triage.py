"""The list of grants on a terminal: who, how bad, why, and what to do first. Columns where there is room for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grantwatch.report import words
from grantwatch.report.escape import terminal as safe
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Judged, Severity

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["MOST_CHIPS", "STYLES", "WIDE", "entry", "pack", "severity", "short_id", "table"]

WIDE = 110
"""Columns from which grants stand in a table; below it each is a few lines of its own."""
MOST_CHIPS = 4
GAP = 2
SHORT_ID = 8
SEPARATOR = " \u00b7 "
WHEN = len("2026-09-14 10:00")

STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
}


class _Facts(NamedTuple):
    """What a grant's entry shows, as harmless text."""

    severity: Severity
    score: str
    when: str
    user: str
    tenant: str
    route: str
    outcome: str
    id: str
    chips: tuple[tuple[str, str], ...]
    """(words, style), most telling first."""
    moves: str


def short_id(grant_id: str) -> str:
    """The first digits of a grant's id, safe to print: enough for `grantwatch explain`."""
    return safe(grant_id[:SHORT_ID], None)


def severity(level: Severity) -> tuple[str, str]:
    """A severity's name as it is printed, and its style."""
    return level.label.upper(), STYLES.get(level, "dim")


def pack(parts: Sequence[str], width: int, between: int = len(SEPARATOR)) -> list[list[int]]:
    """Places of `parts` line by line, so that no part breaks: each line holds `width` columns at the most.

    A part that is wider than a line gets a line of its own.
    """
    from rich.cells import cell_len

    lines: list[list[int]] = []
    used = 0
    for place, part in enumerate(parts):
        needed = cell_len(part) + between
        # The separator at the end of a line needs its columns too.
        if lines and used + needed <= width:
            lines[-1].append(place)
            used += needed
        else:
            lines.append([place])
            used = needed
    return lines


def _facts(judged: Judged, tenants: int) -> _Facts:
    grant, verdict = judged.grant, judged.verdict
    return _Facts(
        severity=verdict.severity,
        score=str(verdict.score),
        when=words.minute(grant.started_at),
        user=safe(grant.user.label, 80),
        tenant=f"tenant {safe(grant.tenant_id or 'unknown', 36)}" if tenants > 1 else "",
        route=f"{safe(words.client(grant.client), 80)} \u2192 {safe(words.resource(grant.resource), 80)}",
        outcome=words.OUTCOMES[grant.outcome],
        id=short_id(grant.grant_id),
        chips=_chips(verdict.evidence),
        moves=safe(words.moves(judged), 300),
    )


def _chips(evidence: Sequence[Evidence]) -> tuple[tuple[str, str], ...]:
    told = words.telling(evidence, MOST_CHIPS)
    shown = [(safe(words.chip(item), 60), "green" if item.weight < 0 else "") for item in told]
    if len(evidence) > len(told):
        shown.append((f"{len(evidence) - len(told)} more", "dim"))
    return tuple(shown) or (("no signal fired", "dim"),)


def _text(plain: bool, *parts: tuple[str, str]) -> Text:
    from rich.text import Text

    made = Text(overflow="fold")
    for content, style in parts:
        made.append(content, "" if plain else style)
    return made


def _packed(plain: bool, chips: Sequence[tuple[str, str]], width: int) -> list[Text]:
    lines = pack([content for content, _ in chips], width)
    texts = []
    for number, line in enumerate(lines):
        parts: list[tuple[str, str]] = []
        for place in line:
            parts += [(SEPARATOR, "dim")] if parts else []
            parts.append(chips[place])
        if number + 1 < len(lines):
            parts.append((SEPARATOR.rstrip(), "dim"))
        texts.append(_text(plain, *parts))
    return texts


def table(grants: Iterable[Judged], width: int, *, tenants: int, plain: bool) -> RenderableType:
    """The grants in four columns: severity and score, time, who and what, why and what to do first."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    shown = [_facts(judged, tenants) for judged in grants]
    names = max((len(facts.severity.label) for facts in shown), default=0)
    left = width - (names + 4) - WHEN - 3 * GAP
    needed = max((max(cell_len(facts.user), cell_len(facts.route)) for facts in shown), default=0)
    who = max(min(needed, left * 11 // 20), 30)
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    made.header_style = "" if plain else "bold"
    for title, columns in (("Severity", names + 4), ("When (UTC)", WHEN), ("Who and what", who)):
        made.add_column(title, width=columns, overflow="fold")
    made.add_column("Why, and what to do first", width=left - who, overflow="fold")
    for facts in shown:
        name, style = severity(facts.severity)
        user = facts.user
        if cell_len(user) > who:
            user = user.replace("@", "\n@", 1)
        what = [_text(plain, (user, "bold")), _text(plain, (facts.route, ""))]
        what += [_text(plain, (facts.tenant, "dim"))] if facts.tenant else []
        why = _packed(plain, facts.chips, left - who)
        why += [_text(plain, ("Do: ", "bold"), (facts.moves, ""))] if facts.moves else []
        made.add_row(
            _text(plain, (name, style), (" " * (names - len(name) + 4 - len(facts.score)), ""), (facts.score, "bold")),
            _text(plain, (f"{facts.when}\n", ""), (f"{facts.outcome}\n", "dim"), (f"grant {facts.id}", "dim")),
            Text("\n").join(what),
            Text("\n").join(why),
        )
    return made


def entry(judged: Judged, width: int, *, tenants: int, plain: bool) -> list[tuple[int, Text]]:
    """One grant as (indent, text) lines, for a narrow window."""
    from rich.cells import cell_len

    facts = _facts(judged, tenants)
    name, style = severity(facts.severity)
    head = [(name, style), (f" {facts.score}", "bold"), (f"  {facts.when}", "")]
    if sum(cell_len(content) for content, _ in head) + 2 + cell_len(facts.user) <= width:
        lines = [(0, _text(plain, *head, (f"  {facts.user}", "bold")))]
    else:
        lines = [(0, _text(plain, *head)), (2, _text(plain, (facts.user, "bold")))]
    outcome = f"{SEPARATOR}{facts.outcome}{SEPARATOR}grant {facts.id}"
    lines.append((2, _text(plain, (facts.route, ""), (outcome, "dim"))))
    if facts.tenant:
        lines.append((2, _text(plain, (facts.tenant, "dim"))))
    lines += [(2, line) for line in _packed(plain, facts.chips, width - 2)]
    if facts.moves:
        lines.append((2, _text(plain, ("Do: ", "bold"), (facts.moves, ""))))
    return lines
