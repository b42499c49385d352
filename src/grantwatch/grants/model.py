"""The grant and its parts, as they cross from SQL to Python: frozen, small, all times UTC without an offset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from grantwatch.records.model import RecordRef

__all__ = [
    "MAP_AREAS",
    "Before",
    "Device",
    "FollowOn",
    "Grant",
    "Leg",
    "LegKind",
    "Named",
    "Naming",
    "Network",
    "Outcome",
    "Party",
    "PolicyResult",
    "Tie",
    "TieBy",
    "TokenKind",
    "TokenUse",
    "User",
]


class Outcome(StrEnum):
    """How far a grant got. `redeemed`: a token was issued; `approved`: a person approved, no token seen."""

    REDEEMED = "redeemed"
    APPROVED = "approved"
    ABANDONED = "abandoned"
    BLOCKED = "blocked"


class LegKind(StrEnum):
    """What one record tells of the flow itself."""

    INTERRUPT = "interrupt"
    """The flow paused for the person: confirmation page (50199), consent (65001), MFA …"""
    DECLINED = "declined"
    """The person refused (65004) or typed a wrong or expired code (70018, 70019)."""
    APPROVAL = "approval"
    REDEMPTION = "redemption"
    BLOCKED = "blocked"
    SIGHTING = "sighting"
    """A Unified Audit Log logon with RequestType Cmsi:Cmsi: an approval seen at lower certainty."""


class Party(StrEnum):
    """Whose hands a token use was in, judged record by record (one session id may belong to two people)."""

    APPROVER = "approver"
    REDEEMER = "redeemer"
    UNKNOWN = "unknown"


class TokenKind(StrEnum):
    """What was presented to get the token."""

    REFRESH = "refresh_token"
    PRIMARY = "primary_refresh_token"
    BROWSER = "browser_session"
    """The approver's own browser session, tainted by protocol tracking: lineage, not the device."""
    OTHER = "other"


class TieBy(StrEnum):
    """How two records were joined, strongest first."""

    TOKEN_ID = "token_id"  # noqa: S105 - the name of a join, not a secret
    REQUEST_ID = "request_id"
    SESSION_ID = "session_id"
    DEVICE_ID = "device_id"
    CORRELATION_ID = "correlation_id"
    USER_CLIENT_TIME = "user_client_time"
    USER_TIME = "user_time"
    SELF = "self"
    """The record that the grant is anchored on."""

    @property
    def words(self) -> str:
        """`session id`, `user, client and time`."""
        return _TIE_WORDS.get(self.value, self.value.replace("_", " "))


_TIE_WORDS = {
    "user_client_time": "user, client and time",
    "user_time": "user and time",
    "self": "itself",
}


class Tie(NamedTuple):
    """How a record was joined to the grant and how strong that is (0–1)."""

    by: TieBy
    strength: float


class Named(NamedTuple):
    """Something with an id and a display name; the name is log text and must be escaped where it is shown."""

    id: str | None
    name: str | None

    @property
    def label(self) -> str:
        """The name, else the id, else `unknown`."""
        return self.name or self.id or "unknown"


class User(NamedTuple):
    """The person or account that approved. `id` is the Entra object id; `type` is member or guest where logged."""

    id: str | None
    upn: str | None
    type: str | None = None
    home_tenant_id: str | None = None

    @property
    def label(self) -> str:
        """The user principal name, else the object id, else `unknown user`."""
        return self.upn or self.id or "unknown user"


class Network(NamedTuple):
    """Where a request came from. `prefix` is the /24 (IPv4) or /48 (IPv6) that holds `ip`."""

    ip: str | None = None
    prefix: str | None = None
    asn: int | None = None
    country: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    """Degrees, as Entra guessed them from the address: good for a region, not for a street."""


class Device(NamedTuple):
    """The device of a record as Entra knew it. None means that the log did not say, never `no`."""

    id: str | None = None
    name: str | None = None
    os: str | None = None
    browser: str | None = None
    managed: bool | None = None
    compliant: bool | None = None
    trust: str | None = None


class PolicyResult(NamedTuple):
    """What one Conditional Access policy made of a record. `result` is in lower case, such as `reportonlyfailure`."""

    name: str
    result: str
    id: str | None = None
    """Of the policy, in lower case, where the record holds it."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One record of the flow itself."""

    kind: LegKind
    time: datetime
    network: Network
    user_agent: str | None
    client: Named
    resource: Named
    device: Device
    interactive: bool | None
    error_code: int | None
    status_detail: str | None
    tie: Tie
    ref: RecordRef
    form: str
    ca_status: str | None = None
    token_id: str | None = None
    policies: tuple[str, ...] = ()
    """Conditional Access policies that blocked, by name."""
    auth_methods: tuple[str, ...] = ()
    auth_requirement: str | None = None
    """`singlefactorauthentication` or `multifactorauthentication`, where logged."""
    policy_results: tuple[PolicyResult, ...] = ()
    """Every Conditional Access policy that the record names, whatever it did."""
    client_app: str | None = None
    """The kind of client (clientAppUsed), as logged."""
    risk: str | None = None
    """The risk of the sign-in, in lower case, where logged."""


