"""Named locations, and whether an address is in one. Ranges are merged and sorted once, then searched by halves."""

from __future__ import annotations

import socket
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from grantwatch.policy.values import Tri, Unknown

__all__ = ["MFA_TRUSTED", "NamedLocation", "Ranges", "address"]

MFA_TRUSTED = "00000000-0000-0000-0000-000000000000"
"""The id by which policies name the trusted addresses of the older multifactor settings. No export holds them."""

_MAPPED = bytes(10) + b"\xff\xff"


def address(text: str) -> tuple[int, int] | None:
    """Version and number of an address; None for a text that is none. An IPv4 address within IPv6 is an IPv4 one."""
    try:
        if ":" not in text:
            return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big")
        raw = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return (4, int.from_bytes(raw[12:], "big")) if raw.startswith(_MAPPED) else (6, int.from_bytes(raw, "big"))


class Ranges:
    """Addresses of some networks, as sorted ranges that do not overlap."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, networks: Iterable[IPv4Network | IPv6Network]) -> None:
        self._starts: dict[int, list[int]] = {4: [], 6: []}
        self._ends: dict[int, list[int]] = {4: [], 6: []}
        spans = sorted((n.version, int(n.network_address), int(n.broadcast_address)) for n in networks)
        for version, start, end in spans:
            ends = self._ends[version]
            if ends and start <= ends[-1] + 1:
                ends[-1] = max(ends[-1], end)
            else:
                self._starts[version].append(start)
                ends.append(end)

    def holds(self, version: int, number: int) -> bool:
        """Whether the address lies in one of the networks."""
        at = bisect_right(self._starts[version], number) - 1
        return at >= 0 and number <= self._ends[version][at]

    def spans(self, version: int) -> list[tuple[int, int]]:
        """First and last address of every range."""
        return list(zip(self._starts[version], self._ends[version], strict=True))

    def size(self, version: int) -> int:
        """How many addresses there are."""
        return sum(end - start + 1 for start, end in self.spans(version))


@dataclass(frozen=True, slots=True)
class NamedLocation:
    """A named location. One without `ranges` and `countries` is of a kind that no address decides."""

    id: str
    name: str
    trusted: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ranges: Ranges | None = None
    countries: frozenset[str] | None = None
    """Two capital letters each."""
    unknown_countries: bool = False
    by_gps: bool = False

    def has(self, ip: tuple[int, int] | Unknown | None, country: str | Unknown | None) -> Tri:
        """Whether a sign-in with this address and country is in it."""
        if self.ranges is not None:
            if isinstance(ip, Unknown):
                return None
            return ip is not None and self.ranges.holds(*ip)
        if self.countries is None or self.by_gps or isinstance(country, Unknown):
            return None
        return self.unknown_countries if country is None else country.upper() in self.countries
