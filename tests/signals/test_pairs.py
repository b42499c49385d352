"""Every signal fires on one grant and stays silent on its look-alike."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from tests.builders import (
    ABROAD,
    ADMIN,
    ARM,
    AZ_TOOL,
    AZURE_CLI,
    BROKER,
    EDGE,
    EXCHANGE,
    FIREFOX,
    GRAPH,
    HOME,
    KIT,
    NO_ROLE,
    OFFICE,
    ONEDRIVE,
    OTHER_TENANT,
    OUTLOOK,
    PYTHON,
    REGISTRATION,
    RENTED,
    ROOM,
    SAFARI_PHONE,
    SAME_CITY,
    SHAREPOINT,
    SITE,
    START,
    TEAMS_SERVICE,
    TENANT,
    WORK,
    GrantBuilder,
    a_grant,
)

from grantwatch.grants.model import Before, Device, Named, Naming, Network, Party, Tie, TieBy, TokenKind
from grantwatch.signals import Evidence, NotFired, registered

Make = Callable[[], GrantBuilder]

BY_TOKEN = Tie(TieBy.TOKEN_ID, 1.0)
OWN_PAGE = Named("0f3d6a51-2c77-4b0e-9b52-3f1c8a7f5f10", "Wall display")
UNNAMED = Network("203.0.113.201", "203.0.113.0/24")
"""The Unified Audit Log names neither provider nor country."""
BY_SESSION = Tie(TieBy.SESSION_ID, 0.9)
BY_CORRELATION = Tie(TieBy.CORRELATION_ID, 0.8)
DIRECTORY = ("applications", "groups", "organisation", "people", "roles")
SYNCS = Before(records=900, days=20, client_days=20, burst=55, log_days=60.0)
ROGUE = Device(id="rogue", name="DESKTOP-1A2B3C4D", os="Windows", managed=False)
OWN = Device(id="laptop", name="CORP-0042", os="Windows", managed=False)


def plain() -> GrantBuilder:
    """An ordinary developer at home without any habit yet."""
    return a_grant().approved(HOME).redeemed(HOME).knows(HOME)


def office(network: object = SAME_CITY) -> GrantBuilder:
    return a_grant(client=OFFICE, resource=GRAPH).approved(HOME).redeemed(network).knows(HOME)  # type: ignore[arg-type]


def neighbour() -> GrantBuilder:
    made = a_grant().approved(HOME).redeemed(SAME_CITY).used(network=SAME_CITY, minutes=200)
    return made.knows(HOME).tenant_knows(SAME_CITY, users=4)


def spread(party: Party) -> GrantBuilder:
    return (
        office()
        .used(OUTLOOK, EXCHANGE, SAME_CITY, minutes=2, party=party)
        .used(ONEDRIVE, SHAREPOINT, SAME_CITY, minutes=3, party=party)
    )


def room() -> GrantBuilder:
    return a_grant("room-4", client=ROOM, resource=TEAMS_SERVICE).approved(SITE)


PAIRS: dict[str, tuple[Make, Make]] = {
    "identity.first_use": (plain, lambda: plain().habit(HOME, times=1)),
    "identity.odd_hour": (
        lambda: a_grant(at=START.replace(hour=2)).approved().works(),
        lambda: a_grant(at=START.replace(hour=5)).approved().works(6, 16),
    ),
    "network.new_to_user": (lambda: plain().redeemed(SAME_CITY), plain),
    "network.new_to_tenant": (
        lambda: plain().redeemed(ABROAD),
        lambda: plain().redeemed(ABROAD).tenant_knows(ABROAD, users=1),
    ),
    "network.hosting": (lambda: plain().redeemed(RENTED), lambda: plain().redeemed(ABROAD)),
    "network.parties_differ": (
        lambda: a_grant().approved(HOME).redeemed(SAME_CITY).knows(HOME),
        lambda: a_grant().approved(HOME).redeemed(WORK).knows(HOME).knows(WORK),
    ),
    "network.used_elsewhere": (
        lambda: office().followed("mail_access", network=UNNAMED, tie=BY_SESSION),
        lambda: office().followed("mail_access", network=HOME, tie=BY_SESSION),
    ),
    "identity.new_way": (
        lambda: a_grant().approved(HOME).redeemed(RENTED).habit(HOME, times=4),
        lambda: a_grant().approved(HOME).redeemed(RENTED).habit(HOME, times=2),
    ),
    "network.new_country": (
        lambda: a_grant().approved(ABROAD).knows(HOME),
        lambda: a_grant().approved(SAME_CITY).knows(HOME),
    ),
    "network.concurrent": (
        lambda: plain().redeemed(RENTED).seen_at(HOME),
        lambda: plain().redeemed(SAME_CITY).seen_at(HOME),
    ),
    "identity.mfa_not_fresh": (
        lambda: a_grant().approved(methods=("Previously satisfied",)).redeemed(),
        lambda: a_grant().approved(methods=("Password (Correct password)", "Mobile app notification")).redeemed(),
    ),
    "identity.other_tenant": (
        lambda: a_grant().approved().redeemed().of_tenant(OTHER_TENANT, cross="b2bcollaboration"),
        lambda: a_grant().approved().redeemed().of_tenant(TENANT, type="member", cross="none"),
    ),
    "token.privileged": (
        lambda: a_grant().approved(HOME).redeemed(ABROAD).carrying(roles=(ADMIN, NO_ROLE)).knows(HOME),
        lambda: a_grant().approved(HOME).redeemed(HOME).carrying(roles=(ADMIN, NO_ROLE)).habit(HOME),
    ),
    "token.agent_changed": (
        lambda: plain().used(network=ABROAD, agent=EDGE, minutes=90),
        lambda: plain().used(network=ABROAD, agent=FIREFOX, minutes=90),
    ),
    "posture.policy_gap": (
        lambda: a_grant().approved(ca="notapplied").redeemed(),
        lambda: a_grant().approved(ca="success", results={"CA001": "success", "CA002": "notapplied"}).redeemed(),
    ),
    "attempt.burst": (
        lambda: a_grant().approved().redeemed().attempts(own=3),
        lambda: a_grant().approved().redeemed().attempts(own=2),
    ),
    "client.new_to_user": (
        lambda: office().habit(client=AZURE_CLI, resource=ARM),
        lambda: plain().habit(),
    ),
    "client.new_to_tenant": (
        plain,
        lambda: plain().tenant_knows("grant_client", AZURE_CLI.id, users=1),
    ),
    "client.needs_no_code": (office, plain),
    "client.broker_registration": (
        lambda: a_grant(client=BROKER, resource=REGISTRATION).approved().redeemed(),
        lambda: (
            a_grant(client=BROKER, resource=REGISTRATION)
            .approved(SITE)
            .redeemed(SITE)
            .habit(SITE, client=ROOM, resource=TEAMS_SERVICE)
        ),
    ),
    "client.broker_to_data": (
        lambda: a_grant(client=BROKER, resource=EXCHANGE).approved().redeemed(),
        lambda: a_grant().approved().redeemed().used(BROKER, EXCHANGE, kind=TokenKind.PRIMARY),
    ),
    "client.device_account_strays": (
        lambda: room().redeemed(RENTED, resource=GRAPH).habit(SITE),
        lambda: room().redeemed(SITE).habit(SITE),
    ),
    "token.script_agent": (
        lambda: a_grant(client=OFFICE, resource=GRAPH).redeemed(agent=PYTHON),
        lambda: a_grant(client=OFFICE, resource=GRAPH).redeemed(agent=PYTHON).knows("agent_family", "python-requests"),
    ),
    "token.kit_agent": (lambda: a_grant().redeemed(agent=KIT), lambda: a_grant().redeemed(agent=AZ_TOOL)),
    "token.browser_agent": (
        lambda: a_grant(client=OFFICE, resource=GRAPH).approved(HOME).redeemed(SAME_CITY, agent=EDGE),
        lambda: a_grant(client=OWN_PAGE, resource=GRAPH).approved(HOME).redeemed(SAME_CITY, agent=EDGE),
    ),
    "token.lives_apart": (
        lambda: neighbour().later(5),
        lambda: neighbour().later(5, at=SAME_CITY),
    ),
    "token.fan_out": (lambda: spread(Party.REDEEMER), lambda: spread(Party.APPROVER)),
    "token.moved": (
        lambda: plain().used(network=ABROAD, minutes=600),
        lambda: plain().used(network=WORK, minutes=600).knows(WORK),
    ),
    "persistence.device_registered": (
        lambda: plain().followed("device_registered", minutes=5, device_name="CORP-77", os="Windows"),
        lambda: plain().followed("device_registered", minutes=-30, device_name="CORP-77", os="Windows"),
    ),
    "persistence.rogue_prt": (
        lambda: plain().used(BROKER, GRAPH, SAME_CITY, kind=TokenKind.PRIMARY, device=ROGUE),
        lambda: plain().used(BROKER, GRAPH, HOME, kind=TokenKind.PRIMARY, device=OWN).knows("device", "laptop"),
    ),
    "persistence.security_info": (
        lambda: plain().followed("security_info", minutes=90, method="Authenticator"),
        lambda: plain().followed("security_info", minutes=90, method="Authenticator", result="failure"),
    ),
    "persistence.consent": (
        lambda: plain().followed("consent", minutes=40, scopes="Mail.Read offline_access"),
        lambda: plain().followed("consent", minutes=0.1, scopes="Mail.Read offline_access", tie=BY_CORRELATION),
    ),
    "collection.inbox_rule": (
        lambda: plain().followed("inbox_rule", minutes=120, name=".", delete="true"),
        lambda: plain().followed("inbox_rule", minutes=60 * 100, name=".", delete="true"),
    ),
    "collection.forwarding": (
        lambda: plain().followed("forwarding", minutes=120, forward_to="smtp:x@example.net"),
        lambda: plain().followed("forwarding", minutes=120, forward_to="smtp:x@example.net", result="Failed"),
    ),
    "collection.mail_access": (
        lambda: office().followed("mail_access", minutes=20, tie=BY_TOKEN),
        lambda: office().followed("mail_access", minutes=20, tie=BY_SESSION, network=HOME),
    ),
    "approach.lure_click": (
        lambda: plain().followed("lure_click", minutes=-3, target="https://docs-a1b.mark-s-account.workers.dev/x"),
        lambda: plain().followed("lure_click", minutes=-3, target="https://intranet.example.com/x"),
    ),
    "approach.recon": (
        lambda: plain().followed("account_question", minutes=-60 * 24 * 12, count=4, network=RENTED),
        lambda: plain().followed("account_question", minutes=-60 * 24 * 12, count=4, network=HOME),
    ),
    "token.residual_use": (
        lambda: plain().used(minutes=60 * 30).followed("sessions_revoked", minutes=60 * 4),
        lambda: plain().used(minutes=60 * 4 + 5).followed("sessions_revoked", minutes=60 * 4),
    ),
    "persistence.odd_device": (
        lambda: plain().followed(
            "device_registered", os="Windows", device_name="DESKTOP-7F3A", naming=Naming(40, 38, 0)
        ),
        lambda: plain().followed("device_registered", os="Windows", device_name="FG-LT-77", naming=Naming(40, 38, 31)),
    ),
    "persistence.policy_change": (
        lambda: plain().followed("policy", minutes=50, name="Block device code", loosened="deleted", about_flow="true"),
        lambda: plain().followed("policy", minutes=50, name="Block device code", loosened="deleted", result="failure"),
    ),
    "collection.graph_recon": (
        lambda: office().followed("graph_call", minutes=9, tie=BY_TOKEN, areas=DIRECTORY, count=80),
        lambda: office().followed("graph_call", minutes=9, tie=BY_TOKEN, areas=DIRECTORY[:4], count=80),
    ),
    "collection.search": (
        lambda: office().followed("search", minutes=30, tie=BY_SESSION, marked=2, texts="password; vpn"),
        lambda: office().followed("search", minutes=30, tie=BY_SESSION, count=9),
    ),
    "collection.file_burst": (
        lambda: office().followed("file_download", minutes=30, tie=BY_TOKEN, count=90, burst=60),
        lambda: office().followed("file_download", minutes=30, tie=BY_TOKEN, count=90, burst=60, before=SYNCS),
    ),
    "collection.sending_burst": (
        lambda: office().followed("mail_sent", minutes=300, tie=BY_TOKEN, count=40, burst=40),
        lambda: office().followed("mail_sent", minutes=300, tie=BY_TOKEN, count=40, burst=40, before=SYNCS),
    ),
    "collection.evidence_hidden": (
        lambda: office().followed(
            "mail_deleted", minutes=40, tie=BY_SESSION, marked=1, texts="New sign-in to your account"
        ),
        lambda: office().followed("mail_deleted", minutes=40, tie=BY_SESSION, count=4),
    ),
    "attempt.blocked": (lambda: a_grant().blocked(), lambda: a_grant().interrupted().approved().redeemed()),
    "attempt.abandoned": (lambda: a_grant().interrupted(), lambda: a_grant().interrupted().approved()),
    "attempt.refused_tokens": (
        lambda: plain().used(codes=(530036,), failures=4),
        lambda: plain().used(codes=(50173,), failures=4),
    ),
    "favour.habit": (
        lambda: a_grant().approved().redeemed().habit(),
        lambda: a_grant().approved().redeemed(SAME_CITY).habit(),
    ),
    "favour.device_account": (
        lambda: room().redeemed(SITE).habit(SITE),
        lambda: room().redeemed(RENTED).habit(SITE),
    ),
}

SIGNALS = {signal.id: signal for signal in registered()}


def test_every_signal_has_a_pair() -> None:
    assert set(PAIRS) == set(SIGNALS)


@pytest.mark.parametrize("id", sorted(PAIRS))
def test_fires_on_the_grant(id: str) -> None:
    answer = SIGNALS[id].judge(PAIRS[id][0]().case())

    assert isinstance(answer, Evidence), answer
    assert answer.signal == id
    assert (answer.weight > 0) is (answer.group != "favour")
    assert answer.records
    assert 1 <= len(answer.chip.split()) <= 5
    assert answer.summary.endswith(".")
    product = math.prod(factor.value for factor in answer.factors)
    assert answer.weight == pytest.approx(SIGNALS[id].weight * product, abs=0.0006), answer.factors
    assert all(factor.why for factor in answer.factors)


@pytest.mark.parametrize("id", sorted(PAIRS))
def test_stays_silent_on_the_look_alike(id: str) -> None:
    answer = SIGNALS[id].judge(PAIRS[id][1]().case())

    assert isinstance(answer, NotFired), answer
    assert answer.why.endswith(".")


def test_look_alikes_stay_off_the_phone_too() -> None:
    grant = a_grant().interrupted(agent=SAFARI_PHONE)
    on_phone, on_desk = (SIGNALS["attempt.abandoned"].judge(each.case()) for each in (grant, a_grant().interrupted()))
    assert isinstance(on_phone, Evidence)
    assert isinstance(on_desk, Evidence)
    assert on_phone.weight < on_desk.weight


def test_browser_agents_are_no_scripts() -> None:
    assert isinstance(SIGNALS["token.script_agent"].judge(a_grant().redeemed(agent=FIREFOX).case()), NotFired)
