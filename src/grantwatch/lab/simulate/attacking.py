"""What attacks have in common, told in records: when a lure works, where tokens go, what is done with them and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from grantwatch.lab.apps import (
    DRS,
    EXCHANGE_ONLINE,
    GRAPH,
    OFFICE,
    ONEDRIVE,
    OUTLOOK_MOBILE,
    SHAREPOINT,
    TEAMS,
)
from grantwatch.lab.deeds import consent, device_registration, inbox_rule, mail_access, security_info
from grantwatch.lab.events import ActivityEvent, App, Machine, Place, Seat, SignInEvent
from grantwatch.lab.simulate.people import Colleague, weekday
from grantwatch.lab.simulate.places import Network
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.stories import Refresh

__all__ = [
    "FAMILY",
    "HIDING_RULES",
    "browser_at",
    "consents",
    "days_of",
    "fan_out",
    "joined",
    "late_uses",
    "lure",
    "mail",
    "method",
    "nearby",
    "phish",
    "primary",
    "rule",
]

FAMILY = (
    (OUTLOOK_MOBILE, EXCHANGE_ONLINE),
    (TEAMS, GRAPH),
    (ONEDRIVE, SHAREPOINT),
    (OFFICE, GRAPH),
    (OFFICE, EXCHANGE_ONLINE),
)
"""Clients of one family of ids, whose tokens serve one another."""
HIDING_RULES: tuple[Mapping[str, str], ...] = (
    {
        "Name": ".",
        "SubjectOrBodyContainsWords": "invoice;payment;wire",
        "MoveToFolder": "RSS Feeds",
        "MarkAsRead": "True",
    },
    {"Name": "..,", "From": "it-security", "DeleteMessage": "True", "StopProcessingRules": "True"},
    {"Name": "Sync", "SubjectOrBodyContainsWords": "phish;hack;sign-in", "MoveToFolder": "Conversation History"},
    {"Name": "Updates", "SubjectContainsWords": "RE: contract", "MoveToFolder": "Archive", "MarkAsRead": "True"},
)


def days_of(stage: Stage, number: int, *, spread: int = 0, low: float = 0.25, high: float = 0.9) -> list[int]:
    """Working days for so many lures: the first by chance in that part of the time, others up to `spread` later."""
    last = max(stage.days - 2, 1)
    first = min(int(stage.days * low + (high - low) * stage.days * stage.mint.between(0, 99) / 100), last)
    found = []
    for _ in range(number):
        day = min(first + stage.mint.between(0, spread), last)
        while weekday(day) > 4 and day > 0:
            day -= 1
        found.append(day)
    return found


def lure(stage: Stage, who: Colleague, day: int) -> datetime:
    """When somebody falls for it: in working hours mostly, now and then in the evening."""
    if stage.mint.chance(0.85):
        return stage.time(who, day, 8.2, 17.4)
    return stage.time(who, day, 18, 22)


def browser_at(stage: Stage, who: Colleague, at: datetime) -> Seat:
    """The victim's browser at that hour: where they work, in the evening at home."""
    day = stage.day_of(who, at)
    hour = (at + timedelta(hours=who.site.city.offset)).hour
    return who.seat(who.home(day), day) if hour >= 18 and day not in who.away else who.desk(day)


def phish(
    stage: Stage,
    who: Colleague,
    at: datetime,
    apps: tuple[App, App],
    place: Place,
    agent: str,
    *,
    every_row: bool = False,
    refreshes: Sequence[Refresh] = (),
    scopes: Sequence[str] | None = None,
    approver: Seat | None = None,
) -> tuple[SignInEvent, ...]:
    """The victim enters the code, the attacker's machine at `place` redeems it.

    With `every_row` the log shows the attacker's address on the victim's rows too: both have been reported.
    """
    browser = approver or browser_at(stage, who, at)
    seat = replace(browser, place=place) if every_row else browser
    session = who.session("browser", stage.day_of(who, at)) if stage.mint.chance(0.35) else None
    return stage.login(
        who, at, apps, seat, Seat(place, agent), refreshes=refreshes, session=session, fresh=0.3, scopes=scopes
    )


