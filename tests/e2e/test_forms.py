"""One tenant in every form: the same grants and verdicts, or coverage says why not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grantwatch.grants.model import FollowOn, Network, Outcome, TieBy
from grantwatch.lab import write_tenant
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.pipeline import Hunt, hunt
from grantwatch.verdict.model import Judged, Severity

FULL = (
    "graph",
    "graph_powershell",
    "envelope",
    "log_analytics_csv",
    "log_analytics_json",
    "elastic",
    "elastic_original",
    "splunk",
)
FABRIKAM = Fabrikam()


@cache
def hunted(form: str) -> Hunt:
    with TemporaryDirectory() as name:
        return hunt(write_tenant(FABRIKAM.events(), form, Path(name) / "logs"), raw=form == "graph")


def said(judged: Judged) -> tuple[object, ...]:
    """Everything that must not depend on the form: all but file names and fractions of a second."""
    grant, verdict = judged.grant, judged.verdict
    return (
        grant.user,
        grant.tenant_id,
        grant.client,
        grant.resource,
        grant.started_at.replace(microsecond=0),
        grant.last_seen.replace(microsecond=0),
        (grant.outcome, grant.certainty, grant.basis, grant.unseen),
        (grant.correlation_id, grant.session_id, grant.session_users, grant.scopes, grant.role_ids),
        [
            (leg.kind, leg.tie, _named(leg.network), leg.user_agent, leg.policies, leg.ref.record_id)
            for leg in grant.legs
        ],
        [
            (use.client, use.kind, use.party, use.count, use.tie, _named(use.network), use.device.id)
            for use in grant.token_uses
        ],
        [(each.kind, each.tie, each.count, each.network, _facts(each)) for each in grant.follow_ons],
        (verdict.score, verdict.severity),
        [evidence.signal for evidence in verdict.evidence],
        [blind.signal for blind in verdict.not_assessed],
        # What a portal download has no column for.
        [(leg.network, leg.policy_results, leg.auth_requirement) for leg in grant.legs],
        [use.network for use in grant.token_uses],
        grant.cross_tenant,
        [(sight.time.replace(microsecond=0), sight.network) for sight in judged.profile.elsewhere],
    )


def _named(network: Network) -> Network:
    return network._replace(latitude=None, longitude=None)


def _facts(follow_on: FollowOn) -> dict[str, str]:
    """All but the number of messages, which the OfficeActivity table does not have."""
    return {key: value for key, value in follow_on.facts.items() if key != "items"}


UNWRITTEN = frozenset({"stream:url_clicks", "stream:graph_activity", "stream:preauth"})
"""What the tenant's logs hold in no form."""


def by_id(form: str) -> dict[str, tuple[object, ...]]:
    return {judged.grant.grant_id: said(judged) for judged in hunted(form).grants}


def of(form: str, upn: str) -> Judged:
    """The worst grant of one person."""
    return next(judged for judged in hunted(form).grants if (judged.grant.user.upn or "").startswith(upn))


@pytest.mark.parametrize("form", FULL[1:])
def test_forms_that_carry_everything_give_the_same_grants_and_verdicts(form):
    assert by_id(form) == by_id("graph")
    assert hunted(form).coverage.missing == hunted("graph").coverage.missing == UNWRITTEN
    ids = [incident.incident_id for incident in hunted(form).incidents]
    assert ids == [incident.incident_id for incident in hunted("graph").incidents]


def test_the_phish_is_critical_and_the_developers_are_not():
    found = hunted("graph").grants
    assert found[0].grant.user.upn == FABRIKAM.marta.upn
    assert found[0].verdict.severity is Severity.CRITICAL
    assert [judged.grant.outcome for judged in found if judged.grant.user.upn == FABRIKAM.oskar.upn] == [
        Outcome.BLOCKED
    ]
    developers = {FABRIKAM.ines.upn, FABRIKAM.jonas.upn, FABRIKAM.room.upn}
    others = [judged for judged in found if judged.grant.user.upn in developers]
    assert len(others) == len(found) - 2
    assert all(judged.verdict.severity < Severity.LOW for judged in others)


