"""From where: networks of the grant that do not fit the user or the tenant.

Entra may log either party's address in either leg, so each place counts as evidence about an unknown party.
A difference between the legs tells something; that they are equal tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from grantwatch import knowledge
from grantwatch.grants.model import Network
from grantwatch.knowledge import NetworkMark
from grantwatch.signals.account import client_kind
from grantwatch.signals.prevalence import rarer
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    MANY_USERS,
    RENTED,
    Place,
    familiar,
    flow_places,
    history_scale,
    is_microsofts,
    known,
    moved_together,
    network_words,
    new_to_user,
    own_way,
    redeemer_places,
    short_history,
    silent,
    unsaid,
)

__all__ = ["OWN_TOOL", "RENTED", "newness", "on_command_line", "own_tool", "rented"]


def rented(network: Network, on: date | None = None) -> NetworkMark | None:
    """The mark, where the network belongs to hosting, an anonymiser or a reported campaign; `on`: day of the grant."""
    mark = knowledge.network(network.asn, network.ip, on)
    return mark if mark and mark.kind in RENTED else None


OWN_TOOL = (0.5, "a command line under its own name: such run on servers too")


def on_command_line(case: Case, place: Place) -> bool:
    """True for a tool that names itself, on a command line's client."""
    named = bool(place.user_agent) and knowledge.agent(place.user_agent).kind == "tool"
    return named and client_kind(case.grant.client.id) in ("cli", "driver")


def own_tool(case: Case, place: Place) -> bool:
    """True for a tool that names itself, on a command line's client, in the hands of somebody whose peers use it so.

    What a tool says of itself can be made up: for somebody who has nothing to do with command lines it says nothing.
    Machines to work on are rented at hosters; nobody works on the exit of an anonymiser, nor in somebody's home: where
    people of the tenant have their provider, there are no servers.
    """
    client = case.grant.client.id
    mark = rented(place.network, case.grant.started_at.date())
    if mark and mark.kind != "hosting":
        return False
    if mark is None and familiar(case, "asn", place.network.asn).tenant_users >= MANY_USERS:
        return False
    if not on_command_line(case, place):
        return False
    peers = case.profile.peers
    return known(case, "client", client) or known(case, "grant_client", client) or bool(peers and peers.client)


def _by_tool(case: Case, place: Place, scale: Scale) -> Scale:
    """Less for a command line on a rented machine, which is new to its user each time."""
    rented_for_it = place.redeemer and own_tool(case, place) and rented(place.network, case.grant.started_at.date())
    return scale.by(*OWN_TOOL) if rented_for_it else scale


def _heaviest(scored: Iterable[tuple[Scale, Place]]) -> tuple[Scale, Place] | None:
    return max(scored, key=lambda pair: pair[0].value, default=None)


_LEAST = {"asn": 0.5, "prefix": 0.3}
"""What is left of the newness of a network that a quarter of the tenant uses."""
_NO_ASN = "the log names no ASN"
_NO_NETWORK = "no record of this grant names a network"
_MICROSOFT = "a network of Microsoft's own"


def newness(case: Case, network: Network) -> Scale:
    """How much a network that is new to the user tells: less the more of the tenant and of the peers are there."""
    by_prefix = rarer(case, Scale(), "prefix", network.prefix, _LEAST["prefix"])
    by_asn = rarer(case, Scale(), "asn", network.asn, _LEAST["asn"])
    scale = min(by_prefix, by_asn, key=lambda each: each.value)
    if network.asn is None:
        scale = scale.by(0.6, _NO_ASN)
    if is_microsofts(network):
        scale = scale.by(0.5, _MICROSOFT)
    return scale.times(own_way(case, network))


def _unnamed(places: Iterable[Place]) -> bool:
    """True where no place names its network."""
    return all(place.network.prefix is None and place.network.asn is None for place in places)


@signal(
    "network.new_to_user",
    title="A network that is new to this user",
    question="Had this user been seen in the networks of this grant?",
    group="network",
    weight=1.5,
    looks_at="address range and ASN of each leg, and of the redeemer's token uses in the first hour",
    otherwise="Every network that these records name was known to this user a day or more before.",
    techniques=("T1078.004", "T1090"),
    entries=(7, 8),
    needs=("history",),
    false_positives=("travel", "a new internet provider at home", "a changed VPN or proxy"),
    gaps=("an attacker behind the user's own provider or in the user's own network",),
)
def new_network(self: Signal, case: Case) -> Answer:
    """Neither the prefix nor the ASN of some place of the flow was known to the user."""
    scale = history_scale(case)
    flow = flow_places(case.grant)
    places = [place for place in flow if new_to_user(case, place.network)]
    if not places:
        if _unnamed(flow):
            return unsaid(self, case, _NO_NETWORK)
        together = max(moved_together(case, place.network) for place in flow)
        told = f"{together} people of this user's other networks came there within two weeks: a move, not an intruder."
        return silent(self, case, told if together else "")
    if not scale:
        return short_history(self, case)
    weighed = ((_by_tool(case, place, newness(case, place.network)), place) for place in places)
    weight, place = max(weighed, key=lambda pair: pair[0].value)
    others = familiar(case, "asn", place.network.asn).tenant_users
    told = "nobody else of the tenant was seen there"
    if others:
        told = f"{others} user{' of the tenant was' if others == 1 else 's of the tenant were'} seen there"
    return self.fired(
        f"This user had not been seen on {network_words(place.network)} before; {told}.",
        chip="network new to user",
        records=place.refs,
        scale=scale.times(weight),
    )


