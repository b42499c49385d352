"""Deeds: what an identity does besides signing in, told in activity events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from grantwatch.lab.events import ENTRA, EXCHANGE, ActivityEvent, App, Change, Person, Place, SignInEvent, Target
from grantwatch.lab.ids import Mint

__all__ = ["consent", "device_registration", "inbox_rule", "mail_access", "security_info"]

DRS = "Device Registration Service"


def device_registration(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    service: App,
    device_id: str,
    device_name: str,
    os_type: str = "Windows",
    os_version: str = "10.0.19045.2006",
    trust: str = "Azure AD join",
    user_agent: str = "Dsreg/10.0 (Windows 10.0.19044.1826)",
    place: Place | None = None,
) -> tuple[ActivityEvent, ...]:
    """Register device, Add device, Add registered owner, Add registered users: one correlation id, within seconds.

    `service` is the registration service as an app. Real records of the first often carry no address.
    """
    object_id = mint.guid()
    bare = Target(object_id, device_name, "Device")
    person = Target(user.id, user.name, "User", user.upn)
    register = ActivityEvent(
        time=at,
        operation="Register device",
        workload=ENTRA,
        tenant_id=tenant_id,
        actor=user,
        record_id="",
        place=place,
        user_agent=user_agent,
        service=DRS,
        category="Device",
        operation_type="Add",
        targets=(bare,),
        details=(
            ("Device Id", device_id),
            ("Device OS", f"{os_type} {os_version}"),
            ("Device Trust Type", trust),
            ("User-Agent", user_agent),
        ),
        correlation_id=mint.guid(),
    )
    added = replace(
        bare,
        changes=(
            Change("CloudAccountEnabled", (True,), ()),
            Change("CloudDeviceOSType", (os_type,), ()),
            Change("CloudDeviceId", (device_id,), ()),
            Change("CloudDeviceOSVersion", (os_version,), ()),
            Change("CloudDisplayName", (device_name,), ()),
            Change("Included Updated Properties", "CloudAccountEnabled, CloudDeviceOSType, CloudDisplayName"),
        ),
    )
    own = (("DeviceId", device_id), ("DeviceOSType", os_type), ("User-Agent", "Microsoft.OData.Client/7.12.5"))
    by_service = replace(register, actor=service, place=None, user_agent=None, service="Core Directory", details=own)
    told = (
        register,
        replace(by_service, operation="Add device", targets=(added,)),
        replace(by_service, operation="Add registered owner to device", targets=(person, bare)),
        replace(by_service, operation="Add registered users to device", targets=(person, bare)),
    )
    return _dated(mint, told)


def consent(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    app: App,
    scopes: Sequence[str],
    earlier_scopes: Sequence[str] = (),
    service_place: Place | None = None,
) -> tuple[ActivityEvent, ...]:
    """Consent to application and the permission grant behind it, within milliseconds, one correlation id.

    The address is the service's own, never the person's. With `earlier_scopes` the consent is amended: an older
    grant is removed too, and only DelegatedPermissionGrant.Scope tells what changed.
    """
    new, old = " ".join(scopes), " ".join(earlier_scopes)
    principal = Target(mint.guid(), app.name, "ServicePrincipal")
    before = f"[Id: {mint.hex(8)}, PrincipalId: {user.id}, ConsentType: Principal, Scope: {old}]" if old else ""
    after = f"[Id: {mint.hex(8)}, PrincipalId: {user.id}, ConsentType: Principal, Scope: {new}]"
    base = ActivityEvent(
        time=at,
        operation="Consent to application",
        workload=ENTRA,
        tenant_id=tenant_id,
        actor=replace(user, name="Azure ESTS Service"),
        record_id="",
        place=service_place,
        operation_type="Assign",
        targets=(
            replace(
                principal,
                changes=(
                    Change("ConsentContext.IsAdminConsent", "False"),
                    Change("ConsentContext.OnBehalfOfAll", "False"),
                    Change("ConsentAction.Permissions", f"[{before}] => [{after}]; "),
                ),
            ),
        ),
        details=(("User-Agent", "EvoSTS"), ("AppId", app.id)),
        correlation_id=mint.guid(),
    )
    granted = replace(principal, changes=(Change("DelegatedPermissionGrant.Scope", new, old),))
    told = [base, replace(base, operation="Add delegated permission grant", targets=(granted,))]
    if old:
        removed = replace(principal, changes=(Change("DelegatedPermissionGrant.Scope", "", old),))
        told.append(replace(base, operation="Remove delegated permission grant", targets=(removed,)))
    return _dated(mint, told, timedelta(milliseconds=6))


def security_info(
    mint: Mint, user: Person, *, tenant_id: str, at: datetime, method: str, place: Place | None = None
) -> tuple[ActivityEvent, ...]:
    """A person registered a sign-in method of their own."""
    event = ActivityEvent(
        time=at,
        operation="User registered security info",
        workload=ENTRA,
        tenant_id=tenant_id,
        actor=user,
        record_id="",
        place=place,
        service="Authentication Methods",
        category="UserManagement",
        targets=(Target(user.id, user.name, "User", user.upn),),
        result_reason=f"User registered {method}",
        correlation_id=mint.guid(),
    )
    return _dated(mint, (event,))


def inbox_rule(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    place: Place,
    client: App,
    parameters: Mapping[str, str],
    token: SignInEvent | None = None,
) -> tuple[ActivityEvent, ...]:
    """New-InboxRule with its parameters; `token` is the issuance whose token was used, where it is known."""
    event = ActivityEvent(
        time=at,
        operation="New-InboxRule",
        workload=EXCHANGE,
        tenant_id=tenant_id,
        actor=user,
        record_id="",
        place=place,
        parameters=tuple(parameters.items()),
        targets=(Target(f"{user.upn.partition('@')[0]}\\{parameters.get('Name', '')}", "", "InboxRule"),),
        client=client,
        session_id=token.session_id if token else None,
        token_id=token.token_id if token else None,
        result="True",
        record_type=1,
    )
    return _dated(mint, (event,))


def mail_access(
    mint: Mint,
    user: Person,
    *,
    tenant_id: str,
    at: datetime,
    place: Place,
    client: App,
    messages: int = 4,
    access: str = "Bind",
    client_info: str = "Client=REST;Client=RESTSystem;;",
    token: SignInEvent | None = None,
) -> tuple[ActivityEvent, ...]:
    """MailItemsAccessed on that many messages; `token` is the issuance whose token was used, where it is known."""
    domain = user.upn.partition("@")[2]
    event = ActivityEvent(
        time=at,
        operation="MailItemsAccessed",
        workload=EXCHANGE,
        tenant_id=tenant_id,
        actor=user,
        record_id="",
        place=place,
        properties=(("MailAccessType", access), ("IsThrottled", "False")),
        items=tuple(f"<{mint.hex(24)}@{domain}>" for _ in range(messages)),
        client_info=client_info,
        client=client,
        session_id=token.session_id if token else None,
        token_id=token.token_id if token else None,
        result="Succeeded",
        record_type=50,
    )
    return _dated(mint, (event,))


def _dated(
    mint: Mint, events: Sequence[ActivityEvent], step: timedelta = timedelta(milliseconds=740)
) -> tuple[ActivityEvent, ...]:
    return tuple(
        replace(event, time=event.time + step * place, record_id=mint.guid()) for place, event in enumerate(events)
    )
