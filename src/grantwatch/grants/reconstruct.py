"""The room's one job: grants out of the two canonical tables. SQL narrows and folds, Python decides what is what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from grantwatch import knowledge
from grantwatch.grants import sql
from grantwatch.grants.drafts import Draft, TaintedSession, drafts_of, orphans
from grantwatch.grants.flow import Flow, Found
from grantwatch.grants.model import FollowOn, Grant, Leg, Outcome, Party, TieBy, TokenUse, User
from grantwatch.grants.rows import STRENGTH, client_of, leg_of, processing_value, resource_of
from grantwatch.grants.settle import settle, tell
from grantwatch.records import late
from grantwatch.records.database import beside

if TYPE_CHECKING:
    import duckdb

__all__ = ["Reconstruction", "Subject", "TaintedSession", "Watch", "reconstruct"]


class Reconstruction(NamedTuple):
    """The grants in order of time and then of id, and what looks like lineage but has no grant to hang on."""

    grants: tuple[Grant, ...]
    tainted: tuple[TaintedSession, ...] = ()
    look_alikes: int = 0
    """Confirmation pages (50199, Cmsi) that were told apart from device code."""


class Subject(NamedTuple):
    """Of a grant that is still put together: its place among the grants, by what its user goes, and its start (UTC)."""

    number: int
    user_key: str
    started_at: datetime


class Watch:
    """Is told how far grants are, to work on them meanwhile, on a connection of its own. This one has nothing to do."""

    def near(self) -> None:
        """Called once `flow_key` says who may have a grant; the table `person` is there."""

    def found(self, subjects: Sequence[Subject]) -> None:
        """Called once it is known whose grants there are."""

    def tied(self) -> None:
        """Called once `flow_row`, `taken` (legs) and `token_use` (lineage) say what belongs to them."""


def reconstruct(con: duckdb.DuckDBPyConnection, watch: Watch | None = None) -> Reconstruction:
    """All grants in the records behind `con` (see records.load.read). The database gets tables of its own.

    `watch` is told how far it is. It is told everything once more where grants are found that lie outside these logs.
    """
    watch = watch or Watch()
    codes = [(code.code, code.kind) for code in knowledge.codes()]
    sql.put(con, "code_kind", {"code": "INTEGER", "kind": "VARCHAR"}, codes)
    sql.run(con, "candidates.sql")
    watch.near()
    late.fill(con, "near_row")
    sql.run(con, "flow_rows.sql")
    with beside(con) as other, ThreadPoolExecutor(1) as pool:
        # Beside what follows: it needs no more than `flow_row`.
        counted = pool.submit(_session_users, other)
        sql.run(con, "flows.sql")
        drafts, look_alikes = drafts_of(con)
        _numbered(con, drafts, watch)
        # The engine lets Python work while it is asked.
        built = pool.submit(_build_legs, drafts)
        deeds = _deeds(con)
        settled = settle(con, drafts, deeds=deeds, tied=watch.tied)
        found, tainted = orphans(con)
        sessions = counted.result()
        built.result()
    if found:
        _build_legs(found)
        drafts += found
        _numbered(con, drafts, watch)
        settled = settle(con, drafts, deeds=deeds, tied=watch.tied)
        _, tainted = orphans(con)
    grants = [
        _grant(draft, settled.uses.get(draft.number, ()), settled.follow_ons.get(draft.number, ()), sessions)
        for draft in drafts
    ]
    return Reconstruction(tuple(grants), tuple(tainted), look_alikes)


def _numbered(con: duckdb.DuckDBPyConnection, drafts: list[Draft], watch: Watch) -> None:
    """Put the drafts in the order of their grants, and tell the watch and the engine of them."""
    drafts.sort(key=lambda draft: (draft.flow.start, draft.grant_id))
    for number, draft in enumerate(drafts):
        draft.number = number
    watch.found([Subject(draft.number, draft.user_key, draft.flow.start) for draft in drafts])
    tell(con, drafts)


def _deeds(con: duckdb.DuckDBPyConnection) -> bool:
    """Gather the activities that can follow a grant. False where there are none."""
    if not con.execute("SELECT 1 FROM activities LIMIT 1").fetchall():
        return False
    known = knowledge.operations()
    said = {(each.key, each.containing) for each in known if each.containing}
    sql.put(
        con,
        "operation_kind",
        {
            "key": "VARCHAR",
            "name": "VARCHAR",
            "kind": "VARCHAR",
            "always_tie": "BOOLEAN",
            "service_ip": "BOOLEAN",
            "of_target": "BOOLEAN",
            "every_grant": "BOOLEAN",
            "user_hours": "INTEGER",
            "network_hours": "INTEGER",
            "client_hours": "INTEGER",
            "before_minutes": "INTEGER",
            "burst_minutes": "INTEGER",
            "words": "VARCHAR",
            "containing": "VARCHAR",
            "besides": "VARCHAR",
        },
        [
            (
                each.key,
                each.name,
                each.kind,
                each.always_tie,
                each.service_ip,
                each.of_target,
                each.every_grant,
                each.user_hours,
                each.network_hours,
                each.client_hours,
                each.before_minutes,
                each.burst_minutes,
                knowledge.word_pattern(each.words) if each.words else None,
                each.containing,
                next((text for key, text in said if key == each.key and each.containing is None), None),
            )
            for each in known
        ],
    )
    sql.put(
        con,
        "request_area",
        {"segment": "VARCHAR", "area": "VARCHAR", "recon": "BOOLEAN"},
        [(each.segment, each.area, each.recon) for each in knowledge.request_areas()],
    )
    sql.run(con, "deeds.sql")
    return bool(con.execute("SELECT 1 FROM deed LIMIT 1").fetchall())


def _session_users(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many people have records in each session that rows near a flow are of."""
    return {row["session_id"]: row["users"] for row in sql.rows(con, "session_users.sql")}


