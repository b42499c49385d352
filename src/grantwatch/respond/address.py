"""Microsoft Graph addresses made from log text. A value that is not what it claims to be never reaches a URL."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from urllib.parse import quote

from grantwatch.grants.model import User

__all__ = ["BETA", "ROOT", "USER_PLACEHOLDER", "cidr", "guid", "instant", "query", "upn", "user_path"]

ROOT = "https://graph.microsoft.com/v1.0"
BETA = "https://graph.microsoft.com/beta"
USER_PLACEHOLDER = "{user-id}"

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_UPN = re.compile(r"[^\s@/\\?<>\"\x00-\x1f\x7f-\x9f]{1,256}@[A-Za-z0-9._-]{1,253}")
_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
_WIDEST = {4: 16, 6: 32}
_FILTER_SAFE = "(),:=$'/"


Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


def guid(text: str | None) -> str | None:
    """The text in lower case where it is a GUID and nothing else; else None."""
    lowered = (text or "").strip().lower()
    return lowered if _GUID.fullmatch(lowered) else None


def upn(text: str | None) -> str | None:
    """The text where it has the shape of a user principal name; else None."""
    return text if text and _UPN.fullmatch(text) else None


def user_path(user: User) -> str:
    """The path segment that names the user: the object id, else the encoded name, else a placeholder to fill in."""
    by_id = guid(user.id)
    if by_id:
        return by_id
    by_name = upn(user.upn)
    return quote(by_name, safe="") if by_name else USER_PLACEHOLDER


def instant(time: datetime) -> str:
    """A UTC time without an offset as OData writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def query(filter_: str) -> str:
    """`?$filter=…`, encoded, so that no character of a value ends the parameter or the path."""
    return "?$filter=" + quote(filter_, safe=_FILTER_SAFE).replace("%7B", "{").replace("%7D", "}")


def cidr(prefix: str | None) -> Prefix | None:
    """The network where the text is one that a rule may name: no private, shared or special range. Else None.

    A range that is wider than a provider's block would lock out the rest of the world, and is refused too.
    Ranges kept for documentation count as public, so that examples and exercises show this step too.
    """
    if not prefix:
        return None
    try:
        network = ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        return None
    if network.prefixlen < _WIDEST[network.version]:
        return None
    return network if network.is_global or any(_within(network, range_) for range_ in _EXAMPLES) else None


def _within(network: Prefix, other: Prefix) -> bool:
    return network.version == other.version and other.supernet_of(network)  # type: ignore[arg-type]
