"""An own signal that is faulty: told, not assessed, and the hunt goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.builders import HOME, RENTED, a_grant

from grantwatch.signals import Evidence, Scale, Signal, signal
from grantwatch.verdict import Panel, Status, blind_signals, explain, judge, judge_one


def own(function: Callable[[Signal, Any], Any], **more: Any) -> Signal:
    declared = {
        "title": "Mine",
        "question": "Mine?",
        "group": "client",
        "weight": 2.0,
        "looks_at": "this",
        "otherwise": "No.",
    }
    return signal("client.mine", **{**declared, **more})(function)


def raises(self: Signal, case: Any) -> Any:
    if case.grant.user.upn == "bob@example.com":
        raise ValueError("no\nsuch\x1b thing")
    return self.not_fired()


def test_it_is_not_assessed_where_it_raises_and_asked_elsewhere() -> None:
    panel = Panel((own(raises),))
    pairs = [a_grant(user).approved(HOME).redeemed(RENTED).pair() for user in ("alice", "bob", "cho")]
    found = {each.grant.user.label: each for each in judge(pairs, frozenset(), panel)}
    failed = {name: [item for item in each.verdict.not_assessed if item.failed] for name, each in found.items()}
    assert [name for name, items in failed.items() if items] == ["bob@example.com"]
    (item,) = failed["bob@example.com"]
    assert item.signal == "client.mine"
    assert item.why.startswith("Not assessed: the signal failed: it raised ValueError: no such")
    assert f" at {__file__}:" in item.why
    assert item.source.startswith(f"{__file__}:")
    told = explain(found["bob@example.com"], (), panel)
    assert {each.signal.id: each.status for each in told.signals}["client.mine"] is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda _: None, "it answered NoneType; accepted are self.fired"),
        (lambda _: True, "it answered bool"),
        (lambda _: Evidence("client.other", "t", "s.", "client", 1.0, (), "c"), "it answered for client.other"),
        (lambda self: Evidence(self.id, "t", "s.", "client", float("nan"), (), "c"), "is nan, no number"),
        (lambda self: Evidence(self.id, "t", "s.", "client", -1.0, (), "c"), "does not fit the group client"),
        (lambda self: Evidence(self.id, "t", "s.", "network", 1.0, (), "c"), "does not fit the group client"),
        (lambda self: self.fired("", chip="c"), "its answer has no words"),
        (lambda self: self.not_assessed(None), "its answer has no words"),
        (lambda self: self.fired("s.", chip="c", scale=Scale().by(-1.0, "x")), "does not fit the group client"),
        (lambda _: exit(3), "it raised SystemExit: 3"),
    ],
)
def test_an_answer_that_is_none_is_a_fault(answer: Callable[[Signal], Any], told: str) -> None:
    judged = judge_one(a_grant().approved(HOME).case(), Panel((own(lambda self, _: answer(self)),)))
    (item,) = [each for each in judged.verdict.not_assessed if each.failed]
    assert told in item.why
    assert item.why.endswith(".")


def test_a_good_one_counts_in_the_score_and_is_blind_where_ours_would_be() -> None:
    mine = own(lambda self, _: self.fired("Mine.", chip="mine"), needs=("field:asn",))
    case = a_grant().approved(HOME).redeemed(RENTED).case()
    with_it, without = judge_one(case, Panel((mine,))), judge_one(case)
    assert with_it.verdict.score > without.verdict.score
    assert [each.source for each in with_it.verdict.evidence if each.signal == "client.mine"] == [mine.place]
    blind = {each.signal: each for each in blind_signals({"field:asn"}, Panel((mine,)))}
    assert blind["client.mine"].source == mine.place
    assert "client.mine" not in {each.signal for each in blind_signals({"field:asn"})}


def test_a_signal_of_ours_that_raises_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be a fault of Grantwatch, which must not pass for telemetry that is missing."""
    broken = replace(own(raises), own=False, judge=lambda _case: (_ for _ in ()).throw(KeyError("ours")))
    monkeypatch.setattr("grantwatch.verdict.panel.registered", lambda: (broken,))
    with pytest.raises(KeyError, match="ours"):
        judge_one(a_grant().approved(HOME).case())
