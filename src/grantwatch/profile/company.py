"""What the people around a user do: who works alike, and networks to which many move together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from grantwatch.grants.model import Grant
from grantwatch.grants.reconstruct import Subject
from grantwatch.grants.sql import put
from grantwatch.profile.model import Familiarity, Peers
from grantwatch.profile.past import SETTLED, in_time, succeeded

if TYPE_CHECKING:
    import duckdb

__all__ = ["Seen", "moved_together", "peers_before", "peers_of", "peers_seen"]

Seen = dict[int, dict[str, dict[str, Familiarity]]]
"""By the number of a grant: dimension, value, and how familiar it was."""

_COMPANY = 5
"""So many people make a move: see families.sql."""
_LATELY = timedelta(days=14)
_NETWORKS = ("prefix", "asn")


@cache
def _sql(name: str) -> str:
    return (resources.files("grantwatch.profile") / name).read_text(encoding="utf-8")


def peers_of(con: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """By user with a grant: the people who work alike."""
    return {key: frozenset(peers) for key, peers in con.execute(_sql("peers.sql")).fetchall()}


def peers_before(grants: Sequence[Grant], keys: Sequence[str], peers: Mapping[str, frozenset[str]]) -> dict[int, Peers]:
    """How many peers of each grant's user had a grant a day or more before, and one of its client.

    Left out where the user had used the client so for a day: then their own habit tells.
    """
    since: dict[str, datetime] = {}
    with_client: dict[str, dict[str, datetime]] = defaultdict(dict)
    found: dict[int, Peers] = {}
    for number in in_time(grants):
        grant, key = grants[number], keys[number]
        client = with_client[grant.client.id or ""]
        latest = grant.started_at - SETTLED
        mine = peers.get(key)
        if mine and client.get(key, grant.started_at) > latest:
            found[number] = Peers(
                len(mine),
                sum(who in since and since[who] <= latest for who in mine),
                sum(who in client and client[who] <= latest for who in mine),
            )
        if succeeded(grant):
            since.setdefault(key, grant.started_at)
            client.setdefault(key, grant.started_at)
    return found


def peers_seen(
    con: duckdb.DuckDBPyConnection, seen: Seen, subjects: Iterable[Subject], peers: Mapping[str, frozenset[str]]
) -> None:
    """Add to what is known of networks how many peers were seen there a day or more before, where the user was not."""
    asked: dict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        for dimension in _NETWORKS:
            for value, known in seen.get(subject[0], {}).get(dimension, {}).items():
                if known.tenant_users and not known.known_to_user:
                    asked[dimension, value].append(subject)
    if not asked:
        return
    put(con, "asked", {"dimension": "VARCHAR", "value": "VARCHAR"}, list(asked))
    firsts: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    for dimension, value, key, first in con.execute(
        "SELECT a.dimension, a.value, t.user_key, t.first_time FROM asked AS a "
        "JOIN value_name AS v ON v.dimension = a.dimension AND v.value = a.value "
        "JOIN tenant_first AS t ON t.value_no = v.value_no"
    ).fetchall():
        firsts[dimension, value][key] = first
    for (dimension, value), of in asked.items():
        there = firsts[dimension, value]
        for number, key, started_at in of:
            count = sum(there[who] <= started_at - SETTLED for who in peers[key] & there.keys())
            seen[number][dimension][value] = seen[number][dimension][value]._replace(peers=count)


def moved_together(con: duckdb.DuckDBPyConnection, seen: Seen, subjects: Iterable[Subject]) -> None:
    """Add to what is known of networks how many people moved there. Mostly there is none to ask about."""
    fresh = [
        (number, key, started_at, dimension, value)
        for number, key, started_at in subjects
        for dimension in _NETWORKS
        for value, known in seen.get(number, {}).get(dimension, {}).items()
        if known.tenant_users >= _COMPANY and (known.user_first is None or known.user_first >= started_at - _LATELY)
    ]
    if not fresh:
        return
    columns = {"grant_no": "INTEGER", "user_key": "VARCHAR", "started_at": "TIMESTAMP"}
    put(con, "fresh", {**columns, "dimension": "VARCHAR", "value": "VARCHAR"}, fresh)
    for number, dimension, value, moved in con.execute(_sql("families.sql")).fetchall():
        of = seen[number][dimension]
        of[value] = of.get(value, Familiarity())._replace(moved=int(moved))
