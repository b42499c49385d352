"""How many sign-ins a second 50 Conditional Access policies decide on one core: `python benchmarks/decisions.py`.

Three figures, in processor time: contexts that come back (the memo is warm), 100,000 contexts no two of which are the
same (users, addresses and times of a tenant, in the order in which they come, the memo cold at the start), and the same
without any memo. The answers of the three are compared.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from grantwatch.policy import DEVICE_CODE, UNREGISTERED, Context, Device, Membership, Model, UserKind, parse

POLICIES = 50
GROUPS = 60
LOCATIONS = 20
RESOURCES = (
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9",
    "0000000a-0000-0000-c000-000000000000",
    "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    "499b84ac-1321-427f-aa17-267ca6975798",
)


def guid(kind: int, number: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def policy(number: int, draw: random.Random) -> dict:
    """One of fifty: every fifth about device code, others about platforms, places, devices, risk."""
    excluded = [guid(2, each) for each in draw.sample(range(GROUPS), 3)]
    conditions: dict = {
        "clientAppTypes": ["all"] if number % 3 else ["browser", "mobileAppsAndDesktopClients"],
        "applications": {"includeApplications": ["All"], "excludeApplications": [draw.choice(RESOURCES)]},
        "users": {"includeUsers": ["All"], "excludeGroups": excluded, "excludeUsers": [guid(1, number)]},
    }
    if number % 4 == 1:
        conditions["users"] = {"includeGroups": excluded[:2], "excludeRoles": [guid(4, number % 9)]}
    if number % 5 == 0:
        conditions["authenticationFlows"] = {"transferMethods": "deviceCodeFlow,authenticationTransfer"}
    if number % 5 == 1:
        places = [guid(3, each) for each in draw.sample(range(LOCATIONS), 2)]
        conditions["locations"] = {"includeLocations": ["All"], "excludeLocations": [*places, "AllTrusted"]}
    if number % 5 == 2:
        conditions["platforms"] = {"includePlatforms": ["all"], "excludePlatforms": ["android", "iOS"]}
    if number % 5 == 3:
        rule = f'device.trustType -eq "ServerAD" -or device.model -startsWith "Model {number}"'
        conditions["devices"] = {"deviceFilter": {"mode": "exclude", "rule": rule}}
    if number % 5 == 4:
        conditions["signInRiskLevels"] = ["medium", "high"]
    controls = ["block"] if number % 10 == 0 else ["mfa"]
    return {
        "id": guid(5, number),
        "displayName": f"CA{number:03}",
        "state": "enabledForReportingButNotEnforced" if number % 7 == 0 else "enabled",
        "conditions": conditions,
        "grantControls": {"operator": "OR", "builtInControls": controls},
    }


def export(draw: random.Random, users: int) -> bytes:
    locations = [
        {
            "@odata.type": "#microsoft.graph.ipNamedLocation",
            "id": guid(3, number),
            "displayName": f"Site {number}",
            "isTrusted": number % 2 == 0,
            "ipRanges": [{"cidrAddress": f"198.{18 + number % 2}.{draw.randrange(256)}.0/26"} for _ in range(50)],
        }
        for number in range(LOCATIONS)
    ]
    groups = [
        {
            "id": guid(2, number),
            "displayName": f"Group {number}",
            "members": [guid(1, each) for each in draw.sample(range(users), 40)],
        }
        for number in range(GROUPS)
    ]
    policies = [policy(number, draw) for number in range(POLICIES)]
    return json.dumps({"policies": policies, "namedLocations": locations, "groups": groups}).encode()


def contexts(draw: random.Random, users: int, number: int) -> list[Context]:
    """Sign-ins of which no two have the same inputs: users at their usual and at other addresses."""
    devices = [
        UNREGISTERED,
        *(
            Device(True, (("trusttype", kind), ("model", f"Model {model}")))
            for kind in ("ServerAD", "AzureAD")
            for model in range(9)
        ),
    ]
    made: dict[Context, None] = {}
    while len(made) < number:
        flow = DEVICE_CODE if draw.random() < 0.4 else None
        user = int(draw.paretovariate(0.9)) % users
        context = Context(
            user_id=guid(1, user),
            kinds=frozenset({UserKind.MEMBER}),
            roles=Membership(frozenset({guid(4, user % 9)}) if user % 40 == 0 else frozenset(), complete=True),
            resources=frozenset({draw.choice(RESOURCES)}),
            client_app="mobileAppsAndDesktopClients",
            platform=draw.choice(("windows", "macOS", "linux", None)),
            ip=f"198.{draw.choice((18, 19))}.{draw.randrange(256)}.{draw.randrange(1, 255)}",
            country="GB",
            device=draw.choice(devices),
            sign_in_risk=draw.choice(("none", "none", "low", "medium")),
            flow=flow,
            tracked=flow,
        )
        made[context] = None
    return list(made)


def timed(label: str, decide, given: list[Context]) -> list:
    start = time.process_time()
    answers = [decide(context) for context in given]
    spent = time.process_time() - start
    print(f"{label:<34} {len(given):>9,} sign-ins in {spent:6.2f} s: {len(given) / spent:>10,.0f} a second")
    return answers


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sign-ins", type=int, default=100_000)
    options.add_argument("--users", type=int, default=5_000)
    asked = options.parse_args()
    draw = random.Random(7)
    exported = parse([("benchmark", export(draw, asked.users))])
    given = contexts(draw, asked.users, asked.sign_ins)
    print(f"{len(exported.policies)} policies, {len(given):,} distinct sign-ins, processor time of one core")
    model = Model(exported.policies, exported.directory)
    cold = timed("distinct, memo cold at the start", model.outcome, given)
    warm = timed("the same again, memo warm", model.outcome, given)
    fresh = Model(exported.policies, exported.directory)
    plain = timed("without any memo", fresh.outcome_afresh, given[: len(given) // 10])
    assert cold == warm
    assert cold[: len(plain)] == plain
    results: dict[str, int] = {}
    for outcome in cold:
        results[outcome.result.value] = results.get(outcome.result.value, 0) + 1
    print("results:", ", ".join(f"{name} {number:,}" for name, number in sorted(results.items())))


if __name__ == "__main__":
    main()
