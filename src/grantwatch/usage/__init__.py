"""Who uses device code, and who would need an allowance to go on doing so."""

from __future__ import annotations

from grantwatch.usage.inventory import STALE_DAYS, inventory
from grantwatch.usage.model import KINDS, Account, Attempts, Inventory, KeptOut, Place, Span, Use, UsedDevice
from grantwatch.usage.propose import EXPIRES_DAYS, Exposure, Line, Proposal, propose

__all__ = [
    "EXPIRES_DAYS",
    "KINDS",
    "STALE_DAYS",
    "Account",
    "Attempts",
    "Exposure",
    "Inventory",
    "KeptOut",
    "Line",
    "Place",
    "Proposal",
    "Span",
    "Use",
    "UsedDevice",
    "inventory",
    "propose",
]
