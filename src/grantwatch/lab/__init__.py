"""A tenant that does not exist: events, the log records they leave, and files to read them from.

The lab writes log records only. Nothing in it speaks to a network.
"""

from __future__ import annotations

from grantwatch.lab.deeds import consent, device_registration, inbox_rule, mail_access, security_info
from grantwatch.lab.events import (
    ENTRA,
    EXCHANGE,
    ActivityEvent,
    App,
    Change,
    Event,
    Machine,
    Person,
    Place,
    Policy,
    Seat,
    SignInEvent,
    Target,
)
from grantwatch.lab.ids import Mint, request_id_of, token_id_of
from grantwatch.lab.stories import Refresh, blocked_attempt, device_code_login, ordinary_day, tainted_browser
from grantwatch.lab.writers import FORMS, write_tenant

__all__ = [
    "ENTRA",
    "EXCHANGE",
    "FORMS",
    "ActivityEvent",
    "App",
    "Change",
    "Event",
    "Machine",
    "Mint",
    "Person",
    "Place",
    "Policy",
    "Refresh",
    "Seat",
    "SignInEvent",
    "Target",
    "blocked_attempt",
    "consent",
    "device_code_login",
    "device_registration",
    "inbox_rule",
    "mail_access",
    "ordinary_day",
    "request_id_of",
    "security_info",
    "tainted_browser",
    "token_id_of",
    "write_tenant",
]
