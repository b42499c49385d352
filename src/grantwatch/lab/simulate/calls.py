"""What Microsoft Graph is asked with the tokens of a tenant: by the apps of everybody, by scripts, by attackers' tools.

Nothing here draws on the dice of the tale: with these calls or without, every other record is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import product

from grantwatch.lab.apps import (
    AZURE_CLI,
    GRAPH,
    GRAPH_EXPLORER,
    OFFICE,
    OFFICE_HOME,
    ONEDRIVE,
    OUTLOOK_MOBILE,
    TEAMS,
)
from grantwatch.lab.events import App, SignInEvent
from grantwatch.lab.ids import Mint
from grantwatch.lab.seen import CallEvent
from grantwatch.lab.simulate.agents import DEVICE_AGENT, EDGE_APP, GRAPH_TOOLS, MY_SIGNINS, PORTAL

__all__ = ["ASKS", "Ask", "asks_graph", "calls", "calls_of", "everyday", "scopes_of_calls"]

Ask = tuple[str, str]
"""Method, and what stands behind the host, with places for ids: me, upn, other, group, app."""

_EVERYDAY: dict[str, tuple[Ask, ...]] = {
    TEAMS.id: (
        ("GET", "/v1.0/me"),
        ("GET", "/v1.0/me/joinedTeams"),
        ("GET", "/v1.0/users/{other}/photo/$value"),
        ("GET", "/v1.0/groups/{group}?$select=id,displayName,visibility"),
    ),
    OFFICE.id: (
        ("GET", "/v1.0/me"),
        ("GET", "/v1.0/me/drive/recent"),
        ("GET", "/v1.0/me/people?$top=10"),
        ("GET", "/v1.0/users/{other}/photo/$value"),
    ),
    OUTLOOK_MOBILE.id: (
        ("GET", "/v1.0/me"),
        ("GET", "/v1.0/me/mailboxSettings"),
        ("GET", "/v1.0/me/people?$top=25"),
    ),
    EDGE_APP.id: (("GET", "/v1.0/me"), ("GET", "/v1.0/me/photo/$value")),
    OFFICE_HOME.id: (
        ("GET", "/v1.0/me"),
        ("GET", "/v1.0/me/drive/recent"),
        ("GET", "/v1.0/me/followedSites"),
        ("GET", "/v1.0/sites/{group}/drive/root/children"),
    ),
    PORTAL.id: (("GET", "/beta/me"), ("GET", "/beta/organization"), ("GET", "/beta/users/{me}/photo/$value")),
    MY_SIGNINS.id: (("GET", "/beta/me"), ("GET", "/beta/me/authentication/methods")),
    GRAPH_EXPLORER.id: (("GET", "/v1.0/me"), ("GET", "/v1.0/me/memberOf"), ("GET", "/v1.0/me/messages?$top=10")),
    AZURE_CLI.id: (("GET", "/v1.0/me"), ("GET", "/v1.0/servicePrincipals?$filter=appId eq '{app}'")),
    DEVICE_AGENT.id: (("GET", "/v1.0/me"), ("GET", "/v1.0/me/calendarView?$top=50")),
    ONEDRIVE.id: (("GET", "/v1.0/me/drive"),),
}
_ANY_APP: tuple[Ask, ...] = (("GET", "/v1.0/me"),)
_SCRIPTS: tuple[tuple[Ask, ...], ...] = (
    (
        ("GET", "/v1.0/users/{other}?$select=id,accountEnabled"),
        ("GET", "/v1.0/users/{other}/memberOf"),
        ("GET", "/v1.0/groups/{group}/members?$top=999"),
    ),
    (
        ("GET", "/v1.0/subscribedSkus"),
        ("GET", "/v1.0/users?$select=displayName,assignedLicenses&$top=999"),
    ),
    (
        ("GET", "/v1.0/devices?$filter=startsWith(displayName,'LT')"),
        ("GET", "/beta/deviceManagement/managedDevices?$top=100"),
        ("GET", "/v1.0/users/{other}/registeredDevices"),
    ),
    (
        ("GET", "/v1.0/applications/{app}"),
        ("GET", "/v1.0/servicePrincipals?$filter=appId eq '{app}'"),
    ),
    (("GET", "/v1.0/auditLogs/signIns?$top=100"), ("GET", "/v1.0/users/{other}")),
)
"""What administrators' scripts ask for; one task in one session. Narrower than a map: it is about one thing."""
_MAILBOX: tuple[Ask, ...] = (
    ("GET", "/v1.0/me"),
    ("GET", "/v1.0/me/mailFolders?$top=50"),
    ("GET", "/v1.0/me/messages?$top=50&$select=subject,from,receivedDateTime"),
    ("GET", "/v1.0/me/drive/root/children"),
)
_SEARCH: tuple[Ask, ...] = tuple(
    ("GET", f'/v1.0/me/messages?$search="{word}"&$top=25') for word in ("password", "invoice", "vpn", "payroll", "mfa")
)
_MAP: tuple[Ask, ...] = (
    ("GET", "/v1.0/me"),
    ("GET", "/v1.0/me/manager"),
    ("GET", "/v1.0/organization"),
    ("GET", "/v1.0/users?$select=id,displayName,mail,jobTitle,department&$top=999"),
    ("GET", "/v1.0/users/{other}/directReports"),
    ("GET", "/v1.0/groups?$top=999"),
    ("GET", "/v1.0/directoryRoles?$expand=members"),
    ("GET", "/v1.0/me/mailFolders?$top=50"),
    *_SEARCH,
)
_RUNNER: tuple[Ask, ...] = (
    ("GET", "/v1.0/me"),
    ("GET", "/v1.0/organization"),
    ("GET", "/v1.0/policies/authorizationPolicy"),
    ("GET", "/v1.0/users?$top=999"),
    ("GET", "/v1.0/groups?$filter=securityEnabled eq true"),
    ("GET", "/v1.0/groups/{group}/members"),
    ("POST", "/beta/roleManagement/directory/estimateAccess"),
    ("GET", "/v1.0/applications"),
    ("GET", "/v1.0/servicePrincipals?$top=999"),
    ("GET", "/v1.0/servicePrincipals(appId='{app}')/appRoleAssignedTo"),
    ("POST", "/v1.0/search/query"),
    ("GET", "/v1.0/users/{other}/mailFolders/Inbox/messages"),
)
_PANEL: tuple[Ask, ...] = (
    ("GET", "/v1.0/me"),
    ("GET", "/v1.0/me/drive/recent"),
    ("GET", "/v1.0/me/drive/sharedWithMe"),
    ("GET", "/v1.0/sites?search=*"),
    ("GET", "/v1.0/me/chats?$expand=members"),
    ("POST", "/v1.0/search/query"),
    ("GET", "/v1.0/me/messages?$top=50"),
)
ASKS: dict[str, tuple[Ask, ...]] = {
    "client": (),
    "mailbox": _MAILBOX,
    "search": (*_MAILBOX, *_SEARCH),
    "map": _MAP,
    "runner": _RUNNER,
    "panel": _PANEL,
}
"""What an attacker's tool asks for with the first token for Graph. `client`: only what the client itself would."""
_REFUSED = ("policies", "roleManagement", "auditLogs", "deviceManagement", "/mailFolders/Inbox")
"""What an ordinary person's token is refused more often than not."""
_SCOPES = {
    AZURE_CLI.id: (
        "AuditLog.Read.All",
        "Directory.AccessAsUser.All",
        "User.ReadWrite.All",
        "email",
        "openid",
        "profile",
    ),
    GRAPH_TOOLS.id: ("Directory.Read.All", "Group.Read.All", "User.Read.All", "openid", "profile"),
    GRAPH_EXPLORER.id: ("Mail.Read", "User.Read", "openid", "profile"),
}
_ANY_SCOPES = (
    "Files.ReadWrite.All",
    "Mail.ReadWrite",
    "People.Read",
    "User.Read",
    "User.ReadBasic.All",
    "openid",
    "profile",
)


