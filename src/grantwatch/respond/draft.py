"""A step before it knows its place, and the parts that steps are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from grantwatch.grants.model import Grant
from grantwatch.respond.address import BETA, ROOT, USER_PLACEHOLDER, guid, instant, query, user_path
from grantwatch.respond.model import Request, Step

__all__ = ["BEFORE", "MOST", "Draft", "activities", "fill_in", "get", "sign_ins", "user_id", "user_url"]

BEFORE = timedelta(hours=1)
"""How long before the grant the evidence starts."""
MOST = 10
"""Ids that one step names at most."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A step that does not know its place yet."""

    title: str
    why: str
    requests: tuple[Request, ...] = ()
    permission: str = ""
    notes: tuple[str, ...] = ()
    urgent: bool = False

    def numbered(self, order: int) -> Step:
        """The step at its place, counted from 1."""
        changes = any(request.method != "GET" for request in self.requests)
        return Step(order, self.title, self.why, self.requests, self.permission, self.notes, changes, self.urgent)


def get(url: str) -> Request:
    """A request that only reads."""
    return Request("GET", url)


def user_url(grant: Grant) -> str:
    """The address of the user in Microsoft Graph."""
    return f"{ROOT}/users/{user_path(grant.user)}"


def user_id(grant: Grant) -> str:
    """The object id of the user, or a placeholder where the logs hold none."""
    return guid(grant.user.id) or USER_PLACEHOLDER


def fill_in(grant: Grant) -> tuple[str, ...]:
    """How to come by the object id; empty where it is known."""
    if guid(grant.user.id):
        return ()
    return (f"The logs hold no object id for this user: read it with GET {user_url(grant)}?$select=id and fill it in.",)


def sign_ins(grant: Grant, since: datetime) -> tuple[Request, ...]:
    """Both kinds of sign-ins of the user since a UTC time."""
    kinds = ("interactiveUser", "nonInteractiveUser")
    who = f"userId eq '{user_id(grant)}' and createdDateTime ge {instant(since)}"
    return tuple(
        get(f"{BETA}/auditLogs/signIns" + query(f"signInEventTypes/any(t: t eq '{kind}') and {who}")) for kind in kinds
    )


def activities(grant: Grant, since: datetime) -> Request:
    """What the user did in the directory since a UTC time."""
    text = f"initiatedBy/user/id eq '{user_id(grant)}' and activityDateTime ge {instant(since)}"
    return get(f"{ROOT}/auditLogs/directoryAudits" + query(text))
