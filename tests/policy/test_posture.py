"""Every check fires on its gap and stays silent without it; and what other tools get wrong is got right."""

from __future__ import annotations

from typing import Any

import pytest
from tests.policy.shapes import (
    ANNA,
    ARM,
    BEN,
    BREAK_GLASS,
    EUROPE,
    EXCHANGE,
    GLASS,
    GLOBAL_ADMIN,
    HEAD_OFFICE,
    REGISTRATION,
    ROOM,
    STAFF,
    Json,
    a_group,
    a_policy,
    a_role,
    a_user,
    country_location,
    exported,
    guid,
    ip_location,
)

from grantwatch.errors import DeclarationError
from grantwatch.policy.posture import MODULES, Finding, Posture, Severity, Status, check_posture, registered
from grantwatch.policy.posture.check import THEMES, check

MFA = {"operator": "OR", "builtInControls": ["mfa"]}
REPORT_ONLY = "enabledForReportingButNotEnforced"
GUESTS_OUT = {
    "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember",
    "externalTenants": {"membershipKind": "all"},
}


def for_registration(**parts: Any) -> Json:
    """Multifactor authentication for everybody who registers or joins a device."""
    actions = {"includeApplications": [], "includeUserActions": ["urn:user:registerdevice"]}
    return a_policy(
        "MFA to register devices", **{"applications": actions, "authenticationFlows": None, "grant": MFA, **parts}
    )


def users(**part: Any) -> Json:
    return {"users": {"includeUsers": ["All"], **part}}


def apps(include: list[str], *exclude: str) -> Json:
    return {"applications": {"includeApplications": include, "excludeApplications": list(exclude)}}


def places(*exclude: str) -> Json:
    return {"locations": {"includeLocations": ["All"], "excludeLocations": list(exclude)}}


def posture(*policies: Json, before: Any = None, **lists: list[Json]) -> Posture:
    return check_posture(exported(*policies, **lists), before)


def blocking(before: Any = None, lists: dict[str, list[Json]] | None = None, **parts: Any) -> Posture:
    """A tenant with one block of device code, but for `parts`, that asks for more to register devices."""
    return posture(a_policy(**parts), for_registration(), before=before, **(lists or {}))


def found(shown: Posture, check_id: str) -> list[Finding]:
    return [finding for finding in shown.findings if finding.check == check_id]


def untold(shown: Posture, check_id: str) -> list[str]:
    return [each.why for each in shown.not_told if each.check == check_id]


def test_a_tenant_that_has_done_all_of_it() -> None:
    group = a_group(BREAK_GLASS, "Break glass", GLASS)
    admins = a_role(GLOBAL_ADMIN, "Global Administrator", GLASS)
    whole = exported(
        a_policy(**users(excludeGroups=[BREAK_GLASS])),
        for_registration(),
        groups=[group],
        directoryRoles=[admins],
    )
    shown = check_posture(whole, before=whole)
    assert shown.findings == ()
    assert shown.not_told == ()
    assert {each.id for each in shown.passed} == {each.id for each in registered()}
    open_cells = [crowd.id for (crowd, _), cell in shown.coverage.cells.items() if cell.status is not Status.BLOCKED]
    assert set(open_cells) == {BREAK_GLASS}
    assert not shown.coverage.complete
    assert blocking().coverage.complete


# -- one gap a check: its id, the tenant, and what the sentence says

