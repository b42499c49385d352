"""What an allowance does to a verdict: it lowers, by one severity at the most, and it never silences."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from tests.allowances.scene import an_allowance
from tests.builders import (
    ABROAD,
    AZURE_CLI,
    BROKER,
    HOME,
    KIT,
    PYTHON,
    REGISTRATION,
    RENTED,
    START,
    GrantBuilder,
    a_grant,
)

from grantwatch.allowances import Allowances, Networks, Subject
from grantwatch.verdict import Judged, Panel, Severity, explain, judge
from grantwatch.verdict.judge import judge_one
from grantwatch.verdict.weights import weights

ANYWHERE = an_allowance()
RENTED_ONLY = an_allowance(
    "runner",
    clients=(AZURE_CLI.id,),
    resources=("797f4846-ba00-4fd7-ba43-dac1f8f63013",),
    networks=Networks(ranges=(ip_network("100.64.7.0/24"),)),
)


def a_pipeline() -> GrantBuilder:
    """An honest login on a rented machine: suspect by its network alone."""
    return a_grant().approved(RENTED).redeemed(RENTED).knows(HOME)


def an_attack() -> GrantBuilder:
    """A kit at a rented machine, with a rogue device: evidence that stands alone."""
    return (
        a_grant(client=BROKER, resource=REGISTRATION)
        .approved(HOME)
        .redeemed(RENTED, agent=KIT)
        .used(network=RENTED, agent=PYTHON)
        .followed("device_registered", network=RENTED)
        .followed("inbox_rule", {"DeleteMessage": "True", "MoveToFolder": "RSS"}, network=RENTED)
        .knows(HOME)
    )


def judged(builder: GrantBuilder, *allowances: object) -> Judged:
    return judge_one(builder.case(), Panel(allowances=Allowances(tuple(allowances))) if allowances else None)  # type: ignore[arg-type]


def test_a_narrow_allowance_lowers_an_honest_login_by_one_severity_at_the_most() -> None:
    plain, allowed = judged(a_pipeline()), judged(a_pipeline(), RENTED_ONLY)
    assert plain.verdict.severity >= Severity.LOW
    assert allowed.verdict.score < plain.verdict.score
    assert plain.verdict.severity - allowed.verdict.severity <= 1
    assert allowed.without == plain.verdict or (allowed.without and allowed.without.score == plain.verdict.score)


def test_a_wide_allowance_weighs_less_than_a_narrow_one() -> None:
    narrow, wide = judged(a_pipeline(), RENTED_ONLY), judged(a_pipeline(), ANYWHERE)
    said = [next(e.weight for e in each.verdict.evidence if e.group == "allowance") for each in (narrow, wide)]
    numbers = weights().allowance
    assert said[0] == numbers.weight
    assert said[1] == pytest.approx(numbers.weight * numbers.any_network * numbers.any_client * numbers.any_resource)
    assert narrow.verdict.score <= wide.verdict.score


@pytest.mark.parametrize("allowance", [ANYWHERE, an_allowance(subject=Subject(classes=("person",)))])
def test_strong_evidence_stays_high(allowance: object) -> None:
    plain, allowed = judged(an_attack()), judged(an_attack(), allowance)
    assert plain.verdict.severity >= Severity.HIGH
    assert allowed.verdict.severity >= Severity.HIGH
    assert allowed.allowed, "it does cover the grant"


def test_evidence_that_stands_alone_is_not_touched() -> None:
    told = explain(judged(an_attack(), ANYWHERE), frozenset())
    (term,) = [term for term in told.terms if term.kind == "allowance"]
    against = sum(term.value for term in told.terms if term.kind == "group")
    touched = sum(term.value for term in told.terms if term.kind == "group" and term.label in weights().favour_touches)
    assert 0 >= term.value >= -touched
    assert against > touched


def test_an_allowance_that_does_not_fit_changes_nothing() -> None:
    elsewhere = an_allowance(networks=Networks(ranges=(ip_network("192.0.2.0/24"),)))
    assert judged(a_pipeline(), elsewhere) == judged(a_pipeline())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"expires": START.date() - timedelta(days=1)}, f"expired on {START.date() - timedelta(days=1)}"),
        ({"owner": None}, "has no owner yet"),
    ],
)
def test_one_without_effect_is_said(changed: dict[str, object], told: str) -> None:
    plain, allowed = judged(a_pipeline()), judged(a_pipeline(), replace(RENTED_ONLY, **changed))  # type: ignore[arg-type]
    assert (allowed.verdict.score, allowed.verdict.severity) == (plain.verdict.score, plain.verdict.severity)
    assert allowed.verdict.evidence == plain.verdict.evidence
    assert f"The allowance runner would cover it but {told}, so it has no effect." in allowed.verdict.reason
    assert allowed.without is None


def test_the_reason_names_allowance_owner_expiry_and_effect() -> None:
    allowed = judged(a_pipeline(), RENTED_ONLY)
    assert allowed.without
    points = allowed.without.score - allowed.verdict.score
    until = RENTED_ONLY.expires
    wanted = f"Allowed by runner until {until} (owner: ops@example.com); lowers the score by {points}."
    assert wanted in allowed.verdict.reason


def test_the_terms_add_up_to_the_score() -> None:
    for builder in (a_pipeline(), an_attack(), a_grant().approved(HOME).redeemed(HOME).habit()):
        found = judged(builder, RENTED_ONLY, ANYWHERE)
        told = explain(found, frozenset())
        assert told.score == found.verdict.score
        assert math.fsum(term.value for term in told.terms) == pytest.approx(told.log_odds)


def test_of_several_the_one_that_says_most_counts_once() -> None:
    found = judged(a_pipeline(), ANYWHERE, RENTED_ONLY)
    assert [each.summary for each in found.verdict.evidence if each.group == "allowance"] == [
        f"Allowed by runner until {RENTED_ONLY.expires} (owner: ops@example.com)"
    ]
    assert [match.allowance.id for match in found.allowed] == ["any", "runner"]


def test_with_nothing_against_it_there_is_nothing_to_lower() -> None:
    quiet = a_grant().approved(HOME).redeemed(HOME).knows(HOME).knows("client", AZURE_CLI.id).tenant_knows(HOME)
    plain, allowed = judged(quiet), judged(quiet, ANYWHERE)
    assert allowed.verdict.severity == plain.verdict.severity != Severity.NONE, "stated is not the same as a habit"


def test_what_is_high_without_its_allowance_makes_no_habit() -> None:
    attack = an_attack().pair()
    later = a_grant(client=BROKER, resource=REGISTRATION, at=START + timedelta(days=3)).approved(ABROAD)
    found = judge([attack, later.pair()], frozenset(), Panel(allowances=Allowances((ANYWHERE,))))
    by_start = sorted(found, key=lambda each: each.grant.started_at)
    assert by_start[1].worse_grants == {attack[0].grant_id}
