"""Things that happened in a tenant that does not exist, free of any log form. All times are UTC without an offset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grantwatch.errors import UsageError
from grantwatch.lab.ids import token_id_of

__all__ = [
    "ENTRA",
    "EXCHANGE",
    "ActivityEvent",
    "App",
    "Change",
    "Event",
    "Machine",
    "Person",
    "Place",
    "Policy",
    "Seat",
    "SignInEvent",
    "Target",
]

ENTRA = "AzureActiveDirectory"
EXCHANGE = "Exchange"


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `type` is `member` or `guest`."""

    id: str
    upn: str
    name: str
    type: str = "member"

    @property
    def puid(self) -> str:
        """The 16-digit key under which the Unified Audit Log knows the account."""
        return "1003" + self.id.replace("-", "")[:12].upper()


@dataclass(frozen=True, slots=True)
class App:
    """A client or a resource: application id and display name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from, as Entra would locate it."""

    ip: str
    asn: int
    country: str
    state: str
    city: str
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, slots=True)
class Machine:
    """The device as Entra knows it; empty text where it does not."""

    id: str = ""
    name: str = ""
    os: str = ""
    browser: str = ""
    managed: bool = False
    compliant: bool = False
    trust: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits: place, user agent and machine."""

    place: Place
    user_agent: str
    machine: Machine = Machine()


@dataclass(frozen=True, slots=True)
class Policy:
    """A Conditional Access policy as it was applied to one sign-in. `rules` are (condition, rule) that matched."""

    id: str
    name: str
    result: str = "success"
    controls: tuple[str, ...] = ("Mfa",)
    conditions: tuple[str, ...] = ("application", "users")
    conditions_missed: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = (("application", "allApps"), ("users", "allUsers"))

    @classmethod
    def blocking_device_code(cls, id: str, name: str = "CA014 Block device code flow") -> Policy:
        """A policy that blocked a sign-in because of its authentication flow."""
        return cls(
            id,
            name,
            "failure",
            ("Block",),
            ("application", "users", "authenticationFlows"),
            (),
            (("application", "allApps"), ("users", "allUsers"), ("authenticationFlows", "deviceCodeFlow")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEvent:
    """One token issuance attempt.

    `protocol` is none or deviceCode, `transfer` none or deviceCodeFlow, `incoming` none, refreshToken or
    primaryRefreshToken. `logon_error` and `request_type` are what the Unified Audit Log says of it.
    `auth_methods` are (method, result) per step. `cross_tenant` is the type of access of an account whose home is
    another tenant, b2bCollaboration where it is empty.
    Raises UsageError where `time` carries an offset.
    """

    time: datetime
    user: Person
    tenant_id: str
    client: App
    resource: App
    place: Place
    user_agent: str
    request_id: str
    correlation_id: str
    session_id: str
    interactive: bool = True
    protocol: str = "none"
    transfer: str = "none"
    incoming: str = "none"
    error_code: int = 0
    failure_reason: str = "Other."
    status_detail: str | None = None
    logon_error: str = ""
    request_type: str = "OAuth2:Authorize"
    device: Machine = Machine()
    client_app: str = "Mobile Apps and Desktop clients"
    scopes: tuple[str, ...] = ()
    wids: tuple[str, ...] = ()
    ca_status: str = "notApplied"
    policies: tuple[Policy, ...] = ()
    token_binding: str = "unbound"  # noqa: S105 - a state of the token, not a secret
    requirement: str = "multiFactorAuthentication"
    auth_methods: tuple[tuple[str, str], ...] = ()
    home_tenant_id: str | None = None
    cross_tenant: str = ""

    def __post_init__(self) -> None:
        _no_offset(self.time)

    @property
    def token_id(self) -> str:
        """The unique token identifier, which Entra derives from the request id."""
        return token_id_of(self.request_id)


@dataclass(frozen=True, slots=True)
class Change:
    """A modified property. A tuple is a list inside the record's text, as the directory writes device attributes."""

    name: str
    new: str | tuple[str | bool, ...]
    old: str | tuple[str | bool, ...] = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What an activity was done to. `type` is Device, User, Application or ServicePrincipal."""

    id: str
    name: str
    type: str
    upn: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEvent:
    """Anything that an identity did besides signing in.

    `operation` is the Entra or Exchange name without a closing dot. `workload` is ENTRA or EXCHANGE.
    `service` is what logged it (`Core Directory`, `Device Registration Service`). `items` are Internet message ids.
    `record_type` is the Unified Audit Log's number. Raises UsageError where `time` carries an offset.
    """

    time: datetime
    operation: str
    workload: str
    tenant_id: str
    actor: Person | App
    record_id: str
    place: Place | None = None
    user_agent: str | None = None
    service: str = "Core Directory"
    category: str = "ApplicationManagement"
    operation_type: str = "Update"
    targets: tuple[Target, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    client_info: str = ""
    client: App | None = None
    session_id: str | None = None
    token_id: str | None = None
    correlation_id: str | None = None
    result: str = "success"
    result_reason: str = ""
    record_type: int = 8

    def __post_init__(self) -> None:
        _no_offset(self.time)


Event = SignInEvent | ActivityEvent


def _no_offset(time: datetime) -> None:
    if time.tzinfo is not None:
        raise UsageError(f"lab events take UTC times without an offset, not {time.isoformat()}")
