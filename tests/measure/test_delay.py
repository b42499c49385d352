"""How long after the approval a grant could first be called high."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import BROKER, GRAPH, HOME, PYTHON, REGISTRATION, RENTED, START, a_grant

from grantwatch.measure.delay import first_high
from grantwatch.verdict import judge_one
from grantwatch.verdict.model import Severity


def waited(builder):
    judged = judge_one(builder.case())
    return judged.verdict.severity, first_high(judged, frozenset(), START)


def test_a_grant_that_shows_itself_at_the_redemption():
    severity, wait = waited(a_grant(resource=GRAPH).knows(HOME).approved(HOME).redeemed(RENTED, agent=PYTHON))
    assert severity >= Severity.HIGH
    assert wait == timedelta(seconds=3)


def test_a_grant_that_is_quiet_until_the_attacker_registers_a_device():
    quiet = a_grant().knows(HOME).approved(HOME).redeemed(HOME)
    assert waited(quiet)[0] < Severity.HIGH
    loud = (
        a_grant().knows(HOME).approved(HOME).redeemed(HOME)
        .followed(
            "device_registration", minutes=90, device_name="DESKTOP-0A1B2C3D", os_version="10.0.19045.2006",
            trust="Azure AD join",
        )
        .used(BROKER, GRAPH, RENTED, agent=PYTHON, minutes=95)
    )  # fmt: skip
    severity, wait = waited(loud)
    assert severity >= Severity.HIGH
    assert wait is not None
    assert timedelta(minutes=90) <= wait <= timedelta(minutes=95)


def test_a_grant_that_never_is_high_has_no_time():
    severity, wait = waited(a_grant().knows(HOME).approved(HOME).redeemed(HOME))
    assert severity < Severity.HIGH
    assert wait is None


def test_evidence_before_the_approval_is_no_negative_wait():
    judged = judge_one(
        a_grant(client=BROKER, resource=REGISTRATION).knows(HOME).approved(HOME).redeemed(RENTED, agent=PYTHON).case()
    )
    assert first_high(judged, frozenset(), START + timedelta(hours=1)) == timedelta(0)
