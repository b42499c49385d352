"""In whose hands: how far the tokens of the grant were spread, and from where they were used."""

from __future__ import annotations

from datetime import timedelta

from grantwatch import knowledge
from grantwatch.grants.model import TokenUse
from grantwatch.signals.account import at_its_site, device_account, of_devices
from grantwatch.signals.network import on_command_line
from grantwatch.signals.prevalence import rarer
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    FIRST_HOUR,
    MANY_USERS,
    NO_TOKEN,
    Place,
    attempted,
    familiar,
    flow_places,
    history_scale,
    known,
    network_words,
    new_to_user,
    owners,
    prefix_known,
    redeemed_at,
    redeemer_places,
    redeemer_uses,
    short_history,
    silent,
    span,
    tenant_knows,
    unsaid,
    used_at_home,
)

__all__ = ["no_use", "own_device"]

MANY_CLIENTS = 3
MANY_RESOURCES = 4


def no_use(self: Signal, case: Case) -> Answer:
    """The answer where nothing of the redeemer is there to look at."""
    if attempted(case.grant):
        return silent(self, case, f"{NO_TOKEN.capitalize()}.")
    return unsaid(self, case, "nothing that the redeemer did is in these logs")


def own_device(case: Case, place: Place | TokenUse) -> bool:
    """A device that Entra had seen with this user before: nobody else can claim its id."""
    return known(case, "device", place.device.id)


@signal(
    "token.fan_out",
    title="Many clients or resources within the first hour",
    question="Did the redeemer spread the token over the client family or over many resources at once?",
    group="token",
    weight=1.9,
    looks_at="clients and resources of the redeemer's token uses in the first hour, but on the user's own device",
    otherwise="The redeemer's first hour shows no spread.",
    techniques=("T1550.001", "T1528"),
    entries=(16,),
    needs=("stream:non_interactive",),
    false_positives=("a suite of apps that signs in on the user's new device",),
    gaps=("an attacker with patience", "a family that is used on day two"),
)
def fan_out(self: Signal, case: Case) -> Answer:
    """At least 3 family clients or 4 resources within 60 minutes of redemption, or clients that the user never used.

    The approver's own browser carries the lineage too; its uses do not count.
    """
    grant = case.grant
    until = redeemed_at(grant) + FIRST_HOUR
    uses = [use for use in redeemer_uses(grant) if use.first <= until and not own_device(case, use)]
    if not uses:
        if attempted(grant):
            return no_use(self, case)
        return silent(self, case, "After the redemption the first hour shows no token use by another device.")
    if device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: a room device at its site gets tokens for many services by itself.")
    clients = {use.client.id for use in uses if use.client.id} | ({grant.client.id} if grant.client.id else set())
    if used_at_home(case) and all(map(of_devices, clients)):
        return silent(self, case, "Left out: a desk phone that is set up at its owner's place gets such tokens.")
    family = {client for client in clients if (found := knowledge.client(client)) and found.foci}
    others = {client for client in clients if client != grant.client.id}
    strange = {client for client in others if not known(case, "client", client)} if history_scale(case) else set()
    resources = {use.resource.id or use.resource.name for use in uses} | {leg.resource.id for leg in grant.legs}
    resources.discard(None)
    step = 0.0
    if len(family) >= MANY_CLIENTS:
        step = 1.3 if strange else 1.0
    elif len(resources) >= MANY_RESOURCES:
        step = 0.8 if others else 0.5
    elif strange:
        step = 0.6
    if not step:
        few = f"Resources: {len(resources)}, of {MANY_RESOURCES} that tell; clients of the family: {len(family)}, "
        return silent(self, case, f"{few}of {MANY_CLIENTS} that tell; none is known to be new to the user.")
    told = f"clients of the family: {len(family)}; resources: {len(resources)}; clients new to the user: {len(strange)}"
    scale = Scale().by(step, told)
    if all(prefix_known(case, use.network) for use in uses):
        scale = scale.by(0.5, "from networks that the user knows")
    first = min(uses, key=lambda use: use.first)
    spread = span(max(use.first for use in uses) - redeemed_at(grant))
    return self.fired(
        f"Within {spread} of redemption the redeemer got tokens for {len(resources)} resources "
        f"through {len(clients)} client{'' if len(clients) == 1 else 's'}, {len(strange) or 'none'} of which this user "
        "had not used before.",
        chip="fan-out",
        records=tuple(ref for use in (first, *uses) for ref in use.refs[:1])[:4],
        scale=scale,
    )


