"""What files hold, shown: the JSON contract, and a page that is readable, harmless and complete."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len
from tests.records.reading import rule, sign_in

from grantwatch.lab.records import graph_signin_v1, ual_record
from grantwatch.lab.writers import write_array
from grantwatch.records.inspection import Inspection, inspect
from grantwatch.records.model import Quarantined, UnreadFile
from grantwatch.report.document import schema
from grantwatch.report.inspected import document, dumps, text

EVIL = "\x1b]0;owned\x07\x1b[2J\u202eevil\u200b[red]"


@pytest.fixture(scope="module")
def found(examples: Path) -> Inspection:
    return inspect([examples])


@pytest.fixture
def poor(tmp_path: Path) -> Inspection:
    """Version 1.0 of the sign-ins, a file that was cut, and a PDF."""
    write_array(tmp_path / "old.json", [graph_signin_v1(sign_in(number)) for number in range(3)])
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7\n")
    whole = json.dumps([ual_record(rule(0)), ual_record(rule(1))])
    (tmp_path / "cut.json").write_text(whole[:-40])
    return inspect([tmp_path])


def test_fits_the_schema(found: Inspection, poor: Inspection) -> None:
    validator = Draft202012Validator(schema("inspect"))
    for each in (found, poor):
        validator.validate(json.loads(dumps(each)))


def test_the_document_says_of_each_file_what_a_hunt_says_and_more(found: Inspection) -> None:
    files = {Path(file["file"]).name: file for file in document(found)["files"]}
    assert files["two.json.gz"]["users"] == 10
    assert files["two.json.gz"]["container"] == "JSON lines, gzip"
    assert [source["stream"] for source in files["one.json"]["sources"]] == ["interactive"]
    assert document(found)["users"] == 10


def test_all_quarantined_records_are_in_the_document(found: Inspection) -> None:
    many = tuple(Quarantined("a.json", line, "not JSON") for line in range(1, 400))
    assert len(document(replace(found, quarantined=many))["quarantined"]["listed"]) == 399


@pytest.mark.parametrize("width", [60, 80, 140])
def test_fits_the_window(found: Inspection, poor: Inspection, width: int) -> None:
    for each in (found, poor):
        assert max(cell_len(line) for line in text(each, width).splitlines()) <= width


def test_each_file_says_what_it_is(found: Inspection) -> None:
    shown = text(found, 140)
    assert "929 read = 929 parsed" in shown
    for file in found.files:
        part = shown.partition(file.report.file)[2].partition("\n\n")[0]
        for word in (file.report.form_title, file.report.container, f"{file.report.records.read:,} read", "users"):
            assert word in part
    assert "in every record: protocol, transfer method, session id, token id, ASN, user agent" in shown


def test_what_is_lacking_is_said_and_what_that_makes_blind(poor: Inspection) -> None:
    shown = " ".join(text(poor, 140).split())
    assert "in none: protocol, transfer method, session id" in shown
    assert "redemptions and refreshes are invisible" in shown
    assert "not assessed" in shown
    assert "slides.pdf: a PDF document" in shown
    assert "Accepted are: - Unified Audit Log" in shown
    assert "cut.json:2: not valid JSON" in shown


def test_long_lists_are_cut_with_a_count(found: Inspection) -> None:
    many = tuple(Quarantined("a.json", line, "not JSON") for line in range(1, 31))
    shown = text(replace(found, quarantined=many), 80)
    assert shown.count("a.json:") == 20
    assert "and 10 more records in quarantine" in shown


@pytest.mark.parametrize("width", [80, 140])
def test_hostile_names_stay_text(found: Inspection, width: int) -> None:
    file = replace(found.files[0], report=found.files[0].report._replace(file=EVIL, form_title=EVIL, container=EVIL))
    bad = replace(
        found,
        files=(file,),
        unread=(UnreadFile(EVIL, EVIL, EVIL),),
        quarantined=(Quarantined(EVIL, 1, EVIL),),
    )
    shown = text(bad, width)
    assert not set("\x1b\x07\u202e\u200b") & set(shown)
    assert "[red]" in shown
    assert not set("\x1b\x07\u202e\u200b") & set(dumps(bad).decode())


def test_colour_only_where_wanted(found: Inspection) -> None:
    assert "\x1b[" not in text(found)
    assert "\x1b[" in text(found, color=True)
