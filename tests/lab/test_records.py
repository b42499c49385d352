from __future__ import annotations

import json
from typing import TypeVar

import orjson
import pytest

from grantwatch.lab import ENTRA, ActivityEvent, Event, SignInEvent, request_id_of
from grantwatch.lab.records import (
    audit_row,
    envelope_audit,
    envelope_signin,
    graph_audit,
    graph_signin,
    graph_signin_v1,
    office_row,
    search_row,
    signin_row,
    ual_record,
    ual_signin,
)

T = TypeVar("T", bound=Event)


def sign_ins(events: list[Event]) -> list[SignInEvent]:
    return [event for event in events if isinstance(event, SignInEvent)]


def deeds(events: list[Event]) -> list[ActivityEvent]:
    return [event for event in events if isinstance(event, ActivityEvent)]


def only(events: list[T], **said: object) -> T:
    return next(event for event in events if all(getattr(event, name) == value for name, value in said.items()))


@pytest.fixture(scope="session")
def approval(events, fabrikam) -> SignInEvent:
    return only(sign_ins(events), user=fabrikam.marta, protocol="deviceCode")


@pytest.fixture(scope="session")
def redemption(events, approval) -> SignInEvent:
    return only(sign_ins(events), correlation_id=approval.correlation_id, interactive=False)


@pytest.fixture(scope="session")
def blocked(events) -> SignInEvent:
    return only(sign_ins(events), error_code=53003)


@pytest.fixture(scope="session")
def rule(events, fabrikam) -> ActivityEvent:
    return only(deeds(events), operation="New-InboxRule", actor=fabrikam.marta)


@pytest.fixture(scope="session")
def added_device(events) -> ActivityEvent:
    return only(deeds(events), operation="Add device")


def test_every_sign_in_form_carries_the_same_ids(events):
    for event in sign_ins(events):
        graph, envelope, row = graph_signin(event), envelope_signin(event), signin_row(event)
        properties = envelope["properties"]
        ids = (event.request_id, event.correlation_id, event.session_id, event.token_id)
        assert ids == tuple(graph[f] for f in ("id", "correlationId", "sessionId", "uniqueTokenIdentifier"))
        assert ids == tuple(properties[f] for f in ("id", "correlationId", "sessionId", "uniqueTokenIdentifier"))
        assert ids == tuple(row[f] for f in ("Id", "CorrelationId", "SessionId", "UniqueTokenIdentifier"))
        assert request_id_of(event.token_id) == event.request_id
        unified = ual_signin(event)
        session = next(pair["Value"] for pair in unified["DeviceProperties"] if pair["Name"] == "SessionId")
        assert ids[:3] == (unified["IntraSystemId"], unified["InterSystemsId"], session)


def test_graph_beta_marks_the_flow_and_v1_does_not(approval, redemption):
    beta = graph_signin(approval)
    assert (beta["authenticationProtocol"], beta["originalTransferMethod"]) == ("deviceCode", "deviceCodeFlow")
    assert beta["signInEventTypes"] == ["interactiveUser"]
    assert graph_signin(redemption)["signInEventTypes"] == ["nonInteractiveUser"]
    slim = graph_signin_v1(approval)
    assert not {"authenticationProtocol", "originalTransferMethod", "sessionId", "uniqueTokenIdentifier"} & slim.keys()
    assert slim.items() <= beta.items()


def test_a_graph_record_is_about_as_large_as_a_real_one(approval):
    assert 3000 < len(orjson.dumps(graph_signin(approval))) < 4200


def test_scopes_stand_in_the_processing_details_as_json_text(approval):
    details = {pair["key"]: pair["value"] for pair in graph_signin(approval)["authenticationProcessingDetails"]}
    assert tuple(json.loads(details["Oauth Scope Info"])) == approval.scopes


def test_an_envelope_differs_from_graph_where_the_export_does(blocked, redemption):
    record = envelope_signin(blocked)
    assert (record["category"], record["resultType"]) == ("SignInLogs", "53003")
    assert record["resultDescription"] == blocked.failure_reason
    assert record["properties"]["createdDateTime"].endswith("7+00:00")
    assert record["time"] > record["properties"]["createdDateTime"]
    assert record["properties"]["appliedConditionalAccessPolicies"][0]["conditionsSatisfied"] & 32768
    assert record["properties"]["userType"] == "Member"
    assert envelope_signin(redemption)["category"] == "NonInteractiveUserSignInLogs"
    assert envelope_signin(redemption)["properties"]["deviceDetail"] == {"deviceId": ""}


