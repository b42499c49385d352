"""People whose database tools ask for a code."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.simulate.agents import AZURE_SQL, SQL_DRIVER
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some


@persona(
    "database-user",
    title="Database user",
    what="Connects to Azure SQL with a driver that shows a code; the driver names itself hardly or not at all.",
    stands_for="§5.2 Admin/dev CLI; §4.1 SQL clients",
    share=0.005,
    minimum_users=40,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """Weekly reports."""
    (who,) = cast
    agent = stage.mint.pick(("Java/21.0.7", "Java/17.0.15", "", "node-fetch/1.0"))
    for day in some(stage, stage.workdays(who), 0.2):
        note = "A report is run against the warehouse; its driver asks for a code."
        yield coded(stage, who, day, (SQL_DRIVER, AZURE_SQL), agent, note, uses=(0, 2), hours=3)
