"""Odd spellings inside records, each seen in the wild: what they come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.records.reading import ANNA, TENANT, Reading, audit, reading, rule, sign_in

from grantwatch.lab.records import (
    envelope_audit,
    envelope_signin,
    graph_signin,
    office_row,
    signin_row,
    ual_record,
)
from grantwatch.lab.writers import write_array, write_ndjson

TIME = datetime(2026, 3, 2, 14, 5, 9)


def graph(folder: Path, *changes: dict[str, Any]) -> Reading:
    """Graph sign-ins of a device code flow, one for each change."""
    events = (sign_in(number, protocol="deviceCode") for number in range(len(changes)))
    records = [graph_signin(event) | change for event, change in zip(events, changes, strict=True)]
    return reading(write_ndjson(folder / "graph.json", records))


def column(found: Reading, name: str) -> list[Any]:
    assert len(found.sign_ins) == found.sums.read, "no odd value costs a record"
    return [row[name] for row in found.sign_ins]


@pytest.mark.parametrize(
    ("spelling", "micros"),
    [
        ("2026-03-02T14:05:09Z", 0),
        ("2026-03-02T14:05:09+00:00", 0),
        ("2026-03-02T09:05:09-05:00", 0),
        ("2026-03-02T19:35:09+05:30", 0),
        ("2026-03-02T14:05:09.1Z", 100000),
        ("2026-03-02T14:05:09.123Z", 123000),
        ("2026-03-02T14:05:09.1234567Z", 123456),
        ("2026-03-02T14:05:09.123456789+00:00", 123456),
        ("2026-03-02T14:05:09", 0),
        ("2026-03-02 14:05:09", 0),
        ("2026-03-02 14:05:09.5", 500000),
        ("3/2/2026 2:05:09 PM", 0),
        ("3/2/2026, 2:05:09 PM", 0),
        ("3/2/2026, 2:05:09.221 PM", 221000),
        ("3/2/2026, 2:05:09.221\N{NARROW NO-BREAK SPACE}PM", 221000),
        ("03/02/2026 14:05:09", 0),
        ("  2026-03-02T14:05:09Z ", 0),
    ],
)
def test_a_time_is_utc_in_any_spelling(tmp_path: Path, spelling: str, micros: int) -> None:
    found = graph(tmp_path, {"createdDateTime": spelling})

    assert column(found, "time") == [TIME + timedelta(microseconds=micros)]


def test_an_hour_of_one_digit(tmp_path: Path) -> None:
    assert column(graph(tmp_path, {"createdDateTime": "2026-03-02T5:32:08"}), "time") == [
        datetime(2026, 3, 2, 5, 32, 8)
    ]


@pytest.mark.parametrize("half", ["AM", "PM"])
def test_twelve_o_clock(tmp_path: Path, half: str) -> None:
    found = graph(tmp_path, {"createdDateTime": f"3/2/2026 12:00:01 {half}"})

    assert column(found, "time") == [datetime(2026, 3, 2, 12 if half == "PM" else 0, 0, 1)]


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-03-02T17:08:65",
        "2026-02-30T00:00:00Z",
        "yesterday",
        "now",
        "infinity",
        "-infinity",
        "epoch",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "290000-01-01",
        "0044-03-15 (BC)",
        "\x00",
        "",
    ],
)
def test_an_unusable_time_keeps_the_record(tmp_path: Path, spelling: str) -> None:
    found = graph(tmp_path, {"createdDateTime": spelling}, {})

    assert column(found, "time").count(None) == 1
    assert found.file.time_unusable == found.coverage.time_unusable == 1
    assert found.file.first == found.file.last == sign_in(1).time


def test_the_time_of_an_envelope_is_when_it_was_taken_in(tmp_path: Path) -> None:
    late = {"time": "2026-03-02T23:59:59Z"}
    path = write_ndjson(tmp_path / "e.json", [envelope_signin(sign_in(0)) | late, envelope_audit(audit(0)) | late])
    found = reading(path)

    assert found.sign_ins[0]["time"].replace(microsecond=0) == sign_in(0).time
    assert found.activities[0]["time"].replace(microsecond=0) == audit(0).time


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.7"),
        ("192.0.2.7, 198.51.100.1", "192.0.2.7"),
        ("", None),
        (None, None),
        ("<null>", None),
        ("[redacted]", None),
        ("localhost", None),
        ("host.fabrikam.example", None),
        ("a3b1c2d4-0000-4000-8000-000000000009", None),
        ("not: an address", None),
        (3221225985, None),
    ],
)
def test_an_address_in_any_spelling(tmp_path: Path, spelling: object, address: str | None) -> None:
    logon = ual_record(sign_in(1)) | {"ClientIP": spelling, "ActorIpAddress": spelling}
    deed = ual_record(rule(0)) | {"ClientIP": spelling}
    deed.pop("ClientIPAddress", None)
    write_ndjson(tmp_path / "ual.json", [logon, deed])
    write_ndjson(tmp_path / "graph.json", [graph_signin(sign_in(0)) | {"ipAddress": spelling}])
    found = reading(tmp_path)

    assert {row["ip"] for row in found.sign_ins} == {address}
    assert {row["ip"] for row in found.activities} == {address}
    assert found.parsed == 3


def test_numbers_as_text_and_text_as_numbers(tmp_path: Path) -> None:
    found = graph(
        tmp_path,
        {"status": {"errorCode": "50126"}, "isInteractive": "TRUE", "autonomousSystemNumber": "64496"},
        {"status": {"errorCode": 50126}, "isInteractive": True, "autonomousSystemNumber": 64496},
        {
            "status": {"errorCode": 50126},
            "isInteractive": 1,
            "id": 1234567890123456789,
            "autonomousSystemNumber": 64496.0,
        },
    )

    assert column(found, "error_code") == [50126] * 3
    assert column(found, "interactive") == [True] * 3
    assert column(found, "asn")[:2] == [64496] * 2
    assert found.sign_ins[2]["request_id"].startswith("1234567890")


@pytest.mark.parametrize(
    ("spelling", "code"), [("0", 0), ("Success", 0), ("", None), (0, 0), ("50126", 50126), (None, None)]
)
def test_result_types(tmp_path: Path, spelling: object, code: int | None) -> None:
    row = signin_row(sign_in(0)) | {"ResultType": spelling, "Status": ""}
    assert column(reading(write_ndjson(tmp_path / "la.json", [row])), "error_code") == [code]


@pytest.mark.parametrize("kind", [15, "15", "AzureActiveDirectoryStsLogon", None])
def test_record_types(tmp_path: Path, kind: object) -> None:
    found = reading(write_ndjson(tmp_path / "u.json", [ual_record(sign_in(0)) | {"RecordType": kind}]))

    assert found.file.form == "ual_logon"


def test_is_interactive_is_absent(tmp_path: Path) -> None:
    kinds = [["interactiveUser"], ["nonInteractiveUser"], "nonInteractiveUser", None]
    records = [graph_signin(sign_in(number)) | {"signInEventTypes": kind} for number, kind in enumerate(kinds)]
    for record in records:
        del record["isInteractive"]
    found = reading(write_array(tmp_path / "a.json", records))

    assert column(found, "interactive") == [True, False, False, None]
    assert {source.stream for source in found.coverage.sources} == {"interactive", "non_interactive", "sign_in_unknown"}


def test_success_is_not_result_status(tmp_path: Path) -> None:
    failed = ual_record(sign_in(0, error_code=50126))
    interrupted = ual_record(sign_in(1, error_code=50140)) | {"Operation": "UserLoggedIn"}
    plain = {key: value for key, value in ual_record(sign_in(2)).items() if key != "ErrorNumber"}
    assert failed["ResultStatus"] == interrupted["ResultStatus"] == "Success"
    found = reading(write_ndjson(tmp_path / "u.json", [failed, interrupted, plain]))

    assert column(found, "error_code") == [50126, 50140, 0]


@pytest.mark.parametrize(
    "nothing", ["", None, "__NULL__", "Not Available", "hidden", "00000000-0000-0000-0000-000000000000", "null", "N/A"]
)
def test_nothing_in_any_spelling(tmp_path: Path, nothing: object) -> None:
    names = ("sessionId", "correlationId", "resourceId", "userAgent", "uniqueTokenIdentifier", "homeTenantId")
    found = graph(tmp_path, dict.fromkeys(names, nothing))

    (row,) = found.sign_ins
    columns = ("session_id", "correlation_id", "resource_id", "user_agent", "token_id", "home_tenant_id")
    assert [row[each] for each in columns] == [None] * len(columns)


def test_none_is_a_value_of_the_protocol(tmp_path: Path) -> None:
    found = graph(tmp_path, {"authenticationProtocol": "none", "originalTransferMethod": "none"}, {})

    assert column(found, "marked") == [False, True]
    assert found.coverage.sources[0].fields[0].present == 2, "the field is there, though it says none"


@pytest.mark.parametrize("spelling", ["deviceCode", "DeviceCode", "Device code", "device code", "DEVICECODE"])
def test_the_protocol_in_any_spelling(tmp_path: Path, spelling: str) -> None:
    found = graph(tmp_path, {"authenticationProtocol": spelling, "originalTransferMethod": None})

    assert column(found, "marked") == [True]
    assert column(found, "protocol") == ["devicecode"]


def test_duplicate_unknown_and_noise_keys(tmp_path: Path) -> None:
    text = orjson.dumps(graph_signin(sign_in(0))).decode()
    noise = '{"id@odata.type":"#String","novel":{"deep":[1]},"location":{"city":"Bonn"},"id":"twice",' + text[1:]
    (tmp_path / "noise.json").write_text(noise)
    found = reading(tmp_path / "noise.json")

    assert found.parsed == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "Success"},
        {"location": "DE"},
        {"deviceDetail": None},
        {"deviceDetail": []},
        {"signInEventTypes": "interactiveUser"},
        {"signInEventTypes": {"a": 1}},
        {"location": 5, "status": [1, 2]},
        {"userAgent": {"nested": True}},
        {"appliedConditionalAccessPolicies": "none", "authenticationDetails": 7},
        {"status": None, "location": None, "appId": 7},
    ],
    ids=str,
)
@pytest.mark.parametrize("write", [write_ndjson, write_array])
def test_a_value_of_another_type_costs_itself_only(tmp_path: Path, odd: dict[str, Any], write: Any) -> None:
    events = [sign_in(number, protocol="deviceCode") for number in range(3)]
    records = [graph_signin(event) for event in events]
    records[1] |= odd
    found = reading(write(tmp_path / "odd.json", records))

    assert found.parsed == 3
    assert [row["request_id"] for row in found.sign_ins] == [event.request_id for event in events]
    assert [row["user_id"] for row in found.sign_ins] == [ANNA.id] * 3
    assert found.sign_ins[0]["city"] == found.sign_ins[2]["city"] == "Berlin"


@pytest.mark.parametrize("write", [write_ndjson, write_array])
def test_objects_as_json_text(tmp_path: Path, write: Any) -> None:
    def text(record: dict[str, Any], *keys: str) -> dict[str, Any]:
        return record | {key: orjson.dumps(record[key]).decode() for key in keys}

    records = [
        text(envelope_signin(sign_in(0)), "properties"),
        text(envelope_audit(audit(0)), "properties"),
        envelope_signin(sign_in(1)),
        envelope_audit(audit(1)),
        text(office_row(rule(0)), "Parameters"),
    ]
    found = reading(write(tmp_path / "text.json", records))

    assert found.parsed == 5
    assert {row["user_id"] for row in found.sign_ins} == {ANNA.id}
    assert {row["target_type"] for row in found.activities if row["operation"] == "Register device"} == {"Device"}


def test_services_are_counted_and_left_out(tmp_path: Path) -> None:
    def category(number: int, name: str) -> dict[str, Any]:
        return envelope_signin(sign_in(number)) | {"category": name}

    records = [
        category(0, "ServicePrincipalSignInLogs"),
        category(1, "ManagedIdentitySignInLogs"),
        category(2, "ADFSSignInLogs"),
        category(3, "MicrosoftServicePrincipalSignInLogs"),
        envelope_audit(audit(0)) | {"category": "ProvisioningLogs"},
        envelope_audit(audit(1)) | {"category": "RiskyServicePrincipals"},
        graph_signin(sign_in(4)) | {"signInEventTypes": ["servicePrincipal"]},
        graph_signin(sign_in(5)) | {"signInEventTypes": ["managedIdentity"]},
        graph_signin(sign_in(6)) | {"userId": "", "userPrincipalName": "", "servicePrincipalId": TENANT},
        signin_row(sign_in(7)) | {"Type": "AADServicePrincipalSignInLogs", "Category": "ServicePrincipalSignInLogs"},
        signin_row(sign_in(8)) | {"Type": "AADManagedIdentitySignInLogs", "Category": "ManagedIdentitySignInLogs"},
        signin_row(sign_in(9)),
    ]
    found = reading(write_ndjson(tmp_path / "services.json", records))

    assert found.sums.ignored_by == {
        "service principal sign-in": 5,
        "managed identity sign-in": 3,
        "other sign-in service (ADFSSignInLogs)": 1,
        "log category not used (ProvisioningLogs)": 1,
        "log category not used (RiskyServicePrincipals)": 1,
    }
    assert found.parsed == 1
