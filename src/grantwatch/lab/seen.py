"""What watches an identity beside its own logs: clicks on links, calls to Microsoft Graph, risk. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grantwatch.lab.events import App, Person, Place

__all__ = ["CallEvent", "ClickEvent", "RiskEvent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickEvent:
    """Somebody followed a link that Safe Links rewrote. `action` is ClickAllowed, ClickBlocked and the like."""

    time: datetime
    user: Person
    url: str
    report_id: str
    place: Place
    action: str = "ClickAllowed"
    workload: str = "Email"
    message_id: str = ""
    threats: str = ""
    clicked_through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """A request to Microsoft Graph. `user` is None where an application calls for itself."""

    time: datetime
    tenant_id: str
    method: str
    url: str
    client: App
    place: Place
    request_id: str
    user: Person | None = None
    user_agent: str = ""
    session_id: str = ""
    token_id: str = ""
    status: int = 200
    scopes: tuple[str, ...] = ()
    wids: tuple[str, ...] = ()
    issued: datetime | None = None
    """When the token was issued; with the request, where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEvent:
    """A detection of Identity Protection; with an empty `kind` the state of a risky user.

    `request_id` and `correlation_id` are those of the sign-in that is rated.
    """

    time: datetime
    tenant_id: str
    user: Person
    record_id: str
    kind: str = ""
    level: str = "medium"
    state: str = "atRisk"
    detected: datetime | None = None
    place: Place | None = None
    user_agent: str = ""
    request_id: str | None = None
    correlation_id: str | None = None
