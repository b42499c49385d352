"""By which conditions device code slips past a block."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.policy.locations import NamedLocation
from grantwatch.policy.model import Policy
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.verdict.model import Severity

_CONDITIONS = "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions"
_NETWORK = "https://learn.microsoft.com/entra/identity/conditional-access/concept-assignment-network"
_DEVICES = "https://learn.microsoft.com/entra/identity/conditional-access/concept-condition-filters-for-devices"

WIDE_V4 = 65_536
"""IPv4 addresses of a named location from which on it is wide: a /16."""
WIDE_V6 = 32
"""The prefix of an IPv6 network up to which it is wide."""


def _limited(case: Case, condition: str) -> Iterator[Policy]:
    for policy, _ in case.gaps(condition):
        yield policy


@check(
    "conditions.client_apps",
    title="The block is limited to some client apps",
    question="Does the block of device code reach mobile apps and desktop clients?",
    severity=Severity.HIGH,
    fix="Set client apps to all (`all`). Device code comes as mobile apps and desktop clients.",
    references=(_CONDITIONS,),
    of_blocks=True,
)
def client_apps(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Device code sign-ins are logged as mobile apps and desktop clients, the browser leg too."""
    for policy in _limited(case, "clientAppTypes"):
        chosen = policy.client_apps
        if chosen is not None and chosen.doubts:
            yield self.not_told(f"which client apps {policy.label!r} is for: {chosen.doubts[0].what}")
            continue
        only = listed(sorted(chosen.values)) if chosen else "none"
        yield self.found(
            f"Policy {policy.label!r} is for client apps {only} only: device code is none of them.",
            policy,
            path="conditions.clientAppTypes",
        )


@check(
    "conditions.platforms",
    title="The block is limited to some platforms",
    question="Can device code get past the block by another platform?",
    severity=Severity.HIGH,
    fix="Take the condition on platforms out. A platform is what the user agent claims, and an attacker writes that.",
    references=(_CONDITIONS,),
    of_blocks=True,
)
def platforms(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Platforms that no policy covers, tried one by one."""
    for policy, gaps in case.gaps("platforms"):
        names = {gap.answer.answer.item.removeprefix("platform ") for gap in gaps}
        known = sorted("platforms that are not known" if name == "none" else name for name in names)
        yield self.found(
            f"Policy {policy.label!r} does not apply on every platform: open are {listed(known, 7)}.",
            policy,
            path="conditions.platforms",
        )


@check(
    "conditions.locations",
    title="The block is limited to some locations",
    question="Can device code get past the block from some network or country?",
    severity=Severity.MEDIUM,
    fix="Take the condition on locations out, and leave out a group of accounts in their network by another policy. "
    "Who is phished sits in the trusted network, and it is not clear whose address counts.",
    references=(_NETWORK,),
    of_blocks=True,
)
def locations(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """What is included less what is excluded, wherever that is not everything."""
    for policy in _limited(case, "locations"):
        scope = policy.locations
        if scope is None:
            continue
        only = listed(_place(case, id) for id in sorted(scope.include.values)) or "none"
        out = listed(_place(case, id) for id in sorted(scope.exclude.values))
        inside = "" if "All" in scope.include.values else f" from {only} only"
        yield self.found(
            f"Policy {policy.label!r} blocks device code{inside}" + (f", and not from {out}." if out else "."),
            policy,
            path="conditions.locations",
        )


def _place(case: Case, id: str) -> str:
    return {"All": "everywhere", "AllTrusted": "all trusted locations"}.get(id) or case.name(f"location {id}")


@check(
    "conditions.risk",
    title="The block waits for risk",
    question="Does the block of device code apply only where a sign-in or a user is rated as risky?",
    severity=Severity.HIGH,
    fix="Take the condition on risk out: a phished code is entered by its victim, at home, without any risk to see.",
    references=(_CONDITIONS,),
    of_blocks=True,
)
def risk(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Risk of the sign-in, of the user, and insider risk."""
    for condition in ("signInRiskLevels", "userRiskLevels", "insiderRiskLevels"):
        for policy, gaps in case.gaps(condition):
            levels = listed(sorted({gap.answer.answer.item for gap in gaps}))
            yield self.found(
                f"Policy {policy.label!r} blocks device code at some risk only; it is open at risk {levels}.",
                policy,
                path=f"conditions.{condition}",
            )


@check(
    "conditions.devices",
    title="The block depends on the device",
    question="Can device code get past the block by the device that it comes from?",
    severity=Severity.MEDIUM,
    fix="Take the filter for devices out. Where devices must be left out, leave out managed ones by a property that "
    "their users cannot change, and only within a group of accounts.",
    references=(_DEVICES,),
    of_blocks=True,
)
def devices(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """A filter for devices, or a state of devices, that not every device meets."""
    for policy in _limited(case, "devices"):
        yield self.found(
            f"Policy {policy.label!r} blocks device code on some devices only: a filter or their state decides.",
            policy,
            path="conditions.devices",
        )


@check(
    "conditions.wide_location",
    title="A named location that is left out is wide",
    question="How many addresses do the named locations hold that the block of device code leaves out?",
    severity=Severity.MEDIUM,
    fix="Name the addresses of your own exits, one by one, instead of a provider's range or a country.",
    references=(_NETWORK,),
    needs=("named locations",),
    of_blocks=True,
)
def wide_location(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """More than a /16, a /32 of IPv6, or a country."""
    told: set[str] = set()
    for policy in _limited(case, "locations"):
        exclude = policy.locations.exclude.values if policy.locations else frozenset()
        trusted = {each.id for each in case.directory.locations.values() if each.trusted}
        ids = (exclude - {"AllTrusted"}) | (trusted if "AllTrusted" in exclude else set())
        if "AllTrusted" in exclude and not case.directory.locations:
            yield self.not_told("which named locations are trusted: export them")
        for id in sorted(ids - told):
            told.add(id)
            location = case.directory.locations.get(id)
            if location is None:
                yield self.not_told(f"what named location {id} holds, which {policy.label!r} leaves out: export it")
                continue
            what = _wide(location)
            if what:
                yield self.found(
                    f"Named location {location.name!r}, which policy {policy.label!r} leaves out, is {what}.",
                    policy,
                    path="conditions.locations.excludeLocations",
                )


def _wide(location: NamedLocation) -> str:
    if location.countries is not None:
        return f"whole countries ({listed(sorted(location.countries))})"
    if location.ranges is None:
        return ""
    four = location.ranges.size(4)
    if four > WIDE_V4:
        return f"{four:,} IPv4 addresses wide"
    six = [network for network in location.networks if network.version == 6 and network.prefixlen <= WIDE_V6]
    return f"as wide as {six[0]}" if six else ""
