"""What a reader sees: the page and the tables are made from the JSON, and text of a truth is harmless in both."""

from __future__ import annotations

import json

import pytest
from tests.measure.scene import a_hunt, a_truth, incident, judged, real

from grantwatch.grants.model import Outcome
from grantwatch.measure import document, markdown
from grantwatch.measure.figures import figures
from grantwatch.measure.match import match
from grantwatch.measure.page import text
from grantwatch.measure.rules import Alert, compare, rules
from grantwatch.measure.run import Run, Tenant
from grantwatch.verdict import WeightsUsed

EVIL = "x|[go](https://evil.example)<b>\x1b[31m"


@pytest.fixture
def run():
    truth = a_truth(
        real(1, malicious=True, campaign="kit", attack="kit-1"),
        real(2, malicious=True, campaign="kit", attack="kit-1"),
        real(3, malicious=True, campaign="kit", attack="kit-1"),
        real(4, persona=EVIL),
        real(5, persona="clerk", outcome=Outcome.ABANDONED),
    )
    found = [judged(95, "r1"), judged(62, "r2"), judged(40, "r3"), judged(61, "r4"), judged(12, "phantom")]
    one = match(truth, [a_hunt(*found, incidents=(incident(*found[:3]),))])
    raised = {rule.id: (Alert("u", truth.start, frozenset(("r1", "r4"))),) for rule in rules()}
    made, beside = figures([one]), compare([(one, raised)])
    return Run("test", (Tenant(truth, 10, made, beside, WeightsUsed("built-in", "0" * 12)),), made, beside)


def test_every_chapter_says_what_the_figures_say(run):
    page = markdown(document(run))
    assert "| high | 3 | 2 | 1 | 66.7% | 66.7% |" in page
    assert "1 of 1 (100.0%)" in page  # the attack as one incident
    assert "Taken grants below high: 1." in page
    assert "Grants at high or critical that are no attacker's: 1." in page
    assert "| Missed | 1 (of which merged into another: 0) |" in page
    assert "| Phantom | 1 (of which decoys: 0 of 0) |" in page
    assert "| 1 | 100.0% (1/1) | 50.0% (1/2) | 100.0% (1/1) | 0.0% (0/1) |" in page


def test_every_rule_says_where_it_is_known_from(run):
    page = markdown(document(run))
    assert all(rule.title in page for rule in rules())
    assert "elastic/detection-rules" in page


def test_text_of_a_truth_is_harmless(run):
    made = document(run)
    for shown in (markdown(made), text(made, 200)):
        assert "\x1b" not in shown
    page = markdown(made)
    # In a code span no viewer looks for links, and nothing in it ends the span or the cell.
    assert "`x\\x7c[go](https://evil.example)\\x3cb\\x3e\\x1b[31m`" in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert all("<b>" not in row for row in rows)


def test_the_json_holds_nothing_that_is_no_json_and_no_path(run):
    made = document(run)
    assert json.loads(json.dumps(made)) == made
    assert "place" not in made["tenants"][0]


def test_the_tables_fit_the_width(run):
    lines = text(document(run), 120).splitlines()
    assert lines
    assert max(map(len, lines)) <= 120


def test_seeds_that_were_tuned_on_are_told(run):
    assert "does not say which seeds" in markdown(document(run))
    assert "none of which is measured here" in markdown(document(run, [7]))
    assert "of which 1 are measured here" in markdown(document(run, [7, 1]))
