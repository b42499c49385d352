"""Twelve people and what should be said of them. Weights may change; these must hold."""

from __future__ import annotations

import pytest
from tests.builders import (
    ABROAD,
    ADMIN,
    AZ_TOOL,
    AZURE_CLI,
    BROKER,
    EXCHANGE,
    FIREFOX,
    GRAPH,
    HOME,
    OFFICE,
    ONEDRIVE,
    OTHER_TENANT,
    OUTLOOK,
    PYTHON,
    REGISTRATION,
    RENTED,
    ROOM,
    SAME_CITY,
    SHAREPOINT,
    SITE,
    TEAMS,
    TEAMS_SERVICE,
    WORK,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Device, Party, Tie, TieBy, TokenKind
from grantwatch.verdict import Judged, Severity, judge_one


def judged(builder: GrantBuilder, *, missing: frozenset[str] = frozenset()) -> Judged:
    return judge_one(builder.case(missing=missing))


def severity(builder: GrantBuilder, *, missing: frozenset[str] = frozenset()) -> Severity:
    return judged(builder, missing=missing).verdict.severity


@pytest.mark.parametrize("agent", [AZ_TOOL, PYTHON])
def test_a_developer_with_months_of_the_command_line_is_not_raised(agent: str) -> None:
    grant = a_grant().approved(WORK).redeemed(WORK, agent=agent).knows(HOME).habit(WORK, times=20).works()

    verdict = judged(grant).verdict

    assert verdict.severity <= Severity.INFORMATIONAL
    assert verdict.score <= 10


def test_a_habit_with_nothing_against_it_is_none() -> None:
    grant = a_grant().approved(WORK).redeemed(WORK).habit(WORK, times=20).works()
    assert severity(grant) is Severity.NONE


@pytest.mark.parametrize("agent", [AZ_TOOL, PYTHON])
@pytest.mark.parametrize("days", [2, 10, 60])
def test_a_new_developer_at_the_office_is_low_at_most(agent: str, days: float) -> None:
    grant = (
        a_grant()
        .approved(WORK)
        .redeemed(WORK, agent=agent)
        .history(days, tenant_days=60, grant_users=12)
        .tenant_knows(WORK, users=80)
        .tenant_knows("grant_client", AZURE_CLI.id, users=12)
    )
    assert severity(grant) <= Severity.LOW


SILENT = ("Previously satisfied",)
"""How single sign-on looks: nobody is asked again."""


@pytest.mark.parametrize("agent", [AZ_TOOL, PYTHON])
@pytest.mark.parametrize("peers", [0, 9])
@pytest.mark.parametrize("days", [2, 10, 60])
def test_a_new_developer_is_low_at_most_in_a_tenant_without_a_policy_too(agent: str, peers: int, days: float) -> None:
    grant = (
        a_grant()
        .approved(WORK, methods=SILENT, ca="notapplied")
        .redeemed(WORK, agent=agent)
        .history(days, tenant_days=60, grant_users=12)
        .tenant_knows(WORK, users=80)
        .tenant_knows("grant_client", AZURE_CLI.id, users=12)
    )
    assert severity(grant.among(15, device_code=peers, client=peers) if peers else grant) <= Severity.LOW


def test_a_developer_behind_a_new_vpn_is_low_at_most_while_the_phone_is_at_home() -> None:
    grant = a_grant().approved(ABROAD, methods=SILENT, ca="notapplied").redeemed(ABROAD).habit(HOME, times=20).works()
    assert severity(grant.seen_at(HOME, minutes=-30)) <= Severity.LOW


def test_an_administrator_on_travel_is_medium_at_most() -> None:
    grant = a_grant().approved(ABROAD).redeemed(ABROAD).habit(HOME, times=20).works().carrying(roles=(ADMIN,))
    assert Severity.LOW <= severity(grant.seen_at(HOME, minutes=-50)) <= Severity.MEDIUM


def test_a_consultant_from_another_tenant_is_low_at_most() -> None:
    grant = (
        a_grant()
        .approved(HOME, methods=SILENT, ca="notapplied")
        .redeemed(HOME)
        .knows(HOME)
        .of_tenant(OTHER_TENANT, cross="b2bcollaboration")
        .history(20, tenant_days=60, grant_users=12)
        .tenant_knows("grant_client", AZURE_CLI.id, users=12)
    )
    assert severity(grant) <= Severity.LOW


def test_an_administrator_whose_token_goes_to_a_rented_network_is_critical() -> None:
    grant = a_grant().approved(HOME).redeemed(RENTED, agent=PYTHON).knows(HOME).carrying(roles=(ADMIN,)).seen_at(HOME)
    assert severity(grant) is Severity.CRITICAL


def test_a_company_that_changes_its_provider_is_not_raised() -> None:
    grant = a_grant().approved(ABROAD).redeemed(ABROAD).habit(HOME, times=20).works().moved_with(ABROAD, users=40)
    assert severity(grant) <= Severity.INFORMATIONAL


def test_a_phished_user_with_device_and_inbox_rule_is_critical() -> None:
    grant = (
        a_grant(client=OFFICE, resource=GRAPH)
        .approved(HOME)
        .redeemed(RENTED, agent=PYTHON)
        .followed("device_registered", minutes=5, device_name="DESKTOP-1A2B3C4D", os="Windows")
        .followed("inbox_rule", minutes=120, name="..", move_to_folder="RSS Feeds", mark_as_read="true")
        .knows(HOME)
    )
    assert severity(grant) is Severity.CRITICAL


def test_an_attacker_in_the_same_city_with_a_browser_is_high() -> None:
    grant = (
        a_grant(client=OFFICE, resource=GRAPH)
        .approved(HOME)
        .redeemed(SAME_CITY, agent=FIREFOX)
        .used(OUTLOOK, EXCHANGE, SAME_CITY, agent=FIREFOX, minutes=2)
        .used(ONEDRIVE, SHAREPOINT, SAME_CITY, agent=FIREFOX, minutes=4)
        .used(TEAMS, GRAPH, SAME_CITY, agent=FIREFOX, minutes=6)
        .knows(HOME)
    )
    assert severity(grant) >= Severity.HIGH


@pytest.mark.parametrize("developers", [0, 12])
def test_redemption_from_hosting_alone_is_high_for_someone_who_is_no_developer(developers: int) -> None:
    grant = (
        a_grant()
        .redeemed(RENTED, agent=AZ_TOOL)
        .history(60, grant_users=developers)
        .tenant_knows("grant_client", AZURE_CLI.id, users=developers)
    )
    assert severity(grant) is Severity.HIGH


def _room(network: object = SITE) -> GrantBuilder:
    return (
        a_grant("room-4", client=ROOM, resource=TEAMS_SERVICE)
        .habit(SITE, times=8)
        .habit(SITE, client=BROKER, resource=REGISTRATION, times=2, ids="set-up")
        .tenant_knows(SITE, users=60)
    )


def test_a_meeting_room_at_its_site_is_not_raised() -> None:
    grant = (
        _room()
        .approved(SITE)
        .redeemed(SITE, agent="Dalvik/2.1.0 (Linux; U; Android 12)")
        .used(TEAMS, TEAMS_SERVICE, SITE, agent="Dalvik/2.1.0 (Linux; U; Android 12)")
        .used(BROKER, REGISTRATION, SITE, agent="Dalvik/2.1.0 (Linux; U; Android 12)")
        .followed("device_registered", minutes=3, device_name="room-4", os="Android", network=SITE)
    )
    assert severity(grant) <= Severity.INFORMATIONAL


def test_the_set_up_of_a_meeting_room_is_not_raised() -> None:
    grant = (
        a_grant("room-4", client=BROKER, resource=REGISTRATION)
        .approved(SITE)
        .redeemed(SITE, agent="Dalvik/2.1.0 (Linux; U; Android 12)")
        .habit(SITE, client=ROOM, resource=TEAMS_SERVICE)
    )
    assert severity(grant) <= Severity.INFORMATIONAL


@pytest.mark.parametrize("times", [0, 1])
def test_a_meeting_room_that_only_ever_used_the_broker_is_not_raised_at_its_site(times: int) -> None:
    panel = "Dalvik/2.1.0 (Linux; U; Android 12)"
    machine = Device(id="panel", name="room-4_Android", os="Android", managed=False)
    grant = (
        a_grant("room-4", client=BROKER, resource=REGISTRATION)
        .approved(SITE)
        .redeemed(SITE, agent=panel)
        .used(TEAMS, GRAPH, SITE, agent=panel, minutes=30, kind=TokenKind.PRIMARY, device=machine)
        .followed("device_registered", minutes=1, device_name="room-4_Android", os="Android", network=SITE)
        .history(3, tenant_days=3)
        .tenant_knows(SITE, users=9)
    )
    if times:
        grant.history(30).habit(SITE, times=times, every=28)
    assert severity(grant) <= Severity.LOW


def test_a_person_who_is_phished_at_the_office_is_no_meeting_room() -> None:
    grant = (
        a_grant(client=BROKER, resource=REGISTRATION)
        .approved(WORK)
        .redeemed(WORK, agent=FIREFOX)
        .used(TEAMS, GRAPH, WORK, agent=FIREFOX, minutes=5)
        .tenant_knows(WORK, users=50)
        .works()
    )
    assert severity(grant) >= Severity.HIGH


@pytest.mark.parametrize("client", [OFFICE, ROOM, TEAMS])
def test_a_meeting_room_that_redeems_from_hosting_is_high(client: object) -> None:
    grant = (
        a_grant("room-4", client=client, resource=GRAPH)  # type: ignore[arg-type]
        .approved(SITE)
        .redeemed(RENTED, agent=FIREFOX)
        .habit(SITE, client=ROOM, resource=TEAMS_SERVICE, times=8)
    )
    assert severity(grant) >= Severity.HIGH


def test_a_developer_on_travel_is_not_high() -> None:
    grant = a_grant().approved(ABROAD).redeemed(ABROAD).habit(HOME, times=20).works()
    assert Severity.INFORMATIONAL <= severity(grant) <= Severity.MEDIUM


def test_a_blocked_attempt_alone_is_low() -> None:
    assert severity(a_grant().blocked(HOME).knows(HOME)) is Severity.LOW


def test_a_blocked_attempt_is_never_more_than_medium() -> None:
    grant = a_grant(client=BROKER, resource=REGISTRATION).interrupted(HOME).blocked(RENTED, agent=PYTHON).knows(HOME)
    assert severity(grant) is Severity.MEDIUM


def test_a_sighting_in_the_unified_audit_log_about_which_nothing_is_known_is_low_at_most() -> None:
    grant = a_grant(client=OFFICE, resource=GRAPH, certainty=0.6).sighted(HOME).history(0, tenant_users=0)
    missing = frozenset({"history", "field:asn", "stream:non_interactive", "stream:interactive", "stream:audit"})
    assert severity(grant, missing=missing) <= Severity.LOW


def test_an_approval_logged_from_hosting_can_be_high_without_the_non_interactive_log() -> None:
    grant = a_grant(client=OFFICE, resource=GRAPH).approved(RENTED).knows(HOME)
    assert severity(grant, missing=frozenset({"stream:non_interactive"})) is Severity.HIGH


def test_a_developers_own_lineage_on_a_managed_device_is_not_raised() -> None:
    laptop = Device(id="laptop", name="CORP-0042", os="Windows", managed=True, compliant=True)
    grant = (
        a_grant()
        .approved(WORK)
        .redeemed(WORK)
        .used(AZURE_CLI, GRAPH, WORK)
        .used(
            BROKER,
            GRAPH,
            WORK,
            kind=TokenKind.PRIMARY,
            device=laptop,
            agent="Windows-AzureAD-Authentication-Provider/1.0",
        )
        .used(TEAMS, TEAMS_SERVICE, WORK, kind=TokenKind.BROWSER, party=Party.APPROVER, agent=FIREFOX)
        .habit(WORK, times=20)
        .knows("device", "laptop")
    )
    assert severity(grant) <= Severity.INFORMATIONAL


def test_the_broker_asking_for_device_registration_is_high_alone() -> None:
    grant = a_grant(client=BROKER, resource=REGISTRATION).approved(HOME).redeemed(HOME, agent="Broker/7").knows(HOME)

    verdict = judged(grant).verdict

    assert verdict.severity is Severity.HIGH
    assert any(each.signal == "client.broker_registration" and each.alone for each in verdict.evidence)


def test_the_broker_needs_no_history_to_be_high() -> None:
    grant = a_grant(client=BROKER, resource=GRAPH).approved(HOME).redeemed(HOME, agent=FIREFOX).history(0)
    assert severity(grant, missing=frozenset({"history"})) is Severity.HIGH


def test_a_rogue_device_with_its_own_token_is_critical_with_one_more_kind_of_evidence() -> None:
    rogue = Device(id="rogue", name="DESKTOP-1A2B3C4D", os="Windows", managed=False)
    grant = (
        a_grant()
        .approved(HOME)
        .redeemed(SAME_CITY)
        .used(BROKER, GRAPH, SAME_CITY, kind=TokenKind.PRIMARY, device=rogue, tie=Tie(TieBy.DEVICE_ID, 0.9))
        .knows(HOME)
    )
    assert severity(grant) is Severity.CRITICAL
