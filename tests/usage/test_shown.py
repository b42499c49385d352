"""What an inventory shows of allowances: whose, from where, by which grants; and which name has which id."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import HOME, WORK, a_grant
from tests.policy.generated import allowances, an_allowance, networks
from tests.usage.scene import judged, taken

from grantwatch.allowances import Subject
from grantwatch.grants.model import User
from grantwatch.usage.shown import evidence
from grantwatch.verdict import Severity


def used(upn, id, place, grant_id, severity=Severity.INFORMATIONAL):
    found = judged(a_grant().approved(place).redeemed(place), severity, grant_id)
    return replace(found, grant=replace(found.grant, user=User(id=id, upn=upn)))


def test_by_allowance_and_account() -> None:
    mine = an_allowance(subject=Subject(users=("anna@example.com",)), networks=networks("192.0.2.0/24"))
    made = taken(
        used("Anna@example.com", "AAAAAAAA-0000-4000-8000-000000000001", HOME, "g1"),
        used("anna@example.com", "aaaaaaaa-0000-4000-8000-000000000001", HOME, "g2"),
        used("anna@example.com", "aaaaaaaa-0000-4000-8000-000000000001", WORK, "g3"),
        used("ben@example.com", "bbbbbbbb-0000-4000-8000-000000000001", HOME, "g4"),
        used("anna@example.com", "aaaaaaaa-0000-4000-8000-000000000001", HOME, "g5", Severity.HIGH),
    )
    found = evidence(allowances(mine), made)
    (seen,) = found.seen
    assert (seen.allowance, seen.upn, seen.id) == ("cli", "anna@example.com", "aaaaaaaa-0000-4000-8000-000000000001")
    assert seen.grant_ids == ("g1", "g2")
    assert seen.ranges == (("192.0.2.0/24", 64496),)
    assert found.ids["ben@example.com"] == {"bbbbbbbb-0000-4000-8000-000000000001"}


def test_a_name_that_was_given_twice_has_two_ids() -> None:
    made = taken(used("anna@example.com", "a1", HOME, "g1"), used("anna@example.com", "a2", HOME, "g2"))
    assert evidence(allowances(), made).ids == {"anna@example.com": {"a1", "a2"}}
