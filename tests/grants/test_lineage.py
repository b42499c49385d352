"""What descends from a grant, and in whose hands it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.grants.scene import (
    ANA,
    AT,
    BEN,
    BROKER,
    BROWSER,
    DRS,
    GRAPH,
    GRAPH_EXPLORER,
    HOME,
    MINT,
    OFFICE,
    RENTED,
    RENTED_TOO,
    SCRIPT,
    TENANT,
    TOOL,
    device_side,
    login,
    only,
    outcomes,
    sign_in,
    uses_by,
)

from grantwatch.grants.model import LegKind, Outcome, Party, TieBy, TokenKind
from grantwatch.lab import Machine, Policy, Refresh, Seat, device_registration, tainted_browser
from grantwatch.lab.apps import EDGE, EXCHANGE_ONLINE, OUTLOOK_MOBILE, TEAMS

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ROGUE = Machine(MINT.guid(), "DESKTOP-1A2B3C4D", "Windows 10", trust="Azure AD joined")


def registration(at, machine=ROGUE, user=ANA, **more):
    return device_registration(
        MINT, user, tenant_id=TENANT, at=at, service=DRS, device_id=machine.id, device_name=machine.name, **more
    )


def tainted(flow, at=AT + HOUR, seat=BROWSER, count=3):
    return tainted_browser(MINT, flow.approval, at=at, seat=seat, client=GRAPH_EXPLORER, resource=GRAPH, count=count)


# -- token uses


def test_refreshes_are_token_uses_tied_by_the_session(rebuild):
    flow = login(refreshes=[Refresh(HOUR), Refresh(2 * HOUR, TEAMS, GRAPH)])
    grant = only(rebuild(flow))
    assert [(use.client.id, use.kind, use.party, use.tie.by) for use in grant.token_uses] == [
        (flow.approval.client.id, TokenKind.REFRESH, Party.REDEEMER, TieBy.SESSION_ID),
        (TEAMS.id, TokenKind.REFRESH, Party.REDEEMER, TieBy.SESSION_ID),
    ]
    assert grant.last_seen == flow.refreshes[-1].time.replace(microsecond=0)


def test_sixty_days_of_refreshes_arrive_as_a_few_rows(rebuild):
    every_day = [Refresh(DAY * day + timedelta(minutes=day), resource=(GRAPH, None)[day % 2]) for day in range(60)]
    grant = only(rebuild(login(refreshes=every_day)))
    assert sum(use.count for use in grant.token_uses) == 60
    assert len(grant.token_uses) == 2
    assert all(len(use.refs) == 3 for use in grant.token_uses)


def test_refused_refreshes_are_counted_with_their_codes(rebuild):
    tries = [Refresh(HOUR), Refresh(2 * HOUR, error_code=50173), Refresh(3 * HOUR, error_code=50173)]
    (use,) = only(rebuild(login(refreshes=tries))).token_uses
    assert (use.count, use.failures, use.error_codes) == (3, 2, (50173,))


@pytest.mark.parametrize("incoming", ["refreshToken", "none"])
def test_a_refresh_that_a_policy_on_flows_refuses_is_a_use_of_the_grant(rebuild, incoming):
    flow = login(refreshes=[Refresh(DAY, error_code=530036, incoming=incoming)])
    grant = only(rebuild(flow))
    assert grant.outcome is Outcome.REDEEMED
    assert [(use.failures, use.error_codes) for use in grant.token_uses] == [(1, (530036,))]


def test_uses_without_a_session_are_tied_by_client_and_time(rebuild):
    flow = login(refreshes=[Refresh(HOUR)])
    grant = only(rebuild([*flow.without("refreshes"), replace(flow.refreshes[0], session_id="")]))
    assert [use.tie.by for use in grant.token_uses] == [TieBy.USER_CLIENT_TIME]


def test_a_use_goes_to_the_latest_grant_of_its_client_in_a_shared_session(rebuild):
    first = login(refreshes=[Refresh(3 * HOUR)])
    second = login(at=AT + HOUR, client=BROKER, resource=DRS, session_id=first.approval.session_id)
    cli, broker = rebuild([*first, *second]).grants
    assert (len(cli.token_uses), len(broker.token_uses)) == (1, 0)


def test_a_blocked_attempt_in_the_same_session_takes_no_token_uses(rebuild):
    flow = login(refreshes=[Refresh(3 * HOUR)])
    later = login(at=AT + HOUR, session_id=flow.approval.session_id)
    block = replace(later.approval, error_code=53003, protocol="none", transfer="none")
    redeemed, blocked = rebuild([*flow, later.interrupt, block]).grants
    assert (blocked.outcome, blocked.token_uses) == (Outcome.BLOCKED, ())
    assert len(redeemed.token_uses) == 1


def test_one_session_id_of_two_people_is_attributed_record_by_record(rebuild):
    mine = login(refreshes=[Refresh(HOUR)])
    theirs = login(
        BEN, at=AT + timedelta(minutes=9), session_id=mine.approval.session_id, refreshes=[Refresh(2 * HOUR)]
    )
    grants = rebuild([*mine, *theirs]).grants
    assert [(grant.user.upn, len(grant.token_uses), grant.session_users) for grant in grants] == [
        (ANA.upn, 1, 2),
        (BEN.upn, 1, 2),
    ]


def test_a_token_that_is_used_makes_an_approval_redeemed(rebuild):
    flow = login(refreshes=[Refresh(HOUR)])
    grant = only(rebuild(flow.without("redemption")))
    assert grant.outcome is Outcome.REDEEMED
    assert [word for word in grant.unseen if "redemption" in word]


# -- in whose hands


def test_the_approvers_browser_in_a_tainted_session_is_lineage_and_no_grant(rebuild):
    flow = login()
    grant = only(rebuild([*flow, *tainted(flow)]))
    uses = uses_by(grant, Party.APPROVER)
    assert sum(use.count for use in uses) == 3
    assert {use.kind for use in uses} == {TokenKind.BROWSER}
    assert device_side(grant) == ()


def test_the_approvers_browser_redeems_no_code(rebuild):
    """Its silent token minutes after an approval whose redemption is not logged."""
    flow = login()
    grant = only(rebuild([flow.interrupt, flow.approval, *tainted(flow, at=AT + timedelta(minutes=1))]))
    assert (grant.outcome, grant.redemption) == (Outcome.APPROVED, None)


def test_the_approvers_browser_on_the_way_stays_the_approvers(rebuild):
    flow = login()
    seat = replace(BROWSER, place=replace(HOME, ip="198.51.77.8"))
    grant = only(rebuild([*flow, *tainted(flow, seat=seat)]))
    assert {use.party for use in grant.token_uses} == {Party.APPROVER}


def test_a_browser_in_the_redeemers_network_is_the_redeemers(rebuild):
    flow = login()
    grant = only(rebuild([*flow, *tainted(flow, seat=Seat(RENTED, EDGE))]))
    assert {use.party for use in grant.token_uses} == {Party.REDEEMER}


def test_a_browser_in_a_network_that_only_refreshes_came_from_is_the_redeemers(rebuild):
    flow = login(refreshes=[Refresh(timedelta(minutes=30), seat=Seat(RENTED_TOO, SCRIPT))])
    grant = only(rebuild([*flow, *tainted(flow, seat=Seat(RENTED_TOO, EDGE))]))
    assert {use.party for use in grant.token_uses} == {Party.REDEEMER}


def test_a_browser_that_is_nobodys_for_sure_is_unknown(rebuild):
    flow = login()
    grant = only(rebuild([*flow, *tainted(flow, seat=Seat(RENTED_TOO, EDGE))]))
    assert {use.party for use in grant.token_uses} == {Party.UNKNOWN}


def test_a_developer_with_browser_and_tool_in_one_network_is_told_apart_by_the_browser(rebuild):
    flow = login(redeemer=Seat(HOME, SCRIPT), refreshes=[Refresh(HOUR)])
    grant = only(rebuild([*flow, *tainted(flow)]))
    assert sum(use.count for use in uses_by(grant, Party.APPROVER)) == 3
    assert sum(use.count for use in device_side(grant)) == 1


def test_a_kit_that_calls_itself_a_browser_still_redeems(rebuild):
    flow = login(redeemer=Seat(RENTED, EDGE), refreshes=[Refresh(HOUR)])
    assert {use.party for use in only(rebuild(flow)).token_uses} == {Party.REDEEMER}
    again = replace(flow.redemption, correlation_id=MINT.guid())
    grant = only(rebuild([flow.approval, again]))
    assert grant.redemption is not None


# -- before the logs begin


def test_refreshes_of_a_grant_before_these_logs_are_a_grant_that_was_not_seen(rebuild):
    flow = login(refreshes=[Refresh(DAY), Refresh(2 * DAY)])
    grant = only(rebuild(flow.refreshes))
    assert (grant.outcome, grant.certainty, grant.legs) == (Outcome.REDEEMED, 0.7, ())
    assert len(grant.unseen) == 2
    assert sum(use.count for use in grant.token_uses) == 2


def test_refreshes_that_only_fail_still_show_that_a_token_was_given(rebuild):
    flow = login(refreshes=[Refresh(DAY, error_code=50173)])
    assert only(rebuild(flow.refreshes)).outcome is Outcome.REDEEMED


def test_an_older_lineage_and_a_new_grant_stay_two(rebuild):
    old = login(at=AT - 30 * DAY, refreshes=[Refresh(20 * DAY), Refresh(31 * DAY)])
    found = rebuild([*old.refreshes, *login(refreshes=[Refresh(HOUR)])])
    assert [sum(use.count for use in grant.token_uses) for grant in found.grants] == [2, 1]


def test_a_browser_alone_in_a_tainted_session_is_no_grant_but_is_told(rebuild):
    found = rebuild(tainted(login(), count=4))
    assert found.grants == ()
    assert [(session.user, session.records) for session in found.tainted] == [(ANA.id, 4)]


# -- the device that was registered


def test_the_device_that_was_registered_is_in_the_lineage_by_its_own_mark(rebuild):
    marked = Refresh(HOUR, TEAMS, GRAPH, incoming="primaryRefreshToken", machine=ROGUE)
    flow = login(client=BROKER, resource=DRS, refreshes=[marked])
    (use,) = only(rebuild([*flow, *registration(AT + timedelta(minutes=5))])).token_uses
    assert (use.kind, use.tie.by, use.device.id) == (TokenKind.PRIMARY, TieBy.SESSION_ID, ROGUE.id)


def unmarked(flow, later, machine=ROGUE, **more):
    """A row that shows the device but has lost the lineage mark and the session."""
    return sign_in(
        flow.redemption,
        later,
        client=OUTLOOK_MOBILE,
        resource=EXCHANGE_ONLINE,
        transfer="none",
        incoming="primaryRefreshToken",
        session_id=MINT.guid(),
        device=machine,
        **more,
    )


@pytest.mark.parametrize("transfer", ["none", "deviceCodeFlow"])
def test_the_registered_device_ties_what_has_lost_session_and_mark(rebuild, transfer):
    flow = login(client=BROKER, resource=DRS)
    use = replace(unmarked(flow, DAY), transfer=transfer)
    grant = only(rebuild([*flow, *registration(AT + timedelta(minutes=5)), use]))
    assert [(each.kind, each.party, each.tie.by) for each in grant.token_uses] == [
        (TokenKind.PRIMARY, Party.REDEEMER, TieBy.DEVICE_ID)
    ]
    assert grant.token_uses[0].tie.strength <= grant.follow_ons[0].tie.strength


def test_what_a_device_did_before_its_registration_or_for_another_person_is_not_tied(rebuild):
    flow = login(client=BROKER, resource=DRS)
    early = unmarked(flow, timedelta(minutes=2))
    other = unmarked(flow, DAY, user=BEN)
    grant = only(rebuild([*flow, *registration(AT + HOUR), early, other]))
    assert grant.token_uses == ()


def test_a_laptop_that_is_registered_the_day_after_is_not_the_grants_device(rebuild):
    flow = login(redeemer=Seat(OFFICE, SCRIPT))
    grant = only(rebuild([*flow, *registration(AT + DAY, place=HOME), unmarked(flow, 2 * DAY)]))
    assert grant.token_uses == ()


def test_a_device_that_is_registered_late_from_the_redeemers_network_is(rebuild):
    flow = login(client=BROKER, resource=DRS)
    grant = only(rebuild([*flow, *registration(AT + DAY, place=RENTED), unmarked(flow, 2 * DAY)]))
    assert [use.tie.by for use in grant.token_uses] == [TieBy.DEVICE_ID]


def test_legs_are_not_counted_again_as_uses(rebuild):
    flow = login(refreshes=[Refresh(HOUR)])
    grant = only(rebuild(flow))
    assert len(grant.legs) == 3
    assert grant.of(LegKind.REDEMPTION)[0].network.ip == TOOL.place.ip
    assert outcomes(rebuild([*flow, *flow])) == ["redeemed"]


# -- what Conditional Access looks at


def applied(result, id="85DFFA7B-C910-4F17-96A0-480C012C45C4"):
    return Policy(id, "CA001", result)


def test_uses_carry_what_conditional_access_looks_at(rebuild):
    flow = login(policies=(applied("success"),), refreshes=[Refresh(HOUR), Refresh(2 * HOUR)])
    grant = only(rebuild(flow))
    (use,) = grant.token_uses
    assert grant.approval
    assert use.client_app == grant.approval.client_app == "Mobile Apps and Desktop clients"
    assert (use.tracked, use.addresses, use.auth_requirement) == (True, 1, "multifactorauthentication")
    told = [(each.name, each.result, each.id) for each in grant.approval.policy_results]
    assert told == [("CA001", "success", "85dffa7b-c910-4f17-96a0-480c012c45c4")]


def test_the_policies_of_a_fold_are_those_of_its_last_record(rebuild):
    flow = login(refreshes=[Refresh(HOUR), Refresh(2 * HOUR)])
    *others, first, last = flow
    first = replace(first, policies=(applied("success"),), ca_status="success")
    last = replace(last, policies=(applied("failure"),), ca_status="failure", client_app="Browser")
    last = replace(last, client_app=first.client_app, error_code=53003)
    grant = only(rebuild([*others, first, last]))
    (use,) = [use for use in grant.token_uses if use.count == 2]
    assert (use.ca_status, [each.result for each in use.policy_results]) == ("failure", ["failure"])


def test_what_alike_uses_do_not_share_is_not_said(rebuild):
    flow = login(refreshes=[Refresh(HOUR), Refresh(2 * HOUR)])
    *others, last = flow
    elsewhere = replace(last, place=replace(last.place, ip=last.place.ip.rpartition(".")[0] + ".201"))
    elsewhere = replace(elsewhere, client_app="Other clients", requirement="singleFactorAuthentication")
    (use,) = only(rebuild([*others, elsewhere])).token_uses
    assert (use.count, use.addresses, use.client_app, use.auth_requirement) == (2, 2, None, None)


def test_a_registered_device_that_lost_the_lineage_is_told_from_one_that_kept_it(rebuild):
    kept = Refresh(HOUR, TEAMS, GRAPH, incoming="primaryRefreshToken", machine=ROGUE)
    flow = login(client=BROKER, resource=DRS, refreshes=[kept])
    registered = registration(AT + timedelta(minutes=2))
    grant = only(rebuild([*flow, *registered]))
    assert [use.tracked for use in grant.token_uses] == [True]
    lost = sign_in(flow.refreshes[0], transfer="none", session_id=MINT.guid())
    grant = only(rebuild([*flow.without("refreshes"), lost, *registered]))
    assert [(use.tie.by, use.tracked) for use in grant.token_uses] == [(TieBy.DEVICE_ID, False)]
