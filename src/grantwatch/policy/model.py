"""Conditional Access policies as they were exported, with what could not be understood kept beside what could."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from grantwatch.policy.filters import Rule

__all__ = [
    "Applications",
    "Choice",
    "DeviceFilter",
    "Devices",
    "Doubt",
    "Grant",
    "Guests",
    "Policy",
    "Scope",
    "State",
    "Users",
]


class State(StrEnum):
    """What a policy does when it applies. `UNKNOWN` is a state that this model does not know."""

    ENABLED = "enabled"
    REPORT_ONLY = "enabledForReportingButNotEnforced"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """Something in a policy that this model does not know: kept, and whatever depends on it is not assessed."""

    path: str
    """Where it stands in the policy: `conditions.clientAppTypes[1]`."""
    what: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of values. `doubts` are those that are not known: each may be the one that matches."""

    values: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.doubts)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is included, less what is excluded."""

    include: Choice = Choice()
    exclude: Choice = Choice()


@dataclass(frozen=True, slots=True)
class Guests:
    """Kinds of guests and external users, of all tenants (None) or of some (lower-case ids)."""

    kinds: Choice = Choice()
    tenants: frozenset[str] | None = None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Users:
    """Who a policy is for. Ids are lower-case. `workload`: for service principals, and so for no user."""

    users: Scope = Scope()
    groups: Scope = Scope()
    roles: Scope = Scope()
    include_guests: Guests | None = None
    exclude_guests: Guests | None = None
    workload: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Applications:
    """Which resources, user actions or authentication contexts a policy is for.

    `filter_mode`: applications chosen by attributes that no export of policies holds. `about_flow`: the policy has a
    condition on authentication flows, which Microsoft treats in a way of its own on Device Registration Service.
    """

    resources: Scope = Scope()
    actions: Choice = Choice()
    contexts: Choice = Choice()
    filter_mode: str = ""
    about_flow: bool = False
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """The filter for devices. A rule that cannot be read is None, with a doubt beside it."""

    mode: str
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Devices:
    """The filter for devices, and the older condition on device states (`all`, `compliant`, `domainJoined`)."""

    filter: DeviceFilter | None = None
    states: Scope = Scope()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a policy asks for where it applies: `block`, or controls joined by `operator` (AND, OR)."""

    controls: tuple[str, ...] = ()
    operator: str = "OR"
    doubts: tuple[Doubt, ...] = ()

    @property
    def blocks(self) -> bool:
        """True where access is refused."""
        return "block" in self.controls


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy. A condition that is None is not configured, and met by everything."""

    id: str
    name: str
    state: State
    file: str
    path: str
    """Where it stands in the file: `value[3]`, or empty where the file is the policy."""
    users: Users
    applications: Applications
    client_apps: Choice | None = None
    platforms: Scope | None = None
    locations: Scope | None = None
    devices: Devices | None = None
    sign_in_risk: Choice | None = None
    user_risk: Choice | None = None
    insider_risk: Choice | None = None
    flows: Choice | None = None
    others: tuple[Doubt, ...] = ()
    """Conditions that this model does not know. Each may be one that is not met."""
    grant: Grant = Grant()
    session: tuple[str, ...] = ()
    """Names of the session controls that are switched on."""
    modified: str = ""
    doubts: tuple[Doubt, ...] = ()
    """The rest: what is not known of the state and of the policy as a whole."""

    @property
    def label(self) -> str:
        """The name, else the id. Text that somebody typed: escape where it is shown."""
        return self.name or self.id

    @property
    def about_device_code(self) -> bool:
        """True where a condition names the device code flow, whatever else it names."""
        return self.flows is not None and "deviceCodeFlow" in self.flows.values

    def every_doubt(self) -> tuple[Doubt, ...]:
        """All that is not known in it, by place."""
        return tuple(sorted(set(_doubts(self))))


def _doubts(part: object) -> Iterator[Doubt]:
    if isinstance(part, Doubt):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _doubts(each)
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Rule):
        for field in fields(part):  # type: ignore[arg-type]
            yield from _doubts(getattr(part, field.name))
