"""Judging in time order, sorting, and what these logs make blind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import GRAPH, HOME, OFFICE, PYTHON, RENTED, SAME_CITY, START, GrantBuilder, a_grant

from grantwatch.grants.model import User
from grantwatch.signals import NEEDS, NotAssessed, registered
from grantwatch.verdict import Severity, blind_signals, judge


def stolen(user: str = "alice", hours: float = 0) -> GrantBuilder:
    return (
        a_grant(user, client=OFFICE, resource=GRAPH, at=START + timedelta(hours=hours))
        .approved(HOME)
        .redeemed(RENTED, agent=PYTHON)
        .knows(HOME)
    )


def test_worst_first_whatever_the_order_of_the_input() -> None:
    pairs = [a_grant("bob").approved().redeemed().habit().pair(), stolen().pair(), a_grant("cho").blocked().pair()]

    found = judge(pairs, frozenset())

    assert found == judge(pairs[::-1], frozenset())
    scores = [each.verdict.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert found[0].grant.user.label == "alice@example.com"


def test_ties_are_told_apart_by_time_and_id() -> None:
    pairs = [a_grant("bob", at=START + timedelta(hours=hours)).approved().redeemed().pair() for hours in (3, 1, 2)]
    starts = [each.grant.started_at for each in judge(pairs, frozenset())]
    assert starts == sorted(starts)


def test_a_stolen_grant_makes_no_habit_for_the_next() -> None:
    first = stolen()
    second, profile = stolen(hours=24 * 40).habit(RENTED, times=1, every=40).pair()
    earlier = tuple(each._replace(grant_id=first.grant().grant_id) for each in profile.earlier_grants)
    later = (second, profile._replace(earlier_grants=earlier))

    both = {each.grant.started_at: each.verdict for each in judge([later, first.pair()], frozenset())}
    alone = judge([later], frozenset())[0].verdict

    assert both[START].severity >= Severity.HIGH
    assert both[second.started_at].severity >= Severity.HIGH
    assert alone.score < both[second.started_at].score


def test_another_users_stolen_grant_changes_nothing() -> None:
    bob = a_grant("bob", at=START + timedelta(days=1)).approved().redeemed().habit().pair()
    together = {each.grant.user.label: each for each in judge([stolen().pair(), bob], frozenset())}
    assert together["bob@example.com"].verdict == judge([bob], frozenset())[0].verdict


def test_a_grant_without_a_user_is_judged_too() -> None:
    grant, profile = stolen().pair()
    found = judge([(replace(grant, user=User(None, None)), profile)], frozenset())
    assert found[0].verdict.severity >= Severity.HIGH


def test_what_could_not_be_assessed_is_kept() -> None:
    grant = a_grant().approved(SAME_CITY).history(0).pair()
    found = judge([grant], frozenset({"history", "stream:non_interactive"}))[0].verdict
    named = {each.signal for each in found.not_assessed}
    assert {"identity.first_use", "network.new_to_user", "token.fan_out", "favour.habit"} <= named
    assert found.severity is Severity.INFORMATIONAL


def test_blind_signals_name_what_is_missing() -> None:
    assert blind_signals(frozenset()) == ()

    blind = blind_signals({"stream:non_interactive"})
    assert {each.signal for each in blind} == {
        each.id for each in registered() if "stream:non_interactive" in each.needs
    }
    assert all("non-interactive sign-in log" in each.why for each in blind)
    assert all(isinstance(each, NotAssessed) for each in blind_signals(NEEDS))
    assert {each.signal for each in blind_signals(NEEDS)} == {each.id for each in registered() if each.needs}


def test_one_audit_log_of_two_is_enough() -> None:
    assert "persistence.device_registered" not in {each.signal for each in blind_signals({"stream:audit"})}
    both = {"stream:audit", "stream:unified_audit"}
    assert "persistence.device_registered" in {each.signal for each in blind_signals(both)}
