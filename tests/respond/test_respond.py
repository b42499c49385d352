"""What is advised: the safe order, exact requests, nothing destructive without proof, no log text in control."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grantwatch.grants.model import (
    Device,
    FollowOn,
    Grant,
    Leg,
    LegKind,
    Named,
    Network,
    Outcome,
    Party,
    Tie,
    TieBy,
    TokenKind,
    TokenUse,
    User,
)
from grantwatch.profile.model import Profile
from grantwatch.records.model import RecordRef
from grantwatch.respond import containment, first_moves, questions
from grantwatch.respond.address import cidr
from grantwatch.verdict.model import Judged, Severity, Verdict

T0 = datetime(2026, 9, 14, 10, 0, 12)
TENANT = "5c1e2f6a-8f0b-4d5e-9a43-0c6b2f1d7e90"
USER = "8c2f0d1e-3b4a-4c5d-9e6f-7a8b9c0d1e2f"
DEVICE = "7d3c1a52-2b64-4f0e-8a9d-5b1c0e9f2d34"
BROKER = Named("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker")
OFFICE = Network("81.2.69.160", "81.2.69.0/24", 64501, "GB", "London")
HOSTER = Network("89.160.20.112", "89.160.20.0/24", 64511, "SE", "Linkoping")
SELF = Tie(TieBy.SELF, 1.0)


def leg(kind: LegKind, time: datetime, network: Network) -> Leg:
    device = Device(browser="Firefox 155.0")
    ref = RecordRef("a.json", 1)
    return Leg(kind, time, network, None, BROKER, BROKER, device, True, 0, None, SELF, ref, "graph_beta")


def follow(kind: str, name: str | None = None, device: str | None = None, target: str | None = None) -> FollowOn:
    return FollowOn(
        kind=kind,
        operation=kind,
        time=T0 + timedelta(minutes=4),
        actor=None,
        network=HOSTER,
        user_agent=None,
        client=BROKER,
        target=Named(target, name),
        target_type="Device" if target else None,
        result=None,
        facts={"device_id": device} if device else {},
        count=1,
        tie=SELF,
        refs=(),
    )


def grant(**changes: Any) -> Grant:
    base = Grant(
        grant_id="g",
        tenant_id=TENANT,
        user=User(USER, "ada@contoso.example", "member", TENANT),
        client=BROKER,
        resource=Named(None, "Device Registration Service"),
        started_at=T0,
        last_seen=T0 + timedelta(days=6),
        outcome=Outcome.REDEEMED,
        certainty=1.0,
        basis="the log names the protocol",
        correlation_id=None,
        session_id=None,
        legs=(leg(LegKind.APPROVAL, T0, OFFICE), leg(LegKind.REDEMPTION, T0 + timedelta(seconds=3), HOSTER)),
        follow_ons=(follow("device_registered", "DESKTOP-1", DEVICE),),
    )
    return replace(base, **changes)


def judged(subject: Grant, severity: Severity = Severity.CRITICAL) -> Judged:
    return Judged(subject, Profile(30, 30, 10, 10), Verdict(90, severity, (), (), ""))


def titles(case: Judged) -> list[str]:
    return [step.title for step in containment(case)]


def requests(case: Judged) -> list[str]:
    return [f"{request.method} {request.url}" for step in containment(case) for request in step.requests]


def test_the_order_is_safe() -> None:
    found = titles(judged(grant()))
    wanted = [
        "Keep the evidence",
        "Find devices registered after the approval",
        "Delete the rogue device",
        "Disable the account",
        "Revoke all sessions",
        "Reset the password",
        "Remove sign-in methods that the user does not know",
        "Remove consents to apps that the user does not know",
        "Remove inbox rules and forwarding",
        "Confirm the user compromised",
        "Block the redeemer's networks",
        "Block the device code flow",
        "Enable the account again",
        "Verify for 90 days",
    ]
    assert found == wanted
    assert [step.order for step in containment(judged(grant()))] == list(range(1, len(wanted) + 1))


def test_requests_are_exact() -> None:
    found = requests(judged(grant()))
    root = "https://graph.microsoft.com/v1.0"
    for request in (
        f"DELETE {root}/devices(deviceId='{DEVICE}')",
        f"PATCH {root}/users/{USER}",
        f"POST {root}/users/{USER}/revokeSignInSessions",
        f"POST {root}/users/{USER}/authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword",
        f"GET {root}/users/{USER}/mailFolders/inbox/messageRules",
        f"POST {root}/identityProtection/riskyUsers/confirmCompromised",
    ):
        assert request in found, request
    steps = {step.title: step for step in containment(judged(grant()))}
    assert steps["Confirm the user compromised"].requests[0].body == {"userIds": [USER]}
    assert steps["Disable the account"].requests[0].body == {"accountEnabled": False}
    ranges = json.dumps(steps["Block the redeemer's networks"].requests[0].body)
    assert "89.160.20.0/24" in ranges
    assert "81.2.69.0/24" not in ranges


@pytest.mark.parametrize("severity", [Severity.NONE, Severity.INFORMATIONAL, Severity.LOW])
def test_below_medium_nothing_changes(severity: Severity) -> None:
    steps = containment(judged(grant(), severity))
    assert [step.title for step in steps] == ["Ask the user", "Verify"]
    assert not any(step.destructive for step in steps)
    assert {request.method for step in steps for request in step.requests} == {"GET"}


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.ABANDONED])
def test_without_an_approval_the_account_is_left_alone(outcome: Outcome) -> None:
    found = requests(judged(grant(outcome=outcome), Severity.HIGH))
    assert not [request for request in found if "/users/" in request and not request.startswith("GET")]


def test_medium_asks_first() -> None:
    assert titles(judged(grant(), Severity.MEDIUM))[1] == "Ask the user before anything is changed"


@pytest.mark.parametrize(
    "follow_on",
    [
        follow("device_deleted", "DESKTOP-1", DEVICE),
        follow("device_registered", "DESKTOP-1"),
        follow("device_registered", "x", "' or 1 eq 1"),
    ],
)
def test_no_device_id_no_deletion(follow_on: FollowOn) -> None:
    found = titles(judged(grant(follow_ons=(follow_on,))))
    assert "Delete the rogue device" not in found
    assert "Find devices registered after the approval" in found


def test_a_directory_object_is_deleted_by_its_own_id() -> None:
    found = requests(judged(grant(follow_ons=(follow("device_added", "D", target=DEVICE),))))
    assert f"DELETE https://graph.microsoft.com/v1.0/devices/{DEVICE}" in found


def test_a_guest_is_contained_at_home() -> None:
    home = "11111111-2222-4333-8444-555555555555"
    found = titles(judged(grant(user=User(USER, "ada@contoso.example", "guest", home))))
    assert f"Tell the home tenant ({home})" in found
    assert "Reset the password" not in found


def test_the_approvers_own_network_is_never_blocked() -> None:
    use = TokenUse(
        client=BROKER,
        resource=BROKER,
        network=OFFICE,
        user_agent=None,
        device=Device(),
        kind=TokenKind.REFRESH,
        interactive=False,
        party=Party.REDEEMER,
        first=T0,
        last=T0,
        count=1,
        failures=0,
        error_codes=(),
        token_binding=None,
        tie=SELF,
        refs=(),
    )
    legs = (leg(LegKind.APPROVAL, T0, OFFICE), leg(LegKind.REDEMPTION, T0, OFFICE))
    assert "Block the redeemer's networks" not in titles(judged(grant(legs=legs, token_uses=(use,))))


def test_what_else_was_changed_is_named() -> None:
    steps = containment(judged(grant(follow_ons=(follow("role"), follow("mail_sent")))))
    undo = next(step for step in steps if step.title == "Undo what else was changed")
    assert len(undo.notes) == 2


GROUP = "0d7e3b1a-5c2f-4e8d-9b6a-1f0c2d3e4a5b"


def test_what_no_request_can_undo_is_named_as_a_step_by_hand() -> None:
    rule = replace(follow("transport_rule"), facts={"name": "Archive all"})
    shared = replace(follow("mailbox_delegation"), facts={"user": "mallory", "rights": "FullAccess"})
    changed = replace(follow("policy", "Block device code"), facts={"loosened": "deleted"})
    steps = {step.title: step for step in containment(judged(grant(follow_ons=(rule, shared, changed))))}
    flow, mailbox, policy = (
        steps[f"{title}, by hand"]
        for title in ("Remove rules of mail flow", "Take back rights on mailboxes", "Restore policies")
    )
    assert "'Archive all'" in flow.notes[0]
    assert "'mallory'" in mailbox.notes[0]
    assert "'Block device code'" in policy.notes[0]
    assert not any(step.requests for step in (flow, mailbox))
    assert not policy.destructive


@pytest.mark.parametrize(("group", "taken"), [(GROUP, 1), ("../x", 0)])
def test_a_new_member_of_an_exclusion_group_is_taken_out_by_checked_ids_only(group: str, taken: int) -> None:
    member = replace(
        follow("group_member", "Ada", target=USER), facts={"group_name": "CA exclusions", "group_id": group}
    )
    found = requests(judged(grant(follow_ons=(member,))))
    assert found.count(f"DELETE https://graph.microsoft.com/v1.0/groups/{GROUP}/members/{USER}/$ref") == taken
    assert not any("../" in request for request in found)


def test_nobody_is_sent_to_undo_what_did_not_happen() -> None:
    assert not any(title.endswith("by hand") for title in titles(judged(grant())))


def test_a_user_known_by_name_only() -> None:
    found = requests(judged(grant(user=User(None, "o'brien#x+1@contoso.example"))))
    assert (
        "POST https://graph.microsoft.com/v1.0/users/o%27brien%23x%2B1%40contoso.example/revokeSignInSessions" in found
    )


EVIL = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["../../groups", "a@b.c/../x", "x?$filter=1", "a@b.c#", "' or '1' eq '1", "a'b@c.d", "%2e%2e@c.d"]),
)


@given(user_id=EVIL, upn=EVIL, device=EVIL, prefix=EVIL, session=EVIL)
@example(user_id="", upn="", device="", prefix="1.0.0.0/20", session="")
def test_no_log_text_changes_a_request(user_id: str, upn: str, device: str, prefix: str, session: str) -> None:
    # Its redeemer came from a network of its own, so that every request that an honest grant brings is known.
    seen = (leg(LegKind.REDEMPTION, T0, Network("203.0.113.9", "203.0.113.0/24", None, "US")),)
    plain = containment(judged(grant(user=User(None, "ada@contoso.example"), follow_ons=(), legs=seen)))
    evil = grant(
        user=User(user_id, upn, upn, user_id),
        session_id=session,
        follow_ons=(follow("device_registered", device, device, target=device),),
        legs=(leg(LegKind.REDEMPTION, T0, Network(prefix, prefix, None, prefix)),),
    )
    known = {shape(request.url) for step in plain for request in step.requests}
    for step in containment(judged(evil)):
        for request in step.requests:
            assert request.url.isascii()
            assert not set(request.url) & set(' <>"\\^`\r\n\t#')
            assert shape(request.url) in known, request.url


def shape(url: str) -> tuple[str, str, int, str]:
    """Host, last segment, depth and query parameters: all that a value could bend."""
    parts = urlsplit(url)
    path = parts.path.split("/")
    name = "(user)" if path[-2] == "users" else path[-1]
    return parts.netloc, name, len(path), "&".join(part.split("=")[0] for part in parts.query.split("&"))


def test_questions_have_time_and_place() -> None:
    asked = questions(grant())
    assert asked[0].startswith("Did you enter a code at microsoft.com/devicelogin on 14 Sep 2026 at 10:00 UTC?")
    assert any("London, GB (AS64501, 81.2.69.160)" in question for question in asked)
    assert any("Linkoping, SE" in question for question in asked)
    assert any("DESKTOP-1" in question for question in asked)
    assert len(asked) <= 8


def test_questions_about_what_did_not_succeed() -> None:
    asked = questions(grant(outcome=Outcome.BLOCKED, legs=(leg(LegKind.BLOCKED, T0, OFFICE),), follow_ons=()))
    assert asked[0].startswith("Were you asked to enter a code")


def test_questions_where_the_log_says_nothing() -> None:
    nothing = Network()
    legs = (leg(LegKind.APPROVAL, T0, nothing), leg(LegKind.REDEMPTION, T0, nothing))
    assert questions(grant(legs=legs, follow_ons=(), client=Named(None, None)))


def test_the_first_moves_are_those_that_stop_it() -> None:
    assert first_moves(judged(grant())) == ("Delete the rogue device", "Disable the account", "Revoke all sessions")
    without = first_moves(judged(grant(follow_ons=())))
    assert without == ("Find devices registered after the approval", "Disable the account", "Revoke all sessions")
    assert first_moves(judged(grant(), Severity.MEDIUM)) == ("Ask the user before anything is changed",)
    assert first_moves(judged(grant(outcome=Outcome.BLOCKED), Severity.MEDIUM)) == ("Ask the user",)
    assert first_moves(judged(grant(), Severity.LOW)) == ()


@pytest.mark.parametrize(
    ("prefix", "usable"),
    [
        ("203.0.113.0/24", True),
        ("2001:db8:1::/48", True),
        ("89.160.20.0/24", True),
        ("10.1.2.0/24", False),
        ("100.64.3.0/24", False),
        ("192.168.1.0/24", False),
        ("fe80::/48", False),
        ("0.0.0.0/0", False),
        ("not a network", False),
    ],
)
def test_only_ranges_that_a_rule_may_name(prefix: str, usable: bool) -> None:
    assert (cidr(prefix) is not None) is usable


def test_a_block_elsewhere_is_asked_about_and_its_policy_named() -> None:
    refused = replace(leg(LegKind.BLOCKED, T0 + timedelta(seconds=9), HOSTER), policies=("CA014 Block device code",))
    case = judged(
        grant(legs=(leg(LegKind.INTERRUPT, T0, OFFICE), refused), outcome=Outcome.BLOCKED, follow_ons=()),
        Severity.MEDIUM,
    )
    assert any("tried on 14 Sep 2026 at 10:00 UTC from Linkoping" in question for question in questions(case.grant))
    notes = [note for step in containment(case) for note in step.notes]
    assert any("blocked by 'CA014 Block device code'" in note for note in notes)
