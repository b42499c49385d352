"""A small house of grants for the reports: one phished user, one developer, and what else a hunt can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

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
from grantwatch.pipeline import Hunt
from grantwatch.profile.model import EarlierGrant, Familiarity, Profile
from grantwatch.records.model import (
    Coverage,
    FieldShare,
    FileReport,
    Gap,
    Quarantined,
    RecordRef,
    RecordSums,
    SourceCoverage,
    UnreadFile,
)
from grantwatch.signals.signal import Evidence, NotAssessed
from grantwatch.verdict.model import Incident, Judged, Severity, Verdict

T0 = datetime(2026, 9, 14, 10, 0, 0)
TENANT = "5c1e2f6a-8f0b-4d5e-9a43-0c6b2f1d7e90"
SESSION = "00a1b2c3-1111-4222-8333-444455556666"
DEVICE = "7d3c1a52-2b64-4f0e-8a9d-5b1c0e9f2d34"
BROKER = Named("29d9ed98-a469-4536-ade2-f981bc1d605e", "Microsoft Authentication Broker")
DRS = Named("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "Device Registration Service")
GRAPH = Named("00000003-0000-0000-c000-000000000000", "Microsoft Graph")
CLI = Named("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI")
ARM = Named("797f4846-ba00-4fd7-ba43-dac1f8f63013", "Windows Azure Service Management API")
OFFICE = Network("198.51.100.23", "198.51.100.0/24", 64501, "DE", "Munich")
HOSTER = Network("203.0.113.77", "203.0.113.0/24", 64511, "US", "Ashburn")
CLOUD = Network("8.8.4.20", "8.8.4.0/24", 64512, "NL", "Amsterdam")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:155.0) Gecko/20100101 Firefox/155.0"
SELF = Tie(TieBy.SELF, 1.0)
SIGNINS = "exports/interactive.json"
QUIET = "exports/noninteractive.json"
AUDIT = "exports/audit.json"


def at(**offset: float) -> datetime:
    return T0 + timedelta(**offset)


def leg(kind: LegKind, time: datetime, network: Network, position: int, **more: Any) -> Leg:
    base = Leg(
        kind=kind,
        time=time,
        network=network,
        user_agent=FIREFOX,
        client=BROKER,
        resource=DRS,
        device=Device(browser="Firefox 155.0"),
        interactive=True,
        error_code=0,
        status_detail=None,
        tie=Tie(TieBy.CORRELATION_ID, 0.9),
        ref=RecordRef(SIGNINS, position, f"req-{position}"),
        form="graph_beta",
    )
    return replace(base, **more)


def use(client: Named, resource: Named, first: datetime, last: datetime, count: int, **more: Any) -> TokenUse:
    base = TokenUse(
        client=client,
        resource=resource,
        network=HOSTER,
        user_agent="python-requests/2.33.1",
        device=Device(),
        kind=TokenKind.REFRESH,
        interactive=False,
        party=Party.REDEEMER,
        first=first,
        last=last,
        count=count,
        failures=0,
        error_codes=(),
        token_binding=None,
        tie=Tie(TieBy.SESSION_ID, 0.8),
        refs=(RecordRef(QUIET, 40, "req-40"),),
    )
    return replace(base, **more)


def follow(kind: str, operation: str, time: datetime, target: Named, **more: Any) -> FollowOn:
    base = FollowOn(
        kind=kind,
        operation=operation,
        time=time,
        actor="ada@contoso.example",
        network=HOSTER,
        user_agent="Dsreg/10.0 (Windows 10.0.19044.1826)",
        client=BROKER,
        target=target,
        target_type=None,
        result="success",
        facts={},
        count=1,
        tie=Tie(TieBy.USER_TIME, 0.4),
        refs=(RecordRef(AUDIT, 7, "aud-7"),),
    )
    return replace(base, **more)


def phished() -> Judged:
    grant = Grant(
        grant_id="g-phished",
        tenant_id=TENANT,
        user=User("8c2f0d1e-3b4a-4c5d-9e6f-7a8b9c0d1e2f", "ada@contoso.example", "member", TENANT),
        client=BROKER,
        resource=DRS,
        started_at=at(seconds=12),
        last_seen=at(days=6),
        outcome=Outcome.REDEEMED,
        certainty=0.99,
        basis="the log names the protocol",
        correlation_id="11112222-3333-4444-8555-666677778888",
        session_id=SESSION,
        legs=(
            leg(LegKind.INTERRUPT, at(), OFFICE, 11, error_code=50199, tie=Tie(TieBy.CORRELATION_ID, 0.9)),
            leg(
                LegKind.APPROVAL,
                at(seconds=12),
                OFFICE,
                12,
                status_detail="MFA requirement satisfied by claim in the token",
                auth_methods=("Previously satisfied",),
                tie=SELF,
            ),
            leg(
                LegKind.REDEMPTION,
                at(seconds=15),
                HOSTER,
                31,
                user_agent="python-requests/2.33.1",
                device=Device(),
                interactive=False,
                ref=RecordRef(QUIET, 31, "req-31"),
            ),
        ),
        token_uses=(
            use(BROKER, DRS, at(minutes=2), at(minutes=3), 4),
            use(BROKER, GRAPH, at(minutes=9), at(days=4), 212, kind=TokenKind.PRIMARY, device=Device(id=DEVICE)),
            use(Named("d3590ed6-52b3-4102-aeff-aad2292ab01c", "Microsoft Office"), GRAPH, at(hours=1), at(days=6), 61),
            use(
                BROKER,
                GRAPH,
                at(minutes=20),
                at(hours=7),
                9,
                party=Party.APPROVER,
                kind=TokenKind.BROWSER,
                network=OFFICE,
                user_agent=FIREFOX,
            ),
            use(CLI, ARM, at(days=2), at(days=2, hours=1), 3, network=CLOUD, failures=2, error_codes=(50076,)),
        ),
        follow_ons=(
            follow(
                "device_registered",
                "Register device",
                at(minutes=4, seconds=10),
                Named(None, "DESKTOP-7QK2M1P"),
                target_type="Device",
                facts={"device_id": DEVICE, "os": "Windows 10.0.19044", "trust": "Azure AD join"},
            ),
            follow(
                "inbox_rule",
                "New-InboxRule",
                at(hours=2, minutes=5),
                Named(None, ".."),
                facts={"name": "..", "move_to_folder": "RSS"},
            ),
            follow("mail_access", "MailItemsAccessed", at(hours=2, minutes=9), Named(None, "Inbox"), count=1843),
            follow("security_info", "User registered security info", at(days=1), Named(None, "Authenticator app")),
        ),
        scopes=("openid", "profile"),
        role_ids=("62e90394-69f5-4237-9190-012177145e10",),
        session_users=1,
    )
    evidence = (
        evidence_of(
            "persistence.device", "A device was registered after the approval", "persistence", 3.2, "device +4 min"
        ),
        evidence_of("client.broker", "The broker asked for device registration", "client", 2.1, "broker to DRS"),
        evidence_of("network.new", "Redeemed from a network never seen here", "network", 1.8, "ASN never seen"),
        evidence_of("token.tool", "The redeeming client is a script", "token", 1.1, "python-requests"),
        evidence_of("favour.mfa", "The user did MFA on a known device", "favour", -0.4, "known browser"),
    )
    verdict = Verdict(
        97,
        Severity.CRITICAL,
        evidence,
        (NotAssessed("collection.graph", "no Graph activity logs"),),
        "A device was registered from an unseen network four minutes after the approval.",
    )
    profile = Profile(
        62.0,
        90.0,
        1204,
        310,
        seen={
            "client": {BROKER.id or "": Familiarity(0, None, 12)},
            "asn": {"64511": Familiarity(), "64501": Familiarity(58, at(days=-62), 290)},
        },
        tenant_grant_users=4,
    )
    return Judged(grant, profile, verdict)


def evidence_of(signal: str, title: str, group: str, weight: float, chip: str) -> Evidence:
    summary = f"{title}: seen at 10:04 UTC from 203.0.113.77 (AS64511, US)."
    return Evidence(signal, title, summary, group, weight, (RecordRef(QUIET, 31, "req-31"),), chip, alone=weight > 3)


def developer(number: int = 1) -> Judged:
    grant = Grant(
        grant_id=f"g-developer-{number}",
        tenant_id=TENANT,
        user=User("aaaa1111-2222-4333-8444-55556666777" + str(number % 10), f"grace{number}@contoso.example", "member"),
        client=CLI,
        resource=ARM,
        started_at=at(days=-1, hours=number),
        last_seen=at(days=-1, hours=number + 3),
        outcome=Outcome.REDEEMED,
        certainty=1.0,
        basis="the log names the protocol",
        correlation_id=None,
        session_id=None,
        legs=(
            leg(LegKind.APPROVAL, at(days=-1, hours=number), OFFICE, 20, client=CLI, resource=ARM, tie=SELF),
            leg(LegKind.REDEMPTION, at(days=-1, hours=number, seconds=4), OFFICE, 32, client=CLI, resource=ARM),
        ),
    )
    favour = evidence_of("favour.habit", "The user does this often", "favour", -2.5, "31 earlier grants")
    earlier = EarlierGrant("g-0", at(days=-9), CLI.id, ARM.id, frozenset({"198.51.100.0/24"}), frozenset({64501}))
    profile = Profile(80.0, 90.0, 500, 310, earlier_grants=(earlier,))
    return Judged(grant, profile, Verdict(2, Severity.NONE, (favour,), (), "A habit of this user."))


def small(outcome: Outcome, severity: Severity, kind: LegKind, upn: str, score: int) -> Judged:
    code = {LegKind.BLOCKED: 53003, LegKind.INTERRUPT: 50199}.get(kind, 0)
    grant = Grant(
        grant_id=f"g-{outcome.value}-{kind.value}",
        tenant_id=TENANT,
        user=User(None, upn),
        client=BROKER,
        resource=Named(None, None),
        started_at=at(hours=5),
        last_seen=at(hours=5),
        outcome=outcome,
        certainty=0.6,
        basis="a confirmation page without what follows it",
        correlation_id=None,
        session_id=None,
        legs=(leg(kind, at(hours=5), HOSTER, 50, error_code=code, policies=("Block device code",)),),
        unseen=("The redemption: there are no non-interactive sign-ins.",),
    )
    evidence = (evidence_of("attempt.new", "First attempt on this user", "attempt", 1.0, "first attempt"),)
    gaps = (NotAssessed("network.new", "no network in the record"),)
    return Judged(grant, Profile(0, 0, 0, 0), Verdict(score, severity, evidence, gaps, "Nothing was issued."))


def coverage() -> Coverage:
    sources = (
        SourceCoverage(
            "interactive",
            "Interactive sign-ins",
            ("graph_beta",),
            4021,
            at(days=-30),
            at(days=7),
            (Gap(at(days=-12), at(days=-11)),),
            (FieldShare("session_id", 4021, 4021), FieldShare("user_agent", 4010, 4021)),
        ),
        SourceCoverage(
            "non_interactive",
            "Non-interactive sign-ins",
            ("graph_beta",),
            7879,
            at(days=-30),
            at(days=7),
            (),
            (FieldShare("token_id", 5201, 7879), FieldShare("asn", 0, 7879)),
        ),
        SourceCoverage("unified_audit", "Unified Audit Log", (), 0, None, None),
    )
    blind = (
        "There is no Unified Audit Log: mail and file access after a grant cannot be seen.",
        "No record names the AS number: networks are compared by prefix only.",
    )
    return Coverage(sources, frozenset({"stream:unified_audit", "field:asn"}), blind, 3)


def hunt_of(*grants: Judged, incidents: tuple[Incident, ...] = ()) -> Hunt:
    sums = RecordSums(12_034, 11_900, 130, 4, {"duplicate": 120, "service_principal": 10})
    files = (
        FileReport(SIGNINS, "graph_beta", "Graph beta sign-ins", "json array", sums, at(days=-30), at(days=7), 3),
        FileReport(AUDIT, "graph_audit", "Graph directory audits", "json lines", RecordSums(0, 0, 0, 0), None, None),
    )
    return Hunt(
        version="0.1.0",
        records=sums,
        files=files,
        unread=(UnreadFile("exports/notes.docx", "a Word document", "Export sign-ins as JSON or CSV."),),
        quarantined=(
            Quarantined(SIGNINS, 88, "createdDateTime is no time", '{"createdDateTime": "yesterday"}'),
            Quarantined(SIGNINS, 91, "not JSON: unexpected end"),
            Quarantined(QUIET, 4, "no user"),
            Quarantined(QUIET, 5, "no user"),
        ),
        coverage=coverage(),
        blind_signals=(NotAssessed("collection.mail", "no Unified Audit Log"),),
        grants=grants,
        incidents=incidents,
        raw={(QUIET, 31): '{"id":"req-31","userAgent":"python-requests/2.33.1"}', (SIGNINS, 12): "id,time\nreq-12,x"},
    )


def incident() -> Incident:
    return Incident(
        "i-1",
        "campaign",
        "2 users from AS64511 in 5 hours",
        "The same network finished or tried a device code sign-in for two users.",
        Severity.CRITICAL,
        97,
        ("g-phished", "g-blocked-blocked"),
        ("ada@contoso.example", "bob@contoso.example"),
        ("network 203.0.113.0/24", "client Microsoft Authentication Broker"),
        at(),
        at(days=6),
    )


@pytest.fixture
def hunt() -> Hunt:
    return hunt_of(
        phished(),
        small(Outcome.APPROVED, Severity.MEDIUM, LegKind.SIGHTING, "carl@contoso.example", 48),
        small(Outcome.BLOCKED, Severity.LOW, LegKind.BLOCKED, "bob@contoso.example", 22),
        small(Outcome.ABANDONED, Severity.INFORMATIONAL, LegKind.INTERRUPT, "dora@contoso.example", 8),
        developer(1),
        developer(2),
        incidents=(incident(),),
    )


@pytest.fixture
def no_grants() -> Hunt:
    return hunt_of()


@pytest.fixture
def hostile() -> Callable[[str], Hunt]:
    """The phished user's hunt with a text wherever a log can put it."""
    return hostile_hunt


