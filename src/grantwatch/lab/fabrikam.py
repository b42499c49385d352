"""Fabrikam Garden, a tenant that does not exist: 45 days from 17 August 2026, all addresses documentation ranges.

Two developers use device codes every week, a meeting room signs in by device code, seven people never do. Marta is
sent a code on the evening of 22 September, Oskar on the 24th, where a policy blocks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from grantwatch.lab.apps import (
    AKS_SERVER,
    ARM,
    AZURE_CLI,
    BROKER,
    DRS,
    EDGE,
    EXCHANGE_ONLINE,
    FIREFOX_LINUX,
    FIREFOX_WINDOWS,
    GRAPH,
    GRAPH_EXPLORER,
    KEY_VAULT,
    KUBELOGIN,
    OFFICE,
    OFFICE_HOME,
    ONEDRIVE,
    OUTLOOK_MOBILE,
    PHONE,
    ROOM_PANEL,
    SHAREPOINT,
    TEAMS,
)
from grantwatch.lab.deeds import consent, device_registration, inbox_rule, mail_access, security_info
from grantwatch.lab.events import ActivityEvent, App, Event, Machine, Person, Place, Policy, Seat, SignInEvent
from grantwatch.lab.ids import Mint
from grantwatch.lab.stories import Refresh, blocked_attempt, device_code_login, ordinary_day, tainted_browser

__all__ = ["BLOCK", "DAYS", "FIRST_DAY", "PHISH", "SEED", "Fabrikam"]

SEED = "fabrikam-garden.example"
FIRST_DAY = datetime(2026, 8, 17)
DAYS = 45
PHISH = datetime(2026, 9, 22, 19, 41, 12)
BLOCK = datetime(2026, 9, 24, 9, 17, 40)

BROWSING = ((OFFICE_HOME, GRAPH), (OFFICE_HOME, SHAREPOINT), (TEAMS, GRAPH), (OFFICE, EXCHANGE_ONLINE))
ON_THE_PHONE = ((OUTLOOK_MOBILE, EXCHANGE_ONLINE), (TEAMS, GRAPH))
FAN_OUT = ((OUTLOOK_MOBILE, EXCHANGE_ONLINE), (TEAMS, GRAPH), (ONEDRIVE, SHAREPOINT), (OFFICE, GRAPH))
DRS_SCOPES = ("urn:ms-drs:enterpriseregistration.windows.net/.default", "openid", "offline_access")
SCRIPT = "python-requests/2.32.3"
"""What the attacker's tool calls itself, and Jonas's tools too: a user agent proves nothing."""
HIDING_RULE = {
    "AlwaysDeleteOutlookRulesBlob": "False",
    "Force": "False",
    "Name": ".,",
    "SubjectOrBodyContainsWords": "invoice;payment;device code",
    "MoveToFolder": "RSS Feeds",
    "MarkAsRead": "True",
    "StopProcessingRules": "True",
}
TIDY_RULE = {
    "Name": "Seed catalogues",
    "From": "news@seeds.example",
    "MoveToFolder": "Newsletters",
    "StopProcessingRules": "True",
}


def office(host: int) -> Place:
    """An address of the company's own network."""
    return Place(f"192.0.2.{host}", 64496, "PT", "Porto", "Porto", 41.15, -8.61)


def home(host: int) -> Place:
    """An address of the provider that people have at home."""
    return Place(f"198.51.100.{host}", 64500, "PT", "Braga", "Guimaraes", 41.44, -8.29)


def mobile(host: int) -> Place:
    """An address of a mobile network."""
    return Place(f"198.51.100.{host}", 64501, "PT", "Lisboa", "Lisboa", 38.72, -9.14)


def hosting(host: int) -> Place:
    """An address of the hosting provider from which the attacker works."""
    return Place(f"203.0.113.{host}", 400940, "US", "Virginia", "Ashburn", 39.04, -77.49)


SERVICE = Place("198.51.100.250", 64511, "IE", "Dublin", "Dublin", 53.35, -6.26)
"""Where the directory itself speaks from: neither user nor attacker."""


