"""From exported records to a verdict: what led to a grant and what came of it, next to a person who always works so."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from grantwatch.lab import (
    ENTRA,
    EXCHANGE,
    ActivityEvent,
    App,
    Change,
    Mint,
    Person,
    Place,
    Seat,
    SignInEvent,
    Target,
    device_code_login,
    device_registration,
    ordinary_day,
)
from grantwatch.lab.apps import ARM, AZURE_CLI, BROKER, DRS, FIREFOX_WINDOWS, GRAPH, OFFICE_HOME
from grantwatch.lab.records import call_row, click_row, graph_audit, graph_signin, ual_activity
from grantwatch.lab.seen import CallEvent, ClickEvent
from grantwatch.lab.stories import Refresh
from grantwatch.lab.writers import write_ndjson
from grantwatch.pipeline import Hunt, hunt
from grantwatch.report.explained import explained
from grantwatch.verdict import Judged, Severity

MINT = Mint("after")
TENANT = MINT.guid()
VERA = Person(MINT.guid(), "vera@tenant.example", "Vera")
DEV = Person(MINT.guid(), "dev@tenant.example", "Dev")
ADMIN = Person(MINT.guid(), "admin@tenant.example", "Admin")
AT = datetime(2026, 9, 8, 9, 30)
DESK = Place("198.51.100.7", 64500, "PT", "Porto", "Porto")
RENTED = Place("203.0.113.9", 400940, "US", "Virginia", "Ashburn")
BROWSER = Seat(DESK, FIREFOX_WINDOWS)
TOOL = Seat(RENTED, "python-requests/2.32.3")
SHELL = Seat(DESK, "azsdk-python-azure-identity/1.19.0 Python/3.12.4 (Linux-6.8.0)")
SYNC = App("ab9b8c07-8f02-4f72-87fa-80105867a763", "OneDrive SyncEngine")
DIRECTORY = ("users", "groups", "applications", "servicePrincipals", "organization", "directoryRoles")


def called(who: Person, client: App, at: datetime, place: Place, token: SignInEvent, times: int = 3) -> list[Any]:
    return [
        call_row(
            CallEvent(
                time=at + timedelta(seconds=number),
                tenant_id=TENANT,
                method="GET",
                url=f"https://graph.microsoft.com/v1.0/{path}?$top=999",
                client=client,
                place=place,
                request_id=MINT.guid(),
                user=who,
                user_agent=TOOL.user_agent,
                session_id=token.session_id,
                token_id=token.token_id,
            )
        )
        for number, path in enumerate(DIRECTORY * times)
    ]


def did(operation: str, at: datetime, who: Person, token: SignInEvent | None, **more: Any) -> ActivityEvent:
    workload = more.pop("workload", EXCHANGE)
    said: dict[str, Any] = {"record_type": 2, "place": RENTED, "client": OFFICE_HOME} | more
    return ActivityEvent(
        time=at,
        operation=operation,
        workload=workload,
        tenant_id=TENANT,
        actor=who,
        record_id=MINT.guid(),
        session_id=token.session_id if token else None,
        token_id=token.token_id if token else None,
        **said,
    )


def after(**span: float) -> datetime:
    return AT + timedelta(**span)


def days(who: Person) -> list[SignInEvent]:
    told: list[SignInEvent] = []
    for day in range(45, 0, -1):
        start = AT - timedelta(days=day, minutes=40)
        told += ordinary_day(
            MINT,
            who,
            tenant_id=TENANT,
            start=start,
            seat=BROWSER,
            apps=((OFFICE_HOME, GRAPH),),
            session_id=MINT.guid(),
        )
    return told


def attack() -> tuple[list[SignInEvent], list[ActivityEvent], list[ActivityEvent], list[Any], list[Any]]:
    """Vera clicks, enters the code, and is robbed; an administrator revokes her sessions, and the device goes on."""
    flow = device_code_login(
        MINT,
        VERA,
        tenant_id=TENANT,
        at=AT,
        client=BROKER,
        resource=DRS,
        approver=BROWSER,
        redeemer=TOOL,
        refreshes=[Refresh(timedelta(minutes=4), BROKER, GRAPH), Refresh(timedelta(hours=80), BROKER, GRAPH)],
    )
    token = flow[3]
    target = Target(VERA.id, VERA.name, "User", VERA.upn)
    policy = (
        '{"displayName":"Block device code","state":"%s",'
        '"conditions":{"authenticationFlows":{"transferMethods":"deviceCodeFlow"}}}'
    )
    weaker = Change("ConditionalAccessPolicy", policy % "disabled", policy % "enabled")
    audit = [
        *(
            each
            for minutes in (5, 8, 11)
            for each in device_registration(
                MINT,
                VERA,
                tenant_id=TENANT,
                at=after(minutes=minutes),
                service=DRS,
                device_id=MINT.guid(),
                device_name=f"DESKTOP-{MINT.hex(8)}",
            )
        ),
        did(
            "Update conditional access policy",
            after(hours=2),
            VERA,
            None,
            workload=ENTRA,
            targets=(Target("p", "Block device code", "Policy", changes=(weaker,)),),
        ),
        did(
            "Update StsRefreshTokenValidFrom Timestamp",
            after(hours=70),
            ADMIN,
            None,
            workload=ENTRA,
            place=DESK,
            targets=(target,),
        ),
    ]
    files = [
        did("FileDownloaded", after(hours=3, seconds=number), VERA, token, workload="OneDrive") for number in range(60)
    ]
    mail = [did("Send", after(hours=5, seconds=20 * number), VERA, token) for number in range(25)]
    clicks = [
        click_row(
            ClickEvent(
                time=after(minutes=-3),
                user=VERA,
                url="https://invoice-x1y.kurt-s-account.workers.dev/",
                report_id="r",
                place=DESK,
            )
        )
    ]
    return list(flow), audit, [*files, *mail], clicks, called(VERA, BROKER, after(minutes=20), RENTED, token)


def told_of(operation: str, at: datetime, who: Person, token: SignInEvent, **more: Any) -> dict[str, Any]:
    return {**ual_activity(did(operation, at, who, token)), **more}


def daily() -> tuple[list[SignInEvent], list[ActivityEvent], list[Any], list[Any]]:
    """Dev signs in to the command line every day, reads the directory with it, and copies many files."""
    flows: list[SignInEvent] = []
    copied: list[ActivityEvent] = []
    calls: list[Any] = []
    clicks: list[Any] = []
    for day in range(20, -1, -1):
        at = AT - timedelta(days=day)
        flow = device_code_login(
            MINT, DEV, tenant_id=TENANT, at=at, client=AZURE_CLI, resource=ARM, approver=BROWSER, redeemer=SHELL
        )
        flows += flow
        calls += called(DEV, AZURE_CLI, at + timedelta(minutes=9), DESK, flow[2])
        copied += [
            did(
                "FileDownloaded",
                at + timedelta(hours=1, seconds=number),
                DEV,
                None,
                workload="OneDrive",
                place=DESK,
                client=SYNC,
            )
            for number in range(40)
        ]
        clicks.append(
            click_row(
                ClickEvent(
                    time=at - timedelta(minutes=2),
                    user=DEV,
                    url="https://wiki.tenant.example/how-to",
                    report_id=f"d{day}",
                    place=DESK,
                )
            )
        )
    return flows, copied, calls, clicks


@cache
def hunted(*, with_logs: bool = True) -> Hunt:
    flow, audit, unified, clicks, calls = attack()
    flows, copied, own_calls, own_clicks = daily()
    token = flow[3]
    mail = [
        told_of("SearchQueryInitiatedExchange", after(hours=1), VERA, token, QueryText="password OR vpn"),
        told_of(
            "HardDelete",
            after(hours=6),
            VERA,
            token,
            AffectedItems=[{"Subject": "New sign-in to your account"}],
            ClientInfoString="Client=REST;Client=RESTSystem;;",
        ),
        told_of(
            "New-TransportRule",
            after(hours=4),
            VERA,
            token,
            RecordType=1,
            Parameters=[{"Name": "Name", "Value": "Archive"}, {"Name": "BlindCopyTo", "Value": "x@evil.example"}],
        ),
    ]
    with TemporaryDirectory() as name:
        folder = Path(name)
        signed_in = [*days(VERA), *days(DEV), *flow, *flows]
        write_ndjson(folder / "signins.json", [graph_signin(each) for each in signed_in])
        if with_logs:
            write_ndjson(folder / "audit.json", [graph_audit(each) for each in audit])
            write_ndjson(folder / "unified.json", [*map(ual_activity, [*unified, *copied]), *mail])
            write_ndjson(folder / "clicks.json", [*clicks, *own_clicks])
            write_ndjson(folder / "calls.json", [*calls, *own_calls])
        return hunt([folder])


def of(who: Person, **logs: bool) -> Judged:
    return next(each for each in hunted(**logs).grants if each.grant.user.upn == who.upn)


NEW = {
    "approach.lure_click",
    "token.residual_use",
    "persistence.odd_device",
    "persistence.policy_change",
    "collection.forwarding",
    "collection.graph_recon",
    "collection.search",
    "collection.file_burst",
    "collection.sending_burst",
    "collection.evidence_hidden",
}


def test_everything_that_was_done_to_vera_is_told() -> None:
    judged = of(VERA)
    fired = {each.signal for each in judged.verdict.evidence}
    assert fired >= NEW, NEW - fired
    assert judged.verdict.severity is Severity.CRITICAL
    assert hunted().grants[0] is judged


def first_of(judged: list[Judged]) -> datetime:
    return min(each.grant.started_at for each in judged)


def test_who_always_works_so_stays_quiet() -> None:
    of_dev = [each for each in hunted().grants if each.grant.user.upn == DEV.upn]
    assert len(of_dev) == 21
    latest = max(of_dev, key=lambda each: each.grant.started_at)
    assert {each.signal for each in latest.verdict.evidence} >= {"favour.habit"}
    assert latest.verdict.severity < Severity.LOW, [(each.signal, each.weight) for each in latest.verdict.evidence]
    # Of the first days only that it is new is held against it.
    assert all(each.verdict.severity < Severity.HIGH for each in of_dev)
    settled = [each for each in of_dev if each.grant.started_at > first_of(of_dev) + timedelta(days=5)]
    assert all(each.verdict.severity < Severity.LOW for each in settled)


def test_what_was_folded_stays_small() -> None:
    grant = of(VERA).grant
    assert len(grant.follow_ons) < 20
    assert all(len(each.refs) <= 4 for each in grant.follow_ons)


def test_without_those_logs_the_signals_say_that_they_are_blind() -> None:
    silent = {each.signal for each in of(VERA, with_logs=False).verdict.not_assessed}
    assert silent >= NEW, NEW - silent


def test_the_questions_know_of_the_click_the_calls_and_the_end() -> None:
    told = {each.number: each for each in explained(hunted(), of(VERA)).answers}
    assert any("workers.dev" in fact.text for fact in told[9].facts)
    assert any("Requests to Microsoft Graph" in fact.text for fact in told[8].facts)
    assert not any("workers.dev" in fact.text for fact in told[8].facts)
    assert any(fact.label == "residual" and "with success" in fact.text for fact in told[11].facts)
    assert any("mail flow, by hand" in fact.text for fact in told[11].facts)
