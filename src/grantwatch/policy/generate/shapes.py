"""The objects as Microsoft Graph v1.0 writes them. Lists are sorted, so that the same set is the same text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from grantwatch.policy.context import DEVICE_CODE, REGISTER_DEVICE
from grantwatch.policy.generate.model import Member
from grantwatch.policy.model import State

__all__ = ["block", "country_location", "group", "ip_location", "register"]

Json = dict[str, Any]

STATE = State.REPORT_ONLY.value
"""A policy begins by watching; whoever answers for it switches it on."""


def ip_location(id: str, name: str, ranges: Sequence[IPv4Network | IPv6Network]) -> Json:
    """Not trusted: other policies may leave trusted locations out, and an allowance is no reason for that."""
    return {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": id,
        "displayName": name,
        "isTrusted": False,
        "ipRanges": [
            {"@odata.type": f"#microsoft.graph.iPv{each.version}CidrRange", "cidrAddress": str(each)} for each in ranges
        ],
    }


def country_location(id: str, name: str, countries: Iterable[str]) -> Json:
    """By address, as no device code sign-in can tell where it is in another way."""
    return {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": id,
        "displayName": name,
        "countriesAndRegions": sorted(countries),
        "includeUnknownCountriesAndRegions": False,
        "countryLookupMethod": "clientIpAddress",
    }


def group(id: str, name: str, description: str, nickname: str, members: Iterable[Member]) -> Json:
    """A group that only privileged roles may change: whoever gets in is out of the block."""
    return {
        "@odata.type": "#microsoft.graph.group",
        "id": id,
        "displayName": name,
        "description": description,
        "groupTypes": [],
        "isAssignableToRole": True,
        "mailEnabled": False,
        "mailNickname": nickname,
        "securityEnabled": True,
        "members": [
            {
                "@odata.type": "#microsoft.graph.user",
                "id": each.id,
                **({"userPrincipalName": each.upn} if each.upn else {}),
            }
            for each in members
        ],
    }


def block(
    id: str,
    name: str,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    outside: Sequence[str] = (),
) -> Json:
    """Block device code on all resources: for all users or some groups, everywhere or outside some locations."""
    return _policy(
        id,
        name,
        {"includeApplications": ["All"], "excludeApplications": [], "includeUserActions": []},
        _users(include, exclude),
        outside,
        {"authenticationFlows": {"transferMethods": DEVICE_CODE}},
        "block",
    )


def register(
    id: str, name: str, *, include: Sequence[str] = (), exclude: Sequence[str] = (), outside: Sequence[str] = ()
) -> Json:
    """Ask for multifactor authentication to register or join a device."""
    return _policy(
        id,
        name,
        {"includeApplications": [], "excludeApplications": [], "includeUserActions": [REGISTER_DEVICE]},
        _users(include, exclude),
        outside,
        {},
        "mfa",
    )


def _users(include: Sequence[str], exclude: Sequence[str]) -> Json:
    return {
        "includeUsers": [] if include else ["All"],
        "excludeUsers": [],
        "includeGroups": sorted(include),
        "excludeGroups": sorted(exclude),
        "includeRoles": [],
        "excludeRoles": [],
    }


def _policy(
    id: str, name: str, applications: Json, users: Json, outside: Sequence[str], more: Json, control: str
) -> Json:
    located: Json = {"locations": {"includeLocations": ["All"], "excludeLocations": sorted(outside)}} if outside else {}
    return {
        "id": id,
        "displayName": name,
        "state": STATE,
        "conditions": {
            "clientAppTypes": ["all"],
            "signInRiskLevels": [],
            "userRiskLevels": [],
            "applications": applications,
            "users": users,
            **located,
            **more,
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": [control],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
        },
    }