def test_a_blocking_policy_names_the_flow_in_graph(blocked):
    (policy,) = graph_signin(blocked)["appliedConditionalAccessPolicies"]
    assert policy["result"] == "failure"
    assert policy["conditionsSatisfied"] == "application,users,authenticationFlows"
    assert {"conditionalAccessCondition": "authenticationFlows", "ruleSatisfied": "deviceCodeFlow"} in policy[
        "includeRulesSatisfied"
    ]


def test_the_two_log_analytics_tables_type_their_columns_differently(approval, redemption):
    spoken, silent = signin_row(approval), signin_row(redemption)
    assert (spoken["Type"], silent["Type"]) == ("SigninLogs", "AADNonInteractiveUserSignInLogs")
    assert spoken["DeviceDetail"]["browser"] == "Firefox 155.0"
    assert json.loads(silent["Status"])["errorCode"] == 0
    assert "ProcessingTimeInMs" in silent
    assert spoken["AutonomousSystemNumber"] == "64500"
    assert json.loads(spoken["AuthenticationDetails"])[0]["authenticationMethod"] == "Previously satisfied"


def test_the_unified_log_knows_a_confirmed_code_by_its_request_type(approval, events):
    interrupt = only(sign_ins(events), correlation_id=approval.correlation_id, error_code=50199)
    confirmed, paused = ual_signin(approval), ual_signin(interrupt)
    assert {"Name": "RequestType", "Value": "Cmsi:Cmsi"} in confirmed["ExtendedProperties"]
    assert (confirmed["Operation"], confirmed["ErrorNumber"]) == ("UserLoggedIn", "0")
    assert (paused["Operation"], paused["ErrorNumber"]) == ("UserLoginFailed", "50199")
    assert (paused["LogonError"], paused["ResultStatus"]) == ("CmsiInterrupt", "Success")
    assert not confirmed["CreationTime"].endswith("Z")


def test_directory_values_are_json_inside_text(added_device):
    changes = {
        change["displayName"]: change["newValue"]
        for change in graph_audit(added_device)["targetResources"][0]["modifiedProperties"]
    }
    assert changes["CloudAccountEnabled"] == "[true]"
    assert json.loads(changes["CloudDisplayName"]) == [added_device.targets[0].name]
    assert json.loads(changes["Included Updated Properties"]).startswith("CloudAccountEnabled")


def test_an_app_as_actor_leaves_no_user(added_device):
    assert graph_audit(added_device)["initiatedBy"]["user"] is None
    assert list(audit_row(added_device)["InitiatedBy"]) == ["app"]
    assert envelope_audit(added_device)["category"] == "AuditLogs"


def test_only_a_linkable_audit_names_the_session(rule):
    assert "linkableIdentifiers" not in graph_audit(rule)["initiatedBy"]["user"]
    linked = graph_audit(rule, linkable=True)["initiatedBy"]["user"]["linkableIdentifiers"]
    assert linked["sessionId"] == rule.session_id


def test_entra_operations_close_with_a_dot_in_the_unified_log_and_mailbox_ones_do_not(events):
    for event in deeds(events):
        record = ual_record(event)
        assert record["Operation"] == event.operation + ("." if event.workload == ENTRA else "")
        assert record["RecordType"] == {ENTRA: 8, "Exchange": event.record_type}[event.workload]


def test_a_mailbox_rule_carries_parameters_port_and_token_in_both_forms(rule):
    unified, row = ual_record(rule), office_row(rule)
    assert unified["ClientIP"].startswith("203.0.113.77:")
    assert {"Name": "MoveToFolder", "Value": "RSS Feeds"} in unified["Parameters"]
    assert unified["AppAccessContext"]["UniqueTokenId"] == rule.token_id
    assert json.loads(row["Parameters"]) == unified["Parameters"]
    assert json.loads(row["AppAccessContext"])["AADSessionId"] == rule.session_id


def test_mail_access_names_the_messages(events, fabrikam):
    event = only(deeds(events), operation="MailItemsAccessed", actor=fabrikam.marta)
    record = ual_record(event)
    assert len(record["Folders"][0]["FolderItems"]) == record["OperationCount"] == len(event.items)
    assert json.loads(office_row(event)["Folders"]) == record["Folders"]


def test_a_search_row_holds_the_record_as_text(approval):
    row = search_row(approval, 3, 9)
    assert json.loads(row["AuditData"]) == ual_record(approval)
    assert row["RecordType"] == "AzureActiveDirectoryStsLogon"
    assert row["CreationDate"] == "9/22/2026 7:41:12 PM"
    assert row["Identity"] == approval.request_id
