"""The report for a ticket: what it says, and that no log text is Markdown, HTML, a link or a mention."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.report.conftest import hostile_hunt, hunt_of
from tests.report.scenes import HOSTILE, nothing_assessed, scene

from grantwatch.report.escape import markdown_code, markdown_prose
from grantwatch.report.markdown import render

PARSER = MarkdownIt("commonmark").enable("table")
LIVELY = re.compile(r"@|://|www\.|[<>|`\\#\[\]{}&*_~]|\bxmpp:|\bmailto:", re.IGNORECASE)


def parsed(text: str) -> tuple[list[str], list[Token]]:
    """The blocks of a page, and everything within its lines."""
    tokens = PARSER.parse(text)
    return [t.type for t in tokens], [child for token in tokens for child in token.children or []]


def assert_inert(inner: list[Token]) -> None:
    assert {t.type for t in inner} <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    # What viewers turn into links and mentions of their own accord, they do in text, not in code.
    assert not [t.content for t in inner if t.type == "text" and LIVELY.search(t.content)]


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()])
def test_hostile_text_changes_no_block(text: str) -> None:
    blocks, inner = parsed(render(hostile_hunt(text), all_grants=True))
    wanted, _ = parsed(render(hostile_hunt("word"), all_grants=True))
    assert blocks == wanted
    assert_inert(inner)


@given(st.text(st.characters(), max_size=80) | st.text(st.sampled_from("`|\\[]()<>@#*_-+=1. :/\nwa!&;{%"), max_size=40))
@settings(max_examples=200)
def test_any_text_is_inert(text: str) -> None:
    for made in (markdown_prose(text), markdown_code(text)):
        blocks, inner = parsed(f"- {made}\n")
        assert blocks.count("inline") <= 1
        assert set(blocks) <= {
            "bullet_list_open", "list_item_open", "paragraph_open", "inline",
            "paragraph_close", "list_item_close", "bullet_list_close",
        }  # fmt: skip
        assert_inert(inner)
        blocks, inner = parsed(f"| a | b |\n|---|---|\n| {made} | x |\n")
        assert blocks.count("td_open") == 2
        assert_inert(inner)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Did you mean to sign in?", "Did you mean to sign in?"),
        ("from 203.0.113.77 (AS64511, US).", "from `203.0.113.77` (`AS64511`, US)."),
        ("at 10:04 UTC, 1,204 times", "at 10:04 UTC, 1,204 times"),
        ("a mail rule (..) was made", "a mail rule `(..)` was made"),
        ("ask ada@contoso.example now", "ask `ada@contoso.example` now"),
        ("see http://x.example/a b", "see `http://x.example/a` b"),
        ("Mozilla/5.0 (X11; Linux) said", "`Mozilla/5.0` (`X11`; Linux) said"),
        ("a `b` | c", "a `\\x60b\\x60 \\x7c` c"),
        ("1. one", "`1`. one"),
        ("", ""),
    ],
)
def test_plain_words_stay_plain(text: str, shown: str) -> None:
    assert markdown_prose(text) == shown


def test_says_what_an_analyst_asks() -> None:
    made = render(scene())
    for part in (
        "# Grantwatch: 1 grant needs containment now",
        "- **CRITICAL 97** 2 users from `AS64511` in 5 hours",
        "### CRITICAL 97: `ada@contoso.example`, 2026-09-14 10:00 UTC",
        "**Ask the user**",
        "3. **Delete the rogue device** (urgent)",
        "/revokeSignInSessions",
        "**Not assessed for this grant**",
        "| Unified Audit Log | none: not assessed |",
        "- There is no Unified Audit Log",
        "- unread `exports/notes.docx`",
        "1 grant below low left out here; `--all` lists them.",
    ):
        assert part in made, part


def test_fences_are_closed_and_hold_only_requests() -> None:
    fences = [token for token in PARSER.parse(render(scene())) if token.type == "fence"]
    assert len(fences) == 3
    assert all(re.match(r"(GET|POST|PATCH|DELETE) https://graph\.microsoft\.com/", fence.content) for fence in fences)


def test_nothing_found_is_never_called_clean() -> None:
    for hunt in (hunt_of(), nothing_assessed()):
        made = render(hunt)
        assert "No device code grant found" in made
        assert "Not assessed" in made
        assert "clean" not in made.lower()
