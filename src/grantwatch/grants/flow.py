"""From the legs of one flow to a judgement: was this a device code grant, how sure is that, and how far did it get."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import LegKind, Outcome, TieBy
from grantwatch.grants.rows import STRENGTH, names_the_flow

__all__ = ["Flow", "Found", "classify"]

_KINDS = {
    "approval": LegKind.APPROVAL,
    "paired": LegKind.APPROVAL,
    "redemption": LegKind.REDEMPTION,
    "interrupt": LegKind.INTERRUPT,
    "declined": LegKind.DECLINED,
    "blocked": LegKind.BLOCKED,
    "sighting": LegKind.SIGHTING,
}


@dataclass(slots=True)
class Flow:
    """The legs that SQL put under one key, in time order, as rows by column name."""

    rows: list[dict[str, Any]]
    joined: dict[int, tuple[int, TieBy]] = field(default_factory=dict)
    """Rows that came from another flow, by row id: which one, as a number, and the tie that brought it."""

    def roles(self, *roles: str) -> list[dict[str, Any]]:
        """The rows of these roles, in time order."""
        return [row for row in self.rows if row["role"] in roles]

    def has(self, *roles: str) -> bool:
        """True where any row has one of these roles."""
        return any(row["role"] in roles for row in self.rows)

    @property
    def user_key(self) -> str:
        """The person, by object id or else by principal name."""
        return str(self.rows[0]["user_key"])

    @property
    def app_id(self) -> str | None:
        """The client that asked."""
        return next((row["app_id"] for row in self.rows if row["app_id"]), None)

    @property
    def start(self) -> datetime:
        """The approval, else the first record seen."""
        first: datetime = (self.roles("approval", "paired") or self.roles("sighting") or self.rows)[0]["time"]
        return first

    def values(self, column: str) -> set[Any]:
        """What the rows say in one column, without the unsaid."""
        return {row[column] for row in self.rows if row[column]}

    @property
    def lineage(self) -> bool:
        """True where every row carries the lineage of the device code flow."""
        return all(row["transfer"] == "devicecodeflow" for row in self.rows)

    def absorb(self, other: Flow, tie: TieBy) -> None:
        """Take over the rows of another flow."""
        number = 1 + max((number for number, _ in self.joined.values()), default=0)
        for row in other.rows:
            _, before = other.joined.get(row["row_id"], (0, tie))
            self.joined[row["row_id"]] = (number, min(before, tie, key=STRENGTH.__getitem__))
        self.rows = sorted(self.rows + other.rows, key=lambda row: (row["time"], row["role"], str(row["request_id"])))

    def tie(self, row: dict[str, Any], anchor: dict[str, Any]) -> TieBy:
        """How a row was joined to the one that the grant is anchored on."""
        if row["row_id"] == anchor["row_id"]:
            return TieBy.SELF
        number, by = self.joined.get(row["row_id"], (0, None))
        home, brought = self.joined.get(anchor["row_id"], (0, None))
        if number != home:
            return min((tie for tie in (by, brought) if tie is not None), key=STRENGTH.__getitem__)
        if row["correlation_id"]:
            return TieBy.CORRELATION_ID
        return TieBy.SESSION_ID if row["session_id"] else TieBy.USER_CLIENT_TIME


class Found(NamedTuple):
    """A flow that is a grant: outcome, certainty (0–1) and why, in words."""

    outcome: Outcome
    certainty: float
    basis: str

    @staticmethod
    def kind_of(row: dict[str, Any]) -> LegKind | None:
        """The leg kind of a row's role; None for rows that only stand beside the flow."""
        return _KINDS.get(row["role"])


