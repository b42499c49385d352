"""Logs, inventory, proposal, generated set, decision: what is malicious is stopped, what is honest is not.

Each grant is decided leg by leg and use by use, as Conditional Access would look at it: who, from which address, for
which resource, by device code. It is stopped where one of these is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grantwatch.allowances import Allowances, flow_networks, flow_resources
from grantwatch.grants.model import Grant, Outcome
from grantwatch.lab.simulate import simulate
from grantwatch.pipeline import hunt
from grantwatch.policy import DEVICE_CODE, Context, Export, Model, UserKind, parse
from grantwatch.policy.generate import Emergency, PolicySet, generate
from grantwatch.policy.generate.files import contents
from grantwatch.policy.posture import check_posture
from grantwatch.usage import Inventory, inventory, propose
from grantwatch.usage.compare import compare
from grantwatch.usage.shown import evidence

TODAY = date(2026, 11, 26)
GLASS = "eeeeeeee-0000-4000-8000-000000000001"
MARTA, OSKAR = "marta.silva@fabrikam-garden.example", "oskar.lind@fabrikam-garden.example"


def made_for(allowances: Allowances, inventory_: Inventory) -> PolicySet:
    return generate(
        allowances, on=TODAY, evidence=evidence(allowances, inventory_), emergency=Emergency((GLASS,)), source="a.yaml"
    )


def export_of(made: PolicySet, state: str = "enabled") -> Export:
    """The files of a set as an export of a tenant that has them, in a state."""
    files = contents(made)
    policies = files["policies.json"].replace(b"enabledForReportingButNotEnforced", state.encode())
    return parse([("p", policies), ("g", files["groups.json"]), ("l", files["namedLocations.json"])])


def model_of(made: PolicySet, state: str = "enabled") -> Model:
    export = export_of(made, state)
    return Model(export.policies, export.directory)


def contexts(grant: Grant) -> Iterable[Context]:
    """One for each place of the flow and of the first hour after it."""
    places = flow_networks(grant)
    assert places, "a grant without a place cannot be decided"
    for place in places:
        yield Context(
            user_id=grant.user.id,
            kinds=frozenset({UserKind.MEMBER}),
            resources=flow_resources(grant),
            client_app="mobileAppsAndDesktopClients",
            ip=place.ip or (place.prefix or "").partition("/")[0],
            country=place.country,
            flow=DEVICE_CODE,
            tracked=DEVICE_CODE,
        )


def stopped(model: Model, grant: Grant) -> bool:
    answers = [model.outcome(context).blocks for context in contexts(grant)]
    assert None not in answers, "nothing is left open"
    return any(answers)


@pytest.fixture(scope="module")
def made(examples_: Path) -> Inventory:
    return inventory(hunt([examples_]))


@pytest.fixture(scope="module")
def examples_() -> Path:
    return Path(__file__).resolve().parents[2] / "examples" / "logs"


@pytest.fixture(scope="module")
def proposed(made: Inventory) -> Allowances:
    return propose(made, today=TODAY, owner="ops").allowances


def test_every_malicious_grant_is_stopped_and_no_honest_one(made: Inventory, proposed: Allowances) -> None:
    model = model_of(made_for(proposed, made))
    malicious = [each for each in made.hunt.grants if each.grant.user.upn in (MARTA, OSKAR)]
    assert {each.grant.user.upn for each in malicious} == {MARTA, OSKAR}
    assert {each.judged.grant.grant_id for each in made.kept_out} <= {each.grant.grant_id for each in malicious}
    assert len(made.honest) == 35
    assert [each.grant.grant_id for each in malicious if not stopped(model, each.grant)] == []
    assert [each.grant.grant_id for each in made.honest if stopped(model, each.grant)] == []


def test_in_report_only_mode_nobody_is_stopped(made: Inventory, proposed: Allowances) -> None:
    model = model_of(made_for(proposed, made), "enabledForReportingButNotEnforced")
    assert not [each for each in made.hunt.grants if stopped(model, each.grant)]
    watching = [
        outcome.report_only.blocks
        for each in made.kept_out
        for context in contexts(each.judged.grant)
        if (outcome := model.outcome(context)).report_only
    ]
    assert watching
    assert all(watching)


def test_without_one_allowance_exactly_its_people_break(made: Inventory, proposed: Allowances) -> None:
    """Those who have no other: the model agrees with the comparison of allowances, grant by grant."""
    assert len(proposed.allowances) > 1
    for gone in proposed.allowances:
        rest = Allowances(tuple(each for each in proposed.allowances if each is not gone))
        model = model_of(made_for(rest, made))
        broken = {each.grant.user.upn for each in made.honest if stopped(model, each.grant)}
        standing = next(each for each in compare(proposed, made, TODAY).standings if each.allowance is gone)
        assert broken == set(standing.alone_users)
        assert broken == set(gone.subject.users)


def test_members_rest_on_their_grants(made: Inventory, proposed: Allowances) -> None:
    found = made_for(proposed, made)
    shown = {
        id
        for each in found.objects
        for member in each.members
        for because in member.because
        for id in because.grant_ids
    }
    assert shown == {each.grant.grant_id for each in made.honest}
    assert not found.incomplete
    assert all(member.known for each in found.objects for member in each.members)


def test_posture_of_the_set_switched_on_finds_only_what_is_meant(made: Inventory, proposed: Allowances) -> None:
    """Allowed accounts in their places, rooms that register at theirs, emergency accounts: nothing else is open."""
    posture = check_posture(export_of(made_for(proposed, made)))
    assert {finding.check for finding in posture.findings} == {
        "conditions.locations",
        "people.exclusion_group",
        "registration.gaps",
    }
    passed = {check.id for check in posture.passed}
    assert {
        "flow.no_policy",
        "flow.report_only",
        "resources.registration_excluded",
        "resources.partial",
        "resources.excluded",
        "people.not_everyone",
        "people.guests",
        "people.roles_excluded",
        "conditions.wide_location",
        "registration.no_mfa",
    } <= passed
    for finding in posture.findings:
        if finding.check == "conditions.locations":
            assert "outside its locations" in finding.policies[0].name
        elif finding.check == "registration.gaps":
            assert "emergency access" in finding.sentence or "devices-" in finding.sentence
        else:
            assert "Grantwatch DC allowed" in finding.sentence
    open_ = {crowd.kind for (crowd, _), cell in posture.coverage.cells.items() if cell.status.value != "blocked"}
    assert open_ == {"group"}


# -- a tenant of the lab, with its truth


@cache
def _lab() -> tuple[Inventory, frozenset[str]]:
    """The inventory of a simulated tenant, and the correlation ids of its attacks."""
    with TemporaryDirectory() as folder:
        simulate(Path(folder), users=60, days=21, seed=5)
        truth = json.loads((Path(folder) / "truth.json").read_text())["grants"]
        found = inventory(hunt([Path(folder) / "logs"]))
    return found, frozenset(each["correlation_id"] for each in truth if each["malicious"])


def test_in_a_simulated_tenant_too() -> None:
    found, attacks = _lab()
    allowances = propose(found, today=TODAY, owner="ops").allowances
    made = made_for(allowances, found)
    model = model_of(made)
    honest = [each.grant for each in found.honest if flow_networks(each.grant)]
    malicious = [
        each.grant
        for each in found.hunt.grants
        if each.grant.correlation_id in attacks and each.grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)
    ]
    members = {member.id for each in made.objects if each.allowances for member in each.members}
    assert len(honest) > 50
    assert len(malicious) > 5
    assert [grant for grant in malicious if grant.user.id in members], "one who is allowed was phished too"
    assert [grant.grant_id for grant in honest if stopped(model, grant)] == []
    assert [grant.grant_id for grant in malicious if not stopped(model, grant)] == []
