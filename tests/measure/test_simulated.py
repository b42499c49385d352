"""A simulated tenant, hunted over and measured: the two ends that were made apart fit together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.grants.scene import login
from tests.measure.scene import a_tenant

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


@pytest.mark.parametrize("form", ["envelope", "log_analytics", "ual"])
def test_any_form_of_the_logs_belongs_to_its_truth(form, tmp_path, made):
    simulate(tmp_path, users=30, days=14, seed=3, forms=[form])
    figures = document(evaluate([tmp_path]))["overall"]
    reconstructed = figures["reconstruction"]
    assert figures["grants"] == made["overall"]["grants"]
    assert reconstructed["matched"] > 0.8 * reconstructed["real"]
    if form != "ual":
        assert reconstructed == made["overall"]["reconstruction"]


def test_a_tenant_that_nobody_uses_device_code_in_is_measured_too(tmp_path):
    (tmp_path / "logs").mkdir()
    a_tenant(tmp_path, [replace(login().approval, protocol="none", transfer="none")], [])
    figures = document(evaluate([tmp_path], degrade=True))["overall"]
    assert (figures["grants"], figures["average_precision"]) == (0, None)
    assert {at["recall"] for at in figures["severities"]} == {None}


def test_the_rules_see_every_device_code_sign_in(made):
    (every,) = [rule for rule in made["rules"] if rule["rule"] == "every-device-code"]
    assert every["recall"] == 1.0
    assert every["alerts"] > 0
