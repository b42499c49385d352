"""The table for a spreadsheet: read back as it was meant, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import hostile_hunt, hunt_of, phished
from tests.report.scenes import HOSTILE, made, scene

from grantwatch.pipeline import Hunt
from grantwatch.report.csv import COLUMNS
from grantwatch.report.escape import clean, csv_cell, raw_csv_cell

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212"


def rows(hunt: Hunt) -> list[dict[str, str]]:
    """As Python's csv reads it; strict, so that a quotation out of place is an error."""
    text = made("csv", hunt).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_a_grant_worst_first() -> None:
    read = rows(scene())
    assert [row["severity"] for row in read] == ["critical", "low", "none"]
    worst = read[0]
    assert set(worst) == set(COLUMNS)
    assert worst["started_at"] == "2026-09-14T10:00:12Z"
    assert worst["token_uses"] == "289"
    assert worst["redeemed_from"] == "203.0.113.77, AS64511, US"
    assert worst["reasons"].split("; ")[0] == "device +4 min"
    assert worst["speaks_for_it"] == "known browser"
    assert worst["incident_id"] == "i-1"
    assert worst["not_assessed"] == "collection.graph"
    assert read[1]["not_seen"].startswith("The redemption")


def test_bytes_are_those_of_rfc_4180_with_a_mark() -> None:
    data = made("csv", scene())
    assert data.startswith(b"\xef\xbb\xbfseverity,score,")
    assert data.count(b"\r\n") == data.count(b"\n") == 4


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_a_hostile_text_stays_in_its_cell(text: str) -> None:
    (row,) = rows(hostile_hunt(text))
    assert None not in row
    assert raw_csv_cell(row["user"]) == clean(text)
    assert raw_csv_cell(row["verdict"]) == clean(text)


@given(st.text(st.characters()) | st.text(st.sampled_from("=+-@; '\t\r\n\"\u00a0\u3000\uff1d1a")))
def test_no_formula_and_nothing_lost(text: str) -> None:
    cell = csv_cell(text)
    # Some spreadsheets divide at a semicolon, whatever stands around it.
    assert not [part for part in cell.split(";") if part.strip()[:1] and part.strip()[0] in SIGNS]
    assert raw_csv_cell(cell) == clean(text, 30_000)


def test_numbers_stay_numbers() -> None:
    judged = phished()
    hunt = hunt_of(replace(judged, verdict=judged.verdict._replace(score=7)))
    assert rows(hunt)[0]["score"] == "7"


def test_long_lists_say_how_much_is_left_out() -> None:
    judged = phished()
    follow_on = judged.grant.follow_ons[0]
    many = tuple(replace(follow_on, count=number) for number in range(1, 60))
    (row,) = rows(hunt_of(replace(judged, grant=replace(judged.grant, follow_ons=many))))
    assert row["follow_ons"].endswith("; and 39 more")
