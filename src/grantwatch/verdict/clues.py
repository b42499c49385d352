"""What a grant may share with others of the same attack: networks that are new or rented, and scripts."""

from __future__ import annotations

from typing import NamedTuple

from grantwatch import knowledge
from grantwatch.grants.model import Grant, LegKind, Network, Outcome, Party
from grantwatch.signals import SURE_TIES, Case, at_its_site, device_account, rented, without_code
from grantwatch.verdict.model import Judged, Severity

__all__ = ["Clue", "clues", "is_attempt", "is_suspicious", "is_unfinished", "provider", "user_key"]


class Clue(NamedTuple):
    """Something that grants of several users may share; `label` is for readers.

    `kind` is prefix, asn, agent, client, device or way (see ties.py); `clues` gives the first three.
    """

    kind: str
    value: str
    label: str


def is_suspicious(judged: Judged) -> bool:
    """Medium or worse."""
    return judged.verdict.severity >= Severity.MEDIUM


def is_attempt(judged: Judged) -> bool:
    """Blocked or abandoned."""
    return judged.grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED)


def is_unfinished(judged: Judged) -> bool:
    """Approved for a client that needs no code, little by itself, and no redemption was seen: it may be too late."""
    grant = judged.grant
    little = Severity.INFORMATIONAL <= judged.verdict.severity <= Severity.LOW
    return grant.outcome is Outcome.APPROVED and little and without_code(grant.client.id)


def user_key(grant: Grant) -> str:
    """The id of the user, else the principal name, else the grant itself."""
    return (grant.user.id or grant.user.upn or grant.grant_id).lower()


def _is_device(judged: Judged) -> bool:
    case = Case(judged.grant, judged.profile)
    return device_account(case) and at_its_site(case)


def _networks(grant: Grant) -> list[Network]:
    """Places that may be the attacker's. Where the approver was is told only by legs before the token."""
    uses = [use.network for use in grant.token_uses if use.party is Party.REDEEMER]
    deeds = [each.network for each in grant.follow_ons if each.tie.by in SURE_TIES]
    return [leg.network for leg in grant.legs] + uses + deeds


def _agents(grant: Grant) -> set[str]:
    agents = [leg.user_agent for leg in grant.of(LegKind.REDEMPTION)]
    agents += [use.user_agent for use in grant.token_uses if use.party is Party.REDEEMER]
    return {agent for agent in agents if agent and knowledge.agent(agent).is_scripted}


def provider(network: Network) -> Clue:
    """The autonomous system of a network, by number and by the name that it is known by."""
    mark = knowledge.network(network.asn, network.ip)
    name = f" ({mark.name})" if mark else ""
    return Clue("asn", str(network.asn), f"AS{network.asn}{name}")


def clues(judged: Judged) -> frozenset[Clue]:
    """What this grant may share with others: rented or new networks, and scripted user agents of the redeemer.

    A network with users of the tenant before this grant is ordinary. Each grant says so for itself: to later
    victims the attacker's network looks known, to the first it does not.
    """
    grant, profile = judged.grant, judged.profile
    if _is_device(judged):
        return frozenset()
    found: set[Clue] = set()
    for network in _networks(grant):
        mark = knowledge.network(network.asn, network.ip)
        if mark and mark.kind == "microsoft":
            continue
        for_rent = rented(network, grant.started_at.date()) is not None
        asn = profile.familiarity("asn", network.asn)
        prefix = profile.familiarity("prefix", network.prefix)
        if asn.known_to_user and not for_rent:
            continue
        if network.prefix and not prefix.known_to_user:
            found.add(Clue("prefix", network.prefix, f"the network {network.prefix}"))
        if network.asn is not None and not asn.known_to_user and (for_rent or not asn.tenant_users):
            found.add(provider(network))
    found.update(Clue("agent", agent, f"the user agent {agent!r}") for agent in _agents(grant))
    return frozenset(found)