def asks_graph(token: SignInEvent) -> bool:
    """Whether a token for Graph was issued; a code's approval issues none."""
    return token.resource.id == GRAPH.id and token.error_code == 0 and token.protocol != "deviceCode"


def everyday(client: App, tenant_id: str) -> tuple[Ask, ...]:
    """What an app asks for, with ids of this tenant in it but for those of its user."""
    found: dict[Ask, None] = {}
    for (method, path), (other, group, app) in product(_EVERYDAY.get(client.id, _ANY_APP), _things(tenant_id)):
        found[method, path.format(other=other, group=group, app=app, me="{me}", upn="{upn}")] = None
    return tuple(found)


def scopes_of_calls(client: App) -> tuple[str, ...]:
    """The delegated rights in a client's token for Graph."""
    return _SCOPES.get(client.id, _ANY_SCOPES)


def calls(tokens: Iterable[SignInEvent]) -> Iterator[CallEvent]:
    """What honest apps and scripts ask for with these tokens."""
    for token in tokens:
        if asks_graph(token):
            mint = Mint(f"calls/{token.request_id}")
            wanted = _task(token)
            for _ in range(mint.between(1, 4)):
                yield _call(mint, token, mint.pick(wanted), mint.span(0.2, 3000))


def calls_of(tokens: Sequence[SignInEvent], asks: str) -> Iterator[CallEvent]:
    """What an attacker's tool asks for: all of it with the first token for Graph, then now and then mail and files."""
    if asks == "client":
        yield from calls(tokens)
        return
    held = sorted((token for token in tokens if asks_graph(token)), key=lambda token: (token.time, token.request_id))
    for number, token in enumerate(held):
        mint = Mint(f"calls/{token.request_id}")
        at = mint.span(1, 90)
        wanted = ASKS[asks] if number == 0 else [mint.pick(_MAILBOX) for _ in range(mint.between(1, 5))]
        for ask in wanted:
            yield _call(mint, token, ask, at)
            at += mint.span(0.3, 45)


def _task(token: SignInEvent) -> tuple[Ask, ...]:
    if token.client.id != GRAPH_TOOLS.id:
        return _EVERYDAY.get(token.client.id, _ANY_APP)
    return (*_ANY_APP, *Mint(f"task/{token.session_id}").pick(_SCRIPTS))


def _call(mint: Mint, token: SignInEvent, ask: Ask, after: timedelta) -> CallEvent:
    method, path = ask
    other, group, app = mint.pick(_things(token.tenant_id))
    refused = not token.wids and any(part in path for part in _REFUSED) and mint.chance(0.6)
    return CallEvent(
        time=token.time + after,
        tenant_id=token.tenant_id,
        method=method,
        url="https://graph.microsoft.com"
        + path.format(other=other, group=group, app=app, me=token.user.id, upn=token.user.upn),
        client=token.client,
        place=token.place,
        request_id=mint.guid(),
        user=token.user,
        user_agent=token.user_agent,
        session_id=token.session_id,
        token_id=token.token_id,
        status=403 if refused else 200,
        scopes=scopes_of_calls(token.client),
        wids=token.wids,
        issued=token.time,
    )


def _things(tenant_id: str) -> tuple[tuple[str, str, str], ...]:
    """A few people, groups and applications of a tenant that are asked for."""
    mint = Mint(f"things/{tenant_id}")
    return tuple((mint.guid(), mint.guid(), mint.guid()) for _ in range(4))
