"""A grant as a picture: who did what, from which network, when. A pure function from a grant to SVG.

One picture holds seconds and months, so the axis is logarithmic from the first record on: the first minutes, in which
a device code attack happens, get the most room.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape

from grantwatch.grants.model import FollowOn, Grant, Leg, LegKind, Network, Party, TokenUse
from grantwatch.report.escape import terminal
from grantwatch.report.words import client, elapsed, network, resource, second

__all__ = ["timeline"]

WIDTH = 1000
MARGIN = 24
ROW = 22
HEAD = 24
GAP = 10
AXIS = 42
CHARACTER = 6.3
"""Width of a label's character at 11 px: generous, so that labels do not touch."""
STRETCH = 6.0
"""Seconds after the start at which the axis turns from linear to logarithmic."""
MOST = 14
"""Marks per lane; the tables hold the rest."""

_TICKS = (3, 10, 30, 60, 300, 900, 3_600, 7_200, 21_600, 86_400, 259_200, 604_800, 2_592_000, 7_776_000, 31_536_000)
_SECOND_LANE = {LegKind.REDEMPTION}


@dataclass(frozen=True, slots=True)
class _Mark:
    shape: str
    label: str
    hint: str
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class _Lane:
    name: str
    note: str
    style: str
    marks: tuple[_Mark, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Scale:
    start: datetime
    seconds: float

    def x(self, time: datetime) -> float:
        """Where a time stands, in pixels."""
        offset = max((time - self.start).total_seconds(), 0.0)
        share = math.log1p(offset / STRETCH) / math.log1p(self.seconds / STRETCH)
        return MARGIN + share * (WIDTH - 2 * MARGIN)


def timeline(grant: Grant) -> str:
    """An `<svg>` element for inline use. All text is escaped; colours come from the classes `tl-*` of the page.

    A grant without legs, token uses and follow-ons gives an empty string.
    """
    lanes = [lane for lane in _lanes(grant) if lane.marks]
    times = [time for lane in lanes for mark in lane.marks for time in (mark.first, mark.last)]
    if not times:
        return ""
    start, end = min(times), max(times)
    scale = _Scale(start, max((end - start).total_seconds(), 10.0))
    body: list[str] = []
    y = float(GAP)
    for lane in lanes:
        drawn, height = _draw_lane(lane, scale, y)
        body.append(drawn)
        y += height + GAP
    return _frame(grant, scale, "".join(body), y)


def _lanes(grant: Grant) -> Iterable[_Lane]:
    legs = {True: list[Leg](), False: list[Leg]()}
    for leg in grant.legs:
        legs[leg.kind in _SECOND_LANE or _other_party(leg, grant.legs[0])].append(leg)
    uses = {party: [use for use in grant.token_uses if use.party is party] for party in Party}
    other = "redeemer\u2019s network" if grant.redemption or uses[Party.REDEEMER] else "the device\u2019s network"
    parties: tuple[tuple[str, str, list[Leg], list[TokenUse]], ...] = (
        ("approver\u2019s network", "tl-approver", legs[False], uses[Party.APPROVER]),
        (other, "tl-redeemer", legs[True], uses[Party.REDEEMER]),
        ("token uses, party unknown", "tl-unknown", [], uses[Party.UNKNOWN]),
    )
    for name, style, own_legs, own_uses in parties:
        marks = _of_legs(own_legs) + [_of_use(use) for use in own_uses]
        places = [leg.network for leg in own_legs] + [use.network for use in own_uses]
        yield _lane(name, _places(places), style, marks)
    yield _lane("what followed", "", "tl-follow", [_of_follow_on(follow_on) for follow_on in grant.follow_ons])


def _other_party(leg: Leg, first: Leg) -> bool:
    """A blocked leg that the waiting device met, or that came from another network than the flow began in."""
    if leg.kind is not LegKind.BLOCKED:
        return False
    return leg.interactive is False or leg.network.prefix != first.network.prefix


def _lane(name: str, note: str, style: str, marks: list[_Mark]) -> _Lane:
    ordered = sorted(marks, key=lambda mark: (mark.first, mark.last))
    return _Lane(name, note, style, tuple(ordered[:MOST]), max(len(ordered) - MOST, 0))


def _of_legs(legs: Iterable[Leg]) -> list[_Mark]:
    """A mark for each leg; where two logs tell of the same one, a single mark that says how many records do."""
    same: dict[tuple[str, datetime], list[_Mark]] = {}
    for mark in map(_of_leg, legs):
        same.setdefault((mark.label, mark.first.replace(microsecond=0)), []).append(mark)
    return [
        group[0] if len(group) == 1 else replace(group[0], label=f"{group[0].label}, {len(group)} records")
        for group in same.values()
    ]


def _places(networks: Sequence[Network]) -> str:
    """Where a lane's requests came from: the address too where it is one, else networks only."""
    addresses = {place.ip for place in networks if place.ip}
    fullest = max(networks, key=lambda place: (place.asn is not None, place.country is not None), default=None)
    if len(addresses) == 1 and fullest is not None:
        return network(fullest._replace(ip=addresses.pop()))
    known = list(dict.fromkeys(network(place, ip=False) for place in networks))
    if len(known) > 1:
        known = [text for text in known if text != network(Network())]
    shown = "; ".join(known[:3])
    return f"{shown} and {len(known) - 3} more" if len(known) > 3 else shown


def _of_leg(leg: Leg) -> _Mark:
    code = f" {leg.error_code}" if leg.error_code else ""
    what = leg.kind.value
    if leg.kind is LegKind.SIGHTING:
        what += " (Unified Audit Log)" if leg.form.startswith("ual") else " (confirmation page)"
    hint = f"{what}{code} at {second(leg.time)} UTC from {network(leg.network)}"
    return _Mark(leg.kind.value, what + code, hint, leg.time, leg.time)


def _of_use(use: TokenUse) -> _Mark:
    times = f" \u00d7{use.count}" if use.count > 1 else ""
    failed = f", {use.failures} failed" if use.failures else ""
    label = f"{terminal(client(use.client), 34)} \u2192 {terminal(resource(use.resource), 30)}{times}{failed}"
    hint = f"{label}: {second(use.first)} to {second(use.last)} UTC from {network(use.network)}"
    return _Mark("use", label, hint, use.first, use.last)


def _of_follow_on(follow_on: FollowOn) -> _Mark:
    named = follow_on.facts.get("device_name") or follow_on.facts.get("name") or follow_on.target.name
    name = f": {terminal(named, 24)}" if named and named != follow_on.actor else ""
    items = follow_on.facts.get("items")
    many = f", {terminal(items, 12)} items" if items else f", {follow_on.count} records" if follow_on.count > 1 else ""
    label = f"{terminal(follow_on.operation, 36)}{name}{many}"
    return _Mark("follow", label, f"{label} at {second(follow_on.time)} UTC", follow_on.time, follow_on.time)


def _draw_lane(lane: _Lane, scale: _Scale, top: float) -> tuple[str, float]:
    """The lane's drawing and its height. A mark takes the first row in which it and its label touch nothing."""
    rows: list[list[tuple[float, float]]] = []
    drawn = []
    for mark in lane.marks:
        x0, x1 = scale.x(mark.first), scale.x(mark.last)
        width = len(mark.label) * CHARACTER
        bar_end = max(x1, x0 + 6) if mark.shape == "use" else x0 + 6
        flipped = bar_end + 6 + width > WIDTH - 4 and x0 - 12 - width > 4
        taken = (x0 - 14 - width, bar_end + 8) if flipped else (x0 - 8, bar_end + 8 + width)
        inside = not flipped and mark.shape == "use" and bar_end + 6 + width > WIDTH - 4
        if inside:
            taken = (x0 - 8, max(bar_end, x0 + width) + 8)
        row = next((i for i, held in enumerate(rows) if all(taken[1] < a or taken[0] > b for a, b in held)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(taken)
        y = top + HEAD + row * ROW + ROW / 2
        label_x, anchor = (x0 - 10, "end") if flipped else (x0 + 6 if inside else bar_end + 6, "start")
        drawn.append(
            f"<g><title>{escape(terminal(mark.hint, 300))}</title>{_shape(mark.shape, x0, bar_end, y)}"
            f'<text class="tl-label" x="{label_x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}">'
            f"{escape(terminal(mark.label, 120))}</text></g>"
        )
    height = HEAD + max(len(rows), 1) * ROW + 4
    more = f" \u00b7 {lane.left_out} more in the tables" if lane.left_out else ""
    note = f" \u00b7 {terminal(lane.note, 90)}" if lane.note else ""
    head = (
        f'<rect class="tl-band" x="0" y="{top:.1f}" width="{WIDTH}" height="{height:.1f}" rx="6"/>'
        f'<text class="tl-lane" x="12" y="{top + 16:.1f}">{escape(lane.name)}'
        f'<tspan class="tl-note">{escape(note + more)}</tspan></text>'
    )
    return f'<g class="{lane.style}">{head}{"".join(drawn)}</g>', height


def _shape(kind: str, x: float, end: float, y: float) -> str:
    if kind == "use":
        return f'<rect class="tl-bar" x="{x:.1f}" y="{y - 6:.1f}" width="{end - x:.1f}" height="12" rx="3"/>'
    if kind == "approval":
        return f'<circle class="tl-full" cx="{x:.1f}" cy="{y:.1f}" r="5.5"/>'
    if kind == "sighting":
        return f'<circle class="tl-open" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    if kind == "redemption":
        return f'<path class="tl-full" d="M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z"/>'
    if kind == "interrupt":
        return f'<path class="tl-open" d="M{x:.1f} {y - 6:.1f}l6 11h-12z"/>'
    if kind == "declined":
        return f'<path class="tl-open" d="M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"/>'
    if kind == "blocked":
        return f'<path class="tl-open" d="M{x - 5:.1f} {y - 5:.1f}h10v10h-10zl10 10"/>'
    return f'<path class="tl-full" d="M{x - 5:.1f} {y - 6:.1f}h6l5 6l-5 6h-6z"/>'


def _frame(grant: Grant, scale: _Scale, body: str, y: float) -> str:
    height = y + AXIS
    ticks = [
        f'<text class="tl-tick" x="{MARGIN}" y="{y + 17:.1f}" text-anchor="middle">0</text>'
        f'<text class="tl-tick" x="12" y="{y + 33:.1f}">{second(scale.start)} UTC</text>'
    ]
    edge = MARGIN + 20.0
    lines = [f'<line class="tl-grid" x1="{MARGIN}" y1="0" x2="{MARGIN}" y2="{y:.1f}"/>']
    for offset in _TICKS:
        if offset > scale.seconds * 1.001:
            break
        x = scale.x(scale.start + timedelta(seconds=offset))
        text = f"+{elapsed(timedelta(seconds=offset))}"
        half = len(text) * CHARACTER / 2
        if x - half < edge or x + half > WIDTH:
            continue
        edge = x + half + 14
        lines.append(f'<line class="tl-grid" x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{y:.1f}"/>')
        ticks.append(f'<text class="tl-tick" x="{x:.1f}" y="{y + 17:.1f}" text-anchor="middle">{text}</text>')
    what = f"Timeline of the device code grant of {terminal(grant.user.label, 80)}"
    how = "Time runs from left to right from the first record; the first minutes are stretched."
    return (
        f'<svg class="timeline" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}">'
        f"<title>{escape(what)}</title><desc>{how}</desc>"
        f'{"".join(lines)}{body}<line class="tl-axis" x1="{MARGIN}" y1="{y:.1f}" x2="{WIDTH - MARGIN}" y2="{y:.1f}"/>'
        f"{''.join(ticks)}</svg>"
    )
