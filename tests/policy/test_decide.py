"""What follows: states, controls and operators, report-only, protocol tracking, reasons; and laws that always hold."""

from __future__ import annotations

import itertools
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.shapes import (
    ANNA,
    ARM,
    BEN,
    BREAK_GLASS,
    EXCHANGE,
    GLOBAL_ADMIN,
    GRAPH,
    HEAD_OFFICE,
    STAFF,
    Json,
    a_group,
    a_policy,
    exported,
    ip_location,
    listed,
    model,
    sign_in,
)

from grantwatch.policy import (
    ANYBODY,
    DEVICE_CODE,
    NOBODY_ELSE,
    UNKNOWN,
    Context,
    Decision,
    Device,
    Membership,
    Model,
    PolicyAnswer,
    Result,
    UserKind,
    decide,
    met,
    parse,
    reason,
    satisfied,
)

MFA = {"operator": "OR", "builtInControls": ["mfa"]}


@pytest.mark.parametrize(
    ("state", "result", "report_only"),
    [
        ("enabled", Result.BLOCK, Result.ALLOW),
        ("Enabled", Result.BLOCK, Result.ALLOW),
        ("disabled", Result.ALLOW, Result.ALLOW),
        ("enabledForReportingButNotEnforced", Result.ALLOW, Result.BLOCK),
        ("enabledForTesting", Result.NOT_ASSESSED, Result.ALLOW),
        ("", Result.NOT_ASSESSED, Result.ALLOW),
    ],
)
def test_state(state: str, result: Result, report_only: Result) -> None:
    outcome = model(a_policy(state=state)).outcome(sign_in())
    assert outcome.result is result
    assert outcome.report_only is not None
    assert outcome.report_only.result is report_only


def test_a_state_that_nobody_knows_matters_only_where_the_policy_could_apply() -> None:
    unsure = model(a_policy(state="enabledForTesting"))
    assert unsure.outcome(sign_in(flow=None, tracked=None)).result is Result.ALLOW


def test_a_refresh_of_a_session_that_began_with_a_device_code_is_blocked() -> None:
    """Everywhere but SharePoint: what was got for SharePoint cannot be turned into Exchange, by any flow."""
    everywhere_but = a_policy(applications={"includeApplications": ["All"], "excludeApplications": [ARM]})
    made = model(everywhere_but)
    first = sign_in(resources=frozenset({ARM}), flow=DEVICE_CODE, tracked=None)
    refresh = sign_in(resources=frozenset({EXCHANGE}), flow=None, tracked=DEVICE_CODE)
    new_session = sign_in(resources=frozenset({EXCHANGE}), flow=None, tracked=None)
    assert [made.outcome(each).result for each in (first, refresh, new_session)] == [
        Result.ALLOW,
        Result.BLOCK,
        Result.ALLOW,
    ]


