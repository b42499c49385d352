"""What a persona or a campaign works with: the tenant, the days, and the flows as they leave records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from grantwatch.lab.apps import GRAPH, OFFICE_HOME
from grantwatch.lab.events import App, Place, Policy, Seat, SignInEvent
from grantwatch.lab.ids import Mint
from grantwatch.lab.simulate.agents import MY_SIGNINS, PORTAL
from grantwatch.lab.simulate.people import START, Colleague, weekday
from grantwatch.lab.simulate.tenant import Tenant
from grantwatch.lab.simulate.told import Decoy
from grantwatch.lab.stories import (
    CONFIRMATION,
    MFA_BY_CLAIM,
    PASSWORD_AND_PUSH,
    PREVIOUSLY,
    Refresh,
    blocked_attempt,
    device_code_login,
    tainted_browser,
)

__all__ = ["Stage", "scopes_of"]

_TAINTED = 0.25
"""How often a laptop's browser goes on in the session in which it approved a code."""


def scopes_of(resource: App) -> tuple[str, ...]:
    """The scopes that tools ask for."""
    return (f"{resource.id}/.default", "openid", "profile", "offline_access")


class Stage:
    """One act of one persona or campaign; `mint` is its own, so that no act changes what another draws."""

    def __init__(self, tenant: Tenant, days: int, name: str) -> None:
        self.tenant = tenant
        self.days = days
        self.mint = Mint(f"simulate/{tenant.seed}/{name}")
        self.start = START
        self.end = START + timedelta(days=days)
        self._aside: list[Decoy] = []

    def workdays(self, who: Colleague, first: int = 0) -> list[int]:
        """Days on which somebody works, from `first` on; the last one is left out, so that what starts also ends."""
        return [day for day in range(max(first, 0), self.days - 1) if who.at_work(day)]

    def weekdays(self, first: int = 0) -> list[int]:
        """Monday to Friday, for accounts that have no working days of their own."""
        return [day for day in range(max(first, 0), self.days - 1) if weekday(day) < 5]

    def time(self, who: Colleague, day: int, low: float, high: float) -> datetime:
        """A moment of that day between two hours of the site's clock, in UTC with milliseconds."""
        midnight = START + timedelta(days=day, hours=-who.site.city.offset)
        return max(midnight + self.mint.span(low * 3600, high * 3600), START + self.mint.span(60, 7200))

    def day_of(self, who: Colleague, time: datetime) -> int:
        """The day at somebody's site at a time (UTC)."""
        return (time + timedelta(hours=who.site.city.offset) - START).days

    def login(
        self,
        who: Colleague,
        at: datetime,
        apps: tuple[App, App],
        approver: Seat,
        redeemer: Seat,
        *,
        refreshes: Sequence[Refresh] = (),
        scopes: Sequence[str] | None = None,
        session: str | None = None,
        fresh: float = 0.4,
        redeemed: bool = True,
        home_tenant: str | None = None,
    ) -> tuple[SignInEvent, ...]:
        """A device code login. `fresh` is the chance that password and second factor are asked for anew."""
        mint = self.mint
        told = device_code_login(
            mint,
            who.who,
            tenant_id=self.tenant.id,
            at=at,
            client=apps[0],
            resource=apps[1],
            approver=approver,
            redeemer=redeemer,
            session_id=session,
            scopes=scopes_of(apps[1]) if scopes is None else scopes,
            wids=who.roles,
            refreshes=refreshes,
            redeemed=redeemed,
            policies=self.tenant.applied(device_code=True),
            home_tenant_id=home_tenant,
        )
        if mint.chance(fresh):
            told = tuple(
                replace(event, status_detail="MFA completed in Azure AD", auth_methods=PASSWORD_AND_PUSH)
                if event.protocol == "deviceCode"
                else event
                for event in told
            )
        own = approver.user_agent == who.browser(self.day_of(who, at))[0]
        if redeemed and own and who.works and mint.chance(_TAINTED):
            self._taint(who, at, told)
        return tuple(_kept(event) for event in told)

    def drained(self) -> list[Decoy]:
        """What logins left beside themselves since the last time."""
        aside, self._aside = self._aside, []
        return aside

    def _taint(self, who: Colleague, at: datetime, told: Sequence[SignInEvent]) -> None:
        """The browser that approved goes on in its session, which is marked from then on."""
        mint = self.mint
        approval = next(event for event in told if event.protocol == "deviceCode")
        begin = at + mint.span(100, 9000)
        rows = tainted_browser(
            mint,
            approval,
            at=begin,
            seat=who.desk(self.day_of(who, begin)),
            client=mint.pick((OFFICE_HOME, PORTAL, MY_SIGNINS)),
            resource=GRAPH,
            count=mint.between(1, 6),
        )
        self._aside.append(
            Decoy("tainted-browser", rows, "The approver's own browser, marked by the code it approved.")
        )

    def abandoned(
        self, who: Colleague, at: datetime, apps: tuple[App, App], seat: Seat, *, times: int = 1
    ) -> tuple[SignInEvent, ...]:
        """A code was entered and never confirmed: 50199 and nothing after it, `times` in a row."""
        told = self.login(who, at + timedelta(minutes=2 * times), apps, seat, seat, redeemed=False)
        first = told[0]
        again = [
            replace(
                first, time=at + self.mint.span(0, 50) + timedelta(minutes=2 * place), request_id=self.mint.request_id()
            )
            for place in range(times)
        ]
        return tuple(again)

    def blocked(
        self,
        who: Colleague,
        at: datetime,
        apps: tuple[App, App],
        seat: Seat,
        *,
        seen_from: Place | None = None,
    ) -> tuple[SignInEvent, ...]:
        """A code was confirmed and a policy refused the token."""
        told = blocked_attempt(
            self.mint,
            who.who,
            tenant_id=self.tenant.id,
            at=at,
            client=apps[0],
            resource=apps[1],
            approver=seat,
            policy=self.tenant.block,
            seen_from=seen_from,
        )
        mfa = self.tenant.mfa
        return tuple(
            replace(event, policies=(mfa, *event.policies)) if event.error_code == 53003 else event for event in told
        )

    def browsing(
        self,
        who: Colleague,
        at: datetime,
        apps: tuple[App, App],
        seat: Seat,
        *,
        session: str,
        interactive: bool = True,
        incoming: str = "none",
        client_app: str = "Browser",
        error: tuple[int, str, str] | None = None,
        request_type: str = "OAuth2:Authorize",
        policies: tuple[Policy, ...] | None = None,
        home_tenant: str | None = None,
        correlation: str | None = None,
    ) -> SignInEvent:
        """Any other sign-in. `error` is code, reason, and what the Unified Audit Log calls it."""
        mint = self.mint
        applied = self.tenant.applied() if policies is None else policies
        code, reason, logon = error or (0, "Other.", "")
        return SignInEvent(
            time=at,
            user=who.who,
            tenant_id=self.tenant.id,
            client=apps[0],
            resource=apps[1],
            place=seat.place,
            user_agent=seat.user_agent,
            request_id=mint.request_id(),
            correlation_id=correlation or mint.guid(),
            session_id=session,
            interactive=interactive,
            incoming=incoming,
            error_code=code,
            failure_reason=reason,
            logon_error=logon,
            status_detail=None if code else MFA_BY_CLAIM,
            request_type=request_type,
            device=seat.machine,
            client_app=client_app,
            wids=who.roles,
            ca_status="success" if applied and not code else "notApplied",
            policies=() if code else applied,
            auth_methods=PREVIOUSLY,
            home_tenant_id=home_tenant,
        )

    def confirmation(
        self, who: Colleague, at: datetime, apps: tuple[App, App], seat: Seat, session: str
    ) -> SignInEvent:
        """50199 outside of any device code flow: a phone's browser asks before it hands over to an app."""
        return self.browsing(
            who,
            at,
            apps,
            seat,
            session=session,
            client_app="Mobile Apps and Desktop clients",
            error=(50199, CONFIRMATION, "CmsiInterrupt"),
            request_type="Login:reprocess",
        )

    def uses(
        self,
        who: Colleague,
        at: datetime,
        agent: str,
        resources: Sequence[App],
        *,
        count: int,
        hours: float = 9.0,
        place: Place | None = None,
    ) -> list[Refresh]:
        """Later uses of a tool's token within `hours`, from wherever its user is by then, or from `place`.

        A person's tool rests at night; a machine at `place` does not.
        """
        told = []
        for _ in range(count):
            after = self.mint.span(900, hours * 3600)
            if place is None and not 6 <= (at + after + timedelta(hours=who.site.city.offset)).hour < 22:
                after = self.mint.span(900, min(hours, 6) * 3600)
            seat = Seat(place or who.place(self.day_of(who, at + after)), agent)
            told.append(Refresh(after, resource=self.mint.pick(resources), seat=seat))
        return told


def _kept(event: SignInEvent) -> SignInEvent:
    """An interrupt is no success: the policies come into it only with the token."""
    if event.error_code == 50199:
        return replace(event, ca_status="notApplied", policies=())
    return event