@pytest.fixture
def many() -> Hunt:
    """One phished user among 300 developers."""
    return hunt_of(phished(), *(developer(number) for number in range(300)))


@pytest.fixture
def phished_grant() -> Grant:
    return phished().grant


def hostile_hunt(text: str) -> Hunt:
    """The phished user's hunt with `text` wherever a log can put it."""
    judged = phished()
    grant = judged.grant
    named = Named(text, text)
    network = HOSTER._replace(ip=text, city=text, country=text)
    legs = tuple(
        replace(
            part, user_agent=text, client=named, resource=named, network=network, status_detail=text, policies=(text,)
        )
        for part in grant.legs
    )
    uses = tuple(replace(part, user_agent=text, client=named, network=network) for part in grant.token_uses)
    follow_ons = tuple(
        replace(part, operation=text, target=named, actor=text, facts={text: text}) for part in grant.follow_ons
    )
    bad = replace(
        grant,
        grant_id=text,
        user=User(text, text, text, text),
        client=named,
        resource=named,
        correlation_id=text,
        session_id=text,
        legs=legs,
        token_uses=uses,
        follow_ons=follow_ons,
        scopes=(text,),
    )
    evidence = tuple(replace(e, summary=text, chip=text) for e in judged.verdict.evidence)
    verdict = judged.verdict._replace(evidence=evidence, reason=text)
    worst = replace(incident(), title=text, summary=text, users=(text,), shared=(text,), grant_ids=(text,))
    made = hunt_of(Judged(bad, judged.profile, verdict), incidents=(worst,))
    return replace(
        made,
        quarantined=(Quarantined(text, 1, text, text),),
        unread=(UnreadFile(text, text, text),),
        raw={(QUIET, 31): text},
    )
