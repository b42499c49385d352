"""A step of a response, and the requests that carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Body", "Request", "Step"]

Body = dict[str, object]


class Request(NamedTuple):
    """One HTTP request, ready to be read or copied.

    `url` is absolute and percent-encoded. Text in braces (`{rule-id}`) is for the reader to fill in: it comes from
    the answer to an earlier request. `body` is JSON, or None for a request without one.
    """

    method: str
    url: str
    body: Body | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a response. `order` counts from 1: the order is part of the advice, so keep it."""

    order: int
    title: str
    why: str
    requests: tuple[Request, ...] = ()
    permission: str = ""
    """The permissions that the requests need, in Microsoft Graph's words; empty where there are no requests."""
    notes: tuple[str, ...] = ()
    destructive: bool = False
    """True where the step changes the tenant."""
    urgent: bool = False
    """True for the few steps that stop the intruder or decide whether there is one: those a summary names."""
