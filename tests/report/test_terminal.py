"""The triage on a terminal: readable at any width, plain where it must be, honest about what it did not see."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from grantwatch.pipeline import Hunt
from grantwatch.records.model import Coverage, RecordSums
from grantwatch.report.terminal import render, text
from grantwatch.report.words import percent, sums


@pytest.mark.parametrize("width", [60, 70, 80, 100, 110, 140, 200])
def test_fits_the_window_and_keeps_whole_words(hunt: Hunt, width: int) -> None:
    shown = text(hunt, width)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    for word in (
        "CRITICAL",
        "97",
        "2026-09-14 10:00",
        "ada@contoso.example",
        "Broker",
        "token issued",
        "device +4 min",
    ):
        assert word in shown


def test_worst_first(hunt: Hunt) -> None:
    shown = text(hunt, 80)
    assert shown.index("CRITICAL 97") < shown.index("MEDIUM 48") < shown.index("LOW 22")


def test_favour_is_marked_by_a_sign(hunt: Hunt) -> None:
    assert "\u2212known browser" in text(hunt, 200)


def test_folds_the_honest_unless_asked(hunt: Hunt) -> None:
    folded = text(hunt, 140)
    assert "3 grants below low folded (1 informational, 2 none)" in folded
    assert "grace1@contoso.example" not in folded
    assert "grace1@contoso.example" in text(hunt, 140, all_grants=True)


def test_the_sums_add_up() -> None:
    records = RecordSums(12_034, 11_900, 130, 4, {"service_principal": 10, "duplicate": 120})
    assert sums(records) == (
        "12,034 read = 11,900 parsed + 130 ignored (120 duplicate, 10 service principal) + 4 quarantined"
    )
    assert sums(RecordSums(0, 0, 0, 0)) == "0 read = 0 parsed + 0 ignored + 0 quarantined"


def test_names_what_was_not_read(hunt: Hunt) -> None:
    shown = text(hunt, 140)
    assert "exports/interactive.json:88: createdDateTime is no time" in shown
    assert "exports/notes.docx: a Word document\n" in shown
    assert "Export sign-ins as JSON or CSV." in shown
    assert "There is no Unified Audit Log" in shown
    assert "asn 0%" in shown


def test_no_grant_comes_with_what_could_not_be_seen(no_grants: Hunt) -> None:
    shown = text(no_grants, 80)
    assert "No device code grant found" in shown
    assert "Not assessed" in shown
    assert "clean" not in shown.lower()


def test_no_grant_in_no_record_is_not_assessed(no_grants: Hunt) -> None:
    empty = replace(no_grants, records=RecordSums(0, 0, 0, 0), coverage=Coverage((), frozenset(), ()))
    assert "Not assessed: no record could be used." in text(empty)


def test_no_grant_with_full_coverage_names_its_limits(no_grants: Hunt) -> None:
    full = replace(no_grants, coverage=no_grants.coverage._replace(blind=()), blind_signals=())
    assert "This holds for 11,900 records" in text(full)


def test_suggests_the_command_that_was_typed(hunt: Hunt) -> None:
    assert "grantwatch hunt logs/ --format html --output report.html" in text(hunt, command="grantwatch hunt logs/")


def test_colour_only_where_wanted(hunt: Hunt) -> None:
    assert "\x1b[" not in text(hunt)
    assert "\x1b[" in text(hunt, color=True)


def test_no_color_is_plain_text(hunt: Hunt) -> None:
    buffer = io.StringIO()
    render(hunt, Console(file=buffer, force_terminal=True, width=140, _environ={"NO_COLOR": "1"}))
    assert "\x1b" not in buffer.getvalue()


def test_a_console_that_is_not_utf8_gets_signs_it_can_show(hostile: Callable[[str], Hunt]) -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii", write_through=True), width=100)
    render(hostile("Zoë → 日本"), console)
    shown = raw.getvalue().decode("ascii")
    assert r"Zo\xeb" in shown


@pytest.mark.parametrize("width", [70, 140])
@pytest.mark.parametrize(
    "evil", ["\x1b[2J\x1b]0;owned\x07", "\u202eevil\u2066", "[red]markup[/red] :skull:", "a\nb\rc"]
)
def test_hostile_text_stays_text(hostile: Callable[[str], Hunt], evil: str, width: int) -> None:
    shown = text(hostile(evil), width)
    assert not set("\x1b\x07\r\u202e\u2066") & set(shown)
    if "markup" in evil:
        assert "[red]" in shown


def test_megabytes_do_not_flood(hostile: Callable[[str], Hunt]) -> None:
    assert len(text(hostile("A" * 10_000_000), 80)) < 20_000


def test_says_what_to_do_first_about_what_matters(hunt: Hunt) -> None:
    shown = " ".join(text(hunt, 140).split())
    assert "Do: delete the rogue device, disable the account," in shown
    assert shown.count("Do: ") == 2


@pytest.mark.parametrize("width", [60, 80, 110, 150])
def test_reasons_do_not_break_inside(hunt: Hunt, width: int) -> None:
    lines = text(hunt, width).splitlines()
    for chip in ("device +4 min", "broker to DRS", "ASN never seen", "\u2212known browser"):
        assert any(chip in line for line in lines), chip


@pytest.mark.parametrize("width", [110, 150])
def test_a_user_does_not_break_inside_a_word(hunt: Hunt, width: int) -> None:
    long = "maria-magdalena.von-und-zu@department.fabrikam-garden.example"
    judged = hunt.grants[0]
    named = replace(judged, grant=replace(judged.grant, user=judged.grant.user._replace(upn=long)))
    shown = text(replace(hunt, grants=(named,)), width)
    assert long in shown or ("maria-magdalena.von-und-zu " in shown and "@department.fabrikam-garden.example" in shown)


def test_an_incident_of_one_grant_says_nothing_new(hunt: Hunt) -> None:
    single = replace(hunt.incidents[0], grant_ids=("g-phished",))
    assert "Incidents" in text(hunt)
    assert "Incidents" not in text(replace(hunt, incidents=(single,)))


def test_a_hint_is_given_once_and_as_a_list(hunt: Hunt) -> None:
    hint = "accepted are Graph pages; Unified Audit Log CSV; plain or gzip"
    unread = tuple(hunt.unread[0]._replace(file=f"{n}.pdf", hint=hint) for n in range(8))
    shown = text(replace(hunt, unread=unread), 80)
    assert shown.count("Accepted are") == 1
    assert "  - Unified Audit Log CSV\n" in shown
    assert "7.pdf: a Word document" in shown


def test_lines_of_a_pipe_have_no_padding(hunt: Hunt) -> None:
    buffer = io.StringIO()
    render(hunt, Console(file=buffer, width=120))
    lines = buffer.getvalue().splitlines()
    assert lines == [line.rstrip() for line in lines]


@pytest.mark.parametrize(("share", "shown"), [(0, "0%"), (0.0001, "1%"), (0.5, "50%"), (0.9999, "99%"), (1, "100%")])
def test_a_share_is_never_rounded_to_all_or_none(share: float, shown: str) -> None:
    assert percent(share) == shown