def test_all_policies_that_apply_count() -> None:
    strong = {"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}
    made = model(a_policy("One", grant=MFA), a_policy("Two", grant=strong), a_policy("Three", state="disabled"))
    outcome = made.outcome(sign_in())
    assert outcome.result is Result.CONTROLS
    asked = [(each.policy.name, each.operator, each.controls) for each in outcome.requirements]
    assert asked == [("One", "OR", ("mfa",)), ("Two", "AND", ("compliantDevice", "mfa"))]
    assert model(a_policy("One", grant=MFA), a_policy("Two")).outcome(sign_in()).result is Result.BLOCK


def test_strength_terms_and_custom_factors_are_controls() -> None:
    grant = {
        "operator": "AND",
        "builtInControls": [],
        "authenticationStrength": {
            "id": "00000000-0000-0000-0000-000000000004",
            "displayName": "Phishing-resistant MFA",
        },
        "termsOfUse": ["t1"],
        "customAuthenticationFactors": ["duo"],
    }
    (requirement,) = model(a_policy(grant=grant)).outcome(sign_in()).requirements
    assert requirement.controls == (
        "authenticationStrength:00000000-0000-0000-0000-000000000004",
        "customAuthenticationFactor:duo",
        "termsOfUse:t1",
    )


def test_session_controls_alone_let_in() -> None:
    session = {"signInFrequency": {"isEnabled": True, "value": 1, "type": "hours"}, "disableResilienceDefaults": True}
    outcome = model(a_policy(grant=None, session=session)).outcome(sign_in())
    assert (outcome.result, outcome.session) == (Result.ALLOW, ("disableResilienceDefaults", "signInFrequency"))


def test_a_control_that_nobody_knows_is_not_assessed() -> None:
    outcome = model(a_policy(grant={"operator": "OR", "builtInControls": ["mfa", "unknownFutureValue"]})).outcome(
        sign_in()
    )
    assert (outcome.result, outcome.blocks) == (Result.NOT_ASSESSED, None)
    beside = model(a_policy("A", grant={"operator": "OR", "builtInControls": ["dance"]}), a_policy("B")).outcome(
        sign_in()
    )
    assert beside.result is Result.BLOCK


def test_what_is_not_known_of_a_policy_that_asks_only_does_not_hide_that_nothing_blocks() -> None:
    outcome = model(a_policy(grant=MFA)).outcome(sign_in(flow=UNKNOWN, tracked=UNKNOWN))
    assert (outcome.result, outcome.blocks) == (Result.NOT_ASSESSED, False)


@pytest.mark.parametrize(
    ("grant", "inputs", "given_"),
    [
        (MFA, {"mfa": True}, True),
        (MFA, {"mfa": False}, False),
        (MFA, {}, None),
        ({"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}, {"mfa": True}, True),
        ({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}, {"mfa": True}, False),
        ({"operator": "AND", "builtInControls": ["mfa", "approvedApplication"]}, {"mfa": True}, None),
        ({"operator": "AND", "builtInControls": ["mfa", "approvedApplication"]}, {"mfa": False}, False),
        (
            {"operator": "OR", "builtInControls": ["domainJoinedDevice"]},
            {"device": Device(True, (("trustType", "ServerAD"),))},
            True,
        ),
        ({"operator": "OR", "builtInControls": ["compliantDevice"]}, {"device": Device(True)}, None),
        ({"operator": "OR", "builtInControls": ["block"]}, {"mfa": True}, False),
        (None, {}, True),
    ],
)
def test_whether_access_is_given(grant: Json | None, inputs: dict[str, Any], given_: bool | None) -> None:
    context = sign_in(**inputs)
    assert satisfied(model(a_policy(grant=grant)).outcome(context), context) is given_


def test_a_block_is_met_by_nobody() -> None:
    assert met("block", sign_in(mfa=True)) is False


def test_reasons_are_sentences_with_names() -> None:
    export = exported(
        a_policy("A", users={"includeUsers": ["All"], "excludeGroups": [BREAK_GLASS]}),
        a_policy("B", users={"includeUsers": ["All"], "excludeRoles": [GLOBAL_ADMIN]}),
        a_policy("C", applications={"includeApplications": [EXCHANGE]}),
        a_policy("D", locations={"includeLocations": ["All"], "excludeLocations": [HEAD_OFFICE]}),
        a_policy("E", platforms={"includePlatforms": ["windows"]}),
        a_policy("F", clientAppTypes=["hologram"]),
        a_policy("G", state="disabled"),
        a_policy("H"),
        a_policy("I", users={"includeUsers": ["All"], "excludeGroups": [STAFF]}),
        groups=[a_group(BREAK_GLASS, "Break glass", ANNA)],
        namedLocations=[ip_location(HEAD_OFFICE, "Head office", "203.0.113.0/24")],
    )
    context = sign_in(groups=Membership(), roles=Membership(frozenset({GLOBAL_ADMIN})), platform=UNKNOWN)
    decided = decide(export.policies, context, export.directory)
    assert {answer.policy.name: reason(answer, export.directory) for answer in decided.policies} == {
        "A": "users: left out by group 'Break glass'",
        "B": "users: left out by role Global Administrator",
        "C": "applications: not met (Microsoft Graph)",
        "D": "locations: left out by named location 'Head office'",
        "E": "platforms: the platform is not known",
        "F": "clientAppTypes: conditions.clientAppTypes[0]: 'hologram' is not one of all, "
        "browser, mobileAppsAndDesktopClients, exchangeActiveSync, easSupported, easUnsupported, other",
        "G": "it is disabled",
        "H": "every condition is met",
        "I": f"users: the exported files do not tell of group {STAFF}",
    }


# -- laws

TARGETS = st.sampled_from(["All", "None", "Office365", GRAPH, ARM])
SCOPES = [ANNA, BEN, "All"]
conditions = st.fixed_dictionaries(
    {},
    optional={
        "users": st.fixed_dictionaries(
            {"includeUsers": st.lists(st.sampled_from(SCOPES), max_size=2)},
            optional={
                "excludeUsers": st.lists(st.sampled_from([ANNA, BEN]), max_size=2),
                "includeGroups": st.lists(st.sampled_from([STAFF, BREAK_GLASS]), max_size=2),
                "excludeGroups": st.lists(st.sampled_from([STAFF, BREAK_GLASS]), max_size=2),
                "excludeRoles": st.lists(st.just(GLOBAL_ADMIN), max_size=1),
                "excludeGuestsOrExternalUsers": st.just(
                    {"guestOrExternalUserTypes": "b2bCollaborationGuest,internalGuest"}
                ),
            },
        ),
        "applications": st.fixed_dictionaries(
            {
                "includeApplications": st.lists(
                    st.sampled_from(["All", "None", "Office365", GRAPH, ARM]), min_size=1, max_size=2
                ),
                "excludeApplications": st.lists(st.sampled_from([GRAPH, ARM, "Office365"]), max_size=2),
            }
        ),
        "authenticationFlows": st.sampled_from(
            [None, {"transferMethods": "deviceCodeFlow"}, {"transferMethods": "authenticationTransfer,deviceCodeFlow"}]
        ),
        "clientAppTypes": st.sampled_from(
            [["all"], ["browser"], ["mobileAppsAndDesktopClients", "other"], ["hologram"]]
        ),
        "platforms": st.sampled_from(
            [
                None,
                {"includePlatforms": ["windows"]},
                {"includePlatforms": ["all"], "excludePlatforms": ["iOS", "windows"]},
            ]
        ),
        "locations": st.sampled_from(
            [
                None,
                {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
                {"includeLocations": [HEAD_OFFICE]},
                {"includeLocations": ["All"], "excludeLocations": [ARM]},
            ]
        ),
        "devices": st.sampled_from(
            [
                None,
                {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}},
                {"deviceFilter": {"mode": "include", "rule": 'device.trustType -ne "ServerAD"'}},
            ]
        ),
        "signInRiskLevels": st.sampled_from([[], ["high"], ["low", "medium"]]),
    },
)
grants = st.sampled_from(
    [None, MFA, {"operator": "OR", "builtInControls": ["block"]}, {"operator": "OR", "builtInControls": ["dance"]}]
)
states = st.sampled_from(["enabled", "disabled", "enabledForReportingButNotEnforced", "strange"])


@st.composite
def policies(draw: st.DrawFn) -> Json:
    return a_policy(f"P{draw(st.integers(0, 10**9))}", state=draw(states), grant=draw(grants), **draw(conditions))


def several(least: int = 0, most: int = 4) -> st.SearchStrategy[list[Json]]:
    return st.lists(policies(), min_size=least, max_size=most, unique_by=lambda policy: policy["id"])


DIRECTORY = {"namedLocations": [ip_location(HEAD_OFFICE, "Head office", "198.51.100.0/24", trusted=True)]}
sign_ins = st.builds(
    sign_in,
    user_id=st.sampled_from([ANNA, BEN]),
    kinds=st.sampled_from([frozenset({UserKind.MEMBER}), frozenset({UserKind.COLLABORATION_GUEST})]),
    groups=st.sampled_from([NOBODY_ELSE, Membership(frozenset({STAFF}), complete=True)]),
    roles=st.sampled_from([NOBODY_ELSE, Membership(frozenset({GLOBAL_ADMIN}), complete=True)]),
    resources=st.sampled_from([frozenset({GRAPH}), frozenset({ARM}), frozenset({EXCHANGE, GRAPH})]),
    client_app=st.sampled_from(["browser", "mobileAppsAndDesktopClients"]),
    platform=st.sampled_from(["windows", "iOS", None]),
    ip=st.sampled_from(["198.51.100.4", "203.0.113.5", None]),
    device=st.sampled_from([Device(False), Device(True, (("isCompliant", True), ("trustType", "ServerAD")))]),
    sign_in_risk=st.sampled_from(["none", "high", None]),
    flow=st.sampled_from([DEVICE_CODE, None]),
    tracked=st.sampled_from([DEVICE_CODE, None]),
)
FORGET: dict[str, Any] = {
    "user_id": UNKNOWN,
    "kinds": ANYBODY,
    "home_tenant": UNKNOWN,
    "groups": Membership(),
    "roles": Membership(),
    "resources": UNKNOWN,
    "user_action": UNKNOWN,
    "authentication_context": UNKNOWN,
    "client_app": UNKNOWN,
    "platform": UNKNOWN,
    "ip": UNKNOWN,
    "country": UNKNOWN,
    "locations": Membership(),
    "device": Device(),
    "sign_in_risk": UNKNOWN,
    "user_risk": UNKNOWN,
    "insider_risk": UNKNOWN,
    "flow": UNKNOWN,
    "tracked": UNKNOWN,
}


def ready(made: list[Json]) -> Model:
    export = parse([("p", listed(*made)), ("c", json.dumps(DIRECTORY).encode())])
    return Model(export.policies, export.directory)


def told(decided: Decision) -> Any:
    """A decision without the places of policies in their files."""
    outcome = decided.outcome
    policies = [(answer.policy.id, *answer_of(answer)) for answer in decided.policies]
    return outcome.result, outcome.blocks, [each.id for each in outcome.blocked_by], policies


def answer_of(answer: PolicyAnswer) -> Any:
    return answer.applies, answer.condition, answer.answer


def test_every_input_can_be_forgotten() -> None:
    assert set(FORGET) == {field.name for field in fields(Context)} - {"mfa"}


@given(several(), sign_ins)
def test_the_order_of_policies_does_not_matter(made: list[Json], context: Context) -> None:
    assert told(ready(made).decide(context)) == told(ready(made[::-1]).decide(context))


@given(several(), sign_ins)
def test_quickly_and_explained_come_to_the_same(made: list[Json], context: Context) -> None:
    whole_model = ready(made)
    decided = whole_model.decide(context)
    assert whole_model.outcome(context) == whole_model.outcome_afresh(context) == decided.outcome
    enforced = [answer for answer in decided.policies if answer.policy.state.value == "enabled"]
    blocking = [answer.policy for answer in enforced if answer.applies and answer.policy.grant.blocks]
    assert list(decided.outcome.blocked_by) == blocking


@given(several(), sign_ins)
def test_report_only_never_blocks(made: list[Json], context: Context) -> None:
    watching = [{**policy, "state": "enabledForReportingButNotEnforced"} for policy in made]
    outcome = ready(watching).outcome(context)
    assert (outcome.result, outcome.blocks, outcome.requirements) == (Result.ALLOW, False, ())


@given(
    several(1, 3),
    sign_ins,
    st.sampled_from(["excludeUsers", "excludeGroups", "excludeRoles"]),
)
def test_adding_an_exclusion_never_blocks_more(made: list[Json], context: Context, where: str) -> None:
    more = json.loads(json.dumps(made))
    id = {"excludeUsers": ANNA, "excludeGroups": STAFF, "excludeRoles": GLOBAL_ADMIN}[where]
    people = more[0]["conditions"]["users"]
    people[where] = [*people.get(where, []), id]
    before, after = ready(made).outcome(context).blocks, ready(more).outcome(context).blocks
    order = {False: 0, None: 1, True: 2}
    assert order[after] <= order[before]


@given(several(), sign_ins, st.sets(st.sampled_from(sorted(FORGET)), min_size=1, max_size=3))
def test_knowing_less_never_turns_a_block_into_a_pass_or_a_pass_into_a_block(
    made: list[Json], context: Context, forgotten: set[str]
) -> None:
    whole_model = ready(made)
    whole = whole_model.decide(context)
    less = whole_model.decide(replace(context, **{name: FORGET[name] for name in forgotten}))
    assert less.outcome.blocks in (whole.outcome.blocks, None)
    assert less.result in (whole.result, Result.NOT_ASSESSED)
    for before, after in zip(whole.policies, less.policies, strict=True):
        assert after.applies in (before.applies, None)


@given(several())
def test_nothing_known_is_never_an_answer_that_something_could_change(made: list[Json]) -> None:
    """With every input forgotten, no policy that some sign-in meets is told not to apply."""
    whole_model = ready(made)
    nothing = whole_model.decide(replace(sign_in(), **FORGET))
    for user, flow in itertools.product((ANNA, BEN), (DEVICE_CODE, None)):
        known = whole_model.decide(sign_in(user_id=user, flow=flow, tracked=flow))
        for before, after in zip(known.policies, nothing.policies, strict=True):
            assert after.applies in (before.applies, None)
