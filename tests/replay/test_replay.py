"""What becomes of grants: standing, result, stage, controls, gaps, days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import BROKER, EXCHANGE, HOME, NOWHERE, REGISTRATION, RENTED, START, a_grant
from tests.policy.shapes import a_group, a_policy, a_role, guid, ip_location
from tests.replay.scene import BLOCK, MULTI, SINGLE, asks, attack, files, honest, known_as, replayed
from tests.usage.scene import judged

from grantwatch.errors import UsageError
from grantwatch.grants.model import Device, Party, TokenKind
from grantwatch.replay import Fate, Result, Stage, Standing
from grantwatch.report.replay.terminal import text
from grantwatch.verdict import Severity

USER = guid(5)
ALL = {"includeUsers": ["All"]}
NOBODY = files()
BLOCKED = files(a_policy())


def anna(**more):
    return a_grant("anna", **more).approved(requirement=MULTI).redeemed().used()


def test_the_standing_is_the_line_of_usage_with_a_middle():
    severities = {
        Severity.NONE: Standing.HONEST,
        Severity.INFORMATIONAL: Standing.HONEST,
        Severity.LOW: Standing.HONEST,
        Severity.MEDIUM: Standing.UNKNOWN,
        Severity.HIGH: Standing.SUSPECT,
    }
    for severity, standing in severities.items():
        made = replayed(judged(anna(), severity), today=NOBODY)
        assert [each.standing for each in made.grants] == [standing]


def test_somebody_may_say_otherwise():
    one, other = honest(id="aaaa1111aaaa1111"), attack(id="bbbb2222bbbb2222")
    made = replayed(one, other, today=NOBODY, include=["bbbb"], keep_out=["aaaa"])
    assert {each.judged.grant.grant_id[:4]: each.standing for each in made.grants} == {
        "aaaa": Standing.SUSPECT,
        "bbbb": Standing.HONEST,
    }
    with pytest.raises(UsageError, match="cannot be both"):
        replayed(one, today=NOBODY, include=["aaaa"], keep_out=["aaaa"])


def test_a_block_stops_a_grant_at_the_approval_and_its_session_at_the_next_refresh():
    (each,) = replayed(attack(), today=NOBODY, candidate=BLOCKED).grants
    assert each.today.result is Result.PASSES
    assert each.last.result is Result.STOPPED
    assert each.last.stopped_at is Stage.APPROVAL
    assert each.last.next_refresh is Fate.BLOCKED
    assert [policy.name for policy in each.last.by] == ["Block device code flow"]
    assert not each.gets_through


def test_a_refresh_alone_is_stopped_by_protocol_tracking():
    lineage = attack(a_grant().used(minutes=5).used(minutes=90))
    (each,) = replayed(lineage, today=BLOCKED).grants
    assert (each.today.result, each.today.stopped_at) == (Result.STOPPED, Stage.REFRESH)


def test_what_has_lost_the_lineage_is_not_stopped_by_a_policy_on_the_flow():
    def with_lineage(tracked):
        made = a_grant().used(kind=TokenKind.PRIMARY)
        made._uses[-1] = replace(made._uses[-1], tracked=tracked)
        return replayed(attack(made), today=BLOCKED).grants[0].today.result

    assert with_lineage(True) is Result.STOPPED
    assert with_lineage(None) is Result.NOT_ASSESSED
    assert with_lineage(False) is Result.PASSES


def test_the_approvers_own_browser_is_counted_but_is_not_the_attack():
    tainted = a_grant().used(party=Party.APPROVER, kind=TokenKind.BROWSER)
    (each,) = replayed(attack(tainted), today=BLOCKED).grants
    assert each.today.result is Result.NO_DECISION
    assert each.today.fates == {Fate.BLOCKED: 1}


def test_pages_that_paused_the_flow_are_no_decision():
    tried = honest(a_grant().interrupted().declined())
    (each,) = replayed(tried, today=BLOCKED).grants
    assert each.today.result is Result.NO_DECISION
    assert not each.breaks


def test_an_attempt_that_was_refused_breaks_nothing():
    (each,) = replayed(honest(a_grant().blocked()), today=BLOCKED).grants
    assert each.today.result is Result.STOPPED
    assert each.attempt
    assert not each.breaks


def test_a_grant_that_no_record_names_a_device_code_is_not_assessed():
    (each,) = replayed(honest(a_grant(certainty=0.6).sighted()), today=BLOCKED).grants
    assert each.today.result is Result.NOT_ASSESSED
    assert each.today.missing == ("authenticationFlows: the authentication flow is not known",)
    (each,) = replayed(honest(a_grant(certainty=0.6).sighted()), today=NOBODY).grants
    assert each.today.result is Result.PASSES


def test_a_block_of_some_resources_limits():
    mail = files(a_policy(applications={"includeApplications": [EXCHANGE.id]}))
    made = replayed(attack(anna().used(resource=EXCHANGE, minutes=30)), today=mail)
    (each,) = made.grants
    assert (each.today.result, each.today.stopped_at) == (Result.LIMITED, Stage.REFRESH)
    assert each.gets_through
    assert [gap.kind for gap in each.today.gaps] == ["resource_not_included"]


# -- controls


@pytest.mark.parametrize(
    ("controls", "requirement", "fate"),
    [
        (asks("mfa"), MULTI, Fate.PASSES),
        (asks("mfa"), SINGLE, Fate.NOT_ASSESSED),
        (asks("mfa"), None, Fate.NOT_ASSESSED),
        (asks("compliantDevice"), MULTI, Fate.UNMET),
        (asks("domainJoinedDevice"), MULTI, Fate.UNMET),
        (asks("approvedApplication"), MULTI, Fate.UNMET),
        (asks("compliantApplication"), MULTI, Fate.UNMET),
        (asks("passwordChange"), MULTI, Fate.NOT_ASSESSED),
        (asks("mfa", "compliantDevice"), MULTI, Fate.PASSES),
        (asks("mfa", "compliantDevice", operator="AND"), MULTI, Fate.UNMET),
        (asks("mfa", "compliantDevice", operator="AND"), SINGLE, Fate.UNMET),
        (asks("mfa", "compliantDevice"), SINGLE, Fate.NOT_ASSESSED),
        (
            {"operator": "OR", "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000002"}},
            MULTI,
            Fate.PASSES,
        ),
        (
            {"operator": "OR", "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}},
            MULTI,
            Fate.NOT_ASSESSED,
        ),
        ({"operator": "OR", "termsOfUse": [guid(7)]}, MULTI, Fate.NOT_ASSESSED),
        (BLOCK, MULTI, Fate.BLOCKED),
    ],
)
def test_which_controls_an_approval_meets(controls, requirement, fate):
    compliant = Device(id="dev-1", compliant=True, trust="Hybrid Azure AD joined")
    builder = a_grant().approved(requirement=requirement, device=compliant)
    (each,) = replayed(honest(builder), today=files(a_policy(grant=controls))).grants
    assert each.today.fates == {fate: 1}


@pytest.mark.parametrize(
    ("device", "kind", "fate"),
    [
        (Device(id="dev-1", compliant=True), TokenKind.PRIMARY, Fate.PASSES),
        (Device(id="dev-1", compliant=False), TokenKind.PRIMARY, Fate.UNMET),
        (Device(id="dev-1"), TokenKind.PRIMARY, Fate.NOT_ASSESSED),
        (Device(managed=False, compliant=False), TokenKind.REFRESH, Fate.UNMET),
        (Device(), TokenKind.REFRESH, Fate.NOT_ASSESSED),
    ],
)
def test_a_refresh_shows_the_device_that_its_records_name(device, kind, fate):
    builder = a_grant().used(device=device, kind=kind)
    (each,) = replayed(honest(builder), today=files(a_policy(grant=asks("compliantDevice")))).grants
    assert each.today.fates == {fate: 1}


def test_a_policy_that_nobody_can_place_does_not_matter_where_its_controls_are_met():
    unknown = {"includeUsers": [], "includeGroups": [guid(77)]}
    (each,) = replayed(honest(), today=files(a_policy(users=unknown, grant=asks("mfa")))).grants
    assert each.today.result is Result.PASSES
    (each,) = replayed(honest(), today=files(a_policy(users=unknown))).grants
    assert each.today.result is Result.NOT_ASSESSED


def test_token_protection_is_not_assessed_for_a_token_that_is_not_bound():
    asked = a_policy(grant=None, session={"secureSignInSession": {"isEnabled": True}})
    (each,) = replayed(honest(), today=files(asked)).grants
    assert each.today.result is Result.NOT_ASSESSED


# -- gaps


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        (a_policy(state="enabledForReportingButNotEnforced"), "report_only"),
        (a_policy(state="disabled"), "disabled"),
        (a_policy(users={**ALL, "excludeUsers": [USER]}), "user_excluded"),
        (a_policy(users={**ALL, "excludeGroups": [guid(50)]}), "group_excluded"),
        (a_policy(users={**ALL, "excludeRoles": [guid(51)]}), "role_excluded"),
        (
            a_policy(applications={"includeApplications": ["All"], "excludeApplications": [REGISTRATION.id]}),
            "resource_excluded",
        ),
        (a_policy(users={"includeUsers": [guid(1)]}), "user_not_included"),
        (a_policy(applications={"includeApplications": ["Office365"]}), "resource_not_included"),
        (a_policy(platforms={"includePlatforms": ["android"]}), "platform"),
        (a_policy(locations={"includeLocations": ["All"], "excludeLocations": [guid(52)]}), "location"),
        (a_policy(users={**ALL, "excludeGroups": [guid(404)]}), "not_assessed"),
        (a_policy(grant=asks("mfa")), "no_policy"),
        (a_policy(authenticationFlows={"transferMethods": "authenticationTransfer"}), "no_policy"),
    ],
)
def test_by_which_gap_an_attack_gets_through(policy, kind):
    companions = {
        "groups": [a_group(guid(50), "Excluded", USER)],
        "directoryRoles": [a_role(guid(51), "Role", USER)],
        "namedLocations": [ip_location(guid(52), "Office", "192.0.2.0/24")],
    }
    builder = a_grant("anna", client=BROKER, resource=REGISTRATION).approved(HOME, requirement=MULTI)
    (each,) = replayed(known_as(attack(builder), USER), today=files(policy, **companions)).grants
    assert each.gets_through
    assert each.today.gaps[0].kind == kind
    assert each.today.gaps[0].why


def test_honest_grants_have_no_gaps():
    (each,) = replayed(honest(), today=files(a_policy(state="disabled"))).grants
    assert each.today.gaps == ()


# -- candidates and days


def test_a_candidate_takes_the_place_of_what_has_its_id_or_its_name():
    today = files(a_policy(), groups=[a_group(guid(50), "Allowed")])
    by_id = files(a_policy(users={**ALL, "excludeGroups": [guid(50)]}), groups=[a_group(guid(50), "Allowed", USER)])
    made = replayed(known_as(honest(anna()), USER), today=today, candidate=by_id)
    assert made.grants[0].today.result is Result.STOPPED
    assert made.grants[0].last.result is Result.PASSES
    assert len(made.last.policies) == 1
    unnamed = files({**a_policy(state="disabled"), "id": None})
    made = replayed(honest(anna()), today=today, candidate=unnamed)
    assert made.grants[0].last.result is Result.PASSES
    assert [policy.name for policy in made.last.changed] == ["Block device code flow"]


def test_a_candidate_in_report_only_mode_is_replayed_as_on_where_that_is_asked_for():
    quiet = files(a_policy(state="enabledForReportingButNotEnforced"))
    made = replayed(honest(), today=NOBODY, candidate=quiet)
    assert made.grants[0].last.result is Result.PASSES
    made = replayed(honest(), today=NOBODY, candidate=quiet, enforce=True)
    assert made.grants[0].breaks
    assert [policy.name for policy in made.enforced] == ["Block device code flow"]


def test_only_the_last_days_are_replayed():
    old = honest(a_grant("ben", at=START - timedelta(days=40)).approved().redeemed(), id="old")
    living = a_grant("carl", at=START - timedelta(days=40)).approved().redeemed().used(minutes=38 * 1440)
    made = replayed(old, honest(living, id="living"), honest(id="new"), today=BLOCKED, days=30)
    assert {each.judged.grant.grant_id for each in made.grants} == {"living", "new"}
    assert made.outside == 1
    living_one = next(each for each in made.grants if each.judged.grant.grant_id == "living")
    assert living_one.today.stopped_at is Stage.REFRESH
    assert sum(tally.decisions for tally in made.today.decisions.values()) == 4


# -- inputs


def test_the_wids_of_the_token_tell_the_roles():
    for_admins = files(a_policy(users={"includeRoles": [guid(60)]}))
    holds = anna().carrying(roles=(guid(60),))
    lacks = anna().carrying(roles=(guid(61),))
    results = [replayed(honest(each), today=for_admins).grants[0].today.result for each in (holds, lacks, anna())]
    assert results == [Result.STOPPED, Result.PASSES, Result.NOT_ASSESSED]


def test_a_named_location_that_ends_within_a_range_leaves_a_fold_of_several_addresses_unknown():
    half = ip_location(guid(52), "Half", "100.64.7.0/25")
    near = ip_location(guid(52), "Whole", "100.64.7.0/24")
    policy = a_policy(locations={"includeLocations": [guid(52)]})

    def fate(location, addresses):
        builder = a_grant().used(network=RENTED)
        builder._uses[-1] = replace(builder._uses[-1], addresses=addresses)
        return replayed(honest(builder), today=files(policy, namedLocations=[location])).grants[0].today.result

    assert fate(half, 1) is Result.STOPPED
    assert fate(half, 2) is Result.NOT_ASSESSED
    assert fate(near, 2) is Result.STOPPED


def test_no_address_is_not_assessed():
    policy = a_policy(locations={"includeLocations": [guid(52)]})
    today = files(policy, namedLocations=[ip_location(guid(52), "Office", "192.0.2.0/24")])
    (each,) = replayed(honest(a_grant().approved(NOWHERE)), today=today).grants
    assert each.today.missing == ("locations: the address is not known",)


def test_guests_by_what_the_records_say():
    kinds = {"b2bcollaboration": "b2bCollaborationGuest", "serviceprovider": "serviceProvider"}
    for said, kind in kinds.items():
        users = {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": kind, "externalTenants": None}}
        guest = anna().of_tenant(guid(90), cross=said)
        assert replayed(honest(guest), today=files(a_policy(users=users))).grants[0].today.result is Result.STOPPED
        other = next(each for each in kinds.values() if each != kind)
        users = {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": other, "externalTenants": None}}
        assert replayed(honest(guest), today=files(a_policy(users=users))).grants[0].today.result is Result.PASSES


def test_without_grants_nothing_is_promised():
    made = replayed(today=BLOCKED)
    assert made.grants == ()
    assert made.agreement.share is None
    told = text(made)
    assert "No honest grant was replayed: nothing can be said." in told
    assert "None." not in told
