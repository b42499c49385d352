"""One tenant in every form: the same grants and verdicts, or coverage says why not."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grantwatch.grants.model import FollowOn, Outcome, TieBy
from grantwatch.hunt import Hunt, hunt
from grantwatch.lab import write_tenant
from grantwatch.lab.fabrikam import Fabrikam
from grantwatch.verdict.model import Judged, Severity

FULL = ("graph", "envelope", "log_analytics_csv", "log_analytics_json", "elastic", "elastic_original", "splunk")
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
        [(leg.kind, leg.tie, leg.network, leg.user_agent, leg.policies, leg.ref.record_id) for leg in grant.legs],
        [(use.client, use.kind, use.party, use.count, use.tie, use.network, use.device.id) for use in grant.token_uses],
        [(each.kind, each.tie, each.count, each.network, _facts(each)) for each in grant.follow_ons],
        (verdict.score, verdict.severity),
        [evidence.signal for evidence in verdict.evidence],
        [blind.signal for blind in verdict.not_assessed],
    )


def _facts(follow_on: FollowOn) -> dict[str, str]:
    """All but the number of messages, which the OfficeActivity table does not have."""
    return {key: value for key, value in follow_on.facts.items() if key != "items"}


def by_id(form: str) -> dict[str, tuple[object, ...]]:
    return {judged.grant.grant_id: said(judged) for judged in hunted(form).grants}


def of(form: str, upn: str) -> Judged:
    """The worst grant of one person."""
    return next(judged for judged in hunted(form).grants if (judged.grant.user.upn or "").startswith(upn))


@pytest.mark.parametrize("form", FULL[1:])
def test_forms_that_carry_everything_give_the_same_grants_and_verdicts(form):
    assert by_id(form) == by_id("graph")
    assert hunted(form).coverage.missing == hunted("graph").coverage.missing == frozenset()
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


@pytest.mark.parametrize("form", ["graph_v1", "ual", "wazuh"])
def test_forms_that_carry_less_find_no_other_people(form):
    assert {judged.grant.user.upn for judged in hunted(form).grants} == {
        judged.grant.user.upn for judged in hunted("graph").grants
    }


@pytest.mark.parametrize("form", ["graph_v1", "ual", "wazuh"])
def test_forms_that_carry_less_never_say_none_of_the_phish(form):
    assert of(form, "marta").verdict.not_assessed
