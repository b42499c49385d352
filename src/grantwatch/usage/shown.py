"""What an inventory shows of a file of allowances: who uses which, from where, in which grants; and names with ids."""

from __future__ import annotations

from collections import defaultdict

from grantwatch.allowances import Allowances, flow_networks, matches
from grantwatch.policy.generate import Evidence, Seen
from grantwatch.usage.model import Inventory
from grantwatch.verdict.model import Judged

__all__ = ["evidence"]


def evidence(allowances: Allowances, made: Inventory) -> Evidence:
    """The evidence of honest grants, whatever the state of an allowance; names with ids of every grant."""
    found: dict[tuple[str, str, str], list[Judged]] = defaultdict(list)
    ids: dict[str, set[str]] = defaultdict(set)
    for each in made.hunt.grants:
        user = each.grant.user
        if user.id and user.upn:
            ids[user.upn.lower()].add(user.id.lower())
    for each in made.honest:
        user, kind = each.grant.user, made.kinds[each.grant.grant_id]
        for match in matches(allowances, each.grant, kind):
            found[match.allowance.id, (user.id or user.upn or "").lower(), kind].append(each)
    seen = [
        Seen(
            allowance=id,
            id=next((each.grant.user.id.lower() for each in grants if each.grant.user.id), None),
            upn=next((each.grant.user.upn.lower() for each in grants if each.grant.user.upn), None),
            kind=kind,
            grant_ids=tuple(each.grant.grant_id for each in grants),
            ranges=tuple(
                sorted(
                    {
                        (network.prefix, network.asn)
                        for each in grants
                        for network in flow_networks(each.grant)
                        if network.prefix
                    },
                    key=repr,
                )
            ),
        )
        for (id, _, kind), grants in sorted(found.items())
    ]
    return Evidence(tuple(seen), {name: frozenset(each) for name, each in ids.items()})
