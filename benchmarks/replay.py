"""How many decisions a second a whole replay takes on one core: `python benchmarks/replay.py`.

The policies are those of decisions.py: fifty, with groups and named locations. The grants are made here: an approval, a
redemption and a fold of token uses each, of users at their own addresses, some of them suspect. What is timed is
everything after the hunt: contexts, decisions, gaps of those that get through, sums and the comparison with what the
records say of every policy. As the command does, it tells Python before that what the hunt made is no garbage.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta

from decisions import RESOURCES, export, guid

from grantwatch.grants.model import (
    Device,
    Grant,
    Leg,
    LegKind,
    Named,
    Network,
    Outcome,
    Party,
    PolicyResult,
    Tie,
    TieBy,
    TokenKind,
    TokenUse,
    User,
)
from grantwatch.pipeline import Hunt
from grantwatch.policy import Export, parse
from grantwatch.profile.model import Profile
from grantwatch.records.model import Coverage, RecordRef, RecordSums
from grantwatch.replay import replay
from grantwatch.verdict.model import Judged, Severity, Verdict

START = datetime(2026, 9, 1)
SELF = Tie(TieBy.SELF, 1.0)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:155.0) Gecko/20100101 Firefox/155.0"
PROGRAMS = ("python-requests/2.32.3", "Go-http-client/1.1", "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0)")
EMPTY = Device(managed=False, compliant=False)
TENANT = guid(9, 1)


def results(policies: Export) -> tuple[PolicyResult, ...]:
    """What a record says of every policy: what a tenant without them would."""
    return tuple(PolicyResult(each.name, "notapplied", each.id) for each in policies.policies)


def network(draw: random.Random) -> Network:
    first, second = f"198.{draw.choice((18, 19))}.{draw.randrange(256)}", draw.randrange(1, 255)
    return Network(f"{first}.{second}", f"{first}.0/24", 64500, "GB")


def grant(draw: random.Random, number: int, users: int, recorded: tuple[PolicyResult, ...]) -> Grant:
    user = int(draw.paretovariate(0.9)) % users
    at = START + timedelta(seconds=20 * number)
    client, resource = Named(guid(7, draw.randrange(20)), None), Named(draw.choice(RESOURCES), None)
    place, program = network(draw), draw.choice(PROGRAMS)
    leg = Leg(
        kind=LegKind.APPROVAL,
        time=at,
        network=place,
        user_agent=FIREFOX,
        client=client,
        resource=resource,
        device=EMPTY,
        interactive=True,
        error_code=0,
        status_detail=None,
        tie=SELF,
        ref=RecordRef("logs", number * 3, None),
        form="graph_signin",
        ca_status="notapplied",
        auth_requirement="multifactorauthentication",
        policy_results=recorded,
        client_app="Mobile Apps and Desktop clients",
        risk="none",
    )
    use = TokenUse(
        client=client,
        resource=Named(draw.choice(RESOURCES), None),
        network=network(draw),
        user_agent=program,
        device=EMPTY,
        kind=TokenKind.REFRESH,
        interactive=False,
        party=Party.REDEEMER,
        first=at + timedelta(hours=1),
        last=at + timedelta(days=2),
        count=20,
        failures=0,
        error_codes=(),
        token_binding="unbound",
        tie=SELF,
        refs=(leg.ref,),
        addresses=draw.choice((1, 1, 1, 3)),
        client_app="Mobile Apps and Desktop clients",
        risk="none",
        ca_status="notapplied",
        policy_results=recorded,
    )
    return Grant(
        grant_id=f"{number:016x}",
        tenant_id=TENANT,
        user=User(guid(1, user), f"user{user}@example.org", "member", TENANT),
        client=client,
        resource=resource,
        started_at=at,
        last_seen=use.last,
        outcome=Outcome.REDEEMED,
        certainty=1.0,
        basis="",
        correlation_id=None,
        session_id=None,
        legs=(leg, replace(leg, kind=LegKind.REDEMPTION, user_agent=program, network=network(draw))),
        token_uses=(use,),
        role_ids=(guid(4, user % 9),) if user % 40 == 0 else (),
        cross_tenant="none",
    )


def judged(draw: random.Random, made: Grant) -> Judged:
    severity = Severity.HIGH if draw.random() < 0.02 else Severity.NONE
    return Judged(made, Profile(60.0, 60.0, 400, 200), Verdict(60, severity, (), (), ""))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--grants", type=int, default=100_000)
    options.add_argument("--users", type=int, default=20_000)
    asked = options.parse_args()
    draw = random.Random(7)
    today = parse([("benchmark", export(draw, asked.users))])
    recorded = results(today)
    grants = tuple(judged(draw, grant(draw, number, asked.users, recorded)) for number in range(asked.grants))
    hunt = Hunt("0", RecordSums(0, 0, 0, 0), (), (), (), Coverage((), frozenset(), ()), (), grants, (), {})
    print(f"{len(today.policies)} policies, {len(grants):,} grants, processor time of one core")
    gc.freeze()
    start = time.process_time()
    found = replay(hunt, today)
    spent = time.process_time() - start
    decisions = sum(tally.decisions for tally in found.today.decisions.values())
    print(f"{decisions:,} decisions in {spent:.2f} s: {decisions / spent:,.0f} a second")
    agreed = found.agreement
    print(f"compared {agreed.agree + agreed.differ:,} pairs, {agreed.not_assessed:,} not assessed")
    tracemalloc.start()
    replay(replace(hunt, grants=grants[: len(grants) // 10]), today)
    print(f"peak memory of a tenth of them: {tracemalloc.get_traced_memory()[1] / 1024**2:.0f} MB")


if __name__ == "__main__":
    main()
