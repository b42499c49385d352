"""Replayed grants for a spreadsheet: a row each, worst first. RFC 4180, UTF-8 with its mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

from grantwatch.replay import GrantReplay, Replay, Way
from grantwatch.report import words
from grantwatch.report.escape import csv_cell
from grantwatch.report.times import iso

__all__ = ["COLUMNS", "encode"]

_BOM = "\ufeff"
Cell = str | int | None


def encode(made: Replay) -> bytes:
    """Every grant that was replayed."""
    out = io.StringIO(_BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in made.grants:
        writer.writerow([csv_cell(tell(each)) for tell in _CELLS.values()])
    return out.getvalue().encode("utf-8", errors="replace")


def _of(way: Way | None, tell: Callable[[Way], Cell]) -> Cell:
    return None if way is None else tell(way)


def _gaps(way: Way) -> str:
    return "; ".join(f"{gap.kind}: {gap.policy.label + ': ' if gap.policy else ''}{gap.why}" for gap in way.gaps[:10])


def _by(way: Way) -> str:
    return "; ".join(policy.label for policy in way.by)


_CELLS: Mapping[str, Callable[[GrantReplay], Cell]] = MappingProxyType(
    {
        "standing": lambda each: each.standing.value,
        "why": lambda each: each.why,
        "user": lambda each: each.judged.grant.user.label,
        "client": lambda each: words.client(each.judged.grant.client),
        "resource": lambda each: words.resource(each.judged.grant.resource),
        "device": lambda each: each.device,
        "started_at": lambda each: iso(each.judged.grant.started_at),
        "outcome": lambda each: each.judged.grant.outcome.value,
        "breaks": lambda each: "yes" if each.breaks else "no",
        "gets_through": lambda each: "yes" if each.gets_through else "no",
        "allowed_by": lambda each: "; ".join(match.allowance.id for match in each.allowed),
        "today": lambda each: each.today.result.value,
        "today_stopped_at": lambda each: each.today.stopped_at.value if each.today.stopped_at else None,
        "today_by": lambda each: _by(each.today),
        "today_gaps": lambda each: _gaps(each.today),
        "candidate": lambda each: _of(each.candidate, lambda way: way.result.value),
        "candidate_stopped_at": lambda each: _of(
            each.candidate, lambda way: way.stopped_at.value if way.stopped_at else None
        ),
        "candidate_by": lambda each: _of(each.candidate, _by),
        "candidate_gaps": lambda each: _of(each.candidate, _gaps),
        "next_refresh": lambda each: each.last.next_refresh.value if each.last.next_refresh else None,
        "not_assessed": lambda each: "; ".join(each.last.missing[:10]),
        "user_id": lambda each: each.judged.grant.user.id,
        "client_id": lambda each: each.judged.grant.client.id,
        "resource_id": lambda each: each.judged.grant.resource.id,
        "grant_id": lambda each: each.judged.grant.grant_id,
    }
)

COLUMNS = tuple(_CELLS)
"""The header, in order."""
