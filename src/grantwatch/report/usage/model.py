"""What one run of `grantwatch usage` has to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grantwatch.usage import Inventory, Proposal
    from grantwatch.usage.compare import Checked

__all__ = ["Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """An inventory, what was proposed from it, and a file that was checked; each where it was asked for."""

    inventory: Inventory | None = None
    proposal: Proposal | None = None
    checked: Checked | None = None
