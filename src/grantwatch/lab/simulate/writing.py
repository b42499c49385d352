"""Day by day: the plan filled in, merged with what was told, written in order of time. Memory holds one day's plan."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import BinaryIO

from grantwatch.lab.simulate.days import DAY, Plan, row, unpacked
from grantwatch.lab.simulate.people import START, Colleague
from grantwatch.lab.simulate.prepared import MESSAGES, Ids, Prepared, person_values, place_values
from grantwatch.lab.simulate.recipes import ALL, Dish, Recipes, Several
from grantwatch.lab.simulate.spill import Line, Spill
from grantwatch.lab.simulate.tenant import Tenant

__all__ = ["Files", "write_days"]

_CLOCK = [b"%02d:%02d:%02d" % (second // 3600, second // 60 % 60, second % 60) for second in range(86_400)]
_MILLI = [b"%03d000" % milli for milli in range(1000)]
_TOOK = [b"%d" % (60 + milli % 400) for milli in range(1000)]
_LATER = 240
"""Seconds until a sign-in is taken in by diagnostic settings, as the envelope's writer has it."""
_ON_PHONE = frozenset(number for number, recipe in enumerate(ALL) if recipe.where == "phone")
_READS = 0.25
"""How often mail is read with a token for it."""

Row = tuple[list[Dish], tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]


class Files:
    """The files of a folder, opened as they are first written to; counts lines. A context manager."""

    HELD = 32
    """Lines; some 130 KB, which the allocator gives out again and again. With more it asks the system each time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}
        self._held: dict[str, list[bytes]] = {}
        self.lines: Counter[str] = Counter()

    def __enter__(self) -> Files:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        for file in self._open.values():
            file.close()

    def add(self, name: str, line: bytes) -> None:
        """Write a line to the file of that name."""
        held = self._held.get(name)
        if held is None:
            held = self._held[name] = []
        held.append(line)
        if len(held) >= self.HELD:
            self._write(name, held)

    def flush(self) -> None:
        """Write what is held."""
        for name, held in self._held.items():
            self._write(name, held)

    def _write(self, name: str, held: list[bytes]) -> None:
        if name not in self._open:
            self._open[name] = (self._folder / name).open("wb")
        self._open[name].write(b"".join(held))
        self.lines[name] += len(held)
        held.clear()


def write_days(
    tenant: Tenant,
    days: int,
    forms: tuple[str, ...],
    told: Spill,
    files: Files,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write all days; `progress` is called with days done and days in all."""
    plan = Plan(tenant.staff, tenant.seed, days)
    rows = _Rows(Recipes(tenant, forms))
    dice = random.Random(f"simulate/{tenant.seed}/ids")  # noqa: S311 - fiction, not a secret
    ids = Ids(dice)
    asking = Asking(tenant.seed)
    waiting: list[Line] = []
    for day in range(days):
        items, begun = plan.day(day)
        for who, local in begun:
            rows.begin(who, local, ids)
        waiting += told.day(day)
        heapify(waiting)
        _write_day(day, items, rows.rows, ids, dice, asking, waiting, files)
        if progress:
            progress(day + 1, days)
    # What is left was read after the last midnight: beyond the end of the logs.


def _write_day(
    day: int,
    items: list[int],
    rows: dict[int, Row],
    ids: Ids,
    dice: random.Random,
    asking: Asking,
    waiting: list[Line],
    files: Files,
) -> None:
    today = (START + timedelta(days=day)).strftime("%Y-%m-%dT").encode()
    tomorrow = (START + timedelta(days=day + 1)).strftime("%Y-%m-%dT").encode()
    begin, add, take, chance = day * DAY, files.add, ids.take, dice.random
    for item in items:
        at, number, recipe = unpacked(item)
        while waiting and waiting[0][0] < at:
            _, _, file, line = heappop(waiting)
            add(file, line)
        dishes, laptop, mobile, wireless = rows[number]
        base = laptop if recipe not in _ON_PHONE else wireless if at & 3 else mobile
        second, milli = divmod(at - begin, 1000)
        request, correlation, token = take()
        late = second + _LATER
        later = today + _CLOCK[late] if late < 86_400 else tomorrow + _CLOCK[late - 86_400]
        values = (*base, request, correlation, token, today + _CLOCK[second], _MILLI[milli], _TOOK[milli], later)
        records, mail, calls = dishes[recipe]
        for record in records:
            add(record.file, record.text % record.values(values))
        if mail and chance() < _READS:
            read = at + 1000 + int(chance() * 240_000)
            messages = mail[int(chance() * chance() * MESSAGES)]
            for later_line in _mail(messages, (*base, request, b"", token), read, ids, dice):
                heappush(waiting, later_line)
        if calls:
            for later_line in asking.lines(calls, (*base, request, b"", token), at):
                heappush(waiting, later_line)
    end = begin + DAY
    while waiting and waiting[0][0] < end:
        _, _, file, line = heappop(waiting)
        add(file, line)


def _mail(mail: tuple[Prepared, ...], base: tuple[bytes, ...], at: int, ids: Ids, dice: random.Random) -> list[Line]:
    second, milli = divmod(at, 1000)
    when = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S").encode()
    record = ids.guid()
    folder = record.replace(b"-", b"").upper()
    items = [b"%024X" % dice.getrandbits(96) for _ in range(MESSAGES)]
    values = (*base, when, _MILLI[milli], b"", b"", record, folder, b"", *items)
    return [(at, -1, each.file, each.text % each.values(values)) for each in mail]


class Asking:
    """Requests to Microsoft Graph with the tokens of a day. Its dice are its own: nothing else changes with them."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(f"simulate/{seed}/calls")  # noqa: S311 - fiction, not a secret
        self._ids = Ids(self._dice)

    def lines(self, calls: Several, base: tuple[bytes, ...], at: int) -> list[Line]:
        """One to four requests within the hour, with a token that was issued at `at` (milliseconds)."""
        chance, issued, told = self._dice.random, _clock(at), []
        for _ in range(1 + int(chance() * 4)):
            when = at + 200 + int(chance() * 2_999_800)
            milli = when % 1000
            record = self._ids.guid()
            values = (*base, _clock(when), _MILLI[milli], _TOOK[milli], issued, record, b"")
            told += [
                (when, -1, each.file, each.text % each.values(values)) for each in calls[int(chance() * len(calls))]
            ]
        return told


def _clock(at: int) -> bytes:
    return (START + timedelta(seconds=at // 1000)).strftime("%Y-%m-%dT%H:%M:%S").encode()


class _Rows:
    """The values of everybody on the days that are going on."""

    def __init__(self, recipes: Recipes) -> None:
        self._recipes = recipes
        self._people: dict[int, tuple[bytes, ...]] = {}
        self.rows: dict[int, Row] = {}

    def begin(self, who: Colleague, day: int, ids: Ids) -> None:
        """Somebody's day begins."""
        person = self._people.get(who.index)
        if person is None:
            person = self._people[who.index] = person_values(who.who, who.machine)
        pair = ids.guid()
        phone = (*person, who.session("phone", day).encode(), pair)
        home = who.away.get(day) or who.home(day)
        self.rows[row(who.index, day)] = (
            self._recipes.made(who, day),
            (*person, who.session("laptop", day).encode(), pair, *place_values(who.place(day))),
            (*phone, *place_values(home if day in who.away else who.mobile(day))),
            (*phone, *place_values(home)),
        )
