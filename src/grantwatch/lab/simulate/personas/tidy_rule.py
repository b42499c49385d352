"""An honest inbox rule after an honest grant."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH
from grantwatch.lab.simulate.agents import azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, ruled, some


@persona(
    "tidy-rule",
    title="Tidy mailbox",
    what="Uses the Azure CLI, and tidies the mailbox with a rule within hours or days of it, from the same desk.",
    stands_for="§6.26 inbox rule after a grant: tidy users",
    share=0.007,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """A newsletter here, notices of a ticket system there, sometimes into an archive."""
    (who,) = cast
    mint = stage.mint
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), 0.14):
        given = coded(stage, who, day, (AZURE_CLI, ARM), agent, "The Azure CLI as usual.", resources=(ARM, GRAPH))
        yield given
        if mint.chance(0.5):
            rules = (
                {
                    "Name": "Newsletters",
                    "From": "news@weekly.example",
                    "MoveToFolder": "Newsletters",
                    "MarkAsRead": "True",
                },
                {"Name": "Build notices", "SubjectContainsWords": "[build]", "MoveToFolder": "Builds"},
                {
                    "Name": "Tickets",
                    "From": "tickets@desk.example",
                    "MoveToFolder": "Archive",
                    "StopProcessingRules": "True",
                },
            )
            at = given.legs[-1].time + mint.span(600, 40 * 3600)
            yield from ruled(stage, who, at, who.place(stage.day_of(who, at)), mint.pick(rules))
