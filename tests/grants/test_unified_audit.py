"""Sightings in the Unified Audit Log: what they show, what looks like them, and how they join the sign-in logs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.grants.scene import ANA, AT, BROKER, DRS, HOME, MINT, login, only, outcomes, sign_in

from grantwatch.grants import reconstruct
from grantwatch.grants.model import LegKind, Outcome, TieBy
from grantwatch.lab import App, Machine, Seat, write_tenant
from grantwatch.lab.records import graph_signin, ual_record
from grantwatch.lab.writers import write_array
from grantwatch.records.load import read

AUTHENTICATOR = App("4813382a-8fa7-425e-ab75-3b753aab3abb", "Microsoft Authenticator App")
SAFARI_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.3 Mobile/15E148 Safari/604.1"
)


def both(folder, entra, unified):
    """Graph sign-ins and Unified Audit Log records in two files."""
    folder.mkdir(exist_ok=True)
    write_array(folder / "signins.json", [graph_signin(event) for event in entra])
    write_array(folder / "ual.json", unified)
    with read([folder]) as records:
        return reconstruct(records.con)


def test_a_confirmation_page_that_was_passed_is_a_sighting_at_low_certainty(rebuild):
    grant = only(rebuild(login(), "ual"))
    assert (grant.outcome, grant.certainty) == (Outcome.APPROVED, 0.6)
    assert [leg.kind for leg in grant.legs] == [LegKind.INTERRUPT, LegKind.SIGHTING]
    assert (grant.user.id, grant.user.upn) == (ANA.id, ANA.upn)
    assert [word for word in grant.unseen if "redemption" in word]


def test_a_sighting_without_its_interrupt_is_enough(rebuild):
    assert only(rebuild([login().approval], "ual")).certainty == 0.6


def test_a_later_success_under_the_same_id_takes_nothing_from_a_sighting(rebuild):
    flow = login()
    more = sign_in(
        flow.approval,
        timedelta(seconds=1),
        correlation_id=flow.approval.correlation_id,
        request_type="OAuth2:Authorize",
    )
    assert only(rebuild([*flow, more], "ual")).outcome is Outcome.APPROVED


def test_a_failed_confirmation_alone_is_abandoned(rebuild):
    grant = only(rebuild([login().interrupt], "ual"))
    assert (grant.outcome, grant.certainty) == (Outcome.ABANDONED, 0.4)


@pytest.mark.parametrize("client", [AUTHENTICATOR, App(MINT.guid(), "A phone app")])
def test_enrolment_and_phone_apps_are_told_apart(rebuild, client):
    flow = login(client=client, approver=Seat(HOME, SAFARI_PHONE, Machine(os="Ios 26"))).changed(
        device=Machine(os="Ios 26")
    )
    found = rebuild(flow, "ual")
    assert (found.grants, found.look_alikes) == ((), 1)


def test_both_logs_of_one_flow_are_one_grant(tmp_path):
    flow = login()
    grant = only(both(tmp_path, flow, [ual_record(flow.interrupt), ual_record(flow.approval)]))
    assert (grant.outcome, grant.certainty) == (Outcome.REDEEMED, 1.0)
    assert {leg.form for leg in grant.legs} == {"graph_signin", "ual_logon"}


@pytest.mark.parametrize(
    ("named", "tie"),
    [
        ("correlation", TieBy.CORRELATION_ID),
        ("request", TieBy.REQUEST_ID),
        ("neither", TieBy.USER_CLIENT_TIME),
    ],
)
def test_a_sighting_that_names_the_person_only_by_principal_name_is_joined(tmp_path, named, tie):
    flow = login()
    record = ual_record(flow.approval)
    record["UserId"] = record["UserId"].upper()
    del record["UserKey"], record["Actor"]
    if named != "correlation":
        record["InterSystemsId"] = MINT.guid()
    if named == "neither":
        record["IntraSystemId"] = record["Id"] = MINT.request_id()
    grant = only(both(tmp_path, flow, [record]))
    assert grant.certainty == 1.0
    assert grant.user.id == ANA.id
    assert [leg.tie.by for leg in grant.of(LegKind.SIGHTING)] == [tie]


def test_a_sighting_and_a_token_without_approval_are_one_grant(tmp_path):
    flow = login()
    grant = only(both(tmp_path, [flow.redemption], [ual_record(flow.approval)]))
    assert (grant.outcome, grant.certainty) == (Outcome.REDEEMED, 0.95)


def test_two_sightings_minutes_apart_find_each_its_own_flow(tmp_path):
    first, second = login(), login(at=AT + timedelta(minutes=2))
    records = [ual_record(flow.approval) for flow in (first, second)]
    for record in records:
        record["InterSystemsId"] = MINT.guid()
        record["IntraSystemId"] = record["Id"] = MINT.request_id()
    assert outcomes(both(tmp_path, [*first, *second], records)) == ["redeemed", "redeemed"]


def test_sign_in_logs_that_name_another_protocol_overrule_a_sighting(tmp_path):
    flow = login()
    plain = replace(flow.approval, protocol="none", transfer="none")
    assert both(tmp_path, [plain], [ual_record(flow.approval)]).grants == ()


def test_a_blocked_sign_in_after_the_page_is_blocked(rebuild):
    flow = login(client=BROKER, resource=DRS)
    block = replace(flow.approval, error_code=53003, logon_error="BlockedByConditionalAccess")
    grant = only(rebuild([flow.interrupt, block], "ual"))
    assert (grant.outcome, grant.certainty) == (Outcome.BLOCKED, 0.6)


def test_mixed_folders_read_as_one_tenant(tmp_path):
    flow = login()
    paths = write_tenant(list(flow), "ual", tmp_path / "ual") + write_tenant(list(flow), "graph", tmp_path / "graph")
    with read(paths) as records:
        assert only(reconstruct(records.con)).certainty == 1.0
