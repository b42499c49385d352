"""Grants out of Defender's tables, and what the logs of calls, clicks and risk do to them: nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.grants.scene import ANA, AT, HOME, RENTED, TENANT, TOOL, after, follow_on, login, only, sign_in

from grantwatch.grants import reconstruct
from grantwatch.grants.model import LegKind, Outcome, TieBy
from grantwatch.lab import Machine, mail_access
from grantwatch.lab.apps import EXCHANGE_ONLINE, OUTLOOK_MOBILE
from grantwatch.lab.ids import Mint
from grantwatch.lab.records import (
    call_row,
    click_row,
    cloud_app_row,
    envelope_risk,
    graph_signin,
    graph_signin_v1,
    hunting_signin_row,
    ual_signin,
)
from grantwatch.lab.seen import CallEvent, ClickEvent, RiskEvent
from grantwatch.lab.writers import write_hunting_csv, write_ndjson
from grantwatch.records.load import read

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


def found(folder):
    with read([folder]) as records:
        return reconstruct(records.con)


def hunting(folder, events):
    folder.mkdir(exist_ok=True)
    write_hunting_csv(folder / "hunting.csv", [hunting_signin_row(event) for event in events])


def test_an_approval_is_sighted_and_no_other_sign_in_of_the_session_is_taken_for_its_token(tmp_path):
    flow = login()
    later = sign_in(flow.redemption, timedelta(hours=2), incoming="refreshToken")
    hunting(tmp_path, [*flow, later])
    grant = only(found(tmp_path))

    assert [leg.kind for leg in grant.legs] == [LegKind.INTERRUPT, LegKind.SIGHTING]
    assert (grant.outcome, grant.certainty, grant.token_uses) == (Outcome.APPROVED, 0.6, ())
    assert (grant.session_id, grant.started_at.replace(microsecond=0)) == (
        flow.approval.session_id,
        flow.approval.time.replace(microsecond=0),
    )


def test_an_app_on_a_phone_that_passes_the_page_is_a_look_alike(tmp_path):
    flow = login(client=OUTLOOK_MOBILE, resource=EXCHANGE_ONLINE)
    hunting(tmp_path, [replace(each, user_agent=PHONE, device=Machine(os="Ios 18")) for each in flow])
    result = found(tmp_path)

    assert (result.grants, result.look_alikes) == ((), 1)


def test_an_ordinary_sign_in_is_nothing(tmp_path):
    flow = login()
    hunting(tmp_path, [sign_in(flow.approval, request_type="OAuth2:Authorize"), flow.redemption])

    assert found(tmp_path).grants == ()


def test_the_unified_audit_log_beside_it_tells_of_the_same_grant(tmp_path):
    flow = login()
    hunting(tmp_path, flow)
    write_ndjson(tmp_path / "ual.json", [ual_signin(flow.interrupt), ual_signin(flow.approval)])

    assert only(found(tmp_path)).certainty == 0.6


def test_a_v1_feed_beside_it_takes_nothing_away(tmp_path):
    flow = login()
    hunting(tmp_path, flow)
    alone = only(found(tmp_path))
    write_ndjson(tmp_path / "v1.json", [graph_signin_v1(flow.interrupt), graph_signin_v1(flow.approval)])
    both = only(found(tmp_path))

    assert both.grant_id == alone.grant_id
    assert both.session_id == flow.approval.session_id


def test_mail_in_the_cloud_app_events_is_tied_by_the_token(tmp_path):
    flow = login(resource=EXCHANGE_ONLINE)
    read_mail = mail_access(
        Mint("mail"),
        ANA,
        tenant_id=TENANT,
        at=after(minutes=5),
        place=RENTED,
        client=flow.redemption.client,
        token=flow.redemption,
    )
    read_mail = tuple(replace(each, session_id=None) for each in read_mail)
    write_ndjson(tmp_path / "signins.json", [graph_signin(each) for each in flow])
    write_hunting_csv(tmp_path / "cloud.csv", [cloud_app_row(each) for each in read_mail])
    told = follow_on(only(found(tmp_path)), "mail_access")

    assert told.tie.by is TieBy.TOKEN_ID


def test_calls_and_clicks_are_tied_and_risk_is_no_deed(tmp_path):
    flow = login()
    mint = Mint("calls")
    calls = [
        CallEvent(
            time=after(minutes=number),
            tenant_id=TENANT,
            method="GET",
            url=f"https://graph.microsoft.com/v1.0/me/messages/AAMk{number:06}",
            client=flow.redemption.client,
            place=RENTED,
            request_id=mint.guid(),
            user=ANA,
            user_agent=TOOL.user_agent,
            session_id=flow.redemption.session_id,
            token_id=flow.redemption.token_id,
        )
        for number in range(50)
    ]
    clicked = ClickEvent(time=after(minutes=-3), user=ANA, url="https://evil.example", report_id="r", place=HOME)
    rated = RiskEvent(
        time=flow.approval.time,
        tenant_id=TENANT,
        user=ANA,
        record_id="d",
        kind="anomalousToken",
        request_id=flow.approval.request_id,
        correlation_id=flow.approval.correlation_id,
    )
    write_ndjson(tmp_path / "signins.json", [graph_signin(each) for each in flow])
    write_ndjson(tmp_path / "calls.json", [call_row(each) for each in calls])
    write_ndjson(tmp_path / "clicks.json", [click_row(clicked)])
    write_ndjson(tmp_path / "risk.json", [envelope_risk(rated)])

    click, called = only(found(tmp_path)).follow_ons
    assert (click.kind, click.tie.by, click.target.name) == (
        "lure_click",
        TieBy.USER_CLIENT_TIME,
        "https://evil.example",
    )
    assert click.time < AT
    assert (called.kind, called.tie.by) == ("graph_call", TieBy.TOKEN_ID)
    assert (called.count, called.things, len(called.refs)) == (50, 1, 1)
    assert called.until == after(minutes=49)
