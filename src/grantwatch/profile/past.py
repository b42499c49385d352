"""A user's earlier grants, kept short: an account of a machine may have tens of thousands."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from grantwatch.grants.model import Grant, Outcome
from grantwatch.profile.model import Attempts, EarlierGrant, Familiarity

__all__ = ["attempts_before", "carried", "earlier_grants", "grant_clients", "grant_users"]

SETTLED = timedelta(days=1)
_PER_DAY = 6
_LONGEST = 150
_FRESH = 20

Values = Mapping[str, frozenset[str]]


class _Past:
    """What a profile is told of one user's earlier grants.

    Of grants that are alike in everything, the first of each day; of each day the first 6 of those, and the latest 150
    in all; of the last 24 hours the latest 20, whatever they are like. For people that is every habit, and for machines
    enough: a habit takes days, and what is not a day old counts only if it was judged critical.
    """

    def __init__(self) -> None:
        self._settled: deque[EarlierGrant] = deque(maxlen=_LONGEST + _PER_DAY * 2)
        self._fresh: deque[EarlierGrant] = deque(maxlen=_FRESH)
        self._day: date | None = None
        self._alike: set[tuple[object, ...]] = set()

    def add(self, grant: EarlierGrant) -> None:
        """Take in the next grant in time order."""
        self._fresh.append(grant)
        if grant.started_at.date() != self._day:
            self._day = grant.started_at.date()
            self._alike.clear()
        likeness = (grant.client_id, grant.resource_id, *sorted(grant.values.items()))
        if len(self._alike) < _PER_DAY and likeness not in self._alike:
            self._alike.add(likeness)
            self._settled.append(grant)

    def before(self, start: datetime) -> tuple[EarlierGrant, ...]:
        """The earlier grants of one that starts then, in time order."""
        settled = [grant for grant in self._settled if start - grant.started_at >= SETTLED]
        return (*settled[-_LONGEST:], *(grant for grant in self._fresh if start - grant.started_at < SETTLED))


def carried(grant: Grant, values: Values) -> Values:
    """What a grant carried, its client as one of a device code too."""
    return {**values, "grant_client": frozenset({grant.client.id} if grant.client.id else ())}


def earlier_grants(
    grants: Sequence[Grant], keys: Sequence[str], values: Sequence[Values]
) -> dict[int, tuple[EarlierGrant, ...]]:
    """The earlier successful grants of each grant's user, by the grant's place in `grants`."""
    past: dict[str, _Past] = {}
    earlier: dict[int, tuple[EarlierGrant, ...]] = {}
    for number in in_time(grants):
        grant = grants[number]
        mine = past.setdefault(keys[number], _Past())
        earlier[number] = mine.before(grant.started_at)
        if succeeded(grant):
            of = values[number]
            mine.add(
                EarlierGrant(
                    grant.grant_id,
                    grant.started_at,
                    grant.client.id,
                    grant.resource.id,
                    of["prefix"],
                    frozenset(int(asn) for asn in of["asn"]),
                    carried(grant, of),
                )
            )
    return earlier


def grant_users(grants: Sequence[Grant], keys: Sequence[str]) -> dict[int, int]:
    """How many users had a successful grant before each grant."""
    users: set[str] = set()
    counts: dict[int, int] = {}
    for number in in_time(grants):
        counts[number] = len(users)
        if succeeded(grants[number]):
            users.add(keys[number])
    return counts


def grant_clients(grants: Sequence[Grant], keys: Sequence[str]) -> dict[int, dict[str, Familiarity]]:
    """How many other users had used each grant's client with a device code before."""
    users: dict[str, set[str]] = {}
    known: dict[int, dict[str, Familiarity]] = {}
    for number in in_time(grants):
        client, key = grants[number].client.id or "", keys[number]
        before = users.setdefault(client, set())
        known[number] = {client: Familiarity(tenant_users=len(before) - (key in before))} if before else {}
        if succeeded(grants[number]):
            before.add(key)
    return known


def attempts_before(grants: Sequence[Grant], keys: Sequence[str]) -> dict[int, Attempts]:
    """What was blocked or abandoned in the 24 hours before each grant: of its user, and of others by its client.

    Beside it how many users a day that was through this client in all the time before, by days with at least one.
    """
    recent: deque[tuple[datetime, str, str]] = deque()
    past: Counter[str] = Counter()
    own: Counter[str] = Counter()
    by_client: dict[str, Counter[str]] = defaultdict(Counter)
    found: dict[int, Attempts] = {}
    order = in_time(grants)
    for number in order:
        grant, key, client = grants[number], keys[number], grants[number].client.id or ""
        while recent and grant.started_at - recent[0][0] > SETTLED:
            _, who, what = recent.popleft()
            own[who] -= 1
            by_client[what][who] -= 1
            if not by_client[what][who]:
                del by_client[what][who]
                past[what] += 1
        users = by_client[client]
        days = (grant.started_at - grants[order[0]].started_at) / SETTLED - 1
        found[number] = Attempts(own[key], len(users) - (key in users), past[client] / days if days >= 1 else 0.0)
        if not succeeded(grant):
            recent.append((grant.started_at, key, client))
            own[key] += 1
            users[key] += 1
    return found


def in_time(grants: Sequence[Grant]) -> list[int]:
    """The places of the grants in order of time."""
    return sorted(range(len(grants)), key=lambda number: (grants[number].started_at, grants[number].grant_id))


def succeeded(grant: Grant) -> bool:
    """True where somebody may have got a token."""
    return grant.outcome in (Outcome.REDEEMED, Outcome.APPROVED)
