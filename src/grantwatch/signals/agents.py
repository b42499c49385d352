"""With what: the user agents of whoever redeemed, and how they change."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.knowledge import AgentFamily
from grantwatch.signals.account import at_its_site, client_kind, device_account
from grantwatch.signals.prevalence import rarer
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.token import no_use, own_device
from grantwatch.signals.view import (
    flow_places,
    history_scale,
    known,
    new_to_user,
    redeemed_at,
    redeemer_places,
    short_history,
    silent,
    span,
    unsaid,
)


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
    return rarer(case, scale, "agent_family", family.name, 0.4)


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
        if place.user_agent and not own_device(case, place)
    ]
    scale, worst = max(scored, key=lambda pair: pair[0].value, default=(Scale(0.0), None))
    if worst is None:
        places = redeemer_places(case.grant)
        if not places:
            return no_use(self, case)
        if not any(place.user_agent for place in places):
            return _nameless(self, case)
        return silent(self, case, "The redeemer was seen on the user's own device only.")
    if not scale:
        return silent(self, case)
    return self.fired(
        f"The redeemer's user agent is {worst.user_agent!r}, and this user has not used it before.",
        chip="script user agent",
        records=worst.refs,
        scale=scale,
    )


def _nameless(self: Signal, case: Case) -> Answer:
    """Nobody on the redeemer's side says what it is. Where the same log names the browser, that is chosen."""
    approval, redemption = case.grant.approval, case.grant.redemption
    chosen = approval and redemption and approval.user_agent and approval.form == redemption.form
    if not chosen or client_kind(case.grant.client.id) in ("cli", "driver", "room_device"):
        return unsaid(self, case, "no record of the redeemer carries a user agent")
    return self.fired(
        "The redemption carries no user agent, although the approval does: programs of this client name themselves.",
        chip="no user agent",
        records=(redemption.ref,) if redemption else (),
        scale=Scale().by(0.3, "a program that does not say what it is"),
    )


@signal(
    "token.browser_agent",
    title="Redeemed under the name of a browser",
    question="Did a browser redeem what a program of Microsoft's had asked for?",
    group="token",
    weight=1.2,
    looks_at="the user agent of the redemption, where the client is a program that names itself",
    otherwise="It was not a browser that redeemed.",
    techniques=("T1528", "T1036"),
    entries=(7, 10),
    needs=("stream:non_interactive", "field:user_agent"),
    false_positives=("a program that shows a page of its own, and asks for tokens under that page's name",),
    gaps=("an attacker who takes the name of the client's own program",),
)
def browser_agent(self: Signal, case: Case) -> Answer:
    """A browser's user agent on the redemption by a known client: browsers confirm codes, they do not poll for tokens.

    Attack tools come with a list of browsers to choose a name from.
    """
    redemption = case.grant.redemption
    if redemption is None:
        return no_use(self, case)
    if not redemption.user_agent:
        return unsaid(self, case, "the redemption carries no user agent")
    if not knowledge.agent(redemption.user_agent).is_browser:
        return silent(self, case)
    client = knowledge.client(redemption.client.id or case.grant.client.id)
    if client is None or client.kind == "browser":
        return silent(self, case, "Left out: the client may be a page that runs in a browser.")
    if known(case, "device", redemption.device.id):
        return silent(self, case, "Left out: it was redeemed on the user's own device.")
    return self.fired(
        f"The redemption names the browser {redemption.user_agent!r}, but {case.grant.client.label} is a program: "
        "a browser confirms a code and does not wait for the token.",
        chip="browser redeems",
        records=(redemption.ref,),
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
    "token.agent_changed",
    title="Tokens used by another program than the one that redeemed",
    question="Did the lineage move to a program or system that is neither the flow's nor the user's?",
    group="token",
    weight=1.1,
    looks_at="the user agents of the redeemer's token uses, against those of the legs and those that the user had used "
    "before, but on the user's own device",
    otherwise="No later use names a program or system that is new to both the flow and the user.",
    techniques=("T1550.001",),
    entries=(17,),
    needs=("stream:non_interactive", "field:user_agent", "history"),
    false_positives=("a suite of apps that signs in on the user's new phone or computer",),
    gaps=("an attacker who keeps one user agent", "scripts: those are told by token.script_agent"),
)
def agent_changed(self: Signal, case: Case) -> Answer:
    """A later use names another kind of program, or another system, than every leg, and the user never used it."""
    redeemed = redeemed_at(case.grant)
    places = [place for place in redeemer_places(case.grant) if place.time > redeemed]
    if not places:
        return no_use(self, case) if not redeemer_places(case.grant) else silent(self, case)
    first = next((place.user_agent for place in redeemer_places(case.grant) if place.user_agent), None)
    if first is None:
        return unsaid(self, case, "no record of the redeemer carries a user agent")
    flow = [knowledge.agent(leg.user_agent) for leg in case.grant.legs if leg.user_agent]
    if device_account(case) and at_its_site(case):
        return silent(self, case, "Left out: a room device at its site signs in with several programs.")
    for place in places:
        agent = place.user_agent
        if not agent or own_device(case, place):
            continue
        family = knowledge.agent(agent)
        used = known(case, "agent_family", family.name) or known(case, "user_agent", agent)
        if used or not _strange(family, flow, knowledge.agent(first)):
            continue
        scale = history_scale(case)
        if not scale:
            return short_history(self, case)
        if new_to_user(case, place.network) is False:
            scale = scale.by(0.4, "from a network that the user knows")
        scale = rarer(case, scale, "agent_family", family.name, 0.5)
        return self.fired(
            f"{span(place.time - redeemed)} after the redemption its tokens were used by {agent!r}: another kind of "
            "program or another system than in the flow, and this user had not used it before.",
            chip="another user agent",
            records=place.refs,
            scale=scale,
        )
    return silent(self, case)


def _strange(family: AgentFamily, flow: list[AgentFamily], origin: AgentFamily) -> bool:
    """True where it says what it is, is no script, is in no leg, and differs in kind or system from the redeemer's."""
    if family.kind in ("kit", "script", "tool", "empty", "unknown") or family.name in {each.name for each in flow}:
        return False
    return family.kind != origin.kind or bool(family.os and origin.os and family.os != origin.os)
