"""One grant explained: the same verdict as the hunt's, twelve answers, every signal, nothing silent."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rich.cells import cell_len
from tests.records.reading import START, sign_in

from grantwatch.grants.model import LegKind
from grantwatch.lab import write_tenant
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.lab.records import graph_signin_v1
from grantwatch.lab.writers import write_array
from grantwatch.pipeline import Hunt, hunt
from grantwatch.report.document import schema
from grantwatch.report.explained import Explained, document, dumps, explained
from grantwatch.report.explained_page import text
from grantwatch.signals import registered
from grantwatch.verdict import Judged, Severity

FORMS = ("graph", "graph_v1", "envelope", "log_analytics_csv", "ual")
EXAMPLES = "examples"


@cache
def hunted(logs: str) -> Hunt:
    if logs == EXAMPLES:
        return hunt([Path(__file__).resolve().parents[2] / "examples" / "logs"])
    with TemporaryDirectory() as name:
        return hunt(write_tenant(Fabrikam().events(), logs, Path(name) / "logs"))


def worst(logs: str = EXAMPLES) -> Explained:
    found = hunted(logs)
    return explained(found, found.grants[0])


def of(outcome: str, logs: str = EXAMPLES) -> Explained:
    found = hunted(logs)
    return explained(found, next(each for each in found.grants if each.grant.outcome == outcome))


@pytest.mark.parametrize("logs", [EXAMPLES, *FORMS])
def test_the_explanation_of_every_grant_is_the_verdict_of_the_hunt(logs: str) -> None:
    found = hunted(logs)
    assert found.grants
    validator = Draft202012Validator(schema("explain"))
    ids = [signal.id for signal in registered()]
    for judged in found.grants:
        told = json.loads(dumps(explained(found, judged)))
        validator.validate(told)
        score = told["score"]
        assert (score["score"], score["severity"]) == (judged.verdict.score, judged.verdict.severity.label)
        assert (told["grant"]["score"], told["grant"]["severity"]) == (score["score"], score["severity"])
        total = sum(term["value"] for term in score["terms"])
        assert total == pytest.approx(score["log_odds"], abs=1e-4)
        assert round(100 / (1 + math.exp(-score["log_odds"]))) == judged.verdict.score
        assert [signal["signal"] for signal in told["signals"]] == ids
        fired = {signal["signal"]: signal["evidence"] for signal in told["signals"] if signal["status"] == "fired"}
        assert {signal: evidence["weight"] for signal, evidence in fired.items()} == {
            evidence.signal: evidence.weight for evidence in judged.verdict.evidence
        }
        silent = {signal["signal"] for signal in told["signals"] if signal["status"] == "not_assessed"}
        assert silent == {each.signal for each in judged.verdict.not_assessed}


@pytest.mark.parametrize("logs", [EXAMPLES, *FORMS])
def test_each_weight_is_its_declared_weight_times_what_is_said(logs: str) -> None:
    for judged in hunted(logs).grants:
        for signal in document(explained(hunted(logs), judged))["signals"]:
            if signal["evidence"]:
                product = math.prod(factor["value"] for factor in signal["evidence"]["factors"])
                assert signal["evidence"]["weight"] == pytest.approx(signal["declared_weight"] * product, abs=0.0006)


@pytest.mark.parametrize("logs", [EXAMPLES, *FORMS])
def test_twelve_answers_in_order_and_none_is_silent(logs: str) -> None:
    for judged in hunted(logs).grants:
        answers = explained(hunted(logs), judged).answers
        assert [answer.number for answer in answers] == list(range(1, 13))
        for answer in answers:
            assert answer.answer.endswith((".", ":"))
            assert answer.facts or answer.not_assessed or not answer.answer.startswith("Not assessed")
            assert all(sentence.endswith(".") and ": " in sentence for sentence in answer.not_assessed)


def test_what_poor_logs_cannot_tell_names_the_log(tmp_path: Path) -> None:
    events = [sign_in(0, error_code=50199, correlation_id="c" * 8), sign_in(1, correlation_id="c" * 8)]
    found = hunt([write_array(tmp_path / "old.json", [graph_signin_v1(event) for event in events])])
    told = {answer.key: answer for answer in explained(found, found.grants[0]).answers}

    assert found.grants[0].grant.started_at >= START
    for key, log in (
        ("approval", "the non-interactive sign-in log is not among these files"),
        ("parties", "the non-interactive sign-in log is not among these files"),
        ("normal", "these logs do not reach back before the grant"),
        ("obtained", "the Unified Audit Log is not among these files"),
        ("done", "the Entra audit log is not among these files"),
        ("containment", "the Entra audit log is not among these files"),
        ("privilege", "wids"),
        ("policy", "Conditional Access policies of the tenant"),
        ("user", ""),
    ):
        assert any(log in sentence for sentence in told[key].not_assessed) or not log, (key, told[key])
    for key in ("parties", "normal", "obtained", "done", "privilege", "containment", "user"):
        assert told[key].answer.startswith("Not assessed"), key


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("logs", [EXAMPLES, "graph_v1", "ual"])
def test_fits_the_window(logs: str, width: int) -> None:
    found = hunted(logs)
    for judged in (found.grants[0], found.grants[1], found.grants[-1]):
        assert max(cell_len(line) for line in text(explained(found, judged), width).splitlines()) <= width


def test_the_page_tells_the_sum_and_every_signal() -> None:
    shown = text(worst(), 140)
    assert shown.index("12. What does the user say?") < shown.index("The score, term by term")
    assert "prior: a device code grant about which nothing is known" in shown
    assert "but one group adds 5.000 at the most" in shown
    for signal in registered():
        assert f"\n{signal.id}  " in shown
    assert "weight +4.5" in shown
    assert "tied by token id (1)" in shown


def test_the_gate_that_held_a_grant_back_stands_in_the_sum() -> None:
    shown = text(of("blocked"), 140)
    assert "gate: at most medium, as nobody got a token" in shown
    assert "this held it back" in shown


def test_a_habit_is_told_as_what_speaks_for_the_grant() -> None:
    found = hunted(EXAMPLES)
    quiet = next(each for each in found.grants if each.verdict.severity is Severity.NONE)
    shown = text(explained(found, quiet), 140)
    assert "what speaks for the grant" in shown
    assert "none: an established habit with nothing against it" in shown
    assert "days that settle a habit" in shown


def test_who_else_is_concerned_names_those_with_a_network_first() -> None:
    told = {answer.key: answer for answer in worst().answers}["reach"]
    shares = [fact.text for fact in told.facts if fact.label == "shares"]
    assert shares[0].startswith("oskar.lind@")
    assert "203.0.113.0/24" in shares[0]
    assert told.answer.startswith("1 other user with a grant from the same new or rented network.")


def test_containment_tells_what_lives_the_clock_and_the_steps() -> None:
    told = {answer.key: answer for answer in worst().answers}["containment"]
    shown = "\n".join(f"{fact.label} {fact.text}" for fact in told.facts)
    assert "a primary refresh token on DESKTOP-55E30704" in shown
    assert "may live inbox rule" in shown
    assert "until about 2026-09-29 15:15 UTC" in shown
    assert "step 3 Delete the rogue device [changes the tenant] [urgent]" in shown


@pytest.mark.parametrize("logs", [EXAMPLES, *FORMS])
def test_numbers_and_names_agree_with_each_other(logs: str) -> None:
    """What a reader at night would stumble over: sums that do not add up, two names for one thing, 1 of many."""
    found = hunted(logs)
    for judged in found.grants:
        told = explained(found, judged)
        by_key = {answer.key: answer for answer in told.answers}
        shown = " ".join(text(told, 1000).split())
        against = [each for each in judged.verdict.evidence if each.weight > 0]
        if len(against) > 1:
            assert f"with {len(against)} signals of " in judged.verdict.reason
        elif against:
            assert "with one signal against it: " in judged.verdict.reason
        most = math.ceil(judged.profile.user_history_days)
        for days in re.findall(r"(\d+) days? of this user,", shown):
            assert int(days) <= max(most, 1)
        for fact in by_key["obtained"].facts:
            assert not re.search(rf"until {re.escape(fact.label)}", fact.text)
        done = [fact.text for fact in by_key["done"].facts]
        assert not [line for line in done if "throttled: false" in line or "records: " in line]
        assert "1 follow-on, each" not in shown
        assert not re.search(r"\b0 of (which|them)\b", shown)
        unnamed = any("carries their ids" in line for line in by_key["privilege"].not_assessed)
        assert not (unnamed and "carries no privileged directory role" in shown)


def test_a_factor_that_was_asked_for_is_not_called_taken_over() -> None:
    reading = {}
    for judged in hunted(EXAMPLES).grants:
        methods = " ".join(method for leg in judged.grant.of(LegKind.APPROVAL) for method in leg.auth_methods)
        answer = explained(hunted(EXAMPLES), judged).answers[4]
        said = [fact.text for fact in answer.facts if fact.label == "reading"]
        if methods and said:
            reading["previously" in methods.lower()] = said[0]
    assert "nobody was prompted" in reading[True]
    assert "nobody was prompted" not in reading.get(False, "")


def test_legs_are_told_in_words_and_the_broker_as_what_it_is() -> None:
    told = worst()
    shown = " ".join(text(told, 200).split())
    assert "confirmation page shown (interactive)" in shown
    assert "redemption: the first token (non-interactive)" in shown
    assert "interrupt (" not in shown
    assert "room devices, phones and enrolment use it with a device code" in shown


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("evil", ["\x1b[2J\x1b]0;owned\x07", "\u202eevil\u2066\u200b", "[red]markup[/red]", "a\nb\rc"])
def test_hostile_text_stays_text(hostile: Callable[[str], Hunt], evil: str, width: int) -> None:
    found = hostile(evil)
    told = explained(found, found.grants[0])
    shown = text(told, width)
    assert not set("\x1b\x07\r\u202e\u2066\u200b") & set(shown)
    if "markup" in evil:
        assert "[red]" in shown
    assert not set("\x1b\x07\u202e\u2066\u200b") & set(dumps(told).decode())


def test_megabytes_do_not_flood(hostile: Callable[[str], Hunt]) -> None:
    found = hostile("A" * 1_000_000)
    assert len(text(explained(found, found.grants[0]), 80)) < 100_000


def test_every_grant_of_a_made_hunt_can_be_explained(hunt: Hunt) -> None:
    def told(judged: Judged) -> str:
        return text(explained(hunt, judged), 100)

    assert all(judged.grant.grant_id in told(judged) for judged in hunt.grants)
