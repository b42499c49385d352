"""What belongs to each grant: its lineage, and what was done with it. SQL ties, Python says whose hands it was in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from grantwatch.grants import sql
from grantwatch.grants.drafts import Draft
from grantwatch.grants.facts import follow_on_of, merged
from grantwatch.grants.flow import Found
from grantwatch.grants.lineage import token_uses_of
from grantwatch.grants.model import FollowOn, Party, TieBy, TokenUse
from grantwatch.grants.rows import STRENGTH
from grantwatch.records import late

if TYPE_CHECKING:
    import duckdb

__all__ = ["Settled", "settle", "tell"]

_AT_ONCE = timedelta(minutes=60)
_SKEW = timedelta(minutes=1)


@dataclass(slots=True)
class Settled:
    """Token uses and follow-ons by the number of their grant."""

    uses: dict[int, list[TokenUse]]
    follow_ons: dict[int, list[FollowOn]]


class _Owned(NamedTuple):
    """A device that was registered after a grant, with the strength (0–1) of the tie that says so."""

    user_key: str
    since: datetime
    strength: float
    number: int


def settle(con: duckdb.DuckDBPyConnection, drafts: list[Draft], *, deeds: bool, tied: Callable[[], None]) -> Settled:
    """Tie everything to `drafts`, of which `tell` has told. Needs flow_row, and the `deeds` if any.

    `tied` is called once it is settled which rows are legs of a grant, or of its lineage.
    """
    sql.run(con, "lineage.sql")
    if not deeds:
        # Where nothing is known of what was done, no device of a grant is either.
        tied()
    uses, approver_folds = _token_uses(con, drafts, {})
    follow_ons = _follow_ons(con, drafts, uses, approver_folds) if deeds else {}
    owned = _owned(drafts, follow_ons)
    if owned:
        sql.put(
            con,
            "grant_device",
            {"grant_no": "INTEGER", "user_key": "VARCHAR", "device_id": "VARCHAR", "since": "TIMESTAMP"},
            [(of.number, of.user_key, device, of.since) for device, of in sorted(owned.items())],
        )
        sql.run(con, "device_rows.sql")
        late.fill(con, "device_row")
        sql.run(con, "device_uses.sql")
        # A device's tokens and networks tie more of what was done with it.
        uses, approver_folds = _token_uses(con, drafts, owned)
        follow_ons = _follow_ons(con, drafts, uses, approver_folds)
    if deeds:
        tied()
    return Settled(uses, follow_ons)


def tell(con: duckdb.DuckDBPyConnection, drafts: list[Draft]) -> None:
    """Tell SQL which grants there are, and which rows are their legs."""
    heads: list[tuple[Any, ...]] = []
    taken: list[tuple[Any, ...]] = []
    for draft in drafts:
        number = draft.number
        flow, correlation_id = draft.flow, draft.anchor["correlation_id"]
        names = (number, flow.user_key, draft.said("user_id"), draft.said("upn"))
        for session in sorted(flow.values("session_id")) or [None]:
            heads.append((*names, session, flow.app_id, correlation_id, flow.start, draft.alive))
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
            "alive": "BOOLEAN",
        },
        heads,
    )
    sql.put(con, "taken", {"row_id": "BIGINT", "grant_no": "INTEGER"}, taken)


def _token_uses(
    con: duckdb.DuckDBPyConnection, drafts: list[Draft], owned: dict[str, _Owned]
) -> tuple[dict[int, list[TokenUse]], list[int]]:
    """Token uses by grant, and the folds that were in the approver's hands."""
    strengths = {device: of.strength for device, of in owned.items()}
    sql.run(con, "folds.sql")
    uses: dict[int, list[TokenUse]] = {}
    approver_folds: list[int] = []
    for number, group in groupby(sql.rows(con, "folded.sql"), key=lambda row: row["grant_no"]):
        rows = list(group)
        uses[number] = token_uses_of(rows, drafts[number].flow, strengths)
        approver_folds += [
            row["fold"] for row, use in zip(rows, uses[number], strict=True) if use.party is Party.APPROVER
        ]
    return uses, approver_folds


def _follow_ons(
    con: duckdb.DuckDBPyConnection, drafts: list[Draft], uses: dict[int, list[TokenUse]], approver_folds: list[int]
) -> dict[int, list[FollowOn]]:
    places: list[tuple[int, str, str]] = []
    for draft in drafts:
        number = draft.number
        theirs = {row["prefix"] for row in draft.flow.roles("redemption")}
        theirs |= {use.network.prefix for use in uses.get(number, ()) if use.party is Party.REDEEMER}
        own = {row["prefix"] for row in draft.flow.roles("approval", "paired", "sighting", "interrupt")}
        # Of a network that both were seen in, nothing can be said.
        places += [(number, prefix, "device") for prefix in sorted(theirs - own - {None})]
        places += [(number, prefix, "approver") for prefix in sorted(own - theirs - {None})]
    sql.put(con, "grant_prefix", {"grant_no": "INTEGER", "prefix": "VARCHAR", "side": "VARCHAR"}, places)
    clients = {(draft.number, draft.flow.app_id) for draft in drafts if draft.flow.app_id}
    clients |= {
        (number, use.client.id.lower())
        for number, of in uses.items()
        for use in of
        if use.party is Party.REDEEMER and use.client.id
    }
    sql.put(con, "grant_client", {"grant_no": "INTEGER", "app_id": "VARCHAR"}, sorted(clients))
    sql.put(con, "approver_fold", {"fold": "BIGINT"}, [(fold,) for fold in approver_folds])
    sql.run(con, "grant_tokens.sql")
    for name in ("follow_ons.sql", "follow_ons_before.sql", "device_names.sql"):
        sql.run(con, name)
    found: dict[int, list[FollowOn]] = defaultdict(list)
    for number, group in groupby(sql.rows(con, "follow_ons_folded.sql"), key=lambda row: row["grant_no"]):
        found[number] = merged([(follow_on_of(row), row["correlation_id"]) for row in group])
    return found


def _owned(drafts: list[Draft], follow_ons: dict[int, list[FollowOn]]) -> dict[str, _Owned]:
    """The devices that were registered after a grant, by id. Each belongs to the grant with the strongest tie.

    The same person within an hour is enough; later it takes a tie by more than the person, else a new laptop would
    count as the device of yesterday's grant.
    """
    weak = STRENGTH[TieBy.USER_TIME]
    owned: dict[str, _Owned] = {}
    for draft in drafts:
        for each in follow_ons.get(draft.number, ()):
            device = each.facts.get("device_id", "").lower()
            if not device or each.kind not in ("device_registered", "device_added"):
                continue
            if each.tie.strength <= weak and each.time - draft.flow.start > _AT_ONCE:
                continue
            if device not in owned or each.tie.strength > owned[device].strength:
                owned[device] = _Owned(draft.flow.user_key, each.time - _SKEW, each.tie.strength, draft.number)
    return owned
