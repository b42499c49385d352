"""Three pictures of use as inline SVG: over time, accounts by clients, networks. Every text in them is escaped.

Each is drawn at the width that is asked for, so that letters keep their size on a narrow screen. Colours are those of
the page's style sheet, by class, light and dark. What a picture shows stands in tables of the page too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from grantwatch import knowledge
from grantwatch.allowances import flow_networks
from grantwatch.report import words
from grantwatch.report.escape import clean
from grantwatch.report.usage.told import CLASSES
from grantwatch.usage import KINDS, Inventory

__all__ = ["MOST_CLIENTS", "MOST_NETWORKS", "MOST_USERS", "NARROW", "WIDE", "heat_map", "networks", "over_time"]

WIDE = 1160
NARROW = 360
MOST_USERS = 40
MOST_CLIENTS = 12
FEW_CLIENTS = 7
"""Clients on a narrow screen."""
MOST_NETWORKS = 20
OUT = "out"
"""The class, in a picture, of grants that were kept out."""

_LEAST_BAR = 1.5


@dataclass(frozen=True, slots=True)
class _Bin:
    """A stretch of time, from `start` to before `end`."""

    start: date
    end: date

    @property
    def words(self) -> str:
        last = self.end - timedelta(days=1)
        return f"{self.start}" if last == self.start else f"{self.start} to {last}"


def over_time(made: Inventory, width: int) -> str:
    """Grants over time, by class of account; what was kept out stands on top. Empty where there is no grant."""
    grants = [(each.grant.started_at, made.kinds[each.grant.grant_id]) for each in made.honest]
    grants += [(each.judged.grant.started_at, OUT) for each in made.kept_out]
    if not grants:
        return ""
    bins = _bins(made, [time for time, _ in grants], 60 if width > 600 else 24)
    counts: list[Counter[str]] = [Counter() for _ in bins]
    for time, kind in grants:
        place = next((n for n, each in enumerate(bins) if time.date() < each.end), len(bins) - 1)
        counts[place][kind] += 1
    return _Time(bins, counts, width).drawn()


class _Time:
    def __init__(self, bins: Sequence[_Bin], counts: Sequence[Counter[str]], width: int) -> None:
        self.bins, self.counts, self.width = bins, counts, width
        self.left, self.top, self.height, self.bottom = 34, 10, 170, 24
        self.most = _ceiling(max(sum(count.values()) for count in counts))

    def drawn(self) -> str:
        """The whole picture."""
        total = sum(sum(count.values()) for count in self.counts)
        span = f"{self.bins[0].start} to {self.bins[-1].end - timedelta(days=1)}"
        title = f"{words.plural(total, 'grant')} over time, {span}, by class of account"
        step = (self.width - self.left - 4) / len(self.bins)
        parts = [*self._grid(), *self._labels(step)]
        for place, (each, count) in enumerate(zip(self.bins, self.counts, strict=True)):
            parts.append(self._bar(each, count, self.left + place * step, step))
        return _svg(self.width, self.top + self.height + self.bottom, "chart-time", title, parts)

    def _y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.most)

    def _grid(self) -> list[str]:
        parts = []
        for value in dict.fromkeys((0, self.most // 2, self.most)):
            y = self._y(value)
            parts.append(f'<line class="grid" x1="{self.left}" x2="{self.width}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<text class="tick" x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
        return parts

    def _labels(self, step: float) -> list[str]:
        every = max(1, round(74 / step + 0.49))
        parts = []
        for place in range(0, len(self.bins), every):
            x = self.left + (place + 0.5) * step
            if x > self.width - 30:
                break
            anchor = "start" if place == 0 else "middle"
            at = self.left if place == 0 else x
            y = self.top + self.height + 17
            said = f"{self.bins[place].start.day} {self.bins[place].start:%b}"
            parts.append(f'<text class="tick" x="{at:.1f}" y="{y}" text-anchor="{anchor}">{said}</text>')
        return parts

    def _bar(self, each: _Bin, count: Counter[str], x: float, step: float) -> str:
        if not count:
            return ""
        said = ", ".join(_counted(kind, count[kind]) for kind in (*KINDS, OUT) if count[kind])
        parts = [f"<g><title>{escape(each.words)}: {escape(said)}</title>"]
        below = 0
        for kind in (*KINDS, OUT):
            if count[kind]:
                y, until = self._y(below + count[kind]), self._y(below)
                wide = max(step - (2 if step > 6 else 0.6), _LEAST_BAR)
                parts.append(
                    f'<rect class="k-{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{until - y:.1f}"/>'
                )
                below += count[kind]
        return "".join([*parts, "</g>"])


def heat_map(made: Inventory, width: int) -> str:
    """Accounts by clients: the darker, the more grants; the number stands in each cell. Empty without accounts."""
    clients: Counter[str] = Counter()
    cells: dict[tuple[int, str], int] = defaultdict(int)
    accounts = sorted(made.accounts, key=lambda each: (-each.span.count, each.user.label))[:MOST_USERS]
    for place, account in enumerate(accounts):
        for use in account.uses:
            name = words.client(use.client)
            clients[name] += use.span.count
            cells[place, name] += use.span.count
    if not accounts:
        return ""
    names = [
        name
        for name, _ in sorted(clients.items(), key=lambda item: (-item[1], item[0]))[
            : MOST_CLIENTS if width > 600 else FEW_CLIENTS
        ]
    ]
    wide = width > 600
    label, head, row, margin = (310, 150, 24, 110) if wide else (120, 130, 24, 72)
    column = min(72.0, (width - label - margin) / len(names))
    most = max((cells[place, name] for place in range(len(accounts)) for name in names), default=1)
    parts = []
    for n, name in enumerate(names):
        x, y = label + (n + 0.5) * column + 4, head - 8
        short = _safe(_cut(name.removeprefix("Microsoft "), 24 if wide else 17))
        turned = f'transform="translate({x:.1f} {y}) rotate(-50)"'
        parts.append(f'<text class="name" {turned}>{short}<title>{_safe(name)}</title></text>')
    for place, account in enumerate(accounts):
        y = head + place * row
        who = account.user.label
        short = _safe(_cut(who, 42) if wide else _cut(who.partition("@")[0] or who, 14))
        parts.append(
            f'<text class="name" x="{label - 8}" y="{y + 16}" text-anchor="end">{short}'
            f"<title>{_safe(who)}, {CLASSES[account.kind][0]}</title></text>"
        )
        for n, name in enumerate(names):
            parts.append(_cell(cells.get((place, name), 0), most, label + n * column, y, column, row, f"{who}, {name}"))
    title = f"Grants of {words.plural(len(accounts), 'account')} by {words.plural(len(names), 'client')}"
    return _svg(width, head + row * len(accounts) + 4, "chart-heat", title, parts)


def _cell(value: int, most: int, x: float, y: float, wide: float, high: int, who: str) -> str:
    if not value:
        return f'<rect class="nothing" x="{x + 1:.1f}" y="{y + 1}" width="{wide - 2:.1f}" height="{high - 2}"/>'
    share = (value / most) ** 0.5
    strong = " strong" if share > 0.55 else ""
    said = f"{_safe(who)}: {words.plural(value, 'grant')}"
    return (
        f'<g><title>{said}</title><rect class="heat" x="{x + 1:.1f}" y="{y + 1}" width="{wide - 2:.1f}" '
        f'height="{high - 2}" fill-opacity="{0.15 + 0.85 * share:.2f}"/>'
        f'<text class="count{strong}" x="{x + wide / 2:.1f}" y="{y + 16}" text-anchor="middle">{value}</text></g>'
    )


def networks(made: Inventory, width: int) -> str:
    """Address ranges by grants, by class of account; those that anybody can rent are named so. Empty without any."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    known: dict[str, str] = {}
    for each in made.honest:
        for network in {place.prefix: place for place in flow_networks(each.grant) if place.prefix}.values():
            prefix = network.prefix or ""
            counts[prefix][made.kinds[each.grant.grant_id]] += 1
            mark = knowledge.network(network.asn, network.ip)
            rented = f" ({mark.kind})" if mark and mark.kind in ("hosting", "anonymiser", "campaign") else ""
            about = words.network(network, ip=False)
            known[prefix] = f"{'' if about == 'not logged' else about}{rented}"
    if not counts:
        return ""
    order = sorted(counts, key=lambda prefix: (-sum(counts[prefix].values()), prefix))
    shown = order[:MOST_NETWORKS]
    most = max(sum(counts[prefix].values()) for prefix in shown)
    wide = width > 600
    label, row = (330 if wide else 0), (26 if wide else 40)
    parts = []
    for place, prefix in enumerate(shown):
        y = place * row
        letters = 44 if wide else 50
        said = _cut(", ".join(part for part in (prefix, known[prefix]) if part), letters)
        at = f'x="{label - 10}" y="{y + 17}" text-anchor="end"' if wide else f'x="0" y="{y + 14}"'
        parts.append(f'<text class="name" {at}>{_safe(said)}</text>')
        parts.append(_row(counts[prefix], most, label, y + (4 if wide else 19), width - label - 44, prefix))
    title = f"Address ranges by grants: {len(shown)} of {len(order)}"
    return _svg(width, row * len(shown) + 4, "chart-networks", title, parts)


