"""Counts, places and exposures in words, as every report on usage writes them. All may hold log text: escape it."""

from __future__ import annotations

from collections.abc import Sequence

from grantwatch.allowances import Allowance, State
from grantwatch.grants.model import Named
from grantwatch.report import words
from grantwatch.usage import KINDS, Account, Inventory, Line, Place, UsedDevice
from grantwatch.usage.compare import Gap, Standing

__all__ = [
    "CLASSES",
    "device_words",
    "exposure_words",
    "gap_words",
    "headline",
    "place_words",
    "places_words",
    "split",
    "stale_words",
    "standing_words",
    "subject_words",
]

CLASSES = {
    "person": ("person", "persons"),
    "device": ("device account", "device accounts"),
    "service": ("service account", "service accounts"),
    "guest": ("guest", "guests"),
}
"""Each class, as one and as many."""


def headline(made: Inventory) -> str:
    """`44 accounts use device code`."""
    number = len(made.accounts)
    if not number:
        return "No honest use of device code was found in these records."
    return f"{words.plural(number, 'account')} {'uses' if number == 1 else 'use'} device code"


def split(accounts: Sequence[Account]) -> str:
    """`31 persons, 11 device accounts, no service account, 2 guests`."""
    counts = {kind: sum(account.kind == kind for account in accounts) for kind in KINDS}
    return ", ".join(words.plural(n, *CLASSES[kind]) if n else f"no {CLASSES[kind][0]}" for kind, n in counts.items())


def place_words(place: Place) -> str:
    """`192.0.2.0/24, AS64496, DE`."""
    network = words.network(place.network, ip=False)
    parts = (place.network.prefix, network if network != "not logged" else None)
    return ", ".join(part for part in parts if part)


def places_words(places: Sequence[Place], most: int) -> str:
    """The first of them, and how many more there are."""
    shown = [place.network.prefix or "unnamed" for place in places[:most]]
    countries = sorted({place.network.country for place in places if place.network.country})
    more = f" and {len(places) - most} more" if len(places) > most else ""
    where = f" ({', '.join(countries)})" if countries else ""
    return f"{', '.join(shown)}{more}{where}"


def device_words(used: UsedDevice) -> str:
    """`LAPTOP-7, Windows, compliant`."""
    device = used.device
    state = "compliant" if device.compliant else "managed" if device.managed else None
    return ", ".join(part for part in (device.name or device.id, device.os, state) if part)


def stale_words(made: Inventory) -> str:
    """Who has not used it for so long, or that this is not assessed."""
    accounts = [account for account in made.accounts if account.stale]
    days = words.plural(made.stale_days, "day")
    if made.accounts and made.accounts[0].stale is None:
        return f"Not assessed: the logs do not reach back {days}."
    if not accounts:
        return f"Every account used it within the last {days} of the logs."
    named = ", ".join(account.user.label for account in accounts[:10])
    more = f" and {len(accounts) - 10} more" if len(accounts) > 10 else ""
    return f"Not used for {days} or more: {words.plural(len(accounts), 'account')}: {named}{more}."


def subject_words(allowance: Allowance, most: int = 3) -> str:
    """Whom an allowance is for."""
    subject = allowance.subject
    parts = [f"every {CLASSES[kind][0]}" for kind in subject.classes]
    parts += [f"group {name}" for name in subject.groups]
    parts += subject.users[:most]
    left = len(subject.users) - most
    return ", ".join(parts) + (f" and {left} more" if left > 0 else "")


def exposure_words(line: Line) -> str:
    """What a proposed allowance opens beyond what was seen."""
    exposure = line.exposure
    said = f"{words.plural(exposure.ways, 'way')}, {exposure.opened} of them not seen"
    if exposure.providers:
        said += f"; all of {', '.join(f'AS{asn}' for asn in exposure.providers)}"
    if not exposure.networks:
        said += "; any network"
    if exposure.whole_class:
        said += "; the whole class"
    return said


def standing_words(each: Standing) -> str:
    """What an allowance does for the use in the logs."""
    state = {State.EXPIRED: f"expired on {each.allowance.expires}; ", State.UNOWNED: "no owner, so no effect; "}
    said = state.get(each.state, "")
    if each.unused:
        return f"{said}unused: it covers no honest grant of these logs"
    last = f", last on {words.day(each.last)}" if each.last else ""
    said += f"covers {words.plural(each.grants, 'grant')} of {words.plural(len(each.users), 'account')}{last}"
    if each.alone:
        said += f"; without it {words.plural(len(each.alone_users), 'account')} would be stopped"
    else:
        said += "; others cover all of it"
    return said


def gap_words(gap: Gap) -> str:
    """Honest use that nothing covers, and what comes nearest."""
    client = words.client(Named(gap.client, None))
    said = f"{words.plural(len(gap.grant_ids), 'grant')} with {client}, last on {words.day(gap.last)}"
    if gap.nearest is None:
        return f"{said}; no allowance comes near"
    if gap.differs:
        return f"{said}; nearest is {gap.nearest}, which has another {' and '.join(gap.differs)}"
    why = {State.EXPIRED: "expired", State.UNOWNED: "has no owner"}
    return f"{said}; {gap.nearest} would cover it, but {why.get(gap.state or State.ACTIVE, 'has no effect')}"