def nearby(stage: Stage, who: Colleague) -> Network:
    """A residential proxy in the victim's own city, at one of the providers that people there have."""
    return stage.mint.pick(who.site.homes)


def fan_out(stage: Stage, seat: Seat, count: int, *, low: float = 40, high: float = 3000) -> list[Refresh]:
    """The refresh token traded for tokens of other clients of the family, seconds to minutes after."""
    return [Refresh(stage.mint.span(low, high), *stage.mint.pick(FAMILY), seat) for _ in range(count)]


def late_uses(
    stage: Stage,
    seats: Sequence[Seat],
    count: int,
    *,
    first: float,
    last: float,
    apps: Sequence[tuple[App, App]] = FAMILY,
) -> list[Refresh]:
    """Residual use between `first` and `last` hours after."""
    pick = stage.mint.pick
    return [Refresh(stage.mint.span(first * 3600, last * 3600), *pick(apps), pick(seats)) for _ in range(count)]


def primary(
    stage: Stage, seat: Seat, machine: Machine, count: int, *, first: float = 400, last: float = 86_400
) -> list[Refresh]:
    """Tokens by way of a primary refresh token of the attacker's own device; `first` and `last` in seconds."""
    pick = stage.mint.pick
    return [
        Refresh(stage.mint.span(first, last), *pick(FAMILY), seat, "primaryRefreshToken", machine) for _ in range(count)
    ]


def joined(
    stage: Stage,
    who: Colleague,
    at: datetime,
    machine: Machine,
    *,
    build: str = "10.0.19045.2006",
    agent: str = "Dsreg/10.0 (Windows 10.0.19044.1826)",
    place: Place | None = None,
) -> tuple[ActivityEvent, ...]:
    """The attacker's device is joined in the victim's name."""
    return device_registration(
        stage.mint,
        who.who,
        tenant_id=stage.tenant.id,
        at=at,
        service=DRS,
        device_id=machine.id,
        device_name=machine.name,
        os_version=build,
        user_agent=agent,
        place=place,
    )


def mail(
    stage: Stage, who: Colleague, told: Sequence[SignInEvent], *, share: float = 0.7, low: int = 1, high: int = 18
) -> list[ActivityEvent]:
    """Mail read with the attacker's tokens for Exchange, soon after each was issued."""
    mint = stage.mint
    return [
        deed
        for token in told
        if token.resource is EXCHANGE_ONLINE and not token.interactive and token.error_code == 0 and mint.chance(share)
        for deed in mail_access(
            mint,
            who.who,
            tenant_id=stage.tenant.id,
            at=token.time + mint.span(5, 280),
            place=token.place,
            client=token.client,
            messages=mint.between(low, high),
            token=token,
        )
    ]


def rule(
    stage: Stage, who: Colleague, token: SignInEvent, hours: tuple[float, float], parameters: Mapping[str, str]
) -> tuple[ActivityEvent, ...]:
    """An inbox rule, some hours after a token for the mailbox was issued."""
    return inbox_rule(
        stage.mint,
        who.who,
        tenant_id=stage.tenant.id,
        at=token.time + stage.mint.span(hours[0] * 3600, hours[1] * 3600),
        place=token.place,
        client=token.client,
        parameters=parameters,
        token=token,
    )


def consents(stage: Stage, who: Colleague, at: datetime, app: App, scopes: Sequence[str]) -> tuple[ActivityEvent, ...]:
    """Consent to an application of the attacker's."""
    return consent(
        stage.mint,
        who.who,
        tenant_id=stage.tenant.id,
        at=at,
        app=app,
        scopes=scopes,
        service_place=stage.tenant.service,
    )


def method(stage: Stage, who: Colleague, at: datetime, place: Place) -> tuple[ActivityEvent, ...]:
    """A sign-in method of the attacker's is registered."""
    return security_info(stage.mint, who.who, tenant_id=stage.tenant.id, at=at, method="Authenticator app", place=place)
