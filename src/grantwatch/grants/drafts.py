"""Grants while they are put together: a flow, what it is, and what in the logs is only its lineage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from grantwatch import knowledge
from grantwatch.grants import sql
from grantwatch.grants.flow import Flow, Found, classify
from grantwatch.grants.gather import gather
from grantwatch.grants.model import Leg, Outcome
from grantwatch.grants.rows import digest

if TYPE_CHECKING:
    import duckdb

__all__ = ["Draft", "TaintedSession", "drafts_of", "orphans"]

_PASSED = ("approval", "paired", "sighting", "redemption")


@dataclass(slots=True)
class Draft:
    """A grant in the making. `number` is its place among all grants of these logs, in order of time and then of id."""

    flow: Flow
    found: Found
    number: int = 0
    legs: tuple[Leg, ...] = ()
    """In time order, once they are built."""
    anchor: dict[str, Any] = field(init=False)
    """The row that stands for the grant: the approval where it was seen."""
    grant_id: str = field(init=False)
    """Sixteen hex digits from what every log of it says: who, which request, which client, and when."""

    def __post_init__(self) -> None:
        flow = self.flow
        anchor = self.anchor = _anchor(flow)
        time: datetime = anchor["time"]
        second = time - timedelta(microseconds=time.microsecond)
        user = self.said("user_id") or flow.user_key
        self.grant_id = digest(user, anchor["request_id"] or "", flow.app_id, second.isoformat())

    @property
    def user_key(self) -> str:
        """By what its user goes: the object id, else the principal name."""
        return self.said("user_id") or self.said("upn") or ""

    @property
    def alive(self) -> bool:
        """True where somebody may hold a token: from a refused or abandoned grant nothing can descend."""
        return self.found.outcome in (Outcome.REDEEMED, Outcome.APPROVED)

    def first(self, column: str) -> str | None:
        """What the anchor says in a column, else what any row says."""
        value = self.anchor[column] or next((row[column] for row in self.flow.rows if row[column]), None)
        return str(value) if value is not None else None

    def said(self, column: str) -> str | None:
        """The first thing that any row says in a column."""
        return next((row[column] for row in self.flow.rows if row[column]), None)


def _anchor(flow: Flow) -> dict[str, Any]:
    for roles in (("approval", "paired"), ("redemption",), ("sighting",), ("blocked",), ("declined",)):
        rows = flow.roles(*roles)
        if rows:
            return rows[0]
    return flow.rows[0]


class TaintedSession(NamedTuple):
    """A browser session that carries device code lineage without any grant in these logs."""

    user: str
    session_id: str | None
    first: datetime
    last: datetime
    records: int


def drafts_of(con: duckdb.DuckDBPyConnection) -> tuple[list[Draft], int]:
    """Every flow that is a grant, and how many confirmation pages were told apart from device code."""
    by_user: dict[str, list[Flow]] = defaultdict(list)
    for _, legs in groupby(_legs(con), key=lambda row: row["flow_id"]):
        flow = Flow(list(legs))
        by_user[flow.user_key].append(flow)
    drafts: list[Draft] = []
    look_alikes = 0
    for _, flows in sorted(by_user.items()):
        for flow in gather(flows):
            found = classify(flow)
            if found is None:
                look_alikes += any(row["code_kind"] == "confirm" or row["role"] == "sighting" for row in flow.rows)
                continue
            drafts.append(Draft(flow, found))
    return _without_lineage(drafts), look_alikes


def _legs(con: duckdb.DuckDBPyConnection) -> Iterable[dict[str, Any]]:
    for row in sql.rows(con, "legs.sql"):
        client_app = (row["client_app"] or "").lower()
        row["in_browser"] = client_app in ("", "browser") and knowledge.agent(row["user_agent"]).is_browser
        row["says_browser"] = client_app == "browser"
        yield row


def _without_lineage(drafts: list[Draft]) -> list[Draft]:
    """Leave out what looks like a grant of its own and is the lineage of one: it will be found again as a token use.

    A browser in a session that carries the lineage gets tokens silently, and so is refused them.
    """
    kept: list[Draft] = []
    known: set[tuple[str, str]] = set()
    for draft in sorted(drafts, key=lambda draft: draft.flow.start):
        flow = draft.flow
        sessions = {(flow.user_key, session) for session in flow.values("session_id")}
        if not flow.has("approval", "paired", "sighting") and flow.lineage:
            redeemed = flow.roles("redemption")
            silent = bool(redeemed) and all(row["in_browser"] for row in redeemed)
            refused = not redeemed and all(row["role"] == "blocked" for row in flow.rows)
            if sessions & known and (silent or refused):
                continue
            if silent and all(row["says_browser"] for row in redeemed):
                continue
        if flow.has(*_PASSED):
            known |= sessions
        kept.append(draft)
    return kept


def orphans(con: duckdb.DuckDBPyConnection) -> tuple[list[Draft], list[TaintedSession]]:
    """Lineage whose grant lies outside these logs: a grant where a device uses it, else a browser's session.

    Needs the table `token_use` with every tie that there is.
    """
    agents = [
        agent
        for (agent,) in con.execute(
            "SELECT DISTINCT user_agent FROM token_use WHERE grant_no IS NULL AND user_agent IS NOT NULL"
        ).fetchall()
    ]
    browsers = sorted(agent for agent in agents if knowledge.agent(agent).is_browser)
    sql.put(con, "browser_agent", {"user_agent": "VARCHAR"}, [(agent,) for agent in browsers])
    tainted: list[TaintedSession] = []
    redeemed: dict[int, bool] = {}
    for row in sql.rows(con, "orphans.sql"):
        if row["device_records"]:
            redeemed[row["anchor_row"]] = row["redeemed"] > 0
            continue
        tainted.append(
            TaintedSession(
                row["user_key"], row["session_id"] or None, row["first_time"], row["last_time"], row["records"]
            )
        )
    if not redeemed:
        return [], tainted
    sql.put(con, "anchor", {"row_id": "BIGINT"}, [(row_id,) for row_id in redeemed])
    drafts = [
        Draft(
            Flow([row]),
            Found(
                Outcome.REDEEMED if redeemed[row["row_id"]] else Outcome.BLOCKED,
                0.7,
                "tokens of a device code session are in use; the grant itself lies outside these logs",
            ),
        )
        for row in sql.rows(con, "anchors.sql")
    ]
    return drafts, tainted