def classify(flow: Flow) -> Found | None:
    """What a flow is. None where it is a look-alike or nothing that device code leaves behind."""
    if flow.has("redemption"):
        outcome = Outcome.REDEEMED
        if flow.has("approval"):
            return Found(outcome, 1.0, "the approval and the redemption of the code are both in the logs")
        if flow.has("paired", "sighting"):
            return Found(outcome, 0.95, "a token of the device code flow, and a confirmation page passed before it")
        return Found(outcome, 0.9, "a token was issued in a device code session; the approval is not in these logs")
    refused = _refused(flow)
    if flow.has("approval"):
        explicit = any(row["protocol"] == "devicecode" for row in flow.roles("approval"))
        certainty = 1.0 if explicit else 0.9
        said = (
            "the sign-in names the device code protocol" if explicit else "the sign-in carries the device code lineage"
        )
        if refused:
            return Found(Outcome.BLOCKED, certainty, f"{said}; the token was refused")
        return Found(Outcome.APPROVED, certainty, said)
    if flow.has("sighting"):
        if refused:
            return Found(Outcome.BLOCKED, 0.6, "a confirmation page was passed and the sign-in then refused")
        if flow.has("plain") or _look_alike(flow):
            return None
        return Found(
            Outcome.APPROVED,
            0.6,
            f"{_source(flow)} the confirmation page of device code (Cmsi); others use it too",
        )
    return _unapproved(flow, refused)


def _source(flow: Flow) -> str:
    unified = any(row["form"].startswith("ual") for row in flow.roles("sighting"))
    return "the Unified Audit Log shows" if unified else "the sign-in records show"


def _unapproved(flow: Flow, refused: bool) -> Found | None:
    confirmed = any(row["code_kind"] == "confirm" for row in flow.rows)
    if refused:
        if _names_the_flow(flow):
            return Found(Outcome.BLOCKED, 0.9, "a policy on the device code flow refused the sign-in")
        if confirmed and not flow.has("plain") and not _look_alike(flow):
            return Found(
                Outcome.BLOCKED, 0.6, "the confirmation page of device code was shown, then the sign-in was refused"
            )
        return None
    if flow.has("paired") and confirmed and not _look_alike(flow):
        return Found(
            Outcome.APPROVED,
            0.6,
            "the confirmation page (50199) was followed by success; these logs do not name the protocol",
        )
    if any(row["code_kind"] in ("wrong_code", "pending") for row in flow.rows):
        return Found(Outcome.ABANDONED, 0.9, "a device code was entered wrongly, expired or was never confirmed")
    if confirmed and not flow.has("plain", "paired", "passed") and not _look_alike(flow):
        return Found(Outcome.ABANDONED, 0.4, "the confirmation page of device code was shown and nothing came of it")
    return None


def _refused(flow: Flow) -> bool:
    blocks = flow.roles("blocked")
    if not blocks:
        return False
    passed = flow.roles("approval", "paired", "sighting")
    return not passed or blocks[-1]["time"] >= passed[-1]["time"]


def _names_the_flow(flow: Flow) -> bool:
    """True where a refused row itself says device code: by protocol, lineage, or the condition of the policy."""
    return any(
        row["protocol"] == "devicecode" or row["transfer"] == "devicecodeflow" or names_the_flow(row["policies"])
        for row in flow.roles("blocked")
    )


def _look_alike(flow: Flow) -> bool:
    """Confirmation pages that are not device code: custom-scheme apps on phones, enrolment, Authenticator.

    A phone may approve a code as well, so a command line client on the other side keeps it a sighting.
    """
    client = knowledge.client(flow.app_id)
    if client is not None and client.kind == "enrolment":
        return True
    # Office clients on phones have custom schemes, so that a room device uses them says nothing here.
    if client is not None and client.device_code_usual and client.kind != "office":
        return False
    return all(_mobile(row) for row in flow.rows)


def _mobile(row: dict[str, Any]) -> bool:
    agent = knowledge.agent(row["user_agent"])
    system = (row["device_os"] or agent.os or "").lower()
    return agent.kind in ("mobile_browser", "app") or any(
        name in system for name in ("ios", "android", "iphone", "ipad")
    )
