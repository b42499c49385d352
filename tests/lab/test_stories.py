from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grantwatch.errors import UsageError
from grantwatch.lab import (
    App,
    Machine,
    Mint,
    Person,
    Place,
    Policy,
    Refresh,
    Seat,
    blocked_attempt,
    consent,
    device_code_login,
    device_registration,
    inbox_rule,
    tainted_browser,
)
from grantwatch.lab.apps import ARM, AZURE_CLI, BROKER, DRS, GRAPH, GRAPH_EXPLORER, OUTLOOK_MOBILE

MINT = Mint("stories")
TENANT = MINT.guid()
USER = Person(MINT.guid(), "ada@tenant.example", "Ada")
AT = datetime(2026, 9, 1, 9, 30)
HOME = Place("198.51.100.7", 64500, "PT", "Porto", "Porto")
HOSTING = Place("203.0.113.9", 400940, "US", "Virginia", "Ashburn")
BROWSER = Seat(HOME, "Firefox/155.0", Machine(os="Linux", browser="Firefox 155.0"))
TOOL = Seat(HOSTING, "python-requests/2.32.3")


def login(**more):
    asked: dict[str, Any] = {
        "tenant_id": TENANT,
        "at": AT,
        "client": AZURE_CLI,
        "resource": ARM,
        "approver": BROWSER,
        "redeemer": TOOL,
    }
    return device_code_login(Mint(7), USER, **(asked | more))


def test_a_login_is_an_interrupt_an_approval_and_a_redemption():
    interrupt, approval, redemption = login()
    assert (interrupt.error_code, approval.error_code, redemption.error_code) == (50199, 0, 0)
    assert len({interrupt.correlation_id, approval.correlation_id, redemption.correlation_id}) == 1
    assert len({interrupt.request_id, approval.request_id, redemption.request_id}) == 3
    assert interrupt.time < approval.time == AT < redemption.time <= AT + timedelta(seconds=4)
    assert (approval.protocol, approval.transfer, approval.interactive) == ("deviceCode", "deviceCodeFlow", True)
    assert (redemption.protocol, redemption.transfer, redemption.interactive) == ("none", "deviceCodeFlow", False)
    assert (approval.place, redemption.place) == (HOME, HOSTING)


def test_the_approval_shows_a_browser_but_no_operating_system_and_the_redemption_no_device():
    _, approval, redemption = login()
    assert (approval.device.browser, approval.device.os) == ("Firefox 155.0", "")
    assert redemption.device == Machine()


def test_a_failure_names_no_protocol():
    assert login()[0].protocol == "none"
    policy = Policy.blocking_device_code(MINT.guid())
    interrupt, block = blocked_attempt(
        Mint(7), USER, tenant_id=TENANT, at=AT, client=BROKER, resource=DRS, approver=BROWSER, policy=policy
    )
    assert (interrupt.error_code, block.error_code) == (50199, 53003)
    assert interrupt.correlation_id == block.correlation_id
    assert {interrupt.protocol, block.protocol, interrupt.transfer, block.transfer} == {"none"}
    assert block.ca_status == "failure"
    assert "authenticationFlows" in block.policies[0].conditions


def test_refreshes_keep_the_session_and_the_lineage_under_ids_of_their_own():
    told = login(
        refreshes=[
            Refresh(timedelta(hours=2), resource=GRAPH),
            Refresh(timedelta(minutes=5), incoming="primaryRefreshToken", machine=Machine(id=MINT.guid())),
        ]
    )
    redemption, first, second = told[2:]
    assert first.time == redemption.time + timedelta(minutes=5)
    assert [first.incoming, second.incoming] == ["primaryRefreshToken", "refreshToken"]
    assert first.device.id
    assert {event.session_id for event in told} == {redemption.session_id}
    assert {first.transfer, second.transfer} == {"deviceCodeFlow"}
    assert len({redemption.correlation_id, first.correlation_id, second.correlation_id}) == 3


def test_an_abandoned_login_was_never_redeemed():
    assert [event.interactive for event in login(redeemed=False)] == [True, True]


def test_a_tainted_browser_is_marked_in_the_same_session_without_the_protocol():
    approval = login()[1]
    rows = tainted_browser(
        Mint(2), approval, at=AT + timedelta(hours=1), seat=BROWSER, client=GRAPH_EXPLORER, resource=GRAPH, count=3
    )
    assert {(row.protocol, row.transfer, row.session_id) for row in rows} == {
        ("none", "deviceCodeFlow", approval.session_id)
    }
    assert {row.user_agent for row in rows} == {BROWSER.user_agent}
    assert [row.interactive for row in rows] == [True, False, False]


def test_a_device_registration_is_four_audits_under_one_correlation_id():
    told = device_registration(
        Mint(3), USER, tenant_id=TENANT, at=AT, service=DRS, device_id=MINT.guid(), device_name="DESKTOP-1A2B3C4D"
    )
    assert [event.operation for event in told] == [
        "Register device",
        "Add device",
        "Add registered owner to device",
        "Add registered users to device",
    ]
    assert len({event.correlation_id for event in told}) == 1
    assert len({event.record_id for event in told}) == 4
    assert told[0].actor == USER
    assert {event.actor for event in told[1:]} == {DRS}


def test_an_amended_consent_removes_the_older_grant():
    app = App(MINT.guid(), "Calendar")
    once = consent(Mint(4), USER, tenant_id=TENANT, at=AT, app=app, scopes=["User.Read"])
    again = consent(Mint(4), USER, tenant_id=TENANT, at=AT, app=app, scopes=["Mail.Read"], earlier_scopes=["User.Read"])
    assert [event.operation for event in once] == ["Consent to application", "Add delegated permission grant"]
    assert again[-1].operation == "Remove delegated permission grant"
    assert again[1].targets[0].changes[0].old == "User.Read"
    assert again[-1].time - again[0].time < timedelta(milliseconds=20)


def test_an_inbox_rule_can_carry_the_token_that_made_it():
    token = login()[2]
    (rule,) = inbox_rule(
        Mint(5),
        USER,
        tenant_id=TENANT,
        at=AT,
        place=HOSTING,
        client=OUTLOOK_MOBILE,
        parameters={"Name": ".,"},
        token=token,
    )
    assert (rule.session_id, rule.token_id) == (token.session_id, token.token_id)
    assert rule.targets[0].id == "ada\\.,"


def test_a_time_with_an_offset_is_refused():
    with pytest.raises(UsageError, match="without an offset"):
        login(at=AT.replace(tzinfo=UTC))
