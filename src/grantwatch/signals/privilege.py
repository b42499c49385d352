"""How much the token may do, and for whom: directory roles, strong scopes, and accounts of other tenants."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import Grant
from grantwatch.records.model import RecordRef
from grantwatch.signals.account import resource_kind
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    NO_TOKEN,
    attempted,
    flow_places,
    history_scale,
    known,
    listed,
    new_to_user,
    silent,
    tenant_knows,
    unsaid,
    weigh_attempt,
)
from grantwatch.signals.words import strong_scopes

_POWERFUL = frozenset({"management", "secrets"})
"""Kinds of resource whose tokens carry no scope that tells reading from changing: the user's own rights decide."""


@signal(
    "token.privileged",
    title="A privileged token",
    question="Does the token carry directory roles or scopes that can change who may do what, from an unusual place?",
    group="token",
    weight=1.4,
    looks_at="directory roles (wids), scopes and resource of the token, and whether the places of the grant are new to "
    "the user",
    otherwise="The token carries no privileged directory role and no scope that can change who may do what.",
    techniques=("T1078.004", "T1098.003"),
    entries=(31,),
    needs=("field:scopes", "history"),
    false_positives=("an administrator who travels, or works with a new tool",),
    gaps=("Azure roles and groups: what they allow is in no sign-in record", "rights that are used on another day"),
)
def privileged(self: Signal, case: Case) -> Answer:
    """Privileged roles weigh wherever it is not the user's usual way; scopes and Azure only from a new network."""
    grant = case.grant
    if attempted(grant):
        return silent(self, case, f"{NO_TOKEN.capitalize()}.")
    if not grant.role_ids and not grant.scopes and resource_kind(grant.resource.id) not in _POWERFUL:
        return unsaid(self, case, "no record of this grant carries scopes or directory roles")
    roles = [role.name for role in map(knowledge.role, grant.role_ids) if role and role.privileged]
    scopes = strong_scopes(" ".join(grant.scopes))
    powerful = resource_kind(grant.resource.id) in _POWERFUL
    if not roles and not scopes and not powerful:
        unnamed = (
            "No scope of the token can change who may do what; its directory roles are in no record of this grant."
        )
        return silent(self, case, "" if grant.role_ids else unnamed)
    newness = [
        new_to_user(case, place.network) and tenant_knows(case, place.network) != "prefix"
        for place in flow_places(grant)
    ]
    new = any(newness) and bool(history_scale(case))
    used = known(case, "grant_client", grant.client.id)
    if not roles and not new:
        return silent(self, case, "What the token may change is not used from a network that is new to the user.")
    if not new and used:
        return silent(self, case, "A privileged account in its usual way: client and networks were known to this user.")
    scale = Scale()
    if not roles:
        # Whoever works with Azure has such a token: what it allows there is not in the record.
        scale = scale.by(0.6, "by scopes only") if scopes else scale.by(0.25, "by the resource only")
    scale = scale.by(1.5, "from a network that is new to this user") if new else scale.by(0.4, "from no new network")
    if used:
        scale = scale.by(0.6, "this user had used this client so before")
    given = [each for each in grant.follow_ons if each.kind == "role" and each.time >= grant.started_at]
    if given:
        scale = scale.by(1.3, "a directory role was given or taken after the grant")
    what = listed([*roles[:3], *(f"the scope {scope}" for scope in scopes[:2])] or [grant.resource.label])
    return self.fired(
        f"The token may change much: {what}{'; from a network that is new to this user' if new else ''}.",
        chip="privileged token",
        records=(*_where(grant), *(ref for each in given[:1] for ref in each.refs[:1])),
        scale=scale,
    )


def _where(grant: Grant) -> tuple[RecordRef, ...]:
    leg = grant.redemption or grant.approval or next(iter(grant.legs), None)
    return (leg.ref,) if leg else tuple(ref for use in grant.token_uses[:1] for ref in use.refs[:1])


_WAYS = {
    "b2bcollaboration": "as a guest (B2B collaboration)",
    "b2bdirectconnect": "through B2B direct connect",
    "serviceprovider": "as a service provider (GDAP)",
    "microsoftsupport": "as Microsoft support",
}


@signal(
    "identity.other_tenant",
    title="An account of another tenant",
    question="Does the account belong to another tenant than the one it got a token for?",
    group="identity",
    weight=1.0,
    looks_at="the user's home tenant and type, the tenant of the resource, and the cross-tenant access type",
    otherwise="The account belongs to the tenant that it signed in to.",
    techniques=("T1199", "T1078.004"),
    entries=(33,),
    false_positives=("guests, consultants and service providers who work here with command lines",),
    gaps=("what the account is used for in its own tenant", "logs of the other tenant are not read"),
)
def other_tenant(self: Signal, case: Case) -> Answer:
    """Guests, service providers, and members in a foreign tenant; little where they had used the client so before."""
    grant = case.grant
    home, here = grant.user.home_tenant_id, grant.tenant_id
    way = grant.cross_tenant if grant.cross_tenant not in ("none", "passthrough") else None
    guest = (grant.user.type or "") == "guest" or "#ext#" in (grant.user.upn or "").lower()
    apart = bool(home and here and home != here)
    if not (apart or guest or way):
        if not (home and here) and not grant.user.type and not grant.cross_tenant:
            return unsaid(self, case, "no record of this grant says which tenant the account belongs to")
        return silent(self, case)
    scale = Scale()
    if known(case, "grant_client", grant.client.id):
        scale = scale.by(0.3, "this account had used this client so before")
    who = "A guest" if guest else "An account"
    told = f"{who} of tenant {home} signed in to tenant {here}" if apart else f"{who} of another tenant signed in"
    return self.fired(
        f"{told}{f' {_WAYS.get(way, way)}' if way else ''} by device code.",
        chip="guest" if guest else "another tenant",
        records=tuple(leg.ref for leg in grant.legs[:1]) or _where(grant),
        scale=weigh_attempt(case, scale),
    )
