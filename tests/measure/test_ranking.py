"""Average precision, thresholds and reliability, beside figures worked out by hand."""

from __future__ import annotations

import pytest

from grantwatch.measure.ranking import average_precision, interval, reliability, threshold_for


def test_average_precision_of_a_ranking():
    # Found at places 1, 3 and 4 of 4: (1/1 + 2/3 + 3/4) / 3.
    ranked = [(90, True), (80, False), (70, True), (60, True)]
    assert average_precision(ranked, 3) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_what_the_ranking_does_not_hold_lowers_it():
    assert average_precision([(90, True)], 4) == pytest.approx(0.25)


def test_equal_scores_have_no_order():
    # All four at once: the step to full recall is made at precision 2/4.
    ranked = [(50, True), (50, False), (50, False), (50, True)]
    assert average_precision(ranked, 2) == average_precision(ranked[::-1], 2) == pytest.approx(0.5)


def test_average_precision_of_nothing_is_not_known():
    assert average_precision([(50, False)], 0) is None


@pytest.mark.parametrize(
    ("recall", "threshold"), [(0.25, 90), (0.5, 60), (0.51, 60), (0.75, 60), (0.76, None), (1.0, None)]
)
def test_the_highest_score_that_reaches_a_recall(recall, threshold):
    assert threshold_for([90, 60, 60, None], recall) == threshold


def test_the_interval_of_a_share():
    # Wilson for 8 of 10 at 95 %: (0.8 + 0.19208 ± 1.96 √(0.016 + 0.009604)) / 1.38416.
    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert interval(5, 5) == pytest.approx((0.5655, 1.0), abs=1e-3)
    assert interval(0, 0) is None


def test_a_bucket_holds_both_its_ends_and_the_last_holds_100():
    made = reliability([(0, False), (9, False), (10, True), (99, True), (100, True)])
    held = [(bucket.least, bucket.most, bucket.grants) for bucket in made.buckets if bucket.grants]
    assert held == [(0, 9, 2), (10, 19, 1), (90, 100, 2)]


def test_reliability_by_hand():
    made = reliability([(20, False), (20, True), (80, True), (90, True)])
    bucket = made.buckets[2]
    assert (bucket.grants, bucket.malicious, bucket.mean_score, bucket.share_malicious) == (2, 1, 20, 0.5)
    assert made.brier == pytest.approx((0.04 + 0.64 + 0.04 + 0.01) / 4)


def test_an_empty_bucket_has_no_share():
    made = reliability([])
    assert made.brier is None
    assert {bucket.share_malicious for bucket in made.buckets} == {None}
