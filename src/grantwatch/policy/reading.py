"""From one exported policy to the model. Keys and values as Graph v1.0 and beta write them, in any case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grantwatch.errors import InputError
from grantwatch.policy import filters
from grantwatch.policy.fields import Fields
from grantwatch.policy.model import (
    Applications,
    Choice,
    DeviceFilter,
    Devices,
    Doubt,
    Grant,
    Guests,
    Policy,
    Scope,
    State,
    Users,
)

__all__ = ["policy"]


def _known(*values: str) -> Mapping[str, str]:
    return {value.lower(): value for value in values}


_STATES = {state.value.lower(): state for state in State if state is not State.UNKNOWN}
_USERS = _known("All", "None", "GuestsOrExternalUsers")
_ALL = _known("All")
_APPLICATIONS = _known("All", "None", "Office365", "MicrosoftAdminPortals")
_ACTIONS = _known("urn:user:registersecurityinfo", "urn:user:registerdevice")
_CONTEXTS = {f"c{number}": f"c{number}" for number in range(1, 100)}
_CLIENT_APPS = {
    **_known(
        "all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "easUnsupported", "other"
    ),
    "modern": "mobileAppsAndDesktopClients",
}
_PLATFORMS = _known("all", "android", "iOS", "windows", "windowsPhone", "macOS", "linux")
_LOCATIONS = _known("All", "AllTrusted")
_STATES_OF_DEVICES = {"all": "all", "compliant": "compliant", "domainjoined": "domainJoined"}
_RISKS = _known("none", "low", "medium", "high", "hidden")
_INSIDER = _known("minor", "moderate", "elevated")
_FLOWS = _known("none", "deviceCodeFlow", "authenticationTransfer")
_GUESTS = _known(
    "none",
    "internalGuest",
    "b2bCollaborationGuest",
    "b2bCollaborationMember",
    "b2bDirectConnectUser",
    "otherExternalUser",
    "serviceProvider",
)
_CONTROLS = _known(
    "block",
    "mfa",
    "compliantDevice",
    "domainJoinedDevice",
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
)


def policy(value: Mapping[str, Any], file: str, path: str) -> Policy:
    """Read one policy. Raises InputError with file, policy and JSON path for what has the wrong type or is missing."""
    names = {key.lower(): each for key, each in value.items()}
    label = next((str(names[key]) for key in ("displayname", "id") if names.get(key)), "without a name")
    place = f"{file}: {path + ': ' if path else ''}policy {label!r:.120}"
    top = Fields(place, "", value)
    conditions = top.inner("conditions")
    if conditions is None:
        raise InputError(f"{place}: conditions: is missing; a policy has conditions and state, as Graph returns them")
    stated = top.text("state")
    state = _STATES.get(stated.lower(), State.UNKNOWN)
    doubts = []
    if state is State.UNKNOWN:
        known = ", ".join(each.value for each in _STATES.values())
        doubts.append(Doubt("state", f"{stated!r:.80} is not one of {known}"))
    for key in ("createdDateTime", "templateId", "partialEnablementStrategy", "deletedDateTime", "description"):
        top.raw(key)
    session = top.inner("sessionControls")
    flows = _flows(conditions)
    return Policy(
        id=top.text("id"),
        name=top.text("displayName"),
        state=state,
        file=file,
        path=path,
        users=_users(conditions),
        applications=_applications(conditions, flows is not None),
        client_apps=_client_apps(conditions),
        platforms=_scope(conditions, "platforms", "Platforms", _PLATFORMS, ids=False),
        locations=_scope(conditions, "locations", "Locations", _LOCATIONS, ids=True),
        devices=_devices(conditions),
        sign_in_risk=conditions.choice("signInRiskLevels", _RISKS) or None,
        user_risk=conditions.choice("userRiskLevels", _RISKS) or None,
        insider_risk=conditions.flags("insiderRiskLevels", _INSIDER) or None,
        flows=flows,
        grant=_grant(top.inner("grantControls")),
        session=session.switched_on() if session else (),
        modified=top.text("modifiedDateTime"),
        # Last, since only now is known what of it nobody asked for: a condition that may be one that is not met.
        others=conditions.unread(),
        doubts=(*doubts, *top.unread()),
    )


def _both(part: Fields, name: str, known: Mapping[str, str], ids: bool) -> Scope:
    return Scope(part.choice(f"include{name}", known, ids), part.choice(f"exclude{name}", known, ids))


def _scope(conditions: Fields, key: str, name: str, known: Mapping[str, str], ids: bool) -> Scope | None:
    part = conditions.inner(key)
    if part is None:
        return None
    scope = _both(part, name, known, ids)
    unread = part.unread()
    if not scope.include and not scope.exclude and not unread:
        return None
    return Scope(scope.include, Choice(scope.exclude.values, scope.exclude.doubts + unread))


def _users(conditions: Fields) -> Users:
    workload = conditions.inner("clientApplications")
    conditions.raw("servicePrincipalRiskLevels")
    part = conditions.inner("users")
    for_workloads = workload is not None and any(
        workload.texts(key) for key in ("includeServicePrincipals", "includeAgentIdServicePrincipals")
    )
    if part is None:
        return Users(workload=for_workloads)
    return Users(
        users=_both(part, "Users", _USERS, ids=True),
        groups=_both(part, "Groups", _ALL, ids=True),
        roles=_both(part, "Roles", _ALL, ids=True),
        include_guests=_guests(part.inner("includeGuestsOrExternalUsers")),
        exclude_guests=_guests(part.inner("excludeGuestsOrExternalUsers")),
        workload=for_workloads,
        doubts=part.unread(),
    )


def _guests(part: Fields | None) -> Guests | None:
    if part is None:
        return None
    kinds = part.flags("guestOrExternalUserTypes", _GUESTS)
    tenants = part.inner("externalTenants")
    members = None
    doubts: tuple[Doubt, ...] = ()
    if tenants is not None:
        kind = tenants.text("membershipKind").lower()
        listed = tenants.texts("members")
        if kind == "enumerated":
            members = frozenset(each.lower() for each in listed)
        elif kind not in ("all", ""):
            doubts = (Doubt(tenants.at("membershipKind"), f"{kind!r:.80} is not one of all, enumerated"),)
        doubts += tenants.unread()
    doubts += part.unread()
    return Guests(kinds, members, doubts) if kinds or members or doubts else None


def _applications(conditions: Fields, about_flow: bool) -> Applications:
    part = conditions.inner("applications")
    if part is None:
        return Applications(about_flow=about_flow)
    chosen = part.inner("applicationFilter")
    mode = ""
    doubts: tuple[Doubt, ...] = ()
    if chosen is not None and chosen.text("rule"):
        mode = chosen.text("mode").lower()
        if mode not in ("include", "exclude"):
            doubts = (Doubt(chosen.at("mode"), f"{mode!r:.80} is not one of include, exclude"),)
            mode = ""
    return Applications(
        resources=_both(part, "Applications", _APPLICATIONS, ids=True),
        actions=part.choice("includeUserActions", _ACTIONS),
        contexts=part.choice("includeAuthenticationContextClassReferences", _CONTEXTS),
        filter_mode=mode,
        about_flow=about_flow,
        doubts=doubts + part.unread(),
    )


def _client_apps(conditions: Fields) -> Choice | None:
    """None where the condition is for all; an empty list is what policies of before August 2020 have."""
    chosen = conditions.choice("clientAppTypes", _CLIENT_APPS)
    return None if "all" in chosen.values else chosen


def _devices(conditions: Fields) -> Devices | None:
    part, states = conditions.inner("devices"), conditions.inner("deviceStates")
    scope = Scope()
    doubts: tuple[Doubt, ...] = ()
    found = None
    if states is not None:
        scope = _both(states, "States", _STATES_OF_DEVICES, ids=False)
        doubts += states.unread()
    if part is not None:
        older = _both(part, "Devices", _STATES_OF_DEVICES, ids=False)
        scope = older if older.include or older.exclude else scope
        stated = _both(part, "DeviceStates", _STATES_OF_DEVICES, ids=False)
        scope = stated if stated.include or stated.exclude else scope
        inner = part.inner("deviceFilter")
        if inner is not None and (inner.text("rule") or inner.text("mode")):
            found, doubt = _filter(inner)
            doubts += doubt
        doubts += part.unread()
    if found is None and not doubts and not scope.include and not scope.exclude:
        return None
    return Devices(found, scope, doubts)


def _filter(part: Fields) -> tuple[DeviceFilter | None, tuple[Doubt, ...]]:
    mode = part.text("mode").lower()
    if mode not in ("include", "exclude"):
        return None, (Doubt(part.at("mode"), f"{mode!r:.80} is not one of include, exclude"),)
    try:
        return DeviceFilter(mode, filters.parse(part.text("rule"))), ()
    except filters.FilterError as error:
        return None, (Doubt(part.at("rule"), str(error)),)


def _flows(conditions: Fields) -> Choice | None:
    part = conditions.inner("authenticationFlows")
    if part is None:
        return None
    chosen = part.flags("transferMethods", _FLOWS)
    doubts = chosen.doubts + part.unread()
    values = chosen.values - {"none"}
    if "none" in chosen.values and not values:
        doubts += (Doubt(part.at("transferMethods"), "'none': which sign-ins that means is not documented"),)
    return Choice(values, doubts) if values or doubts else None


def _grant(part: Fields | None) -> Grant:
    if part is None:
        return Grant()
    chosen = part.choice("builtInControls", _CONTROLS)
    controls = sorted(chosen.values)
    strength = part.inner("authenticationStrength")
    if strength is not None and (strength.text("id") or strength.text("displayName")):
        controls.append(f"authenticationStrength:{strength.text('id') or strength.text('displayName')}")
    controls += [f"customAuthenticationFactor:{each}" for each in part.texts("customAuthenticationFactors")]
    controls += [f"termsOfUse:{each}" for each in part.texts("termsOfUse")]
    operator = part.text("operator").upper()
    doubts = chosen.doubts + part.unread()
    if operator not in ("AND", "OR"):
        if len(controls) > 1:
            doubts += (Doubt(part.at("operator"), f"{operator!r:.80} is not one of AND, OR"),)
        operator = "OR"
    return Grant(tuple(controls), operator, doubts)
