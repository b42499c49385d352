"""Defender XDR tables, Microsoft Graph activity and Identity Protection: what their odd spellings come to."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.records.reading import ANNA, HOME, LAPTOP, TENANT, Reading, audit, call, click, reading, risk, rule, sign_in

from grantwatch.lab.records import (
    Record,
    beta_signin_row,
    call_row,
    click_row,
    cloud_app_row,
    envelope_audit,
    envelope_call,
    envelope_risk,
    graph_risk,
    graph_signin,
    graph_signin_v1,
    hunting_signin_row,
    risk_row,
    ual_record,
)
from grantwatch.lab.writers import write_hunting_csv, write_ndjson, write_records

TIME = datetime(2026, 3, 2, 14, 5, 9)
CMSI = "Cmsi:Cmsi"


def signins(folder: Path, *changes: Record) -> Reading:
    """Rows of EntraIdSignInEvents as CSV and as JSON lines: both must tell the same."""
    rows = [hunting_signin_row(sign_in(number, request_type=CMSI)) | change for number, change in enumerate(changes)]
    in_lines = reading(write_ndjson(folder / "rows.json", rows))
    in_csv = reading(write_hunting_csv(folder / "rows.csv", rows))
    assert in_lines.file.form == in_csv.file.form == "defender_signin"
    apart = ("file", "pass_id", "file_id")
    plain = [
        [{key: row[key] for key in row if key not in apart} for row in each.sign_ins] for each in (in_lines, in_csv)
    ]
    assert plain[0] == plain[1]
    assert in_lines.sums.ignored_by == in_csv.sums.ignored_by
    return in_csv


def column(found: Reading, name: str) -> list[Any]:
    assert len(found.sign_ins) == found.sums.read, "no odd value costs a record"
    return [row[name] for row in found.sign_ins]


# -- sign-ins


def test_a_sign_in_with_all_that_the_table_has(tmp_path: Path) -> None:
    device = LAPTOP.__class__(LAPTOP.id, LAPTOP.name, "Windows", "Edge 140", True, False, "Hybrid Azure AD joined")
    event = sign_in(0, request_type=CMSI, device=device, ca_status="failure", error_code=53003, scopes=("Mail.Read",))
    (row,) = reading(write_hunting_csv(tmp_path / "a.csv", [hunting_signin_row(event)])).sign_ins

    assert row["time"].replace(microsecond=0) == event.time
    expected = {
        "tenant_id": TENANT,
        "user_id": ANNA.id,
        "upn": ANNA.upn,
        "user_type": "member",
        "app_id": event.client.id,
        "app_name": event.client.name,
        "resource_id": event.resource.id,
        "ip": HOME.ip,
        "asn": None,
        "country": "DE",
        "device_id": device.id,
        "device_managed": True,
        "device_compliant": False,
        "device_trust": "Hybrid Azure AD joined",
        "interactive": True,
        "protocol": None,
        "transfer": None,
        "request_type": "cmsi:cmsi",
        "marked": True,
        "error_code": 53003,
        "request_id": event.request_id,
        "session_id": event.session_id,
        "token_id": event.token_id,
        "risk_level": "none",
        "risk_state": "none",
        "ca_status": "failure",
    }
    assert {name: row[name] for name in expected} == expected
    assert "Mail.Read" in row["processing"]


def test_the_table_before_it_has_the_same_but_for_the_token(tmp_path: Path) -> None:
    event = sign_in(0, request_type=CMSI)
    (row,) = reading(write_hunting_csv(tmp_path / "a.csv", [beta_signin_row(event)])).sign_ins

    assert (row["device_id"], row["request_type"], row["token_id"]) == (LAPTOP.id, "cmsi:cmsi", None)


@pytest.mark.parametrize(
    ("kind", "interactive"),
    [
        ('["interactiveUser"]', True),
        ('["nonInteractiveUser"]', False),
        (["nonInteractiveUser"], False),
        ("nonInteractiveUser", False),
        ("interactiveUser", True),
        ("Interactive", True),
        ("", None),
        (None, None),
        ("[]", None),
    ],
)
def test_logon_types(tmp_path: Path, kind: object, interactive: bool | None) -> None:
    assert column(signins(tmp_path, {"LogonType": kind}), "interactive") == [interactive]


def test_services_are_set_aside(tmp_path: Path) -> None:
    nobody = {"AccountObjectId": "", "AccountUpn": ""}
    found = signins(
        tmp_path,
        {"LogonType": '["servicePrincipal"]'} | nobody,
        {"LogonType": None, "ServicePrincipalId": TENANT} | nobody,
        {"IsManagedIdentity": True, "ServicePrincipalId": TENANT} | nobody,
        {},
    )

    assert found.sums.ignored_by == {"managed identity sign-in": 1, "service principal sign-in": 2}
    assert found.parsed == 1


@pytest.mark.parametrize(
    ("spelling", "true"),
    [("1", True), ("0", False), (1, True), (0, False), ("True", True), ("False", False), (True, True), ("", None)],
)
def test_booleans(tmp_path: Path, spelling: object, true: bool | None) -> None:
    found = signins(tmp_path, dict.fromkeys(("IsManaged", "IsCompliant", "IsGuestUser"), spelling))

    assert column(found, "device_managed") == column(found, "device_compliant") == [true]
    assert column(found, "user_type") == [{True: "guest", False: "member", None: None}[true]]


def test_numbers_for_words(tmp_path: Path) -> None:
    found = signins(
        tmp_path,
        {"RiskLevelAggregated": 0, "RiskState": 0, "ConditionalAccessStatus": 0},
        {"RiskLevelAggregated": "10", "RiskState": "1", "ConditionalAccessStatus": "1"},
        {"RiskLevelAggregated": 1, "RiskLevelDuringSignIn": 100, "RiskState": 4, "ConditionalAccessStatus": 2},
        {"RiskLevelAggregated": "medium", "RiskState": "atRisk", "ConditionalAccessStatus": "notApplied"},
        {"RiskLevelAggregated": None, "RiskState": None, "ConditionalAccessStatus": None},
    )

    assert column(found, "risk_level") == [None, "low", "high", "medium", None]
    assert column(found, "risk_state") == ["none", "confirmedsafe", "atrisk", "atrisk", None]
    assert column(found, "ca_status") == ["success", "failure", "notapplied", "notapplied", None]


@pytest.mark.parametrize(("spelling", "code"), [(0, 0), ("0", 0), ("50199", 50199), (50199, 50199), ("", None)])
def test_error_codes(tmp_path: Path, spelling: object, code: int | None) -> None:
    assert column(signins(tmp_path, {"ErrorCode": spelling}), "error_code") == [code]


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-03-02T14:05:09Z",
        "2026-03-02T14:05:09.0000000Z",
        "2026-03-02 14:05:09",
        "2026-03-02T15:05:09+01:00",
        "Mar 2, 2026 2:05:09 PM",
        "3/2/2026, 2:05:09.000 PM",
        "3/2/2026 2:05:09 PM",
    ],
)
def test_times(tmp_path: Path, spelling: str) -> None:
    assert column(signins(tmp_path, {"Timestamp": spelling}), "time") == [TIME]
    write_ndjson(tmp_path / "click.json", [click_row(click(0)) | {"Timestamp": spelling}])
    write_ndjson(tmp_path / "call.json", [call_row(call(0)) | {"TimeGenerated": spelling}])
    write_ndjson(tmp_path / "risk.json", [risk_row(risk(0)) | {"ActivityDateTime": spelling}])
    others = reading(tmp_path / "click.json", tmp_path / "call.json", tmp_path / "risk.json")
    assert {row["time"] for row in others.activities} == {TIME}
    assert others.parsed == 3


@pytest.mark.parametrize("nothing", ["", None, "null", "00000000-0000-0000-0000-000000000000", "N/A"])
def test_nothing_in_any_spelling(tmp_path: Path, nothing: object) -> None:
    names = (
        "SessionId",
        "CorrelationId",
        "ResourceId",
        "UserAgent",
        "UniqueTokenId",
        "EntraIdDeviceId",
        "EndpointCall",
    )
    (row,) = signins(tmp_path, dict.fromkeys(names, nothing)).sign_ins

    columns = ("session_id", "correlation_id", "resource_id", "user_agent", "token_id", "device_id", "request_type")
    assert [row[each] for each in columns] == [None] * len(columns)
    assert row["marked"] is False


def test_the_endpoint_under_its_other_name(tmp_path: Path) -> None:
    assert column(signins(tmp_path, {"EndpointCall": None, "Call": "Cmsi:cmsi"}), "marked") == [True]


def test_which_copy_of_a_sign_in_counts(tmp_path: Path) -> None:
    event = sign_in(0, request_type=CMSI, protocol="deviceCode")
    write_hunting_csv(tmp_path / "hunting.csv", [hunting_signin_row(event)])
    write_ndjson(tmp_path / "v1.json", [graph_signin_v1(event)])
    write_ndjson(tmp_path / "beta.json", [graph_signin(event)])

    poor = reading(tmp_path / "hunting.csv", tmp_path / "v1.json")
    assert [(row["request_type"], row["session_id"]) for row in poor.sign_ins] == [("cmsi:cmsi", event.session_id)]
    rich = reading(tmp_path)
    assert [(row["protocol"], row["request_type"]) for row in rich.sign_ins] == [("devicecode", None)]


def test_the_page_of_the_hunting_api(tmp_path: Path) -> None:
    rows = [hunting_signin_row(sign_in(number)) for number in range(3)]
    schema = [{"name": name, "type": "String"} for name in rows[0]]
    page = {"@odata.context": "https://graph.microsoft.com/…", "schema": schema, "results": rows}
    (tmp_path / "graph.json").write_bytes(orjson.dumps(page))
    (tmp_path / "pretty.json").write_bytes(
        orjson.dumps({"Stats": {"ExecutionTime": 1}, "Schema": schema, "Results": rows}, option=orjson.OPT_INDENT_2)
    )
    found = reading(tmp_path)

    assert {name: file.records.read for name, file in found.files.items()} == {"graph.json": 3, "pretty.json": 3}
    assert found.unread == []
    assert found.parsed == 3


# -- cloud app events


def test_the_record_inside_speaks(tmp_path: Path) -> None:
    event = rule(0, session_id=TENANT, token_id="AbCdEfGhIjKlMnOpQrStUv")
    row = cloud_app_row(event) | {"IPAddress": "203.0.113.9", "ActionType": "something else"}
    write_ndjson(tmp_path / "cloud.json", [row])
    write_ndjson(tmp_path / "ual.json", [ual_record(event)])
    (told,), (plain,) = (reading(tmp_path / name).activities for name in ("cloud.json", "ual.json"))

    apart = ("file", "pass_id", "actor_id", "actor_name", "user_agent")
    assert {key: told[key] for key in told if key not in apart} == {
        key: plain[key] for key in plain if key not in apart
    }
    assert (told["actor_id"], told["actor_name"]) == (ANNA.id, ANNA.name)
    assert (told["session_id"], told["token_id"]) == (TENANT, "AbCdEfGhIjKlMnOpQrStUv")
    together = reading(tmp_path)
    assert together.sums.ignored_by == {"duplicate": 1}
    assert [Path(row["file"]).name for row in together.activities] == ["ual.json"]


@pytest.mark.parametrize("as_text", [True, False])
def test_the_record_inside_as_text_or_object(tmp_path: Path, as_text: bool) -> None:
    row = cloud_app_row(rule(0))
    row["RawEventData"] = orjson.dumps(row["RawEventData"]).decode() if as_text else row["RawEventData"]
    (told,) = reading(write_ndjson(tmp_path / "a.json", [row])).activities

    assert told["operation"] == "New-InboxRule"
    assert "RSS Feeds" in told["detail"]


@pytest.mark.parametrize("inside", ["", None, "{}", "[]", "not json", '{"Operation":"New-InboxRule"', "7"])
def test_without_a_record_inside(tmp_path: Path, inside: str | None) -> None:
    row = cloud_app_row(rule(0)) | {"RawEventData": inside}
    (told,) = reading(write_hunting_csv(tmp_path / "a.csv", [row])).activities

    assert (told["operation"], told["actor_id"], told["ip"]) == ("New-InboxRule", ANNA.id, HOME.ip)
    assert (told["session_id"], told["workload"]) == (None, "Microsoft Exchange Online")
    assert orjson.loads(told["detail"])["parameters"] is None


def test_what_a_service_did_is_nobodys(tmp_path: Path) -> None:
    service = sign_in(0).client
    (told,) = reading(write_ndjson(tmp_path / "a.json", [cloud_app_row(audit(0, actor=service))])).activities

    assert told["actor_id"] is None


def test_another_table_with_raw_events_is_not_taken_for_it(tmp_path: Path) -> None:
    row = {"Timestamp": "2026-03-02T14:05:09Z", "ActionType": "SecretGet", "DataSource": "Azure", "RawEventData": "{}"}
    found = reading(write_ndjson(tmp_path / "audit.json", [row]))

    assert found.files == {}
    assert "unknown form" in found.unread[0].seen


# -- clicks


@pytest.mark.parametrize(
    ("spelling", "through"), [("1", True), ("0", False), (True, True), ("False", False), ("", None)]
)
def test_a_click(tmp_path: Path, spelling: object, through: bool | None) -> None:
    event = click(0, message_id="m", threats='Phish, "x"', workload="Teams")
    (row,) = reading(write_ndjson(tmp_path / "a", [click_row(event) | {"IsClickedThrough": spelling}])).activities

    assert (row["operation"], row["workload"]) == ("UrlClickEvents ClickAllowed", "Safe Links")
    assert (row["actor_upn"], row["ip"], row["target_name"]) == (ANNA.upn, HOME.ip, event.url)
    assert orjson.loads(row["detail"]) == {
        "from": "Teams",
        "message_id": "m",
        "threats": 'Phish, "x"',
        "methods": None,
        "chain": [event.url],
        "clicked_through": through,
    }


def test_a_click_and_the_click_through_are_two(tmp_path: Path) -> None:
    first = click(0, action="ClickBlocked")
    later = click(0, action="ClickAllowed", clicked_through=True, time=first.time + timedelta(seconds=4))

    assert reading(write_hunting_csv(tmp_path / "a.csv", [click_row(first), click_row(later)])).parsed == 2


# -- calls to Microsoft Graph


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://graph.microsoft.com/v1.0/me/messages?$top=5", "GET /me/messages"),
        ("https://graph.microsoft.com/beta/users/anna@fabrikam.example/messages", "GET /users/{id}/messages"),
        (
            f"https://graph.microsoft.com/v1.0/users('{ANNA.id}')/messages/AAMkAGI2TG93AAA=",
            "GET /users/{id}/messages/{id}",
        ),
        ("https://graph.microsoft.com/v1.0/me/messages('AAMkAGI2TG93AAA=')", "GET /me/messages/{id}"),
        ("https://graph.microsoft.com/v1.0/oauth2PermissionGrants", "GET /oauth2PermissionGrants"),
        ("https://graph.microsoft.com//v1.0/$batch", "GET /$batch"),
        (
            "https://graph.microsoft.com/v1.0/me/drive/root:/Finance/a b.xlsx:/content",
            "GET /me/drive/root:/{path}:/content",
        ),
        ("https://graph.microsoft.com/v1.0/chats/19:meeting_a@thread.v2/messages", "GET /chats/{id}/messages"),
        (
            "https://graph.microsoft.com/v1.0/reports/getOffice365ActiveUserDetail(period='D7')",
            "GET /reports/getOffice365ActiveUserDetail()",
        ),
        ("https://graph.microsoft.com/v1.0/users/delta()", "GET /users/delta()"),
        ("/me", "GET /me"),
        ("https://graph.microsoft.com", "GET /"),
    ],
)
def test_the_shape_of_a_call(tmp_path: Path, url: str, shape: str) -> None:
    (row,) = reading(write_ndjson(tmp_path / "a", [call_row(call(0, url=url, method="get"))])).activities

    assert (row["operation"], row["target_name"]) == (shape, url)


@pytest.mark.parametrize("record", [call_row, envelope_call], ids=["table", "envelope"])
def test_a_call(tmp_path: Path, record: Any) -> None:
    event = call(0, status=403, wids=("62e90394-69f5-4237-9190-012177145e10",))
    (row,) = reading(write_ndjson(tmp_path / "a", [record(event)])).activities

    assert (row["workload"], row["result"], row["tenant_id"]) == ("Microsoft Graph", "403", TENANT)
    assert (row["actor_id"], row["app_id"], row["ip"]) == (ANNA.id, event.client.id, HOME.ip)
    assert (row["session_id"], row["token_id"]) == (event.session_id, event.token_id)
    assert row["token_id"] != row["token_id"].lower(), "case counts"
    assert (row["record_id"], row["user_agent"]) == (event.request_id, event.user_agent)
    detail = orjson.loads(row["detail"])
    assert (detail["scopes"], detail["wids"], detail["roles"]) == ("Mail.Read User.Read", event.wids[0], None)


def test_a_call_told_twice_counts_once(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "a.json", [call_row(call(0))])
    write_records(tmp_path / "b.json", [envelope_call(call(0))])
    found = reading(tmp_path)

    assert found.sums.ignored_by == {"duplicate": 1}
    assert [Path(row["file"]).name for row in found.activities] == ["b.json"]


@pytest.mark.parametrize("record", [call_row, envelope_call], ids=["table", "envelope"])
def test_calls_without_a_user_are_counted_and_set_aside(tmp_path: Path, record: Any) -> None:
    found = reading(write_ndjson(tmp_path / "a", [record(call(0, user=None)), record(call(1))]))

    assert found.sums.ignored_by == {"call to Microsoft Graph by an application without a user": 1}
    assert found.parsed == 1


def test_graph_calls_as_defender_tells_them(tmp_path: Path) -> None:
    row = {
        "Timestamp": "2026-03-02T14:05:09Z",
        "RequestUri": "https://graph.microsoft.com/v1.0/me",
        "RequestMethod": "GET",
        "ResponseStatusCode": "200",
        "ApplicationId": sign_in(0).client.id,
        "AccountObjectId": ANNA.id,
        "EntityType": "user",
        "UniqueTokenIdentifier": "AbCdEfGhIjKlMnOpQrStUv==",
        "RequestId": TENANT,
    }
    found = reading(write_ndjson(tmp_path / "a", [row, row | {"EntityType": "servicePrincipal"}]))

    assert [(each["time"], each["token_id"]) for each in found.activities] == [(TIME, "AbCdEfGhIjKlMnOpQrStUv")]
    assert found.sums.ignored == 1


# -- risk


@pytest.mark.parametrize("record", [graph_risk, envelope_risk, risk_row])
def test_a_detection(tmp_path: Path, record: Any) -> None:
    event = risk(0, detected=TIME)
    (row,) = reading(write_ndjson(tmp_path / "a", [record(event)])).activities

    assert (row["operation"], row["workload"]) == ("Risk detection: unfamiliarFeatures", "Identity Protection")
    assert row["time"].replace(microsecond=0) == event.time, "when it happened, not when it was found out"
    assert (row["target_id"], row["target_upn"], row["actor_id"]) == (ANNA.id, ANNA.upn, None)
    assert (row["correlation_id"], row["ip"], row["user_agent"]) == (event.correlation_id, HOME.ip, event.user_agent)
    detail = orjson.loads(row["detail"])
    assert (detail["request_id"], detail["level"], detail["timing"]) == (event.request_id, "medium", "offline")
    assert detail["detected"].startswith("2026-03-02T14:05:09")
    assert detail["location"]["countryOrRegion"] == "DE"


@pytest.mark.parametrize("record", [graph_risk, envelope_risk, risk_row])
def test_a_risky_user(tmp_path: Path, record: Any) -> None:
    (row,) = reading(write_ndjson(tmp_path / "a", [record(risk(0, kind="", state="confirmedCompromised"))])).activities

    assert (row["operation"], row["result"]) == ("Risky user: confirmedCompromised", "confirmedcompromised")
    assert (row["target_id"], row["correlation_id"]) == (ANNA.id, None)


def test_a_detection_without_a_sign_in_or_its_type(tmp_path: Path) -> None:
    event = risk(0, request_id=None, correlation_id=None, place=None)
    found = reading(write_ndjson(tmp_path / "a", [graph_risk(event) | {"additionalInfo": "x", "riskLevel": "hidden"}]))

    (row,) = found.activities
    assert (row["correlation_id"], row["ip"], row["user_agent"]) == (None, None, None)
    assert orjson.loads(row["detail"])["level"] is None


def test_each_state_of_a_detection_is_kept_and_each_copy_is_not(tmp_path: Path) -> None:
    states = [risk(0), risk(0, state="remediated")]
    write_ndjson(tmp_path / "a.json", [*map(envelope_risk, states), envelope_risk(states[0])])
    write_ndjson(tmp_path / "b.json", [risk_row(each) for each in states])
    found = reading(tmp_path)

    assert [row["result"] for row in found.activities] == ["atrisk", "remediated"]
    assert found.sums.ignored_by == {"duplicate": 3}


def test_risk_of_a_service_principal_is_set_aside(tmp_path: Path) -> None:
    detected = risk_row(risk(0)) | {"UserId": "", "UserPrincipalName": "", "ServicePrincipalId": TENANT}
    state = graph_risk(risk(1, kind="")) | {"userPrincipalName": None, "appId": TENANT, "displayName": "Backup"}
    found = reading(write_ndjson(tmp_path / "a", [detected, state]))

    assert found.sums.ignored_by == {"risk of a service principal": 2}


# -- together


def test_envelopes_of_all_categories_in_one_file(tmp_path: Path) -> None:
    """The calls come after all that tells what kind of file it is."""
    records = [envelope_audit(audit(number)) for number in range(300)]
    records += [envelope_call(call(0)), envelope_risk(risk(0)), envelope_risk(risk(1, kind=""))]
    found = reading(write_ndjson(tmp_path / "hub.json", records))

    assert found.parsed == 303
    assert found.file.form == "envelope_graph_activity, envelope_risk, envelope_audit"


def test_each_is_a_stream_of_its_own(tmp_path: Path) -> None:
    rows = [cloud_app_row(rule(0)), click_row(click(0)), call_row(call(0)), graph_risk(risk(0))]
    rows += [hunting_signin_row(sign_in(0)), hunting_signin_row(sign_in(1, interactive=False))]
    found = reading(write_ndjson(tmp_path / "all.json", rows))

    assert {source.stream: source.title for source in found.coverage.sources} == {
        "interactive": "Interactive sign-ins",
        "non_interactive": "Non-interactive sign-ins",
        "cloud_app_events": "Defender cloud app events",
        "url_clicks": "Safe Links clicks",
        "graph_activity": "Microsoft Graph activity logs",
        "risk": "Identity Protection risk",
    }
    assert {"stream:audit", "stream:unified_audit", "field:protocol", "field:transfer"} <= found.coverage.missing
    assert not {"stream:interactive", "stream:non_interactive", "field:token_id"} & found.coverage.missing
    told = " ".join(found.coverage.blind)
    assert "confirmation page (EndpointCall Cmsi" in told
    assert told.count("are seen in Defender's cloud app events only") == 2


def test_a_column_left_out_of_a_query(tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(
        [["Timestamp", "AccountUpn", "IPAddress", "ErrorCode"], ["2026-03-02T14:05:09Z", ANNA.upn, HOME.ip, "0"]]
    )
    (tmp_path / "few.csv").write_text(text.getvalue())
    found = reading(tmp_path)

    assert found.file.form == "defender_signin"
    assert [(row["upn"], row["ip"], row["interactive"]) for row in found.sign_ins] == [(ANNA.upn, HOME.ip, None)]
