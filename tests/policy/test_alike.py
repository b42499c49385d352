"""One address or user that stands for others is decided as each of them would be alone."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.shapes import (
    ANNA,
    BEN,
    GLOBAL_ADMIN,
    ROOM,
    ROOMS,
    STAFF,
    a_group,
    a_policy,
    a_role,
    guid,
    ip_location,
    model,
    sign_in,
)

from grantwatch.policy import Membership
from grantwatch.policy.locations import Ranges, address

NETWORKS = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/30",
    "10.0.0.2/31",
    "10.0.0.4/32",
    "10.255.255.0/24",
    "255.255.255.255/32",
    "2001:db8::/32",
    "2001:db8::/127",
    "::/0",
]
ADDRESSES = [
    *(f"10.0.0.{last}" for last in range(6)),
    "0.0.0.0",  # noqa: S104 - the first address of all
    "9.255.255.255",
    "10.255.255.255",
    "11.0.0.0",
    "255.255.255.255",
    "2001:db8::",
    "2001:db8::1",
    "2001:db8::2",
    "2001:db9::",
    "::ffff:10.0.0.1",
    "not an address",
]
networks = st.lists(st.sampled_from(NETWORKS), max_size=4)


@settings(max_examples=40)
@given(st.lists(networks, min_size=1, max_size=3), st.permutations(ADDRESSES))
def test_addresses(ranges: list[list[str]], order: list[str]) -> None:
    ids = [guid(800 + number) for number in range(len(ranges))]
    places = [
        ip_location(id, "Place", *own, trusted=place == 0)
        for place, (id, own) in enumerate(zip(ids, ranges, strict=True))
    ]
    policies = [
        a_policy("Out", locations={"includeLocations": ["All"], "excludeLocations": ids[1:]}),
        a_policy("In", locations={"includeLocations": ["AllTrusted"]}),
    ]
    made = model(*policies, namedLocations=places)
    for ip in order:
        context = sign_in(ip=ip)
        assert made.outcome(context) == made.outcome_afresh(context)
        found = address(ip)
        if found is not None:
            trusted = any(_inside(found, each) for each in ranges[0])
            assert made.decide(context).policies[0].applies is trusted


def _inside(found: tuple[int, int], network: str) -> bool:
    within = ip_network(network)
    return within.version == found[0] and int(within.network_address) <= found[1] <= int(within.broadcast_address)


@settings(max_examples=40)
@given(st.permutations([ANNA, BEN, ROOM, ROOM.upper(), guid(77), guid(78)]))
def test_users(order: list[str]) -> None:
    nested = {"@odata.type": "#microsoft.graph.group", "id": ROOMS}
    policies = [
        a_policy("A", users={"includeUsers": ["All"], "excludeGroups": [STAFF], "excludeUsers": [guid(77)]}),
        a_policy("B", users={"includeGroups": [ROOMS], "includeRoles": [GLOBAL_ADMIN]}),
        a_policy("C", users={"includeUsers": ["All"], "excludeGroups": [guid(79)]}),
    ]
    made = model(
        *policies,
        groups=[a_group(STAFF, "Staff", ANNA, nested), a_group(ROOMS, "Rooms", ROOM)],
        directoryRoles=[a_role(GLOBAL_ADMIN, "Global Administrator", BEN)],
    )
    for user in order:
        context = sign_in(user_id=user, groups=Membership(), roles=Membership())
        assert made.outcome(context) == made.outcome_afresh(context)
    room = made.decide(sign_in(user_id=ROOM.upper(), groups=Membership(), roles=Membership()))
    assert [answer.applies for answer in room.policies] == [False, True, None]


@pytest.mark.parametrize(
    ("given_", "size"),
    [
        (["10.0.0.0/31", "10.0.0.2/31"], 4),
        (["10.0.0.0/30", "10.0.0.1/32"], 4),
        (["10.0.0.0/32", "10.0.0.2/32"], 2),
        (["2001:db8::/127"], 0),
        ([], 0),
    ],
)
def test_ranges_are_merged(given_: list[str], size: int) -> None:
    assert Ranges(map(ip_network, given_)).size(4) == size
