"""Each public rule: records that fire it, and records that look like it and do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.grants.scene import (
    ANA,
    BEN,
    BROKER,
    DRS,
    GRAPH,
    HOME,
    OFFICE,
    RENTED,
    SCRIPT,
    after,
    login,
    sign_in,
)
from tests.measure.scene import a_hunt, a_truth, judged, real

from grantwatch.errors import DeclarationError
from grantwatch.lab import Refresh, Seat, SignInEvent, write_tenant
from grantwatch.lab.apps import EDGE
from grantwatch.measure.figures import figures
from grantwatch.measure.match import match
from grantwatch.measure.rules import Alert, alerts, compare, rules, standings
from grantwatch.measure.rules.alerts import folded
from grantwatch.measure.rules.rule import declared
from grantwatch.records.load import read


@pytest.fixture
def raised(tmp_path):
    """By rule: the times of its alerts and the records in each."""

    def run(*flows, form: str = "graph"):
        events = [event for flow in flows for event in flow]
        with read(write_tenant(events, form, tmp_path / "logs")) as records:
            return alerts(records.con)

    return run


def days(number: float) -> timedelta:
    return timedelta(days=number)


ORDINARY = [sign_in(login().approval, protocol="none", transfer="none")]
BY_BROKER: dict[str, Any] = {"client": BROKER, "resource": DRS}
ONE_HAND = Seat(HOME, EDGE)
ALONE: dict[str, Any] = {"approver": ONE_HAND, "redeemer": ONE_HAND}
"""Approved and redeemed at one address with one user agent."""

FIRES: dict[str, list[Iterable[SignInEvent]]] = {
    "every-device-code": [login()],
    "broker": [login(**BY_BROKER)],
    "new-user-7d": [login(), login(at=after(days=8))],
    "first-time-14d": [login(), login(at=after(days=15))],
    "concurrent-sign-ins": [login()],
    "new-user-30d": [login(), login(at=after(days=31))],
    "new-user-ip-30d": [login(), login(at=after(days=2), approver=Seat(OFFICE, EDGE))],
}
"""The last flow of each fires the rule."""

SILENT: dict[str, list[Iterable[SignInEvent]]] = {
    "every-device-code": [login().without("approval", "interrupt")],
    "broker": [login()],
    "new-user-7d": [login(), login(at=after(days=6))],
    "first-time-14d": [login(), login(at=after(days=13))],
    "concurrent-sign-ins": [login(**ALONE)],
    "new-user-30d": [login(), login(at=after(days=29))],
    "new-user-ip-30d": [login(), login(at=after(days=2))],
}
"""The last flow of each does not."""


def touched(found, rule, flow):
    ids = {event.request_id for event in flow}
    return any(ids & alert.request_ids for alert in found[rule])


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_a_rule_fires_on_what_it_is_for(rule, raised):
    assert touched(raised(*FIRES[rule]), rule, FIRES[rule][-1])


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_a_rule_is_silent_on_what_only_looks_like_it(rule, raised):
    assert not touched(raised(*SILENT[rule]), rule, SILENT[rule][-1])


@pytest.mark.parametrize("form", ["graph", "envelope", "log_analytics_json", "portal"])
def test_the_form_of_the_logs_makes_no_difference(form, raised):
    flows = (login(**BY_BROKER), login(BEN), ORDINARY)
    found = raised(*flows, form=form)
    assert {rule: len(own) for rule, own in found.items()} == {
        "broker": 1, "concurrent-sign-ins": 2, "every-device-code": 2, "first-time-14d": 2, "new-user-30d": 2,
        "new-user-7d": 1, "new-user-ip-30d": 2,
    }  # fmt: skip


def test_ordinary_sign_ins_fire_nothing(raised):
    assert not any(raised(ORDINARY).values())


def test_the_unified_audit_log_is_not_what_these_rules_read(raised):
    assert not any(raised(login(), form="ual").values())


def test_the_broker_hides_behind_the_exclusions_of_the_new_user_rule(raised):
    flow = login(**BY_BROKER)
    found = raised(flow)
    assert not touched(found, "new-user-7d", flow)
    assert touched(found, "first-time-14d", flow)


def test_a_failure_is_no_use_but_still_a_device_code_sign_in(raised):
    flow = [replace(login().approval, error_code=50074)]
    found = raised(flow)
    assert touched(found, "every-device-code", flow)
    assert not touched(found, "new-user-7d", flow)


def test_refreshes_keep_a_user_known_to_the_new_user_rule(raised):
    kept = login(refreshes=[Refresh(days(5))])
    again = login(at=after(days=10))
    assert not touched(raised(kept, again), "new-user-7d", again)


def test_concurrent_sign_ins_need_the_session_id(raised):
    flow = login()
    other = [replace(event, session_id="") for event in flow]
    assert not touched(raised(other), "concurrent-sign-ins", other)


def test_a_second_pair_on_the_same_day_is_as_new_as_the_first(raised):
    again = login(at=after(hours=5))
    assert touched(raised(login(), again), "new-user-30d", again)


# -- alerts and figures


AT = datetime(2026, 9, 1)


def test_what_follows_within_an_hour_of_the_first_is_one_alert():
    later = [AT + timedelta(minutes=minutes) for minutes in (59, 60, 61)]
    hits = [("a", AT, "1", "s"), ("a", later[0], "2", None), ("a", later[1], "3", "s"), ("b", later[2], "4", "s")]
    found = folded(hits)
    assert [(alert.user, sorted(alert.request_ids)) for alert in found] == [
        ("a", ["1", "2"]),
        ("a", ["3"]),
        ("b", ["4"]),
    ]


def nothing_but(**own):
    return {rule.id: tuple(own.get(rule.id.replace("-", "_"), ())) for rule in rules()}


def an_alert(*ids: str) -> Alert:
    return Alert("u", AT, frozenset(ids))


def beside(truth, found, *own: Alert):
    compared = compare([(match(truth, [a_hunt(*found)]), nothing_but(broker=own))])
    return next(each for each in compared if each.figures.rule == "broker")


def test_an_alert_is_true_where_it_touches_an_attackers_grant():
    truth = a_truth(real(1, malicious=True), real(2, malicious=True), real(3))
    made = beside(truth, [], an_alert("r1", "r3"), an_alert("t1"), an_alert("r3"), an_alert("nobody's")).figures
    assert (made.alerts, made.true, made.false, made.recall) == (4, 2, 2, 0.5)
    assert made.false_per_1000_users_day == pytest.approx(2.0)


def test_an_alert_on_a_later_use_of_the_same_session_is_true():
    truth = a_truth(real(1, malicious=True, session_id="s"), real(2, session_id="o"))
    later = truth.grants[0].started_at + timedelta(days=3)
    own = [
        Alert("u1", later, frozenset(("late",)), frozenset(("s",))),
        Alert("u1", truth.start, frozenset(("early",)), frozenset(("s",))),
        Alert("u9", later, frozenset(("other person",)), frozenset(("s",))),
        Alert("u2", later, frozenset(("honest",)), frozenset(("o",))),
    ]
    made = beside(truth, [], *own).figures
    assert (made.true, made.false, made.recall) == (1, 3, 1.0)


def test_the_hunt_is_compared_at_the_recall_of_the_rule():
    truth = a_truth(real(1, malicious=True), real(2, malicious=True), real(3), real(4))
    found = [judged(90, "r1"), judged(70, "r3"), judged(60, "r2"), judged(10, "r4")]
    false = [an_alert("r3"), an_alert("r4"), an_alert("x"), an_alert("y")]
    half = beside(truth, found, an_alert("r2"), *false)
    assert (half.figures.recall, half.threshold, half.hunt_recall, half.hunt_false, half.ratio) == (
        0.5,
        90,
        0.5,
        0,
        None,
    )
    whole = beside(truth, found, an_alert("r1"), an_alert("r2"), *false)
    assert (whole.threshold, whole.hunt_recall, whole.hunt_false, whole.ratio) == (60, 1.0, 1, 4.0)


def test_a_recall_that_the_hunt_never_reaches_is_not_compared():
    truth = a_truth(real(1, malicious=True), real(2, malicious=True))
    made = beside(truth, [judged(90, "r1")], an_alert("r1"), an_alert("r2"))
    assert (made.figures.recall, made.threshold, made.ratio) == (1.0, None, None)


def test_a_rule_that_finds_nothing_is_not_compared():
    made = beside(a_truth(real(1, malicious=True)), [judged(90, "r1")], an_alert("x"))
    assert (made.figures.recall, made.threshold) == (0.0, None)


def test_at_a_severity_the_best_rule_is_the_one_with_fewest_false_alerts_that_recalls_as_much():
    truth = a_truth(real(1, malicious=True), real(2, malicious=True), real(3))
    one = match(truth, [a_hunt(judged(95, "r1"), judged(70, "r2"), judged(65, "r3"))])
    both, wrong = an_alert("r1", "r2"), [an_alert("a"), an_alert("b"), an_alert("c")]
    raised = nothing_but(broker=[an_alert("r1")], new_user_7d=[both, *wrong], every_device_code=[both, *wrong, *wrong])
    at = {each.severity: each for each in standings(figures([one]).severities, compare([(one, raised)]))}
    assert (at["high"].recall, at["high"].false) == (1.0, 1)
    assert (at["high"].rule, at["high"].rule_false, at["high"].ratio) == ("new-user-7d", 3, 3.0)
    assert (at["critical"].rule, at["critical"].rule_false, at["critical"].ratio) == ("broker", 0, None)


def test_where_no_rule_recalls_as_much_none_is_named():
    one = match(a_truth(real(1, malicious=True)), [a_hunt(judged(95, "r1"))])
    (high,) = [
        each
        for each in standings(figures([one]).severities, compare([(one, nothing_but())]))
        if each.severity == "high"
    ]
    assert (high.rule, high.ratio) == (None, None)


# -- declarations


def test_every_rule_says_where_it_is_known_from_and_what_it_looks_for():
    for rule in rules():
        assert rule.sources
        assert len(rule.logic) > 40
        assert rule.simplified
    assert len({rule.title for rule in rules()}) == len(rules()) == 7
    assert set(FIRES) == set(SILENT) == {rule.id for rule in rules()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 1 2", "rule 'odd': "),
        ('title = "t"', "missing or unknown: logic, simplified, sources, sql"),
        ('title="t"\nlogic="l"\nsources=[]\nsimplified=""\nsql=""', "sources: it must say where"),
    ],
)
def test_a_wrong_declaration_is_named(text, says):
    with pytest.raises(DeclarationError, match=says):
        declared("odd", text)


def test_scene_keeps_its_promises():
    flow = login(**ALONE)
    assert {event.place for event in flow} == {HOME}
    assert {event.user_agent for event in flow} == {EDGE}
    assert login().redemption.user_agent == SCRIPT
    assert (login().redemption.place, ANA.upn, GRAPH.name) == (RENTED, "ana@tenant.example", "Microsoft Graph")
