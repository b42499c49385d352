"""Which records make one grant, how far it got, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.grants.scene import (
    ANA,
    AT,
    BEN,
    BROWSER,
    HOME,
    MINT,
    RENTED,
    TENANT,
    login,
    only,
    outcomes,
    sign_in,
)

from grantwatch.grants import reconstruct
from grantwatch.grants.model import LegKind, Outcome, TieBy
from grantwatch.lab import App, Machine, Policy, Seat, blocked_attempt, tainted_browser
from grantwatch.lab.apps import ARM, AZURE_CLI, BROKER, DRS, GRAPH, GRAPH_EXPLORER, OUTLOOK_MOBILE, TEAMS
from grantwatch.lab.records import graph_signin
from grantwatch.lab.writers import write_array
from grantwatch.records.load import read

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SAFARI_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.3 Mobile/15E148 Safari/604.1"
)
BLOCK = Policy.blocking_device_code("0c14a1b2-0000-4000-8000-000000000014")
AUTHENTICATOR = App("4813382a-8fa7-425e-ab75-3b753aab3abb", "Microsoft Authenticator App")
PORTAL = App("9ba1a5c7-f17a-4de9-a1f1-6178c8d51223", "Microsoft Intune Company Portal")


def kinds(grant):
    return [leg.kind for leg in grant.legs]


def ties(grant):
    return {leg.kind: leg.tie.by for leg in grant.legs}


def refused(flow, code=53003, **more):
    """The approval of a flow, refused instead."""
    return replace(flow.approval, error_code=code, protocol="none", transfer="none", **more)


# -- legs


def test_interrupt_approval_and_redemption_are_one_grant(rebuild):
    flow = login(scopes=("User.Read",), wids=("62e90394-69f5-4237-9190-012177145e10",))
    grant = only(rebuild(flow))
    assert kinds(grant) == [LegKind.INTERRUPT, LegKind.APPROVAL, LegKind.REDEMPTION]
    assert (grant.outcome, grant.certainty) == (Outcome.REDEEMED, 1.0)
    assert grant.started_at == AT
    assert grant.approval is not None
    assert grant.redemption is not None
    assert (grant.approval.network.ip, grant.redemption.network.ip) == (HOME.ip, RENTED.ip)
    assert ties(grant)[LegKind.APPROVAL] is TieBy.SELF
    assert ties(grant)[LegKind.REDEMPTION] is TieBy.CORRELATION_ID
    assert grant.scopes == ("User.Read",)
    assert "62e90394-69f5-4237-9190-012177145e10" in grant.role_ids
    assert grant.unseen == ()


def test_an_approval_alone_is_approved_and_the_redemption_unseen(rebuild):
    grant = only(rebuild(login().without("redemption")))
    assert (grant.outcome, grant.certainty) == (Outcome.APPROVED, 1.0)
    assert [word for word in grant.unseen if "redemption" in word]


def test_a_redemption_alone_is_redeemed_and_the_approval_unseen(rebuild):
    grant = only(rebuild([login().redemption]))
    assert (grant.outcome, grant.certainty) == (Outcome.REDEEMED, 0.9)
    assert grant.approval is None
    assert [word for word in grant.unseen if "approval" in word]


@pytest.mark.parametrize("lead", [timedelta(seconds=-2), timedelta(seconds=4), timedelta(minutes=12)])
def test_a_redemption_under_another_correlation_id_is_tied_by_the_session(rebuild, lead):
    """Clocks of two logs differ: a redemption may be stamped a little before its approval."""
    flow = login()
    redemption = replace(flow.redemption, correlation_id=MINT.guid(), time=AT + lead)
    grant = only(rebuild([*flow.without("redemption"), redemption]))
    assert grant.outcome is Outcome.REDEEMED
    assert TieBy.SESSION_ID in {leg.tie.by for leg in grant.legs}
    assert grant.started_at == AT


def test_without_correlation_and_session_ids_user_client_and_time_tie(rebuild):
    flow = login().changed(correlation_id="", session_id="")
    grant = only(rebuild(flow))
    assert grant.outcome is Outcome.REDEEMED
    assert ties(grant)[LegKind.REDEMPTION] is TieBy.USER_CLIENT_TIME


def test_a_redemption_without_a_session_finds_its_approval_by_client_and_time(rebuild):
    flow = login()
    redemption = replace(flow.redemption, correlation_id=MINT.guid(), session_id="")
    grant = only(rebuild([flow.approval, redemption]))
    assert ties(grant)[LegKind.REDEMPTION] is TieBy.USER_CLIENT_TIME


def test_a_redemption_after_the_code_has_run_out_is_another_grant(rebuild):
    flow = login()
    late = replace(flow.redemption, correlation_id=MINT.guid(), time=AT + timedelta(minutes=25))
    assert outcomes(rebuild([flow.approval, late])) == ["approved", "redeemed"]


def test_a_redemption_by_another_client_in_the_session_is_another_grant(rebuild):
    flow = login()
    other = replace(flow.redemption, correlation_id=MINT.guid(), client=BROKER)
    assert outcomes(rebuild([flow.approval, other])) == ["approved", "redeemed"]


# -- how many grants


def test_two_terminals_minutes_apart_are_two_grants(rebuild):
    assert outcomes(rebuild([*login(), *login(at=AT + 3 * MINUTE)])) == ["redeemed", "redeemed"]


def test_two_terminals_in_one_browser_session_are_two_grants_each_with_its_own_token(rebuild):
    first, second = login(session_id=MINT.guid()), login(at=AT + 2 * MINUTE)
    second = second.changed(session_id=first.approval.session_id)
    split = [replace(flow.redemption, correlation_id=MINT.guid()) for flow in (first, second)]
    found = rebuild([first.approval, second.approval, *split])
    assert [(grant.approval.time, grant.redemption.time) for grant in found.grants] == [
        (flow.approval.time, flow.redemption.time.replace(microsecond=0)) for flow in (first, second)
    ]


def test_one_correlation_id_over_many_users_is_a_grant_for_each(rebuild):
    mine = login()
    theirs = login(BEN, at=AT + MINUTE).changed(correlation_id=mine.approval.correlation_id)
    assert {grant.user.upn for grant in rebuild([*mine, *theirs]).grants} == {ANA.upn, BEN.upn}


@pytest.mark.parametrize("later", [3 * MINUTE, 5 * HOUR])
def test_one_correlation_id_used_again_by_one_user_is_another_grant(rebuild, later):
    first = login()
    again = login(at=AT + later).changed(correlation_id=first.approval.correlation_id)
    assert outcomes(rebuild([*first, *again])) == ["redeemed", "redeemed"]


def test_blocked_first_and_then_let_through_under_one_correlation_id_is_one_grant(rebuild):
    flow = login()
    block = replace(refused(flow), time=AT - MINUTE, request_id=MINT.request_id())
    grant = only(rebuild([block, *flow]))
    assert grant.outcome is Outcome.REDEEMED
    assert LegKind.BLOCKED in kinds(grant)


def test_blocked_first_and_then_a_retry_with_a_new_code_are_two_grants(rebuild):
    """A refused code cannot be used again: the retry is an authorization of its own."""
    attempt = blocked_attempt(
        MINT, ANA, tenant_id=TENANT, at=AT - MINUTE, client=AZURE_CLI, resource=ARM, approver=BROWSER, policy=BLOCK
    )
    assert outcomes(rebuild([*attempt, *login()])) == ["blocked", "redeemed"]


# -- interrupts


def test_consent_as_the_first_leg_is_an_interrupt(rebuild):
    flow = login()
    consent = replace(flow.interrupt, error_code=65001, time=AT - timedelta(seconds=30), request_id=MINT.request_id())
    grant = only(rebuild([consent, *flow]))
    assert grant.outcome is Outcome.REDEEMED
    assert [leg.error_code for leg in grant.of(LegKind.INTERRUPT)] == [65001, 50199]


def test_interrupts_are_not_blocks(rebuild):
    flow = login()
    codes = (50058, 50072, 50074, 50076, 50079, 50097, 50140)
    pauses = [
        replace(flow.interrupt, error_code=code, time=AT + SECOND, ca_status="failure", request_id=MINT.request_id())
        for code in codes
    ]
    grant = only(rebuild([*flow.without("redemption"), *pauses]))
    assert grant.outcome is Outcome.APPROVED
    assert {leg.error_code for leg in grant.of(LegKind.INTERRUPT)} == {*codes, 50199}


def test_an_interrupt_alone_is_abandoned(rebuild):
    grant = only(rebuild([login().interrupt]))
    assert (grant.outcome, grant.certainty) == (Outcome.ABANDONED, 0.4)


@pytest.mark.parametrize("code", [70018, 70019])
def test_a_wrong_or_expired_code_is_abandoned(rebuild, code):
    grant = only(rebuild([replace(login().interrupt, error_code=code)]))
    assert (grant.outcome, grant.certainty) == (Outcome.ABANDONED, 0.9)
    assert kinds(grant) == [LegKind.DECLINED]


def test_a_wrong_code_before_the_right_one_stays_with_the_grant(rebuild):
    flow = login()
    wrong = replace(flow.interrupt, error_code=70018, time=AT - MINUTE, request_id=MINT.request_id())
    grant = only(rebuild([wrong, *flow]))
    assert (grant.outcome, kinds(grant)[0]) == (Outcome.REDEEMED, LegKind.DECLINED)


# -- blocks


def test_a_block_by_a_policy_on_the_flow_is_a_blocked_grant(rebuild):
    attempt = blocked_attempt(
        MINT, ANA, tenant_id=TENANT, at=AT, client=BROKER, resource=DRS, approver=BROWSER, policy=BLOCK
    )
    grant = only(rebuild(attempt))
    assert (grant.outcome, grant.certainty) == (Outcome.BLOCKED, 0.9)
    assert grant.of(LegKind.BLOCKED)[0].policies == (BLOCK.name,)
    assert only(rebuild(attempt[1:])).outcome is Outcome.BLOCKED


def test_a_confirmation_and_then_a_block_that_names_no_flow_is_blocked_at_lower_certainty(rebuild):
    flow = login()
    grant = only(rebuild([flow.interrupt, refused(flow)]))
    assert (grant.outcome, grant.certainty) == (Outcome.BLOCKED, 0.6)


BY_LOCATION = Policy("0c14", "CA002 Block from abroad", "failure", ("Block",), ("application", "users", "locations"))
LOOKED_ON = replace(
    BLOCK, result="notApplied", rules=BLOCK.rules[:2], conditions=(), conditions_missed=("authenticationFlows",)
)
TRANSFER = replace(BLOCK, rules=(("authenticationFlows", "authenticationTransfer"),))


@pytest.mark.parametrize("policies", [(), (BY_LOCATION,), (BY_LOCATION, LOOKED_ON), (TRANSFER,)])
def test_a_block_without_a_trace_of_device_code_is_no_grant(rebuild, policies):
    """A tenant with a policy on flows lists it on every block, applied or not."""
    ordinary = replace(refused(login()), policies=policies, ca_status="failure", request_type="OAuth2:Authorize")
    assert rebuild([ordinary]).grants == ()


@pytest.mark.parametrize("own_id", [False, True])
def test_an_approval_whose_token_is_refused_is_blocked(rebuild, own_id):
    """A policy that asks for a compliant device refuses the device, not the person."""
    flow = login()
    correlation_id = MINT.guid() if own_id else flow.approval.correlation_id
    block = replace(flow.redemption, error_code=53000, correlation_id=correlation_id)
    grant = only(rebuild([*flow.without("redemption"), block]))
    assert grant.outcome is Outcome.BLOCKED
    assert kinds(grant) == [LegKind.INTERRUPT, LegKind.APPROVAL, LegKind.BLOCKED]


# -- logs that do not name the protocol


def test_confirmation_and_success_without_a_protocol_field_are_approved_at_lower_certainty(rebuild):
    grant = only(rebuild(login(), "graph_v1"))
    assert (grant.outcome, grant.certainty) == (Outcome.APPROVED, 0.6)


def test_confirmation_and_success_of_a_row_that_names_another_protocol_are_told_apart(rebuild):
    flow = login()
    found = rebuild([flow.interrupt, replace(flow.approval, protocol="none", transfer="none")])
    assert (found.grants, found.look_alikes) == ((), 1)


@pytest.mark.parametrize(
    ("client", "system"),
    [(OUTLOOK_MOBILE, "Ios 26"), (TEAMS, "Android 16"), (AUTHENTICATOR, ""), (PORTAL, "Windows 11")],
)
def test_phone_apps_and_enrolment_are_told_apart_where_no_protocol_is_named(rebuild, client, system):
    flow = login(client=client).changed(device=Machine(os=system))
    found = rebuild(flow, "graph_v1")
    assert (found.grants, found.look_alikes) == ((), 1)


def test_a_command_line_approved_on_a_phone_is_kept(rebuild):
    flow = login(approver=Seat(HOME, SAFARI_PHONE)).changed(device=Machine(os="Ios 26"))
    assert only(rebuild(flow, "graph_v1")).outcome is Outcome.APPROVED


def test_a_column_for_the_lineage_but_none_for_the_protocol_still_tells_approval_from_browser(tmp_path):
    flow = login()
    browser = tainted_browser(
        MINT, flow.approval, at=AT + HOUR, seat=BROWSER, client=GRAPH_EXPLORER, resource=GRAPH, count=1
    )
    rows = [graph_signin(event) for event in (*flow, *browser)]
    for row in rows:
        del row["authenticationProtocol"]
    write_array(tmp_path / "signins.json", rows)
    with read([tmp_path]) as records:
        grant = only(reconstruct(records.con))
    assert kinds(grant) == [LegKind.INTERRUPT, LegKind.APPROVAL, LegKind.REDEMPTION]
    assert sum(use.count for use in grant.token_uses) == 1


def test_enrolment_that_really_uses_a_code_is_a_grant(rebuild):
    """Family clients are the attacker's choice too: where the protocol is named, it decides."""
    assert only(rebuild(login(client=PORTAL))).certainty == 1.0


