"""What leads to a grant, what is folded, what was usual before, and what ends it: from records to follow-ons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.grants.scene import (
    ANA,
    AT,
    BEN,
    HOME,
    MINT,
    OFFICE,
    RENTED,
    SCRIPT,
    TENANT,
    TOOL,
    after,
    deed,
    follow_on,
    login,
    only,
)

from grantwatch.grants import reconstruct
from grantwatch.grants.model import Naming, TieBy
from grantwatch.lab import (
    ENTRA,
    EXCHANGE,
    Change,
    Policy,
    Target,
    blocked_attempt,
    device_registration,
    mail_access,
)
from grantwatch.lab.apps import ARM, AZURE_CLI, DRS, EXCHANGE_ONLINE, GRAPH, OUTLOOK_MOBILE
from grantwatch.lab.records import call_row, click_row, graph_signin, ual_activity
from grantwatch.lab.seen import CallEvent, ClickEvent
from grantwatch.lab.stories import Refresh
from grantwatch.lab.writers import write_array, write_ndjson
from grantwatch.records.load import read

ADMIN = replace(BEN, id=MINT.guid(), upn="admin@tenant.example", name="Admin")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rebuilt_of(tmp_path):
    """From sign-ins and raw rows by file to what was reconstructed of them."""

    def run(sign_ins, **rows):
        write_ndjson(tmp_path / "signins.json", [graph_signin(each) for each in sign_ins])
        for name, records in rows.items():
            write_array(tmp_path / f"{name}.json", list(records))
        with read([tmp_path]) as records:
            return reconstruct(records.con)

    return run


# -- clicks


def click(minutes, url="https://lure.example/x", place=HOME, user=ANA):
    return click_row(ClickEvent(time=after(minutes=minutes), user=user, url=url, report_id=MINT.guid(), place=place))


def test_a_click_before_the_grant_is_tied_to_it_by_person_and_place(rebuilt_of):
    found = follow_on(only(rebuilt_of(login(), clicks=[click(-4)])), "lure_click")
    assert (found.time, found.tie.by) == (after(minutes=-4), TieBy.USER_CLIENT_TIME)
    assert (
        follow_on(only(rebuilt_of(login(), clicks=[click(-4, place=OFFICE)])), "lure_click").tie.by is TieBy.USER_TIME
    )


@pytest.mark.parametrize("minutes", [-17, 3])
def test_a_click_too_early_or_after_it_is_not(rebuilt_of, minutes):
    assert only(rebuilt_of(login(), clicks=[click(minutes), click(-5, user=BEN)])).follow_ons == ()


def test_a_click_before_an_attempt_that_was_blocked_is_tied_too(rebuilt_of):
    policy = Policy.blocking_device_code(MINT.guid())
    attempt = blocked_attempt(
        MINT, ANA, tenant_id=TENANT, at=AT, client=AZURE_CLI, resource=ARM, approver=login_seat(), policy=policy
    )
    assert follow_on(only(rebuilt_of(attempt, clicks=[click(-2)])), "lure_click").count == 1


def login_seat():
    from tests.grants.scene import BROWSER

    return BROWSER


# -- questions about an account


def question(days, place, user=ANA):
    return {
        "TimeGenerated": after(days=-days).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "RequestType": "GetCredentialType",
        "ErrorNumber": "0",
        "CallerIpAddress": place.ip,
        "CorrelationId": MINT.guid(),
        "RequestId": MINT.guid(),
        "AADTenantId": TENANT,
        "UserId": user.id,
        "UserAgent": SCRIPT,
    }


def test_only_the_network_of_the_device_side_ties_a_question_days_before(rebuilt_of):
    asked = [question(days, RENTED) for days in (12, 11.9, 11.8)]
    others = [question(12, HOME), question(12, RENTED, BEN), question(31, RENTED)]
    found = follow_on(only(rebuilt_of(login(), asked=[*asked, *others])), "account_question")
    assert (found.count, found.time, found.tie.by) == (3, after(days=-12), TieBy.USER_CLIENT_TIME)


# -- Graph


def calls(*paths, minutes=5, place=RENTED, token=None, client=AZURE_CLI, method="GET"):
    return [
        call_row(
            CallEvent(
                time=after(minutes=minutes, seconds=number),
                tenant_id=TENANT,
                method=method,
                url=f"https://graph.microsoft.com/v1.0/{path}",
                client=client,
                place=place,
                request_id=MINT.guid(),
                user=ANA,
                user_agent=SCRIPT,
                session_id=token.session_id if token else "",
                token_id=token.token_id if token else "",
            )
        )
        for number, path in enumerate(paths)
    ]


MAP = (
    "users",
    "groups?$top=999",
    "applications",
    "organization",
    "me",
    "directoryRoles",
    "me/messages",
    "me/drive/root",
)


def test_calls_with_a_token_of_the_grant_are_folded_and_say_what_they_asked_for(rebuilt_of):
    flow = login()
    found = follow_on(only(rebuilt_of(flow, calls=calls(*MAP, *MAP, token=flow.redemption))), "graph_call")
    assert (found.tie.by, found.count, found.things) == (TieBy.TOKEN_ID, 16, 8)
    assert found.areas == ("applications", "groups", "organisation", "own account", "people", "roles")
    assert found.until == after(minutes=5, seconds=15)
    assert len(found.refs) == 3


def test_without_ids_the_client_of_the_grant_ties_them_for_a_day(rebuilt_of):
    near, far = calls("users", minutes=60), calls("users", minutes=60 * 25)
    found = follow_on(only(rebuilt_of(login(redeemer=login_seat()), calls=[*near, *far])), "graph_call")
    assert (found.tie.by, found.count) == (TieBy.USER_CLIENT_TIME, 1)


def test_calls_of_the_approver_with_another_client_are_not_tied(rebuilt_of):
    assert only(rebuilt_of(login(), calls=calls(*MAP, place=HOME, client=OUTLOOK_MOBILE))).follow_ons == ()


# -- what is usual


def mail(at, client=OUTLOOK_MOBILE, place=OFFICE, **more):
    return mail_access(MINT, ANA, tenant_id=TENANT, at=at, place=place, client=client, **more)


def test_mail_read_by_a_client_of_the_grant_that_is_new_to_the_mailbox_is_tied(rebuild):
    flow = login(refreshes=[Refresh(MINUTE, EXCHANGE_ONLINE, EXCHANGE_ONLINE)])
    before = [event for day in (9, 6, 3) for event in mail(after(days=-day))]
    grant = only(rebuild([*flow, *before, *mail(after(hours=3)), *mail(after(hours=4), EXCHANGE_ONLINE)]))
    found = follow_on(grant, "mail_access")
    assert (found.time, found.tie.by) == (after(hours=4), TieBy.USER_CLIENT_TIME)
    assert (found.before.days, found.before.client_days, round(found.before.log_days)) == (3, 0, 9)


def test_what_the_user_did_before_is_counted_but_for_the_last_day(rebuild):
    flow = login(refreshes=[Refresh(MINUTE, OUTLOOK_MOBILE, EXCHANGE_ONLINE)])
    before = [event for hours in (200, 100, 99, 5) for event in mail(after(hours=-hours))]
    found = follow_on(only(rebuild([*flow, *before, *mail(after(hours=1), place=RENTED)])), "mail_access")
    assert (found.before.records, found.before.days, found.before.client_days) == (3, 2, 2)


def files(at, count, place=RENTED, operation="FileDownloaded"):
    return [
        deed(
            operation, "SharePoint", at + timedelta(seconds=number), client=EXCHANGE_ONLINE, place=place, record_type=6
        )
        for number in range(count)
    ]


def test_a_burst_is_the_most_within_its_time_before_and_after(rebuild):
    earlier = [*files(after(days=-5), 4, OFFICE), *files(after(days=-4), 7, OFFICE)]
    later = [*files(after(hours=1), 30), *files(after(hours=2), 6)]
    found = follow_on(only(rebuild([*login(), *earlier, *later])), "file_download")
    assert (found.count, found.burst, found.before.burst) == (36, 30, 7)


# -- words


def test_searches_and_deleted_warnings_are_told_by_their_words(rebuilt_of):
    flow = login()
    asked = ual_activity(deed("SearchQueryInitiatedExchange", EXCHANGE, after(hours=1), place=RENTED, record_type=2))
    rows = [{**asked, "Id": MINT.guid(), "QueryText": text} for text in ("all passwords", "lunch", "VPN")]
    gone = ual_activity(deed("HardDelete", EXCHANGE, after(hours=2), place=RENTED, record_type=3))
    subjects = ("Lunch", "New sign-in to your account")
    rows.append({**gone, "AffectedItems": [{"Subject": text, "Id": text} for text in subjects]})
    grant = only(rebuilt_of(flow, unified=rows))
    search, deleted = follow_on(grant, "search"), follow_on(grant, "mail_deleted")
    assert (search.count, search.marked, search.facts["texts"]) == (3, 2, "VPN; all passwords")
    assert (deleted.marked, "New sign-in" in deleted.facts["texts"]) == (1, True)


# -- directory


def test_an_update_of_the_user_that_changes_strong_authentication_is_security_info(rebuild):
    person = Target(ANA.id, ANA.name, "User", ANA.upn)
    methods = replace(person, changes=(Change("StrongAuthenticationMethod", "[6]", "[]"),))
    city = replace(person, changes=(Change("City", "Porto"),))
    found = follow_on(
        only(
            rebuild(
                [
                    *login(),
                    deed("Update user", ENTRA, after(hours=1), ADMIN, targets=(methods,)),
                    deed("Update user", ENTRA, after(hours=1), ADMIN, targets=(city,)),
                ]
            )
        ),
        "security_info",
    )
    assert found.facts["changed"] == "strongauthenticationmethod"


def test_what_an_administrator_did_to_others_is_not_the_administrators(rebuild):
    person = Target(ANA.id, ANA.name, "User", ANA.upn)
    helped = deed("Admin registered security info", ENTRA, after(hours=1), ADMIN, targets=(person,))
    assert only(rebuild([*login(ADMIN), helped])).follow_ons == ()


def test_the_end_of_sessions_concerns_every_grant_of_the_person_for_90_days(rebuild):
    person = Target(ANA.id, ANA.name, "User", ANA.upn)
    revoked = deed("Update StsRefreshTokenValidFrom Timestamp", ENTRA, after(days=60), ADMIN, targets=(person,))
    late = deed("Disable account", ENTRA, after(days=101), ADMIN, targets=(person,))
    grants = rebuild([*login(), *login(at=after(days=3)), *login(ADMIN), revoked, late]).grants
    ended = {(grant.user.upn, grant.started_at.day): [each.kind for each in grant.follow_ons] for grant in grants}
    assert ended == {
        (ANA.upn, AT.day): ["sessions_revoked"],
        (ANA.upn, AT.day + 3): ["sessions_revoked"],
        (ADMIN.upn, AT.day): [],
    }


def registered(name, at, user=ANA):
    return device_registration(
        MINT, user, tenant_id=TENANT, at=at, service=DRS, device_id=MINT.guid(), device_name=name
    )


def test_a_device_that_an_administrator_deletes_is_told_by_the_device(rebuild):
    device = registered("DESKTOP-7F3A", after(minutes=5))
    target = replace(device[0].targets[0])
    gone = deed("Delete device", ENTRA, after(days=1), ADMIN, targets=(target,))
    found = follow_on(only(rebuild([*login(), *device, gone])), "device_deleted")
    assert (found.tie.by, found.time) == (TieBy.DEVICE_ID, after(days=1))


def test_a_new_device_is_held_against_how_the_tenant_names_its_devices(rebuild):
    known = [
        event
        for number in range(12)
        for event in registered(f"FG-LT-{number:04d}", after(days=-9, minutes=number), BEN)
    ]
    strange, fitting = registered("DESKTOP-7F3A", after(minutes=5)), registered("FG-LT-0990", after(minutes=5))
    assert follow_on(only(rebuild([*login(), *known, *strange])), "device_registered").naming == Naming(12, 12, 0)
    assert follow_on(only(rebuild([*login(), *known, *fitting])), "device_registered").naming == Naming(12, 12, 12)


# -- policies


BLOCK = (
    '{"displayName":"Block device code","state":"enabled","conditions":{"users":{"includeUsers":["All"],'
    '"excludeGroups":["g1"]},"authenticationFlows":{"transferMethods":"deviceCodeFlow,authenticationTransfer"}},'
    '"grantControls":{"builtInControls":["block"]}}'
)


@pytest.mark.parametrize(
    ("new", "loosened"),
    [
        (BLOCK, ""),
        (BLOCK.replace('"enabled"', '"enabledForReportingButNotEnforced"'), "made report-only"),
        (BLOCK.replace('"enabled"', '"disabled"'), "switched off"),
        (BLOCK.replace('["g1"]', '["g1","g2"]'), "1 more groups left out"),
        (BLOCK.replace("deviceCodeFlow,", ""), "no longer about the device code flow"),
        (BLOCK.replace('["block"]', '["mfa"]'), "no longer a block"),
        ("", "deleted"),
    ],
)
def test_what_a_changed_policy_lets_through(rebuild, new, loosened):
    changed = Target("p", "Block device code", "Policy", changes=(Change("ConditionalAccessPolicy", new, BLOCK),))
    update = deed("Update conditional access policy", ENTRA, after(hours=1), targets=(changed,))
    facts = follow_on(only(rebuild([*login(), update])), "policy").facts
    assert facts.get("loosened", "") == loosened
    assert facts["about_flow"] == "true"


@pytest.mark.parametrize(
    ("name", "id", "told"),
    [
        ("CA exclusion device code", "x", True),
        ("Gardeners", "6f2b1c3e-0000-4000-8000-000000000001", True),
        ("Gardeners", "y", False),
    ],
)
def test_only_groups_that_keep_people_out_of_policies_count(rebuild, name, id, told):
    member = Target(ANA.id, "Ana", "User", ANA.upn, (Change("Group.ObjectID", id), Change("Group.DisplayName", name)))
    policy = Target(
        "p",
        "Block",
        "Policy",
        changes=(
            Change("ConditionalAccessPolicy", BLOCK.replace("g1", "6f2b1c3e-0000-4000-8000-000000000001"), BLOCK),
        ),
    )
    before = deed("Update conditional access policy", ENTRA, after(days=-3), ADMIN, targets=(policy,))
    added = deed("Add member to group", ENTRA, after(hours=1), targets=(member,))
    found = [each.facts["group_name"] for each in only(rebuild([*login(), before, added])).follow_ons]
    assert found == ([name] if told else [])


# -- consents


def test_only_the_scopes_that_were_added_count(rebuild):
    from grantwatch.lab import App, consent

    told = consent(
        MINT,
        ANA,
        tenant_id=TENANT,
        at=after(hours=2),
        app=App(MINT.guid(), "Mail Helper"),
        scopes=("User.Read", "Mail.Read"),
        earlier_scopes=("User.Read",),
    )
    facts = follow_on(only(rebuild([*login(), *told])), "consent").facts
    assert (facts["scopes"], facts["scopes_before"]) == ("Mail.Read", "User.Read")


def test_the_last_success_of_a_fold_is_told_apart_from_its_last_try(rebuild):
    flow = login(
        refreshes=[
            Refresh(timedelta(hours=1), AZURE_CLI, GRAPH, TOOL),
            Refresh(timedelta(hours=9), AZURE_CLI, GRAPH, TOOL, error_code=50173),
        ]
    )
    (use,) = only(rebuild(flow)).token_uses
    assert use.last_success is not None
    assert use.last - use.last_success == timedelta(hours=8)
