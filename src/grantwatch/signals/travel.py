"""Two places at once: where else the user was active when the grant was made."""

from __future__ import annotations

import math
from datetime import timedelta

from grantwatch.grants.model import Network
from grantwatch.profile.model import Sight
from grantwatch.signals.network import OWN_TOOL, own_tool
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import (
    Place,
    flow_places,
    is_microsofts,
    known,
    network_words,
    new_to_user,
    prefix_known,
    silent,
    span,
    unsaid,
)

WINDOW = timedelta(minutes=60)
SPEED = 900.0
"""Kilometres that an airliner makes in an hour."""
SLACK = 150.0
"""Kilometres by which the place of an address is easily off: within that nothing is told."""
EARTH = 6371.0


@signal(
    "network.concurrent",
    title="Active in two places at once",
    question="Was this user active elsewhere at the same time, too far away to travel?",
    group="network",
    weight=1.6,
    looks_at="places of the grant that are new to the user, against the user's other sign-ins within 60 minutes",
    otherwise="No other sign-in of this user within 60 minutes is too far from the places of this grant.",
    techniques=("T1078.004",),
    entries=(9,),
    false_positives=("a VPN, proxy or jump host that the user starts for the first time",),
    gaps=(
        "users who sign in nowhere else within 60 minutes",
        "a proxy near the user",
        "how far apart two places are, where the log gives no coordinates: then only that the countries differ",
    ),
)
def concurrent(self: Signal, case: Case) -> Answer:
    """A place of the grant and another sign-in lie further apart than an airliner flies in the time between.

    Without coordinates the countries must differ, which says less. A place that the user knows says nothing.
    """
    told = [place for place in flow_places(case.grant) if _told(place.network)]
    if not told:
        return unsaid(self, case, "no record of this grant says where it came from")
    if not case.profile.elsewhere:
        return silent(self, case, "These logs show no other sign-in of this user within 60 minutes.")
    places = [
        place for place in told if new_to_user(case, place.network) is not False and not is_microsofts(place.network)
    ]
    if not places:
        return silent(self, case, "These places were known to this user, or people around them moved there too.")
    sights = [sight for sight in case.profile.elsewhere if _told(sight.network) and not is_microsofts(sight.network)]
    if not sights:
        return unsaid(self, case, "the user's other sign-ins within 60 minutes do not say where they came from")
    pairs = [(_scale(case, place, sight), place, sight) for place in places for sight in sights]
    scale, place, sight = max(pairs, key=lambda pair: pair[0].value)
    if not scale:
        return silent(self, case)
    far = distance(place.network, sight.network)
    apart = f"{far:,.0f} km away" if far is not None else "in another country, at a distance that the log does not give"
    return self.fired(
        f"Within {span(abs(place.time - sight.time))} this user was also active from {network_words(sight.network)}, "
        f"{apart} from {network_words(place.network)}.",
        chip="two places at once",
        records=(*place.refs[:1], sight.ref),
        scale=scale,
    )


def distance(one: Network, other: Network) -> float | None:
    """Kilometres along the ground; None where a place has no coordinates. 0, 0 is what exporters write for none."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    if (one.latitude, one.longitude) == (0, 0) or (other.latitude, other.longitude) == (0, 0):
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def _told(network: Network) -> bool:
    return network.country is not None or (network.latitude, network.longitude) not in ((None, None), (0, 0))


def _scale(case: Case, place: Place, sight: Sight) -> Scale:
    apart = abs(place.time - sight.time)
    none = Scale(0.0)
    if apart > WINDOW or place.network.prefix == sight.network.prefix:
        return none
    far = distance(place.network, sight.network)
    if far is not None:
        if far <= SLACK + SPEED * apart.total_seconds() / 3600:
            return none
        scale = Scale()
    elif place.network.country and sight.network.country and place.network.country != sight.network.country:
        scale = Scale().by(0.5, "the log gives countries, not the distance between them")
    else:
        return none
    if not (prefix_known(case, sight.network) or known(case, "asn", sight.network.asn)):
        scale = scale.by(0.6, "the other place was not known to this user either")
    if known(case, "grant_client", case.grant.client.id):
        scale = scale.by(0.7, "this user had used this client so before: a VPN or jump host may be new")
    if own_tool(case, place):
        scale = scale.by(*OWN_TOOL)
    return scale