GAPS: dict[str, tuple[Posture, str]] = {
    "flow.no_policy": (posture(for_registration()), "No policy that is switched on blocks"),
    "flow.report_only": (blocking(state=REPORT_ONLY), "is in report-only mode: it stops nobody"),
    "flow.disabled": (blocking(state="disabled"), "would block device code, but is disabled"),
    "flow.no_block": (blocking(grant=MFA), "asks device code for mfa and then lets it in"),
    "flow.other_flow": (
        blocking(authenticationFlows={"transferMethods": "authenticationTransfer"}),
        "is about authentication transfer only",
    ),
    "resources.registration_excluded": (
        blocking(**apps(["All"], REGISTRATION)),
        "leaves out Device Registration Service",
    ),
    "resources.partial": (blocking(**apps(["Office365"])), "for Office 365 only; open are"),
    "resources.excluded": (blocking(**apps(["All"], ARM)), "stays open for Azure Resource Manager"),
    "resources.none": (
        blocking(applications={"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]}),
        "is for the user actions or contexts urn:user:registersecurityinfo only",
    ),
    "people.not_everyone": (
        blocking(lists={"groups": [a_group(STAFF, "Staff", ANNA)]}, users={"includeGroups": [STAFF]}),
        "for group 'Staff' only; everybody else can use it",
    ),
    "people.guests": (
        blocking(**users(excludeGuestsOrExternalUsers=GUESTS_OUT)),
        "leaves out guests and external users (b2bCollaborationGuest and b2bCollaborationMember)",
    ),
    "people.roles_excluded": (blocking(**users(excludeRoles=[GLOBAL_ADMIN])), "leaves out role Global Administrator"),
    "people.users_excluded": (
        blocking(lists={"users": [a_user(ANNA, "anna@contoso.example")]}, **users(excludeUsers=[ANNA])),
        "leaves out one user by name: anna@contoso.example",
    ),
    "people.exclusion_group": (
        blocking(
            lists={"groups": [a_group(STAFF, "Rooms", *map(guid, range(100, 140)))]}, **users(excludeGroups=[STAFF])
        ),
        "leaves out group 'Rooms': 40 accounts may use device code anywhere",
    ),
    "people.break_glass": (
        blocking(
            lists={
                "groups": [a_group(BREAK_GLASS, "SG Break-Glass", GLASS, ANNA)],
                "directoryRoles": [a_role(GLOBAL_ADMIN, "Global Administrator", GLASS)],
                "users": [a_user(ANNA, "anna@contoso.example")],
            },
            **users(excludeGroups=[BREAK_GLASS]),
        ),
        "holds ordinary accounts: anna@contoso.example",
    ),
    "conditions.client_apps": (blocking(clientAppTypes=["browser"]), "for client apps browser only"),
    "conditions.platforms": (
        blocking(platforms={"includePlatforms": ["windows", "macOS"]}),
        "open are android, iOS, linux, platforms that are not known and windowsPhone",
    ),
    "conditions.locations": (
        blocking(
            lists={"namedLocations": [ip_location(HEAD_OFFICE, "Head office", "192.0.2.0/24")]}, **places(HEAD_OFFICE)
        ),
        "and not from named location 'Head office'",
    ),
    "conditions.risk": (blocking(signInRiskLevels=["high"]), "it is open at risk low, medium and none"),
    "conditions.devices": (
        blocking(devices={"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}}),
        "on some devices only",
    ),
    "conditions.wide_location": (
        blocking(
            lists={"namedLocations": [ip_location(HEAD_OFFICE, "Provider", "10.0.0.0/15", trusted=True)]},
            **places("AllTrusted"),
        ),
        "is 131,072 IPv4 addresses wide",
    ),
    "registration.no_mfa": (posture(a_policy()), "asks for multifactor authentication to register or join a device"),
    "registration.gaps": (
        posture(a_policy(), for_registration(platforms={"includePlatforms": ["windows"]})),
        "does not always apply to members whom nothing names: platforms: the platform is not known",
    ),
    "registration.other_action": (
        posture(
            a_policy(),
            for_registration(
                applications={"includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"]}
            ),
        ),
        "is about registering security information",
    ),
    "changes.weakened": (
        blocking(before=exported(a_policy()), state=REPORT_ONLY),
        "which blocked device code, is now in report-only mode",
    ),
    "changes.exclusions": (
        blocking(before=exported(a_policy()), **users(excludeUsers=[ANNA])),
        f"leaves out more than before: user {ANNA}",
    ),
    "changes.group_grew": (
        blocking(
            before=exported(a_policy(), groups=[a_group(STAFF, "Rooms", ROOM)]),
            lists={"groups": [a_group(STAFF, "Rooms", ROOM, BEN)]},
            **users(excludeGroups=[STAFF]),
        ),
        f"grew from 1 to 2 accounts: {BEN}",
    ),
}


@pytest.mark.parametrize("id", GAPS)
def test_a_check_fires_on_its_gap(id: str) -> None:
    shown, sentence = GAPS[id]
    (finding,) = found(shown, id)
    assert sentence in finding.sentence
    assert finding.fix


@pytest.mark.parametrize("id", [each.id for each in registered() if each.id != "export.not_understood"])
def test_every_check_is_tried(id: str) -> None:
    assert id in GAPS


def test_what_is_not_understood_is_told_with_its_path() -> None:
    shown = blocking(clientAppTypes=["browser", "hologram"])
    assert untold(shown, "export.not_understood") == [
        "policy 'Block device code flow': conditions.clientAppTypes[1]: 'hologram' is not one of all, browser, "
        "mobileAppsAndDesktopClients, exchangeActiveSync, easSupported, easUnsupported, other"
    ]
    assert untold(shown, "conditions.client_apps")
    assert not found(shown, "conditions.client_apps")
    assert untold(blocking(clientAppTypes=["hologram"], state="disabled"), "export.not_understood") == []


def test_checks_declare_themselves_once_and_under_a_theme() -> None:
    assert [module.__name__.rpartition(".")[2] for module in MODULES[:5]] == list(THEMES[:5])
    for each in registered():
        assert each.question.endswith("?")
        assert each.references
        assert all(reference.startswith("https://learn.microsoft.com/") for reference in each.references)
    declaration: Any = {
        "title": "T",
        "question": "Q?",
        "severity": Severity.LOW,
        "fix": "F.",
        "references": ("https://x",),
    }
    with pytest.raises(DeclarationError, match="declared twice"):
        check("flow.no_policy", **declaration)
    with pytest.raises(DeclarationError, match="theme is not one of flow, resources"):
        check("weather.rain", **declaration)


# -- what other tools get wrong (field notes on posture tools): each as a case


def test_an_exclusion_is_read_and_not_only_the_inclusion() -> None:
    """Passes elsewhere: all users, all resources, block, and half the staff left out."""
    staff = [a_group(STAFF, "Staff", *map(guid, range(100, 160)))]
    shown = blocking(lists={"groups": staff}, **users(excludeGroups=[STAFF]))
    (finding,) = found(shown, "people.exclusion_group")
    assert finding.severity is Severity.MEDIUM


def test_an_exclusion_of_resources_is_read() -> None:
    """Passes elsewhere: resources are not looked at, or only that all are included."""
    assert found(blocking(**apps(["All"], EXCHANGE)), "resources.excluded")
    assert found(blocking(**apps([EXCHANGE])), "resources.partial")


def test_a_block_with_trusted_locations_left_out_is_no_whole_block() -> None:
    """Passes elsewhere, since locations include all."""
    office = [ip_location(HEAD_OFFICE, "Head office", "192.0.2.0/24", trusted=True)]
    shown = blocking(lists={"namedLocations": office}, **places("AllTrusted"))
    assert not shown.coverage.complete
    assert found(shown, "conditions.locations")


def test_a_compliant_device_instead_of_a_block_is_not_taken_for_one() -> None:
    """Passes elsewhere."""
    shown = blocking(grant={"operator": "OR", "builtInControls": ["compliantDevice", "domainJoinedDevice"]})
    assert found(shown, "flow.no_policy")
    (finding,) = found(shown, "flow.no_block")
    assert finding.severity is Severity.MEDIUM
    assert shown.coverage.counts()[Status.MANAGED] > 0
    either = blocking(grant={"operator": "OR", "builtInControls": ["compliantDevice", "mfa"]})
    assert found(either, "flow.no_block")[0].severity is Severity.HIGH
    assert either.coverage.counts()[Status.MANAGED] == 0


@pytest.mark.parametrize(
    "methods", ["deviceCodeFlow,authenticationTransfer", "authenticationTransfer, deviceCodeFlow", "DeviceCodeFlow"]
)
def test_a_comma_list_that_holds_device_code_is_a_block_of_it(methods: str) -> None:
    """Fails elsewhere, where the whole text is compared."""
    shown = blocking(authenticationFlows={"transferMethods": methods})
    assert shown.coverage.complete
    assert not shown.findings


def test_report_only_is_no_protection_and_enforced_is() -> None:
    """Inventories count both."""
    shown = blocking(state=REPORT_ONLY)
    assert set(shown.coverage.counts()) >= {Status.REPORT_ONLY}
    assert shown.coverage.counts()[Status.BLOCKED] == 0
    assert found(shown, "flow.no_policy")
    assert not found(blocking(), "flow.no_policy")


def test_presence_of_a_policy_is_not_enough() -> None:
    """Passes elsewhere: some policy on the flow, enabled, with block, whatever its users and resources."""
    shown = blocking(users={"includeUsers": [ANNA]}, **apps([ARM]))
    assert {finding.check for finding in shown.findings} >= {"people.not_everyone", "resources.partial"}


def test_an_ordinary_sign_in_does_not_meet_the_flow_condition() -> None:
    """Elsewhere a sign-in without a flow meets it, and coverage comes out too good."""
    shown = posture(a_policy(authenticationFlows={"transferMethods": "authenticationTransfer"}))
    assert shown.coverage.counts()[Status.BLOCKED] == 0


def test_a_value_that_version_1_does_not_show_is_not_assessed_and_not_failed() -> None:
    """Without the header for unknown members Graph may say unknownFutureValue."""
    shown = blocking(authenticationFlows={"transferMethods": "unknownFutureValue"})
    assert not found(shown, "flow.no_policy")
    assert "Prefer: include-unknown-enum-members" in untold(shown, "flow.no_policy")[0]
    assert shown.coverage.counts()[Status.NOT_ASSESSED] > 0


def test_what_is_not_exported_is_not_a_pass() -> None:
    shown = blocking(**users(excludeGroups=[STAFF]))
    assert untold(shown, "people.exclusion_group") == [
        f"whom group {STAFF} holds, which 'Block device code flow' leaves out: export its members"
    ]
    assert untold(shown, "people.break_glass") == [
        f"whether group {STAFF} holds emergency accounts and nobody else: export its name and its members"
    ]
    bare = {key: value for key, value in a_group(BREAK_GLASS, "Break glass").items() if key != "members"}
    named = blocking(lists={"groups": [bare]}, **users(excludeGroups=[BREAK_GLASS]))
    assert "export its members" in untold(named, "people.break_glass")[0]
    assert not {"people.exclusion_group", "people.break_glass"} & {each.id for each in shown.passed}
    assert untold(shown, "changes.weakened") == ["no older export was given (--before)"]
    no_block = posture(for_registration())
    assert untold(no_block, "resources.partial") == ["no policy that is switched on blocks the device code flow"]


def test_a_gap_that_another_policy_closes_is_none() -> None:
    """One policy alone looks bad: together they cover everything."""
    second = a_policy("Second", **users(), **apps(["All"]))
    first = a_policy("First", **apps(["All"], REGISTRATION, ARM), **users(excludeRoles=[GLOBAL_ADMIN]))
    shown = posture(first, second, for_registration())
    assert shown.coverage.complete
    assert shown.findings == ()


def test_platforms_that_two_policies_share_out_are_covered() -> None:
    some = a_policy("Some", platforms={"includePlatforms": ["windows", "macOS"]})
    rest = a_policy("Rest", platforms={"includePlatforms": ["all"], "excludePlatforms": ["windows", "macOS"]})
    assert posture(some, rest, for_registration()).findings == ()


def test_a_room_group_that_a_second_policy_ties_to_its_office_weighs_little() -> None:
    rooms = [a_group(STAFF, "Rooms", *map(guid, range(100, 150)))]
    office = [ip_location(HEAD_OFFICE, "Head office", "192.0.2.0/24")]
    block = a_policy("Block", **users(excludeGroups=[STAFF]))
    tie = a_policy("Tie", users={"includeGroups": [STAFF]}, **places(HEAD_OFFICE))
    shown = posture(block, tie, for_registration(), groups=rooms, namedLocations=office)
    (finding,) = found(shown, "people.exclusion_group")
    assert finding.severity is Severity.LOW
    assert "within the limits of other policies" in finding.sentence


# -- edges of single checks


@pytest.mark.parametrize(
    ("location", "says"),
    [
        (ip_location(HEAD_OFFICE, "A", "10.0.0.0/16"), ""),
        (ip_location(HEAD_OFFICE, "A", "10.0.0.0/16", "10.1.0.0/32"), "65,537 IPv4 addresses wide"),
        (ip_location(HEAD_OFFICE, "A", "10.0.0.0/17", "10.0.0.0/16"), ""),
        (ip_location(HEAD_OFFICE, "A", "2001:db8::/32"), "as wide as 2001:db8::/32"),
        (ip_location(HEAD_OFFICE, "A", "2001:db8::/48"), ""),
        (country_location(HEAD_OFFICE, "A", "GB", "IE"), "whole countries (GB and IE)"),
    ],
)
def test_how_wide_a_location_may_be(location: Json, says: str) -> None:
    sentences = found(blocking(lists={"namedLocations": [location]}, **places(HEAD_OFFICE)), "conditions.wide_location")
    assert [says in finding.sentence for finding in sentences] == ([True] if says else [])


def test_a_location_that_is_not_exported_is_told() -> None:
    assert "export it" in untold(blocking(**places(EUROPE)), "conditions.wide_location")[0]
    old = "00000000-0000-0000-0000-000000000000"
    assert "no export holds them" in untold(blocking(**places(old)), "conditions.wide_location")[0]
    assert "export them" in untold(blocking(**places("AllTrusted")), "conditions.wide_location")[0]


def test_a_group_of_emergency_accounts_that_is_too_large() -> None:
    members = [guid(number) for number in range(100, 106)]
    lists = {
        "groups": [a_group(BREAK_GLASS, "Emergency access", *members)],
        "directoryRoles": [a_role(GLOBAL_ADMIN, "Global Administrator", *members)],
    }
    shown = blocking(lists=lists, **users(excludeGroups=[BREAK_GLASS]))
    (finding,) = found(shown, "people.break_glass")
    assert "6 accounts" in finding.sentence
    assert finding.severity is Severity.MEDIUM
    assert not found(shown, "people.exclusion_group")


def test_a_policy_that_is_gone_is_a_change() -> None:
    shown = posture(for_registration(), before=exported(a_policy()))
    assert "is not there any more" in found(shown, "changes.weakened")[0].sentence


def test_a_policy_made_anew_under_its_name_is_the_same_one() -> None:
    before = exported(a_policy(id=guid(700)))
    assert not found(blocking(before=before, id=guid(701)), "changes.weakened")


def test_guests_of_one_tenant_left_out() -> None:
    tenant = {"membershipKind": "enumerated", "members": [guid(31)]}
    shown = blocking(**users(excludeGuestsOrExternalUsers={**GUESTS_OUT, "externalTenants": tenant}))
    assert "of some tenants" in found(shown, "people.guests")[0].sentence


def test_worst_finding_first() -> None:
    shown = posture(a_policy(**users(excludeUsers=[ANNA])))
    severities = [finding.severity for finding in shown.findings]
    assert severities == sorted(severities, reverse=True)
    assert shown.worst is Severity.HIGH
    assert posture(a_policy(), for_registration()).worst is Severity.NONE
