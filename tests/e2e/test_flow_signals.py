"""Signals of the flow, its token and its account, from files to the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.grants.scene import ANA, AT, BEN, BROWSER, GRAPH, HOME, MINT, RENTED, SCRIPT, TENANT, login

from grantwatch.lab import App, Event, Machine, Policy, Refresh, Seat, blocked_attempt, ordinary_day, write_tenant
from grantwatch.lab.apps import EDGE, OFFICE, OFFICE_HOME
from grantwatch.pipeline import hunt
from grantwatch.verdict import Judged

ADMIN = "62e90394-69f5-4237-9190-012177145e10"
PORTO, ASHBURN = replace(HOME, latitude=41.15, longitude=-8.61), replace(RENTED, latitude=39.04, longitude=-77.49)
AT_HOME = Seat(PORTO, BROWSER.user_agent, BROWSER.machine)
RENTED_SEAT = Seat(ASHBURN, SCRIPT)
DAY = timedelta(days=1)
WATCHING = Policy("0c14a1b2-0000-4000-8000-000000000014", "CA014 Device code", "reportOnlyFailure", ("Block",))
FORMS = ("graph", "log_analytics_csv")


def work(back: float, seat: Seat = AT_HOME, client: App = OFFICE_HOME) -> tuple[Event, ...]:
    return ordinary_day(
        MINT,
        ANA,
        tenant_id=TENANT,
        start=AT - DAY * back,
        seat=seat,
        apps=((client, GRAPH),),
        session_id=MINT.guid(),
        refreshes=0,
    )


def months() -> list[Event]:
    return [event for back in range(1, 45) for event in work(back)]


def judged(folder: Path, form: str, *events: Event, **how: object) -> Judged:
    """The last grant of Ana, or of whoever there is."""
    found = hunt(write_tenant(list(events), form, folder), **how)  # type: ignore[arg-type]
    return max(found.grants, key=lambda each: each.grant.started_at)


def fired(found: Judged) -> set[str]:
    return {each.signal for each in found.verdict.evidence}


@pytest.mark.parametrize("form", FORMS)
def test_a_phished_administrator(tmp_path: Path, form: str) -> None:
    flow = login(
        client=OFFICE,
        resource=GRAPH,
        approver=AT_HOME,
        redeemer=RENTED_SEAT,
        wids=(ADMIN,),
        policies=(WATCHING,),
        refreshes=[Refresh(timedelta(hours=3), seat=Seat(ASHBURN, EDGE, Machine()))],
    )
    found = judged(tmp_path, form, *months(), *work(1 / 96), *flow)
    assert fired(found) >= {
        "network.concurrent",
        "identity.mfa_not_fresh",
        "token.privileged",
        "token.agent_changed",
        "posture.policy_gap",
        "network.parties_differ",
    }
    said = {each.signal: each.summary for each in found.verdict.evidence}
    assert "km away" in said["network.concurrent"]
    assert "Global Administrator" in said["token.privileged"]
    assert "'CA014 Device code' would have refused it" in said["posture.policy_gap"]
    assert "44 days of this user's history" in found.verdict.reason


@pytest.mark.parametrize("form", FORMS)
def test_the_same_person_at_home_fires_none_of_them(tmp_path: Path, form: str) -> None:
    flow = login(client=OFFICE, resource=GRAPH, approver=AT_HOME, redeemer=Seat(PORTO, BROWSER.user_agent))
    fresh = flow.changed(auth_methods=(("Mobile app notification", "MFA successfully completed"),), ca_status="success")
    found = judged(tmp_path, form, *months(), *work(1 / 96), *fresh)
    assert not fired(found) & {
        "network.concurrent",
        "identity.mfa_not_fresh",
        "identity.other_tenant",
        "token.privileged",
        "token.agent_changed",
        "posture.policy_gap",
        "attempt.burst",
    }


def test_a_guest_and_a_burst_of_attempts(tmp_path: Path) -> None:
    guest = replace(BEN, type="guest", upn="ben_partner.example#EXT#@tenant.example")
    attempts = [
        event
        for minutes in (-90, -60, -30)
        for event in blocked_attempt(
            MINT,
            guest,
            tenant_id=TENANT,
            at=AT + timedelta(minutes=minutes),
            client=OFFICE,
            resource=GRAPH,
            approver=AT_HOME,
            policy=Policy.blocking_device_code("0c14a1b2-0000-4000-8000-000000000015"),
        )
    ]
    flow = login(guest, client=OFFICE, resource=GRAPH, approver=AT_HOME, home_tenant_id=MINT.guid())
    found = judged(tmp_path, "graph", *months(), *attempts, *flow)
    assert fired(found) >= {"identity.other_tenant", "attempt.burst"}
    said = {each.signal: each.summary for each in found.verdict.evidence}
    assert said["attempt.burst"].startswith("3 device code sign-ins of this user failed within 24 hours, and then")
    assert said["identity.other_tenant"].startswith("A guest of tenant ")


def test_what_an_account_is_said_to_be_reaches_the_verdict(tmp_path: Path) -> None:
    flow = login(approver=AT_HOME, redeemer=Seat(PORTO, SCRIPT))
    found = judged(tmp_path, "graph", *months(), *flow, accounts={ANA.upn: "device"})
    assert found.profile.stated == "device"
