"""What a valid file leaves to say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.allowances.scene import TODAY, file_of

from grantwatch.allowances.lint import look_over
from grantwatch.allowances.reader import parse

NARROW: Mapping[str, str | None] = {"id": "narrow", "network": "192.0.2.0/25"}


def warned(*allowances: Mapping[str, str | None], groups: str = "") -> list[str]:
    reading = parse(file_of(*allowances, groups=groups))
    assert not reading.errors, reading.errors
    return [each.text for each in look_over(reading.allowances, TODAY)]


def test_a_plain_file_leaves_nothing_to_say() -> None:
    assert warned({}, {"id": "other", "client": "Microsoft Azure PowerShell"}) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"expires": "2026-11-25"}, "cli expired on 2026-11-25"),
        ({"expires": "2029-01-01"}, "more than 400 days from now"),
        ({"network": "10.0.0.0/8"}, "10.0.0.0/8 holds 16,777,216 addresses"),
        ({"network": "AS14061"}, "AS14061 (DigitalOcean) can be rented by anybody: name the address range"),
        ({"network": "any", "client": "any"}, "cli opens every client from anywhere"),
        ({"network": "any", "subject": "{class: person}"}, "cli opens every person from anywhere"),
    ],
)
def test_what_opens_too_much_or_nothing_is_said(changed: Mapping[str, str | None], told: str) -> None:
    assert any(told in each for each in warned(changed))


def test_the_last_day_still_counts() -> None:
    assert warned({"expires": "2026-11-26"}) == []


def test_an_allowance_within_another_has_no_effect_of_its_own() -> None:
    plain: Mapping[str, str | None] = {}
    for pair in ((plain, NARROW), (NARROW, plain)):
        (told,) = warned(*pair)
        assert told.startswith("narrow has no effect of its own: cli (line ")
    assert warned({"expires": "2027-01-01"}, NARROW) == [], "the narrow one holds for longer"


def test_two_that_are_the_same_are_said_once_and_two_that_disagree_too() -> None:
    assert warned({}, {"id": "again"}) == ["again opens the same as cli (line 3)"]
    (told,) = warned({}, {"id": "again", "expires": "2027-04-30"})
    assert told.startswith("again opens the same as cli (line 3), which ends on 2027-03-31 and not on 2027-04-30")


def test_a_group_that_nobody_is_in_or_asks_for_is_said() -> None:
    told = warned({"subject": "{group: empty}"}, groups="{empty: {}, unused: {members: [a@x.example]}}")
    assert any("group empty has no members here" in each for each in told)
    assert any("group unused is used by no allowance" in each for each in told)
