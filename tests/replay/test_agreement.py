"""The model against what records say that policies did: figures, every difference with why, and what says nothing."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import a_grant
from tests.policy.shapes import ANNA, a_group, a_policy, guid
from tests.replay.scene import MULTI, asks, files, honest, known_as, replayed

from grantwatch.grants.model import PolicyResult


def recorded(results, *, status=None, ids=None):
    made = a_grant("anna").approved(requirement=MULTI, ca=status)
    told = tuple(PolicyResult(name, result, (ids or {}).get(name)) for name, result in results.items())
    made._legs[-1] = replace(made._legs[-1], policy_results=told)
    return known_as(honest(made), ANNA)


def agreement(results, *policies, status=None, ids=None, **lists):
    return replayed(recorded(results, status=status, ids=ids), today=files(*policies, **lists)).agreement


def test_what_agrees_is_a_share():
    found = agreement(
        {"Block": "failure", "MFA": "success", "Other": "notapplied"},
        a_policy("Block"),
        a_policy("MFA", grant=asks("mfa")),
        a_policy("Other", users={"includeUsers": [guid(404)]}),
    )
    assert (found.agree, found.differ, found.not_assessed, found.share) == (3, 0, 0, 1.0)
    assert [each.name for each in found.policies] == ["Block", "MFA", "Other"]
    assert found.with_policies == 1


def test_what_differs_is_listed_with_the_condition_that_decided():
    found = agreement({"Block": "failure"}, a_policy("Block", users={"includeUsers": ["All"], "excludeUsers": [ANNA]}))
    assert (found.agree, found.differ, found.share) == (0, 1, 0.0)
    (each,) = found.differences
    assert (each.policy, each.recorded, each.modelled, each.pairs) == ("Block", "failure", "does not apply", 1)
    assert each.why == "users: left out by user " + ANNA
    assert each.ref is not None


def test_the_other_way_round_too():
    (each,) = agreement({"Block": "notapplied"}, a_policy("Block")).differences
    assert (each.modelled, each.why) == ("applies", "every condition is met")


def test_controls_that_come_to_something_else_differ():
    (each,) = agreement({"Device": "success"}, a_policy("Device", grant=asks("compliantDevice"))).differences
    assert each.why == "controls (compliantDevice): not met by the model"


def test_a_policy_by_its_id_whatever_its_name_was():
    policy = a_policy("New name")
    found = agreement({"Old name": "failure"}, policy, ids={"Old name": policy["id"]})
    assert (found.agree, found.differ) == (1, 0)


def test_not_assessed_is_a_count_of_its_own():
    found = agreement({"Block": "failure"}, a_policy("Block", users={"includeGroups": [guid(404)]}))
    assert (found.agree, found.differ, found.not_assessed, found.share) == (0, 0, 1, None)


def test_modes_that_changed_are_told():
    quiet = a_policy("Block", state="enabledForReportingButNotEnforced")
    found = agreement({"Block": "failure"}, quiet)
    assert [(each.agree, each.other_mode) for each in found.policies] == [(1, 1)]
    found = agreement({"Block": "reportonlyfailure"}, quiet)
    assert [(each.agree, each.other_mode) for each in found.policies] == [(1, 0)]


def test_a_disabled_policy_agrees_with_one_that_was_off_and_differs_from_one_that_acted():
    off = a_policy("Block", state="disabled")
    assert agreement({"Block": "notenabled"}, off).agree == 1
    (each,) = agreement({"Block": "failure"}, off).differences
    assert each.why == "it is disabled"


def test_what_cannot_be_compared_is_counted_by_why():
    found = agreement(
        {"Gone": "failure", "Block": "notenabled", "Odd": "unknownfuturevalue"}, a_policy("Block"), a_policy("Odd")
    )
    assert found.share is None
    assert found.not_comparable == {
        "the log says 'unknownfuturevalue' only": 1,
        "the policy is not in the export": 1,
        "the policy was off then, and is not in the export": 1,
    }


def test_the_status_of_the_record_is_compared_as_well():
    excluded = a_policy("Block", users={"includeUsers": ["All"], "excludeGroups": [guid(50)]})
    group = [a_group(guid(50), "Allowed", ANNA)]
    found = agreement({}, excluded, status="notapplied", groups=group)
    assert (found.statuses.agree, found.statuses.differ) == (1, 0)
    found = agreement({}, excluded, status="failure", groups=group)
    assert found.statuses.differ == 1
    assert [each.policy for each in found.differences] == ["all policies together"]


def test_alike_records_are_counted_not_listed_again():
    grants = [
        replace(
            recorded({"Block": "notapplied"}),
            grant=replace(recorded({"Block": "notapplied"}).grant, grant_id=f"{n:016x}"),
        )
        for n in range(5)
    ]
    found = replayed(*grants, today=files(a_policy("Block"))).agreement
    (each,) = found.differences
    assert each.pairs == found.differ == 5
