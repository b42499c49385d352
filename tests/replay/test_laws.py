"""What holds of every replay, whatever the grants and the policies."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import ABROAD, EXCHANGE, GRAPH, HOME, REGISTRATION, RENTED, WORK, a_grant
from tests.policy.shapes import a_group, a_policy, exported, guid, ip_location
from tests.replay.scene import MULTI, SINGLE, asks, files, replayed
from tests.usage.scene import judged

from grantwatch.grants.model import Device, Party, TokenKind
from grantwatch.policy import Model
from grantwatch.replay import Fate, Result, Standing
from grantwatch.replay.contexts import Contexts, has_mfa, moments
from grantwatch.replay.engine import Engine, Parts
from grantwatch.verdict import Severity

REPORT_ONLY = "enabledForReportingButNotEnforced"
NETWORKS = st.sampled_from([HOME, WORK, RENTED, ABROAD])
DEVICES = st.sampled_from([Device(), Device(managed=False, compliant=False), Device(id="dev-1", compliant=True)])
LISTS = {
    "groups": [a_group(guid(50), "Some", "id-user0", "id-user1")],
    "namedLocations": [ip_location(guid(52), "Office", "192.0.2.0/25", "198.51.100.0/24")],
}


@st.composite
def grants(draw, number=0):
    builder = a_grant(
        f"user{draw(st.integers(0, 3))}",
        resource=draw(st.sampled_from([GRAPH, REGISTRATION, EXCHANGE])),
        certainty=draw(st.sampled_from([0.6, 1.0])),
    )
    if draw(st.booleans()):
        builder.approved(draw(NETWORKS), requirement=draw(st.sampled_from([MULTI, SINGLE, None])))
    if draw(st.booleans()):
        builder.blocked(draw(NETWORKS))
    if draw(st.booleans()):
        builder.redeemed(draw(NETWORKS))
    for minutes in range(draw(st.integers(0, 3))):
        builder.used(
            network=draw(NETWORKS),
            minutes=10 + minutes,
            device=draw(DEVICES),
            kind=draw(st.sampled_from(list(TokenKind))),
            party=draw(st.sampled_from(list(Party))),
        )
    severity = draw(st.sampled_from([Severity.NONE, Severity.MEDIUM, Severity.HIGH]))
    return judged(builder, severity, f"{number:016x}")


@st.composite
def many(draw):
    return [draw(grants(number)) for number in range(draw(st.integers(1, 4)))]


@st.composite
def policies(draw):
    found = []
    for number in range(draw(st.integers(1, 3))):
        found.append(
            a_policy(
                f"CA{number}",
                state=draw(st.sampled_from(["enabled", REPORT_ONLY, "disabled"])),
                users=draw(
                    st.sampled_from(
                        [
                            {"includeUsers": ["All"]},
                            {"includeUsers": ["All"], "excludeGroups": [guid(50)]},
                            {"includeUsers": ["All"], "excludeGroups": [guid(404)]},
                            {"includeUsers": ["id-user2"]},
                        ]
                    )
                ),
                applications={"includeApplications": [draw(st.sampled_from(["All", "Office365", EXCHANGE.id]))]},
                platforms=draw(st.sampled_from([None, {"includePlatforms": ["windows"]}])),
                locations=draw(st.sampled_from([None, {"includeLocations": ["All"], "excludeLocations": [guid(52)]}])),
                authenticationFlows=draw(st.sampled_from([None, {"transferMethods": "deviceCodeFlow"}])),
                grant=draw(st.sampled_from([asks("block"), asks("mfa"), asks("compliantDevice")])),
            )
        )
    return found


LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LAW
@given(many())
def test_without_policies_nothing_is_blocked(found):
    made = replayed(*found, today=files())
    assert all(each.today.result in (Result.PASSES, Result.NO_DECISION) for each in made.grants)
    assert all(set(tally.fates) <= {Fate.PASSES} for tally in made.today.decisions.values())


@LAW
@given(many(), policies(), policies())
def test_a_report_only_candidate_changes_no_outcome(found, today, proposed):
    quiet = [
        {**policy, "id": guid(900 + number), "displayName": f"New {number}", "state": REPORT_ONLY}
        for number, policy in enumerate(proposed)
    ]
    made = replayed(*found, today=files(*today, **LISTS), candidate=files(*quiet))
    for each in made.grants:
        assert (each.today.result, each.today.by, each.today.fates) == (
            each.last.result,
            each.last.by,
            each.last.fates,
        )
    assert made.today.decisions == made.last.decisions


@LAW
@given(many(), policies())
def test_the_sums_add_up_to_every_decision(found, today):
    made = replayed(*found, today=files(*today, **LISTS))
    told = sum(len(moments(each.grant)) for each in found)
    assert sum(tally.decisions for tally in made.today.decisions.values()) == told == made.agreement.records
    records = sum(moment.records for each in found for moment in moments(each.grant))
    assert sum(tally.records for tally in made.today.decisions.values()) == records
    for standing in Standing:
        own = [each.today.fates for each in made.grants if each.standing is standing]
        tally = made.today.decisions[standing]
        assert all(sum(fates.get(fate, 0) for fates in own) == tally.fates.get(fate, 0) for fate in Fate)


@LAW
@given(many(), policies())
def test_parts_by_themselves_come_to_what_the_model_says_of_the_whole(found, today):
    export = exported(*today, **LISTS)
    contexts = Contexts(export.directory, {})
    engine, model = Engine(export, contexts), Model(export.policies, export.directory)
    for each in found:
        person = contexts.person(each.grant)
        for moment in moments(each.grant):
            rest = contexts.rest(each.grant, moment)
            parts = Parts(person, contexts.place(moment.said), rest)
            held = contexts.held(moment, rest, has_mfa(each.grant))
            decided = engine.decide(engine.person(person), *parts, held)
            assert decided.outcome == model.outcome(contexts.context(*parts))


@LAW
@given(many(), policies(), st.randoms(use_true_random=False))
def test_the_order_of_grants_and_policies_does_not_matter(found, today, draw):
    mixed, shuffled = list(found), list(today)
    draw.shuffle(mixed)
    draw.shuffle(shuffled)
    one = replayed(*found, today=files(*today, **LISTS))
    other = replayed(*mixed, today=files(*shuffled, **LISTS))
    ways = [{each.judged.grant.grant_id: each.today.result for each in made.grants} for made in (one, other)]
    assert ways[0] == ways[1]
    assert {k: (dict(v.fates), v.records) for k, v in one.today.decisions.items()} == {
        k: (dict(v.fates), v.records) for k, v in other.today.decisions.items()
    }
