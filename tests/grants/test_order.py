"""How records are delivered changes nothing: order, files, folders, copies, mixed forms."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.grants.scene import (
    ANA,
    BEN,
    BROKER,
    BROWSER,
    DRS,
    GRAPH,
    GRAPH_EXPLORER,
    HOME,
    MINT,
    TENANT,
    after,
    login,
)

from grantwatch.grants import Reconstruction, reconstruct
from grantwatch.lab import (
    Event,
    Machine,
    Policy,
    Refresh,
    SignInEvent,
    blocked_attempt,
    device_registration,
    inbox_rule,
    mail_access,
    tainted_browser,
)
from grantwatch.lab.apps import EXCHANGE_ONLINE, OUTLOOK_MOBILE, TEAMS
from grantwatch.lab.records import envelope_audit, envelope_signin, graph_audit, graph_signin, ual_record
from grantwatch.lab.writers import write_ndjson
from grantwatch.records.load import read

HOUR = timedelta(hours=1)
ROGUE = Machine(MINT.guid(), "DESKTOP-1A2B3C4D", "Windows 10", trust="Azure AD joined")


@cache
def tenant() -> tuple[Event, ...]:
    """A phish with a device, two grants in one session, a tainted browser, a block, a lineage from before the logs."""
    phish = login(
        client=BROKER,
        resource=DRS,
        refreshes=[
            Refresh(HOUR, TEAMS, GRAPH, incoming="primaryRefreshToken", machine=ROGUE),
            *(Refresh(HOUR * step, OUTLOOK_MOBILE, EXCHANGE_ONLINE) for step in range(2, 7)),
        ],
    )
    split = login(BEN, at=after(hours=3))
    split_token = replace(split.redemption, correlation_id=MINT.guid())
    again = login(BEN, at=after(hours=3, minutes=4), session_id=split.approval.session_id, refreshes=[Refresh(HOUR)])
    old = login(BEN, at=after(days=-40), refreshes=[Refresh(timedelta(days=35)), Refresh(timedelta(days=41))])
    policy = Policy.blocking_device_code(MINT.guid())
    block = blocked_attempt(
        MINT, ANA, tenant_id=TENANT, at=after(days=1), client=BROKER, resource=DRS, approver=BROWSER, policy=policy
    )
    mail = mail_access(
        MINT, ANA, tenant_id=TENANT, at=after(hours=4), place=HOME, client=OUTLOOK_MOBILE, token=phish.refreshes[2]
    )
    rule = inbox_rule(
        MINT, ANA, tenant_id=TENANT, at=after(hours=5), place=HOME, client=OUTLOOK_MOBILE, parameters={"Name": ".,"}
    )
    joined = device_registration(
        MINT, ANA, tenant_id=TENANT, at=after(minutes=6), service=DRS, device_id=ROGUE.id, device_name=ROGUE.name
    )
    browser = tainted_browser(
        MINT, phish.approval, at=after(hours=2), seat=BROWSER, client=GRAPH_EXPLORER, resource=GRAPH, count=3
    )
    flows = (*phish, *split.without("redemption"), split_token, *again, *old.refreshes, *block)
    return (*flows, *browser, *joined, *mail, *rule)


def dice_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - an order, not a secret


def said(found: Reconstruction) -> list[tuple[object, ...]]:
    """What must stay the same of every grant."""
    return [
        (
            grant.grant_id,
            grant.outcome,
            grant.certainty,
            [(leg.kind, leg.tie.by, leg.ref.record_id) for leg in grant.legs],
            sorted((use.client.id, use.party, use.kind, use.count, use.tie.by.value) for use in grant.token_uses),
            sorted((each.kind, each.count, each.tie.by.value) for each in grant.follow_ons),
        )
        for grant in found.grants
    ]


def line(event: Event, enveloped: bool) -> tuple[str, dict[str, Any]]:
    """The kind of file that a record belongs in, and the record."""
    if isinstance(event, SignInEvent):
        return "signins", (envelope_signin if enveloped else graph_signin)(event)
    if event.workload == "Exchange":
        return "ual", ual_record(event)
    return "audit", (envelope_audit if enveloped else graph_audit)(event)


def delivered(
    events: Sequence[Event], dice: random.Random, folder: Path, files: int, copies: float, mixed: bool
) -> Path:
    """Write `events` shuffled over several files in folders of any name, some of them twice."""
    lines: dict[Path, list[dict[str, Any]]] = {}
    told = [*events, *(event for event in events if dice.random() < copies)]
    for event in dice.sample(told, len(told)):
        enveloped = mixed and dice.random() < 0.5
        kind, record = line(event, enveloped)
        name = f"{'envelope' if enveloped else 'graph'}-{kind}-{dice.randrange(files)}.json"
        place = folder / f"{dice.choice('xyz')}{dice.randrange(100)}" / name
        lines.setdefault(next((path for path in lines if path.name == name), place), []).append(record)
    for path, records in lines.items():
        path.parent.mkdir(exist_ok=True)
        write_ndjson(path, records)
    return folder


@cache
def as_it_came() -> bytes:
    with TemporaryDirectory() as name:
        return orjson.dumps(said(found_in(delivered(tenant(), dice_of(0), Path(name), 1, 0.0, False))))


def found_in(folder: Path) -> Reconstruction:
    with read([folder]) as records:
        return reconstruct(records.con)


def test_the_tenant_has_every_kind_of_grant():
    grants = orjson.loads(as_it_came())
    assert sorted(grant[1] for grant in grants) == ["blocked", "redeemed", "redeemed", "redeemed", "redeemed"]
    assert {follow_on[0] for grant in grants for follow_on in grant[5]} == {
        "device_registered",
        "inbox_rule",
        "mail_access",
    }


@settings(max_examples=6)
@given(
    seed=st.integers(0, 2**32),
    files=st.integers(1, 3),
    copies=st.sampled_from([0.0, 0.3, 1.0]),
    mixed=st.booleans(),
)
def test_order_files_folders_copies_and_forms_change_nothing(seed, files, copies, mixed):
    with TemporaryDirectory() as name:
        folder = delivered(tenant(), dice_of(seed), Path(name), files, copies, mixed)
        assert orjson.dumps(said(found_in(folder))) == as_it_came()


def test_ids_do_not_depend_on_what_else_is_in_the_logs(rebuild):
    flow = login()
    alone = rebuild(flow).grants[0].grant_id
    assert alone in {grant.grant_id for grant in rebuild([*flow, *tenant()]).grants}
