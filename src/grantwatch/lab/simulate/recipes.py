"""What fills working days: the sign-ins of laptops and phones, and mail that is read with them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from grantwatch.lab.apps import (
    EXCHANGE_ONLINE,
    GRAPH,
    OFFICE,
    OFFICE_HOME,
    ONEDRIVE,
    OUTLOOK_MOBILE,
    SHAREPOINT,
    TEAMS,
)
from grantwatch.lab.events import App, Machine, SignInEvent
from grantwatch.lab.simulate.agents import EDGE_APP, MY_SIGNINS, PORTAL, TEAMS_SERVICES, browser_name, browser_of
from grantwatch.lab.simulate.calls import asks_graph, everyday, scopes_of_calls
from grantwatch.lab.simulate.forms import CALLS
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.prepared import (
    MARKED,
    MARKED_PLACE,
    MESSAGES,
    WHEN,
    Prepared,
    marked_machine,
    prepare,
    prepare_call,
    prepare_mail,
)
from grantwatch.lab.simulate.tenant import Tenant
from grantwatch.lab.stories import MFA_BY_CLAIM, PASSWORD_AND_PUSH, PREVIOUSLY

__all__ = ["ALL", "FAILED", "LAPTOP", "PHONE", "SIGN_IN", "Recipe", "Recipes"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of sign-in. `agent` is a user agent, or `browser` for that of the machine; `where` laptop or phone."""

    client: App
    resource: App
    agent: str = "browser"
    where: str = "laptop"
    interactive: bool = False
    error: tuple[int, str, str] | None = None
    paired: bool = False
    client_info: str = ""
    """What Exchange calls the client that reads mail with its token, now and then; empty where none does."""


_TEAMS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Teams/25212.2204"
)
_OFFICE = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.19127; Pro)"
_SYNC = "Microsoft SkyDriveSync 25.149.0803.0003 ship; Windows NT 10.0 (26100)"
_BROKER = "Windows-AzureAD-Authentication-Provider/1.0"
_IOS_MAIL = "Outlook-iOS/723.4027091.prod.iphone (5.26.0)"
_IOS_TEAMS = "Teams/25.14.1 (iPhone; iOS 26.0; Scale/3.00)"
_OUTLOOK_INFO = "Client=MSExchangeRPC;Client=MSExchangeRPC;"
_PHONE_INFO = "Client=OutlookService;Outlook-iOS/2.0;"
_WEB_INFO = "Client=OWA;Action=ViaProxy"

LAPTOP = (
    Recipe(TEAMS, GRAPH, _TEAMS),
    Recipe(TEAMS, TEAMS_SERVICES, _TEAMS),
    Recipe(TEAMS, SHAREPOINT, _TEAMS),
    Recipe(OFFICE, EXCHANGE_ONLINE, _OFFICE, client_info=_OUTLOOK_INFO),
    Recipe(OFFICE, EXCHANGE_ONLINE, _OFFICE, client_info=_OUTLOOK_INFO),
    Recipe(OFFICE, GRAPH, _BROKER),
    Recipe(ONEDRIVE, SHAREPOINT, _SYNC),
    Recipe(EDGE_APP, GRAPH, _BROKER),
    Recipe(OFFICE_HOME, GRAPH),
    Recipe(OFFICE_HOME, SHAREPOINT),
    Recipe(OFFICE_HOME, EXCHANGE_ONLINE, client_info=_WEB_INFO),
)
PHONE = (
    Recipe(OUTLOOK_MOBILE, EXCHANGE_ONLINE, _IOS_MAIL, "phone", client_info=_PHONE_INFO),
    Recipe(OUTLOOK_MOBILE, EXCHANGE_ONLINE, _IOS_MAIL, "phone", client_info=_PHONE_INFO),
    Recipe(OUTLOOK_MOBILE, GRAPH, _IOS_MAIL, "phone"),
    Recipe(TEAMS, GRAPH, _IOS_TEAMS, "phone"),
    Recipe(TEAMS, TEAMS_SERVICES, _IOS_TEAMS, "phone"),
)
SIGN_IN = (
    Recipe(OFFICE_HOME, GRAPH, interactive=True, paired=True),
    Recipe(TEAMS, GRAPH, interactive=True, paired=True),
    Recipe(PORTAL, GRAPH, interactive=True, paired=True),
    Recipe(MY_SIGNINS, GRAPH, interactive=True, paired=True),
)
FAILED = (
    Recipe(
        OFFICE_HOME,
        GRAPH,
        interactive=True,
        paired=True,
        error=(50126, "Error validating credentials due to invalid username or password.", "InvalidUserNameOrPassword"),
    ),
    Recipe(
        OFFICE_HOME,
        GRAPH,
        interactive=True,
        paired=True,
        error=(50074, "Strong Authentication is required.", "UserStrongAuthClientAuthNRequiredInterrupt"),
    ),
    Recipe(
        OFFICE_HOME,
        GRAPH,
        interactive=True,
        paired=True,
        error=(
            50140,
            "This error occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
            "KmsiInterrupt",
        ),
    ),
    Recipe(
        OFFICE,
        EXCHANGE_ONLINE,
        _OFFICE,
        error=(
            50076,
            "Multifactor authentication is required because of a change of policy or of place.",
            "UserStrongAuthClientAuthNRequired",
        ),
    ),
    Recipe(
        TEAMS,
        GRAPH,
        _TEAMS,
        error=(
            70043,
            "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.",
            "BadTokenDueToSignInFrequency",
        ),
    ),
)
"""What goes wrong on ordinary days. None of it is refused by a policy on device code flow."""
ALL = (*LAPTOP, *PHONE, *SIGN_IN, *(replace(recipe, paired=False) for recipe in SIGN_IN), *FAILED)


