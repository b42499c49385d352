"""What a run says, chapter by chapter, from its JSON: the same for a page, a terminal and a ticket."""

from __future__ import annotations

from grantwatch.measure.chapters.compared import at_severities, beside_rules, degraded, logic, unseen
from grantwatch.measure.chapters.kinds import attacks, campaigns, false_highs, missed, personas, strays
from grantwatch.measure.chapters.quality import bands, delay, reconstruction, reliability, severities, tenants
from grantwatch.measure.chapters.words import Chapter
from grantwatch.report.document import Json

__all__ = ["Chapter", "chapters"]


def chapters(run: Json) -> list[Chapter]:
    """Every chapter, in order. The one on less telemetry is there where the run took some away."""
    figures = run["overall"]
    return [
        tenants(run),
        severities(figures),
        at_severities(run),
        beside_rules(run),
        bands(run),
        reliability(figures),
        campaigns(figures),
        attacks(figures["attacks"], run["method"]),
        personas(figures),
        delay(figures["delay"]),
        reconstruction(figures["reconstruction"]),
        *([degraded(run), *unseen(run)] if run["degraded"] else []),
        missed(figures["missed"]),
        false_highs(figures["false_highs"]),
        strays(figures["strays"]),
        logic(run),
    ]
