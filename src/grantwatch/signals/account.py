"""What kind of account this is: a person's, a device's, a service's or a guest's.

Devices are meeting rooms, desk phones and displays: they use device code all day and read no mail.
"""

from __future__ import annotations

from typing import NamedTuple

from grantwatch import knowledge
from grantwatch.signals.signal import Case
from grantwatch.signals.view import (
    ENOUGH_SIGN_INS,
    FIRST_HOUR,
    earlier_grants,
    flow_places,
    once,
    prefix_known,
    redeemed_at,
    redeemer_uses,
    tenant_knows,
)

__all__ = [
    "AccountClass",
    "account_class",
    "at_its_site",
    "client_kind",
    "device_account",
    "of_devices",
    "resource_kind",
]

_PROVISIONING = frozenset({"broker", "enrolment"})
_UNATTENDED = frozenset({"cli", "driver", "other"})
SERVICE_GRANTS = 5
SERVICE_DAYS = 3


class AccountClass(NamedTuple):
    """`kind` is person, device, service or guest; `why` ends the sentence "taken for one …"."""

    kind: str
    why: str
    stated: bool = False
    """True where a file of the user says so."""


def account_class(case: Case) -> AccountClass:
    """What somebody states, else what the records show: guest, device or service, else person."""
    if case.profile.stated:
        return AccountClass(case.profile.stated, "because the accounts file says so", stated=True)
    user, tenant = case.grant.user, case.grant.tenant_id
    if user.type == "guest" or "#ext#" in (user.upn or "").lower():
        return AccountClass("guest", "by its type or name")
    if user.home_tenant_id and tenant and user.home_tenant_id != tenant:
        return AccountClass("guest", "as it belongs to another tenant")
    if device_account(case):
        return AccountClass("device", "by its habit: it only ever signed in as room devices do")
    if _service(case):
        return AccountClass("service", "by its habit: command lines only, and no sign-in of a person in between")
    if sum(case.profile.hours):
        return AccountClass("person", "as it signs in interactively")
    return AccountClass("person", "as nothing shows anything else")


def client_kind(client_id: str | None) -> str:
    """The kind of a client; `other` for one that is not known."""
    client = knowledge.client(client_id) if client_id else None
    return client.kind if client else "other"


def resource_kind(resource_id: str | None) -> str:
    """The kind of a resource; `other` for one that is not known."""
    resource = knowledge.resource(resource_id) if resource_id else None
    return resource.kind if resource else "other"


def at_its_site(case: Case) -> bool:
    """True where every leg and early token use names a prefix that the user knows or much of the tenant uses."""
    places = flow_places(case.grant)
    return bool(places) and all(
        prefix_known(case, place.network) or tenant_knows(case, place.network) == "prefix" for place in places
    )


def of_devices(client_id: str | None) -> bool:
    """True for a client of rooms and phones, and for what sets one up."""
    return _room_like(client_id) or client_kind(client_id) in _PROVISIONING


def _room_like(client_id: str | None) -> bool:
    """A client of rooms and phones, or an Office client that is usual there (Teams)."""
    client = knowledge.client(client_id) if client_id else None
    return client is not None and (
        client.kind == "room_device" or (client.kind == "office" and client.device_code_usual)
    )


@once
def device_account(case: Case) -> bool:
    """True for an account that only ever signed in as a room device, with what provisions one, or is said to be one.

    Its habit decides. Where that shows provisioning only, or nothing yet, a room client in the grant or its first
    hour is believed at a site that the tenant uses, for an account that is no person's: a client alone is the
    attacker's choice.
    """
    if case.profile.stated:
        return case.profile.stated == "device"
    habit = [earlier.client_id for earlier in earlier_grants(case)]
    if not all(map(of_devices, habit)):
        return False
    if any(map(_room_like, habit)):
        return True
    until = redeemed_at(case.grant) + FIRST_HOUR
    lineage = [use.client.id for use in redeemer_uses(case.grant) if use.first <= until]
    return (
        any(map(_room_like, [case.grant.client.id, *lineage]))
        and sum(case.profile.hours) < ENOUGH_SIGN_INS
        and at_its_site(case)
    )


def _service(case: Case) -> bool:
    """True for an account that signs in with command lines again and again, and never as a person does."""
    earlier = earlier_grants(case)
    return (
        not sum(case.profile.hours)
        and len(earlier) >= SERVICE_GRANTS
        and len({each.started_at.date() for each in earlier}) >= SERVICE_DAYS
        and all(client_kind(each.client_id) in _UNATTENDED for each in earlier)
    )
