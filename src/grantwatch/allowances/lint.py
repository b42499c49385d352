"""What a valid file of allowances leaves to say: what can never take effect, what stands twice, what opens a lot."""

from __future__ import annotations

from datetime import date, timedelta

from grantwatch import knowledge
from grantwatch.allowances.model import Allowance, Allowances, Networks
from grantwatch.allowances.nodes import WARNING, Faults, Finding, Place

__all__ = ["LONGEST", "RENTED", "look_over", "within"]

LONGEST = timedelta(days=400)
"""An allowance that nobody looks at for longer is a hole."""
RENTED = ("hosting", "anonymiser", "campaign")
"""Kinds of network that anybody can be in, by the hour."""
WIDEST = {4: 16, 6: 32}
"""The shortest prefix of an address range, by version, that passes without a word."""


def look_over(given: Allowances, today: date) -> tuple[Finding, ...]:
    """Warnings about a file without errors, from the top down. `today` is UTC."""
    faults = Faults()
    for number, each in enumerate(given.allowances):
        _alone(each, today, faults)
        _beside(given, each, given.allowances[:number], given.allowances[number + 1 :], faults)
    used = {name for each in given.allowances for name in each.subject.groups}
    for group in given.groups.values():
        if group.name not in used:
            faults.add(Place(group.line, group.column), f"group {group.name} is used by no allowance", WARNING)
        elif not group.members:
            faults.add(
                Place(group.line, group.column),
                f"group {group.name} has no members here: logs do not say who is in it, so it covers nobody",
                WARNING,
            )
    return faults.all


def within(given: Allowances, inner: Allowance, outer: Allowance) -> bool:
    """True where `outer` covers whatever `inner` covers, as far as the file alone can tell; expiry aside."""
    users = given.users(inner.subject)
    groups_without = {name for name in inner.subject.groups if not given.groups[name].members}
    return (
        users <= given.users(outer.subject)
        and groups_without <= set(outer.subject.groups)
        and set(inner.subject.classes) <= set(outer.subject.classes)
        and (not outer.clients or (bool(inner.clients) and set(inner.clients) <= set(outer.clients)))
        and (not outer.resources or (bool(inner.resources) and set(inner.resources) <= set(outer.resources)))
        and outer.networks.cover(inner.networks)
    )


def _alone(each: Allowance, today: date, faults: Faults) -> None:
    at = Place(each.line, each.column)
    if each.expires < today:
        faults.add(at, f"{each.id} expired on {each.expires}: it has no effect from then on", WARNING)
    elif each.expires - today > LONGEST:
        faults.add(at, f"{each.id} holds until {each.expires}, more than {LONGEST.days} days from now", WARNING)
    if each.networks.everywhere and ("person" in each.subject.classes or not each.clients):
        what = "every person" if "person" in each.subject.classes else "every client"
        faults.add(at, f"{each.id} opens {what} from anywhere: that is the door an attacker asks for", WARNING)
    for said in _wide(each.networks):
        faults.add(at, f"{each.id}: {said}", WARNING)


def _wide(networks: Networks) -> list[str]:
    said = []
    for asn in networks.asns:
        mark = knowledge.network(asn)
        if mark and mark.kind in RENTED:
            said.append(f"AS{asn} ({mark.name}) can be rented by anybody: name the address range")
    for each in networks.ranges:
        if each.prefixlen < WIDEST[each.version]:
            said.append(f"{each} holds {each.num_addresses:,} addresses")
    return said


def _beside(
    given: Allowances, each: Allowance, before: tuple[Allowance, ...], after: tuple[Allowance, ...], faults: Faults
) -> None:
    """Say of an allowance that another one covers whole: the later one of two that are the same."""
    at = Place(each.line, each.column)
    for other in (*before, *after):
        if not within(given, each, other):
            continue
        same = within(given, other, each)
        if same and other in after:
            continue
        if same and other.expires != each.expires:
            told = f"opens the same as {other.id} (line {other.line}), which ends on {other.expires} and not on "
            faults.add(at, f"{each.id} {told}{each.expires}: one of the two is wrong", WARNING)
        elif same:
            faults.add(at, f"{each.id} opens the same as {other.id} (line {other.line})", WARNING)
        elif other.expires >= each.expires:
            told = f"has no effect of its own: {other.id} (line {other.line}) covers all of it, until {other.expires}"
            faults.add(at, f"{each.id} {told}", WARNING)
        else:
            continue
        return
