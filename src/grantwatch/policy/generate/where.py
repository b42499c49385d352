"""Where an allowance holds, as named locations can say it: address ranges and countries, and no provider."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from grantwatch.allowances import Allowance
from grantwatch.policy.generate.model import Gap, Level
from grantwatch.policy.generate.who import Evidence

__all__ = ["MOST_LOCATIONS", "MOST_RANGES", "Where", "where"]

MOST_LOCATIONS = 195
MOST_RANGES = 2000
WIDEST = 8
"""Of named locations by addresses: how many, how many ranges in one, and the prefix than which each must be longer.

https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network (read 2026-11)
"""
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))


@dataclass(frozen=True, slots=True)
class Where:
    """The networks of one allowance. `nowhere`: it names some, and none of them can be written."""

    everywhere: bool
    ranges: tuple[IPv4Network | IPv6Network, ...] = ()
    countries: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def nowhere(self) -> bool:
        """True where nothing is left of its networks."""
        return not (self.everywhere or self.ranges or self.countries)


def where(allowance: Allowance, evidence: Evidence) -> Where:
    """The networks of an allowance. In place of a provider stand its ranges from which honest use was seen."""
    networks = allowance.networks
    if networks.everywhere:
        return Where(True)
    gaps: list[Gap] = []
    ranges = list(networks.ranges)
    for asn in networks.asns:
        seen = [
            ip_network(prefix, strict=False)
            for each in evidence.seen
            if each.allowance == allowance.id
            for prefix, of in each.ranges
            if of == asn
        ]
        ranges += seen
        gaps.append(_provider(allowance.id, asn, len(set(seen))))
    fitting = [each for each in ranges if each.prefixlen > WIDEST]
    for wide in sorted({str(each) for each in ranges if each.prefixlen <= WIDEST}):
        gaps.append(
            Gap(
                Level.FILL_IN,
                allowance.id,
                f"{allowance.id}: {wide} is wider than a named location may hold (longer than /{WIDEST}); it is not in "
                "the set.",
                "Name the addresses of your own exits instead.",
            )
        )
    four = collapse_addresses(sorted({each for each in fitting if isinstance(each, IPv4Network)}))
    six = collapse_addresses(sorted({each for each in fitting if isinstance(each, IPv6Network)}))
    made: tuple[IPv4Network | IPv6Network, ...] = (*four, *six)
    if len(made) > MOST_RANGES:
        gaps.append(
            Gap(
                Level.FILL_IN,
                allowance.id,
                f"{allowance.id} has {len(made):,} address ranges; a named location holds {MOST_RANGES:,}. Those "
                "beyond are not in the set.",
                "Divide the allowance.",
            )
        )
    inner = [str(each) for each in made if _private(each)]
    if inner:
        gaps.append(
            Gap(
                Level.LIMIT,
                allowance.id,
                f"{allowance.id} names private addresses ({', '.join(inner[:5])}): Entra ID sees the public address "
                "of the exit, never these.",
                "Name the public addresses of the network.",
            )
        )
    return Where(False, made[:MOST_RANGES], tuple(sorted(networks.countries)), tuple(gaps))


def _private(network: IPv4Network | IPv6Network) -> bool:
    """Whether no sign-in can come from it."""
    return any(network.network_address in each and network.prefixlen >= each.prefixlen for each in _PRIVATE)


def _provider(id: str, asn: int, seen: int) -> Gap:
    said = f"{id} allows AS{asn}, and a named location cannot hold a provider"
    fix = "Write the address ranges that are yours into the allowance."
    if not seen:
        return Gap(Level.FILL_IN, id, f"{said}; no range of it was seen, so nothing of it is in the set.", fix)
    ranges = "1 range that was" if seen == 1 else f"{seen} ranges that were"
    return Gap(
        Level.LIMIT, id, f"{said}: the {ranges} seen stand for it. Who gets another address of it is stopped.", fix
    )
