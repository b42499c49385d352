"""One sign-in as Conditional Access looks at it: every input a known value, known to be absent (None), or UNKNOWN."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grantwatch.policy.values import UNKNOWN, Membership, Tri, Unknown

__all__ = [
    "ANYBODY",
    "AUTHENTICATION_TRANSFER",
    "DEVICE_CODE",
    "GUESTS",
    "NOBODY_ELSE",
    "REGISTER_DEVICE",
    "REGISTER_SECURITY_INFO",
    "UNREGISTERED",
    "Context",
    "Device",
    "UserKind",
]

DEVICE_CODE = "deviceCodeFlow"
AUTHENTICATION_TRANSFER = "authenticationTransfer"
REGISTER_DEVICE = "urn:user:registerdevice"
REGISTER_SECURITY_INFO = "urn:user:registersecurityinfo"


class UserKind(StrEnum):
    """What a user is to the tenant, in the words of Microsoft Graph; `MEMBER` is nobody's guest."""

    MEMBER = "member"
    INTERNAL_GUEST = "internalGuest"
    COLLABORATION_GUEST = "b2bCollaborationGuest"
    COLLABORATION_MEMBER = "b2bCollaborationMember"
    DIRECT_CONNECT = "b2bDirectConnectUser"
    OTHER_EXTERNAL = "otherExternalUser"
    SERVICE_PROVIDER = "serviceProvider"


ANYBODY = frozenset(UserKind)
"""Nothing is known of what the user is."""
GUESTS = frozenset(UserKind) - {UserKind.MEMBER}
"""A guest or another external user, of a kind that is not known."""
NOBODY_ELSE = Membership(complete=True)
"""In no group, in no role, in no named location."""

NOT_TOLD = Membership()
"""Nothing is known of what it is in."""

Value = str | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Device:
    """What the directory says of the device of a sign-in.

    `registered` False is a device that the directory does not know; all its properties are null then. `facts` are
    pairs of a property of the device filter (`trustType`, in any case) and its value, None where the property is known
    to be empty. A property that is not among them is not known.
    """

    registered: Tri = None
    facts: tuple[tuple[str, Value], ...] = ()

    def fact(self, name: str) -> Value | Unknown:
        """The value of a property (lower case): None where it is empty, UNKNOWN where nobody knows."""
        for key, value in self.facts:
            if key.lower() == name:
                return value
        return None if self.registered is False else UNKNOWN

    @property
    def compliant(self) -> Tri:
        """Whether it is marked as compliant."""
        return self._is("iscompliant", "true")

    @property
    def hybrid_joined(self) -> Tri:
        """Whether it is joined to Entra ID and to a domain of the organisation."""
        return self._is("trusttype", "serverad")

    def _is(self, name: str, wanted: str) -> Tri:
        value = self.fact(name)
        return None if isinstance(value, Unknown) else str(value).lower() == wanted


NO_DEVICE_TOLD = Device()
UNREGISTERED = Device(registered=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The inputs of one decision. Ids may stand in any case.

    A request for tokens has `resources`; a user action or an authentication context is asked for instead of them, so
    those two are None unless said otherwise. What is known must not contradict what the exported files say.
    """

    user_id: str | Unknown | None = UNKNOWN
    """Object id; None for somebody whom no policy and no file names."""
    kinds: frozenset[UserKind] = ANYBODY
    """What the user may be: one kind where it is known, several where it is not."""
    home_tenant: str | Unknown | None = UNKNOWN
    groups: Membership = NOT_TOLD
    """Groups by object id, nested ones too. Where this does not tell, members in the exported files do."""
    roles: Membership = NOT_TOLD
    """Directory roles by template id."""
    resources: frozenset[str] | Unknown = UNKNOWN
    """Application ids of the resources that tokens are asked for: the audiences of Conditional Access."""
    user_action: str | Unknown | None = None
    authentication_context: str | Unknown | None = None
    client_app: str | Unknown | None = UNKNOWN
    """`browser`, `mobileAppsAndDesktopClients`, `exchangeActiveSync` or `other`."""
    platform: str | Unknown | None = UNKNOWN
    """`android`, `iOS`, `windows`, `macOS`, `linux` …; None where it is none that Conditional Access knows."""
    ip: str | Unknown | None = UNKNOWN
    country: str | Unknown | None = UNKNOWN
    """Two letters; None where the address is of no known country."""
    locations: Membership = NOT_TOLD
    """Named locations by id. Where this does not tell, address and country do."""
    device: Device = NO_DEVICE_TOLD
    sign_in_risk: str | Unknown | None = UNKNOWN
    """`none`, `low`, `medium`, `high`; None is `none`. `hidden` is not known."""
    user_risk: str | Unknown | None = UNKNOWN
    insider_risk: str | Unknown | None = UNKNOWN
    """`minor`, `moderate`, `elevated`; None is none of them."""
    flow: str | Unknown | None = UNKNOWN
    """The transfer method of this request: `deviceCodeFlow`, `authenticationTransfer`; None or `none` is neither."""
    tracked: str | Unknown | None = UNKNOWN
    """The transfer method that the session began with: it stays with every refresh (protocol tracking)."""
    mfa: Tri = None
    """Whether multifactor authentication was done. Only `met` looks at it."""
