"""Profiles for reconstructed grants: SQL counts, Python only hands over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import Grant, Network, Party
from grantwatch.grants.reconstruct import Subject, Watch
from grantwatch.grants.sql import put, run
from grantwatch.profile import company
from grantwatch.profile.model import Familiarity, Profile, Sight
from grantwatch.profile.past import attempts_before, carried, earlier_grants, grant_clients, grant_users
from grantwatch.records import late
from grantwatch.records.database import beside
from grantwatch.records.model import RecordRef

if TYPE_CHECKING:
    import duckdb

__all__ = ["Profiler", "profiles", "values_of"]

_DAY = 86400.0
_ROOM = "grantwatch.profile"
_COMMON_AGENTS = 2000
"""User agents of the tenant that are told by family: the most frequent, and as many that are no browser's."""


@cache
def _sql(name: str) -> str:
    return (resources.files(_ROOM) / name).read_text(encoding="utf-8")


def values_of(grant: Grant) -> dict[str, frozenset[str]]:
    """What a grant carried, per dimension of `Profile.seen`: its legs, and its token uses but for the approver's."""
    uses = [use for use in grant.token_uses if use.party is not Party.APPROVER]
    networks: list[Network] = [leg.network for leg in grant.legs] + [use.network for use in uses]
    agents = {leg.user_agent for leg in grant.legs} | {use.user_agent for use in uses}
    raw: dict[str, set[Any]] = {
        "client": {grant.client.id, *(use.client.id for use in uses)},
        "resource": {grant.resource.id, *(use.resource.id for use in uses)},
        "prefix": {network.prefix for network in networks} | {each.network.prefix for each in grant.follow_ons},
        "asn": {network.asn for network in networks},
        "country": {network.country for network in networks},
        "user_agent": agents,
        "agent_family": {knowledge.agent(agent).name for agent in agents if agent},
        "device": {leg.device.id for leg in grant.legs} | {use.device.id for use in uses},
    }
    return {
        dimension: frozenset(str(value) for value in values if value is not None) for dimension, values in raw.items()
    }


class Profiler(Watch):
    """Profiles of grants, of which most is looked up while the grants are still put together.

    `grants.reconstruct` tells it how far it is. What can be done meanwhile is done in the one thread of `pool`, on the
    connection `con`.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, pool: Executor) -> None:
        self._con = con
        self._pool = pool
        self._begun: list[Future[Any]] = [pool.submit(con.execute, _sql("habit.sql"))]
        self._subjects: Sequence[Subject] = ()
        self._asked: _Asked | None = None

    def near(self) -> None:
        """Look up what those do who may have a grant, and who else does that: most of them will have one."""
        self._begun.append(self._pool.submit(_ahead, self._con))

    def found(self, subjects: Sequence[Subject]) -> None:
        """Look up the hours of those who have grants, and of those the records who were not thought of."""
        self._subjects = subjects
        if subjects:
            self._people = self._pool.submit(_people, self._con, subjects)
            self._history = self._pool.submit(_history, self._con)

    def tied(self) -> None:
        """Look up what they do but for their grants, who works alike, and where else they were."""
        if self._subjects:
            submit, con = self._pool.submit, self._con
            days = submit(run, con, "own_day.sql", _ROOM)
            sights, alike = submit(_sights, con), submit(company.peers_of, con)
            self._asked = _Asked(self._people, self._history, days, alike, sights)

    def profiles(
        self, con: duckdb.DuckDBPyConnection, grants: Sequence[Grant], stated: Mapping[str, str] | None = None
    ) -> list[Profile]:
        """One profile per grant, in the order of `reconstruct`; `con` is a connection that nobody uses meanwhile.

        `stated`: classes of accounts, by principal name or object id in lower case.
        """
        for begun in self._begun:
            begun.result()
        if not grants or self._asked is None:
            return []
        values = [values_of(grant) for grant in grants]
        names = _put_values(con, values)
        self._asked.people.result()
        _first_seen(con)
        self._asked.days.result()
        seen = _seen(con, names)
        company.moved_together(con, seen, self._subjects)
        return _profiles(con, grants, self._subjects, values, seen, self._asked, stated or {})


def profiles(
    con: duckdb.DuckDBPyConnection, grants: Sequence[Grant], stated: Mapping[str, str] | None = None
) -> list[Profile]:
    """The profiles of grants all of which are there; `con` must have been through `grants.reconstruct`."""
    with beside(con) as other, ThreadPoolExecutor(1) as pool:
        profiler = Profiler(other, pool)
        keys = [grant.user.id or grant.user.upn or "" for grant in grants]
        profiler.found([Subject(n, key, g.started_at) for n, (key, g) in enumerate(zip(keys, grants, strict=True))])
        profiler.tied()
        return profiler.profiles(con, grants, stated)


class _Asked(NamedTuple):
    """What was asked for in the other thread, in that order, and comes once it is there."""

    people: Future[None]
    """That the records of those with grants are there, their user agents named, and what tells people apart."""
    history: Future[_History]
    days: Future[None]
    """That their ordinary days are there."""
    alike: Future[dict[str, frozenset[str]]]
    """By user who works alike."""
    sights: Future[_Sights]


class _History(NamedTuple):
    """By number of the grant its user's history. And the tenant: since when, how many."""

    of: Mapping[int, tuple[datetime | None, int, tuple[int, ...]]]
    """Of the user the first record, how many there are, and sign-ins by hour of the day."""
    start: datetime | None
    users: int


