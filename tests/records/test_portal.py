"""Downloads of the Entra admin center: the same records as from Graph, but for what their header has no place for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.records.downloads import without_places, written
from tests.records.reading import ANNA, Reading, reading, sign_in

from grantwatch.knowledge import headers, languages
from grantwatch.lab.portal import PORTAL_SIGNIN
from grantwatch.lab.records import Record, graph_signin, portal_signin_row
from grantwatch.lab.writers import write_array, write_ndjson, write_portal_csv

LACKED = {
    "device_name",
    "risk_level",
    "risk_state",
    "latitude",
    "longitude",
    "named_networks",
    "original_request_id",
    "auth_details",
    "processing",
    "policies",
}
"""What a sign-in download has no column for."""

FLOW = {"protocol": "deviceCode", "transfer": "deviceCodeFlow"}
SPANISH = (
    "Fecha (UTC);Id. de solicitud;Agente de usuario;Id. de correlación;Id. de usuario;Usuario;Nombre de usuario;"
    "Tipo de usuario;Tipo de token entrante;Protocolo de autenticación;Identificador de token único;"
    "Método de transferencia original;Aplicación;Id. de aplicación;Recurso;Id. de recurso;Dirección IP;Ubicación;"
    "Estado;Código de error de inicio de sesión;Motivo del error;Id. de sesión;Número de sistema autónomo;"
    "Tipo de token entrante"
)
FRENCH = (
    "Date (UTC),ID de requête,Agent utilisateur,ID de corrélation,Identifiant utilisateur,Utilisateur,"
    "Nom d’utilisateur,,Type de jeton,Protocole d’authentification,,Méthode de transfert d’origine,Application,"
    "ID d’application,Ressource,,Adresse IP,Emplacement,Statut,Code d’erreur de connexion,Raison de l’échec,"
    "ID de session,Numéro de système autonome,"
)
CELLS = (
    "Date (UTC)",
    "Request ID",
    "User agent",
    "Correlation ID",
    "User ID",
    "User",
    "Username",
    "User type",
    "Incoming token type",
    "Authentication Protocol",
    "Unique token identifier",
    "Original transfer method",
    "Application",
    "Application ID ",
    "Resource",
    "Resource ID ",
    "IP address",
    "Location",
    "Status",
    "Sign-in error code",
    "Failure reason",
    "Session ID",
    "Autonomous system  number",
    "Incoming token type",
)


def cells(row: Record, **changes: str) -> list[str]:
    return [str(changes.get(name.strip(), row[name])) for name in CELLS]


def one(tmp_path: Path, **changes: str) -> dict[str, Any]:
    """A sign-in whose row says something else in some columns."""
    row = portal_signin_row(sign_in(0, **FLOW))
    path = write_portal_csv(tmp_path / "one.csv", [row | changes])
    (found,) = reading(path).sign_ins
    return found


# -- sign-ins


def test_a_sign_in_download_says_what_graph_says(tmp_path: Path) -> None:
    events = [
        sign_in(0, **FLOW, status_detail="MFA completed in Azure AD"),
        sign_in(1, error_code=50199, failure_reason="Confirm.", logon_error="CmsiInterrupt"),
        sign_in(2, error_code=53003, failure_reason="Blocked.", ca_status="failure", client_app="Browser"),
    ]
    csv_file = write_portal_csv(tmp_path / "portal.csv", [portal_signin_row(event) for event in events])
    found = reading(csv_file)
    expected = reading(write_ndjson(tmp_path / "graph.json", [graph_signin(event) for event in events]))

    assert found.file.form == "portal_signin"
    assert found.unread == []
    assert without_places(found.sign_ins, LACKED) == without_places(expected.sign_ins, LACKED)
    assert found.coverage.missing - expected.coverage.missing == {"field:policies", "field:scopes"}
    assert any("Conditional Access policies" in text for text in found.coverage.blind)
    assert any("scopes" in text for text in found.coverage.blind)


def test_what_another_form_has_a_place_for_is_not_missing(tmp_path: Path) -> None:
    write_portal_csv(tmp_path / "a.csv", [portal_signin_row(sign_in(0, **FLOW))])
    write_ndjson(tmp_path / "b.json", [graph_signin(sign_in(1))])

    assert not {"field:policies", "field:scopes"} & reading(tmp_path).coverage.missing


def test_a_json_download_is_a_list_of_graph_sign_ins(tmp_path: Path) -> None:
    events = [sign_in(0, **FLOW), sign_in(1, interactive=False, transfer="deviceCodeFlow", incoming="refreshToken")]
    path = write_array(tmp_path / "InteractiveSignIns_2026-03-02.json", map(graph_signin, events), pretty=True)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    found = reading(path)

    assert found.file.form == "graph_signin"
    assert [(row["protocol"], row["transfer"], row["interactive"]) for row in found.sign_ins] == [
        ("devicecode", "devicecodeflow", True),
        ("none", "devicecodeflow", False),
    ]


def test_a_copy_from_graph_is_kept_in_the_place_of_the_download(tmp_path: Path) -> None:
    write_portal_csv(tmp_path / "a.csv", [portal_signin_row(sign_in(0, **FLOW))])
    write_ndjson(tmp_path / "b.json", [graph_signin(sign_in(0, **FLOW))])
    found = reading(tmp_path)

    assert found.files["a.csv"].records.ignored_by == {"duplicate": 1}
    assert found.files["b.json"].records.parsed == 1


def test_of_columns_with_one_name_the_first_that_says_something_counts(tmp_path: Path) -> None:
    row = portal_signin_row(sign_in(0, **FLOW))
    first, second = cells(row), cells(row)
    first[8], first[-1] = "", "Refresh token"
    second[8], second[-1] = "Primary refresh token", ""
    path = written(tmp_path / "doubled.csv", CELLS, [first, [*second[:1], "another", *second[2:]]])

    assert [row["incoming"] for row in reading(path).sign_ins] == ["refreshtoken", "primaryrefreshtoken"]


@pytest.mark.parametrize("shape", [str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} "])
def test_header_names_are_told_without_case_and_blanks(tmp_path: Path, shape: Any) -> None:
    path = written(
        tmp_path / "odd.csv", [shape(name) for name in CELLS], [cells(portal_signin_row(sign_in(0, **FLOW)))]
    )
    (row,) = reading(path).sign_ins

    assert (row["protocol"], row["transfer"], row["asn"]) == ("devicecode", "devicecodeflow", 64496)


@pytest.mark.parametrize(
    "text",
    [
        "Device code",
        "deviceCode",
        "device code",
        "Device Code",
        "Device code flow",
        "Código de dispositivo",
        "Gerätecode",
    ],
)
def test_a_protocol_is_told_from_its_display_text(tmp_path: Path, text: str) -> None:
    row = one(tmp_path, **{"Authentication Protocol": text, "Original transfer method": "None"})
    assert (row["protocol"], row["transfer"], row["marked"]) == ("devicecode", "none", True)


@pytest.mark.parametrize(
    "text",
    [
        "Device code flow",
        "deviceCodeFlow",
        "Flujo de código de dispositivo",
        "Flux de code d’appareil",
        "Gerätecodefluss",
    ],
)
def test_a_transfer_method_is_told_from_its_display_text(tmp_path: Path, text: str) -> None:
    row = one(tmp_path, **{"Authentication Protocol": "None", "Original transfer method": text})
    assert (row["protocol"], row["transfer"], row["marked"]) == ("none", "devicecodeflow", True)


@pytest.mark.parametrize("text", ["Authentication transfer", "OAuth 2.0", "ROPC", "None", ""])
def test_other_protocols_are_none_of_it(tmp_path: Path, text: str) -> None:
    row = one(tmp_path, **{"Authentication Protocol": text, "Original transfer method": text})
    assert row["marked"] is False


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        ("Success", "", 0),
        ("Success", "None", 0),
        ("Success", "0", 0),
        ("Interrupted", "50199", 50199),
        ("Failure", "53003", 53003),
        ("Failure", "", None),
        ("Interrupted", "None", None),
        ("Correcto", "0", 0),
    ],
)
def test_success_is_told_from_the_code_and_only_then_from_the_status(
    tmp_path: Path, status: str, code: str, means: int | None
) -> None:
    assert one(tmp_path, **{"Status": status, "Sign-in error code": code})["error_code"] == means


@pytest.mark.parametrize(
    ("text", "country", "city"),
    [
        ("Berlin, Berlin, DE", "DE", "Berlin"),
        (", , DE", "DE", None),
        ("Washington, D.C., District of Columbia, US", "US", "Washington"),
        ("DE", "DE", None),
        ("", None, None),
    ],
)
def test_a_location_is_city_state_and_country(tmp_path: Path, text: str, country: str | None, city: str | None) -> None:
    row = one(tmp_path, Location=text)
    assert (row["country"], row["city"]) == (country, city)


# -- which kind of sign-ins a file holds


def kinds(path: Path) -> list[bool | None]:
    return [row["interactive"] for row in reading(path).sign_ins]


def test_one_row_that_says_its_kind_speaks_for_all_of_its_file(tmp_path: Path) -> None:
    plain = [portal_signin_row(sign_in(number)) for number in range(2)]
    code = portal_signin_row(sign_in(2, **FLOW))
    refresh = portal_signin_row(sign_in(3, incoming="refreshToken"))

    assert kinds(write_portal_csv(tmp_path / "a.csv", [*plain, code])) == [True] * 3
    assert kinds(write_portal_csv(tmp_path / "b.csv", [*plain, refresh])) == [False] * 3
    assert kinds(write_portal_csv(tmp_path / "c.csv", [*plain, code, refresh])) == [None, None, True, False]
    assert kinds(write_portal_csv(tmp_path / "d.csv", plain)) == [None] * 2


def test_the_kinds_of_several_files_are_told_apart(tmp_path: Path) -> None:
    for name, changes in (("a.csv", FLOW), ("b.csv", {"incoming": "refreshToken"}), ("c.csv", {})):
        rows = [portal_signin_row(sign_in(ord(name[0]) * 10 + number, **changes)) for number in range(3)]
        write_portal_csv(tmp_path / name, rows)
    found = reading(tmp_path)

    assert {source.stream: source.records for source in found.coverage.sources} == {
        "interactive": 3,
        "non_interactive": 3,
        "sign_in_unknown": 3,
    }


def test_other_forms_keep_to_what_each_record_says(tmp_path: Path) -> None:
    records = [graph_signin(sign_in(0)), graph_signin(sign_in(1))]
    del records[1]["isInteractive"], records[1]["signInEventTypes"]

    assert kinds(write_ndjson(tmp_path / "a.json", records)) == [True, None]


def test_sign_ins_of_services_are_counted_and_left_out(tmp_path: Path) -> None:
    header = ("Date (UTC)", "Request ID", "Service principal ID", "Service principal name", "Application", "IP address")
    rows = [["2026-03-02T08:00:00Z", "r1", "5dd1a0a5", "Backup", "Backup", "192.0.2.1"]]
    written(tmp_path / "ApplicationSignIns.csv", header, rows)
    written(tmp_path / "MSISignIns.csv", [*header, "Managed Identity type"], [[*rows[0], "System assigned"]])
    found = reading(tmp_path)

    assert found.sums.ignored_by == {"managed identity sign-in": 1, "service principal sign-in": 1}
    assert found.quarantined == []


def test_the_steps_of_authentication_are_no_sign_ins(tmp_path: Path) -> None:
    header = (
        "Request ID",
        "Date",
        "Authentication method",
        "Authentication method detail",
        "Succeeded",
        "Result detail",
    )
    written(tmp_path / "InteractiveSignIns_AuthDetails.csv", header, [["r1", "2026-03-02", "Password", "", "true", ""]])
    (unread,) = reading(tmp_path).unread

    assert unread.seen.startswith("CSV of an unknown form (columns: Request ID, Date, Authentication method")
    assert "Entra admin center downloads" in unread.hint


# -- languages


def spelled(found: Reading) -> list[tuple[Any, ...]]:
    return [
        (
            row["time"],
            row["upn"],
            row["ip"],
            row["app_id"],
            row["protocol"],
            row["transfer"],
            row["error_code"],
            row["asn"],
        )
        for row in found.sign_ins
    ]


def test_a_spanish_download_with_semicolons(tmp_path: Path) -> None:
    row = portal_signin_row(sign_in(0, **FLOW, incoming="refreshToken"))
    rows = [cells(row, Status="Correcto", **{"Sign-in error code": "0"})]
    found = reading(written(tmp_path / "es.csv", SPANISH.split(";"), rows, ";"))
    expected = reading(write_ndjson(tmp_path / "graph.json", [graph_signin(sign_in(0, **FLOW))]))

    assert found.file.form == "portal_signin"
    assert spelled(found) == spelled(expected)
    assert found.sign_ins[0]["incoming"] == "refreshtoken"


def test_a_french_download_with_typographic_apostrophes(tmp_path: Path) -> None:
    row = portal_signin_row(sign_in(0, **FLOW))
    found = reading(written(tmp_path / "fr.csv", FRENCH.split(","), [cells(row)]))
    expected = reading(write_ndjson(tmp_path / "graph.json", [graph_signin(sign_in(0, **FLOW))]))

    assert spelled(found) == spelled(expected)
    assert found.sign_ins[0]["incoming"] is None, "nobody has told what French calls it"


def test_a_column_whose_name_nobody_knows_is_absent_and_coverage_says_so(tmp_path: Path) -> None:
    header = [
        "Datum (UTC)",
        "Anforderungs-ID",
        "Benutzer-ID",
        "Benutzername",
        "Anwendung",
        "IP-Adresse",
        "Protokolltyp",
    ]
    rows = [["2026-03-02T08:00:00Z", "r1", ANNA.id, ANNA.upn, "CLI", "192.0.2.1", "Gerätecode"]]
    found = reading(written(tmp_path / "de.csv", header, rows, ";"))

    assert [(row["upn"], row["time"]) for row in found.sign_ins] == [(ANNA.upn, datetime(2026, 3, 2, 8))]
    assert {"field:protocol", "field:transfer"} <= found.coverage.missing
    assert "Absence of grants is not assessed" in found.coverage.blind[0]


@pytest.mark.parametrize("language", [language.code for language in languages()])
def test_every_language_names_a_person_an_app_and_a_time(tmp_path: Path, language: str) -> None:
    known = {column: name for name, column in headers(language).items()}
    needed = {"Date (UTC)", "Request ID", "User ID", "Username", "IP address", "Location", "Sign-in error code"}
    assert needed <= set(known)
    path = written(tmp_path / "x.csv", [known[name] for name in sorted(needed)], [["1"] * len(needed)])

    assert reading(path).file.form == "portal_signin"


@pytest.mark.parametrize(
    ("header", "delimiter", "text", "time"),
    [
        (",".join(CELLS), ",", "3/2/2026 8:05:09 AM", datetime(2026, 3, 2, 8, 5, 9)),
        (",".join(CELLS), ",", "3/2/2026 20:05", datetime(2026, 3, 2, 20, 5)),
        (",".join(CELLS), ",", "02.03.2026 08:05:09", datetime(2026, 3, 2, 8, 5, 9)),
        (",".join(CELLS), ",", "02.03.2026, 08:05:09", datetime(2026, 3, 2, 8, 5, 9)),
        (SPANISH, ";", "2/3/2026 8:05:09", datetime(2026, 3, 2, 8, 5, 9)),
        (SPANISH, ";", "02/03/2026 08:05", datetime(2026, 3, 2, 8, 5)),
        (FRENCH, ",", "02/03/2026 08:05:09", datetime(2026, 3, 2, 8, 5, 9)),
        (SPANISH, ";", "2026-03-02T08:05:09Z", datetime(2026, 3, 2, 8, 5, 9)),
    ],
)
def test_a_date_that_a_spreadsheet_left_behind(
    tmp_path: Path, header: str, delimiter: str, text: str, time: datetime
) -> None:
    row = cells(portal_signin_row(sign_in(0)), **{"Date (UTC)": text})
    path = written(tmp_path / "dates.csv", header.split(delimiter), [row], delimiter)

    assert [row["time"] for row in reading(path).sign_ins] == [time]


# -- quirks seen in the wild, in this form


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-02T08:00:00Z", datetime(2026, 3, 2, 8)),
        ("2026-03-02T08:00:00+00:00", datetime(2026, 3, 2, 8)),
        ("2026-03-02T03:00:00-05:00", datetime(2026, 3, 2, 8)),
        ("2026-03-02T08:00:00.1234567Z", datetime(2026, 3, 2, 8, 0, 0, 123456)),
        ("2026-03-02T08:00:00", datetime(2026, 3, 2, 8)),
        ("2026-03-02 08:00:00", datetime(2026, 3, 2, 8)),
        ("3/2/2026, 8:00:00.250 AM", datetime(2026, 3, 2, 8, 0, 0, 250000)),
        ("2026-03-02T08:00:65Z", None),
        ("14/15/2026 08:00", None),
        ("", None),
    ],
)
def test_times(tmp_path: Path, text: str, time: datetime | None) -> None:
    path = write_portal_csv(tmp_path / "t.csv", [portal_signin_row(sign_in(0)) | {"Date (UTC)": text}])
    found = reading(path)

    assert [row["time"] for row in found.sign_ins] == [time]
    assert found.coverage.time_unusable == (time is None)


@pytest.mark.parametrize(
    ("text", "ip"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:DB8::7", "2001:db8::7"),
        ("192.0.2.7:443", "192.0.2.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("192.0.2.7, 198.51.100.9", "192.0.2.7"),
        ("", None),
        ("<null>", None),
        ("[redacted]", None),
        ("localhost", None),
        ("0b992579-47c6-4d1a-b165-ed7354ee2454", None),
    ],
)
def test_addresses(tmp_path: Path, text: str, ip: str | None) -> None:
    assert one(tmp_path, **{"IP address": text})["ip"] == ip


@pytest.mark.parametrize(
    "nothing", ["", "null", "__NULL__", "Not Available", "hidden", "00000000-0000-0000-0000-000000000000"]
)
def test_texts_that_say_nothing(tmp_path: Path, nothing: str) -> None:
    row = one(tmp_path, **{"Session ID": nothing, "Resource tenant ID": nothing, "Home tenant ID": nothing})
    assert (row["session_id"], row["tenant_id"]) == (None, None)


def test_exact_copies_are_left_out_and_other_events_under_one_id_stay(tmp_path: Path) -> None:
    row = portal_signin_row(sign_in(0))
    other = row | {"Sign-in error code": "50140", "Status": "Interrupted"}
    without = row | {"Request ID": ""}
    found = reading(write_portal_csv(tmp_path / "copies.csv", [row, row, other, without, without]))

    assert found.sums.ignored_by == {"duplicate": 2}
    assert found.parsed == 3


def test_other_containers_of_the_same_download(tmp_path: Path) -> None:
    path = write_portal_csv(tmp_path / "a.csv", [portal_signin_row(sign_in(number)) for number in range(3)])
    text = path.read_bytes().decode("utf-8-sig")
    (tmp_path / "utf16.csv").write_bytes(text.encode("utf-16"))
    (tmp_path / "unix.csv").write_bytes(text.replace("\r\n", "\n").encode())
    write_portal_csv(tmp_path / "b.csv.gz", [portal_signin_row(sign_in(number)) for number in range(3)])
    write_portal_csv(tmp_path / "c.csv", [portal_signin_row(sign_in(number)) for number in range(3)], delimiter="\t")
    write_portal_csv(tmp_path / "empty.csv", [])
    found = reading(tmp_path)

    assert {name: file.records.read for name, file in found.files.items()} == {
        "a.csv": 3,
        "b.csv.gz": 3,
        "c.csv": 3,
        "empty.csv": 0,
        "unix.csv": 3,
        "utf16.csv": 3,
    }
    assert (found.parsed, found.unread) == (3, [])


def test_the_lab_writes_the_header_as_it_stands(tmp_path: Path) -> None:
    text = write_portal_csv(tmp_path / "a.csv", []).read_bytes().decode("utf-8-sig")
    assert '"Application ID "' in text
    assert '"Autonomous system  number"' in text
    assert PORTAL_SIGNIN.count("Incoming token type") == 2
