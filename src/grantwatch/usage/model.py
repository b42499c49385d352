"""Who uses device code: accounts and their uses, what was kept out, and what these logs cannot say. Times are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from grantwatch.grants.model import Device, Named, Network, User
from grantwatch.pipeline import Hunt
from grantwatch.verdict.model import Judged

__all__ = ["KINDS", "Account", "Attempts", "Inventory", "KeptOut", "Place", "Span", "Use", "UsedDevice"]

KINDS = ("person", "device", "service", "guest")
"""Account classes in the order in which they are told of."""


@dataclass(frozen=True, slots=True)
class Span:
    """How often, since when, until when."""

    count: int
    first: datetime
    last: datetime
    days: int
    """Days (UTC) with at least one."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address range in which grants were made, and how many."""

    network: Network
    """Without an address; prefix, ASN and country as far as the logs say."""
    span: Span


@dataclass(frozen=True, slots=True)
class UsedDevice:
    """A device that records of the grants name, and how many grants."""

    device: Device
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """One account with one client and one resource."""

    client: Named
    resource: Named
    span: Span
    places: tuple[Place, ...]
    """Most used first. A grant counts in each range that it was made from."""
    unplaced: int
    """Grants of which no record names a network."""
    devices: tuple[UsedDevice, ...]
    unnamed_device: int
    """Grants of which no record names a device: most tools with a device code have none."""
    unredeemed: int
    """Approved, but no token seen in these logs."""
    reached: tuple[Named, ...]
    """Other resources that tokens of these grants went to later."""
    grant_ids: tuple[str, ...]
    """In time order."""
    stale: bool | None
    """Not used for so many days; None where the logs do not reach back that far."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account with honest use of device code."""

    user: User
    kind: str
    """person, device, service or guest."""
    why: str
    """Ends the sentence "taken for one …"."""
    stated: bool
    span: Span
    uses: tuple[Use, ...]
    """Most used first."""
    stale: bool | None


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A grant that is no honest use, or may be none."""

    judged: Judged
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Attempts:
    """What an account tried and got no token from: apart from use, as it says what was wanted, not what is needed."""

    user: User
    kind: str
    blocked: int
    abandoned: int
    first: datetime
    last: datetime
    clients: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that one inventory found. `hunt` is what it rests on."""

    hunt: Hunt
    honest: tuple[Judged, ...]
    """The grants that count as use, in time order."""
    kinds: Mapping[str, str]
    """The class of the account of every grant, by grant id, as it was to be told at the time of the grant."""
    accounts: tuple[Account, ...]
    """By class, then most used first."""
    kept_out: tuple[KeptOut, ...]
    """Worst first."""
    attempts: tuple[Attempts, ...]
    included: tuple[str, ...]
    """Ids of grants that count because somebody said so."""
    start: datetime | None
    end: datetime | None
    """First and last record of the sign-ins that the inventory rests on."""
    stale_days: int
    not_assessed: tuple[str, ...]
    """Sentences, most important first."""

    @property
    def history(self) -> timedelta:
        """How far the logs reach."""
        return self.end - self.start if self.start and self.end else timedelta()

    def of(self, kind: str) -> tuple[Account, ...]:
        """The accounts of a class."""
        return tuple(account for account in self.accounts if account.kind == kind)