def _grant(
    draft: Draft, uses: Sequence[TokenUse], follow_ons: Sequence[FollowOn], sessions: Mapping[str, int]
) -> Grant:
    flow, found, anchor, legs = draft.flow, draft.found, draft.anchor, draft.legs
    outcome = found.outcome
    if outcome is Outcome.APPROVED and any(map(_in_use, uses)):
        outcome = Outcome.REDEEMED
    user_id = draft.said("user_id")
    session = draft.first("session_id")
    ends = [leg.time for leg in legs] + [use.last for use in uses] + [flow.rows[-1]["time"]]
    source = (flow.roles("redemption") or [anchor])[0]["processing"] or anchor["processing"]
    return Grant(
        grant_id=draft.grant_id,
        tenant_id=draft.first("tenant_id"),
        user=User(user_id, draft.said("upn"), draft.first("user_type"), draft.first("home_tenant_id")),
        client=client_of(_named(draft, "app")),
        resource=resource_of(_named(draft, "resource")),
        started_at=flow.start,
        last_seen=max(ends),
        outcome=outcome,
        certainty=found.certainty,
        basis=found.basis,
        correlation_id=draft.first("correlation_id"),
        session_id=session,
        legs=legs,
        token_uses=tuple(uses),
        follow_ons=tuple(follow_ons),
        scopes=processing_value(source, "Oauth Scope Info"),
        role_ids=processing_value(source, "wids"),
        cross_tenant=draft.first("cross_tenant"),
        session_users=sessions.get(session or "", 1),
        unseen=tuple(_unseen(flow, outcome)),
    )


def _in_use(use: TokenUse) -> bool:
    """True where the device got a token by a tie that is worth more than the person and the time."""
    return use.party is Party.REDEEMER and use.count > use.failures and use.tie.strength > STRENGTH[TieBy.USER_TIME]


def _build_legs(drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        draft.legs = tuple(_legs(draft))


def _legs(draft: Draft) -> Iterator[Leg]:
    """The legs in time order. The same record told by two logs stays two legs: each has its own source."""
    anchor = draft.anchor
    for row in draft.flow.rows:
        kind = Found.kind_of(row)
        if kind is not None:
            yield leg_of(row, kind, draft.flow.tie(row, anchor))


def _named(draft: Draft, what: str) -> dict[str, Any]:
    """The anchor's client or resource, with a name from any row that has the same id."""
    identifier = draft.first(f"{what}_id")
    names = (row[f"{what}_name"] for row in draft.flow.rows if row[f"{what}_id"] == identifier)
    return {**draft.anchor, f"{what}_id": identifier, f"{what}_name": next((name for name in names if name), None)}


def _unseen(flow: Flow, outcome: Outcome) -> list[str]:
    unseen: list[str] = []
    if outcome in (Outcome.REDEEMED, Outcome.APPROVED):
        if not flow.has("approval", "paired", "sighting"):
            unseen.append("the approval: who entered the code, from where")
        if not flow.has("redemption"):
            unseen.append("the redemption: who received the first token, from where")
    return unseen