Several = tuple[tuple[Prepared, ...], ...]
Dish = tuple[tuple[Prepared, ...], Several, Several]
"""Records of a sign-in in all forms; those of mail that is read with it, of one message, of two, and so on; and those
of requests to Microsoft Graph with it, where such are written."""


class Recipes:
    """Recipes made into prepared records, for each kind of machine; made when first asked for."""

    def __init__(self, tenant: Tenant, forms: tuple[str, ...]) -> None:
        self._tenant, self._forms = tenant, forms
        self._made: dict[tuple[str, str, bool, str, int], list[Dish]] = {}

    def made(self, who: Colleague, day: int) -> list[Dish]:
        """For each of ALL the records of the sign-in and of mail read with it, on somebody's machines."""
        machine = who.machine
        version = who.version(day)
        key = (who.laptop, machine.trust if machine.id else "", machine.managed, who.phone, version)
        if key not in self._made:
            laptop, trust, managed, phone, _ = key
            self._made[key] = [
                self.make(recipe, phone, "", False, version)
                if recipe.where == "phone"
                else self.make(recipe, laptop, trust, managed, version)
                for recipe in ALL
            ]
        return self._made[key]

    def make(self, recipe: Recipe, kind: str, trust: str, managed: bool, version: int) -> Dish:
        """The prepared records of one recipe on one kind of machine; none of native apps on Linux."""
        if kind == "firefox" and recipe.agent != "browser":
            return (), (), ()
        event = self.event(recipe, kind, trust, managed, version)
        mail = tuple(
            prepare_mail(event, recipe.client, recipe.client_info, messages, self._forms)
            for messages in range(1, MESSAGES + 1)
            if recipe.client_info
        )
        wanted = everyday(event.client, event.tenant_id) if CALLS in self._forms and asks_graph(event) else ()
        scopes = scopes_of_calls(event.client)
        calls = tuple(prepare_call(event, ask, scopes, self._forms) for ask in wanted)
        return prepare(event, self._forms, paired=recipe.paired), mail, calls

    def event(self, recipe: Recipe, kind: str, trust: str, managed: bool, version: int) -> SignInEvent:
        """The sign-in of a recipe, with marks for who and where."""
        browses = recipe.agent == "browser"
        on_phone = recipe.where == "phone"
        system = {
            "ios": "Ios 26.0",
            "android": "Android 16",
            "safari": "MacOs",
            "firefox": "Linux",
            "chrome": "Windows 10",
        }.get(kind, "Windows 11")
        browser = browser_name(kind, version) if browses else "" if on_phone else "Rich Client 5.2"
        agent = browser_of(kind, version) if browses else _native(recipe.agent, kind)
        machine = marked_machine(system, browser, managed, trust) if trust else Machine(os=system, browser=browser)
        failed = recipe.error is not None
        code, reason, logon = recipe.error or (0, "Other.", "")
        fresh = recipe.interactive and not failed
        return SignInEvent(
            time=WHEN,
            user=MARKED,
            tenant_id=self._tenant.id,
            client=recipe.client,
            resource=recipe.resource,
            place=MARKED_PLACE,
            user_agent=agent,
            request_id="",
            correlation_id="",
            session_id="",
            interactive=recipe.interactive,
            incoming="none" if recipe.interactive else "primaryRefreshToken" if trust else "refreshToken",
            error_code=code,
            failure_reason=reason,
            logon_error=logon,
            status_detail=None if failed else "MFA completed in Azure AD" if fresh else MFA_BY_CLAIM,
            request_type=("Login:login" if failed else "OAuth2:Authorize") if recipe.interactive else "OAuth2:Token",
            device=machine,
            client_app="Browser" if browses else "Mobile Apps and Desktop clients",
            ca_status="notApplied" if failed else "success",
            policies=() if failed else self._tenant.applied(),
            token_binding="bound" if trust and not browses else "unbound",
            auth_methods=PASSWORD_AND_PUSH if fresh else PREVIOUSLY,
        )


def _native(agent: str, kind: str) -> str:
    """An app's user agent on another system than the one it stands here for."""
    if kind == "android":
        return {
            _IOS_MAIL: "Outlook-Android/2.0",
            _IOS_TEAMS: "Dalvik/2.1.0 (Linux; U; Android 16; Pixel 9 Build/BP2A.250805.005) TeamsMobile/1416",
        }[agent]
    if kind == "safari":
        return {
            _TEAMS: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Teams/25212.2204",
            _OFFICE: "Microsoft Office/16.100 (Macintosh; Mac OS X 15.6; Microsoft Outlook)",
            _SYNC: "Microsoft SkyDriveSync 25.149.0803.0003 ship; Mac OS X 15.6",
        }.get(agent, "Mac%20SSO%20Extension/1 CFNetwork/3826.600.41 Darwin/24.6.0")
    return agent