# -- people


def test_a_guest_keeps_the_home_tenant(rebuild):
    guest = replace(ANA, type="guest", upn="ana_partner.example#EXT#@tenant.example")
    home = MINT.guid()
    grant = only(rebuild(login(guest, home_tenant_id=home)))
    assert (grant.user.type, grant.user.home_tenant_id, grant.tenant_id) == ("guest", home, TENANT)
    assert grant.cross_tenant == "b2bcollaboration"


# -- what a record says of the sign-in around the flow


@pytest.mark.parametrize("form", ["graph", "envelope", "log_analytics_json", "log_analytics_csv", "elastic_original"])
def test_a_leg_carries_what_policies_did_how_strong_the_sign_in_was_and_where(rebuild, form):
    policies = (
        Policy("0c14a1b2-0000-4000-8000-000000000001", "CA001 MFA", "success"),
        Policy("0c14a1b2-0000-4000-8000-000000000014", "CA014 Device code", "reportOnlyFailure", ("Block",)),
        Policy("0c14a1b2-0000-4000-8000-000000000015", "CA015 Guests", "notApplied"),
    )
    seat = replace(BROWSER, place=replace(HOME, latitude=41.15, longitude=-8.61))
    flow = login(policies=policies, approver=seat).changed(requirement="singleFactorAuthentication")
    (approval,) = only(rebuild(flow, form)).of(LegKind.APPROVAL)
    assert [(each.name, each.result) for each in approval.policy_results] == [
        ("CA001 MFA", "success"),
        ("CA014 Device code", "reportonlyfailure"),
        ("CA015 Guests", "notapplied"),
    ]
    assert approval.policies == ()
    assert approval.auth_requirement == "singlefactorauthentication"
    assert (approval.network.latitude, approval.network.longitude) == (41.15, -8.61)


