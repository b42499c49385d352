"""Honest grants as a cover sees them: who, with what, for what, from which networks; the same ones only once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from grantwatch import knowledge
from grantwatch.allowances import Flow, flow_networks, flow_resources
from grantwatch.allowances.lint import RENTED
from grantwatch.allowances.reader import ANY, GUID
from grantwatch.grants.model import Grant
from grantwatch.usage.model import Inventory
from grantwatch.verdict.model import Judged

__all__ = ["ANYWHERE", "MANY_RANGES", "Item", "Unit", "items", "name_of", "providers", "refused"]

MANY_RANGES = 3
"""In so many address ranges of one provider honest use was seen before the provider stands for all of them."""

Unit = tuple[str, str | int]
"""A part of a network list: ("range", prefix), ("asn", number), or `ANYWHERE`."""
_Key = tuple[str, str, str, frozenset[str], frozenset[Unit], frozenset[Unit]]
ANYWHERE: Unit = ("any", "any")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """Grants that only their times tell apart. An allowance that covers one of them covers all."""

    user: str
    kind: str
    client: str
    resources: frozenset[str]
    """Ids; `any` alone where no record names one."""
    narrow: frozenset[Unit]
    """Address ranges; `ANYWHERE` alone where a record names none."""
    wide: frozenset[Unit]
    """The same, with providers in place of their ranges."""
    grants: tuple[Judged, ...]
    """In time order."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(each.grant.grant_id for each in self.grants)


def items(made: Inventory) -> tuple[tuple[Item, ...], tuple[Judged, ...]]:
    """The items of an inventory in a fixed order, and the grants that no allowance can name: without client or user."""
    known = providers(each.grant for each in made.honest)
    names = _names(made.honest)
    found: dict[_Key, list[Judged]] = defaultdict(list)
    left = []
    for each in made.honest:
        grant = each.grant
        user, client = name_of(grant, names), (grant.client.id or "").lower()
        if not user or not all(map(GUID.fullmatch, (client, *flow_resources(grant)))):
            left.append(each)
            continue
        narrow, wide = _units(grant, frozenset()), _units(grant, known)
        resources = flow_resources(grant) or frozenset({ANY})
        kind = made.kinds[grant.grant_id]
        found[user, kind, client, resources, narrow, wide].append(each)
    made_items = [Item(*key, tuple(grants)) for key, grants in found.items()]
    return tuple(sorted(made_items, key=_order)), tuple(left)


def providers(grants: Iterable[Grant]) -> frozenset[int]:
    """ASNs in which honest use moves about: many ranges were seen, and nobody can rent an address there."""
    ranges: dict[int, set[str]] = defaultdict(set)
    for grant in grants:
        for network in flow_networks(grant):
            mark = knowledge.network(network.asn, network.ip)
            if network.asn is not None and network.prefix and not (mark and mark.kind in RENTED):
                ranges[network.asn].add(network.prefix)
    return frozenset(asn for asn, seen in ranges.items() if len(seen) >= MANY_RANGES)


def refused(made: Inventory) -> tuple[tuple[Flow, str], ...]:
    """What nothing wider than one account may cover: grants that were kept out, with the class of the account."""
    return tuple((Flow.of(each.judged.grant), each.kind) for each in made.kept_out)


def name_of(grant: Grant, names: dict[str, str]) -> str:
    """How a file calls the account: its principal name, else its id, in lower case; empty where neither can be written.

    Names are log text: one that a file would not give back as it is, is not used.
    """
    user = grant.user
    given = (user.upn, names.get((user.id or "").lower()) if not user.upn else None, user.id)
    return next((name.lower() for name in given if name and name == name.strip() and name.lower() != ANY), "")


def _names(honest: Iterable[Judged]) -> dict[str, str]:
    return {
        each.grant.user.id.lower(): each.grant.user.upn for each in honest if each.grant.user.id and each.grant.user.upn
    }


def _units(grant: Grant, known: frozenset[int]) -> frozenset[Unit]:
    networks = flow_networks(grant)
    if not networks or any(network.prefix is None for network in networks):
        return frozenset({ANYWHERE})
    return frozenset(
        ("asn", network.asn) if network.asn is not None and network.asn in known else ("range", network.prefix or "")
        for network in networks
    )


def _order(item: Item) -> tuple[object, ...]:
    return item.kind, item.client, item.user, sorted(item.resources), sorted(map(repr, item.narrow)), item.ids
