"""Telemetry taken away, step by step, to see how much quality goes with it.

The records are read as they are; what a step takes is removed from the canonical tables before anything is
reconstructed, so that coverage tells of it as if it had never been there. History is taken by hunting over short
stretches of time, each by itself: every grant is judged, but with no more than a few days before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from grantwatch.measure.truth import Truth
from grantwatch.records.scope import AFTER, BEFORE, EVERYTHING, Scope

if TYPE_CHECKING:
    import duckdb

__all__ = ["AS_GIVEN", "READS", "STEPS", "STRETCH_DAYS", "Step", "scopes", "take", "within"]

STRETCH_DAYS = 6
"""Less than the week from which on coverage says that there is a history."""

_NON_INTERACTIVE = "UPDATE sign_in SET ignored = 'taken away' WHERE claimed AND ignored IS NULL AND (flags & 32) <> 0"
_SESSIONS = "UPDATE sign_in SET session_id = NULL; UPDATE activity SET session_id = NULL"
_NETWORKS = "UPDATE sign_in SET asn = NULL"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `sql` runs on the canonical tables. `alone`: it takes one thing, and not what others took before it."""

    id: str
    title: str
    sql: tuple[str, ...] = ()
    history: bool = True
    alone: bool = False


AS_GIVEN = Step("as_given", "as given")
STEPS = (
    AS_GIVEN,
    Step("non_interactive", "without non-interactive sign-ins", (_NON_INTERACTIVE,)),
    Step("session_id", "… and without session ids", (_NON_INTERACTIVE, _SESSIONS)),
    Step("asn", "… and without ASN", (_NON_INTERACTIVE, _SESSIONS, _NETWORKS)),
    Step("history", "… and without history", (_NON_INTERACTIVE, _SESSIONS, _NETWORKS), history=False),
    Step("only_session_id", "only without session ids", (_SESSIONS,), alone=True),
    Step("only_asn", "only without ASN", (_NETWORKS,), alone=True),
    Step("only_history", "only without history", history=False, alone=True),
)


READS = (
    ("as_given", "only_history", "non_interactive", "session_id", "asn", "history"),
    ("only_session_id",),
    ("only_asn",),
)
"""Steps that one read is enough for, in this order: what a step took stays taken for the next."""


def take(con: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Take it out of the canonical tables."""
    for statement in step.sql:
        con.execute(statement)


@contextmanager
def within(con: duckdb.DuckDBPyConnection, scope: Scope) -> Iterator[None]:
    """Leave out what lies outside this stretch of time, and at the end have it back, without what was made meanwhile.

    Records are left out as if they had been read with this scope; see records.scope.
    """
    before = set(_tables(con))
    reasons = {BEFORE: scope.since and f"time < TIMESTAMP '{scope.since}'"}
    reasons[AFTER] = scope.until and f"time >= TIMESTAMP '{scope.until}'"
    for reason, outside in reasons.items():
        for table in ("sign_in", "activity") if outside else ():
            con.execute(f"UPDATE {table} SET ignored = ? WHERE claimed AND ignored IS NULL AND {outside}", [reason])
    try:
        yield
    finally:
        for table in ("sign_in", "activity") if scope else ():
            con.execute(f"UPDATE {table} SET ignored = NULL WHERE ignored IN (?, ?)", [BEFORE, AFTER])
        for table in _tables(con):
            if table not in before:
                con.execute(f"DROP TABLE {table}")


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute("SELECT database_name, schema_name, table_name FROM duckdb_tables()").fetchall()
    return [".".join(f'"{part}"' for part in name) for name in found]


def scopes(step: Step, truth: Truth) -> tuple[Scope, ...]:
    """The stretches of time to hunt over, each by itself: one of everything where history stays."""
    if step.history:
        return (EVERYTHING,)
    span = truth.end - truth.start
    count = max(1, math.ceil(span / timedelta(days=STRETCH_DAYS)))
    edges = [truth.start + span * number / count for number in range(1, count)]
    return tuple(Scope(since=since, until=until) for since, until in zip([None, *edges], [*edges, None], strict=True))
