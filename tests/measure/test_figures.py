"""Recall, precision and rates, beside figures worked out by hand."""

from __future__ import annotations

import pytest
from tests.measure.scene import a_hunt, a_truth, incident, judged, real

from grantwatch.grants.model import Outcome
from grantwatch.measure.figures import AtSeverity, Figures, figures
from grantwatch.measure.match import match
from grantwatch.verdict.model import Judged, Severity


def phish(number: int, **more):
    return real(number, malicious=True, campaign=more.pop("campaign", "kit"), **more)


def at(made: Figures, severity: str) -> AtSeverity:
    return next(each for each in made.severities if each.severity == severity)


def measured(truth, *found: Judged, incidents=()) -> Figures:
    return figures([match(truth, [a_hunt(*found, incidents=incidents)])])


def test_recall_and_precision_at_each_severity():
    truth = a_truth(phish(1), phish(2), phish(3), real(4), real(5))
    made = measured(truth, judged(95, "r1"), judged(70, "r2"), judged(65, "r4"), judged(40, "r3"), judged(2, "r5"))
    high = at(made, "high")
    assert (high.alerts, high.true, high.false) == (3, 2, 1)
    assert high.precision == pytest.approx(2 / 3)
    assert high.recall == pytest.approx(2 / 3)
    assert at(made, "critical").recall == pytest.approx(1 / 3)
    assert at(made, "medium").recall == 1.0


def test_false_highs_are_per_thousand_users_and_day():
    made = measured(a_truth(real(1), users=500, days=4), judged(65, "r1"))
    assert at(made, "high").false_per_1000_users_day == pytest.approx(0.5)


def test_an_attempt_of_an_attacker_is_rightly_shown_and_not_asked_for():
    truth = a_truth(phish(1), phish(2, outcome=Outcome.BLOCKED), real(3))
    made = measured(truth, judged(90, "r1"), judged(50, "r2", outcome=Outcome.BLOCKED), judged(10, "r3"))
    medium = at(made, "medium")
    assert (medium.true, medium.false, medium.taken, medium.recall) == (2, 0, 1, 1.0)
    # Ranked: the taken one, then the honest one.
    assert made.average_precision == 1.0
    assert made.reliability.grants == 2
    assert made.reliability_attempts.malicious == 1


def test_one_that_was_not_found_counts_against_recall_and_is_named():
    made = measured(a_truth(phish(1), phish(2, hard=True)), judged(90, "r1"))
    assert at(made, "low").recall == 0.5
    assert at(made, "low").recall_hard == 0.0
    assert [(each.grant, each.severity, each.reason) for each in made.missed] == [(2, None, "missed")]
    assert made.average_precision == 0.5


def test_a_doubled_grant_is_found_once_in_the_ranking():
    made = measured(a_truth(phish(1, legs=("a", "b"))), judged(90, "a"), judged(80, "b"))
    assert made.average_precision == 1.0
    made = measured(a_truth(phish(1, legs=("a", "b")), phish(2)), judged(90, "a"), judged(80, "b"), judged(70, "r2"))
    assert made.average_precision == pytest.approx((1 + 2 / 3) / 2)


def test_a_phantom_at_high_is_a_false_high():
    made = measured(a_truth(phish(1)), judged(90, "r1"), judged(70, "nobody's"))
    assert at(made, "high").false == 1
    assert [(each.grant, each.kind) for each in made.false_highs] == [(None, "phantom")]


def test_personas_and_campaigns_are_told_apart():
    truth = a_truth(phish(1), phish(2, campaign="device"), real(3, persona="developer"), real(4, persona="developer"))
    made = measured(truth, judged(90, "r1"), judged(20, "r2"), judged(60, "r3"), judged(0, "r4"))
    assert [(each.id, each.high, each.high_share) for each in made.campaigns] == [("device", 0, 0.0), ("kit", 1, 1.0)]
    (developer,) = made.personas
    assert (developer.grants, developer.high, developer.median_score) == (2, 1, 30)
    assert developer.severities == {
        "critical": 0, "high": 1, "medium": 0, "low": 0, "informational": 1, "none": 0,
    }  # fmt: skip


