"""What was done after a grant: how it is tied, how strongly, and to which grant."""

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
    TENANT,
    after,
    deed,
    follow_on,
    login,
    only,
    sign_in,
)

from grantwatch.grants import reconstruct
from grantwatch.grants.model import TieBy
from grantwatch.lab import (
    ENTRA,
    EXCHANGE,
    App,
    Change,
    Place,
    Policy,
    Refresh,
    Target,
    blocked_attempt,
    consent,
    device_registration,
    inbox_rule,
    mail_access,
    security_info,
    tainted_browser,
)
from grantwatch.lab.apps import EXCHANGE_ONLINE, OUTLOOK_MOBILE
from grantwatch.lab.records import graph_audit, graph_signin, ual_activity
from grantwatch.lab.writers import write_array
from grantwatch.records.load import read

HOUR = timedelta(hours=1)
SERVICE = Place("198.51.100.250", 64511, "IE", "Dublin", "Dublin")
HIDING = {"Name": ".,", "SubjectOrBodyContainsWords": "invoice", "MoveToFolder": "RSS Feeds", "MarkAsRead": "True"}


def rule(at, user=ANA, place=OFFICE, **more):
    return inbox_rule(
        MINT, user, tenant_id=TENANT, at=at, place=place, client=OUTLOOK_MOBILE, parameters=HIDING, **more
    )


def mail(at, place=OFFICE, **more):
    return mail_access(MINT, ANA, tenant_id=TENANT, at=at, place=place, client=OUTLOOK_MOBILE, **more)


def registration(at, user=ANA, **more):
    return device_registration(
        MINT, user, tenant_id=TENANT, at=at, service=DRS, device_id=MINT.guid(), device_name="DESKTOP-7F3A", **more
    )


def mailing(**more):
    """A grant whose token reads mail from a rented network, an hour later."""
    return login(refreshes=[Refresh(HOUR, OUTLOOK_MOBILE, EXCHANGE_ONLINE)], **more)


# -- ties


def test_a_token_id_is_the_strongest_tie(rebuild):
    flow = mailing()
    (token,) = flow.refreshes
    found = follow_on(only(rebuild([*flow, *mail(after(days=20), token=token)])), "mail_access")
    assert (found.tie.by, found.tie.strength) == (TieBy.TOKEN_ID, 1.0)
    assert found.facts["access_type"] == "Bind"
    assert found.facts["items"] == "4"


def test_then_the_session(rebuild):
    flow = mailing()
    session = replace(mail(after(hours=2))[0], session_id=flow.approval.session_id)
    assert follow_on(only(rebuild([*flow, session])), "mail_access").tie.by is TieBy.SESSION_ID


def test_then_the_network_of_the_device_side(rebuild):
    grant = only(rebuild([*mailing(), *mail(after(days=3), place=RENTED)]))
    assert follow_on(grant, "mail_access").tie.by is TieBy.USER_CLIENT_TIME


def test_then_the_person_and_the_time_for_what_is_rare(rebuild):
    found = follow_on(only(rebuild([*mailing(), *rule(after(hours=5))])), "inbox_rule")
    assert (found.tie.by, found.tie.strength) == (TieBy.USER_TIME, 0.3)


def test_a_rule_days_later_from_elsewhere_is_not_tied(rebuild):
    assert only(rebuild([*mailing(), *rule(after(hours=100))])).follow_ons == ()


def test_what_came_before_the_grant_is_not_tied(rebuild):
    assert only(rebuild([*mailing(), *rule(after(hours=-2)), *rule(after(hours=-2), place=RENTED)])).follow_ons == ()


def test_what_another_person_did_is_not_tied(rebuild):
    flow = mailing()
    stranger = replace(rule(after(hours=1), user=BEN, place=RENTED)[0], session_id=flow.approval.session_id)
    assert only(rebuild([*flow, stranger, *registration(after(minutes=5), user=BEN)])).follow_ons == ()


# -- the person's own mail


def test_mail_that_the_person_reads_is_no_follow_on(rebuild):
    flow = mailing()
    grant = only(rebuild([*flow, *mail(after(hours=2)), *mail(after(hours=3), place=HOME)]))
    assert grant.follow_ons == ()