@signal(
    "token.moved",
    title="Tokens used later from a network that is new to the user",
    question="Did the lineage move to another network after the grant?",
    group="token",
    weight=1.4,
    looks_at="the networks of the redeemer's token uses after the first hour, but on the user's own device",
    otherwise="No later use came from a network that is new to both the flow and the user.",
    techniques=("T1550.001",),
    entries=(17,),
    needs=("stream:non_interactive", "field:session_id", "history"),
    false_positives=("a laptop that travels",),
    gaps=("an attacker who stays in one network",),
)
def moved(self: Signal, case: Case) -> Answer:
    """A later use by the redeemer in a network that is neither of the flow nor known to the user."""
    flow = [place.network for place in flow_places(case.grant)]
    prefixes = {network.prefix for network in flow} - {None}
    asns = {network.asn for network in flow} - {None}
    until = redeemed_at(case.grant) + FIRST_HOUR
    places = redeemer_places(case.grant)
    for place in places:
        network = place.network
        if place.time <= until or not new_to_user(case, network) or own_device(case, place):
            continue
        if network.asn in asns or network.prefix in prefixes or tenant_knows(case, network) == "prefix":
            continue
        scale = history_scale(case)
        if not scale:
            return short_history(self, case)
        scale = rarer(case, scale, "asn", network.asn, 0.5)
        return self.fired(
            f"{span(place.time - case.grant.started_at)} after the grant its tokens were used from "
            f"{network_words(network)}, where this user had not been seen.",
            chip="moved network",
            records=place.refs,
            scale=scale,
        )
    if not places:
        return no_use(self, case)
    if all(use.last <= until for use in redeemer_uses(case.grant)):
        return silent(self, case, "The redeemer was not seen after the first hour.")
    return silent(self, case)


FEW_DAYS = 3
LIVED = timedelta(hours=1)
"""A lineage that was used for less tells nothing of where it lives."""


@signal(
    "token.lives_apart",
    title="Tokens live where their owner never is",
    question="Were the tokens used only in ranges where this user was never otherwise seen, before or after?",
    group="token",
    weight=4.6,
    looks_at="the address ranges of the redemption and of the redeemer's token uses, against all ordinary sign-ins of "
    "this user, those after the grant too",
    otherwise="The tokens were used where their owner was seen too, or not for long enough to tell.",
    techniques=("T1550.001", "T1078.004"),
    entries=(7, 17),
    needs=("stream:non_interactive", "field:session_id"),
    false_positives=("a server on which the user works by SSH", "a machine of a colleague"),
    gaps=("attackers in the user's own network", "tokens that were used for less than an hour", "logs that end soon"),
)
def lives_apart(self: Signal, case: Case) -> Answer:
    """A machine in its owner's hands shares its owner's way to the world, sooner or later; an attacker's never does.

    Less at a provider that the user has too, where others of the tenant are, and on rented machines.
    """
    if not redeemer_uses(case.grant):
        return no_use(self, case)
    program = case.grant.redemption.user_agent if case.grant.redemption else None
    # A session may be the user's own tool's too: what the redeeming program did is told by its name.
    uses = [use for use in redeemer_uses(case.grant) if program is None or use.user_agent == program]
    places = [place for place in redeemer_places(case.grant) if program is None or place.user_agent == program]
    approval = case.grant.approval
    if not uses:
        return silent(self, case, "The program that redeemed was not seen again.")
    if max(use.last for use in uses) - redeemed_at(case.grant) < LIVED:
        return silent(self, case, "The tokens were used for less than an hour.")
    if any(place.network.prefix is None for place in places):
        return unsaid(self, case, "not every record of the redeemer names an address")
    if any(own_device(case, place) for place in places) or device_account(case):
        return silent(self, case, "Left out: the user's own device, or the account of a room device.")
    if any(owners(case, place.network) for place in places):
        return silent(self, case)
    if all(on_command_line(case, place) and _servers(case, place) for place in places):
        return silent(self, case, "Left out: command lines run on servers too, and nobody browses from those.")
    if not case.profile.days_after:
        return unsaid(self, case, "the user was not seen after the grant, there or elsewhere")
    scales = [(_lonely(case, place), place) for place in places]
    scale, place = min(scales, key=lambda pair: pair[0].value)
    others = len({each.network.prefix for each in places}) - 1
    more = f" and {others} more range{'' if others == 1 else 's'}" if others else ""
    days = case.profile.days_after
    return self.fired(
        f"For {span(max(use.last for use in uses) - redeemed_at(case.grant))} the tokens were used only from "
        f"{network_words(place.network)}{more}, where this user was never otherwise seen, not in the "
        f"{days} day{'' if days == 1 else 's'} of sign-ins since either.",
        chip="tokens live apart",
        records=tuple(ref for each in places for ref in each.refs[:1])[:4],
        scale=scale,
        alone=scale.value >= 0.5 and approval is not None and prefix_known(case, approval.network),
    )


def _servers(case: Case, place: Place) -> bool:
    """True where servers may stand: at hosters, and at providers that are nobody's way to the world here."""
    mark = knowledge.network(place.network.asn, place.network.ip)
    if mark:
        return mark.kind in ("hosting", "microsoft")
    return familiar(case, "asn", place.network.asn).tenant_users < MANY_USERS


def _lonely(case: Case, place: Place) -> Scale:
    network = place.network
    scale = rarer(case, Scale(), "prefix", network.prefix, 0.8)
    if case.profile.days_after < FEW_DAYS:
        scale = scale.by(0.6, "the logs end soon after the grant")
    mark = knowledge.network(network.asn, network.ip)
    if mark and mark.kind in ("hosting", "microsoft"):
        return scale.by(0.15, "a hoster: programs run there, and nobody browses from it")
    if mark:
        return scale.by(0.4, "an anonymiser: one program may go through it and no other")
    if familiar(case, "asn", network.asn).tenant_users < MANY_USERS:
        return scale.by(0.4, "a provider that nearly nobody of the tenant has: it may be a server's")
    if known(case, "asn", network.asn):
        scale = scale.by(0.85, "at a provider that this user has too")
    return scale