@dataclass(frozen=True, slots=True)
class TokenUse:
    """Issuances in the grant's lineage, folded: one row per client, resource, network, user agent, device and kind."""

    client: Named
    resource: Named
    network: Network
    user_agent: str | None
    device: Device
    kind: TokenKind
    interactive: bool | None
    party: Party
    first: datetime
    last: datetime
    count: int
    failures: int
    error_codes: tuple[int, ...]
    token_binding: str | None
    tie: Tie
    refs: tuple[RecordRef, ...]
    """The first few records."""
    last_success: datetime | None = None
    """When a token was last issued; None where none was, or where that is not known."""
    addresses: int = 1
    """How many addresses within the range of `network` they came from."""
    tracked: bool | None = True
    """Whether all of them, or none, carry the lineage of the device code flow; None where that is not known."""
    client_app: str | None = None
    """The kind of client, as logged; None where they differ."""
    risk: str | None = None
    """The risk of the sign-ins, in lower case; None where they differ."""
    auth_requirement: str | None = None
    ca_status: str | None = None
    """What Conditional Access came to on the last of them that says so."""
    policy_results: tuple[PolicyResult, ...] = ()
    """What every Conditional Access policy made of the last of them that names any."""


MAP_AREAS = 5
"""From so many parts of the directory on, what is asked of Microsoft Graph is a map of it."""


@dataclass(frozen=True, slots=True)
class Before:
    """How much of a kind of activity the person did up to a day before the grant, by the logs of it.

    `days` had such records, `client_days` had them with the same client, `burst` is the most within the time of a
    burst. Of requests to Microsoft Graph only days count on which one user agent made a map of the directory: asked for
    MAP_AREAS of its parts or more. `log_days` says how far back these logs reach: without days of them nothing can be
    said of a habit.
    """

    records: int = 0
    days: int = 0
    client_days: int = 0
    burst: int = 0
    log_days: float = 0.0


class Naming(NamedTuple):
    """How many devices of the tenant were known by name before, and how many are named in a usual way, or like this."""

    known: int
    usual: int
    alike: int


@dataclass(frozen=True, slots=True)
class FollowOn:
    """An activity tied to a grant. `kind` is one of those that knowledge/operations.toml declares.

    What there can be thousands of arrives folded: `time` is the first, `last` the last, `count` how many, `things` how
    many different ones (files, kinds of request), `burst` the most within the time of a burst, over all of the kind.
    """

    kind: str
    operation: str
    time: datetime
    actor: str | None
    network: Network
    user_agent: str | None
    client: Named
    target: Named
    target_type: str | None
    result: str | None
    facts: Mapping[str, str]
    """What the record says that matters for its kind: rule parameters, device name and OS build, scopes …"""
    count: int
    tie: Tie
    refs: tuple[RecordRef, ...]
    last: datetime | None = None
    things: int = 0
    burst: int = 0
    marked: int = 0
    """How many of them hold a word of the list that goes with the kind."""
    areas: tuple[str, ...] = ()
    """Parts of the directory that requests asked for."""
    before: Before = Before()
    naming: Naming | None = None

    @property
    def leads_up(self) -> bool:
        """True where it belongs to what came before the grant, not to what followed."""
        return self.kind in ("lure_click", "account_question")

    @property
    def until(self) -> datetime:
        """The last of them."""
        return self.last or self.time


@dataclass(frozen=True, slots=True)
class Grant:
    """One device code authorization, however many records tell of it.

    `started_at` is the approval, else the first record seen. `certainty` (0–1) is how sure it is that this was
    a device code flow at all, and `basis` says why in words.
    """

    grant_id: str
    tenant_id: str | None
    user: User
    client: Named
    resource: Named
    started_at: datetime
    last_seen: datetime
    outcome: Outcome
    certainty: float
    basis: str
    correlation_id: str | None
    session_id: str | None
    legs: tuple[Leg, ...]
    token_uses: tuple[TokenUse, ...] = ()
    follow_ons: tuple[FollowOn, ...] = ()
    scopes: tuple[str, ...] = ()
    role_ids: tuple[str, ...] = ()
    """`wids`: directory role template ids in the token."""
    cross_tenant: str | None = None
    """How an account of another tenant came in: `b2bcollaboration`, `serviceprovider` …; `none` for its own tenant."""
    session_users: int = 1
    """How many user ids share the session id in these logs."""
    unseen: tuple[str, ...] = field(default=())
    """Legs that these logs cannot show for this grant, in words."""

    def of(self, *kinds: LegKind) -> tuple[Leg, ...]:
        """The legs of the given kinds, in time order."""
        return tuple(leg for leg in self.legs if leg.kind in kinds)

    @property
    def approval(self) -> Leg | None:
        """The browser leg, or its sighting where the log does not name the flow."""
        return self._first(LegKind.APPROVAL) or self._first(LegKind.SIGHTING)

    @property
    def redemption(self) -> Leg | None:
        """The first token that the device received."""
        return self._first(LegKind.REDEMPTION)

    def _first(self, kind: LegKind) -> Leg | None:
        for leg in self.legs:  # asked for by nearly every signal: no generator, no tuple
            if leg.kind is kind:
                return leg
        return None
