"""Stories told in events: an ordinary day, a device code login, what an attacker does next. Log records only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from grantwatch.lab.events import App, Machine, Person, Place, Policy, Seat, SignInEvent
from grantwatch.lab.ids import Mint

__all__ = ["Refresh", "blocked_attempt", "device_code_login", "ordinary_day", "tainted_browser"]

MFA_BY_CLAIM = "MFA requirement satisfied by claim in the token"
PREVIOUSLY = (("Previously satisfied", MFA_BY_CLAIM),)
PASSWORD_AND_PUSH = (("Password", "Correct password"), ("Mobile app notification", "MFA successfully completed"))
CONFIRMATION = "User confirmation is required before the sign-in to this app can go on."
CA_BLOCK = "Access has been blocked by Conditional Access policies."


@dataclass(frozen=True, slots=True)
class Refresh:
    """A later issuance in the lineage of a grant, `after` its redemption. What is None stays as it was redeemed."""

    after: timedelta
    client: App | None = None
    resource: App | None = None
    seat: Seat | None = None
    incoming: str = "refreshToken"
    machine: Machine | None = None
    error_code: int = 0
    failure_reason: str = "Other."
    token_binding: str = "unbound"  # noqa: S105 - a state of the token, not a secret


def ordinary_day(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    start: datetime,
    seat: Seat,
    apps: Sequence[tuple[App, App]],
    session_id: str,
    interactive: bool = True,
    refreshes: int = 3,
    client_app: str = "Browser",
    policies: tuple[Policy, ...] = (),
) -> tuple[SignInEvent, ...]:
    """A working day from `start`: at most one interactive sign-in, then silent refreshes over some eight hours.

    `apps` are (client, resource); the first is the one that the person signs in to.
    """
    applied = "success" if policies else "notApplied"
    base = SignInEvent(
        time=start,
        user=user,
        tenant_id=tenant_id,
        client=apps[0][0],
        resource=apps[0][1],
        place=seat.place,
        user_agent=seat.user_agent,
        request_id=mint.request_id(),
        correlation_id=mint.guid(),
        session_id=session_id,
        device=seat.machine,
        client_app=client_app,
        ca_status=applied,
        policies=policies,
        status_detail="MFA completed in Azure AD",
        auth_methods=PASSWORD_AND_PUSH,
    )
    told = [base] if interactive else []
    for _ in range(refreshes):
        client, resource = mint.pick(apps)
        told.append(
            replace(
                base,
                time=start + mint.span(60, 8 * 3600),
                client=client,
                resource=resource,
                request_id=mint.request_id(),
                correlation_id=mint.guid(),
                interactive=False,
                incoming="primaryRefreshToken" if seat.machine.id else "refreshToken",
                status_detail=MFA_BY_CLAIM,
                auth_methods=PREVIOUSLY,
                request_type="OAuth2:Token",
            )
        )
    return tuple(sorted(told, key=lambda event: event.time))


def device_code_login(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    client: App,
    resource: App,
    approver: Seat,
    redeemer: Seat,
    session_id: str | None = None,
    scopes: Sequence[str] = (),
    wids: Sequence[str] = (),
    refreshes: Sequence[Refresh] = (),
    redeemed: bool = True,
    policies: tuple[Policy, ...] = (),
    home_tenant_id: str | None = None,
) -> tuple[SignInEvent, ...]:
    """Interrupt 50199, approval at `at`, redemption 2-4 s later, then the refreshes.

    One correlation id holds interrupt, approval and redemption; one session id holds the whole lineage. The approval
    shows the approver's browser but no operating system, the redemption shows no device at all.
    """
    session = session_id or mint.guid()
    approval = SignInEvent(
        time=at,
        user=user,
        tenant_id=tenant_id,
        client=client,
        resource=resource,
        place=approver.place,
        user_agent=approver.user_agent,
        request_id=mint.request_id(),
        correlation_id=mint.guid(),
        session_id=session,
        protocol="deviceCode",
        transfer="deviceCodeFlow",
        status_detail=MFA_BY_CLAIM,
        request_type="Cmsi:Cmsi",
        device=replace(approver.machine, os=""),
        scopes=tuple(scopes),
        wids=tuple(wids),
        ca_status="success" if policies else "notApplied",
        policies=policies,
        auth_methods=PREVIOUSLY,
        home_tenant_id=home_tenant_id,
    )
    told = [_interrupt(mint, approval), approval]
    if redeemed:
        redemption = replace(
            approval,
            time=at + mint.span(2, 4),
            place=redeemer.place,
            user_agent=redeemer.user_agent,
            request_id=mint.request_id(),
            interactive=False,
            protocol="none",
            request_type="OAuth2:Token",
            device=redeemer.machine,
        )
        told.append(redemption)
        told += [_refreshed(mint, redemption, refresh) for refresh in sorted(refreshes, key=lambda each: each.after)]
    return tuple(told)


def blocked_attempt(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    client: App,
    resource: App,
    approver: Seat,
    policy: Policy,
    seen_from: Place | None = None,
) -> tuple[SignInEvent, ...]:
    """Interrupt 50199, then 53003 by a policy on device code flow. Failures name no protocol and no transfer.

    The block is logged from `seen_from`, else from the approver's place: either has been reported for real tenants.
    """
    block = SignInEvent(
        time=at,
        user=user,
        tenant_id=tenant_id,
        client=client,
        resource=resource,
        place=seen_from or approver.place,
        user_agent=approver.user_agent,
        request_id=mint.request_id(),
        correlation_id=mint.guid(),
        session_id=mint.guid(),
        error_code=53003,
        failure_reason=CA_BLOCK,
        logon_error="BlockedByConditionalAccess",
        request_type="Cmsi:Cmsi",
        device=replace(approver.machine, os=""),
        ca_status="failure",
        policies=(policy,),
        auth_methods=PREVIOUSLY,
    )
    interrupt = _interrupt(mint, replace(block, place=approver.place, ca_status="notApplied", policies=()))
    return interrupt, block


def tainted_browser(
    mint: Mint,
    approval: SignInEvent,
    *,
    at: datetime,
    seat: Seat,
    client: App,
    resource: App,
    count: int = 2,
) -> tuple[SignInEvent, ...]:
    """The approver's own browser afterwards: the same session marked deviceCodeFlow, though no code was used.

    The first row is interactive, the others are silent, ten minutes to an hour apart.
    """
    told = []
    time = at
    for place in range(count):
        told.append(
            replace(
                approval,
                time=time,
                client=client,
                resource=resource,
                place=seat.place,
                user_agent=seat.user_agent,
                device=seat.machine,
                client_app="Browser",
                request_id=mint.request_id(),
                correlation_id=mint.guid(),
                interactive=place == 0,
                protocol="none",
                transfer="deviceCodeFlow",
                request_type="OAuth2:Authorize",
                scopes=("openid", "profile", "User.Read"),
            )
        )
        time += mint.span(600, 3600)
    return tuple(told)


def _interrupt(mint: Mint, leg: SignInEvent) -> SignInEvent:
    return replace(
        leg,
        time=leg.time - mint.span(4, 15),
        request_id=mint.request_id(),
        protocol="none",
        transfer="none",
        error_code=50199,
        failure_reason=CONFIRMATION,
        status_detail=None,
        logon_error="CmsiInterrupt",
        request_type="Login:reprocess",
    )


def _refreshed(mint: Mint, redemption: SignInEvent, refresh: Refresh) -> SignInEvent:
    seat = refresh.seat or Seat(redemption.place, redemption.user_agent, redemption.device)
    failed = refresh.error_code != 0
    return replace(
        redemption,
        time=redemption.time + refresh.after,
        client=refresh.client or redemption.client,
        resource=refresh.resource or redemption.resource,
        place=seat.place,
        user_agent=seat.user_agent,
        device=refresh.machine or seat.machine,
        scopes=redemption.scopes if refresh.resource is None else (),
        request_id=mint.request_id(),
        correlation_id=mint.guid(),
        incoming=refresh.incoming,
        error_code=refresh.error_code,
        failure_reason=refresh.failure_reason,
        status_detail=None if failed else redemption.status_detail,
        token_binding=refresh.token_binding,
    )
