"""Where requests come from: cities, access networks, hosters. Addresses are those set aside for examples and tests.

Offices, homes and mobile networks have autonomous system numbers for private use. Hosters that are publicly known keep
their real numbers, since those are facts that Grantwatch knows; the addresses are fiction all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from grantwatch.lab.events import Place
from grantwatch.lab.ids import Mint

__all__ = ["ABROAD", "CITIES", "HOSTERS", "UNLISTED_HOSTERS", "VPN_EXITS", "AddressPlan", "City", "Network", "mix"]


@dataclass(frozen=True, slots=True)
class City:
    """A city as Entra locates addresses in it; `offset` is its summer time, in hours from UTC."""

    country: str
    state: str
    name: str
    latitude: float
    longitude: float
    offset: int


CITIES = (
    City("PT", "Porto", "Porto", 41.1496, -8.611, 1),
    City("DE", "Hessen", "Frankfurt Am Main", 50.1155, 8.6842, 2),
    City("PL", "Malopolskie", "Krakow", 50.0614, 19.9366, 2),
    City("GB", "Greater Manchester", "Manchester", 53.4808, -2.2426, 1),
    City("US", "Illinois", "Chicago", 41.8835, -87.6305, -5),
    City("US", "North Carolina", "Charlotte", 35.2271, -80.8431, -4),
    City("CA", "Ontario", "Toronto", 43.6535, -79.3839, -4),
    City("SG", "", "Singapore", 1.2897, 103.8501, 8),
    City("SE", "Vastra Gotalands Lan", "Gothenburg", 57.7072, 11.967, 2),
    City("NL", "Utrecht", "Utrecht", 52.0907, 5.1214, 2),
)
"""Where a tenant may have sites."""
ABROAD = (
    City("ES", "Cataluna", "Barcelona", 41.3874, 2.1686, 2),
    City("FR", "Ile-De-France", "Paris", 48.8534, 2.3488, 2),
    City("AE", "Dubayy", "Dubai", 25.2582, 55.3047, 4),
    City("JP", "Tokyo", "Tokyo", 35.6895, 139.6917, 9),
    City("BR", "Sao Paulo", "Sao Paulo", -23.5475, -46.6361, -3),
    City("IN", "Karnataka", "Bengaluru", 12.9719, 77.5937, 5),
    City("US", "Nevada", "Las Vegas", 36.175, -115.1372, -7),
    City("TR", "Istanbul", "Istanbul", 41.0138, 28.9497, 3),
)
"""Where people travel to."""
_ASHBURN = City("US", "Virginia", "Ashburn", 39.0437, -77.4875, -4)
_AMSTERDAM = City("NL", "Noord-Holland", "Amsterdam", 52.374, 4.8897, 2)
_FALKENSTEIN = City("DE", "Sachsen", "Falkenstein", 50.4779, 12.3713, 2)
_BUCHAREST = City("RO", "Bucuresti", "Bucharest", 44.4323, 26.1063, 3)
_LONDON = City("GB", "London, City Of", "London", 51.5085, -0.1257, 1)
_DALLAS = City("US", "Texas", "Dallas", 32.7831, -96.8067, -5)
_SANTA_CLARA = City("US", "California", "Santa Clara", 37.3541, -121.9552, -7)

HOSTERS = (
    (400940, _ASHBURN),
    (59711, _AMSTERDAM),
    (14061, _SANTA_CLARA),
    (24940, _FALKENSTEIN),
    (20473, _DALLAS),
    (16276, _LONDON),
    (44477, _AMSTERDAM),
    (16509, _ASHBURN),
    (63949, _DALLAS),
    (62240, _LONDON),
)
"""Hosters that are publicly known as such: attackers rent there, and so do honest people."""
CLOUDS = ((8075, _AMSTERDAM), (16509, _ASHBURN), (24940, _FALKENSTEIN), (14061, _AMSTERDAM))
"""Where honest pipelines and jump hosts live."""
UNLISTED_HOSTERS = ((65110, _BUCHAREST), (65111, _DALLAS), (65112, _AMSTERDAM), (65113, _LONDON))
"""Hosters that no list has yet; their numbers are for private use."""
VPN_EXITS = ((9009, _BUCHAREST), (212238, _LONDON), (136787, _DALLAS))
"""Networks that mainly carry the exits of VPN services."""


@dataclass(frozen=True, slots=True)
class Network:
    """An access network in one city: `blocks` are /24 networks, as `198.18.4`. `v6` is a /32-/48, as `2001:db8:12`."""

    asn: int
    city: City
    blocks: tuple[str, ...]
    v6: str | None = None

    def place(self, number: int) -> Place:
        """The place at an address of this network; the same number is always the same address."""
        if self.v6 and number % 5 == 0:
            ip = f"{self.v6}:" + ":".join(f"{mix(number, part) & 0xFFFF | 1:x}" for part in range(5))
        else:
            ip = f"{self.blocks[number // 254 % len(self.blocks)]}.{number % 254 + 1}"
        city = self.city
        return Place(ip, self.asn, city.country, city.state, city.name, city.latitude, city.longitude)


def mix(*numbers: int) -> int:
    """A number from 0 to 2^31-1 that follows from others without any order in it."""
    mixed = 0x9E3779B9
    for number in numbers:
        mixed = (mixed ^ (number + 0x7F4A7C15)) * 0x85EBCA6B & 0xFFFFFFFFFFFF
        mixed ^= mixed >> 17
    return mixed >> 9 & 0x7FFFFFFF


class AddressPlan:
    """Gives /24 networks away, each once: 198.18.0.0/16 to access networks, 198.19.0.0/16 to hosters and hotels."""

    def __init__(self, mint: Mint) -> None:
        self._access, self._rented, self._asn = 0, 0, 64520 + mint.between(0, 200)
        self._v6 = mint.between(0x100, 0x8FF)

    def access(self, city: City, blocks: int, *, v6: bool = False) -> Network:
        """A provider for homes or phones."""
        first = self._access
        self._access += blocks
        self._asn += 1
        self._v6 += 1
        names = tuple(f"198.18.{number % 256}" for number in range(first, first + blocks))
        return Network(self._asn, city, names, f"2001:db8:{self._v6:x}" if v6 else None)

    def rented(self, asn: int, city: City, blocks: int = 1) -> Network:
        """A hoster, or the network of a hotel."""
        first = self._rented
        self._rented += blocks
        return Network(asn, city, tuple(f"198.19.{number % 256}" for number in range(first, first + blocks)))
