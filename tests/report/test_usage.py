"""The inventory as JSON, CSV, a page and a table: whole, harmless, and the same in every run."""

from __future__ import annotations

import copy
import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.allowances.scene import file_of
from tests.builders import BROKER, HOME, NOWHERE, RENTED, START, WORK, a_grant
from tests.report.test_document import every_key
from tests.report.test_html import HOSTILE, Page
from tests.usage.scene import judged, taken

from grantwatch.grants.model import Device, Named, Network, User
from grantwatch.report.document import schema
from grantwatch.report.escape import raw_csv_cell
from grantwatch.report.usage import charts, document, html, terminal
from grantwatch.report.usage import csv as table
from grantwatch.report.usage.model import Told
from grantwatch.usage import Inventory, propose
from grantwatch.usage.compare import check, compare
from grantwatch.verdict import Judged, Severity

TODAY = date(2026, 11, 26)
EVIL = "\x1b]0;owned\x07\u202eevil\u200b"


def scene() -> Inventory:
    laptop = Device(id="d1", name="LAPTOP-1", os="Windows", compliant=True)
    return taken(
        judged(a_grant("alice", at=START).approved(HOME, device=laptop).redeemed(HOME).works(), id="a1"),
        judged(a_grant("alice", client=BROKER, at=START).approved(WORK).works(), id="a2"),
        judged(a_grant("room", at=START).approved(NOWHERE).said_to_be("device"), id="r1"),
        judged(a_grant("alice", at=START).approved(RENTED), Severity.HIGH, "bad"),
        judged(a_grant("bob", at=START).blocked(HOME), Severity.LOW, "no"),
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    made = scene()
    path = tmp_path_factory.mktemp("allow") / "allow.yaml"
    path.write_text(file_of({"owner": None, "network": "192.0.2.0/24"}))
    checked = check(str(path), TODAY)
    checked = replace(checked, compared=compare(checked.allowances, made, TODAY))
    return Told(made, propose(made, today=TODAY), checked)


def hostile(text: str) -> Inventory:
    """An inventory with a text wherever a log can put it."""

    def bad(each: Judged) -> Judged:
        grant, named = each.grant, Named(text, text)
        network, device = Network(text, text, 1, text, text), Device(text, text, text, text, True, True, text)
        legs = tuple(replace(leg, network=network, device=device, client=named, resource=named) for leg in grant.legs)
        user = User(text, text, "member", text)
        return replace(each, grant=replace(grant, user=user, client=named, resource=named, legs=legs))

    return taken(*map(bad, scene().hunt.grants))


def test_everything_fits_the_schema_and_the_schema_lets_nothing_else_through(told: Told) -> None:
    validator = Draft202012Validator(schema("usage"))
    Draft202012Validator.check_schema(schema("usage"))
    written = json.loads(document.dumps(told))
    validator.validate(written)
    for path in list(every_key(written)):
        broken = copy.deepcopy(written)
        holder: Any = broken
        for part in path[:-1]:
            holder = holder[part]
        value = holder.pop(path[-1])
        assert not validator.is_valid(broken), path
        holder[path[-1]] = value
        holder["surplus"] = 1
        assert not validator.is_valid(broken), path


def test_a_check_without_logs_fits_too(told: Told) -> None:
    written = json.loads(document.dumps(Told(checked=told.checked)))
    Draft202012Validator(schema("usage")).validate(written)
    assert (written["inventory"], written["proposal"]) == (None, None)
    assert written["check"]["findings"][0]["level"] == "open"


def test_every_field_of_the_contract_is_documented(root: Path) -> None:
    page = (root / "docs" / "usage.md").read_text(encoding="utf-8")
    missing = set()
    for name, node in {"": schema("usage"), **schema("usage")["$defs"]}.items():
        if name in ("coverage", "source", "gap", "field", "not_assessed"):
            continue
        missing |= {f"{name}.{field}" for field in node.get("properties", {}) if f"`{field}`" not in page}
    assert not missing


def test_the_numbers_are_those_of_the_inventory(told: Told) -> None:
    made = document.document(told)["inventory"]
    assert made["grants"] == {"honest": 3, "kept_out": 1, "attempts": 1}
    assert [(each["user"]["upn"], each["class"], each["grants"]) for each in made["accounts"]] == [
        ("alice@example.com", "person", 2),
        ("room@example.com", "device", 1),
    ]
    (gap, *_) = document.document(told)["check"]["compared"]["gaps"]
    assert gap["differs"] or gap["state"] == "unowned"


def test_a_spreadsheet_has_a_row_for_each_use_and_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(table.encode(scene()).decode("utf-8-sig"))))
    assert tuple(rows[0]) == table.COLUMNS
    assert len(rows) == 1 + 3
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["user"], first["grants"], first["devices"]) == (
        "alice@example.com",
        "1",
        "LAPTOP-1, Windows, compliant",
    )
    for evil in ("=1+1", "@SUM(A1)", "  -2+3", "\t=cmd|'/c calc'!A0"):
        for row in csv.reader(io.StringIO(table.encode(hostile(evil)).decode("utf-8-sig"))):
            assert not [cell for cell in row if cell.strip()[:1] in ("=", "@", "+") or cell.strip()[:2] == "-2"]
        assert raw_csv_cell(row[1]).strip()


