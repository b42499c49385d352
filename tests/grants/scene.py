"""Cases in a few lines: who signs in how, which records are left of it, and what becomes of them.

    flow = login()
    grant = only(rebuild(flow.without("approval")))

Times are UTC. Ana approves in her browser at home; the tool that redeems sits in a rented network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grantwatch.grants import Reconstruction, reconstruct
from grantwatch.grants.model import FollowOn, Grant, Party, TokenUse
from grantwatch.lab import (
    ActivityEvent,
    App,
    Event,
    Machine,
    Mint,
    Person,
    Place,
    Seat,
    SignInEvent,
    device_code_login,
    write_tenant,
)
from grantwatch.lab.apps import ARM, AZURE_CLI, BROKER, DRS, EDGE, FIREFOX_WINDOWS, GRAPH, GRAPH_EXPLORER
from grantwatch.records.load import read

__all__ = [
    "ANA",
    "ARM",
    "AT",
    "AZURE_CLI",
    "BEN",
    "BROKER",
    "BROWSER",
    "DRS",
    "GRAPH",
    "GRAPH_EXPLORER",
    "HOME",
    "MINT",
    "OFFICE",
    "RENTED",
    "RENTED_TOO",
    "SCRIPT",
    "TENANT",
    "TOOL",
    "Flow",
    "after",
    "deed",
    "device_side",
    "follow_on",
    "login",
    "only",
    "outcomes",
    "rebuilt",
    "sign_in",
    "uses_by",
]

MINT = Mint("grants")
TENANT = MINT.guid()
ANA = Person(MINT.guid(), "ana@tenant.example", "Ana")
BEN = Person(MINT.guid(), "ben@tenant.example", "Ben")
AT = datetime(2026, 9, 8, 9, 30)
HOME = Place("198.51.100.7", 64500, "PT", "Porto", "Porto")
OFFICE = Place("192.0.2.10", 64496, "PT", "Porto", "Porto")
RENTED = Place("203.0.113.9", 400940, "US", "Virginia", "Ashburn")
RENTED_TOO = Place("100.64.8.30", 400940, "US", "Virginia", "Ashburn")
SCRIPT = "python-requests/2.32.3"
BROWSER = Seat(HOME, FIREFOX_WINDOWS, Machine(os="Windows 10", browser="Firefox 155.0"))
OTHER_BROWSER = Seat(RENTED, EDGE)
TOOL = Seat(RENTED, SCRIPT)


@dataclass(frozen=True, slots=True)
class Flow:
    """The records of one device code login. Iterates over all of them."""

    interrupt: SignInEvent
    approval: SignInEvent
    redemption: SignInEvent
    refreshes: tuple[SignInEvent, ...] = ()

    def __iter__(self):
        return iter((self.interrupt, self.approval, self.redemption, *self.refreshes))

    def without(self, *parts: str) -> list[SignInEvent]:
        """All but the named parts: interrupt, approval, redemption, refreshes."""
        gone = {id(each) for part in parts for each in _several(getattr(self, part))}
        return [event for event in self if id(event) not in gone]

    def changed(self, **more: Any) -> Flow:
        """The same flow with other values on every record."""
        return Flow(
            replace(self.interrupt, **more),
            replace(self.approval, **more),
            replace(self.redemption, **more),
            tuple(replace(each, **more) for each in self.refreshes),
        )


def _several(part: SignInEvent | tuple[SignInEvent, ...]) -> tuple[SignInEvent, ...]:
    return part if isinstance(part, tuple) else (part,)


def login(user: Person = ANA, at: datetime = AT, **more: Any) -> Flow:
    """A device code login of the Azure CLI by Ana, unless said otherwise."""
    asked: dict[str, Any] = {
        "tenant_id": TENANT,
        "client": AZURE_CLI,
        "resource": ARM,
        "approver": BROWSER,
        "redeemer": TOOL,
    }
    interrupt, approval, redemption, *later = device_code_login(MINT, user, at=at, **(asked | more))
    return Flow(interrupt, approval, redemption, tuple(later))


def sign_in(like: SignInEvent, later: timedelta = timedelta(0), **more: Any) -> SignInEvent:
    """Another record of the same person and session: its own request and correlation id, other values as given."""
    ids = {"request_id": MINT.request_id(), "correlation_id": MINT.guid()}
    return replace(like, time=like.time + later, **(ids | more))


def after(**span: float) -> datetime:
    """So long after the approval of `login()`."""
    return AT + timedelta(**span)


def deed(operation: str, workload: str, at: datetime, user: Person | App = ANA, **more: Any) -> ActivityEvent:
    """Any activity, in Entra or in a mailbox."""
    asked = {"tenant_id": TENANT, "actor": user, "record_id": MINT.guid()}
    return ActivityEvent(time=at, operation=operation, workload=workload, **(asked | more))


def rebuilt(events: Iterable[Event], folder: Path, form: str = "graph") -> Reconstruction:
    """Write the events in one form, read them back, reconstruct."""
    with read(write_tenant(list(events), form, folder)) as records:
        return reconstruct(records.con)


def only(found: Reconstruction) -> Grant:
    """The one grant that there must be."""
    assert len(found.grants) == 1, [(grant.outcome, grant.basis) for grant in found.grants]
    return found.grants[0]


def outcomes(found: Reconstruction) -> list[str]:
    """The outcomes of all grants in time order."""
    return [grant.outcome.value for grant in found.grants]


def uses_by(grant: Grant, party: Party) -> tuple[TokenUse, ...]:
    """The token uses that were in one pair of hands."""
    return tuple(use for use in grant.token_uses if use.party is party)


def device_side(grant: Grant) -> tuple[TokenUse, ...]:
    """The redeemer's token uses."""
    return uses_by(grant, Party.REDEEMER)


def follow_on(grant: Grant, kind: str) -> FollowOn:
    """The one follow-on of a kind that there must be."""
    found = [each for each in grant.follow_ons if each.kind == kind]
    assert len(found) == 1, [(each.kind, each.operation, each.tie.by) for each in grant.follow_ons]
    return found[0]
