"""Accounts of devices: meeting rooms, desk phones, displays. They use device code all day and read no mail."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.signals.signal import Case
from grantwatch.signals.view import (
    ENOUGH_SIGN_INS,
    FIRST_HOUR,
    earlier_grants,
    flow_places,
    prefix_known,
    redeemed_at,
    redeemer_uses,
    tenant_knows,
)

__all__ = ["at_its_site", "client_kind", "device_account", "resource_kind"]

_PROVISIONING = frozenset({"broker", "enrolment"})


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


def _room_like(client_id: str | None) -> bool:
    """A client of rooms and phones, or an Office client that is usual there (Teams)."""
    client = knowledge.client(client_id) if client_id else None
    return client is not None and (
        client.kind == "room_device" or (client.kind == "office" and client.device_code_usual)
    )


def device_account(case: Case) -> bool:
    """True for an account that only ever signed in as a room device, with what provisions one.

    Its habit decides. Where that shows provisioning only, or nothing yet, a room client in the grant or its first
    hour is believed at a site that the tenant uses, for an account that is no person's: a client alone is the
    attacker's choice.
    """
    habit = [earlier.client_id for earlier in earlier_grants(case)]
    if not all(_room_like(client) or client_kind(client) in _PROVISIONING for client in habit):
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