@pytest.mark.parametrize("width", [80, 140])
def test_a_table_keeps_its_width_and_says_it_all(told: Told, width: int) -> None:
    shown = terminal.text(told, width=width)
    assert max(map(len, shown.splitlines())) <= width
    for part in ("alice@example.com", "room@example.com", "high 70", "1 blocked", "2 accounts use device code", "open"):
        assert part in shown


def test_log_text_is_harmless_in_a_terminal() -> None:
    made = hostile(EVIL)
    shown = terminal.text(Told(made, propose(made, today=TODAY)), width=140)
    assert not {"\x1b", "\x07", "\u202e", "\u200b"} & set(shown)
    assert "\\x1b]0;owned" in shown


def test_the_page_is_whole_has_no_script_and_loads_nothing(told: Told) -> None:
    text = html.render(told)
    page = Page(text)
    assert page.open == []
    assert not {"script", "link", "iframe", "object", "embed", "form", "img"} & set(page.tags)
    assert "default-src 'none'" in text
    assert page.tags["svg"] == 6
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = {value[1:] for tag, name, value in page.attributes if tag == "a" and name == "href"}
    assert targets <= set(ids)


def test_every_picture_says_in_words_what_it_shows(told: Told) -> None:
    page = Page(html.render(told))
    pictures = [(name, value) for tag, name, value in page.attributes if tag == "svg"]
    assert sum(name == "role" and value == "img" for name, value in pictures) == 6
    labels = {value for name, value in pictures if name == "aria-labelledby"}
    assert labels <= {value for tag, name, value in page.attributes if tag == "title" and name == "id"}


@pytest.mark.parametrize("evil", [*HOSTILE, EVIL, "x" * 500])
def test_log_text_is_harmless_on_the_page(evil: str) -> None:
    page = Page(html.render(Told(hostile(evil))))
    assert page.open == []
    assert not {"script", "img"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_an_empty_inventory_is_shown_everywhere() -> None:
    nothing = Told(taken())
    assert "No honest use of device code was found" in terminal.text(nothing)
    assert "No honest use of device code was found" in html.render(nothing)
    assert "<svg" not in html.render(nothing)
    assert json.loads(document.dumps(nothing))["inventory"]["accounts"] == []
    assert len(table.encode(taken()).splitlines()) == 1


@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_pictures_hold_every_grant_and_stay_within_their_width(width: int) -> None:
    made = taken(*(judged(a_grant(f"user{n}", at=START).approved(HOME), id=f"g{n}") for n in range(120)), days=800)
    time = charts.over_time(made, width)
    assert "120 grants over time" in time
    assert "120 of persons" in time
    assert charts.heat_map(made, width).count('class="count') == charts.MOST_USERS
    assert ">120<" in charts.networks(made, width)
    for drawn in (time, charts.heat_map(made, width), charts.networks(made, width)):
        assert f'viewBox="0 0 {width} ' in drawn