def test_a_portal_download_says_how_strong_a_sign_in_was_but_neither_policies_nor_where(rebuild):
    flow = login(approver=replace(BROWSER, place=replace(HOME, latitude=41.15, longitude=-8.61)))
    (approval,) = only(rebuild(flow.changed(requirement="singleFactorAuthentication"), "portal")).of(LegKind.APPROVAL)
    assert approval.auth_requirement == "singlefactorauthentication"
    assert (approval.policy_results, approval.network.latitude, approval.network.longitude) == ((), None, None)


def test_a_principal_name_in_other_letters_is_the_same_person(rebuild):
    flow = login()
    shouting = replace(flow.redemption, user=replace(ANA, upn="ANA@Tenant.Example"))
    assert only(rebuild([*flow.without("redemption"), shouting])).outcome is Outcome.REDEEMED


@pytest.mark.parametrize("missing", ["", "00000000-0000-0000-0000-000000000000"])
def test_records_without_a_user_id_are_found_by_principal_name(rebuild, missing):
    flow = login()
    nameless = replace(flow.interrupt, user=replace(ANA, id=missing))
    grant = only(rebuild([nameless, flow.approval, flow.redemption]))
    assert kinds(grant)[0] is LegKind.INTERRUPT
    assert grant.user.id == ANA.id


def test_a_person_whom_no_record_names_by_id_still_has_a_grant(rebuild):
    grant = only(rebuild(login(replace(ANA, id=""))))
    assert (grant.outcome, grant.user.id, grant.user.upn) == (Outcome.REDEEMED, None, ANA.upn)


def test_ordinary_sign_ins_are_no_grants(rebuild):
    ordinary = sign_in(login().approval, protocol="none", transfer="none", client=GRAPH, client_app="Browser")
    assert rebuild([ordinary]).grants == ()
