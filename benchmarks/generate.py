"""Write sign-ins for benchmarks: N Graph beta records, one per line, of a tenant that does not exist.

    python benchmarks/generate.py N OUT.ndjson [--seed S] [--grants SHARE]

30 days with the rhythm of a working week, at least 2,000 users, one record in five interactive, some 3.4 KB each.
SHARE of the records (default 0.002) belong to device code flows: habits of developers, some phishing, some blocked.
The rest is made by patching prepared records, so that writing is as fast as the disk. The same arguments write the
same bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from grantwatch.lab import (
    App,
    Machine,
    Mint,
    Person,
    Place,
    Policy,
    Refresh,
    Seat,
    SignInEvent,
    blocked_attempt,
    device_code_login,
)
from grantwatch.lab.apps import (
    ARM,
    AZURE_CLI,
    BROKER,
    DRS,
    EDGE,
    EXCHANGE_ONLINE,
    FIREFOX_LINUX,
    GRAPH,
    OFFICE,
    OFFICE_HOME,
    ONEDRIVE,
    OUTLOOK_MOBILE,
    SHAREPOINT,
    TEAMS,
)
from grantwatch.lab.graph import graph_signin, graph_time

START = datetime(2026, 9, 1)
DAYS = 30
TENANT = "7f1d2c3b-4a59-4e68-8b77-c6d5e4f30201"
APPS = ((OFFICE_HOME, GRAPH), (TEAMS, GRAPH), (OFFICE, EXCHANGE_ONLINE), (ONEDRIVE, SHAREPOINT))
FAN_OUT = ((OUTLOOK_MOBILE, EXCHANGE_ONLINE), (TEAMS, GRAPH), (ONEDRIVE, SHAREPOINT), (OFFICE, GRAPH))
RHYTHM = (1, 1, 1, 1, 1, 2, 6, 14, 20, 20, 19, 17, 14, 18, 19, 18, 15, 9, 5, 4, 3, 2, 2, 1)
"""Weight of each hour of a working day; a weekend has a tenth of it."""
BATCH = 4096
URL_SAFE = bytes.maketrans(b"+/", b"-_")

ID, CORRELATION, SESSION, TOKEN, WHEN = b"@id@", b"@correlation@", b"@session@", b"@token@", b"@when@"
SINGLE_ID = "11111111-1111-4111-8111-111111111100"


class Tenant:
    """The users, and for each of them records that only lack ids and a time."""

    def __init__(self, users: int, mint: Mint) -> None:
        self.people = [
            Person(mint.guid(), f"user{n:06d}@bench.example", f"Bench User {n:06d}", "member") for n in range(users)
        ]
        self.machines = [mint.guid() for _ in range(users)]
        self.sessions = [mint.guid()[:-4].encode() for _ in range(users)]
        self._prepared: dict[tuple[int, int], list[bytes]] = {}

    def seat(self, user: int) -> Seat:
        """Nine in ten sit at a managed desk in a shared office, the others at home."""
        if user % 10:
            place = Place(
                f"198.18.{user // 200 % 256}.{user % 200 + 1}", 64496 + user // 400 % 8, "PT", "Porto", "Porto"
            )
            machine = Machine(self.machines[user], f"BN-LT-{user:06d}", "Windows 11", "Edge 150.0.0", True, True)
            return Seat(place, EDGE, machine)
        place = Place(f"198.19.{user // 200 % 256}.{user % 200 + 1}", 64504 + user // 10 % 8, "ES", "Galicia", "Vigo")
        return Seat(place, FIREFOX_LINUX, Machine(os="Linux", browser="Firefox 155.0"))

    def prepared(self, user: int, kind: int) -> list[bytes]:
        """The stretches of a record between its nine variable places; `kind` 0 is the interactive one."""
        key = (user, kind)
        parts = self._prepared.get(key)
        if parts is None:
            parts = self._prepared[key] = _parts(self, user, kind)
        return parts


def _parts(tenant: Tenant, user: int, kind: int) -> list[bytes]:
    seat = tenant.seat(user)
    client, resource = APPS[max(kind - 1, 0)]
    event = SignInEvent(
        time=START,
        user=tenant.people[user],
        tenant_id=TENANT,
        client=client,
        resource=resource,
        place=seat.place,
        user_agent=seat.user_agent,
        request_id=SINGLE_ID,
        correlation_id=CORRELATION.decode(),
        session_id=SESSION.decode(),
        interactive=kind == 0,
        incoming="none" if kind == 0 else "primaryRefreshToken" if seat.machine.id else "refreshToken",
        status_detail="MFA requirement satisfied by claim in the token",
        device=seat.machine,
        client_app="Browser",
        auth_methods=(("Previously satisfied", "MFA requirement satisfied by claim in the token"),),
    )
    record = orjson.dumps(graph_signin(event))
    for said, mark in (
        (event.token_id.encode(), TOKEN),
        (SINGLE_ID.encode(), ID),
        (graph_time(START).encode(), WHEN),
    ):
        record = record.replace(said, mark)
    parts = []
    for mark in (ID, WHEN, CORRELATION, TOKEN, SESSION, WHEN):
        before, _, record = record.partition(mark)
        parts.append(before)
    return [*parts, record + b"\n"]


def flows(tenant: Tenant, mint: Mint, records: int) -> list[tuple[int, bytes]]:
    """That many records of device code flows as (second since START, line), in order of time."""
    end = START + timedelta(days=DAYS)
    developers = range(0, len(tenant.people), 40)
    told: list[SignInEvent] = []
    while len(told) < records:
        at = START + timedelta(days=mint.between(0, DAYS - 1), hours=mint.between(7, 18)) + mint.span(60, 3500)
        user = mint.between(0, len(tenant.people) - 1)
        share = mint.between(0, 99)
        if share < 4:
            flow = _phish(tenant, mint, user, at)
        elif share < 8:
            flow = _block(tenant, mint, user, at)
        else:
            flow = _habit(tenant, mint, mint.pick(developers), at)
        told += [event for event in flow if event.time < end]
    told = sorted(told[:records], key=lambda event: event.time)
    return [
        (int((event.time - START).total_seconds()), orjson.dumps(graph_signin(event), option=orjson.OPT_APPEND_NEWLINE))
        for event in told
    ]


def _habit(tenant: Tenant, mint: Mint, user: int, at: datetime) -> tuple[SignInEvent, ...]:
    seat = tenant.seat(user)
    tool = Seat(seat.place, "azsdk-python-identity/1.19.0 Python/3.12.3 (Linux-6.8.0-x86_64-with-glibc2.39)")
    later = [Refresh(mint.span(600, 86400), resource=GRAPH) for _ in range(mint.between(2, 8))]
    return _login(tenant, mint, user, at, (AZURE_CLI, ARM), tool, later)


def _phish(tenant: Tenant, mint: Mint, user: int, at: datetime) -> tuple[SignInEvent, ...]:
    tool = Seat(_hosting(mint), "python-requests/2.32.3")
    later = [Refresh(mint.span(60, 7 * 86400), *mint.pick(FAN_OUT)) for _ in range(mint.between(6, 20))]
    return _login(tenant, mint, user, at, (BROKER, DRS), tool, later)


def _login(
    tenant: Tenant, mint: Mint, user: int, at: datetime, apps: tuple[App, App], tool: Seat, later: list[Refresh]
) -> tuple[SignInEvent, ...]:
    return device_code_login(
        mint,
        tenant.people[user],
        tenant_id=TENANT,
        at=at,
        client=apps[0],
        resource=apps[1],
        approver=tenant.seat(user),
        redeemer=tool,
        scopes=(f"{apps[1].id}/.default", "openid", "offline_access"),
        refreshes=later,
    )


def _block(tenant: Tenant, mint: Mint, user: int, at: datetime) -> tuple[SignInEvent, ...]:
    seat = tenant.seat(user)
    policy = Policy.blocking_device_code("0c14a1b2-0000-4000-8000-000000000014")
    return blocked_attempt(
        mint,
        tenant.people[user],
        tenant_id=TENANT,
        at=at,
        client=BROKER,
        resource=DRS,
        approver=seat,
        policy=policy,
        seen_from=_hosting(mint),
    )


def _hosting(mint: Mint) -> Place:
    return Place(f"203.0.113.{mint.between(1, 254)}", 400940, "US", "Virginia", "Ashburn")


def ordinary(tenant: Tenant, dice: random.Random, records: int) -> Iterator[tuple[int, bytes]]:
    """That many ordinary records as (second since START, line), in order of time."""
    weights = [
        weight * (1 if (START + timedelta(days=day)).weekday() < 5 else 0.1) for day in range(DAYS) for weight in RHYTHM
    ]
    clock = [b":%02d:%02dZ" % divmod(second, 60) for second in range(3600)]
    total, passed, made, users = sum(weights), 0.0, 0, len(tenant.people)
    randbytes, chance = dice.randbytes, dice.random
    for hour, weight in enumerate(weights):
        passed += weight
        count = round(records * passed / total) - made
        made += count
        prefix = (START + timedelta(hours=hour)).strftime("%Y-%m-%dT%H").encode()
        day = b"%04x" % (hour // 24)
        for place in range(count):
            second = place * 3600 // count
            when = prefix + clock[second]
            user = int(chance() * users)
            roll = chance() * 5
            a, b, c, d, e, f, g = tenant.prepared(user, 0 if roll < 1 else int(roll))
            raw = randbytes(31)
            text = raw.hex().encode()
            # A request id ends in 00; its token id is the same sixteen bytes in .NET order.
            token = b64encode(raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:15] + b"\0")[:22].translate(URL_SAFE)
            yield (
                hour * 3600 + second,
                b"".join(
                    (
                        a, text[:8], b"-", text[8:12], b"-", text[12:16], b"-", text[16:20], b"-", text[20:30], b"00",
                        b, when,
                        c, text[30:38], b"-", text[38:42], b"-", text[42:46], b"-", text[46:50], b"-", text[50:62],
                        d, token,
                        e, tenant.sessions[user], day,
                        f, when, g,
                    )
                ),
            )  # fmt: skip


def write(path: Path, records: int, seed: int, share: float) -> None:
    """Write `records` lines to `path`, in order of time."""
    mint = Mint(f"benchmark {seed}")
    tenant = Tenant(max(2000, records // 5000), mint)
    marked = flows(tenant, mint, round(records * share))
    marked.append((sys.maxsize, b""))
    following, at = 0, marked[0][0]
    lines: list[bytes] = []
    with path.open("wb") as out:
        for second, line in ordinary(tenant, random.Random(seed), records - len(marked) + 1):
            while at <= second:
                lines.append(marked[following][1])
                following += 1
                at = marked[following][0]
            lines.append(line)
            if len(lines) >= BATCH:
                out.write(b"".join(lines))
                lines.clear()
        out.write(b"".join([*lines, *(line for _, line in marked[following:])]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write Graph beta sign-ins for benchmarks, one per line.")
    parser.add_argument("records", type=int, help="how many records")
    parser.add_argument("out", type=Path, help="file to write")
    parser.add_argument("--seed", type=int, default=1, help="the same seed writes the same bytes (default 1)")
    parser.add_argument("--grants", type=float, default=0.002, metavar="SHARE", help="share of device code records")
    asked = parser.parse_args()
    if asked.records < 1 or not 0 <= asked.grants <= 1:
        parser.error("records must be 1 or more and SHARE between 0 and 1")
    begun = time.perf_counter()
    write(asked.out, asked.records, asked.seed, asked.grants)
    took = time.perf_counter() - begun
    size = asked.out.stat().st_size
    print(f"{asked.records:,} records, {size / 1e6:,.1f} MB in {took:.1f} s ({asked.records / took:,.0f} records/s)")


if __name__ == "__main__":
    main()
