"""Simulate: cast, tell, write, and say what is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson

from grantwatch.errors import UsageError
from grantwatch.lab.events import Event, SignInEvent
from grantwatch.lab.seen import CallEvent
from grantwatch.lab.simulate.calls import calls_of
from grantwatch.lab.simulate.casting import attacks, roles
from grantwatch.lab.simulate.forms import CALLS, DEFAULT, FILES, FORMS, lines_of
from grantwatch.lab.simulate.people import START
from grantwatch.lab.simulate.spill import Spill
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.tenant import Tenant
from grantwatch.lab.simulate.told import Decoy, Given, Told
from grantwatch.lab.simulate.truth import FORMAT, Truth, utc
from grantwatch.lab.simulate.writing import Files, write_days

__all__ = ["LEAST_DAYS", "LEAST_USERS", "MOST_DAYS", "MOST_USERS", "Simulated", "checked", "simulate"]

LEAST_USERS, MOST_USERS = 20, 200_000
LEAST_DAYS, MOST_DAYS = 7, 366


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written: records by kind, bytes of all logs, grants in the truth, attacks."""

    records: dict[str, int]
    size: int
    grants: int
    malicious: int
    attacks: int


def simulate(
    out: Path,
    *,
    users: int,
    days: int,
    seed: int,
    forms: Iterable[str] = DEFAULT,
    progress: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Write logs to `out`/logs and the truth to `out`/truth.json. The same arguments write the same bytes.

    `forms` are names of FORMS. Raises UsageError for what cannot be simulated, and OSError of writing.
    """
    named = checked(users, days, forms)
    logs = out / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    tenant = Tenant(seed, users)
    end = START + timedelta(days=days)
    truth = Truth(end)
    with Spill(days) as spill, Files(logs) as files:
        number = _tell(tenant, days, named, truth, spill)
        write_days(tenant, days, named, spill, files, progress)
        files.flush()
        records = _counted(files.lines)
    grants = truth.grants
    said = {
        "format": FORMAT,
        "seed": seed,
        "users": users,
        "days": days,
        "tenant_id": tenant.id,
        "start": utc(START),
        "end": utc(end),
        "forms": list(named),
        "records": records,
        "grants": grants,
        "decoys": truth.decoys,
    }
    (out / "truth.json").write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    size = sum(path.stat().st_size for path in logs.iterdir())
    return Simulated(records, size, len(grants), sum(grant["malicious"] for grant in grants), number)


def checked(users: int, days: int, forms: Iterable[str]) -> tuple[str, ...]:
    """The forms, each once. Raises UsageError for what cannot be simulated."""
    named = tuple(dict.fromkeys(forms))
    for name in named:
        if name not in FORMS:
            raise UsageError(f"--form {name}: accepted are {', '.join(FORMS)}")
    if not LEAST_USERS <= users <= MOST_USERS:
        raise UsageError(f"--users {users}: accepted are {LEAST_USERS} to {MOST_USERS}")
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise UsageError(f"--days {days}: accepted are {LEAST_DAYS} to {MOST_DAYS}")
    return named


def _tell(tenant: Tenant, days: int, forms: tuple[str, ...], truth: Truth, spill: Spill) -> int:
    """Let personas act, then attackers; returns how many attacks there were."""
    end = START + timedelta(days=days)

    def keep(events: Iterable[Event | CallEvent]) -> None:
        for event in events:
            if START <= event.time < end:
                millisecond = (event.time - START) // timedelta(milliseconds=1)
                for file, line in lines_of(event, forms):
                    spill.add(millisecond, file, line)

    def told(stage: Stage, tale: Iterable[Told], asks: str, **whose: str | bool | None) -> None:
        for each in tale:
            for decoy in stage.drained():
                signed_in(decoy.sign_ins)
                truth.decoy(decoy)
            if isinstance(each, Given):
                signed_in(each.sign_ins, asks)
                keep(each.follow_ons)
                truth.grant(each, **whose)  # type: ignore[arg-type]
            elif isinstance(each, Decoy):
                signed_in(each.sign_ins)
                truth.decoy(each)
            elif isinstance(each, SignInEvent):
                signed_in((each,))
            else:
                keep((each,))

    def signed_in(events: Sequence[SignInEvent], asks: str = "client") -> None:
        keep(events)
        if CALLS in forms:
            keep(calls_of(events, asks))

    cast = roles(tenant, days)
    for role in cast:
        told(
            role.stage,
            role.persona.act(role.stage, role.cast),
            "client",
            persona=role.persona.id,
            drill=role.persona.drill,
        )
    plan = attacks(tenant, days, cast)
    for attack in plan:
        campaign = attack.campaign
        told(
            attack.stage,
            campaign.act(attack.stage, attack.victims),
            campaign.asks,
            campaign=campaign.id,
            attack=attack.id,
            hard=campaign.hard,
        )
    return len(plan)


def _counted(lines: Mapping[str, int]) -> dict[str, int]:
    """Records by kind, over all forms."""
    counted = {"sign_in": 0, "audit": 0, "unified_audit": 0}
    for name, number in lines.items():
        counted[FILES[name]] = counted.get(FILES[name], 0) + number
    return counted
