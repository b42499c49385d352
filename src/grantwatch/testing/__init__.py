"""To test signals with: a grant in five readable lines, and what every declaration must keep.

    case = (
        a_grant(client=AZURE_CLI, resource=ARM)
        .approved(HOME)
        .redeemed(RENTED, agent=PYTHON)
        .knows(HOME)
        .case()
    )
    answer = my_signal.judge(case)

Clients, resources, networks and programs stand in `grantwatch.testing.things` and can be imported from here.
"""

from __future__ import annotations

from grantwatch.grants.model import Before, Device, Named, Naming, Network, Party, Tie, TieBy, TokenKind
from grantwatch.testing.builders import GrantBuilder, a_grant
from grantwatch.testing.things import (
    ABROAD,
    ADMIN,
    ARM,
    AZ_TOOL,
    AZURE_CLI,
    BROKER,
    EDGE,
    EXCHANGE,
    FIREFOX,
    GRAPH,
    HOME,
    KIT,
    NO_ROLE,
    NOWHERE,
    OFFICE,
    ONEDRIVE,
    OTHER_TENANT,
    OUTLOOK,
    PYTHON,
    REGISTRATION,
    RENTED,
    RENTED_TOO,
    ROOM,
    SAFARI_PHONE,
    SAME_CITY,
    SHAREPOINT,
    SITE,
    START,
    TEAMS,
    TEAMS_SERVICE,
    TENANT,
    WORK,
)

__all__ = [
    "ABROAD",
    "ADMIN",
    "ARM",
    "AZURE_CLI",
    "AZ_TOOL",
    "BROKER",
    "EDGE",
    "EXCHANGE",
    "FIREFOX",
    "GRAPH",
    "HOME",
    "KIT",
    "NOWHERE",
    "NO_ROLE",
    "OFFICE",
    "ONEDRIVE",
    "OTHER_TENANT",
    "OUTLOOK",
    "PYTHON",
    "REGISTRATION",
    "RENTED",
    "RENTED_TOO",
    "ROOM",
    "SAFARI_PHONE",
    "SAME_CITY",
    "SHAREPOINT",
    "SITE",
    "START",
    "TEAMS",
    "TEAMS_SERVICE",
    "TENANT",
    "WORK",
    "Before",
    "Device",
    "GrantBuilder",
    "Named",
    "Naming",
    "Network",
    "Party",
    "Tie",
    "TieBy",
    "TokenKind",
    "a_grant",
]
