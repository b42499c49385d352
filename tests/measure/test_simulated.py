"""A simulated tenant, hunted over and measured: the two ends that were made apart fit together."""

from __future__ import annotations

import pytest

from grantwatch.lab.simulate import simulate
from grantwatch.measure import document, evaluate, load


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated")
    simulate(out, users=30, days=14, seed=3)
    return out


@pytest.fixture(scope="module")
def made(folder):
    return document(evaluate([folder]))


def test_its_truth_is_read(folder):
    truth = load(folder)
    assert (truth.seed, truth.users, truth.days) == (3, 30, 14)
    assert truth.grants
    assert truth.start < min(grant.started_at for grant in truth.grants)


def test_every_grant_of_the_truth_is_found_once(made):
    reconstructed = made["overall"]["reconstruction"]
    assert reconstructed["matched"] == reconstructed["real"] == made["overall"]["grants"] > 0
    assert (reconstructed["doubled"], reconstructed["phantom"]) == (0, 0)


def test_every_grant_is_counted_under_a_campaign_or_a_persona(made):
    kinds = [*made["overall"]["campaigns"], *made["overall"]["personas"]]
    assert sum(kind["grants"] for kind in kinds) == made["overall"]["grants"]
    assert "unnamed" not in {kind["id"] for kind in kinds}


def test_the_rules_see_every_device_code_sign_in(made):
    (every,) = [rule for rule in made["rules"] if rule["rule"] == "every-device-code"]
    assert every["recall"] == 1.0
    assert every["alerts"] > 0
