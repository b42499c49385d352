"""How the signals about the flow, its token and its account weigh what they see."""

from __future__ import annotations

import pytest
from tests.builders import (
    ABROAD,
    ADMIN,
    AZ_TOOL,
    AZURE_CLI,
    EDGE,
    FIREFOX,
    GRAPH,
    HOME,
    NO_ROLE,
    OFFICE,
    OTHER_TENANT,
    PYTHON,
    SAFARI_PHONE,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Device
from grantwatch.signals import Evidence, NotAssessed, NotFired, registered

SIGNALS = {each.id: each for each in registered()}


def answer(id: str, builder: GrantBuilder, **more: frozenset[str]) -> Evidence | NotAssessed | NotFired:
    return SIGNALS[id].judge(builder.case(**more))


def weight(id: str, builder: GrantBuilder) -> float:
    found = answer(id, builder)
    return found.weight if isinstance(found, Evidence) else 0.0


def plain() -> GrantBuilder:
    return a_grant().approved(HOME).redeemed(HOME).knows(HOME)


# -- multi-factor authentication


def approved(*methods: str, requirement: str | None = None) -> GrantBuilder:
    return a_grant().approved(methods=methods, requirement=requirement).redeemed()


@pytest.mark.parametrize("methods", [("Previously satisfied",), ("Password (ok)", "Previously satisfied")])
def test_a_second_factor_by_claim_is_not_fresh(methods: tuple[str, ...]) -> None:
    assert weight("identity.mfa_not_fresh", approved(*methods)) > 0


def test_a_single_factor_weighs_more_than_one_that_was_taken_over() -> None:
    single = approved("Password (Correct password)", requirement="singlefactorauthentication")
    assert weight("identity.mfa_not_fresh", single) > weight("identity.mfa_not_fresh", approved("Previously satisfied"))


def test_only_the_approval_tells_how_the_person_authenticated() -> None:
    assert isinstance(answer("identity.mfa_not_fresh", a_grant().redeemed()), NotAssessed)
    assert isinstance(answer("identity.mfa_not_fresh", a_grant().approved().redeemed()), NotAssessed)
    assert isinstance(answer("identity.mfa_not_fresh", a_grant().sighted()), NotAssessed)
    assert isinstance(answer("identity.mfa_not_fresh", a_grant().blocked()), NotFired)


def test_single_sign_on_is_no_news_of_somebody_who_uses_device_codes() -> None:
    assert isinstance(answer("identity.mfa_not_fresh", approved("Previously satisfied").habit()), NotFired)


# -- policies


def test_a_policy_that_only_watched_weighs_more_than_none() -> None:
    none = weight("posture.policy_gap", a_grant().approved(ca="notapplied").redeemed())
    watched = a_grant().approved(ca="success", results={"CA001": "success", "CA014": "reportonlyfailure"}).redeemed()
    found = answer("posture.policy_gap", watched)
    assert isinstance(found, Evidence)
    assert found.weight > none > 0
    assert "'CA014'" in found.summary
    assert "CA001" not in found.summary


def test_where_no_record_says_what_policies_did_it_is_not_assessed() -> None:
    assert isinstance(answer("posture.policy_gap", a_grant().approved().redeemed()), NotAssessed)
    passed = a_grant().approved(ca="success").redeemed()
    assert isinstance(answer("posture.policy_gap", passed), NotFired)
    assert isinstance(answer("posture.policy_gap", passed, missing=frozenset({"field:policies"})), NotAssessed)


def test_that_no_policy_stops_a_habit_is_no_news() -> None:
    assert isinstance(answer("posture.policy_gap", a_grant().approved(ca="notapplied").redeemed().habit()), NotFired)


# -- privileged tokens


def administrator(network: object = HOME) -> GrantBuilder:
    return a_grant().approved(HOME).redeemed(network).carrying(roles=(ADMIN, NO_ROLE)).knows(HOME)  # type: ignore[arg-type]


def test_a_privileged_role_weighs_most_from_a_new_network() -> None:
    away, at_home = administrator(ABROAD), administrator()
    used = administrator(ABROAD).knows("grant_client", AZURE_CLI.id or "")
    assert weight("token.privileged", away) > weight("token.privileged", used) > 0
    assert weight("token.privileged", away) > weight("token.privileged", at_home) > 0
    told = answer("token.privileged", away)
    assert isinstance(told, Evidence)
    assert "Global Administrator" in told.summary


def test_a_role_that_was_given_after_the_grant_weighs_more() -> None:
    given = administrator(ABROAD).followed("role", minutes=30)
    assert weight("token.privileged", given) > weight("token.privileged", administrator(ABROAD))
    before = administrator(ABROAD).followed("role", minutes=-30)
    assert weight("token.privileged", before) == weight("token.privileged", administrator(ABROAD))


def test_scopes_that_change_much_count_from_a_new_network_only() -> None:
    def asking(scope: str, network: object = ABROAD) -> GrantBuilder:
        grant = a_grant(client=OFFICE, resource=GRAPH).approved(HOME).redeemed(network)  # type: ignore[arg-type]
        return grant.carrying(scopes=(scope,)).knows(HOME)

    assert weight("token.privileged", asking("https://graph.microsoft.com/RoleManagement.ReadWrite.Directory")) > 0
    assert isinstance(answer("token.privileged", asking("RoleManagement.ReadWrite.Directory", HOME)), NotFired)
    assert isinstance(answer("token.privileged", asking("User.Read")), NotFired)


def test_a_token_about_which_nothing_is_logged_is_not_assessed() -> None:
    assert isinstance(answer("token.privileged", a_grant(client=OFFICE, resource=GRAPH).redeemed()), NotAssessed)
    assert isinstance(answer("token.privileged", a_grant(client=OFFICE, resource=GRAPH).blocked()), NotFired)


# -- other tenants


def test_a_guest_who_used_the_client_before_weighs_less() -> None:
    new = a_grant().approved().redeemed().of_tenant(OTHER_TENANT)
    old = a_grant().approved().redeemed().of_tenant(OTHER_TENANT).habit()
    assert weight("identity.other_tenant", new) > weight("identity.other_tenant", old) > 0


def test_how_an_account_came_in_is_told() -> None:
    found = answer(
        "identity.other_tenant", a_grant().redeemed().of_tenant(OTHER_TENANT, type="member", cross="serviceprovider")
    )
    assert isinstance(found, Evidence)
    assert "service provider" in found.summary
    assert OTHER_TENANT in found.summary


# -- bursts


def test_a_burst_that_went_through_weighs_more_and_a_habit_less() -> None:
    failed = weight("attempt.burst", a_grant().interrupted().attempts(own=2))
    passed = weight("attempt.burst", a_grant().approved().redeemed().attempts(own=3))
    habit = weight("attempt.burst", a_grant().approved().redeemed().attempts(own=3).habit())
    assert passed > failed > habit > 0


def test_attempts_of_several_users_by_one_client_are_a_burst_too() -> None:
    several = answer("attempt.burst", a_grant().interrupted().attempts(others=2))
    assert isinstance(several, Evidence)
    assert "3 users" in several.summary
    assert isinstance(answer("attempt.burst", a_grant().interrupted().attempts(others=1)), NotFired)
    assert isinstance(answer("attempt.burst", a_grant().approved().redeemed().attempts(others=2)), NotFired)


# -- programs


def test_another_program_on_the_users_own_device_or_one_that_the_user_has_says_nothing() -> None:
    laptop = Device(id="laptop")
    own = plain().used(network=ABROAD, agent=EDGE, device=laptop).knows("device", "laptop")
    used = plain().used(network=ABROAD, agent=EDGE).knows("agent_family", "Edge")
    assert isinstance(answer("token.agent_changed", own), NotFired)
    assert isinstance(answer("token.agent_changed", used), NotFired)


def test_another_program_in_a_known_network_weighs_less() -> None:
    away, at_home = plain().used(network=ABROAD, agent=EDGE), plain().used(network=HOME, agent=EDGE)
    assert weight("token.agent_changed", away) > weight("token.agent_changed", at_home) > 0


@pytest.mark.parametrize("agent", [AZ_TOOL, PYTHON, FIREFOX, None])
def test_what_the_flow_itself_used_is_no_other_program(agent: str | None) -> None:
    assert weight("token.agent_changed", plain().used(network=ABROAD, agent=agent)) == 0
    assert weight("token.agent_changed", plain().used(network=ABROAD, agent=SAFARI_PHONE)) > 0


def test_apps_of_one_suite_on_one_phone_are_no_other_program() -> None:
    teams = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 CriOS/150.0 Mobile Safari/604.1"
    )

    def phone() -> GrantBuilder:
        return a_grant(client=OFFICE).approved(agent=SAFARI_PHONE).redeemed(agent=SAFARI_PHONE).knows(HOME)

    assert weight("token.agent_changed", phone().used(network=ABROAD, agent=teams)) == 0
    assert weight("token.agent_changed", phone().used(network=ABROAD, agent=EDGE)) > 0


def test_a_redemption_without_a_user_agent_beside_an_approval_with_one_says_a_little() -> None:
    quiet = a_grant(client=OFFICE).approved().redeemed(agent=None)
    assert 0 < weight("token.script_agent", quiet) < 0.6
    assert isinstance(answer("token.script_agent", a_grant().approved().redeemed(agent=None)), NotAssessed)
    assert isinstance(answer("token.script_agent", a_grant(client=OFFICE).redeemed(agent=None)), NotAssessed)