def _row(count: Counter[str], most: int, x: float, y: float, room: float, prefix: str) -> str:
    said = ", ".join(_counted(kind, count[kind]) for kind in KINDS if count[kind])
    parts = [f"<g><title>{_safe(prefix)}: {escape(said)}</title>"]
    for kind in KINDS:
        if count[kind]:
            wide = max(room * count[kind] / most, _LEAST_BAR)
            parts.append(f'<rect class="k-{kind}" x="{x:.1f}" y="{y}" width="{wide:.1f}" height="16"/>')
            x += wide
    total = sum(count.values())
    return "".join([*parts, f'<text class="tick" x="{x + 6:.1f}" y="{y + 13}">{total:,}</text></g>'])


def _bins(made: Inventory, times: Sequence[datetime], most: int) -> list[_Bin]:
    """Stretches of equal length over all of the logs: days, weeks, or more of them."""
    first = min([*times, *([made.start] if made.start else [])]).date()
    last = max([*times, *([made.end] if made.end else [])]).date()
    days = (last - first).days + 1
    length = next((size for size in (1, 2, 7, 14, 28, 91, 364) if days / size <= most), -(-days // most))
    starts = [first + timedelta(days=n) for n in range(0, days, length)]
    return [_Bin(start, start + timedelta(days=length)) for start in starts]


def _ceiling(value: int) -> int:
    """The next round number, even, so that half of it is one too."""
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if value <= step * size:
                return step * size
        size *= 10


def _counted(kind: str, number: int) -> str:
    if kind == OUT:
        return f"{number} kept out"
    return f"{number} of {CLASSES[kind][1]}"


def _cut(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1]}\u2026"


def _safe(said: str) -> str:
    return escape(clean(said, 200))


def _svg(width: int, height: float, id: str, title: str, parts: Sequence[str]) -> str:
    name = f"{id}-{width}"
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}" viewBox="0 0 {width} {height:.0f}" '
        f'width="{width}" height="{height:.0f}"><title id="{name}">{escape(title)}</title>{"".join(parts)}</svg>'
    )
