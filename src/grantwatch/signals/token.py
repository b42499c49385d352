"""In whose hands: how the tokens of the grant were used, and with what."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import TokenUse
from grantwatch.signals.account import at_its_site, client_kind, device_account
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
    prefix_known,
    redeemed_at,
    redeemer_places,
    redeemer_uses,
    short_history,
    silent,
    span,
    tenant_knows,
    unsaid,
)

MANY_CLIENTS = 3
MANY_RESOURCES = 4


def _no_use(self: Signal, case: Case) -> Answer:
    """The answer where nothing of the redeemer is there to look at."""
    if attempted(case.grant):
        return silent(self, case, f"{NO_TOKEN.capitalize()}.")
    return unsaid(self, case, "nothing that the redeemer did is in these logs")


def _own_device(case: Case, place: Place | TokenUse) -> bool:
    """A device that Entra had seen with this user before: nobody else can claim its id."""
    return known(case, "device", place.device.id)


def _agent_scale(case: Case, agent: str) -> Scale:
    """How odd a user agent is on the redeemer's side: 0 for browsers, apps and the user's own tools."""
    family = knowledge.agent(agent)
    none = Scale(0.0)
    if family.kind not in ("kit", "script", "tool"):
        return none
    if known(case, "agent_family", family.name) or known(case, "user_agent", agent):
        return none
    on_cli = client_kind(case.grant.client.id) in ("cli", "driver")
    if family.kind == "tool":
        return none if on_cli else Scale().by(0.6, "a tool that does not belong to the client")
    scale = Scale().by(1.2, "the user agent of a kit") if family.kind == "kit" else Scale()
    if on_cli and family.kind == "script":
        scale = scale.by(0.4, "command lines are written with these libraries too")
    if familiar(case, "agent_family", family.name).tenant_users >= MANY_USERS:
        scale = scale.by(0.5, "others of the tenant use it")
    return scale


@signal(
    "token.script_agent",
    title="Redeemed or used by a script",
    question="Was the grant redeemed, or are its tokens used, by a script or a kit?",
    group="token",
    weight=1.7,
    looks_at="the user agents of the redemption and of the redeemer's token uses, but on the user's own device",
    otherwise="They are browsers, apps, or tools that fit the client or that this user had used before.",
    techniques=("T1528",),
    entries=(10,),
    needs=("stream:non_interactive", "field:user_agent"),
    false_positives=("command line tools that name only their HTTP library",),
    gaps=("a user agent is whatever the sender says",),
)
def script_agent(self: Signal, case: Case) -> Answer:
    """The redeemer's user agent is a script, a kit, or a tool that does not belong to the client."""
    scored = [
        (_agent_scale(case, place.user_agent), place)
        for place in redeemer_places(case.grant)
        if place.user_agent and not _own_device(case, place)
    ]
    scale, worst = max(scored, key=lambda pair: pair[0].value, default=(Scale(0.0), None))
    if worst is None:
        places = redeemer_places(case.grant)
        if not places:
            return _no_use(self, case)
        if not any(place.user_agent for place in places):
            return unsaid(self, case, "no record of the redeemer carries a user agent")
        return silent(self, case, "The redeemer was seen on the user's own device only.")
    if not scale:
        return silent(self, case)
    return self.fired(
        f"The redeemer's user agent is {worst.user_agent!r}, and this user has not used it before.",
        chip="script user agent",
        records=worst.refs,
        scale=scale,
    )


@signal(
    "token.kit_agent",
    title="The user agent of a known kit",
    question="Does a user agent of this grant name a phishing kit or an attack tool?",
    group="token",
    weight=4.5,
    looks_at="the user agents of all legs and of the redeemer's token uses",
    otherwise="No user agent of this grant is a mark of a kit or an attack tool.",
    alone=True,
    techniques=("T1528", "T1588.002"),
    entries=(10,),
    needs=("field:user_agent",),
    false_positives=("red team exercises",),
    gaps=("kits change their user agent in one line", "marks that are not in knowledge/marks.toml yet"),
)
def kit_agent(self: Signal, case: Case) -> Answer:
    """A mark of kind agent matches in any place of the grant; weak and expired marks weigh less, and never alone."""
    scored = []
    places = {place.user_agent: place for place in (*redeemer_places(case.grant), *flow_places(case.grant))}
    for agent, place in places.items():
        if not agent:
            continue
        for mark in knowledge.agent_marks(agent, case.grant.started_at.date()):
            scale = Scale() if mark.strength == "strong" else Scale().by(0.3, "a weak mark")
            scored.append((scale.by(0.4, "an expired mark") if mark.expired else scale, mark.title, place))
    if not any(places):
        return unsaid(self, case, "no record of this grant carries a user agent")
    if not scored:
        return silent(self, case)
    scale, title, place = max(scored, key=lambda entry: entry[0].value)
    return self.fired(
        f"The user agent {place.user_agent!r} is a mark of: {title}.",
        chip="kit user agent",
        records=place.refs,
        scale=scale,
        alone=scale.value >= 1.0,
    )


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
    uses = [use for use in redeemer_uses(grant) if use.first <= until and not _own_device(case, use)]
    if not uses:
        if attempted(grant):
            return _no_use(self, case)
        return silent(self, case, "After the redemption the first hour shows no token use by another device.")
    if device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: a room device at its site gets tokens for many services by itself.")
    clients = {use.client.id for use in uses if use.client.id} | ({grant.client.id} if grant.client.id else set())
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
        f"through {len(clients)} clients, {len(strange)} of which this user had not used.",
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
        if place.time <= until or not new_to_user(case, network) or _own_device(case, place):
            continue
        if network.asn in asns or network.prefix in prefixes or tenant_knows(case, network) == "prefix":
            continue
        scale = history_scale(case)
        if not scale:
            return short_history(self, case)
        if tenant_knows(case, network):
            scale = scale.by(0.6, "the tenant uses this provider")
        return self.fired(
            f"{span(place.time - case.grant.started_at)} after the grant its tokens were used from "
            f"{network_words(network)}, where this user had not been seen.",
            chip="moved network",
            records=place.refs,
            scale=scale,
        )
    if not places:
        return _no_use(self, case)
    if all(use.last <= until for use in redeemer_uses(case.grant)):
        return silent(self, case, "The redeemer was not seen after the first hour.")
    return silent(self, case)
