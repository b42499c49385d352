"""The room's one job: grants out of the two canonical tables. SQL narrows and folds, Python decides what is what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from grantwatch import knowledge
from grantwatch.grants import sql
from grantwatch.grants.facts import follow_on_of, merged
from grantwatch.grants.flow import Flow, Found, classify, gather
from grantwatch.grants.lineage import token_use_of
from grantwatch.grants.model import FollowOn, Grant, Leg, Outcome, Party, TieBy, TokenUse, User
from grantwatch.grants.rows import client_of, digest, leg_of, processing_value, resource_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["Reconstruction", "TaintedSession", "reconstruct"]


@dataclass(frozen=True, slots=True)
class TaintedSession:
    """A browser session that carries device code lineage without any grant in these logs."""

    user: str
    session_id: str | None
    first: datetime
    last: datetime
    records: int


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """The grants in time order, and what looks like lineage but has no grant to hang on."""

    grants: tuple[Grant, ...]
    tainted: tuple[TaintedSession, ...] = ()
    look_alikes: int = 0
    """Confirmation pages (50199, Cmsi) that were told apart from device code."""


@dataclass(slots=True)
class _Draft:
    """A grant while it is put together."""

    flow: Flow
    found: Found
    number: int = 0

    @property
    def anchor(self) -> dict[str, Any]:
        for roles in (("approval", "paired"), ("redemption",), ("sighting",), ("blocked",), ("declined",)):
            rows = self.flow.roles(*roles)
            if rows:
                return rows[0]
        return self.flow.rows[0]


def reconstruct(con: duckdb.DuckDBPyConnection) -> Reconstruction:
    """All grants in the records behind `con` (see records.load.read). The connection gets temporary tables."""
    sql.put(
        con,
        "code_kind",
        {"code": "INTEGER", "kind": "VARCHAR"},
        [(code.code, code.kind) for code in knowledge.codes()],
    )
    sql.put(
        con,
        "operation_kind",
        {"key": "VARCHAR", "kind": "VARCHAR", "always_tie": "BOOLEAN"},
        [(operation.key, operation.kind, operation.always_tie) for operation in knowledge.operations()],
    )
    sql.run(con, "candidates.sql")
    sql.run(con, "flows.sql")
    drafts, look_alikes = _drafts(con)
    _head(con, drafts)
    sql.run(con, "lineage.sql")
    tainted = _orphans(con, drafts)
    for number, draft in enumerate(drafts):
        draft.number = number
    _head(con, drafts)
    sql.run(con, "lineage.sql")
    uses = _token_uses(con, drafts)
    follow_ons = _follow_ons(con, drafts, uses)
    sessions = _session_users(con)
    grants = [_grant(draft, uses[draft.number], follow_ons[draft.number], sessions) for draft in drafts]
    return Reconstruction(tuple(sorted(grants, key=lambda g: (g.started_at, g.grant_id))), tuple(tainted), look_alikes)


def _drafts(con: duckdb.DuckDBPyConnection) -> tuple[list[_Draft], int]:
    by_user: dict[str, list[Flow]] = defaultdict(list)
    for _, legs in groupby(sql.rows(con, "legs.sql"), key=lambda row: row["flow_id"]):
        flow = Flow(list(legs))
        by_user[flow.user_key].append(flow)
    drafts: list[_Draft] = []
    look_alikes = 0
    for _, flows in sorted(by_user.items()):
        for flow in gather(flows):
            found = classify(flow)
            if found is None:
                look_alikes += any(row["code_kind"] == "confirm" or row["role"] == "sighting" for row in flow.rows)
                continue
            drafts.append(_Draft(flow, found))
    return _without_browser_tokens(drafts), look_alikes


def _without_browser_tokens(drafts: list[_Draft]) -> list[_Draft]:
    """A browser in a tainted session gets tokens silently; they are lineage of the grant before them, not a new one."""
    kept: list[_Draft] = []
    known: set[tuple[str, str]] = set()
    for draft in sorted(drafts, key=lambda draft: draft.flow.start):
        flow = draft.flow
        sessions = {(flow.user_key, session) for session in flow.values("session_id")}
        alone = flow.has("redemption") and not flow.has("approval", "paired", "sighting")
        browser = all(knowledge.agent(row["user_agent"]).is_browser for row in flow.roles("redemption"))
        if alone and browser and sessions & known:
            continue
        if flow.has("approval", "paired", "sighting", "redemption"):
            known |= sessions
        kept.append(draft)
    return kept


def _head(con: duckdb.DuckDBPyConnection, drafts: list[_Draft]) -> None:
    """Tell SQL which grants there are and which rows are their legs."""
    heads: list[tuple[Any, ...]] = []
    taken: list[tuple[Any, ...]] = []
    for number, draft in enumerate(drafts):
        draft.number = number
        flow = draft.flow
        anchor = draft.anchor
        sessions = sorted(flow.values("session_id")) or [None]
        upn = next((row["upn"] for row in flow.rows if row["upn"]), None)
        user_id = next((row["user_id"] for row in flow.rows if row["user_id"]), None)
        for session in sessions:
            heads.append(
                (number, flow.user_key, user_id, upn, session, flow.app_id, anchor["correlation_id"], flow.start)
            )
        taken += [(row["row_id"], number) for row in flow.rows if Found.kind_of(row) is not None]
    sql.put(
        con,
        "head",
        {
            "grant_no": "INTEGER",
            "user_key": "VARCHAR",
            "user_id": "VARCHAR",
            "upn": "VARCHAR",
            "session_id": "VARCHAR",
            "app_id": "VARCHAR",
            "correlation_id": "VARCHAR",
            "started_at": "TIMESTAMP",
        },
        heads,
    )
    sql.put(con, "taken", {"row_id": "BIGINT", "grant_no": "INTEGER"}, taken)


def _orphans(con: duckdb.DuckDBPyConnection, drafts: list[_Draft]) -> list[TaintedSession]:
    """Lineage whose grant lies outside these logs: a grant where a device uses it, else a tainted browser."""
    tainted: list[TaintedSession] = []
    anchors: dict[int, dict[str, Any]] = {}
    for row in list(sql.rows(con, "orphans.sql")):
        if row["device_records"] and row["anchor_row"] is not None:
            anchors[row["anchor_row"]] = row
        else:
            tainted.append(
                TaintedSession(
                    row["user_key"], row["session_id"] or None, row["first_time"], row["last_time"], row["records"]
                )
            )
    if anchors:
        sql.put(con, "anchor", {"row_id": "BIGINT"}, [(row_id,) for row_id in anchors])
        for row in sql.rows(con, "anchors.sql"):
            issued = anchors[row["row_id"]]["issued"]
            found = Found(
                Outcome.REDEEMED if issued else Outcome.BLOCKED,
                0.7,
                "tokens of a device code session are in use; the grant itself lies outside these logs",
            )
            drafts.append(_Draft(Flow([row]), found))
    return tainted


def _token_uses(con: duckdb.DuckDBPyConnection, drafts: list[_Draft]) -> dict[int, list[TokenUse]]:
    uses: dict[int, list[TokenUse]] = defaultdict(list)
    for row in sql.rows(con, "folded.sql"):
        draft = drafts[row["grant_no"]]
        uses[draft.number].append(token_use_of(row, draft.flow))
    return uses


def _follow_ons(
    con: duckdb.DuckDBPyConnection, drafts: list[_Draft], uses: dict[int, list[TokenUse]]
) -> dict[int, list[FollowOn]]:
    prefixes: set[tuple[int, str]] = set()
    for draft in drafts:
        theirs = {row["prefix"] for row in draft.flow.roles("redemption") if row["prefix"]}
        theirs |= {
            use.network.prefix for use in uses[draft.number] if use.party is Party.REDEEMER and use.network.prefix
        }
        own = {row["prefix"] for row in draft.flow.roles("approval", "paired", "sighting", "interrupt")}
        prefixes |= {(draft.number, prefix) for prefix in theirs - own}
    sql.put(con, "grant_prefix", {"grant_no": "INTEGER", "prefix": "VARCHAR"}, sorted(prefixes))
    sql.run(con, "grant_tokens.sql")
    sql.run(con, "follow_ons.sql")
    found: dict[int, list[FollowOn]] = defaultdict(list)
    for number, group in groupby(list(sql.rows(con, "follow_ons_folded.sql")), key=lambda row: row["grant_no"]):
        found[number] = merged([(follow_on_of(row), row["correlation_id"]) for row in group])
    return found


def _session_users(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(
        con.execute(
            "SELECT s.session_id, count(DISTINCT s.user_key) FROM sign_ins AS s "
            "WHERE s.session_id IN (SELECT session_id FROM head) GROUP BY s.session_id"
        ).fetchall()
    )


def _grant(draft: _Draft, uses: list[TokenUse], follow_ons: list[FollowOn], sessions: dict[str, int]) -> Grant:
    flow, found, anchor = draft.flow, draft.found, draft.anchor
    legs = tuple(_legs(draft))
    outcome = found.outcome
    if outcome is Outcome.APPROVED and any(use.party is Party.REDEEMER and use.count > use.failures for use in uses):
        outcome = Outcome.REDEEMED
    upn = next((row["upn"] for row in flow.rows if row["upn"]), None)
    user_id = next((row["user_id"] for row in flow.rows if row["user_id"]), None)
    session = _first(anchor, flow, "session_id")
    ends = [leg.time for leg in legs] + [use.last for use in uses] + [flow.rows[-1]["time"]]
    source = (flow.roles("redemption") or [anchor])[0]["processing"] or anchor["processing"]
    return Grant(
        grant_id=digest(
            flow.user_key if user_id is None else user_id, anchor["request_id"] or "", flow.app_id, _second(anchor)
        ),
        tenant_id=_first(anchor, flow, "tenant_id"),
        user=User(user_id, upn, _first(anchor, flow, "user_type"), _first(anchor, flow, "home_tenant_id")),
        client=client_of(_named(anchor, flow, "app")),
        resource=resource_of(_named(anchor, flow, "resource")),
        started_at=flow.start,
        last_seen=max(ends),
        outcome=outcome,
        certainty=found.certainty,
        basis=found.basis,
        correlation_id=_first(anchor, flow, "correlation_id"),
        session_id=session,
        legs=legs,
        token_uses=tuple(uses),
        follow_ons=tuple(follow_ons),
        scopes=processing_value(source, "Oauth Scope Info"),
        role_ids=processing_value(source, "wids"),
        session_users=sessions.get(session or "", 1),
        unseen=tuple(_unseen(flow, outcome)),
    )


def _legs(draft: _Draft) -> list[Leg]:
    """The legs in time order. The same record told by two logs stays two legs: each has its own source."""
    legs: list[Leg] = []
    anchor = draft.anchor
    for row in draft.flow.rows:
        kind = Found.kind_of(row)
        if kind is None and row["role"] != "token_use":
            continue
        if kind is None:
            continue
        if row["row_id"] == anchor["row_id"] and row["path"] == anchor["path"]:
            tie = TieBy.SELF
        elif row["row_id"] in draft.flow.joined:
            tie = TieBy(draft.flow.joined[row["row_id"]])
        elif row["correlation_id"]:
            tie = TieBy.CORRELATION_ID
        else:
            tie = TieBy.SESSION_ID if row["session_id"] else TieBy.USER_CLIENT_TIME
        legs.append(leg_of(row, kind, tie))
    return legs


def _first(anchor: dict[str, Any], flow: Flow, column: str) -> str | None:
    value = anchor[column] or next((row[column] for row in flow.rows if row[column]), None)
    return str(value) if value is not None else None


def _named(anchor: dict[str, Any], flow: Flow, what: str) -> dict[str, Any]:
    """The anchor's client or resource, with a name from any row that has the same id."""
    identifier = _first(anchor, flow, f"{what}_id")
    name = next(
        (row[f"{what}_name"] for row in flow.rows if row[f"{what}_id"] == identifier and row[f"{what}_name"]), None
    )
    return {**anchor, f"{what}_id": identifier, f"{what}_name": name}


def _second(row: dict[str, Any]) -> str:
    time: datetime = row["time"]
    return (time - timedelta(microseconds=time.microsecond)).isoformat()


def _unseen(flow: Flow, outcome: Outcome) -> list[str]:
    unseen: list[str] = []
    if outcome in (Outcome.REDEEMED, Outcome.APPROVED):
        if not flow.has("approval", "paired", "sighting"):
            unseen.append("the approval: who entered the code, from where")
        if not flow.has("redemption"):
            unseen.append("the redemption: who received the first token, from where")
    return unseen
