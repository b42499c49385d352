"""Weights of one's own: what a file may say, whose grants it holds for, and how a verdict names it."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import BROKER, HOME, PYTHON, REGISTRATION, RENTED, TENANT, GrantBuilder, a_grant

from grantwatch.errors import UsageError
from grantwatch.signals import Evidence, registered
from grantwatch.verdict import Panel, Severity, Status, explain, incidents, judge, judge_one, read_weights
from grantwatch.verdict.weights import raw, weights

OTHER = "66666666-7777-8888-9999-000000000000"


def stolen(user: str = "alice") -> GrantBuilder:
    return a_grant(user, client=BROKER, resource=REGISTRATION).approved(HOME).redeemed(RENTED, agent=PYTHON)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mdr.toml"
    path.write_text(text, encoding="utf-8")
    return path


def panel(tmp_path: Path, text: str) -> Panel:
    return Panel(tenants=read_weights(written(tmp_path, text)))


def test_without_a_file_the_built_in_weights_judge_and_are_named() -> None:
    found = judge_one(stolen().case())
    assert found.verdict.weights.name == "built-in"
    assert len(found.verdict.weights.digest) == 12
    assert found.verdict.weights == Panel().used(None) == Panel().used("any tenant")


def test_only_what_is_said_differs(tmp_path: Path) -> None:
    mine = panel(tmp_path, "[default]\nprior = -3\n[default.gates]\ngroups_for_high = 3\n").weights(TENANT)
    built_in = weights()
    assert (mine.prior, mine.gates.groups_for_high) == (-3, 3)
    assert replace(mine, prior=built_in.prior, gates=built_in.gates, name="built-in") == built_in
    assert replace(mine.gates, groups_for_high=2) == built_in.gates


def test_a_tenant_goes_before_what_holds_for_all_and_that_before_what_is_built_in(tmp_path: Path) -> None:
    text = (
        f'[default]\nprior = -3\nrest_share = 0.2\n["{TENANT.upper()}"]\nprior = -2\n'
        f'["{OTHER}".signals]\n"network.hosting" = 1.0\n[default.signals]\n"network.hosting" = 2.0\n'
    )
    given = panel(tmp_path, text)
    assert [given.weights(each).prior for each in (TENANT, OTHER, None, "else")] == [-2, -3, -3, -3]
    assert given.weights(TENANT).rest_share == 0.2
    hosting = [{each.id: each for each in given.judges(t)}["network.hosting"].weight for t in (TENANT, OTHER, None)]
    assert hosting == [2.0, 1.0, 2.0]
    assert given.weights(TENANT).name == f"{tmp_path}/mdr.toml, {TENANT}"
    assert given.weights(None).name == f"{tmp_path}/mdr.toml, default"


def test_a_file_that_does_not_name_the_tenant_leaves_the_built_in_weights(tmp_path: Path) -> None:
    given = panel(tmp_path, f'["{OTHER}"]\nprior = -1\n')
    assert given.used(TENANT) == Panel().used(TENANT)
    assert given.used(OTHER) != Panel().used(OTHER)


def test_each_grant_is_judged_by_the_weights_of_its_tenant(tmp_path: Path) -> None:
    given = panel(tmp_path, f'["{OTHER}"]\nprior = -9\n')
    grant, profile = stolen().pair()
    there = replace(grant, tenant_id=OTHER, grant_id="there")
    found = {each.grant.tenant_id: each for each in judge([(grant, profile), (there, profile)], frozenset(), given)}
    assert found[TENANT].verdict == judge_one(stolen().case()).verdict
    assert found[OTHER].verdict.score < found[TENANT].verdict.score
    assert found[OTHER].verdict.weights.name.endswith(f", {OTHER}")


def test_the_weight_of_a_signal_and_what_is_explained_of_it(tmp_path: Path) -> None:
    given = panel(tmp_path, '[default.signals]\n"network.hosting" = 0.5\n"client.broker_registration" = 0\n')
    judged = judge_one(stolen().case(), given)
    told = explain(judged, (), given)
    answers = {each.signal.id: each for each in told.signals}
    hosting = answers["network.hosting"].evidence
    assert isinstance(hosting, Evidence)
    assert hosting.weight == pytest.approx(0.5 * math.prod(each.value for each in hosting.factors), abs=0.0006)
    assert answers["client.broker_registration"].status is Status.WEIGHTLESS
    assert "client.broker_registration" not in {each.signal for each in judged.verdict.evidence}
    assert told.score == judged.verdict.score
    assert answers["network.hosting"].signal.weight == 0.5


def test_severities_begin_where_the_file_says(tmp_path: Path) -> None:
    case = a_grant().approved(HOME).redeemed(RENTED).knows(HOME).case()
    high = judge_one(case, panel(tmp_path, "[default.severity]\ncritical = 100\n")).verdict
    assert high.severity is Severity.HIGH
    less = panel(tmp_path, f"[default.severity]\nhigh = {high.score + 1}\ncritical = 100\n")
    found = judge_one(case, less).verdict
    assert (found.severity, found.score) == (Severity.MEDIUM, high.score)


def test_a_gate_holds_a_score_below_where_the_file_lets_the_severity_begin(tmp_path: Path) -> None:
    grant = a_grant(client=BROKER, resource=REGISTRATION).interrupted(HOME).blocked(RENTED, agent=PYTHON).knows(HOME)
    given = panel(tmp_path, "[default]\nprior = 3\n[default.severity]\nhigh = 60\n")
    found = judge_one(grant.case(), given)
    assert (found.verdict.severity, found.verdict.score) == (Severity.MEDIUM, 59)
    assert explain(found, (), given).score == 59


def test_incidents_are_gathered_by_the_weights_of_the_one_tenant(tmp_path: Path) -> None:
    pairs = [stolen(name).pair() for name in ("alice", "bob")]
    strict = panel(tmp_path, f'["{TENANT}".incidents]\ncampaign_users = 3\n')
    found = judge(pairs, frozenset(), strict)
    assert [each.kind for each in incidents(found)] == ["campaign"]
    assert [each.kind for each in incidents(found, strict)] == ["user"]
    elsewhere = [replace(found[0], grant=replace(found[0].grant, tenant_id=OTHER)), found[1]]
    assert [each.kind for each in incidents(elsewhere, strict)] == ["campaign"]


def test_the_digest_is_of_the_numbers_and_not_of_how_they_are_written(tmp_path: Path) -> None:
    one = panel(tmp_path, "[default]\nprior = -3\nrest_share = 0.5\n").used(None)
    other = panel(tmp_path, "[default]\nrest_share = 0.50\nprior = -3.0 # the same\n").used(None)
    assert one == other
    changed = [(path, value) for path, value in _leaves(raw()) if path[0] != "severity" and not isinstance(value, list)]
    digests = {one.digest}
    for path, value in changed:
        table = ".".join(("default", *path[:-1]))
        other_value = value * 0.5 if isinstance(value, float) else value + 1
        digests.add(panel(tmp_path, f"[{table}]\n{path[-1]} = {other_value}\n").used(None).digest)
    assert len(digests) == 1 + len(changed) >= 20


def _leaves(node: Any, at: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if not isinstance(node, dict):
        return [(at, node)]
    return [leaf for key, value in node.items() for leaf in _leaves(value, (*at, key))]


@given(
    st.sampled_from([each.id for each in registered() if each.group != "favour"]),
    st.floats(0.1, 9).map(lambda x: round(x, 2)),
)
def test_a_weight_of_a_signal_changes_the_digest(id: str, weight: float) -> None:
    from grantwatch.verdict.own_weights import TenantWeights

    own = Panel(tenants=TenantWeights(replace(weights(), signals={id: weight}), {}))
    declared = {each.id: each.weight for each in registered()}[id]
    assert (own.used(None) == Panel().used(None)) is (weight == declared)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("prior = -3\n", 1, "'prior' is no section; accepted are default and tenant ids"),
        ("\n[contoso]\nprior = -3\n", 2, "'contoso' is no section; accepted are default and tenant ids"),
        ("[default]\nprio = -3\n", 2, "'prio' is no key of default; accepted are prior, rest_share"),
        ("[default]\n\n[default.gates]\ngroup_count = 3\n", 4, "no key of default.gates; accepted are group_counts"),
        ("default = 3\n", 1, "'default' is no section; accepted is [default]"),
        ("[default]\ngates = 3\n", 2, "'gates' is a table; accepted are group_counts, groups_for_high"),
        ("[default]\nprior = 'low'\n", 2, "prior = 'low' is not accepted; it is a number, in log-odds"),
        ("[default]\nprior = nan\n", 2, "prior = nan is not accepted"),
        ("[default]\nprior = true\n", 2, "prior = True is not accepted"),
        ("[default]\nrest_share = 2\n", 2, "it is a number from 0 to 1"),
        ("[default]\nfavour_floor = 1\n", 2, "0 or less"),
        ("[default]\nfavour_touches = ['favour']\n", 2, "it is a list of approach, identity"),
        ("[default]\nincidents.user_days = 0\n", 2, "a number above 0"),
        ("[default.incidents]\ncampaign_users = 2.5\n", 2, "a whole number, 1 or more"),
        ("[default.severity]\nhigh = 55.5\n", 2, "a whole number from 0 to 100"),
        (
            "[default.severity]\n# comment\nhigh = 20\n",
            1,
            "low 10, medium 30, high 20, critical 85; accepted is 0 first",
        ),
        ("[default.severity]\nawful = 99\n", 2, "accepted are informational, low, medium, high, critical"),
        ("[default.severity]\ninformational = 3\n", 1, "accepted is 0 first"),
        ("[default.signals]\n'network.hostin' = 1\n", 2, "nearest are network.hosting"),
        (
            "[default.signals]\nnetwork.hosting = 1\n",
            2,
            'an id stands in quotes, as it has a dot in it: "network.hosting"',
        ),
        ('[default.signals]\n"network.hosting" = -1\n', 2, "a number in log-odds, 0 or more"),
        ('[default.signals]\n"favour.habit" = 1\n', 2, "a number in log-odds, 0 or less"),
        ("[default]\nsignals = 1\n", 2, "'signals' is a table"),
        (f'["{TENANT}"]\nprior = -1\n["{TENANT}".gates]\nx = 1\n', 4, "'x' is no key"),
        ('["ABCDABCD-2222-3333-4444-555555555555"]\n["abcdabcd-2222-3333-4444-555555555555"]\n', 2, "has two sections"),
    ],
)
def test_a_wrong_file_is_named_with_line_key_and_what_is_accepted(
    tmp_path: Path, text: str, line: int, told: str
) -> None:
    with pytest.raises(UsageError) as error:
        panel(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path}/mdr.toml:{line}: ")
    assert told in str(error.value)


@pytest.mark.parametrize(("text", "told"), [(b"\xff\xfe", "no UTF-8 text"), (b"[default\n", "is no TOML")])
def test_a_file_that_is_no_toml(tmp_path: Path, text: bytes, told: str) -> None:
    path = tmp_path / "mdr.toml"
    path.write_bytes(text)
    with pytest.raises(UsageError, match=told):
        read_weights(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_weights(tmp_path / "none.toml")


def test_the_built_in_file_is_a_section_by_itself(tmp_path: Path) -> None:
    """Whoever copies it, to change a number in it, gets what it says."""
    lines = []
    for path, value in _leaves(raw()):
        lines.append(f"default.{'.'.join(path)} = {value!r}")
    same = panel(tmp_path, "\n".join(lines))
    assert tomllib.loads("\n".join(lines))["default"] == raw()
    assert same.used(None).digest == Panel().used(None).digest
