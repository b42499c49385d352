"""How generated objects are called and told from others.

A policy and a named location have nothing but a name to carry a marker in Graph v1.0; a group has a description too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

__all__ = ["MARK", "allowed", "emergency", "marked", "marker", "nickname", "owned", "placeholder", "shared"]

MARK = "Grantwatch DC "
"""How the name of each object begins."""
_MARKER = "[grantwatch-policy-set"
_PLACE = re.compile(r"6772616e-7477-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LONGEST = 90


def placeholder(key: str) -> str:
    """An id for what has none yet: always the same for a key, and none that Entra ID gives (its first half is text)."""
    hex_ = hashlib.sha256(f"grantwatch {key}".encode()).hexdigest()
    return f"6772616e-7477-8{hex_[:3]}-{'89ab'[int(hex_[3], 16) % 4]}{hex_[4:7]}-{hex_[7:19]}"


def stands_in(id: str) -> bool:
    """True for a placeholder."""
    return bool(_PLACE.fullmatch(id.lower()))


def shared(allowances: Iterable[str]) -> str:
    """How the accounts of exactly these allowances are called together: their ids, or the first and a digest."""
    ids = sorted(allowances)
    said = "+".join(ids)
    if len(said) <= _LONGEST:
        return said
    return f"{ids[0][:60]}+{len(ids) - 1}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def marker(key: str) -> str:
    """What the description of a group ends with."""
    return f"{_MARKER} {key}]"


def nickname(key: str) -> str:
    """A mail nickname, which every group must have: unique by key, without a sign that is not accepted."""
    return f"grantwatch-dc-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def location(allowance: str, countries: bool = False) -> str:
    """The name of a named location."""
    return f"{MARK}location: {allowance}{' (countries)' if countries else ''}"


def allowed(label: str) -> str:
    """The name of a group of accounts that may use device code."""
    return f"{MARK}allowed: {label}"


def emergency() -> str:
    """The name of the group that every policy leaves out."""
    return f"{MARK}emergency access (break glass)"


BLOCK = f"{MARK}1: block device code for all but the allowed"
REGISTER = f"{MARK}3: MFA to register or join devices"


def outside(label: str) -> str:
    """The name of the policy that binds a group to its locations."""
    return f"{MARK}2: block device code outside its locations: {label}"


def register_outside(label: str) -> str:
    """The name of the policy on devices that register themselves."""
    return f"{MARK}3: MFA to register or join devices outside its locations: {label}"


_LABEL = r"[A-Za-z0-9._+-]+"
_OURS = re.compile(
    "|".join(
        (
            rf"{re.escape(MARK)}location: {_LABEL}(?: \(countries\))?",
            re.escape(allowed("")) + _LABEL,
            re.escape(emergency()),
            re.escape(BLOCK),
            re.escape(outside("")) + _LABEL,
            re.escape(REGISTER),
            re.escape(register_outside("")) + _LABEL,
        )
    ),
    re.IGNORECASE,
)
"""Names that a set may have, and no others: a copy that somebody made in the portal is not one of them."""


def owned(name: str) -> bool:
    """Whether an object of this name is one of a set."""
    return bool(_OURS.fullmatch(name))


def marked(description: str) -> bool:
    """Whether a group of such a description is."""
    return _MARKER in description
