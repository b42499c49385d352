"""Tenants that do not exist, with their truth: the honest are found, the proposal covers them, no attack gets in."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from grantwatch.allowances import Allowances, matches
from grantwatch.lab.simulate import simulate
from grantwatch.pipeline import hunt
from grantwatch.usage import inventory, propose
from grantwatch.usage.compare import compare
from grantwatch.verdict import Panel

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated")
    simulate(out, users=60, days=21, seed=5)
    return out


@pytest.fixture(scope="module")
def made(folder):
    return inventory(hunt([folder / "logs"]))


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "truth.json").read_text())["grants"]


def redeemed(truth, **wanted):
    return [
        each
        for each in truth
        if each["outcome"] in ("redeemed", "approved") and all(each[key] == value for key, value in wanted.items())
    ]


def test_the_honest_are_found_and_nobody_else(made, truth):
    honest = {each["upn"] for each in redeemed(truth, malicious=False, drill=False)}
    found = {account.user.upn for account in made.accounts}
    out = {each.judged.grant.user.upn for each in made.kept_out}
    assert found <= honest
    assert honest - found <= out, "whoever is missing was kept out, and the inventory says so"
    assert len(found) > 0.8 * len(honest)


def test_rooms_are_told_as_devices(made, truth):
    rooms = {each["upn"] for each in redeemed(truth) if each["persona"] in ("room-account", "room-roll-out")}
    assert rooms
    assert rooms <= {account.user.upn for account in made.of("device")}


def test_no_attack_counts_as_use(made, truth):
    attacks = {(each["user_id"], each["correlation_id"]) for each in redeemed(truth, malicious=True)}
    counted = {(each.grant.user.id, each.grant.correlation_id) for each in made.honest}
    kept = {(each.judged.grant.user.id, each.judged.grant.correlation_id) for each in made.kept_out}
    assert attacks
    assert not attacks & counted
    assert attacks <= kept


def test_the_proposal_covers_everybody_with_fewer_allowances_than_accounts(made):
    found = propose(made, today=TODAY)
    assert not [
        each for each in made.honest if not matches(found.allowances, each.grant, made.kinds[each.grant.grant_id])
    ]
    assert len(found.lines) < 0.6 * len(made.accounts)


def test_the_proposal_lets_no_attack_in_and_lowers_none(folder, made, truth):
    found = propose(made, today=TODAY, owner="ops")
    attacks = {each["correlation_id"] for each in truth if each["malicious"]}
    assert not [
        each
        for each in made.kept_out
        if each.judged.grant.correlation_id in attacks and matches(found.allowances, each.judged.grant, each.kind)
    ]
    plain = {each.grant.grant_id: each.verdict.score for each in made.hunt.grants}
    again = hunt([folder / "logs"], panel=Panel(allowances=found.allowances))
    lowered = [each for each in again.grants if each.verdict.score < plain[each.grant.grant_id]]
    assert lowered
    assert not [each for each in lowered if each.grant.correlation_id in attacks]
    assert all(each.verdict.score <= plain[each.grant.grant_id] for each in again.grants)


def test_without_one_allowance_exactly_its_people_break(made):
    lines = propose(made, today=TODAY, owner="ops").allowances.allowances
    whole = compare(Allowances(lines), made, TODAY)
    assert not whole.gaps
    for gone in whole.standings:
        rest = tuple(each for each in lines if each.id != gone.allowance.id)
        assert {gap.user for gap in compare(Allowances(rest), made, TODAY).gaps} == set(gone.alone_users)


def test_the_examples(examples: Path):
    made = inventory(hunt([examples]))
    found = propose(made, today=TODAY)
    assert [(account.user.upn, account.kind) for account in made.accounts] == [
        ("jonas.weber@fabrikam-garden.example", "person"),
        ("ines.duarte@fabrikam-garden.example", "person"),
        ("room-linden@fabrikam-garden.example", "device"),
    ]
    assert {each.judged.grant.user.upn for each in made.kept_out} == {
        "marta.silva@fabrikam-garden.example",
        "oskar.lind@fabrikam-garden.example",
    }
    assert len(found.lines) < len(made.accounts)
    assert not any(line.suspects for line in found.lines)
