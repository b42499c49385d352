"""One verdict taken apart: every signal answers, and the sum can be followed to the score."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import BROKER, GRAPH, HOME, OFFICE, PYTHON, REGISTRATION, RENTED, START, a_grant
from tests.signals.test_pairs import PAIRS
from tests.verdict.test_score import against, favour, grants

from grantwatch.errors import UsageError
from grantwatch.grants.model import Grant, TieBy
from grantwatch.signals import NEEDS, Case, Evidence, Scale, Signal, registered
from grantwatch.verdict import Judged, Severity, Status, Term, blind_signals, explain, judge, score, terms
from grantwatch.verdict.judge import judge_one
from grantwatch.verdict.pick import pick

CASES = {
    f"{id}-{which}": make for id, pair in PAIRS.items() for which, make in zip(("fires", "not"), pair, strict=True)
}


def worked_out(term: Term) -> float:
    """The value of a term from its parts, as the page says to."""
    total = sum(part.evidence.weight * part.share for part in term.parts)
    if term.kind == "group":
        assert term.limit is not None
        return term.factor * min(term.limit, total)
    if term.kind == "favour":
        assert term.limit is not None
        return max(term.limit, total)
    return term.value


@given(grants(), st.lists(against(), max_size=8), st.lists(favour(), max_size=2))
def test_the_score_can_be_worked_out_by_hand(grant: Grant, bad: list[Evidence], good: list[Evidence]) -> None:
    lines = terms(grant, [*bad, *good])
    total = math.fsum(worked_out(line) for line in lines)
    assert total == pytest.approx(math.fsum(line.value for line in lines), abs=1e-9)
    counted = [part.evidence for line in lines for part in line.parts]
    assert sorted(map(id, counted)) == sorted(map(id, [*bad, *good])), "all evidence stands in the sum, once"


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_explanation_is_that_of_the_verdict(name: str) -> None:
    case = CASES[name]().case()
    judged = judge_one(case)
    told = explain(judged, case.missing)

    assert [each.signal for each in told.signals] == list(registered())
    fired = {each.evidence for each in told.of(Status.FIRED)}
    assert fired == set(judged.verdict.evidence)
    assert told.score == score(judged.grant, judged.verdict.evidence) == judged.verdict.score
    assert told.severity is judged.verdict.severity
    assert {each.signal.id for each in told.of(Status.NOT_ASSESSED)} == {
        each.signal for each in judged.verdict.not_assessed
    }
    assert all(each.why.endswith(".") for each in told.signals)
    assert (told.applied is not None) is any(term.kind == "cap" for term in told.terms)


def test_what_the_logs_lack_is_named_for_each_signal_that_needs_it() -> None:
    missing = frozenset(NEEDS)
    told = explain(judge_one(a_grant().sighted(HOME).case(missing=missing)), missing)
    silent = {each.signal.id: each for each in told.of(Status.NOT_ASSESSED)}
    for blind in blind_signals(missing):
        assert silent[blind.signal].why == blind.why
        assert silent[blind.signal].missing


def test_the_tie_of_what_it_rests_on_is_told() -> None:
    case = a_grant().approved().redeemed().followed("inbox_rule", name=".", delete="true").case()
    rule = next(each for each in explain(judge_one(case), case.missing).signals if each.evidence)
    rules = [each for each in explain(judge_one(case), ()).signals if each.signal.id == "collection.inbox_rule"]
    assert [tie.by for tie in rules[0].ties] == [TieBy.USER_TIME]
    assert rule.evidence is not None


def test_an_earlier_grant_that_was_judged_high_makes_no_habit_in_the_explanation_either() -> None:
    first = a_grant(client=OFFICE, resource=GRAPH).approved(HOME).redeemed(RENTED, agent=PYTHON).knows(HOME)
    later = START + timedelta(days=40)
    second = a_grant(client=OFFICE, resource=GRAPH, at=later).approved(HOME).redeemed(RENTED, agent=PYTHON)
    grant, profile = second.knows(HOME).habit(RENTED, times=1, every=40).pair()
    earlier = tuple(each._replace(grant_id=first.grant().grant_id) for each in profile.earlier_grants)
    found = judge([first.pair(), (grant, profile._replace(earlier_grants=earlier))], frozenset())
    for judged in found:
        told = explain(judged, ())
        assert {each.evidence for each in told.of(Status.FIRED)} == set(judged.verdict.evidence)
    assert next(each for each in found if each.grant is grant).worse_grants == {first.grant().grant_id}


def test_a_signal_of_which_nothing_is_left_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(case: Case) -> Evidence:
        return fake.fired("Fired.", chip="fired", scale=Scale().by(0.0, "nothing of it counts"))

    fake = replace(registered()[0], judge=answer)
    monkeypatch.setattr("grantwatch.verdict.panel.registered", lambda: (fake,))
    (told,) = explain(judge_one(a_grant().approved().case()), ()).signals
    assert told.status is Status.WEIGHTLESS
    assert isinstance(told.signal, Signal)


def test_a_gate_that_holds_is_named() -> None:
    case = (
        a_grant(client=BROKER, resource=REGISTRATION).interrupted(HOME).blocked(RENTED, agent=PYTHON).knows(HOME).case()
    )
    told = explain(judge_one(case), ())
    assert told.severity <= Severity.MEDIUM
    assert told.gates[0].why == "nobody got a token"
    assert told.applied == told.gates[0]


def _found(*ids: str) -> list[Judged]:
    judged = judge_one(a_grant().approved().case())
    return [replace(judged, grant=replace(judged.grant, grant_id=id)) for id in ids]


@pytest.mark.parametrize("wanted", ["abcd1234", "ABCD1234", " abcd1234 ", "abcd1", "abc"])
def test_an_id_or_how_it_alone_begins(wanted: str) -> None:
    found = _found("abcd1234", "abff0000", "0000aaaa")
    assert pick(found, wanted).grant.grant_id == "abcd1234"


def test_a_whole_id_is_meant_although_another_begins_with_it() -> None:
    assert pick(_found("abcd", "abcd12"), "abcd").grant.grant_id == "abcd"


def test_several_are_named() -> None:
    with pytest.raises(UsageError, match="2 grants begin so") as told:
        pick(_found("abcd1234", "abff0000", "0000aaaa"), "ab")
    assert "abcd1234" in str(told.value)
    assert "abff0000" in str(told.value)
    assert "0000aaaa" not in str(told.value)
    with pytest.raises(UsageError, match="… and 2 more"):
        pick(_found(*(f"ab{number:06}" for number in range(12))), "ab")


def test_a_wrong_id_names_the_near_ones_and_how_many_there_are() -> None:
    with pytest.raises(UsageError, match="among the 3 grants in these logs\nNearest are:\n  abcd1234") as told:
        pick(_found("abcd1234", "abff0000", "0000aaaa"), "abcd1243")
    assert "0000aaaa" not in str(told.value)
    with pytest.raises(UsageError, match="the worst are:\n  abcd1234"):
        pick(_found("abcd1234"), "9999")


@pytest.mark.parametrize("wanted", ["abcd", ""])
def test_no_grant_at_all(wanted: str) -> None:
    with pytest.raises(UsageError, match="there is no grant in these logs"):
        pick([], wanted)
