"""One case per condition and operator: inclusion, exclusion, comma lists, and every input that is not known."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from tests.policy import shapes
from tests.policy.shapes import (
    ANNA,
    ARM,
    BEN,
    BREAK_GLASS,
    EUROPE,
    EXCHANGE,
    GLOBAL_ADMIN,
    GRAPH,
    HEAD_OFFICE,
    KEY_VAULT,
    OTHER_PARTNER,
    PARTNER,
    PORTAL,
    REGISTRATION,
    ROOM,
    SHAREPOINT,
    STAFF,
    a_group,
    a_policy,
    a_role,
    a_user,
    country_location,
    ip_location,
    model,
    sign_in,
)

from grantwatch.policy import (
    ANYBODY,
    AUTHENTICATION_TRANSFER,
    DEVICE_CODE,
    GUESTS,
    NOBODY_ELSE,
    REGISTER_DEVICE,
    REGISTER_SECURITY_INFO,
    UNKNOWN,
    Because,
    Device,
    Membership,
    UserKind,
)

COMPANIONS: dict[str, list[Any]] = {
    "groups": [
        a_group(STAFF, "Staff", ANNA, {"@odata.type": "#microsoft.graph.group", "id": shapes.ROOMS}),
        a_group(shapes.ROOMS, "Rooms", {"@odata.type": "#microsoft.graph.user", "id": ROOM}),
    ],
    "directoryRoles": [a_role(GLOBAL_ADMIN, "Global Administrator", BEN)],
    "users": [a_user(ANNA, "anna@contoso.example")],
    "namedLocations": [
        ip_location(HEAD_OFFICE, "Head office", "198.51.100.0/24", "2001:db8:1::/48", trusted=True),
        country_location(EUROPE, "Europe", "DE", "FR"),
        country_location(shapes.guid(23), "By GPS", "DE", by="authenticatorAppGps"),
        country_location(shapes.guid(24), "Nowhere", "DE", unknown=True),
        {"@odata.type": "#microsoft.graph.compliantNetworkNamedLocation", "id": shapes.guid(25), "displayName": "GSA"},
    ],
}
KNOWN = "known"


class Case(NamedTuple):
    name: str
    condition: dict[str, Any]
    inputs: dict[str, Any]
    applies: bool | None
    because: Because = Because.MET
    item: str = ""


def users(**part: Any) -> dict[str, Any]:
    return {"users": part}


def apps(include: list[str], exclude: list[str] | None = None, **part: Any) -> dict[str, Any]:
    return {"applications": {"includeApplications": include, "excludeApplications": exclude or [], **part}}


def flows(methods: str | None) -> dict[str, Any]:
    return {"authenticationFlows": {"transferMethods": methods}}


def places(include: list[str], exclude: list[str] | None = None) -> dict[str, Any]:
    return {"locations": {"includeLocations": include, "excludeLocations": exclude or []}}


def systems(include: list[str], exclude: list[str] | None = None) -> dict[str, Any]:
    return {"platforms": {"includePlatforms": include, "excludePlatforms": exclude or []}}


def filtered(mode: str, rule: str) -> dict[str, Any]:
    return {"devices": {"deviceFilter": {"mode": mode, "rule": rule}}}


def kinds(*names: str, tenants: list[str] | None = None) -> dict[str, Any]:
    found = {"membershipKind": "enumerated", "members": tenants} if tenants is not None else {"membershipKind": "all"}
    return {"guestOrExternalUserTypes": ",".join(names), "externalTenants": found}


def within(*ids: str) -> Membership:
    return Membership(frozenset(ids), complete=True)


NOT, OUT, INPUT, EXPORT = Because.NOT_MATCHED, Because.EXCLUDED, Because.INPUT, Because.EXPORT
DOUBT, UNSAID = Because.DOUBT, Because.UNDOCUMENTED
GUEST = frozenset({UserKind.COLLABORATION_GUEST})
HYBRID = Device(True, (("trustType", "ServerAD"), ("isCompliant", True)))

OLD_STATES = {"devices": {"includeDevices": ["All"], "excludeDevices": ["Compliant"]}}
OLDER_STATES = {"deviceStates": {"includeStates": ["All"], "excludeStates": ["DomainJoined"]}}

USERS = [
    Case("all", users(includeUsers=["All"]), {}, True),
    Case("all, whoever it is", users(includeUsers=["All"]), {"user_id": UNKNOWN, "kinds": ANYBODY}, True),
    Case("none", users(includeUsers=["None"]), {}, False, NOT),
    Case("nobody", users(), {}, False, NOT),
    Case("by id", users(includeUsers=[ANNA]), {}, True),
    Case("by id in capitals", users(includeUsers=[ANNA.upper()]), {"user_id": ANNA.upper()}, True),
    Case("another id", users(includeUsers=[BEN]), {}, False, NOT),
    Case("id not known", users(includeUsers=[BEN]), {"user_id": UNKNOWN}, None, INPUT, "user_id"),
    Case("out by id", users(includeUsers=["All"], excludeUsers=[ANNA]), {}, False, OUT, f"user {ANNA}"),
    Case("out or not", users(includeUsers=["All"], excludeUsers=[ANNA]), {"user_id": UNKNOWN}, None, INPUT, "user_id"),
    Case("by group of the sign-in", users(includeGroups=[BREAK_GLASS]), {"groups": within(BREAK_GLASS)}, True),
    Case("not in the group", users(includeGroups=[BREAK_GLASS]), {}, False, NOT),
    Case("by exported group", users(includeGroups=[STAFF]), {"groups": Membership()}, True),
    Case("by group within group", users(includeGroups=[STAFF]), {"groups": Membership(), "user_id": ROOM}, True),
    Case("not an exported member", users(includeGroups=[STAFF]), {"groups": Membership(), "user_id": BEN}, False, NOT),
    Case(
        "members not exported",
        users(includeGroups=[BREAK_GLASS]),
        {"groups": Membership()},
        None,
        EXPORT,
        f"group {BREAK_GLASS}",
    ),
    Case(
        "neither user nor groups known",
        users(includeGroups=[STAFF]),
        {"groups": Membership(), "user_id": UNKNOWN},
        None,
        INPUT,
        "groups",
    ),
    Case(
        "out by group",
        users(includeUsers=["All"], excludeGroups=[STAFF]),
        {"groups": within(STAFF)},
        False,
        OUT,
        f"group {STAFF}",
    ),
    Case(
        "out by group or not",
        users(includeUsers=["All"], excludeGroups=[BREAK_GLASS]),
        {"groups": Membership()},
        None,
        EXPORT,
        f"group {BREAK_GLASS}",
    ),
    Case("exclusion wins", users(includeUsers=[ANNA], excludeUsers=[ANNA]), {}, False, OUT, f"user {ANNA}"),
    Case("one of several", users(includeUsers=[BEN], includeGroups=[STAFF]), {"groups": within(STAFF)}, True),
    Case("by role", users(includeRoles=[GLOBAL_ADMIN]), {"roles": within(GLOBAL_ADMIN)}, True),
    Case("by exported role", users(includeRoles=[GLOBAL_ADMIN]), {"roles": Membership(), "user_id": BEN}, True),
    Case("not in the role", users(includeRoles=[GLOBAL_ADMIN]), {"roles": Membership()}, False, NOT),
    Case("any role", users(includeRoles=["All"]), {"roles": within(GLOBAL_ADMIN)}, True),
    Case("any role, none held", users(includeRoles=["All"]), {}, False, NOT),
    Case("any role, not known", users(includeRoles=["All"]), {"roles": Membership()}, None, INPUT, "roles"),
    Case(
        "out by role",
        users(includeUsers=["All"], excludeRoles=[GLOBAL_ADMIN]),
        {"roles": within(GLOBAL_ADMIN)},
        False,
        OUT,
        f"role {GLOBAL_ADMIN}",
    ),
    Case("old word for guests", users(includeUsers=["GuestsOrExternalUsers"]), {"kinds": GUEST}, True),
    Case("old word, a member", users(includeUsers=["GuestsOrExternalUsers"]), {}, False, NOT),
    Case(
        "old word, not known", users(includeUsers=["GuestsOrExternalUsers"]), {"kinds": ANYBODY}, None, INPUT, "kinds"
    ),
    Case(
        "out by old word",
        users(includeUsers=["All"], excludeUsers=["GuestsOrExternalUsers"]),
        {"kinds": GUEST},
        False,
        OUT,
        "guests and external users",
    ),
    Case("all users are guests too", users(includeUsers=["All"]), {"kinds": GUEST}, True),
    Case(
        "kinds in a comma list",
        users(includeGuestsOrExternalUsers=kinds("internalGuest", "b2bCollaborationGuest")),
        {"kinds": GUEST},
        True,
    ),
    Case("another kind", users(includeGuestsOrExternalUsers=kinds("serviceProvider")), {"kinds": GUEST}, False, NOT),
    Case(
        "a guest of some kind",
        users(includeGuestsOrExternalUsers=kinds("serviceProvider")),
        {"kinds": GUESTS},
        None,
        INPUT,
        "kinds",
    ),
    Case(
        "of that tenant",
        users(includeGuestsOrExternalUsers=kinds("b2bCollaborationGuest", tenants=[PARTNER])),
        {"kinds": GUEST, "home_tenant": PARTNER},
        True,
    ),
    Case(
        "of another tenant",
        users(includeGuestsOrExternalUsers=kinds("b2bCollaborationGuest", tenants=[PARTNER])),
        {"kinds": GUEST, "home_tenant": OTHER_PARTNER},
        False,
        NOT,
    ),
    Case(
        "of a tenant that nobody knows",
        users(includeGuestsOrExternalUsers=kinds("b2bCollaborationGuest", tenants=[PARTNER])),
        {"kinds": GUEST, "home_tenant": UNKNOWN},
        None,
        INPUT,
        "home_tenant",
    ),
    Case(
        "a guest of the tenant's own has no other tenant",
        users(includeGuestsOrExternalUsers=kinds("internalGuest", tenants=[PARTNER])),
        {"kinds": frozenset({UserKind.INTERNAL_GUEST})},
        True,
    ),
    Case(
        "out as a guest",
        users(includeUsers=["All"], excludeGuestsOrExternalUsers=kinds("b2bCollaborationGuest")),
        {"kinds": GUEST},
        False,
        OUT,
        "guests and external users",
    ),
    Case("a word that is not known", users(includeUsers=["AllAgentIdUsers"]), {}, None, DOUBT),
    Case("a word that is not known beside one that is", users(includeUsers=["Robots", ANNA]), {}, True),
    Case("out by a word that is not known", users(includeUsers=["All"], excludeUsers=["Robots"]), {}, None, DOUBT),
    Case(
        "a kind that is not known", users(includeGuestsOrExternalUsers=kinds("martian")), {"kinds": GUEST}, None, DOUBT
    ),
    Case("a kind that is not known, a member", users(includeGuestsOrExternalUsers=kinds("martian")), {}, False, NOT),
    Case("a part that is not known", users(includeUsers=["All"], includeRobots=["All"]), {}, None, DOUBT),
    Case(
        "for workload identities",
        {"clientApplications": {"includeServicePrincipals": ["All"]}, "users": {"includeUsers": ["None"]}},
        {},
        False,
        NOT,
    ),
]

APPLICATIONS = [
    Case("all", apps(["All"]), {}, True),
    Case("all, whatever it is", apps(["All"]), {"resources": UNKNOWN}, True),
    Case("none", apps(["None"]), {}, False, NOT),
    Case("none, whatever it is", apps(["None"]), {"resources": UNKNOWN}, False, NOT),
    Case("by id", apps([GRAPH]), {}, True),
    Case("by id in capitals", apps([EXCHANGE.upper()]), {"resources": frozenset({EXCHANGE.upper()})}, True),
    Case("another id", apps([EXCHANGE]), {}, False, NOT),
    Case("not known", apps([EXCHANGE]), {"resources": UNKNOWN}, None, INPUT, "resources"),
    Case("out by id", apps(["All"], [GRAPH]), {}, False, OUT, f"resource {GRAPH}"),
    Case("out or not", apps(["All"], [GRAPH]), {"resources": UNKNOWN}, None, INPUT, "resources"),
    Case("one of two is out", apps(["All"], [GRAPH]), {"resources": frozenset({GRAPH, EXCHANGE})}, True),
    Case("no resource", apps(["All"]), {"resources": frozenset()}, False, NOT),
    Case("Office 365", apps(["Office365"]), {"resources": frozenset({EXCHANGE})}, True),
    Case("not in Office 365", apps(["Office365"]), {"resources": frozenset({KEY_VAULT})}, False, NOT),
    Case("Graph is in Office 365 or not, by its scopes", apps(["Office365"]), {}, None, UNSAID),
    Case(
        "an app of which nobody knows", apps(["Office365"]), {"resources": frozenset({shapes.guid(77)})}, None, UNSAID
    ),
    Case("out as Office 365", apps(["All"], ["Office365"]), {"resources": frozenset({SHAREPOINT})}, False, OUT),
    Case("admin portals", apps(["MicrosoftAdminPortals"]), {"resources": frozenset({PORTAL})}, True),
    Case("no admin portal", apps(["MicrosoftAdminPortals"]), {"resources": frozenset({KEY_VAULT})}, False, NOT),
    Case("Azure management has parts", apps([ARM]), {"resources": frozenset({PORTAL})}, True),
    Case("a word that is not known", apps(["AllAgentIdResources"]), {}, None, DOUBT),
    Case("out by a word that is not known", apps(["All"], ["Moon"]), {}, None, DOUBT),
    Case(
        "by attribute",
        apps([], applicationFilter={"mode": "include", "rule": 'CustomSecurityAttribute.A_B -eq "x"'}),
        {},
        None,
        EXPORT,
    ),
    Case(
        "out by attribute",
        apps(["All"], applicationFilter={"mode": "exclude", "rule": 'CustomSecurityAttribute.A_B -eq "x"'}),
        {},
        None,
        EXPORT,
    ),
    Case("a part that is not known", apps(["All"], networkAccess={"filter": "web"}), {}, None, DOUBT),
    Case("an action", apps([], includeUserActions=[REGISTER_DEVICE]), {"user_action": REGISTER_DEVICE}, True),
    Case(
        "another action",
        apps([], includeUserActions=[REGISTER_SECURITY_INFO]),
        {"user_action": REGISTER_DEVICE},
        False,
        NOT,
    ),
    Case("an action is no resource", apps(["All"]), {"user_action": REGISTER_DEVICE}, False, NOT),
    Case("a resource is no action", apps([], includeUserActions=[REGISTER_DEVICE]), {}, False, NOT),
    Case("an action or not", apps(["All"]), {"user_action": UNKNOWN}, None, INPUT, "user_action"),
    Case(
        "an action that is not known",
        apps([], includeUserActions=["urn:user:dance"]),
        {"user_action": REGISTER_DEVICE},
        None,
        DOUBT,
    ),
    Case(
        "a context",
        apps([], includeAuthenticationContextClassReferences=["c1"]),
        {"authentication_context": "c1"},
        True,
    ),
    Case(
        "another context",
        apps([], includeAuthenticationContextClassReferences=["c2"]),
        {"authentication_context": "c1"},
        False,
        NOT,
    ),
    Case("registration, policy for all", apps(["All"]), {"resources": frozenset({REGISTRATION})}, True),
    Case("registration out", apps(["All"], [REGISTRATION]), {"resources": frozenset({REGISTRATION})}, False, OUT),
    Case("registration alone", apps([REGISTRATION]), {"resources": frozenset({REGISTRATION})}, False, NOT),
    Case(
        "registration, policy without a flow",
        {**apps(["All"]), "authenticationFlows": None},
        {"resources": frozenset({REGISTRATION})},
        None,
        UNSAID,
    ),
]

FLOWS = [
    Case("device code", flows("deviceCodeFlow"), {}, True),
    Case("comma list", flows("deviceCodeFlow,authenticationTransfer"), {}, True),
    Case("comma list with a blank", flows("authenticationTransfer, deviceCodeFlow"), {}, True),
    Case("other flow only", flows("authenticationTransfer"), {}, False, NOT),
    Case("in capitals", flows("DeviceCodeFlow"), {}, True),
    Case("ordinary sign-in", flows("deviceCodeFlow"), {"flow": None, "tracked": None}, False, NOT),
    Case("ordinary sign-in in words", flows("deviceCodeFlow"), {"flow": "none", "tracked": "none"}, False, NOT),
    Case("a refresh of the session", flows("deviceCodeFlow"), {"flow": None, "tracked": DEVICE_CODE}, True),
    Case(
        "a refresh of a transferred session",
        flows("deviceCodeFlow"),
        {"flow": None, "tracked": AUTHENTICATION_TRANSFER},
        False,
        NOT,
    ),
    Case("tracking not known", flows("deviceCodeFlow"), {"flow": None, "tracked": UNKNOWN}, None, INPUT, "tracked"),
    Case("flow not known", flows("deviceCodeFlow"), {"flow": UNKNOWN, "tracked": None}, None, INPUT, "flow"),
    Case("flow now, tracking not known", flows("deviceCodeFlow"), {"tracked": UNKNOWN}, True),
    Case("not configured", flows(None), {"flow": None, "tracked": None}, True),
    Case("none", flows("none"), {}, None, DOUBT),
    Case("cut off by v1.0", flows("unknownFutureValue"), {}, None, DOUBT),
    Case("known beside not known", flows("deviceCodeFlow,unknownFutureValue"), {}, True),
    Case("not known beside other", flows("authenticationTransfer,unknownFutureValue"), {}, None, DOUBT),
]

CLIENTS = [
    Case("all", {"clientAppTypes": ["all"]}, {"client_app": UNKNOWN}, True),
    Case("one", {"clientAppTypes": ["mobileAppsAndDesktopClients"]}, {}, True),
    Case("another", {"clientAppTypes": ["browser"]}, {}, False, NOT),
    Case("not known", {"clientAppTypes": ["browser"]}, {"client_app": UNKNOWN}, None, INPUT, "client_app"),
    Case("old word", {"clientAppTypes": ["modern"]}, {}, True),
    Case("empty, modern client", {"clientAppTypes": []}, {}, True),
    Case("empty, old client", {"clientAppTypes": []}, {"client_app": "other"}, None, UNSAID),
    Case(
        "supported platforms only",
        {"clientAppTypes": ["easSupported"]},
        {"client_app": "exchangeActiveSync"},
        None,
        INPUT,
    ),
    Case("a word that is not known", {"clientAppTypes": ["hologram"]}, {}, None, DOUBT),
]

PLATFORMS = [
    Case("all", systems(["all"]), {"platform": UNKNOWN}, True),
    Case("all, none that is known", systems(["all"]), {"platform": None}, True),
    Case("one", systems(["windows"]), {}, True),
    Case("another", systems(["android", "iOS"]), {}, False, NOT),
    Case("none that is known", systems(["windows"]), {"platform": None}, False, NOT),
    Case("not known", systems(["windows"]), {"platform": UNKNOWN}, None, INPUT, "platform"),
    Case("out", systems(["all"], ["windows"]), {}, False, OUT, "platform windows"),
    Case("out or not", systems(["all"], ["windows"]), {"platform": UNKNOWN}, None, INPUT, "platform"),
    Case("a word that is not known", systems(["amiga"]), {}, None, DOUBT),
    Case("out by a word that is not known", systems(["all"], ["amiga"]), {}, None, DOUBT),
]

LOCATIONS = [
    Case("all", places(["All"]), {"ip": UNKNOWN, "country": UNKNOWN}, True),
    Case("in the range", places([HEAD_OFFICE]), {"ip": "198.51.100.7"}, True),
    Case("in the range, IPv6", places([HEAD_OFFICE]), {"ip": "2001:DB8:1::7"}, True),
    Case("IPv4 in IPv6", places([HEAD_OFFICE]), {"ip": "::ffff:198.51.100.7"}, True),
    Case("first address", places([HEAD_OFFICE]), {"ip": "198.51.100.0"}, True),
    Case("last address", places([HEAD_OFFICE]), {"ip": "198.51.100.255"}, True),
    Case("one beyond", places([HEAD_OFFICE]), {"ip": "198.51.101.0"}, False, NOT),
    Case("no address", places([HEAD_OFFICE]), {"ip": None}, False, NOT),
    Case("address not known", places([HEAD_OFFICE]), {"ip": UNKNOWN}, None, INPUT, "ip"),
    Case("no such address", places([HEAD_OFFICE]), {"ip": "198.51.100"}, None, INPUT, "ip"),
    Case("out", places(["All"], [HEAD_OFFICE]), {"ip": "198.51.100.7"}, False, OUT, f"location {HEAD_OFFICE}"),
    Case("trusted", places(["AllTrusted"]), {"ip": "198.51.100.7"}, True),
    Case("not trusted", places(["AllTrusted"]), {}, False, NOT),
    Case("out as trusted", places(["All"], ["AllTrusted"]), {"ip": "198.51.100.7"}, False, OUT),
    Case("out as trusted or not", places(["All"], ["AllTrusted"]), {"ip": UNKNOWN}, None, INPUT, "ip"),
    Case("told by the log", places([HEAD_OFFICE]), {"ip": UNKNOWN, "locations": within(HEAD_OFFICE)}, True),
    Case("told by the log not to be", places([HEAD_OFFICE]), {"ip": UNKNOWN, "locations": NOBODY_ELSE}, False, NOT),
    Case("country", places([EUROPE]), {"country": "de"}, True),
    Case("another country", places([EUROPE]), {}, False, NOT),
    Case("country not known", places([EUROPE]), {"country": UNKNOWN}, None, INPUT, "country"),
    Case("of no country", places([EUROPE]), {"country": None}, False, NOT),
    Case("of no country, counted in", places([shapes.guid(24)]), {"country": None}, True),
    Case("by GPS", places([shapes.guid(23)]), {"country": "DE"}, None, EXPORT),
    Case("compliant network", places([shapes.guid(25)]), {}, None, EXPORT),
    Case("not exported", places([shapes.guid(26)]), {}, None, EXPORT, f"location {shapes.guid(26)}"),
    Case("trusted addresses of old", places(["All"], ["00000000-0000-0000-0000-000000000000"]), {}, None, EXPORT),
    Case("a word that is not known", places(["Moon"]), {}, None, DOUBT),
]

DEVICES = [
    Case("in", filtered("include", 'device.trustType -eq "ServerAD"'), {"device": HYBRID}, True),
    Case("not in", filtered("include", 'device.trustType -eq "Workplace"'), {"device": HYBRID}, False, NOT),
    Case(
        "out", filtered("exclude", "device.isCompliant -eq True"), {"device": HYBRID}, False, OUT, "filter for devices"
    ),
    Case("not out", filtered("exclude", "device.isCompliant -eq False"), {"device": HYBRID}, True),
    Case("unregistered, positive", filtered("include", 'device.trustType -eq "ServerAD"'), {}, False, NOT),
    Case("unregistered, negative", filtered("include", 'device.trustType -ne "ServerAD"'), {}, True),
    Case("unregistered, out by positive", filtered("exclude", "device.isCompliant -eq True"), {}, True),
    Case("unregistered, out by negative", filtered("exclude", "device.isCompliant -ne True"), {}, False, OUT),
    Case("not known", filtered("exclude", "device.isCompliant -eq True"), {"device": Device()}, None, INPUT, "device"),
    Case("a rule that cannot be read", filtered("exclude", "device.isCompliant equals True"), {}, None, DOUBT),
    Case("a mode that is not known", filtered("perhaps", "device.isCompliant -eq True"), {}, None, DOUBT),
    Case("old states", OLD_STATES, {"device": HYBRID}, False, OUT),
    Case("old states, not out", OLD_STATES, {}, True),
    Case("older states", OLDER_STATES, {"device": HYBRID}, False, OUT),
    Case("old states, not known", OLD_STATES, {"device": Device()}, None, INPUT),
]

RISKS = [
    Case("met", {"signInRiskLevels": ["medium", "high"]}, {"sign_in_risk": "high"}, True),
    Case("not met", {"signInRiskLevels": ["medium", "high"]}, {"sign_in_risk": "low"}, False, NOT),
    Case("no risk", {"signInRiskLevels": ["none"]}, {"sign_in_risk": None}, True),
    Case("not known", {"signInRiskLevels": ["high"]}, {"sign_in_risk": UNKNOWN}, None, INPUT, "sign_in_risk"),
    Case("hidden", {"signInRiskLevels": ["high"]}, {"sign_in_risk": "hidden"}, None, INPUT, "sign_in_risk"),
    Case("a word that is not known", {"signInRiskLevels": ["extreme"]}, {"sign_in_risk": "high"}, None, DOUBT),
    Case("of the user", {"userRiskLevels": ["high"]}, {"user_risk": "high"}, True),
    Case("of the user, not met", {"userRiskLevels": ["high"]}, {}, False, NOT),
    Case("of the user, not known", {"userRiskLevels": ["high"]}, {"user_risk": UNKNOWN}, None, INPUT, "user_risk"),
    Case("of an insider, comma list", {"insiderRiskLevels": "moderate,elevated"}, {"insider_risk": "elevated"}, True),
    Case("of an insider, not met", {"insiderRiskLevels": "moderate,elevated"}, {}, False, NOT),
    Case("of an insider, not known", {"insiderRiskLevels": "minor"}, {"insider_risk": UNKNOWN}, None, INPUT),
    Case("of a workload, which is no user's", {"servicePrincipalRiskLevels": ["high"]}, {}, True),
]

OTHERS = [
    Case("a condition that is not known", {"moonPhase": {"includePhases": ["full"]}}, {}, None, DOUBT),
    Case("a condition that is not known and empty", {"moonPhase": {"includePhases": []}, "tides": None}, {}, True),
    Case("one that is not met decides", {"moonPhase": "full", **users(includeUsers=[BEN])}, {}, False, NOT),
    Case("conditions are joined by and", {**systems(["iOS"]), **users(includeUsers=["All"])}, {}, False, NOT),
    Case(
        "not known and not met is not met",
        {**systems(["iOS"]), **users(includeUsers=[BEN])},
        {"user_id": UNKNOWN},
        False,
        NOT,
    ),
]

TABLE = {
    "users": USERS,
    "applications": APPLICATIONS,
    "authenticationFlows": FLOWS,
    "clientAppTypes": CLIENTS,
    "platforms": PLATFORMS,
    "locations": LOCATIONS,
    "devices": DEVICES,
    "riskLevels": RISKS,
    "others": OTHERS,
}
EVERY = [pytest.param(case, id=f"{name}: {case.name}") for name, cases in TABLE.items() for case in cases]


@pytest.mark.parametrize("case", EVERY)
def test_condition(case: Case) -> None:
    made = model(a_policy(**case.condition), **COMPANIONS)
    decided = made.decide(sign_in(**case.inputs))
    (answer,) = decided.policies
    assert answer.applies is case.applies
    assert answer.answer.because is case.because
    if case.item:
        assert answer.answer.item == case.item
    assert decided.outcome.blocks is case.applies


@pytest.mark.parametrize("case", EVERY)
def test_what_follows_is_the_same_with_and_without_reasons(case: Case) -> None:
    made = model(a_policy(**case.condition), **COMPANIONS)
    context = sign_in(**case.inputs)
    assert made.outcome(context) == made.outcome_afresh(context) == made.decide(context).outcome


def test_every_case_has_a_name_of_its_own() -> None:
    names = [parameter.id for parameter in EVERY]
    assert len(names) == len(set(names))
