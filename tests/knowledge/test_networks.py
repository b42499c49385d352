"""Networks: what a number and an address say, alone and together, and how it ages."""

from __future__ import annotations

from datetime import date

import pytest

from grantwatch import knowledge

RAILWAY = 400940
MTN_NIGERIA = 29465
TODAY = date(2026, 11, 23)
LATER = date(2030, 1, 1)


@pytest.mark.parametrize(
    ("asn", "kind"),
    [(RAILWAY, "hosting"), (14061, "hosting"), (16509, "hosting"), (9009, "anonymiser"), (8075, "microsoft")],
)
def test_by_number(asn, kind):
    mark = knowledge.network(asn)
    assert mark is not None
    assert mark.kind == kind


@pytest.mark.parametrize("ip", [None, "", "localhost", "<null>", "198.51.100.7", "2001:db8::1", "203.0.113.9:51234"])
def test_most_of_the_world_is_unknown(ip):
    assert knowledge.network(None, ip) is None
    assert knowledge.network(64500, ip) is None


def test_an_address_stands_in_for_a_missing_number():
    mark = knowledge.network(None, "162.220.232.57")
    assert mark is not None
    assert (mark.kind, mark.name) == ("hosting", "Railway")
    assert mark.campaign


def test_number_and_address_are_put_together():
    mark = knowledge.network(14061, "216.203.20.95")
    assert mark is not None
    assert (mark.kind, mark.name, mark.asn) == ("hosting", "DigitalOcean", 14061)
    assert mark.campaign == "Kali365, 2026"


def test_an_address_of_a_campaign_on_an_unknown_network():
    mark = knowledge.network(MTN_NIGERIA, "102.89.22.100")
    assert mark is not None
    assert (mark.kind, mark.campaign) == ("campaign", "Kali365, 2026")


def test_the_misprinted_prefix_never_weighs():
    assert knowledge.network(None, "160.220.232.57") is None
    assert knowledge.network(64500, "160.220.234.41") is None
    assert any(mark.doubtful for mark in knowledge.networks())


def test_campaigns_age():
    fresh, stale = (knowledge.network(None, "162.220.232.57", on) for on in (TODAY, LATER))
    assert fresh is not None
    assert stale is not None
    assert (fresh.expired, stale.expired) == (False, True)


def test_an_old_campaign_gives_way_to_the_number():
    mark = knowledge.network(14061, "162.243.166.119", LATER)
    assert mark is not None
    assert (mark.kind, mark.campaign, mark.expired) == ("hosting", None, False)
