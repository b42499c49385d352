"""What holds for every format: it is registered, stable, harmless, and lives through any hunt."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.conftest import hostile_hunt, hunt_of
from tests.report.scenes import GOLDEN, HOSTILE, NEW, golden_bytes, made, nothing_assessed, scene

from grantwatch.report.formats import FORMATS, NAMES

HARMLESS = {"\n", "\r"}
BOM = "\ufeff"


def check_bytes(format_: str, data: bytes) -> str:
    text = data.decode("utf-8")
    body = text.removeprefix(BOM) if format_ == "csv" else text
    bad = {c for c in body if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - HARMLESS
    # Some of category Cf are letters' own marks, such as the Arabic number sign: visible, and no mark of direction.
    assert not {c for c in bad if unicodedata.category(c) != "Cf" or unicodedata.bidirectional(c) not in {"AN", "NSM"}}
    return body


def test_names_and_modules_are_one_to_one() -> None:
    assert NAMES == ("table", "json", "html", "markdown", "csv", "jsonl", "ocsf", "sarif")
    assert len({form.module for form in FORMATS.values()}) == len(FORMATS)
    assert all(form.file and form.purpose for form in FORMATS.values())


def test_the_registry_loads_no_format() -> None:
    code = (
        "import sys; import grantwatch.report.formats\n"
        "loaded = [m for m in sys.modules if m.startswith('grantwatch.') and m not in "
        "('grantwatch.report', 'grantwatch.report.formats')]\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("format_", NAMES)
def test_the_same_hunt_gives_the_same_bytes(format_: str) -> None:
    assert made(format_, scene()) == made(format_, scene())


@pytest.mark.parametrize("format_", NEW)
def test_golden(format_: str) -> None:
    assert golden_bytes(format_) == GOLDEN[format_].read_bytes(), "run: python -m tests.report.scenes, and read it"


@pytest.mark.parametrize("format_", NAMES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_harmless(format_: str, text: str) -> None:
    data = made(format_, hostile_hunt(text), all_grants=True)
    check_bytes(format_, data) if format_ in NEW else data.decode("utf-8")


@pytest.mark.parametrize("format_", NEW)
@given(text=st.text(st.characters(), max_size=60))
@settings(max_examples=25)
def test_any_text_is_harmless(format_: str, text: str) -> None:
    check_bytes(format_, made(format_, hostile_hunt(text)))


@pytest.mark.parametrize("format_", NEW)
def test_hunts_without_grants(format_: str) -> None:
    for hunt in (hunt_of(), nothing_assessed()):
        data = made(format_, hunt)
        check_bytes(format_, data)
        assert not data or data.endswith(b"\n")
        if FORMATS[format_].coverage:
            assert b"ot assessed" in data


@pytest.mark.parametrize("format_", NEW)
def test_megabytes_are_cut(format_: str) -> None:
    assert len(made(format_, hostile_hunt("A" * 5_000_000))) < 1_500_000


@pytest.mark.parametrize("format_", ["markdown", "ocsf", "sarif"])
def test_quiet_grants_only_where_they_are_asked_for(format_: str) -> None:
    assert b"grace1" not in made(format_, scene())
    assert b"grace1" in made(format_, scene(), all_grants=True)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "json"])
def test_data_holds_quiet_grants_always(format_: str) -> None:
    assert b"grace1" in made(format_, scene())


def test_astral_invisible_characters_are_json_escapes_of_the_same_value() -> None:
    data = made("json", hostile_hunt("tag\U000e0041"))
    assert b"\\udb40\\udc41" in data
    assert json.loads(data)["grants"][0]["user"]["upn"] == "tag\U000e0041"
