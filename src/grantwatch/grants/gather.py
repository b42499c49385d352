"""Flows of one user that tell of the same grant under different ids, joined: strongest tie first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime, timedelta

from grantwatch.grants.flow import Flow
from grantwatch.grants.model import TieBy

__all__ = ["gather"]

CODE_LIFE = timedelta(minutes=20)
"""A code lives 15 minutes; clocks and log times differ a little."""
SIGHTING_LIFE = timedelta(minutes=5)
_NEAR = timedelta(hours=1)
_SKEW = timedelta(minutes=2)

Keys = Callable[[Flow], Iterable[Hashable]]


def gather(flows: Sequence[Flow]) -> list[Flow]:
    """Join the flows of one user that are one grant. The order of `flows` does not matter.

    A flow is joined to the other half that lies nearest before it. What is one correlation id within the life of a
    code is one flow already; a retry under another one is a grant of its own, as a refused code cannot be used again.
    """
    left = sorted(flows, key=lambda flow: (flow.start, flow.rows[0]["flow_id"]))
    if any(map(_has_sightings, left)):
        left = _join(left, _requests, _same_id, _sides, TieBy.REQUEST_ID)
        left = _join(left, _correlations, _same_id, _sides, TieBy.CORRELATION_ID)
        left = _join(left, _apps, _sighted, _sides, TieBy.USER_CLIENT_TIME)
    left = _join(left, _sessions, _redeems, _halves, TieBy.SESSION_ID)
    return _join(left, _clients, _redeems_unsaid, _halves, TieBy.USER_CLIENT_TIME)


def _join(
    flows: list[Flow],
    keys: Keys,
    belongs: Callable[[Flow, Flow], bool],
    side_of: Callable[[Flow], tuple[str, str] | None],
    tie: TieBy,
) -> list[Flow]:
    """Join each flow to the latest one of the other side that shares a key, lies near, and belongs.

    `side_of` gives a flow's own side and the one that it looks for; None for a flow that needs no other half.
    """
    waiting: dict[Hashable, list[Flow]] = defaultdict(list)
    taken_in: set[int] = set()
    complete: set[int] = set()
    for flow in flows:
        sides = side_of(flow)
        if sides is None:
            continue
        own, other = sides
        host = _host(flow, [waiting[other, key] for key in keys(flow)], complete, belongs)
        if host is None:
            for key in keys(flow):
                waiting[own, key].append(flow)
            continue
        # The one that was there first takes the other in, so that it keeps its place in time.
        host.absorb(flow, tie)
        taken_in.add(id(flow))
        complete.add(id(host))
    return [flow for flow in flows if id(flow) not in taken_in]


def _host(
    flow: Flow, queues: Iterable[list[Flow]], complete: set[int], belongs: Callable[[Flow, Flow], bool]
) -> Flow | None:
    """The latest flow at the ends of the queues that `flow` belongs to. Whatever is complete leaves its queue."""
    found: Flow | None = None
    for queue in queues:
        while queue and id(queue[-1]) in complete:
            queue.pop()
        for other in reversed(queue):
            if flow.start - other.start > _NEAR:
                break
            if id(other) not in complete and belongs(other, flow):
                found = other if found is None or other.start > found.start else found
                break
    return found


def _has_sightings(flow: Flow) -> bool:
    """True where the Unified Audit Log tells of it."""
    return any(row["form"].startswith("ual") for row in flow.rows)


def _only_sightings(flow: Flow) -> bool:
    return all(row["form"].startswith("ual") for row in flow.rows)


def _sides(flow: Flow) -> tuple[str, str] | None:
    """The Unified Audit Log's flows look for those of the sign-in logs; one that has both needs no more."""
    if _only_sightings(flow):
        return "ual", "entra"
    return None if _has_sightings(flow) else ("entra", "ual")


def _requests(flow: Flow) -> Iterable[Hashable]:
    return sorted(flow.values("request_id"))


def _correlations(flow: Flow) -> Iterable[Hashable]:
    return sorted(flow.values("correlation_id"))


def _apps(flow: Flow) -> Iterable[Hashable]:
    """A sighting need not name the client; then any client of the user will do."""
    if _only_sightings(flow):
        return (flow.app_id,)
    return (flow.app_id, None)


def _same_id(host: Flow, flow: Flow) -> bool:
    return abs(flow.start - host.start) <= CODE_LIFE


def _sighted(host: Flow, flow: Flow) -> bool:
    return abs(flow.start - host.start) <= SIGHTING_LIFE


def _halves(flow: Flow) -> tuple[str, str] | None:
    """An approval without a token looks for a token without an approval."""
    approved = flow.has("approval", "paired", "sighting")
    if flow.has("redemption"):
        # A browser in a session that carries the lineage gets tokens silently: they redeem no code.
        return None if approved or all(row["in_browser"] for row in flow.roles("redemption")) else ("token", "approval")
    if approved:
        return "approval", "token"
    refused = flow.rows and all(row["role"] == "blocked" and row["interactive"] is False for row in flow.rows)
    return ("token", "approval") if refused and flow.lineage else None


def _sessions(flow: Flow) -> Iterable[Hashable]:
    # A code is redeemed by the client that asked for it.
    return [(session, flow.app_id) for session in sorted(flow.values("session_id"))]


def _clients(flow: Flow) -> Iterable[Hashable]:
    return (flow.app_id,)


def _redeems(host: Flow, flow: Flow) -> bool:
    """The token follows the approval within the life of a code; log times may be off a little."""
    approval, token = (host, flow) if host.has("approval", "paired", "sighting") else (flow, host)
    redeemed: datetime = token.roles("redemption", "blocked")[0]["time"]
    return approval.start - _SKEW <= redeemed <= approval.start + CODE_LIFE


def _redeems_unsaid(host: Flow, flow: Flow) -> bool:
    # Two known and different sessions are two flows; an unknown one says nothing.
    return not (host.values("session_id") and flow.values("session_id")) and _redeems(host, flow)
