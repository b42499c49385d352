"""Sites and colleagues: where each works on which day, with which machine, browser and phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from grantwatch.lab.events import Machine, Person, Place, Seat
from grantwatch.lab.ids import Mint
from grantwatch.lab.simulate.agents import browser_name, browser_of
from grantwatch.lab.simulate.places import City, Network, mix

__all__ = ["LAPTOPS", "PHONES", "START", "Colleague", "Site", "weekday"]

START = datetime(2026, 8, 1)
"""Day 0 of every tenant, a Saturday (UTC)."""

LAPTOPS = ("edge", "chrome", "safari", "firefox")
"""By browser: two kinds of managed Windows laptops, Macs, and Linux machines that Entra knows nothing of."""
PHONES = ("ios", "android")
_OS = {"edge": "Windows 11", "chrome": "Windows 10", "safari": "MacOs", "firefox": "Linux"}
_PHONE_OS = {"ios": "Ios 26.0", "android": "Android 16"}
SESSION_DAYS = {"laptop": 17, "phone": 40, "browser": 9}
"""How long a session lives before the person signs in anew."""


def weekday(day: int) -> int:
    """0 for a Monday, 6 for a Sunday."""
    return (START.weekday() + day) % 7


@dataclass(slots=True)
class Site:
    """An office: its egress, and the networks that people have at home and on the phone around it."""

    number: int
    city: City
    egress: Network
    addresses: int
    homes: tuple[Network, ...]
    mobiles: tuple[Network, ...]
    moved: tuple[int, Network] | None = None
    """From that day on the site goes out by another network."""

    def place(self, day: int, number: int) -> Place:
        """The office as the world sees it that day; a few addresses for all."""
        egress = self.moved[1] if self.moved and day >= self.moved[0] else self.egress
        return egress.place(20 + number % self.addresses)


@dataclass(slots=True, eq=False)
class Colleague:
    """An account with all that it works with. Days are counted from 0; what happens on them is local to its site.

    `laptop` and `phone` are one of LAPTOPS and PHONES. A persona may set what is below `department`.
    """

    seed: str
    index: int
    who: Person
    site: Site
    laptop: str
    phone: str
    machine: Machine
    home_network: Network
    mobile_network: Network
    office_days: frozenset[int]
    department: str
    first_day: int = 0
    last_day: int = 10_000
    works: bool = True
    """False for accounts that have no working days: rooms, pipelines, guests."""
    away: dict[int, Place] = field(default_factory=dict)
    moves: tuple[int, Network] | None = None
    desktop: Network | None = None
    """A cloud in which the desktop stands that this person works on, wherever they sit."""
    roles: tuple[str, ...] = ()
    persona: str | None = None
    _sessions: dict[str, tuple[int, str]] = field(default_factory=dict)

    def at_work(self, day: int) -> bool:
        """Whether the person works that day: on weekdays, but for leave and illness."""
        if not self.works or weekday(day) > 4 or not self.first_day <= day < self.last_day:
            return False
        return day in self.away or mix(self.index, day // 4, 11) % 100 >= 7

    def home(self, day: int) -> Place:
        """At home; the provider gives out another address every week or so."""
        network = self.moves[1] if self.moves and day >= self.moves[0] else self.home_network
        term = 5 + self.index % 23
        return network.place(mix(self.index, (day + self.index % term) // term))

    def mobile(self, day: int) -> Place:
        """On the road with the phone: another address every day."""
        return self.mobile_network.place(mix(self.index, day, 3))

    def place(self, day: int) -> Place:
        """Where the laptop is that day."""
        if self.desktop:
            return self.desktop.place(mix(self.index, day, 29))
        if day in self.away:
            return self.away[day]
        if weekday(day) in self.office_days:
            return self.site.place(day, self.index)
        # Now and then the way to the world goes by the phone.
        return self.mobile(day) if mix(self.index, day, 17) % 100 < 4 else self.home(day)

    def version(self, day: int) -> int:
        """The main version of the browser: a new one every four weeks, to some sooner than to others."""
        return 149 + (day + 13 - self.index % 9) // 28

    def browser(self, day: int) -> tuple[str, str]:
        """User agent of the laptop's browser, and its name as Entra tells it."""
        version = self.version(day)
        return browser_of(self.laptop, version), browser_name(self.laptop, version)

    def seat(self, place: Place, day: int) -> Seat:
        """The laptop's browser at a place."""
        agent, name = self.browser(day)
        known = self.machine
        machine = Machine(known.id, known.name, _OS[self.laptop], name, known.managed, known.compliant, known.trust)
        return Seat(place, agent, machine)

    def desk(self, day: int) -> Seat:
        """The laptop's browser where it is that day."""
        return self.seat(self.place(day), day)

    def phone_seat(self, place: Place, day: int) -> Seat:
        """The phone's browser at a place."""
        version = self.version(day)
        machine = Machine(os=_PHONE_OS[self.phone], browser=browser_name(self.phone, version))
        return Seat(place, browser_of(self.phone, version), machine)

    def session(self, kind: str, day: int) -> str:
        """The session that laptop, phone or browser (see SESSION_DAYS) has that day."""
        period = SESSION_DAYS[kind]
        term = (day + self.index % period) // period
        held = self._sessions.get(kind)
        if held is None or held[0] != term:
            held = self._sessions[kind] = (term, Mint(f"{self.seed}/{self.index}/{kind}/{term}").guid())
        return held[1]
