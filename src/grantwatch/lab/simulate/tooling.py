"""How honest people use tools with device codes: what several personas have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from grantwatch.lab.apps import BROKER, DRS, EXCHANGE_ONLINE, GRAPH, OFFICE, TEAMS
from grantwatch.lab.deeds import device_registration, inbox_rule
from grantwatch.lab.events import ActivityEvent, App, Event, Machine, Place, Seat, SignInEvent
from grantwatch.lab.simulate.agents import DEVICE_AGENT, TEAMS_SERVICES
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage, scopes_of
from grantwatch.lab.simulate.told import Given
from grantwatch.lab.stories import Refresh

__all__ = ["ROOM_AGENT", "browsed", "coded", "room_login", "ruled", "some"]

ROOM_AGENT = "Dalvik/2.1.0 (Linux; U; Android 13; RoomPanel Build/TQ3A)"

_ON_PHONE = 0.07
"""How many approve on the phone what the laptop asked for."""


def some(stage: Stage, days: Sequence[int], share: float) -> list[int]:
    """That share of the days, by chance; at least one where there are any."""
    chosen = [day for day in days if stage.mint.chance(share)]
    return chosen or ([stage.mint.pick(days)] if days else [])


def coded(
    stage: Stage,
    who: Colleague,
    day: int,
    apps: tuple[App, App],
    agent: str,
    note: str,
    *,
    resources: Sequence[App] = (),
    at: datetime | None = None,
    place: Place | None = None,
    approver: Seat | None = None,
    uses: tuple[int, int] = (3, 30),
    hours: float = 54.0,
    home_tenant: str | None = None,
) -> Given:
    """Somebody logs a tool in on a working day. `place` is where the tool runs, if not where the browser is."""
    mint = stage.mint
    when = at or stage.time(who, day, 8.3, 17.6)
    browser = approver or who.desk(day)
    here = place or browser.place
    if approver is None and mint.chance(_ON_PHONE):
        # The code is typed into the phone that lies beside: another network, another browser.
        browser = who.phone_seat(who.mobile(day) if mint.chance(0.7) else browser.place, day)
    session = who.session("browser", day) if who.works and mint.chance(0.35) else None
    later = stage.uses(who, when, agent, resources or (apps[1],), count=mint.between(*uses), hours=hours, place=place)
    told = stage.login(
        who, when, apps, browser, Seat(here, agent), refreshes=later, home_tenant=home_tenant, session=session
    )
    return Given(told, note)


def browsed(
    stage: Stage, who: Colleague, day: int, apps: Sequence[tuple[App, App]], seat: Seat, count: int, **more: str | None
) -> list[Event]:
    """A few ordinary sign-ins of an account that has no working days of its own; the first one is interactive."""
    told: list[Event] = []
    for number in range(count):
        told.append(
            stage.browsing(
                who,
                stage.time(who, day, 8.5, 17.8),
                stage.mint.pick(apps),
                seat,
                session=who.session("browser", day),
                interactive=number == 0,
                incoming="none" if number == 0 else "refreshToken",
                request_type="OAuth2:Authorize" if number == 0 else "OAuth2:Token",
                home_tenant=more.get("home_tenant"),
            )
        )
    return told


def room_login(
    stage: Stage, room: Colleague, at: datetime, until: datetime, note: str, *, technician: Seat, panel: Place
) -> Given:
    """A technician signs a room panel in: broker for registration, the device, then Teams by itself until `until`."""
    mint = stage.mint
    name = f"{room.who.upn.partition('@')[0]}_Android"
    machine = Machine(mint.guid(), name, "Android 13", trust="Azure AD registered")
    later = [Refresh(mint.span(25, 70), DEVICE_AGENT, GRAPH), Refresh(mint.span(30, 90), TEAMS, TEAMS_SERVICES)]
    for day in range(max((until - at).days, 0)):
        for _ in range(mint.between(3, 9)):
            later.append(
                Refresh(
                    timedelta(days=day) + mint.span(900, 86_000),
                    client=TEAMS if mint.chance(0.8) else DEVICE_AGENT,
                    resource=mint.pick((GRAPH, TEAMS_SERVICES)),
                    incoming="primaryRefreshToken",
                    machine=machine,
                    token_binding="bound",  # noqa: S106 - a state of the token
                )
            )
    told: tuple[SignInEvent, ...] = stage.login(
        room, at, (BROKER, DRS), technician, Seat(panel, ROOM_AGENT), refreshes=later, scopes=scopes_of(DRS), fresh=0.9
    )
    deeds = device_registration(
        mint,
        room.who,
        tenant_id=stage.tenant.id,
        at=at + mint.span(20, 75),
        service=DRS,
        device_id=machine.id,
        device_name=name,
        os_type="Android",
        os_version="13",
        trust="Azure AD register",
        user_agent=ROOM_AGENT,
        place=panel if mint.chance(0.7) else None,
    )
    return Given(told, note, follow_ons=deeds)


def ruled(
    stage: Stage, who: Colleague, at: datetime, place: Place, parameters: Mapping[str, str]
) -> tuple[SignInEvent | ActivityEvent, ...]:
    """Somebody makes an inbox rule in Outlook, with a token of their own that was issued shortly before."""
    day = stage.day_of(who, at)
    token = stage.browsing(
        who,
        at - stage.mint.span(60, 3000),
        (OFFICE, EXCHANGE_ONLINE),
        Seat(place, who.browser(day)[0], who.seat(place, day).machine),
        session=who.session("laptop", day),
        interactive=False,
        incoming="primaryRefreshToken" if who.machine.id else "refreshToken",
        request_type="OAuth2:Token",
    )
    rule = inbox_rule(
        stage.mint,
        who.who,
        tenant_id=stage.tenant.id,
        at=at,
        place=place,
        client=OFFICE,
        parameters=parameters,
        token=token,
    )
    return token, *rule
