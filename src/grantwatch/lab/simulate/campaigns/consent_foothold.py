"""An application as a foothold."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.lab.apps import GRAPH, OFFICE
from grantwatch.lab.events import App
from grantwatch.lab.simulate import attacking
from grantwatch.lab.simulate.declared import campaign
from grantwatch.lab.simulate.people import Colleague
from grantwatch.lab.simulate.stage import Stage
from grantwatch.lab.simulate.told import Given, Told
from grantwatch.lab.stories import Refresh


@campaign(
    "consent-foothold",
    title="Consent as a foothold",
    what="The token is used for one thing: consent to an application that reads mail by itself from then on.",
    stands_for="§6.22 OAuth consent after a grant",
    least=1,
    most=3,
)
def act(stage: Stage, victims: list[Colleague]) -> Iterator[Told]:
    """Within a day; the application is the same for all victims."""
    mint = stage.mint
    app = App(mint.guid(), mint.pick(("Mail Archiver", "Document Viewer", "PDF Sync")))
    hoster = mint.pick(stage.tenant.unlisted)
    for who, day in zip(victims, attacking.days_of(stage, len(victims), spread=4), strict=True):
        at = attacking.lure(stage, who, day)
        place = hoster.place(mint.between(1, 200))
        uses = [Refresh(mint.span(200, 30_000), resource=GRAPH) for _ in range(mint.between(1, 3))]
        told = attacking.phish(stage, who, at, (OFFICE, GRAPH), place, "python-requests/2.31.0", refreshes=uses)
        scopes = ("Mail.Read", "Files.Read.All", "offline_access", "User.Read")
        deeds = attacking.consents(stage, who, at + mint.span(600, 20 * 3600), app, scopes)
        yield Given(told, "An application of the attacker's was consented to.", follow_ons=deeds)