@pytest.mark.parametrize("by", ["session", "token"])
def test_mail_that_the_approver_reads_in_the_tainted_browser_is_no_follow_on(rebuild, by):
    """One session, two people: what comes from the approver's network with the browser's token is the approver's."""
    flow = mailing()
    browser = tainted_browser(
        MINT, flow.approval, at=after(minutes=40), seat=BROWSER, client=GRAPH_EXPLORER, resource=GRAPH
    )
    own = mail(after(hours=2), place=HOME)[0]
    own = (
        replace(own, session_id=flow.approval.session_id)
        if by == "session"
        else replace(own, token_id=browser[1].token_id)
    )
    assert only(rebuild([*flow, *browser, own])).follow_ons == ()


def test_mail_is_folded_and_its_messages_are_added_up(rebuild):
    flow = mailing()
    reads = [mail(after(hours=hour), place=RENTED, token=flow.refreshes[0], messages=hour)[0] for hour in (2, 3, 5)]
    found = follow_on(only(rebuild([*flow, *reads])), "mail_access")
    assert (found.count, found.facts["items"], found.time) == (3, "10", after(hours=2))


# -- which grant


def test_a_follow_on_goes_to_the_grant_whose_token_was_used(rebuild):
    first = mailing()
    second = mailing(at=after(minutes=10))
    grants = rebuild([*first, *second, *rule(after(hours=3), token=first.refreshes[0])]).grants
    assert [len(grant.follow_ons) for grant in grants] == [1, 0]


def test_without_a_better_tie_it_goes_to_the_latest_grant_before_it(rebuild):
    grants = rebuild([*login(), *login(at=after(hours=4)), *rule(after(hours=2)), *rule(after(hours=6))]).grants
    assert [each.time for grant in grants for each in grant.follow_ons] == [after(hours=2), after(hours=6)]
    assert [len(grant.follow_ons) for grant in grants] == [1, 1]


def test_nothing_follows_from_a_grant_that_gave_no_token(rebuild):
    policy = Policy.blocking_device_code(MINT.guid())
    attempt = blocked_attempt(
        MINT, ANA, tenant_id=TENANT, at=AT, client=BROKER, resource=DRS, approver=BROWSER, policy=policy
    )
    assert only(rebuild([*attempt, *registration(after(minutes=30)), *rule(after(hours=2))])).follow_ons == ()


# -- devices


def test_the_records_of_one_registration_are_one_follow_on(rebuild):
    flow = login(client=BROKER, resource=DRS)
    found = follow_on(only(rebuild([*flow, *registration(after(minutes=5))])), "device_registered")
    assert (found.count, len(found.refs)) == (4, 4)
    assert found.facts["device_name"] == "DESKTOP-7F3A"
    assert found.facts["os_version"] == "10.0.19045.2006"
    assert found.actor == ANA.upn


def test_a_registration_told_by_both_audit_logs_is_one_follow_on(tmp_path):
    """`Add device.` by the service has nobody's name on it; the correlation id has."""
    flow = login(client=BROKER, resource=DRS)
    told = registration(after(minutes=5))
    write_array(tmp_path / "signins.json", [graph_signin(event) for event in flow])
    write_array(tmp_path / "audit.json", [graph_audit(event) for event in told[:1]])
    write_array(tmp_path / "ual.json", [ual_activity(event) for event in told[1:]])
    with read([tmp_path]) as records:
        found = follow_on(only(reconstruct(records.con)), "device_registered")
    assert found.count == 4
    assert {ref.file.rpartition("/")[2] for ref in found.refs} == {"audit.json", "ual.json"}


def test_a_registration_for_another_person_under_the_same_id_is_left_alone(rebuild):
    flow = login(client=BROKER, resource=DRS)
    mine = registration(after(minutes=5))
    theirs = replace(registration(after(minutes=6), user=BEN)[0], correlation_id=mine[0].correlation_id)
    assert follow_on(only(rebuild([*flow, *mine, theirs])), "device_registered").count == 4


# -- consent


def amended(flow, at):
    told = consent(
        MINT,
        ANA,
        tenant_id=TENANT,
        at=at,
        app=App(MINT.guid(), "Mail Helper"),
        scopes=("Mail.Read", "offline_access"),
        earlier_scopes=("User.Read",),
        service_place=SERVICE,
    )
    return [replace(event, correlation_id=flow.approval.correlation_id) for event in told]