class _Sights(NamedTuple):
    """By number of the grant: where else its user was near its start, and on how many days after it anywhere."""

    elsewhere: Mapping[int, Sequence[Sight]]
    after: Mapping[int, int]


def _people(con: duckdb.DuckDBPyConnection, subjects: Sequence[Subject]) -> None:
    numbers: dict[str, int] = {}
    put(
        con,
        "subject_grant",
        {"grant_no": "INTEGER", "user_key": "VARCHAR", "started_at": "TIMESTAMP", "user_no": "INTEGER"},
        [(*subject, numbers.setdefault(subject.user_key, len(numbers))) for subject in subjects],
    )
    if _own(con, "subject_grant"):
        _agent_families(con)
        # Who was seen with a family of agents was told by those that had been named.
        con.execute("DELETE FROM first_seen; DELETE FROM first_asked")
        run(con, "telling.sql", _ROOM)


def _ahead(con: duckdb.DuckDBPyConnection) -> None:
    """What does not depend on who of those near a flow has a grant."""
    if _own(con, "flow_key"):
        _agent_families(con)
        run(con, "near_values.sql", _ROOM)
        run(con, "first_seen.sql", _ROOM)
        run(con, "telling.sql", _ROOM)


def _first_seen(con: duckdb.DuckDBPyConnection) -> None:
    """Who else was first seen when with what the grants carried: `tenant_first`, by the numbers of `value_name`."""
    con.execute(
        "CREATE OR REPLACE TABLE value_asked AS SELECT dimension, value FROM value_name "
        "WHERE (dimension, value) NOT IN (SELECT dimension, value FROM first_asked)"
    )
    if con.execute("SELECT 1 FROM value_asked LIMIT 1").fetchall():
        run(con, "first_seen.sql", _ROOM)
    con.execute(
        "CREATE OR REPLACE TABLE tenant_first AS SELECT v.value_no, f.user_key, f.first_time FROM first_seen AS f "
        "JOIN first_asked AS a ON a.asked_no = f.asked_no "
        "JOIN value_name AS v ON v.dimension = a.dimension AND v.value = a.value"
    )


def _own(con: duckdb.DuckDBPyConnection, asked: str) -> bool:
    """Have the records of people at hand; `asked` names a table that has their keys. False where they were there."""
    con.execute("CREATE TABLE IF NOT EXISTS own_name (name VARCHAR, user_key VARCHAR)")
    more = (
        f"SELECT DISTINCT user_key FROM {asked} "
        "WHERE user_key IS NOT NULL AND user_key NOT IN (SELECT user_key FROM own_name)"
    )
    if not con.execute(f"{more} LIMIT 1").fetchall():
        return False
    con.execute(f"CREATE OR REPLACE TABLE own_asked AS {more}")
    run(con, "own.sql", _ROOM)
    return True


def _sights(con: duckdb.DuckDBPyConnection) -> _Sights:
    after = {number: int(days) for number, days in con.execute(_sql("afterwards.sql")).fetchall()}
    return _Sights(_elsewhere(con), after)