def test_the_outcome_is_compared():
    truth = a_truth(real(1, outcome=Outcome.ABANDONED), real(2))
    made = measured(truth, judged(5, "r1"), judged(5, "r2"))
    assert (made.reconstruction.matched, made.reconstruction.right_outcome) == (2, 1)


def test_several_tenants_are_summed_not_averaged():
    small = match(a_truth(phish(1), users=10, days=10, seed=1), [a_hunt(judged(90, "r1"))])
    large = match(a_truth(phish(1), phish(2), real(3), users=90, days=10, seed=2), [a_hunt(judged(90, "r3"))])
    made = figures([small, large])
    assert (made.tenants, made.users, made.user_days, made.seeds) == (2, 100, 1000, (1, 2))
    assert at(made, "high").recall == pytest.approx(1 / 3)
    assert at(made, "high").false_per_1000_users_day == pytest.approx(1.0)


# -- campaigns as one incident


def attack(*numbers: int, **more):
    return [phish(number, attack="attack-1", **more) for number in numbers]


def test_an_attack_in_one_campaign_incident_is_recognised():
    found = [judged(90, f"r{number}") for number in (1, 2, 3)]
    made = measured(a_truth(*attack(1, 2, 3)), *found, incidents=(incident(*found),)).attacks
    assert (made.many, made.recognised, made.seen, made.recall, made.share_together) == (1, 1, 1, 1.0, 1.0)


def test_an_attack_in_two_pieces_is_not_recognised():
    found = [judged(90, f"r{number}") for number in (1, 2, 3, 4)]
    incidents = (incident(*found[:3]), incident(found[3], kind="user"))
    made = measured(a_truth(*attack(1, 2, 3, 4)), *found, incidents=incidents).attacks
    assert (made.many, made.recognised, made.seen, made.share_together) == (1, 0, 1, 0.75)
    assert made.listed[0].pieces == 2


def test_who_was_only_tried_is_no_victim_and_no_stranger():
    truth = a_truth(*attack(1, 2, 3), *attack(4, outcome=Outcome.BLOCKED), real(5))
    found = [judged(90, f"r{number}") for number in (1, 2, 3, 4, 5)]
    (one,) = measured(truth, *found, incidents=(incident(*found),)).attacks.listed
    assert (one.users, one.victims, one.together, one.strangers) == (4, 3, 3, 1)
    assert (one.recognised, one.alone, one.stranger_kinds) == (True, False, {"unnamed": 1})


def test_an_attack_on_two_is_listed_but_not_counted():
    made = measured(a_truth(*attack(1, 2)), judged(90, "r1"), judged(90, "r2")).attacks
    assert (made.many, made.recall, [each.victims for each in made.listed]) == (0, None, [2])


def test_two_attacks_in_one_incident_make_it_less_pure():
    other = [phish(number, attack="attack-2") for number in (4, 5)]
    found = [judged(90, f"r{number}") for number in range(1, 7)]
    truth = a_truth(*attack(1, 2, 3), *other, real(6))
    made = measured(truth, *found, incidents=(incident(*found),)).attacks
    assert (made.mixed, made.purity) == (1, 0.5)
    apart = measured(truth, *found, incidents=(incident(*found[:3]), incident(*found[3:5]))).attacks
    assert (apart.mixed, apart.purity) == (0, 1.0)


def test_a_campaign_of_honest_grants_is_a_false_one():
    found = [judged(40, "r1"), judged(40, "r2")]
    made = measured(a_truth(real(1), real(2)), *found, incidents=(incident(*found, severity=Severity.MEDIUM),)).attacks
    assert (made.campaign_incidents, made.false_campaigns) == (1, 1)
    assert (made.mixed, made.purity) == (0, None)