@signal(
    "network.new_to_tenant",
    title="A network that nobody of the tenant uses",
    question="Had anybody of this tenant been seen in the networks of this grant?",
    group="network",
    weight=0.9,
    looks_at="ASN, else address range, of each leg, and of the redeemer's token uses in the first hour",
    otherwise="Each network that these records name was known to this user, or to somebody else of the tenant.",
    techniques=("T1090",),
    entries=(8,),
    needs=("history", "field:asn"),
    false_positives=("travel to a country where nobody works",),
    gaps=("tenants with few users or short logs", "an attacker behind a large residential provider"),
)
def new_to_tenant(self: Signal, case: Case) -> Answer:
    """No user of the tenant had been seen with the ASN (or the prefix, where the log gives no ASN)."""
    profile = case.profile
    if "history" in case.missing or profile.tenant_history_days < 7:
        return short_history(self, case)
    flow = flow_places(case.grant)
    for place in flow:
        network = place.network
        dimension, value = ("asn", network.asn) if network.asn is not None else ("prefix", network.prefix)
        if value is None or not new_to_user(case, network) or familiar(case, dimension, value).tenant_users:
            continue
        scale = Scale()
        if profile.tenant_users < 5:
            scale = scale.by(0.5, "fewer than 5 users in these logs")
        if is_microsofts(network):
            scale = scale.by(0.5, _MICROSOFT)
        if network.asn is None:
            scale = scale.by(0.4, _NO_ASN)  # every home is an address range that nobody else uses
        scale = _by_tool(case, place, scale).times(own_way(case, network))
        return self.fired(
            f"None of {profile.tenant_users} users of this tenant had been seen on {network_words(network)}.",
            chip="network new to tenant",
            records=place.refs,
            scale=scale,
        )
    return unsaid(self, case, _NO_NETWORK) if _unnamed(flow) else silent(self, case)


@signal(
    "network.hosting",
    title="A hosting or anonymising network",
    question="Did a request of this grant come from a network that anyone can rent?",
    group="network",
    weight=2.4,
    looks_at="ASN and address of each leg, and of all token uses of the redeemer",
    otherwise="No network that these records name is on the list of hosting, anonymisers and reported campaigns.",
    techniques=("T1090", "T1078.004"),
    entries=(8,),
    needs=("field:asn",),
    false_positives=("build servers and jump hosts", "a VPN or secure web gateway of the company"),
    gaps=("residential proxies: absence of a hosting network proves nothing", "providers that are not on the list"),
)
def hosting(self: Signal, case: Case) -> Answer:
    """The ASN or prefix is marked in knowledge/networks.toml; weighs less where user or tenant know the ASN."""
    scored: list[tuple[Scale, Place]] = []
    places = (*flow_places(case.grant), *redeemer_places(case.grant))
    for place in places:
        mark = rented(place.network, case.grant.started_at.date())
        if mark is None:
            continue
        scale = Scale()
        if mark.expired:
            scale = scale.by(0.4, "the mark of this network is out of date")
        elif mark.campaign or mark.kind != "hosting":
            scale = scale.by(1.2, "a network of a reported campaign" if mark.campaign else f"kind: {mark.kind}")
        if known(case, "asn", place.network.asn):
            scale = scale.by(0.15, "this user is known there")
        else:
            scale = rarer(case, scale, "asn", place.network.asn, 0.35)
        if own_tool(case, place):
            scale = scale.by(*OWN_TOOL)
        scored.append((scale.times(own_way(case, place.network)), place))
    worst = _heaviest(scored)
    if worst is None:
        return unsaid(self, case, _NO_NETWORK) if _unnamed(places) else silent(self, case)
    scale, place = worst
    who = "The redemption or a token use" if place.redeemer else "A leg of this grant"
    return self.fired(
        f"{who} came from {network_words(place.network)}, a network that anyone can rent.",
        chip="hosting network",
        records=place.refs,
        scale=scale,
    )


@signal(
    "network.new_country",
    title="A country that is new to this user",
    question="Had this user been seen in the countries of this grant?",
    group="network",
    weight=1.1,
    looks_at="the country of each leg, and of the redeemer's token uses in the first hour",
    otherwise="Every country that these records name was known to this user, or is that of Microsoft's own network.",
    techniques=("T1078.004",),
    entries=(8,),
    needs=("history",),
    false_positives=("travel", "networks whose country is recorded wrongly"),
    gaps=("proxies in the user's own region",),
)
def new_country(self: Signal, case: Case) -> Answer:
    """The country of some place of the flow was not known to the user."""
    scale = history_scale(case)
    flow = flow_places(case.grant)
    for place in flow:
        country = place.network.country
        if country is None or known(case, "country", country) or is_microsofts(place.network):
            continue
        if not scale:
            return short_history(self, case)
        if any(moved_together(case, each.network) for each in flow if each.network.country == country):
            continue
        scale = _by_tool(case, place, rarer(case, scale, "country", country, 0.4)).times(own_way(case, place.network))
        return self.fired(
            f"This user had not been seen in {country} before.",
            chip="new country",
            records=place.refs,
            scale=scale,
        )
    if all(place.network.country is None for place in flow):
        return unsaid(self, case, "no record of this grant names a country")
    return silent(self, case)