def _profiles(
    con: duckdb.DuckDBPyConnection,
    grants: Sequence[Grant],
    subjects: Sequence[Subject],
    values: Sequence[Mapping[str, frozenset[str]]],
    seen: company.Seen,
    asked: _Asked,
    stated: Mapping[str, str],
) -> list[Profile]:
    history, alike, sights = asked.history.result(), asked.alike.result(), asked.sights.result()
    keys = [subject.user_key for subject in subjects]
    earlier = earlier_grants(grants, keys, values)
    before = grant_users(grants, keys)
    clients = grant_clients(grants, keys)
    attempts = attempts_before(grants, keys)
    peers = company.peers_before(grants, keys, alike)
    company.peers_seen(con, seen, [subjects[number] for number in peers], alike)
    built: list[Profile] = []
    for number, grant in enumerate(grants):
        first, records, hours = history.of.get(number, (None, 0, (0,) * 24))
        of = seen.get(number, {})
        of["grant_client"] = clients[number]
        built.append(
            Profile(
                user_history_days=_days(first, grant.started_at),
                tenant_history_days=_days(history.start, grant.started_at),
                user_records=records,
                tenant_users=history.users,
                seen=of,
                earlier_grants=earlier[number],
                hours=hours,
                tenant_grant_users=before[number],
                elsewhere=tuple(sights.elsewhere.get(number, ())),
                attempts=attempts[number],
                peers=peers.get(number),
                stated=_stated(grant, stated),
                carried=carried(grant, values[number]),
                days_after=sights.after.get(number, 0),
            )
        )
    return built


def _put_values(
    con: duckdb.DuckDBPyConnection, values: Sequence[Mapping[str, frozenset[str]]]
) -> list[tuple[str, str]]:
    """Tell SQL what the grants carried: `grant_value`, by numbers that `value_name` explains. Answers those names."""
    numbers: dict[tuple[str, str], int] = {}
    carry = [
        (grant_no, numbers.setdefault((dimension, value), len(numbers)))
        for grant_no, of in enumerate(values)
        for dimension, said in of.items()
        for value in sorted(said)
    ]
    put(con, "grant_value", {"grant_no": "INTEGER", "value_no": "INTEGER"}, carry)
    put(
        con,
        "value_name",
        {"value_no": "INTEGER", "dimension": "VARCHAR", "value": "VARCHAR"},
        [(number, dimension, value) for (dimension, value), number in numbers.items()],
    )
    return list(numbers)


def _stated(grant: Grant, classes: Mapping[str, str]) -> str | None:
    names = [name.lower() for name in (grant.user.id, grant.user.upn) if name]
    return next((classes[name] for name in names if name in classes), None)


def _days(first: datetime | None, until: datetime) -> float:
    return max(0.0, (until - first).total_seconds() / _DAY) if first is not None else 0.0


def _agent_families(con: duckdb.DuckDBPyConnection) -> None:
    """Name the families of the user agents of people with grants, and of the common ones: agents, not records."""
    agents = [agent for (agent,) in con.execute(_sql("agents.sql").replace("$common", str(_COMMON_AGENTS))).fetchall()]
    put(
        con,
        "agent_family",
        {"user_agent": "VARCHAR", "family": "VARCHAR"},
        [(agent, knowledge.agent(agent).name) for agent in agents],
    )


def _seen(con: duckdb.DuckDBPyConnection, names: Sequence[tuple[str, str]]) -> company.Seen:
    seen: company.Seen = defaultdict(lambda: defaultdict(dict))
    for number, value_no, days, first, later, users in con.execute(_sql("familiarity.sql")).fetchall():
        dimension, value = names[value_no]
        seen[number][dimension][value] = Familiarity(int(days), first, int(users), later=int(later))
    return seen


def _elsewhere(con: duckdb.DuckDBPyConnection) -> dict[int, list[Sight]]:
    """Where else each grant's user was active near its start."""
    run(con, "sights.sql", _ROOM)
    late.fill(con, "far_sight")
    found: dict[int, list[Sight]] = defaultdict(list)
    for number, time, ip, prefix, asn, country, latitude, longitude, path, position in con.execute(
        _sql("elsewhere.sql")
    ).fetchall():
        network = Network(ip, prefix, asn, country, None, latitude, longitude)
        found[number].append(Sight(time, network, RecordRef(path, position)))
    return found


def _history(con: duckdb.DuckDBPyConnection) -> _History:
    """How far back each grant's user goes, since when there are sign-ins at all, and of how many people."""
    history: dict[int, tuple[datetime | None, int, tuple[int, ...]]] = {}
    for number, first, records, hours, counts in con.execute(_sql("history.sql")).fetchall():
        clock = [0] * 24
        for hour, count in zip(hours or (), counts or (), strict=True):
            clock[hour] += int(count)
        history[number] = (first, int(records), tuple(clock))
    start, users = con.execute(_sql("tenant.sql")).fetchall()[0]
    return _History(history, start, users)
