"""Developers at the command line."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import ARM, AZURE_CLI, GRAPH, KEY_VAULT
from grantwatch.lab.simulate.agents import DEVOPS, VSCODE, azsdk
from grantwatch.lab.simulate.declared import persona
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Told
from grantwatch.lab.simulate.tooling import coded, some

_EDITOR = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Code/1.103.1 Chrome/138.0.0.0 "
    "Electron/37.2.3 Safari/537.36"
)


@persona(
    "cli-developer",
    title="Command line developer",
    what="Logs the Azure CLI in by device code, from once a week to every day, some also Visual Studio Code.",
    stands_for="§5.2 Admin/dev CLI; §4.1 Azure CLI, VS Code",
    share=0.035,
    least=3,
)
def act(stage: Stage, cast: list[Colleague]) -> Iterator[Told]:
    """The rhythm and the machine are each one's own."""
    (who,) = cast
    mint = stage.mint
    rhythm = mint.pick((0.15, 0.2, 0.3, 0.45, 0.7))
    scripted = mint.chance(0.2)
    editor = mint.chance(0.3)
    remote = mint.chance(0.15)
    agent = azsdk(mint, 0)
    for day in some(stage, stage.workdays(who), rhythm):
        if day % 30 == 0:
            agent = azsdk(mint, day)
        tool = "python-requests/2.32.3" if scripted else agent
        note = "A developer logs the Azure CLI in on the machine in front of them."
        # Some work on a machine in the office from wherever they are.
        place = who.site.place(day, who.index) if remote else None
        yield coded(stage, who, day, (AZURE_CLI, ARM), tool, note, resources=(ARM, ARM, GRAPH, KEY_VAULT), place=place)
        if editor and mint.chance(0.2):
            note = "The same developer signs Visual Studio Code in on a remote host, by code."
            yield coded(stage, who, day, (VSCODE, ARM), _EDITOR, note, resources=(ARM, DEVOPS), uses=(1, 3))