def test_nobody_has_a_grant_who_used_no_code():
    assert {judged.grant.user.upn for judged in hunted("graph").grants} == {
        FABRIKAM.marta.upn,
        FABRIKAM.oskar.upn,
        FABRIKAM.ines.upn,
        FABRIKAM.jonas.upn,
        FABRIKAM.room.upn,
    }


def test_the_raw_records_behind_the_phish_are_at_hand():
    found = hunted("graph")
    refs = {(leg.ref.file, leg.ref.position) for leg in found.grants[0].grant.legs}
    assert refs <= set(found.raw)


def test_the_same_tenant_in_two_forms_at_once_is_the_same_tenant(tmp_path):
    events = FABRIKAM.events()
    paths = write_tenant(events, "graph", tmp_path / "a") + write_tenant(events, "envelope", tmp_path / "b")
    both = hunt(paths)
    assert both.records.ignored > 0
    assert {judged.grant.grant_id: said(judged) for judged in both.grants} == by_id("graph")


# -- forms that carry less


UNTOLD_BY_THE_PORTAL = {"posture.policy_gap", "token.privileged"}


def bare(judged: Judged) -> tuple[object, ...]:
    """As `said`, but for what a portal download has no column for: policies, scopes, roles, coordinates."""
    grant, verdict = judged.grant, judged.verdict
    told = list(said(judged))
    told[6] = grant.outcome
    told[7] = (grant.correlation_id, grant.session_id, grant.session_users)
    told[8] = [(leg.kind, leg.tie, _named(leg.network), leg.user_agent, leg.ref.record_id) for leg in grant.legs]
    # The weight of evidence orders it; a policy by name weighs more.
    told[12] = sorted(evidence.signal for evidence in verdict.evidence)
    told[13] = [blind.signal for blind in verdict.not_assessed if blind.signal not in UNTOLD_BY_THE_PORTAL]
    return tuple(told[:14])


def test_a_portal_download_gives_the_same_grants_but_for_what_coverage_says():
    found, full = hunted("portal"), hunted("graph")
    assert {judged.grant.grant_id: bare(judged) for judged in found.grants} == {
        judged.grant.grant_id: bare(judged) for judged in full.grants
    }
    assert found.coverage.missing == {"field:policies", "field:scopes"} | UNWRITTEN
    assert any("which policy" in text for text in found.coverage.blind)

    different = {key for key, value in by_id("portal").items() if value[:13] != by_id("graph")[key][:13]}
    with_more = {
        judged.grant.grant_id
        for judged in full.grants
        if judged.grant.scopes or judged.grant.role_ids or any(leg.policies for leg in judged.grant.legs)
    }
    assert different == with_more
    blocked = of("portal", "oskar").grant
    assert (blocked.outcome, blocked.certainty) == (Outcome.BLOCKED, 0.6)
    assert of("graph", "oskar").grant.certainty == 0.9


@pytest.mark.parametrize("form", ["ual_query", "purview"])
def test_every_way_out_of_the_unified_audit_log_gives_the_same(form):
    assert by_id(form) == by_id("ual")
    assert hunted(form).coverage.missing == hunted("ual").coverage.missing
    assert hunted(form).coverage.blind == hunted("ual").coverage.blind


@pytest.mark.parametrize(("form", "messages"), [("graph", True), ("envelope", True), ("log_analytics_json", False)])
def test_only_the_unified_audit_log_counts_the_messages_that_were_read(form, messages):
    read = [each for each in of(form, "marta").grant.follow_ons if each.kind == "mail_access"]
    assert read
    assert all(("items" in each.facts) is messages for each in read)


def test_the_raw_text_behind_a_wrapped_record_is_the_very_outer_record(tmp_path):
    (path,) = write_tenant(FABRIKAM.events(), "elastic_original", tmp_path)
    found = hunt([path], raw=True)
    lines = path.read_text(encoding="utf-8").splitlines()
    refs = [leg.ref for leg in found.grants[0].grant.legs]
    assert refs
    assert all(found.raw[ref.file, ref.position] == lines[ref.position - 1] for ref in refs)


