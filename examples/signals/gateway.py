"""A grant that was redeemed through a hosting company which this (invented) team saw in two incidents."""

from grantwatch.signals import Answer, Case, Signal, signal
from grantwatch.signals.view import redeemer_places, silent
from grantwatch.testing import HOME, RENTED, SAME_CITY, a_grant

SEEN_IN_INCIDENTS = {400940: "our incident of 2026-09"}


@signal(
    "network.seen_in_incidents",
    title="A network of our own incidents",
    question="Was the token redeemed or used from a network that we met in an incident of ours?",
    group="network",
    weight=2.8,
    looks_at="the networks of the redemption and of later token uses by the redeemer",
    otherwise="None of these networks was met in an incident of ours.",
    techniques=("T1583.003",),
    needs=("field:asn",),
    false_positives=("another customer of the same hosting company",),
    gaps=("networks that we did not meet yet",),
)
def seen_in_incidents(self: Signal, case: Case) -> Answer:
    """One such network is enough."""
    for place in redeemer_places(case.grant):
        incident = SEEN_IN_INCIDENTS.get(place.network.asn)
        if incident:
            return self.fired(
                f"AS{place.network.asn} was met in {incident}.",
                chip="network of an incident",
                records=place.refs,
            )
    return silent(self, case)


PAIRS = {
    "network.seen_in_incidents": (
        lambda: a_grant().approved(HOME).redeemed(RENTED).knows(HOME),
        lambda: a_grant().approved(HOME).redeemed(SAME_CITY).knows(HOME),
    ),
}
