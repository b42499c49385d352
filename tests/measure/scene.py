"""Truths and verdicts in a line each, and tiny tenants on disk with the truth beside their logs.

    truth = a_truth(real(1, malicious=True), real(2))
    found = match(truth, [a_hunt(judged(80, "r1"), judged(20, "r2"))])

A real grant's records are called after its number: r1 is a leg, t1 a token use, f1 a follow-on. Times are UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.grants.scene import TENANT, Flow

from grantwatch.grants.model import Device as NoDevice
from grantwatch.grants.model import Grant, Leg, LegKind, Named, Network, Outcome, Tie, TieBy, User
from grantwatch.lab import Event, SignInEvent, write_tenant
from grantwatch.measure.truth import Decoy, Truth, TruthGrant
from grantwatch.pipeline import Hunt
from grantwatch.profile.model import Profile
from grantwatch.records.model import Coverage, RecordRef, RecordSums
from grantwatch.verdict.model import Incident, Judged, Severity, Verdict
from grantwatch.verdict.weights import weights

START = datetime(2026, 9, 1)


def real(number: int, *, user: str | None = None, legs: Iterable[str] = (), **more: Any) -> TruthGrant:
    """A grant that was really made: honest and redeemed unless said otherwise."""
    asked: dict[str, Any] = {"malicious": False, "outcome": Outcome.REDEEMED, "persona": None, "campaign": None}
    return TruthGrant(
        number=number,
        user_id=user or f"u{number}",
        upn=f"{user or f'u{number}'}@tenant.example",
        started_at=START + timedelta(days=number),
        request_ids=frozenset(legs) or frozenset((f"r{number}",)),
        token_request_ids=frozenset((f"t{number}",)),
        follow_on_ids=frozenset((f"f{number}",)),
        **asked | more,
    )


def a_truth(
    *grants: TruthGrant, users: int = 100, days: int = 10, decoys: tuple[Decoy, ...] = (), seed: int = 1
) -> Truth:
    """A tenant of 100 people over 10 days: 1,000 user days."""
    end = START + timedelta(days=days)
    return Truth("tenant", seed, users, days, f"tenant-{seed}", START, end, grants, decoys)


def judged(
    score: int,
    *legs: str,
    outcome: Outcome = Outcome.REDEEMED,
    uses: Iterable[str] = (),
    session: str | None = None,
    user: str | None = None,
    day: float = 0,
) -> Judged:
    """A grant of the hunt with these records as its legs, judged by score alone."""
    name = "-".join(legs) or "-".join(uses)
    found = Grant(
        grant_id=f"g-{name}",
        tenant_id="tenant",
        user=User(user or f"user of {name}", None),
        client=Named(None, None),
        resource=Named(None, None),
        started_at=START + timedelta(days=day),
        last_seen=START + timedelta(days=day),
        outcome=outcome,
        certainty=1.0,
        basis="",
        correlation_id=None,
        session_id=session,
        legs=tuple(_leg(id) for id in legs),
        token_uses=tuple(_use(id) for id in uses),
    )
    severity = weights().severity_of(score)
    return Judged(found, Profile(0, 0, 0, 0), Verdict(score, severity, (), (), "because"))


def _leg(id: str) -> Leg:
    nothing = Named(None, None)
    ref = RecordRef("file", 1, id)
    return Leg(
        LegKind.APPROVAL, START, Network(), None, nothing, nothing, NoDevice(), True, 0, None,
        Tie(TieBy.SELF, 1.0), ref, "graph",
    )  # fmt: skip


def _use(id: str) -> Any:
    from grantwatch.grants.model import Party, TokenKind, TokenUse

    nothing = Named(None, None)
    return TokenUse(
        nothing, nothing, Network(), None, NoDevice(), TokenKind.REFRESH, False, Party.REDEEMER, START, START, 1, 0,
        (), None, Tie(TieBy.SESSION_ID, 0.9), (RecordRef("file", 1, id),),
    )  # fmt: skip


def incident(*members: Judged, kind: str = "campaign", severity: Severity = Severity.HIGH) -> Incident:
    """An incident that holds these grants."""
    ids = tuple(each.grant.grant_id for each in members)
    return Incident("inc-" + "+".join(ids), kind, "", "", severity, 70, ids, (), (), START, START)


def a_hunt(*found: Judged, incidents: tuple[Incident, ...] = ()) -> Hunt:
    """A hunt that found these grants and these incidents."""
    nothing = Coverage((), frozenset(), ())
    return Hunt("test", RecordSums(0, 0, 0, 0), (), (), (), nothing, (), found, incidents, {})


# -- tenants on disk


def truth_of(number: int, flow: Flow | Iterable[SignInEvent], **more: Any) -> dict[str, Any]:
    """A grant of truth.json from its events: legs by their correlation id, the rest as token uses."""
    first, *rest = flow
    legs = [first, *(each for each in rest if each.correlation_id == first.correlation_id)]
    uses = [each for each in rest if each.correlation_id != first.correlation_id]
    asked: dict[str, Any] = {
        "persona": None, "campaign": None, "attack": None, "malicious": False, "hard": False, "outcome": "redeemed",
        "note": "",
    }  # fmt: skip
    return {
        "grant": number,
        "user_id": first.user.id,
        "upn": first.user.upn,
        "client_id": first.client.id,
        "resource_id": first.resource.id,
        "started_at": legs[-2].time.isoformat() + "Z" if len(legs) > 2 else first.time.isoformat() + "Z",
        "correlation_id": first.correlation_id,
        "session_id": first.session_id,
        "request_ids": [each.request_id for each in legs],
        "token_request_ids": [each.request_id for each in uses],
        "follow_on_ids": [],
        **asked | more,
    }


def a_tenant(folder: Path, events: Iterable[Event], grants: Iterable[dict[str, Any]], **more: Any) -> Path:
    """A folder with logs/ and truth.json, as `grantwatch lab simulate` writes it."""
    write_tenant(list(events), "graph", folder / "logs")
    asked: dict[str, Any] = {
        "format": "grantwatch-truth/1",
        "seed": 1,
        "users": 100,
        "days": 30,
        "tenant_id": TENANT,
        "start": "2026-09-01T00:00:00Z",
        "end": "2026-10-01T00:00:00Z",
        "forms": ["graph"],
        "records": {"sign_in": 1, "audit": 0, "unified_audit": 0},
        "grants": list(grants),
        "decoys": [],
    }
    (folder / "truth.json").write_text(json.dumps(asked | more), encoding="utf-8")
    return folder