def test_graph_v1_still_shows_the_phish_and_says_what_is_missing():
    found, phish = hunted("graph_v1"), of("graph_v1", "marta")
    assert phish.grant.outcome is Outcome.APPROVED
    assert phish.grant.certainty == 0.6 < of("graph", "marta").grant.certainty
    assert (phish.grant.redemption, phish.grant.token_uses) == (None, ())
    assert phish.verdict.severity >= Severity.HIGH
    assert {"field:protocol", "field:transfer", "field:session_id", "stream:non_interactive"} <= found.coverage.missing
    text = " ".join(found.coverage.blind)
    assert "authenticationProtocol" in text
    assert "non-interactive" in text
    assert [word for word in phish.grant.unseen if "redemption" in word]


@pytest.mark.parametrize("form", ["ual", "wazuh"])
def test_the_unified_audit_log_alone_still_shows_the_phish_and_says_what_is_missing(form):
    found, phish = hunted(form), of(form, "marta")
    assert (phish.grant.outcome, phish.grant.certainty) == (Outcome.APPROVED, 0.6)
    assert phish.verdict.severity >= Severity.HIGH
    assert {"stream:interactive", "stream:non_interactive"} <= found.coverage.missing
    assert "low certainty" in found.coverage.blind[0]
    kinds = {each.kind: each.tie.by for each in phish.grant.follow_ons}
    assert kinds["inbox_rule"] is TieBy.SESSION_ID
    assert kinds["device_registered"] is TieBy.USER_TIME


def test_defender_alone_shows_the_phish_with_what_followed_and_says_what_is_missing():
    found, phish, full = hunted("defender"), of("defender", "marta"), of("graph", "marta")
    assert found.coverage.missing == {
        "field:protocol",
        "field:transfer",
        "field:asn",
        "stream:audit",
        "stream:unified_audit",
        *UNWRITTEN,
    }
    assert "Defender's sign-in table names neither" in found.coverage.blind[0]
    assert (phish.grant.outcome, phish.grant.certainty) == (Outcome.APPROVED, 0.6)
    assert "Unified Audit Log" not in phish.grant.basis
    assert phish.verdict.severity is full.verdict.severity is Severity.CRITICAL
    assert [word for word in phish.grant.unseen if "redemption" in word]
    assert phish.grant.redemption is None
    told, expected = ({(each.kind, each.count) for each in of_form.grant.follow_ons} for of_form in (phish, full))
    assert told == expected
    assert {each.kind: each.tie.by for each in phish.grant.follow_ons}["inbox_rule"] is TieBy.SESSION_ID


def test_defender_finds_the_grants_of_the_full_forms_where_they_were_approved():
    told, full = ({starts(judged) for judged in hunted(form).grants} for form in ("defender", "graph"))
    assert told == full
    blocked = [judged.grant for judged in hunted("defender").grants if judged.grant.outcome is Outcome.BLOCKED]
    assert [grant.user.upn for grant in blocked] == [FABRIKAM.oskar.upn]


def starts(judged: Judged) -> tuple[object, ...]:
    grant = judged.grant
    return grant.user.id, grant.user.upn, grant.client, grant.started_at.replace(microsecond=0), grant.session_id


def test_defender_beside_the_full_logs_changes_nothing(tmp_path):
    events = FABRIKAM.events()
    paths = write_tenant(events, "graph", tmp_path / "a") + write_tenant(events, "defender", tmp_path / "b")
    both = hunt(paths)
    assert {judged.grant.grant_id for judged in both.grants} == set(by_id("graph"))
    for judged in both.grants:
        alone = next(each for each in hunted("graph").grants if each.grant.grant_id == judged.grant.grant_id)
        assert (judged.verdict.score, judged.grant.certainty) == (alone.verdict.score, alone.grant.certainty)
        assert {each.kind for each in judged.grant.follow_ons} == {each.kind for each in alone.grant.follow_ons}


@pytest.mark.parametrize("form", ["graph_v1", "ual", "wazuh", "defender"])
def test_forms_that_carry_less_find_no_other_people(form):
    assert {judged.grant.user.upn for judged in hunted(form).grants} == {
        judged.grant.user.upn for judged in hunted("graph").grants
    }


@pytest.mark.parametrize("form", ["graph_v1", "ual", "wazuh", "defender"])
def test_forms_that_carry_less_never_say_none_of_the_phish(form):
    assert of(form, "marta").verdict.not_assessed
