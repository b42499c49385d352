"""What a persona or a campaign tells: events, and what is true of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grantwatch.lab.events import ActivityEvent, Event, SignInEvent

__all__ = ["OUTCOMES", "Decoy", "Given", "Told"]

OUTCOMES = ("redeemed", "approved", "abandoned", "blocked")


@dataclass(frozen=True, slots=True)
class Given:
    """One device code flow, honest or not, with all that came of it. Its events are told by it, not beside it.

    `sign_ins` are its own legs and later token uses, of one user; `follow_ons` what was done with the tokens.
    """

    sign_ins: Sequence[SignInEvent]
    note: str
    outcome: str = "redeemed"
    follow_ons: Sequence[ActivityEvent] = ()

    @property
    def legs(self) -> list[SignInEvent]:
        """Interrupt, approval, redemption, block: they share the first one's correlation id."""
        first = self.sign_ins[0].correlation_id
        return [event for event in self.sign_ins if event.correlation_id == first]

    @property
    def uses(self) -> list[SignInEvent]:
        """Later token uses."""
        first = self.sign_ins[0].correlation_id
        return [event for event in self.sign_ins if event.correlation_id != first]

    @property
    def approval(self) -> SignInEvent | None:
        """The approval, where there was one."""
        return next((event for event in self.sign_ins if event.protocol == "deviceCode"), None)


@dataclass(frozen=True, slots=True)
class Decoy:
    """Sign-ins that look like a device code flow and are none. `kind` names the likeness."""

    kind: str
    sign_ins: Sequence[SignInEvent]
    note: str


Told = Event | Given | Decoy
