"""Who uses device code: what counts, what is kept out, and what the logs cannot say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import ARM, AZURE_CLI, BROKER, GRAPH, HOME, NOWHERE, ROOM, START, TEAMS_SERVICE, WORK, a_grant
from tests.usage.scene import hunt_of, judged, taken

from grantwatch.errors import UsageError
from grantwatch.grants.model import Device, Network
from grantwatch.usage import inventory
from grantwatch.verdict import Severity


def ago(days: float):
    return START - timedelta(days=days)


def test_an_account_is_told_by_its_uses() -> None:
    laptop = Device(id="d1", name="LAPTOP-1", os="Windows")
    made = taken(
        judged(a_grant(at=ago(20)).approved(HOME, device=laptop).redeemed(HOME)),
        judged(a_grant(at=ago(10)).approved(HOME).redeemed(WORK).used(resource=GRAPH)),
        judged(a_grant(at=ago(10), resource=GRAPH).approved(HOME)),
        judged(a_grant("bob", at=ago(5)).approved(NOWHERE)),
    )
    alice, bob = made.accounts
    assert (alice.user.upn, alice.span.count, alice.span.days) == ("alice@example.com", 3, 2)
    first, second = alice.uses
    assert (first.client, first.resource, first.span.count) == (AZURE_CLI, ARM, 2)
    assert [(each.network.prefix, each.span.count) for each in first.places] == [(HOME.prefix, 2), (WORK.prefix, 1)]
    assert [(each.device.name, each.span.count) for each in first.devices] == [("LAPTOP-1", 1)]
    assert (first.unnamed_device, first.unredeemed, first.reached) == (1, 0, (GRAPH,))
    assert (first.span.first, first.span.last) == (ago(20), ago(10))
    assert (second.resource, second.unredeemed) == (GRAPH, 1)
    assert (bob.uses[0].places, bob.uses[0].unplaced) == ((), 1)


def test_the_approver_on_another_network_is_part_of_the_use_and_its_own_browsing_is_not() -> None:
    from grantwatch.grants.model import Party

    made = taken(judged(a_grant().approved(HOME).redeemed(HOME).used(network=WORK, party=Party.APPROVER)))
    assert [each.network.prefix for each in made.accounts[0].uses[0].places] == [HOME.prefix]


def test_suspects_are_kept_out_and_attempts_stand_apart() -> None:
    made = taken(
        judged(a_grant(at=ago(9)).approved(HOME).redeemed(HOME)),
        judged(a_grant(at=ago(8)).approved(HOME).redeemed(HOME), Severity.LOW),
        judged(a_grant(at=ago(7)).approved(HOME).redeemed(HOME), Severity.MEDIUM, "suspect"),
        judged(a_grant(at=ago(6)).blocked(HOME), Severity.HIGH, "attack"),
        judged(a_grant(at=ago(5)).blocked(HOME), Severity.LOW),
        judged(a_grant(at=ago(4)).interrupted(HOME), Severity.LOW),
    )
    assert made.accounts[0].span.count == 2
    assert [(each.judged.grant.grant_id, each.why) for each in made.kept_out] == [
        ("attack", "high 70"),
        ("suspect", "medium 40"),
    ]
    (tried,) = made.attempts
    assert (tried.blocked, tried.abandoned, tried.clients) == (1, 1, (AZURE_CLI,))


def test_a_word_of_the_admin_counts_more_than_the_severity() -> None:
    hunt = hunt_of(
        [
            judged(a_grant(at=ago(9)).approved(HOME), Severity.HIGH, "aa1"),
            judged(a_grant(at=ago(8)).approved(HOME), Severity.NONE, "bb2"),
        ]
    )
    made = inventory(hunt, include=["aa"], keep_out=["bb2"])
    assert [each.grant.grant_id for each in made.honest] == ["aa1"]
    assert [(each.judged.grant.grant_id, each.why) for each in made.kept_out] == [("bb2", "kept out by name")]
    assert made.included == ("aa1",)
    with pytest.raises(UsageError, match="no such grant"):
        inventory(hunt, include=["zz"])
    with pytest.raises(UsageError, match="aa1"):
        inventory(hunt, include=["aa1"], keep_out=["aa1"])


def test_classes_come_from_behaviour_and_from_what_is_stated() -> None:
    room = a_grant("room", client=ROOM, resource=TEAMS_SERVICE).approved(HOME).redeemed(HOME)
    guest = a_grant("guest").approved(HOME).of_tenant("66666666-7777-8888-9999-000000000000")
    made = taken(
        judged(room.habit(HOME, client=ROOM, resource=TEAMS_SERVICE)),
        judged(guest),
        judged(a_grant("svc").approved(HOME).said_to_be("service")),
        judged(a_grant("alice").approved(HOME).works()),
    )
    assert [(each.user.upn, each.kind) for each in made.accounts] == [
        ("alice@example.com", "person"),
        ("room@example.com", "device"),
        ("svc@example.com", "service"),
        ("guest@example.com", "guest"),
    ]
    assert [each.stated for each in made.accounts] == [False, False, True, False]


@pytest.mark.parametrize(("days", "last", "stale"), [(90, 61, True), (90, 59, False), (30, 29, None), (60, 60, False)])
def test_what_is_not_used_lately_is_told_where_the_logs_reach_back_so_far(
    days: float, last: float, stale: bool | None
) -> None:
    made = taken(judged(a_grant(at=ago(last)).approved(HOME)), days=days)
    assert (made.accounts[0].stale, made.accounts[0].uses[0].stale) == (stale, stale)
    assert any("60 days is not assessed" in sentence for sentence in made.not_assessed) is (stale is None)


def test_what_the_records_do_not_say_is_said() -> None:
    nameless = AZURE_CLI._replace(id=None)
    made = taken(judged(a_grant(client=nameless).approved(NOWHERE)), days=10)
    said = " ".join(made.not_assessed)
    for part in ("no token was seen", "do not name their client", "do not name a network", "once a month"):
        assert part in said


def test_a_hunt_without_grants_or_times_has_an_inventory_too() -> None:
    made = taken()
    assert (made.accounts, made.kept_out, made.attempts) == ((), (), ())
    empty = hunt_of([])
    blank = inventory(replace(empty, coverage=empty.coverage._replace(sources=())))
    assert "who uses device code is not assessed" in blank.not_assessed[0]


def test_records_that_name_the_account_in_two_ways_are_one_account() -> None:
    whole = judged(a_grant(at=ago(3)).approved(HOME))
    by_name = judged(a_grant(at=ago(2)).approved(HOME))
    by_name = replace(by_name, grant=replace(by_name.grant, user=by_name.grant.user._replace(id=None)))
    (alice,) = taken(whole, by_name).accounts
    assert alice.span.count == 2
    assert alice.user.id == "id-alice"


def test_an_address_range_that_one_log_names_in_full_is_one_place() -> None:
    bare = Network(HOME.ip, HOME.prefix)
    (use,) = taken(judged(a_grant(client=BROKER).approved(HOME).redeemed(bare))).accounts[0].uses
    assert [(each.network.prefix, each.network.asn) for each in use.places] == [(HOME.prefix, HOME.asn)]
