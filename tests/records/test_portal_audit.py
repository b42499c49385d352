"""Audit downloads of the Entra admin center: the activities of Graph, but for ids and for what is cut off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.records.downloads import without_places, written
from tests.records.reading import ANNA, audit, reading

from grantwatch.lab import App, Target
from grantwatch.lab.events import Change
from grantwatch.lab.portal import PORTAL_AUDIT
from grantwatch.lab.records import graph_audit, portal_audit_row
from grantwatch.lab.writers import write_array, write_ndjson, write_portal_csv

CHANGED = (Change("CloudAccountEnabled", (True,)), Change("CloudDisplayName", ("DESKTOP-1",), ("OLD",)))


def test_an_audit_download_says_what_graph_says(tmp_path: Path) -> None:
    events = [
        audit(
            0,
            targets=(Target("d-1", "DESKTOP-1", "Device", None, CHANGED), Target("u-1", "Anna", "User", ANNA.upn)),
            details=(("Device OS", "Windows"), ("User-Agent", "Dsreg/10.0")),
        ),
        audit(1, result="failure", place=None),
    ]
    path = write_portal_csv(tmp_path / "audit.csv", [portal_audit_row(event) for event in events], PORTAL_AUDIT)
    found = reading(path)
    expected = reading(write_ndjson(tmp_path / "graph.json", [graph_audit(event) for event in events]))

    assert found.file.form == "portal_audit"
    lacked = {"record_id", "content", "tenant_id", "detail"}
    assert without_places(found.activities, lacked) == without_places(expected.activities, lacked)
    assert {row["record_id"] for row in found.activities} == {None}
    for row, other in zip(found.activities, expected.activities, strict=True):
        said, full = json.loads(row["detail"]), json.loads(other["detail"])
        assert said["additional"] == full["additional"]
        assert [target["id"] for target in said["targets"]] == [target["id"] for target in full["targets"]]
        for target, whole in zip(said["targets"], full["targets"], strict=True):
            assert target["modifiedProperties"] == whole["modifiedProperties"]
            assert (target["type"], target["displayName"]) == (whole["type"], whole["displayName"])


def test_quotes_in_an_audit_download_break_no_document(tmp_path: Path) -> None:
    name = 'a "quoted", \\name'
    event = audit(0, targets=(Target("d-1", name, "Device", None, (Change("DisplayName", name),)),))
    found = reading(write_portal_csv(tmp_path / "audit.csv", [portal_audit_row(event)], PORTAL_AUDIT))
    (target,) = json.loads(found.activities[0]["detail"])["targets"]

    assert target["displayName"] == name
    assert json.loads(target["modifiedProperties"][0]["newValue"]) == name


def test_exact_copies_of_audits_are_left_out(tmp_path: Path) -> None:
    rows = [portal_audit_row(event) for event in (audit(0), audit(0), audit(1))]
    found = reading(write_portal_csv(tmp_path / "audit.csv", rows, PORTAL_AUDIT))

    assert (found.parsed, found.sums.ignored_by) == (2, {"duplicate": 1})


def test_an_audit_json_download_is_a_list_of_directory_audits(tmp_path: Path) -> None:
    path = write_array(tmp_path / "AuditLogs_2026-03-02.json", [graph_audit(audit(0)), graph_audit(audit(1))])

    assert reading(path).file.form == "graph_audit"
    assert reading(path).parsed == 2


def test_a_service_acts_in_nobodys_name(tmp_path: Path) -> None:
    event = audit(0, actor=App("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service"), place=None)
    (row,) = reading(write_portal_csv(tmp_path / "audit.csv", [portal_audit_row(event)], PORTAL_AUDIT)).activities

    assert (row["actor_id"], row["actor_upn"], row["actor_name"]) == (None, None, "Device Registration Service")


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (
            "es",
            {
                "Date (UTC)": "Fecha (UTC)",
                "Service": "Servicio",
                "Category": "Categoría",
                "Activity": "Actividad",
                "Result": "Resultado",
                "User Agent": "Agente de usuario",
                "Target1UserPrincipalName": "Objetivo1NombrePrincipalDeUsuario",
            },
        ),
        (
            "fr",
            {
                "Category": "Catégorie",
                "Activity": "Activité",
                "Result": "Résultat",
                "Target1UserPrincipalName": "Cible1UserPrincipalName",
            },
        ),
    ],
)
def test_an_audit_download_in_another_language(tmp_path: Path, language: str, names: dict[str, str]) -> None:
    event = audit(0, targets=(Target("u-1", "Anna", "User", ANNA.upn),), user_agent="Dsreg/10.0")
    row = portal_audit_row(event)
    english = reading(write_portal_csv(tmp_path / "en.csv", [row], PORTAL_AUDIT))
    header = [names.get(name, name) for name in PORTAL_AUDIT]
    found = reading(written(tmp_path / f"{language}.csv", header, [[row.get(name, "") for name in PORTAL_AUDIT]], ";"))

    assert found.file.form == "portal_audit"
    assert without_places(found.activities, set()) == without_places(english.activities, set())
    assert found.activities[0]["target_upn"] == ANNA.upn
