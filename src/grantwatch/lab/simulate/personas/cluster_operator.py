"""People who reach Kubernetes clusters."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import AKS_SERVER, KUBELOGIN
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "cluster-operator",
    title="Cluster operator",
    what="Reaches clusters with kubelogin, whose requests look like any script written in Go.",
    stands_for="§5.2 Admin/dev CLI; §4.1 AKS kubelogin",
    share=0.007,
    minimum_users=30,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Several times a week, now and then in the evening when something is down."""
    (who,) = cast
    for day in some(stage, stage.workdays(who), 0.35):
        late = stage.mint.chance(0.15)
        at = stage.time(who, day, 20, 23.5) if late else None
        seat = who.seat(who.home(day), day) if late else None
        note = "An operator logs in to a cluster" + (", at night, from home." if late else ".")
        yield coded(
            stage, who, day, (KUBELOGIN, AKS_SERVER), "Go-http-client/1.1", note, at=at, approver=seat, uses=(2, 7)
        )
