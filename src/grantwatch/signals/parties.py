"""Two parties: whether approver and redeemer fit together, and whether this is how the user does it."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import Leg, Network
from grantwatch.signals.account import client_kind
from grantwatch.signals.network import OWN_TOOL, newness, own_tool
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    RENTED,
    Place,
    attempted,
    earlier_grants,
    history_scale,
    moved_together,
    network_words,
    new_to_user,
    prefix_known,
    redeemer_uses,
    short_history,
    silent,
    unsaid,
)


@signal(
    "network.parties_differ",
    title="Approver and redeemer do not match",
    question="Do the approval and the redemption come from one place, and do their user agents fit together?",
    group="network",
    weight=1.7,
    looks_at="country, ASN, address range and user agent of the approval, against those of the first redemption or use",
    otherwise="In what these records name, approval and redemption do not differ.",
    techniques=("T1528", "T1550.001"),
    entries=(7,),
    needs=("stream:interactive", "stream:non_interactive"),
    false_positives=("a jump host or cloud shell that redeems for a developer",),
    gaps=("tenants in which Entra logs the redeemer's address in both legs: equal addresses tell nothing",),
)
def parties_differ(self: Signal, case: Case) -> Answer:
    """Country, ASN, prefix or kind of user agent differ, and the redeemer's network is new to the user.

    A browser that approves what a command line asked for is the ordinary case and no difference.
    """
    approval, redeemer = case.grant.approval, _redeemer(case)
    if approval is None or redeemer is None:
        if attempted(case.grant):
            return silent(self, case, "Nobody got a token, so there is no second party to compare.")
        leg = "approval" if approval is None else "redemption"
        return unsaid(self, case, f"the {leg} of this grant is not in these logs")
    new = new_to_user(case, redeemer.network)
    if new is None:
        return unsaid(self, case, "no record names the redeemer's network")
    if not new and not _apart(case, approval, redeemer):
        why = "The redeemer's network was known to this user, or people around them moved there too."
        return silent(self, case, why)
    step, words = _places_differ(approval.network, redeemer.network)
    if not new:
        step = min(step, 0.6 if "network" in words else 0.25)
    if client_kind(case.grant.client.id) not in ("cli", "driver") and _agents_differ(approval, redeemer):
        words.append("kind of user agent")
        step = max(step, 0.5)
    if not step:
        return silent(self, case)
    if not history_scale(case):
        return short_history(self, case)
    scale = Scale().by(step, f"they differ in {words[0]}").times(newness(case, redeemer.network))
    if own_tool(case, redeemer):
        scale = scale.by(*OWN_TOOL)
    what = "network" if new else "address range (but not its provider)"
    return self.fired(
        f"Approved from {network_words(approval.network)}, redeemed from {network_words(redeemer.network)}; "
        f"not the same: {', '.join(words)}. The redeemer's {what} is new to this user.",
        chip="two user agents" if words == ["kind of user agent"] else "two places",
        records=(approval.ref, *redeemer.refs[:1]),
        scale=scale,
    )


SETTLED_GRANTS = 3
MANY_GRANTS = 6


def _cloud(asn: int | None, ip: str | None = None) -> bool:
    mark = knowledge.network(asn, ip)
    return mark is not None and mark.kind in (*RENTED, "microsoft")


@signal(
    "identity.new_way",
    title="A habit is left for a rented machine",
    question="Is this user's usual client redeemed on a machine in a cloud for the first time?",
    group="identity",
    weight=1.3,
    looks_at="the network of the redemption, against those of this user's grants of the same client a day or more "
    "before, but for those judged critical",
    otherwise="It was not redeemed at a hoster or cloud, or this user had done so before.",
    techniques=("T1078.004",),
    entries=(7,),
    needs=("stream:non_interactive", "field:asn", "history"),
    false_positives=("a developer who moves into a container, a jump host or a cloud shell",),
    gaps=("users without a habit", "users who work on rented machines anyway"),
)
def new_way(self: Signal, case: Case) -> Answer:
    """At least three earlier grants of this client, none with a hoster's or cloud's network, and now one of these."""
    redeemer = _redeemer(case)
    if redeemer is None:
        return unsaid(self, case, "no redemption of this grant is in these logs")
    if not _cloud(redeemer.network.asn, redeemer.network.ip) or new_to_user(case, redeemer.network) is False:
        return silent(self, case)
    earlier = [each for each in earlier_grants(case) if each.client_id == case.grant.client.id]
    if len(earlier) < SETTLED_GRANTS:
        return silent(self, case, f"It takes {SETTLED_GRANTS} earlier grants of this client to tell of a habit.")
    if any(_cloud(asn) for each in earlier for asn in each.asns):
        return silent(self, case)
    share = min(1.0, 0.5 + 0.5 * (len(earlier) - SETTLED_GRANTS) / (MANY_GRANTS - SETTLED_GRANTS))
    return self.fired(
        f"In {len(earlier)} earlier grants of {case.grant.client.label} this user was never on a rented machine; "
        f"this one was redeemed at {network_words(redeemer.network)}.",
        chip="habit left",
        records=redeemer.refs[:1],
        scale=Scale().by(share, f"{len(earlier)} of {MANY_GRANTS} grants that settle it"),
    )


def _apart(case: Case, approval: Leg, redeemer: Place) -> bool:
    """True where the provider is known to the user and the range is not, and they were in another that they know.

    A laptop whose provider gave it another address shows there by other sign-ins too, within the hour.
    """
    network = redeemer.network
    if network.prefix is None or prefix_known(case, network) or moved_together(case, network):
        return False
    if network.prefix == approval.network.prefix or not prefix_known(case, approval.network):
        return False
    return all(sight.network.prefix != network.prefix for sight in case.profile.elsewhere)


def _redeemer(case: Case) -> Place | None:
    redemption = case.grant.redemption
    if redemption:
        return Place(
            redemption.network,
            redemption.user_agent,
            redemption.device,
            redemption.time,
            True,
            (redemption.ref,),
        )
    first = min(redeemer_uses(case.grant), key=lambda use: use.first, default=None)
    return Place(first.network, first.user_agent, first.device, first.first, True, first.refs) if first else None


def _places_differ(here: Network, there: Network) -> tuple[float, list[str]]:
    words: list[str] = []
    scale = 0.0
    for step, name, one, other in (
        (1.2, "country", here.country, there.country),
        (1.0, "network", here.asn, there.asn),
        (0.6, "address range", here.prefix, there.prefix),
    ):
        if one is not None and other is not None and one != other:
            words.append(name)
            scale = max(scale, step)
    return scale, words


def _agents_differ(approval: Leg, redeemer: Place) -> bool:
    if not approval.user_agent or not redeemer.user_agent:
        return False
    one, other = knowledge.agent(approval.user_agent), knowledge.agent(redeemer.user_agent)
    return one.is_browser != other.is_browser or bool(one.os and other.os and one.os != other.os)
