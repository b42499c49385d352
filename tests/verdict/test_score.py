"""Properties of the score that no change of weights may break."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import HOME, RENTED, SITE, WORK, a_grant

from grantwatch.grants.model import Grant, Outcome
from grantwatch.signals import GROUPS, Evidence, registered
from grantwatch.verdict import Severity, gates, score, terms, verdict
from grantwatch.verdict.weights import weights

AGAINST = tuple(group for group in GROUPS if group != "favour")


@st.composite
def grants(draw: st.DrawFn) -> Grant:
    grant = a_grant().approved().redeemed().grant()
    return replace(
        grant, outcome=draw(st.sampled_from(Outcome)), certainty=draw(st.floats(0.0, 1.0, allow_subnormal=False))
    )


@st.composite
def against(draw: st.DrawFn) -> Evidence:
    group = draw(st.sampled_from(AGAINST))
    weight = draw(st.floats(0.01, 6.0))
    return Evidence(f"{group}.x", "Title", "Summary.", group, weight, (), "chip", draw(st.booleans()))


@st.composite
def favour(draw: st.DrawFn) -> Evidence:
    return Evidence("favour.x", "Title", "Summary.", "favour", -draw(st.floats(0.01, 6.0)), (), "habit")


@given(grants(), st.lists(against(), max_size=8), st.lists(favour(), max_size=2), against())
def test_more_against_a_grant_never_lowers_its_score(
    grant: Grant, bad: list[Evidence], good: list[Evidence], more: Evidence
) -> None:
    before, after = verdict(grant, [*bad, *good], ()), verdict(grant, [*bad, *good, more], ())
    assert after.score >= before.score
    assert after.severity >= before.severity


@given(grants(), st.lists(against(), max_size=8), st.lists(favour(), max_size=2), favour())
def test_more_for_a_grant_never_raises_its_score(
    grant: Grant, bad: list[Evidence], good: list[Evidence], more: Evidence
) -> None:
    before, after = verdict(grant, [*bad, *good], ()), verdict(grant, [*bad, *good, more], ())
    assert after.score <= before.score
    assert after.severity <= before.severity


@given(grants(), st.lists(against(), max_size=8), st.lists(favour(), max_size=2))
def test_the_score_is_a_percentage_and_the_severity_follows_it(
    grant: Grant, bad: list[Evidence], good: list[Evidence]
) -> None:
    found = verdict(grant, [*bad, *good], ())
    assert 0 <= found.score <= 100
    if bad or not good:
        assert found.severity is weights().severity_of(found.score)
    else:
        assert found.severity is Severity.NONE
    assert found.reason.endswith(".")
    assert list(found.evidence) == sorted(found.evidence, key=lambda each: -each.weight)


@given(grants(), st.lists(against(), max_size=8), st.lists(favour(), max_size=2))
def test_the_terms_add_up_to_the_score(grant: Grant, bad: list[Evidence], good: list[Evidence]) -> None:
    lines = terms(grant, [*bad, *good])
    total = math.fsum(line.value for line in lines)
    assert round(100 / (1 + math.exp(-total))) == score(grant, [*bad, *good])
    assert lines[0].kind == "prior"
    assert {line.label for line in lines if line.kind == "group"} == {each.group for each in bad}


@given(grants(), st.lists(against(), max_size=8))
def test_the_gates_hold(grant: Grant, bad: list[Evidence]) -> None:
    severity = verdict(grant, bad, ()).severity
    assert all(severity <= gate.at_most for gate in gates(grant, bad))
    if grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED) or grant.certainty < 0.5:
        assert severity <= Severity.MEDIUM
    if severity >= Severity.HIGH:
        assert len({each.group for each in bad}) > 1 or any(each.alone for each in bad)


def _fired(group: str, weight: float, *, alone: bool = False) -> Evidence:
    return Evidence(f"{group}.x", "Title", "Summary.", group, weight, (), "chip", alone)


HABIT = _fired("favour", -3.5)
GIVEN = a_grant().approved().redeemed().grant()


def test_a_grant_about_which_nothing_is_known_is_informational() -> None:
    found = verdict(GIVEN, [], ())
    assert found.severity is Severity.INFORMATIONAL
    assert found.score <= 5


@pytest.mark.parametrize("group", ["persistence", "collection"])
def test_a_habit_takes_nothing_from_what_came_after(group: str) -> None:
    assert score(GIVEN, [_fired(group, 3.0), HABIT]) == score(GIVEN, [_fired(group, 3.0)])


def test_a_habit_takes_nothing_from_evidence_that_stands_alone() -> None:
    assert score(GIVEN, [_fired("client", 4.5, alone=True), HABIT]) == score(GIVEN, [_fired("client", 4.5, alone=True)])
    assert score(GIVEN, [_fired("client", 3.0), HABIT]) < score(GIVEN, [_fired("client", 3.0)])


def test_one_kind_of_evidence_is_not_high() -> None:
    many = [_fired("network", 4.0)] * 4 + [_fired("persistence", 0.7)]
    found = verdict(GIVEN, many, ())
    assert found.severity <= Severity.MEDIUM
    assert verdict(GIVEN, [*many, _fired("identity", 0.9)], ()).severity >= Severity.HIGH


def test_critical_needs_a_token() -> None:
    much = [_fired(group, 3.0) for group in ("identity", "network", "client", "token")]
    assert verdict(GIVEN, much, ()).severity is Severity.CRITICAL
    assert verdict(replace(GIVEN, outcome=Outcome.APPROVED), much, ()).severity is Severity.HIGH


def test_the_cap_is_told() -> None:
    lines = terms(replace(GIVEN, outcome=Outcome.BLOCKED), [_fired("network", 4.0), _fired("attempt", 3.0)])
    assert lines[-1].kind == "cap"
    assert "nobody got a token" in lines[-1].note


FAVOURED = (
    lambda: a_grant().approved(WORK).redeemed(WORK).used(network=WORK).habit(WORK),
    lambda: a_grant().approved(WORK).redeemed(RENTED).used(network=WORK).habit(WORK),
    lambda: a_grant().approved(SITE).redeemed(HOME).habit(SITE),
)


@given(st.sampled_from(FAVOURED), st.data())
def test_removing_a_field_never_brings_favour(make: object, data: st.DataObject) -> None:
    case = make().case()  # type: ignore[operator]
    legs = list(case.grant.legs)
    place = data.draw(st.integers(0, len(legs) - 1))
    field = data.draw(
        st.sampled_from(["ip", "prefix", "asn", "country", "network", "user_agent", "client", "resource"])
    )
    leg = legs[place]
    if field == "network":
        leg = replace(leg, network=leg.network._replace(ip=None, prefix=None, asn=None, country=None, city=None))
    elif field in ("client", "resource"):
        leg = replace(leg, **{field: getattr(leg, field)._replace(id=None)})
    elif field == "user_agent":
        leg = replace(leg, user_agent=None)
    else:
        leg = replace(leg, network=leg.network._replace(**{field: None}))
    legs[place] = leg
    poorer = replace(case, grant=replace(case.grant, legs=tuple(legs)))

    def favour_of(case: object) -> float:
        answers = [each.judge(case) for each in registered() if each.group == "favour"]  # type: ignore[arg-type]
        return sum(answer.weight for answer in answers if isinstance(answer, Evidence))

    assert favour_of(poorer) >= favour_of(case)
