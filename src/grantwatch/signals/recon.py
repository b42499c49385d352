"""What was looked for: the directory through Microsoft Graph, and words in mail and files."""

from __future__ import annotations

from grantwatch.grants.model import MAP_AREAS, FollowOn
from grantwatch.signals.account import client_kind
from grantwatch.signals.after import DAY, follow_ons, taken_scale
from grantwatch.signals.signal import Answer, Case, Signal, signal
from grantwatch.signals.view import listed, silent, span

WIDE = 8


def _areas(calls: list[FollowOn]) -> list[str]:
    return sorted({area for each in calls for area in each.areas})


def _surest(found: list[FollowOn]) -> FollowOn:
    return max(found, key=lambda each: (each.tie.strength, each.count))


@signal(
    "collection.graph_recon",
    title="The directory was mapped through Microsoft Graph",
    question="Did a program with a token or the client of this grant ask Microsoft Graph for much of the directory?",
    group="collection",
    weight=2.6,
    looks_at="requests to Microsoft Graph by tokens, session or client of this grant, in the first 24 hours",
    otherwise="No requests to Microsoft Graph are tied to this grant.",
    techniques=("T1087.004", "T1069.003", "T1526"),
    needs=("stream:graph_activity",),
    false_positives=("administrators' scripts", "inventory tools"),
    gaps=("recon later than a day after the grant", "requests within a batch", "Azure Resource Manager"),
    entries=(23,),
)
def graph_recon(self: Signal, case: Case) -> Answer:
    """Five parts of the directory are a map; less for command line tools, and for who did so before.

    A map is made by one program. What several apps of one person ask for in a day adds up to as much, and is none.
    """
    every = [each for each in follow_ons(case, "graph_call") if each.time <= case.grant.started_at + DAY]
    if not every:
        return silent(self, case)
    by_program: dict[str | None, list[FollowOn]] = {}
    for each in every:
        by_program.setdefault(each.user_agent, []).append(each)
    calls = max(by_program.values(), key=lambda some: len(_areas(some)))
    areas = _areas(calls)
    asked = f"The most parts of the directory that one program asked for: {len(areas)}, of {MAP_AREAS} that tell."
    if len(areas) < MAP_AREAS:
        return silent(self, case, asked)
    surest = _surest([each for each in calls if each.areas])
    scale = taken_scale(case, surest)
    if len(areas) >= WIDE:
        scale = scale.by(1.2, f"{WIDE} parts or more")
    if client_kind(case.grant.client.id) == "cli":
        scale = scale.by(0.5, "a command line client, which administrators use for such work")
    first, last = min(each.time for each in calls), max(each.until for each in calls)
    return self.fired(
        f"{sum(each.count for each in calls)} requests to Microsoft Graph, from {span(first - case.grant.started_at)} "
        f"after the grant on and within {span(last - first)}, asked for {len(areas)} parts of the directory: "
        f"{listed(areas)}.",
        chip="directory mapped",
        records=tuple(ref for each in calls if each.areas for ref in each.refs[:1])[:4],
        scale=scale,
    )


@signal(
    "collection.search",
    title="A search for telling words after the grant",
    question="Was mail or were files searched for passwords, money or the like after the grant?",
    group="collection",
    weight=2.0,
    looks_at="searches in mail and files in the Unified Audit Log that a token, a session, a new client or the "
    "redeemer's network ties to this grant",
    otherwise="No search is tied to this grant.",
    techniques=("T1213.002", "T1114.002"),
    needs=("stream:unified_audit",),
    false_positives=("eDiscovery", "a person who looks for an own invoice"),
    gaps=("searches are logged only where that is switched on and licensed", "words in other languages"),
    entries=(25,),
)
def search(self: Signal, case: Case) -> Answer:
    """Words of knowledge/words.toml; several different ones weigh more."""
    every = follow_ons(case, "search")
    told = [each for each in every if each.marked]
    if not told:
        count = sum(each.count for each in every)
        return silent(self, case, f"Searches tied to this grant: {count}; none for telling words." if every else "")
    surest = _surest(told)
    marked = sum(each.marked for each in told)
    scale = taken_scale(case, surest)
    scale = scale.by(1.2, "several searches for such words") if marked >= 3 else scale
    texts = [each.facts["texts"] for each in told if each.facts.get("texts")]
    return self.fired(
        f"{marked} {'searches' if marked > 1 else 'search'} for telling words, the first "
        f"{span(min(each.time for each in told) - case.grant.started_at)} after the grant"
        f"{f': {texts[0][:120]!r}' if texts else ''}.",
        chip="search for secrets",
        records=tuple(ref for each in told for ref in each.refs[:1])[:4],
        scale=scale,
    )
