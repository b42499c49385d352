"""The ground truth of a tenant: every device code flow in its records, and what only looks like one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grantwatch.lab.events import SignInEvent
from grantwatch.lab.simulate.told import Decoy, Given

__all__ = ["FORMAT", "USES", "Truth"]

FORMAT = "grantwatch-truth/1"
USES = 20
"""At most so many later token uses are named for a grant."""


def utc(time: datetime) -> str:
    """UTC in whole seconds, with Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Truth:
    """Gathers what is told; `end` is where the logs end (UTC)."""

    def __init__(self, end: datetime) -> None:
        self._end = end
        self._grants: list[tuple[datetime, dict[str, Any]]] = []
        self._decoys: list[tuple[datetime, dict[str, Any]]] = []

    def grant(
        self,
        given: Given,
        *,
        persona: str | None = None,
        campaign: str | None = None,
        attack: str | None = None,
        hard: bool = False,
        drill: bool = False,
    ) -> None:
        """A flow of a persona, or of an attack."""
        legs = [leg for leg in given.legs if leg.time < self._end]
        if not legs:
            return
        began = given.approval or legs[0]
        uses = [use.request_id for use in given.uses if use.time < self._end]
        self._grants.append(
            (
                began.time,
                {
                    "user_id": began.user.id,
                    "upn": began.user.upn,
                    "persona": persona,
                    "campaign": campaign,
                    "attack": attack,
                    "malicious": campaign is not None,
                    "hard": hard,
                    "drill": drill,
                    "outcome": given.outcome,
                    "client_id": began.client.id,
                    "resource_id": began.resource.id,
                    "started_at": utc(began.time),
                    "correlation_id": began.correlation_id,
                    "session_id": began.session_id,
                    "request_ids": [leg.request_id for leg in legs],
                    "token_request_ids": uses[:USES],
                    "follow_on_ids": [deed.record_id for deed in given.follow_ons if deed.time < self._end],
                    "note": given.note,
                },
            )
        )

    def decoy(self, decoy: Decoy) -> None:
        """Sign-ins that are no device code flow."""
        seen: list[SignInEvent] = [event for event in decoy.sign_ins if event.time < self._end]
        if seen:
            said = {
                "id": decoy.kind,
                "user_id": seen[0].user.id,
                "request_ids": [event.request_id for event in seen],
                "note": decoy.note,
            }
            self._decoys.append((seen[0].time, said))

    @property
    def grants(self) -> list[dict[str, Any]]:
        """All flows by the time at which they began, numbered from 1."""
        ordered = sorted(self._grants, key=lambda told: (told[0], told[1]["request_ids"][0]))
        return [{"grant": number, **said} for number, (_, said) in enumerate(ordered, 1)]

    @property
    def decoys(self) -> list[dict[str, Any]]:
        """All look-alikes by time."""
        return [said for _, said in sorted(self._decoys, key=lambda told: (told[0], told[1]["request_ids"][0]))]
