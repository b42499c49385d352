"""Everybody's working days as a plan: which recipe, for whom, when. Numbers only, so that many fit in memory."""

from __future__ import annotations

import random
from collections.abc import Callable

from grantwatch.lab.simulate.people import Colleague, weekday
from grantwatch.lab.simulate.places import mix
from grantwatch.lab.simulate.recipes import ALL, FAILED, LAPTOP, PHONE, SIGN_IN

__all__ = ["DAY", "Plan", "row", "unpacked"]

DAY = 86_400_000
"""Milliseconds of a day."""
_HOUR = 3_600_000
_PHONE, _SIGN_IN, _FAILED = len(LAPTOP), len(LAPTOP) + len(PHONE), len(ALL) - len(FAILED)
_AGAIN = _SIGN_IN + len(SIGN_IN)
# A recipe has six bits, a user 24, the day's parity one; the rest is time.
_RECIPE, _USER, _TIME = 6, 24, 31


def unpacked(item: int) -> tuple[int, int, int]:
    """Milliseconds since the start, `row` of the user on the local day, recipe."""
    return item >> _TIME, item >> _RECIPE & ((1 << _TIME - _RECIPE) - 1), item & ((1 << _RECIPE) - 1)


def row(user: int, local: int) -> int:
    """A number for a user on a local day; that of the day after the next is the same."""
    return user | (local & 1) << _USER


class Plan:
    """What everybody does, one day (UTC) after the other."""

    def __init__(self, staff: list[Colleague], seed: int, days: int) -> None:
        self._staff, self._seed, self._days = staff, seed, days
        self._waiting: list[int] = []

    def day(self, day: int) -> tuple[list[int], list[tuple[Colleague, int]]]:
        """The items of a day (UTC) in order of time, and who began which local day in it."""
        dice = random.Random(f"simulate/{self._seed}/day/{day}")  # noqa: S311 - fiction, not a secret
        begun = []
        for who in self._staff:
            offset = who.site.city.offset
            for local in (day, day + 1):
                # A local day begins in the UTC day before it where the clock is ahead.
                if (local if offset <= 0 else local - 1) == day or (local == 0 == day and offset > 0):
                    begun.append((who, local))
                    self._local(who, local, dice)
        end = (day + 1) * DAY << _TIME
        now = sorted(item for item in self._waiting if 0 <= item < end)
        self._waiting = [item for item in self._waiting if item >= end]
        return now, begun

    def _local(self, who: Colleague, local: int, dice: random.Random) -> None:
        if not who.works or not who.first_day <= local < who.last_day:
            return
        midnight = local * DAY - who.site.city.offset * _HOUR
        low = row(who.index, local) << _RECIPE
        chance = dice.random
        told: list[tuple[float, int]] = []
        # On a Linux machine there is no Office but that of the browser, the last three of LAPTOP.
        first, kinds = (_PHONE - 3, 3) if who.laptop == "firefox" else (0, _PHONE)
        if who.at_work(local):
            begin = (7.2 + mix(who.index, 5) % 200 / 100 + chance() * 0.7) * _HOUR
            long = (7.6 + chance() * 1.8) * _HOUR
            told += [(begin + chance() * long, first + int(chance() * kinds)) for _ in range(18 + int(chance() * 15))]
            told += _signed_in(begin, long, chance)
        elif chance() < 0.15:
            if chance() < 0.6:
                told.append(((8 + chance() * 14) * _HOUR, _AGAIN))
            for _ in range(2 + int(chance() * 5)):
                told.append(((10 + chance() * 11) * _HOUR, first + int(chance() * kinds)))
        for _ in range(int((4 + chance() * 10) * (1 if weekday(local) < 5 else 0.6))):
            told.append(((6.7 + chance() * 16) * _HOUR, _PHONE + int(chance() * len(PHONE))))
        self._waiting += [int(midnight + when) << _TIME | low | recipe for when, recipe in told]


def _signed_in(begin: float, long: float, chance: Callable[[], float]) -> list[tuple[float, int]]:
    """Interactive sign-ins of a working day: in the morning, with what may go wrong before, and in its course."""
    told = []
    if chance() < 0.42:
        at = begin + chance() * 600_000
        roll = chance()
        if roll < 0.3:
            told.append((at - 15_000 - chance() * 9000, _FAILED + 1))
        elif roll < 0.42:
            told.append((at - 12_000 - chance() * 8000, _FAILED))
        elif roll < 0.5:
            told.append((at - 5000 - chance() * 3000, _FAILED + 2))
        told.append((at, _SIGN_IN + int(chance() * chance() * len(SIGN_IN))))
    while chance() < 0.45:
        told.append((begin + chance() * long, _AGAIN + int(chance() * chance() * len(SIGN_IN))))
    if chance() < 0.05:
        told.append((begin + chance() * long, _FAILED + 3 + int(chance() * 2)))
    return told
