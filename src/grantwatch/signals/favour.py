"""What speaks for a grant: a habit. Only what is there and matches counts, never what is missing or merely equal."""

from __future__ import annotations

from datetime import date

from grantwatch import knowledge
from grantwatch.grants.model import Network, Outcome, Party
from grantwatch.profile.model import EarlierGrant
from grantwatch.signals.account import device_account, resource_kind
from grantwatch.signals.network import rented
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import FIRST_HOUR, earlier_grants, familiar, prefix_known, redeemed_at, silent, unsaid

HABIT_DAYS = 2
SETTLED_DAYS = 5
SITE_DAYS = 2

_NO_NETWORKS = "the redeemer was not seen, or a record names no network: a habit must not rest on what the logs lack"
_NOT_FOR_ROOMS = frozenset({"mail", "files", "management", "devops", "secrets"})


def _networks(case: Case) -> list[Network] | None:
    """The networks that must match: of every leg and of every use that is not surely the approver's.

    None where one is not named, and where the redeemer was not seen: a habit must not rest on what the logs lack.
    After the first hour the user's own networks do not matter: laptops are carried about.
    """
    grant = case.grant
    uses = [use for use in grant.token_uses if use.party is not Party.APPROVER]
    if grant.redemption is None and not any(use.party is Party.REDEEMER for use in uses):
        return None
    until = redeemed_at(grant) + FIRST_HOUR
    networks = [leg.network for leg in grant.legs]
    networks += [use.network for use in uses if use.first <= until or not prefix_known(case, use.network)]
    if not networks or any(network.prefix is None for network in networks):
        return None
    return networks


def _match(earlier: EarlierGrant, networks: list[Network]) -> float:
    """1 where every prefix is the earlier grant's, 0.6 where some share only its ASN, 0 otherwise."""
    scale = 1.0
    for network in networks:
        if network.prefix in earlier.prefixes:
            continue
        # A hosting ASN has a million tenants: there only the very prefix tells one from another.
        if network.asn is None or network.asn not in earlier.asns or rented(network):
            return 0.0
        scale = 0.6
    return scale


@signal(
    "favour.habit",
    title="An established habit",
    question="Has this user done exactly this before: same client, resource and network?",
    group="favour",
    weight=-3.2,
    looks_at="client, resource and networks of this grant, against the user's grants a day or more before, but for "
    "those judged critical",
    otherwise="It did not match an earlier habit.",
    needs=("stream:non_interactive", "history"),
    gaps=("an attacker who sits in the user's own network and copies the habit",),
)
def habit(self: Signal, case: Case) -> Answer:
    """At least two earlier days, a day or more before, none of them judged critical; networks by prefix, else ASN."""
    grant = case.grant
    networks = _networks(case)
    if grant.outcome is not Outcome.REDEEMED:
        return silent(self, case, "Only a redeemed grant can be a habit.")
    if networks is None:
        return unsaid(self, case, _NO_NETWORKS)
    if grant.client.id is None or grant.resource.id is None:
        return unsaid(self, case, "no record of this grant names both client and resource")
    days: dict[date, float] = {}
    for earlier in earlier_grants(case):
        if earlier.client_id == grant.client.id and earlier.resource_id == grant.resource.id:
            day = earlier.started_at.date()
            days[day] = max(days.get(day, 0.0), _match(earlier, networks))
    matched = sorted((scale for scale in days.values() if scale), reverse=True)
    if len(matched) < HABIT_DAYS:
        held = "One earlier day has" if matched else "No earlier day has"
        return silent(self, case, f"{held} this client, resource and network; it takes {HABIT_DAYS}.")
    strongest = matched[:SETTLED_DAYS]
    scale = (0.6 + 0.4 * (len(strongest) - HABIT_DAYS) / (SETTLED_DAYS - HABIT_DAYS)) * sum(strongest) / len(strongest)
    known_as = knowledge.resource(grant.resource.id)
    resource = known_as.name if known_as else grant.resource.label
    return self.fired(
        f"On {len(matched)} earlier days this user signed in to {resource} through {grant.client.label} "
        "from the same network.",
        chip="established habit",
        records=tuple(leg.ref for leg in grant.legs[:1]),
        scale=Scale().by(
            scale, f"{len(strongest)} of {SETTLED_DAYS} days that settle a habit, by address range or ASN"
        ),
    )


@signal(
    "favour.device_account",
    title="A device account at its site",
    question="Is this a meeting room or phone account at the place where it always is?",
    group="favour",
    weight=-3.0,
    looks_at="clients, resources and networks of this grant, where the account is that of a room device",
    otherwise="Something of it is not what a room device does at its site.",
    needs=("stream:non_interactive", "history"),
    gaps=("an attacker inside the site's network",),
)
def device_at_site(self: Signal, case: Case) -> Answer:
    """Only room device clients, every network a prefix that the account had for days, no resource beyond rooms."""
    networks = _networks(case)
    grant = case.grant
    if not earlier_grants(case) or not device_account(case):
        return silent(self, case, "Earlier grants do not show this account to be that of a room device.")
    if networks is None:
        return unsaid(self, case, _NO_NETWORKS)
    resources = [grant.resource.id, *(leg.resource.id for leg in grant.legs)]
    resources += [use.resource.id for use in grant.token_uses if use.party is not Party.APPROVER]
    if None in resources:
        return unsaid(self, case, "not every record of this grant names its resource")
    if any(resource_kind(resource) in _NOT_FOR_ROOMS for resource in resources):
        return silent(self, case, "It asked for something that rooms have no need of.")
    if not all(
        prefix_known(case, network) and familiar(case, "prefix", network.prefix).user_days >= SITE_DAYS
        for network in networks
    ):
        return silent(self, case, "A network of this grant is not the account's settled place.")
    return self.fired(
        f"{grant.user.label} only ever signed in as a room device, and always from this site.",
        chip="device at its site",
        records=tuple(leg.ref for leg in grant.legs[:1]),
    )