class Fabrikam:
    """The cast, made from `seed`, and what they did. `events()` tells the same every time it is called."""

    def __init__(self, seed: str = SEED) -> None:
        mint = Mint(seed)
        self._seed = seed
        self.tenant_id = mint.guid()
        self.ines = _person(mint, "ines.duarte", "Ines Duarte")
        self.jonas = _person(mint, "jonas.weber", "Jonas Weber")
        self.room = _person(mint, "room-linden", "Meeting Room Linden")
        self.marta = _person(mint, "marta.silva", "Marta Silva")
        self.oskar = _person(mint, "oskar.lind", "Oskar Lind")
        self.priya = _person(mint, "priya.nair", "Priya Nair")
        self.tom = _person(mint, "tom.becker", "Tom Becker")
        self.lea = _person(mint, "lea.fontaine", "Léa Fontaine")
        self.hugo = _person(mint, "hugo.alvarez", "Hugo Álvarez")
        self.ana = _person(mint, "ana.kovac", "Ana Kovač")
        others = (self.marta, self.oskar, self.priya, self.tom, self.lea, self.hugo, self.ana)
        self._staff = {
            who.id: _Colleague(mint, who, number, who in (self.ines, self.jonas))
            for number, who in enumerate((*others, self.ines, self.jonas))
        }

    def events(self) -> list[Event]:
        """Every event of the 45 days, in order of time."""
        mint = Mint(self._seed + "/events")
        told: list[Event] = [event for colleague in self._staff.values() for event in self._days(mint, colleague)]
        coding = list(self._developers(mint))
        told += [*coding, *self._tainted(mint, coding), *self._meeting_room(mint)]
        told += [*self._phish(mint), *self._block(mint), *self._everyday_deeds(mint)]
        return sorted(told, key=lambda event: event.time)

    def _days(self, mint: Mint, colleague: _Colleague) -> Iterator[SignInEvent]:
        session = mint.guid()
        for number in range(DAYS):
            day = FIRST_DAY + timedelta(days=number)
            if day.weekday() >= 5 or mint.chance(0.12):
                continue
            if number % 14 == 0:
                session = mint.guid()
            yield from ordinary_day(
                mint,
                colleague.who,
                tenant_id=self.tenant_id,
                start=day + timedelta(hours=7) + mint.span(0, 5400),
                seat=colleague.home if day.weekday() == 4 else colleague.desk,
                apps=BROWSING,
                session_id=session,
                interactive=day.weekday() in {0, 3},
                refreshes=mint.between(1, 2),
            )
            if mint.chance(0.4):
                yield from ordinary_day(
                    mint,
                    colleague.who,
                    tenant_id=self.tenant_id,
                    start=day + timedelta(hours=11),
                    seat=colleague.phone,
                    apps=ON_THE_PHONE,
                    session_id=session,
                    interactive=False,
                    refreshes=1,
                    client_app="Mobile Apps and Desktop clients",
                )

    def _developers(self, mint: Mint) -> Iterator[SignInEvent]:
        """The Azure CLI twice a week, from the office and from home; Jonas also reaches his clusters."""
        tools = {
            self.ines.id: "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-x86_64-with-glibc2.39)",
            self.jonas.id: SCRIPT,
        }
        for who in (self.ines, self.jonas):
            colleague = self._staff[who.id]
            for number in range(DAYS):
                day = FIRST_DAY + timedelta(days=number)
                if day.weekday() in {1, 4}:
                    seat = colleague.home if day.weekday() == 4 else colleague.desk
                    tool = Seat(seat.place, tools[who.id])
                    yield from self._coded(mint, who, day, seat, tool, (AZURE_CLI, ARM, GRAPH, KEY_VAULT))
                if who is self.jonas and day.weekday() == 2:
                    tool = Seat(colleague.desk.place, "Go-http-client/1.1")
                    yield from self._coded(mint, who, day, colleague.desk, tool, (KUBELOGIN, AKS_SERVER))

    def _coded(
        self, mint: Mint, who: Person, day: datetime, seat: Seat, tool: Seat, apps: tuple[App, ...]
    ) -> tuple[SignInEvent, ...]:
        client, *resources = apps
        later = [Refresh(mint.span(1200, 6 * 3600), resource=mint.pick(resources)) for _ in range(mint.between(1, 3))]
        return device_code_login(
            mint,
            who,
            tenant_id=self.tenant_id,
            at=day + timedelta(hours=8, minutes=20) + mint.span(0, 6 * 3600),
            client=client,
            resource=resources[0],
            approver=seat,
            redeemer=tool,
            scopes=(f"{resources[0].id}/.default", "openid", "offline_access", "profile"),
            refreshes=later,
        )

    def _tainted(self, mint: Mint, coding: Sequence[SignInEvent]) -> tuple[SignInEvent, ...]:
        """Jonas opens Graph Explorer in the browser that had approved a code: marked, but no grant."""
        approval = next(
            event
            for event in coding
            if event.user is self.jonas and event.protocol == "deviceCode" and event.time > datetime(2026, 9, 8)
        )
        seat = self._staff[self.jonas.id].desk
        at = approval.time + timedelta(hours=1, minutes=9)
        return tainted_browser(mint, approval, at=at, seat=seat, client=GRAPH_EXPLORER, resource=GRAPH, count=4)

    def _meeting_room(self, mint: Mint) -> Iterator[Event]:
        """A technician sets the panel up at the site, twice; then it keeps itself signed in."""
        technician = Seat(office(41), EDGE, Machine(browser="Edge 150.0.0", os="Windows 11"))
        panel = Seat(office(40), ROOM_PANEL)
        first, second, end = datetime(2026, 8, 20, 13, 5), datetime(2026, 9, 17, 9, 32), FIRST_DAY + timedelta(DAYS)
        for at, until in ((first, second), (second, end)):
            machine = Machine(mint.guid(), "room-linden_Android", "Android 13", trust="Azure AD registered")
            yield from device_code_login(
                mint,
                self.room,
                tenant_id=self.tenant_id,
                at=at,
                client=BROKER,
                resource=DRS,
                approver=technician,
                redeemer=panel,
                scopes=DRS_SCOPES,
                refreshes=[
                    Refresh(
                        timedelta(days=day) + mint.span(600, 3600),
                        client=TEAMS,
                        resource=GRAPH,
                        incoming="primaryRefreshToken",
                        machine=machine,
                        token_binding="bound",  # noqa: S106 - a state of the token
                    )
                    for day in range((until - at).days)
                ],
            )
            yield from device_registration(
                mint,
                self.room,
                tenant_id=self.tenant_id,
                at=at + timedelta(seconds=48),
                service=DRS,
                device_id=machine.id,
                device_name=machine.name,
                os_type="Android",
                os_version="13",
                trust="Azure AD register",
                user_agent=ROOM_PANEL,
                place=panel.place,
            )

    def _phish(self, mint: Mint) -> Iterator[Event]:
        """Marta enters a code at home in the evening; the token goes to a machine in a data centre."""
        at_home = self._staff[self.marta.id].home.place
        browser = Seat(at_home, FIREFOX_WINDOWS, Machine(os="Windows 10", browser="Firefox 155.0"))
        session = mint.guid()
        for evening in (PHISH - timedelta(days=12), PHISH - timedelta(days=5)):
            yield from ordinary_day(
                mint,
                self.marta,
                tenant_id=self.tenant_id,
                start=evening + mint.span(0, 1800),
                seat=browser,
                apps=((OFFICE_HOME, GRAPH),),
                session_id=session,
                refreshes=0,
            )
        device, name = mint.guid(), f"DESKTOP-{mint.hex(8)}"
        rogue = Machine(device, name, "Windows 10", trust="Azure AD joined")
        first, second = Seat(hosting(45), SCRIPT), Seat(hosting(77), SCRIPT)
        login = device_code_login(
            mint,
            self.marta,
            tenant_id=self.tenant_id,
            at=PHISH,
            client=BROKER,
            resource=DRS,
            approver=browser,
            redeemer=first,
            session_id=session,
            scopes=DRS_SCOPES,
            refreshes=[
                Refresh(timedelta(minutes=2, seconds=11)),
                Refresh(timedelta(minutes=9), resource=GRAPH, incoming="primaryRefreshToken", machine=rogue),
                *(Refresh(timedelta(minutes=11 + 2 * step), *apps) for step, apps in enumerate(FAN_OUT)),
                Refresh(timedelta(hours=6, minutes=20), OUTLOOK_MOBILE, EXCHANGE_ONLINE, second),
                *(
                    Refresh(timedelta(hours=9 * step) + mint.span(60, 3600), *mint.pick(FAN_OUT), second)
                    for step in range(2, 19)
                ),
            ],
        )
        yield from login
        yield from device_registration(
            mint,
            self.marta,
            tenant_id=self.tenant_id,
            at=PHISH + timedelta(minutes=5, seconds=3),
            service=DRS,
            device_id=device,
            device_name=name,
        )
        mail = [event for event in login if event.resource is EXCHANGE_ONLINE]
        for token in mail[:3]:
            yield from self._mail(mint, self.marta, token.time + mint.span(30, 240), token.place, token)
        yield from inbox_rule(
            mint,
            self.marta,
            tenant_id=self.tenant_id,
            at=mail[1].time + timedelta(minutes=6),
            place=mail[1].place,
            client=OUTLOOK_MOBILE,
            token=mail[1],
            parameters=HIDING_RULE,
        )

    def _block(self, mint: Mint) -> tuple[SignInEvent, ...]:
        """Oskar is in the pilot of a policy: the same network gets no token from him."""
        return blocked_attempt(
            mint,
            self.oskar,
            tenant_id=self.tenant_id,
            at=BLOCK,
            client=BROKER,
            resource=DRS,
            approver=self._staff[self.oskar.id].desk,
            policy=Policy.blocking_device_code(mint.guid(), "CA014 Block device code flow (pilot)"),
            seen_from=hosting(45),
        )

    def _everyday_deeds(self, mint: Mint) -> Iterator[ActivityEvent]:
        """What looks like an attacker's deed and is none: a new laptop, a consent, a method, a rule, mail."""
        tenant, desk = self.tenant_id, {who: colleague.desk.place for who, colleague in self._staff.items()}
        yield from device_registration(
            mint,
            self.priya,
            tenant_id=tenant,
            at=datetime(2026, 9, 3, 8, 12),
            service=DRS,
            device_id=mint.guid(),
            device_name="FG-LT-0147",
            os_version="10.0.26100.4652",
            user_agent="Dsreg/10.0 (Windows 10.0.26100.4652)",
            place=desk[self.priya.id],
        )
        yield from consent(
            mint,
            self.tom,
            tenant_id=tenant,
            at=datetime(2026, 9, 10, 10, 31),
            app=App(mint.guid(), "Planting Calendar"),
            scopes=("Calendars.Read", "User.Read"),
            earlier_scopes=("User.Read",),
            service_place=SERVICE,
        )
        at, place = datetime(2026, 8, 27, 7, 55), desk[self.lea.id]
        yield from security_info(mint, self.lea, tenant_id=tenant, at=at, method="Authenticator app", place=place)
        at, place = datetime(2026, 9, 8, 14, 2), desk[self.hugo.id]
        yield from inbox_rule(
            mint, self.hugo, tenant_id=tenant, at=at, place=place, client=EXCHANGE_ONLINE, parameters=TIDY_RULE
        )
        for colleague in self._staff.values():
            for week in range(6):
                at = FIRST_DAY + timedelta(weeks=week, days=mint.between(0, 4), hours=12) + mint.span(0, 7200)
                yield from self._mail(mint, colleague.who, at, colleague.phone.place)

    def _mail(
        self, mint: Mint, who: Person, at: datetime, place: Place, token: SignInEvent | None = None
    ) -> tuple[ActivityEvent, ...]:
        return mail_access(
            mint,
            who,
            tenant_id=self.tenant_id,
            at=at,
            place=place,
            client=OUTLOOK_MOBILE,
            messages=mint.between(6, 14) if token else mint.between(1, 3),
            client_info="Client=REST;Client=RESTSystem;;" if token else "Client=OutlookService;Outlook-iOS/2.0;",
            token=token,
        )


class _Colleague:
    """One of the staff with desk, home and phone."""

    def __init__(self, mint: Mint, who: Person, number: int, developer: bool) -> None:
        self.who = who
        laptop = Machine(mint.guid(), f"FG-LT-{100 + number:04d}", "Windows 11", "Edge 150.0.0", True, True)
        machine = Machine(os="Linux", browser="Firefox 155.0") if developer else laptop
        agent = FIREFOX_LINUX if developer else EDGE
        self.desk = Seat(office(10 + number), agent, machine)
        self.home = Seat(home(20 + number), agent, machine)
        self.phone = Seat(mobile(120 + number), PHONE, Machine(os="Ios 26"))


def _person(mint: Mint, alias: str, name: str) -> Person:
    return Person(mint.guid(), f"{alias}@fabrikam-garden.example", name)
