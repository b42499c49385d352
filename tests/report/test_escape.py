"""Log text becomes harmless: no control, no bidi mark, nothing invisible, no formula, no megabytes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantwatch.report.escape import clean, csv_cell, terminal

ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT)
def test_terminal_text_holds_nothing_that_a_terminal_acts_on(text: str) -> None:
    shown = terminal(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"} or unicodedata.bidirectional(c) in BIDI]
    assert len(shown.splitlines()) <= 1


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b2J", r"\x9b2J"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("exe\u202egpj", r"exe\u202egpj"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\ufeffbom", r"\ufeffbom"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("Zoë 日本 ok", "Zoë 日本 ok"),
    ],
)
def test_shows_what_it_takes_out(text: str, shown: str) -> None:
    assert terminal(text) == shown


def test_cuts_with_a_mark() -> None:
    assert terminal("x" * 500, 10) == "x" * 9 + "…"
    assert clean("x" * 10_000_000, 100) == "x" * 100 + "… [cut: 10,000,000 characters]"
    assert clean("short", 100) == "short"


def test_keeps_lines_where_asked() -> None:
    assert clean("a\n\tb\r", lines=True) == "a\n\tb\\x0d"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\t=1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert csv_cell(text)[0] in "'\\"


def test_cells_of_other_kinds() -> None:
    assert csv_cell(None) == ""
    assert csv_cell(-3) == "-3"
    assert csv_cell("plain") == "plain"
