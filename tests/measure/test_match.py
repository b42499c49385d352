"""Which real grant a grant of the hunt is."""

from __future__ import annotations

import pytest
from tests.measure.scene import a_hunt, a_truth, judged, real

from grantwatch.errors import InputError
from grantwatch.measure.figures import figures
from grantwatch.measure.match import belong_together, match
from grantwatch.measure.truth import Decoy


def test_a_grant_is_the_one_with_which_it_shares_the_most_legs():
    one, other = real(1, legs=("a", "b")), real(2, legs=("c", "d", "e"))
    found = match(a_truth(one, other), [a_hunt(judged(50, "b", "c", "d"))])
    assert found.found[0].truth is other
    assert found.best(other) is found.found[0]


def test_a_real_grant_whose_records_lie_in_another_is_missed_and_merged():
    found = match(a_truth(real(1), real(2, legs=("x", "y"))), [a_hunt(judged(50, "r1", "x", "y"))])
    made = figures([found]).reconstruction
    assert found.merged == {1}
    assert (made.real, made.matched, made.missed, made.merged) == (2, 1, 1, 1)


def test_ids_are_the_same_whatever_their_case():
    found = match(a_truth(real(1, legs=("abc",))), [a_hunt(judged(50, "ABC"))])
    assert found.found[0].truth is not None


def test_two_grants_for_one_are_one_match_and_one_double():
    truth = a_truth(real(1, legs=("a", "b")))
    found = match(truth, [a_hunt(judged(20, "a"), judged(70, "b"))])
    made = figures([found]).reconstruction
    assert (made.matched, made.doubled, made.phantom) == (1, 1, 0)
    best = found.best(truth.grants[0])
    assert best is not None
    assert best.score == 70


def test_what_shares_nothing_is_a_phantom_and_a_decoy_is_called_so():
    truth = a_truth(real(1), decoys=(Decoy("phone", "u9", frozenset(("d1",))), Decoy("browser", "u8", frozenset())))
    found = match(truth, [a_hunt(judged(90, "r1"), judged(40, "d1"), judged(30, "nobody's"))])
    made = figures([found]).reconstruction
    assert [each.decoy for each in found.found] == [None, "phone", None]
    assert (made.phantom, made.decoys, made.decoys_taken) == (2, 2, 1)


def test_a_grant_seen_by_its_lineage_only_is_still_that_grant():
    found = match(a_truth(real(1)), [a_hunt(judged(40, uses=("t1",)))])
    assert found.found[0].truth is not None
    assert figures([found]).reconstruction.phantom == 0


def test_a_later_use_that_the_truth_does_not_name_is_told_by_user_and_session():
    truth = a_truth(real(1, session_id="s"))
    later = judged(40, "late", session="S", user="u1", day=9)
    earlier = judged(40, "early", session="s", user="u1", day=0)
    other = judged(40, "other", session="s", user="u2", day=9)
    found = match(truth, [a_hunt(judged(90, "r1"), later, earlier, other)])
    assert [each.truth is not None for each in found.found if each.score == 40] == [False, True, False]
    assert (figures([found]).reconstruction.doubled, figures([found]).reconstruction.phantom) == (1, 2)


def test_a_leg_counts_before_any_lineage():
    found = match(a_truth(real(1), real(2)), [a_hunt(judged(40, "r2", uses=("t1",)))])
    assert found.found[0].truth is not None
    assert found.found[0].truth.number == 2


def test_stretches_of_time_are_one_tenant():
    found = match(a_truth(real(1), real(2)), [a_hunt(judged(40, "r1")), a_hunt(judged(60, "r2"))])
    assert [each.score for each in found.found] == [60, 40]
    assert figures([found]).reconstruction.matched == 2


def test_a_truth_of_other_logs_is_refused():
    found = match(a_truth(real(1)), [a_hunt(judged(90, "other"))])
    with pytest.raises(InputError, match=r"none of the 1 grants of truth.json is among the 1 grants in logs/"):
        belong_together(found)


def test_a_tenant_without_grants_belongs_to_its_logs():
    belong_together(match(a_truth(), [a_hunt()]))
