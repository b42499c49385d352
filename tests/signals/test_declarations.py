"""What a signal must say of itself, and what it says where the logs are not enough."""

from __future__ import annotations

import pytest
from tests.builders import HOME, NOWHERE, OFFICE, PYTHON, RENTED, SAME_CITY, a_grant
from tests.signals.test_pairs import PAIRS

from grantwatch.errors import DeclarationError
from grantwatch.grants.model import Named
from grantwatch.signals import (
    NEEDS,
    Case,
    Evidence,
    NotAssessed,
    NotFired,
    Signal,
    lacking,
    registered,
    signal,
)
from grantwatch.testing.check import faults

BLIND = frozenset(NEEDS)


WITH_A_SECOND = {"persistence.device_registered"}
"""May alert alone, but reaches high only with a mark or a second kind of evidence."""


@pytest.mark.parametrize("each", registered(), ids=lambda each: each.id)
def test_keeps_what_every_signal_must(each: Signal) -> None:
    found = faults(each, PAIRS)
    assert len(found) == (each.id in WITH_A_SECOND), found


@pytest.mark.parametrize("each", [each for each in registered() if each.needs], ids=lambda each: each.id)
def test_says_that_it_could_not_look(each: Signal) -> None:
    answer = each.judge(a_grant().sighted(NOWHERE, agent=None).history(0).case(missing=BLIND))

    assert isinstance(answer, NotAssessed)
    assert answer.why.startswith("Not assessed: ")
    assert answer.why.endswith(".")


def test_a_signal_fires_from_what_is_there_although_a_need_is_missing() -> None:
    by_id = {each.id: each for each in registered()}
    case = a_grant(client=OFFICE).redeemed(RENTED, agent=PYTHON).case(missing=frozenset({"stream:non_interactive"}))
    assert isinstance(by_id["token.script_agent"].judge(case), Evidence)


@pytest.mark.parametrize("days", [0.0, 2.9])
@pytest.mark.parametrize("id", ["identity.first_use", "network.new_to_user", "client.new_to_user"])
def test_short_history_makes_nothing_of_never_seen_before(id: str, days: float) -> None:
    by_id = {each.id: each for each in registered()}
    answer = by_id[id].judge(a_grant().approved(HOME).redeemed(SAME_CITY).history(days).case())
    assert isinstance(answer, NotAssessed)


def test_longer_history_never_weighs_less() -> None:
    first_use = next(each for each in registered() if each.id == "identity.first_use")
    weights = []
    for days in (4, 6.9, 7, 15, 30, 90):
        answer = first_use.judge(a_grant().approved().history(days).case())
        assert isinstance(answer, Evidence)
        weights.append(answer.weight)
    assert weights == sorted(weights)
    assert weights[-1] == first_use.weight
    assert weights[0] < 0.5 * first_use.weight


def test_either_audit_log_will_do() -> None:
    both = ("stream:audit", "stream:unified_audit")
    assert lacking(both, frozenset({"stream:audit"})) == ()
    assert lacking(both, frozenset(both)) == both
    assert lacking(("stream:unified_audit",), frozenset({"stream:unified_audit"})) == ("stream:unified_audit",)


def _judge(self: Signal, case: Case) -> NotFired:
    return self.not_fired()


def test_why_a_signal_did_not_fire_is_what_it_declares_unless_it_knows_better() -> None:
    first_use = next(each for each in registered() if each.id == "identity.first_use")
    assert first_use.not_fired().why == first_use.otherwise
    assert first_use.not_fired("A closer reason.").why == "A closer reason."
    answer = first_use.judge(a_grant().approved().redeemed().habit(times=3, every=5).case())
    assert answer == NotFired(first_use.id, "This user had signed in with a device code before, last on 2026-10-09.")


def test_what_the_records_of_a_grant_do_not_say_is_not_assessed_although_the_logs_could() -> None:
    by_id = {each.id: each for each in registered()}
    case = a_grant(client=Named(None, None)).sighted(NOWHERE, agent=None).case()
    for id in ("client.new_to_user", "network.hosting", "network.new_country", "token.kit_agent", "token.script_agent"):
        answer = by_id[id].judge(case)
        assert isinstance(answer, NotAssessed), id
        assert answer.why.startswith("Not assessed: ")


@pytest.mark.parametrize(
    ("id", "group", "needs", "told"),
    [
        ("identity.first_use", "identity", (), "declared twice"),
        ("test.group", "luck", (), "'luck' is not one of approach"),
        ("identity.need", "identity", ("moon",), "'moon' is not one of stream:interactive"),
    ],
)
def test_a_wrong_declaration_is_refused(id: str, group: str, needs: tuple[str, ...], told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        signal(id, title="t", question="q?", group=group, weight=1.0, looks_at="x", otherwise="No.", needs=needs)(
            _judge
        )
