"""Correlations against a count in Python, and what they say where they cannot be answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from tests.records.reading import ANNA, audit, sign_in
from tests.rules.scene import AUDITS, a_rule, run_over

from grantwatch.lab.events import Person
from grantwatch.records.database import connect
from grantwatch.rules.correlate import Part, correlated
from grantwatch.rules.model import Outcome
from grantwatch.rules.prepared import Prepared, prepare
from grantwatch.rules.reading import ReadRule, read_rules

BEN = Person("aaaaaaaa-0000-4000-8000-000000000002", "ben@fabrikam.example", "Ben Ortiz")
FAILED = a_rule("ResultType: 50126", name="failed", title="failed")
WORKED = a_rule("ResultType: 0", name="worked", title="worked")
START = datetime(2026, 3, 2, 8, 0)


def correlation(kind: str, rules: str, more: str = "", **keys: str) -> str:
    inner = f"  type: {kind}\n  rules: [{rules}]\n  group-by: [UserPrincipalName]\n  timespan: 10m\n{more}"
    head = "".join(f"{key}: {value}\n" for key, value in ({"title": "together", "level": "high"} | keys).items())
    return f"{head}correlation:\n{inner}"


@dataclass(frozen=True)
class Happened:
    part: int
    minute: int
    who: str
    value: str


HAPPENED = st.lists(
    st.builds(Happened, st.integers(0, 1), st.integers(0, 40), st.sampled_from("ab"), st.sampled_from("xyz")),
    max_size=12,
)


def counted(rule: str, events: Sequence[Happened], folder: Path) -> int:
    """How many records complete a correlation of `failed` and `worked`, by the SQL that it becomes."""
    file = folder / "rules.yml"
    file.write_text("---\n".join([FAILED, WORKED, rule]))
    read = read_rules([file])
    prepared = [each for each in map(prepare, read) if isinstance(each, Prepared)]
    together = prepared[2].rule
    assert isinstance(together, SigmaCorrelationRule)
    together.resolve_rule_references(SigmaCollection([each.rule for each in prepared], resolve_references=False))
    with connect(folder) as con:
        con.execute(
            "CREATE TABLE happened (part INTEGER, table_name VARCHAR, row_id BIGINT, pass_id INTEGER, file_id INTEGER, "
            "time TIMESTAMP, who VARCHAR, upn VARCHAR, ip VARCHAR)"
        )
        for number, each in enumerate(events):
            time = START + timedelta(minutes=each.minute)
            row = [each.part, "t", number, 1, 1, time, each.who, each.who, each.value]
            con.execute("INSERT INTO happened VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        names = {"failed": 0, "worked": 1}
        parts = [
            Part(prepared[names[each.reference]], f"SELECT * FROM happened WHERE part = {names[each.reference]}")
            for each in together.rules or ()
        ]
        ((count,),) = con.execute(f"SELECT count(*) FROM ({correlated(together, parts)}) AS found").fetchall()
    return int(count)


def by_hand(events: Sequence[Happened], complete: Callable[[Happened, list[Happened]], bool]) -> int:
    """How many events complete what the events of the ten minutes before them, of the same user, begin."""
    return sum(
        complete(each, [e for e in events if e.who == each.who and each.minute - 10 <= e.minute <= each.minute])
        for each in events
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("correlations")


@given(events=HAPPENED, least=st.integers(1, 4))
def test_how_many(folder: Path, events: list[Happened], least: int) -> None:
    mine = [each for each in events if each.part == 0]
    expected = by_hand(mine, lambda _, window: len(window) >= least)
    assert counted(correlation("event_count", "failed", f"  condition: {{gte: {least}}}\n"), mine, folder) == expected


@given(events=HAPPENED, least=st.integers(1, 3))
def test_how_many_different(folder: Path, events: list[Happened], least: int) -> None:
    mine = [each for each in events if each.part == 0]
    expected = by_hand(mine, lambda _, window: len({each.value for each in window}) >= least)
    rule = correlation("value_count", "failed", f"  condition: {{gte: {least}, field: IPAddress}}\n")
    assert counted(rule, mine, folder) == expected


@given(events=HAPPENED)
def test_all_of_them_together(folder: Path, events: list[Happened]) -> None:
    expected = by_hand(events, lambda _, window: {each.part for each in window} == {0, 1})
    assert counted(correlation("temporal", "failed, worked"), events, folder) == expected


@given(events=HAPPENED)
def test_in_their_order(folder: Path, events: list[Happened]) -> None:
    expected = by_hand(events, lambda each, window: each.part == 1 and any(e.part == 0 for e in window))
    assert counted(correlation("temporal_ordered", "failed, worked"), events, folder) == expected


def test_over_logs(tmp_path: Path) -> None:
    events = [sign_in(each, error_code=50126) for each in range(3)]
    events += [sign_in(5), sign_in(6, user=BEN)]
    burst = correlation("event_count", "failed", "  condition: {gte: 3}\n", name="burst")
    then = correlation("temporal", "burst, worked", title="then")
    alone = run_over(tmp_path, events, FAILED, WORKED, burst).results
    # A rule that a correlation rests on speaks through it.
    assert [(each.title, each.matches, each.correlation) for each in alone] == [
        ("worked", 2, False),
        ("together", 1, True),
    ]
    assert [match.who for match in alone[1].listed] == [ANNA.upn]
    nested = run_over(tmp_path, events, FAILED, WORKED, burst, then).results
    assert [(each.title, each.matches) for each in nested] == [("then", 1)]
    assert nested[0].listed[0].time == sign_in(5).time


def test_names_that_differ_between_logs_are_aliases(tmp_path: Path) -> None:
    device = a_rule("OperationName: Register device", AUDITS, name="device", title="device")
    rule = (
        "title: both\ncorrelation:\n  type: temporal\n  rules: [worked, device]\n  group-by: [person]\n"
        "  timespan: 1h\n  aliases:\n    person:\n      worked: UserPrincipalName\n"
        "      device: initiatedBy.user.userPrincipalName\n"
    )
    (found,) = run_over(tmp_path, [sign_in(0), audit(1), sign_in(2, user=BEN)], WORKED, device, rule).results
    assert (found.outcome, found.matches) == (Outcome.RAN, 1), found.reasons
    assert found.listed[0].who == ANNA.upn


@pytest.mark.parametrize(
    ("rules", "outcome", "words"),
    [
        (
            [
                FAILED,
                correlation("event_count", "failed", "  condition: {gte: 1}\n").replace("UserPrincipalName", "Nowhere"),
            ],
            Outcome.NOT_ASSESSED,
            "field Nowhere is not in these logs",
        ),
        (
            [a_rule("Nowhere: x", name="failed"), correlation("event_count", "failed", "  condition: {gte: 1}\n")],
            Outcome.NOT_ASSESSED,
            "A rule: field Nowhere is not in these logs",
        ),
        ([correlation("event_count", "failed", "  condition: {gte: 1}\n")], Outcome.ERROR, "failed"),
        (
            [FAILED, correlation("value_sum", "failed", "  condition: {gte: 1, field: ResultType}\n")],
            Outcome.NOT_SUPPORTED,
            "value_sum",
        ),
    ],
)
def test_what_cannot_be_answered_is_told(tmp_path: Path, rules: list[str], outcome: Outcome, words: str) -> None:
    found = run_over(tmp_path, [sign_in(0)], *rules).results[-1]
    assert found.outcome is outcome, found.reasons
    assert words in found.reasons[0]


def test_correlations_in_a_circle_end(tmp_path: Path) -> None:
    one = correlation("event_count", "other", "  condition: {gte: 1}\n", name="one", title="one")
    other = correlation("event_count", "one", "  condition: {gte: 1}\n", name="other", title="other")
    probe = a_rule("ResultType: 0", title="probe")
    found = run_over(tmp_path, [sign_in(0)], one, other, probe).results
    assert [each.title for each in found if each.outcome is Outcome.RAN] == ["probe"]
    wrong = [each for each in found if each.outcome is Outcome.ERROR]
    assert "one" in {each.title for each in wrong}
    assert all("rests on" in each.reasons[0] for each in wrong)


def test_a_document_is_one_rule(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text("---\n".join([FAILED, WORKED]))
    read = read_rules([file])
    assert [type(each) for each in read] == [ReadRule, ReadRule]
    assert [each.line for each in read] == [1, FAILED.count("\n") + 2]