def test_the_three_records_of_a_consent_are_one_follow_on_and_the_services_address_is_nobodys(rebuild):
    flow = login()
    found = only(rebuild([*flow, *amended(flow, AT - timedelta(seconds=8))])).follow_ons
    assert [(each.kind, each.count, each.tie.by) for each in found] == [("consent", 3, TieBy.CORRELATION_ID)]
    assert found[0].network.ip is None
    assert found[0].facts["scopes"].split() == ["Mail.Read", "offline_access"]


def test_a_consent_later_is_tied_whole(rebuild):
    later = [replace(event, correlation_id="0f1e") for event in amended(login(), after(hours=3))]
    found = only(rebuild([*login(), *later])).follow_ons
    assert [(each.kind, each.count, each.tie.by) for each in found] == [("consent", 3, TieBy.USER_TIME)]


def test_one_correlation_id_over_many_users_does_not_mix_their_consents(rebuild):
    mine = login()
    theirs = login(BEN, at=after(minutes=1)).changed(correlation_id=mine.approval.correlation_id)
    grants = rebuild([*mine, *theirs, *amended(mine, after(minutes=2))]).grants
    assert {grant.user.upn: len(grant.follow_ons) for grant in grants} == {ANA.upn: 1, BEN.upn: 0}


# -- security info


def test_security_info_is_tied_by_person_and_time(rebuild):
    told = security_info(MINT, ANA, tenant_id=TENANT, at=after(hours=1), method="Authenticator app", place=RENTED)
    found = follow_on(only(rebuild([*login(), *told])), "security_info")
    assert found.tie.by is TieBy.USER_CLIENT_TIME


# -- what the records say


def test_set_mailbox_without_forwarding_says_no_forwarding(rebuild):
    other = deed(
        "Set-Mailbox", EXCHANGE, after(hours=1), parameters=(("Identity", "ana"), ("Language", "pt-PT")), record_type=1
    )
    forward = deed(
        "Set-Mailbox",
        EXCHANGE,
        after(hours=2),
        parameters=(("ForwardingSmtpAddress", "smtp:x@evil.example"), ("DeliverToMailboxAndForward", "True")),
        record_type=1,
    )
    found = [each.facts for each in only(rebuild([*login(), other, forward])).follow_ons]
    assert "forward_to" not in found[0]
    assert (found[1]["forward_to"], found[1]["deliver_and_forward"].lower()) == ("smtp:x@evil.example", "true")


def test_the_actions_of_rules_that_mail_clients_make_are_read(tmp_path):
    flow = mailing()
    event = deed("UpdateInboxRules", EXCHANGE, after(hours=1), record_type=2, place=RENTED)
    record = ual_activity(event) | {
        "OperationProperties": [
            {"Name": "RuleOperation", "Value": "AddMailboxRule"},
            {"Name": "RuleName", "Value": ".."},
            {"Name": "RuleCondition", "Value": "(SubjectContains invoice)"},
            {"Name": "RuleActions", "Value": '[{"ActionType":"MoveToFolder","Folder":"RSS Feeds"}]'},
        ]
    }
    write_array(tmp_path / "signins.json", [graph_signin(each) for each in flow])
    write_array(tmp_path / "ual.json", [record])
    with read([tmp_path]) as records:
        facts = follow_on(only(reconstruct(records.con)), "inbox_rule").facts
    assert facts["name"] == ".."
    assert "invoice" in facts["words"]
    assert "RSS Feeds" in facts["move_to_folder"]
    assert "delete" not in facts


def test_a_renamed_person_is_the_same_person(rebuild):
    """Mailboxes know people by principal name only; sign-ins know both names."""
    married = replace(ANA, upn="ana.new@tenant.example")
    flow = login()
    later = sign_in(flow.approval, timedelta(days=1), user=married, protocol="none", transfer="none")
    grant = only(rebuild([*flow, later, *rule(after(hours=30), user=married)]))
    assert [each.tie.by for each in grant.follow_ons] == [TieBy.USER_TIME]


def test_unknown_operations_are_no_follow_ons(rebuild):
    odd = deed(
        "Did something new", ENTRA, after(hours=1), targets=(Target("t", "T", "User", changes=(Change("A", "b"),)),)
    )
    assert only(rebuild([*login(), odd])).follow_ons == ()
