"""The grants as a table for a spreadsheet or a ticket: one row each, worst first. RFC 4180, UTF-8 with its mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from grantwatch.grants.model import FollowOn, Grant, Network, Party
from grantwatch.pipeline import Hunt
from grantwatch.report import words
from grantwatch.report.escape import csv_cell
from grantwatch.report.formats import Asked
from grantwatch.report.times import iso
from grantwatch.verdict.model import Incident, Judged

__all__ = ["COLUMNS", "encode"]

MOST = 20
"""Things that are listed in one cell."""

_BOM = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the code page of the machine, and breaks names."""

Cell = str | int | float | None


def encode(hunt: Hunt, _asked: Asked) -> bytes:
    """Every grant, whatever was asked for: a spreadsheet filters better than an option does."""
    incidents = {grant_id: incident for incident in hunt.incidents for grant_id in incident.grant_ids}
    out = io.StringIO(_BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for judged in hunt.grants:
        row = _row(judged, incidents.get(judged.grant.grant_id))
        writer.writerow([csv_cell(row[column]) for column in COLUMNS])
    return out.getvalue().encode("utf-8", errors="replace")


def _row(judged: Judged, incident: Incident | None) -> dict[str, Cell]:
    row = {column: tell(judged) for column, tell in _GRANT.items()}
    row |= {column: tell(incident) if incident else None for column, tell in _INCIDENT.items()}
    return row


def _list(items: Iterable[str | None]) -> str:
    """Distinct items in their order, with a note where some are left out."""
    found = list(dict.fromkeys(item for item in items if item))
    left = len(found) - MOST
    return "; ".join([*found[:MOST], *([f"and {left} more"] if left > 0 else [])])


def _reasons(judged: Judged, *, favour: bool) -> str:
    return _list(item.chip for item in judged.verdict.evidence if (item.weight < 0) is favour)


def _network(place: Network | None) -> str | None:
    return words.network(place) if place else None


def _others(grant: Grant) -> Iterable[str]:
    """Networks of everything beside approval and redemption."""
    told = {leg.network.ip for leg in (grant.approval, grant.redemption) if leg}
    places = [leg.network for leg in grant.legs]
    places += [use.network for use in sorted(grant.token_uses, key=lambda use: (use.first, use.last))]
    places += [follow_on.network for follow_on in grant.follow_ons]
    return (words.network(place) for place in places if place.ip not in told and place != Network())


def _agents(grant: Grant) -> Iterable[str | None]:
    """User agents of whoever held the token."""
    yield grant.redemption.user_agent if grant.redemption else None
    uses = (use for use in grant.token_uses if use.party is not Party.APPROVER)
    yield from (use.user_agent for use in sorted(uses, key=lambda use: (use.first, use.last)))


def _follow_on(follow_on: FollowOn) -> str:
    target = follow_on.target.name or follow_on.target.id
    count = f" x{follow_on.count}" if follow_on.count > 1 else ""
    return f"{iso(follow_on.time)} {follow_on.kind}{f' {target}' if target else ''}{count}"


def _record(judged: Judged) -> str | None:
    leg = judged.grant.approval or next(iter(judged.grant.legs), None)
    return f"{leg.ref.file}#{leg.ref.position}" if leg else None


_GRANT: Mapping[str, Callable[[Judged], Cell]] = MappingProxyType(
    {
        "severity": lambda j: j.verdict.severity.label,
        "score": lambda j: j.verdict.score,
        "started_at": lambda j: iso(j.grant.started_at),
        "user": lambda j: j.grant.user.label,
        "client": lambda j: words.client(j.grant.client),
        "resource": lambda j: words.resource(j.grant.resource),
        "outcome": lambda j: j.grant.outcome.value,
        "verdict": lambda j: j.verdict.reason,
        "reasons": lambda j: _reasons(j, favour=False),
        "speaks_for_it": lambda j: _reasons(j, favour=True),
        "do_first": words.moves,
        "approved_from": lambda j: _network(j.grant.approval.network if j.grant.approval else None),
        "redeemed_from": lambda j: _network(j.grant.redemption.network if j.grant.redemption else None),
        "other_networks": lambda j: _list(_others(j.grant)),
        "token_user_agents": lambda j: _list(_agents(j.grant)),
        "token_uses": lambda j: sum(use.count for use in j.grant.token_uses),
        "token_failures": lambda j: sum(use.failures for use in j.grant.token_uses),
        "follow_ons": lambda j: _list(map(_follow_on, j.grant.follow_ons)),
        "last_seen": lambda j: iso(j.grant.last_seen),
        "certainty": lambda j: j.grant.certainty,
        "basis": lambda j: j.grant.basis,
        "not_assessed": lambda j: _list(item.signal for item in j.verdict.not_assessed),
        "not_seen": lambda j: _list(j.grant.unseen),
        "grant_id": lambda j: j.grant.grant_id,
        "tenant_id": lambda j: j.grant.tenant_id,
        "user_id": lambda j: j.grant.user.id,
        "user_type": lambda j: j.grant.user.type,
        "client_id": lambda j: j.grant.client.id,
        "resource_id": lambda j: j.grant.resource.id,
        "correlation_id": lambda j: j.grant.correlation_id,
        "session_id": lambda j: j.grant.session_id,
        "signals": lambda j: _list(item.signal for item in j.verdict.evidence),
        "record": _record,
    }
)
_INCIDENT: Mapping[str, Callable[[Incident], Cell]] = MappingProxyType(
    {
        "incident_id": lambda i: i.incident_id,
        "incident_severity": lambda i: i.severity.label,
        "incident_title": lambda i: i.title,
        "incident_grants": lambda i: len(i.grant_ids),
    }
)

COLUMNS = (*_GRANT, *_INCIDENT)
"""The header, in order: what decides first, ids last."""
