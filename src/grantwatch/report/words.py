"""Times, networks and sums in words, as every report writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from grantwatch import knowledge
from grantwatch.grants.model import Grant, LegKind, Named, Network, Outcome
from grantwatch.pipeline import Hunt
from grantwatch.records.model import RecordSums, SourceCoverage
from grantwatch.respond import first_moves
from grantwatch.signals.signal import Evidence, NotAssessed
from grantwatch.verdict.model import Judged, Severity

__all__ = [
    "OUTCOMES",
    "chip",
    "client",
    "counts",
    "day",
    "elapsed",
    "error",
    "listed",
    "minute",
    "moves",
    "named",
    "network",
    "nothing_found",
    "percent",
    "plural",
    "reach",
    "resource",
    "roles",
    "second",
    "sentence",
    "span",
    "sums",
    "telling",
    "title",
]

OUTCOMES = {
    Outcome.REDEEMED: "token issued",
    Outcome.APPROVED: "approved, no token seen",
    Outcome.ABANDONED: "abandoned",
    Outcome.BLOCKED: "blocked",
}
_MINUS = "\u2212"


def named(item: Evidence | NotAssessed) -> str:
    """The id of a signal, and of an own one where it is declared: `client.mine (rules/mine.py:12)`."""
    return f"{item.signal} ({item.source})" if item.source else item.signal


def day(time: datetime) -> str:
    """`14 Sep 2026`."""
    return f"{time.day} {time:%b %Y}"


def minute(time: datetime) -> str:
    """`2026-09-14 10:00`; UTC is said by whoever heads the column."""
    return f"{time:%Y-%m-%d %H:%M}"


def second(time: datetime) -> str:
    """`2026-09-14 10:00:12`."""
    return f"{time:%Y-%m-%d %H:%M:%S}"


def elapsed(delta: timedelta) -> str:
    """A length of time in its largest fitting unit: `3 s`, `5 min`, `2 h`, `3 d`."""
    seconds = abs(delta.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            number = seconds / size
            return f"{number:.0f} {unit}" if number >= 10 or number == int(number) else f"{number:.1f} {unit}"
    return f"{seconds:.0f} s"


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 grant`, `1,204 grants`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def network(place: Network, *, ip: bool = True) -> str:
    """`203.0.113.77, AS64511 Example Hosting, US`, as far as it is known; `not logged` where nothing is."""
    mark = knowledge.network(place.asn, place.ip)
    known = f" {mark.name}" if mark else ""
    number = f"AS{place.asn}{known}" if place.asn is not None else known.strip()
    parts = [place.ip if ip else None, number, place.country]
    return ", ".join(part for part in parts if part) or "not logged"


def client(named: Named) -> str:
    """The known name of a client, else what the log calls it: a log name is the client owner's choice."""
    return knowledge.client_name(named.id, named.name)


def resource(named: Named) -> str:
    """The known name of a resource, else what the log calls it."""
    known = knowledge.resource(named.id)
    return known.name if known else named.label


def error(code: int | None) -> str:
    """`50199 CmsiInterrupt`; empty for success and for what was not logged."""
    known = knowledge.code(code)
    return "" if not code else f"{code} {known.name}" if known else str(code)


def roles(ids: Iterable[str]) -> str:
    """The names of directory roles; what every user's token carries is left out."""
    found = ((id, knowledge.role(id)) for id in ids)
    return ", ".join(role.name if role else id for id, role in found if role is None or not role.ordinary)


def telling(evidence: Sequence[Evidence], most: int) -> list[Evidence]:
    """The first of the evidence, at most `most`: heaviest first, with room kept for what speaks for the grant."""
    favour = [item for item in evidence if item.weight < 0][:1]
    against = [item for item in evidence if item.weight >= 0]
    return [*against[: most - len(favour)], *favour]


def moves(judged: Judged) -> str:
    """`delete the rogue device, disable the account, revoke all sessions`; empty below medium severity."""
    return ", ".join(title[:1].lower() + title[1:] for title in first_moves(judged))


def percent(share: float) -> str:
    """A share (0–1) as `67%`; never `100%` for less than all, nor `0%` for more than none."""
    if 0 < share < 1:
        return f"{min(max(share, 0.01), 0.99):.0%}"
    return f"{share:.0%}"


def listed(hint: str) -> list[str]:
    """A sentence whose parts a semicolon divides as a heading and items; a single item for any other sentence.

    `accepted are one; two` gives `Accepted are:`, `one`, `two`.
    """
    head, found, rest = hint.partition(" are ")
    items = rest.split("; ")
    return [f"{head[:1].upper()}{head[1:]} are:", *items] if found and len(items) > 2 else [hint]


def chip(evidence: Evidence) -> str:
    """The evidence's chip; one that speaks for the grant starts with a minus."""
    return f"{_MINUS}{evidence.chip}" if evidence.weight < 0 else evidence.chip


def sums(records: RecordSums) -> str:
    """`12 read = 9 parsed + 2 ignored (2 duplicate) + 1 quarantined`."""
    split = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in _largest_first(records.ignored_by.items()))
    ignored = f"{records.ignored:,} ignored" + (f" ({split})" if split else "")
    return f"{records.read:,} read = {records.parsed:,} parsed + {ignored} + {records.quarantined:,} quarantined"


def _largest_first(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(((reason, n) for reason, n in items if n), key=lambda item: (-item[1], item[0]))


def counts(grants: Iterable[Judged]) -> dict[Severity, int]:
    """How many grants there are of each severity, worst first, noughts left in."""
    found = dict.fromkeys(reversed(Severity), 0)
    for judged in grants:
        found[judged.verdict.severity] += 1
    return found


def span(hunt: Hunt) -> str | None:
    """`15 Aug 2026 – 21 Sep 2026` over all sources of a hunt; None where no record has a time."""
    return reach(hunt.coverage.sources)


def reach(sources: Iterable[SourceCoverage]) -> str | None:
    """The same over these sources."""
    sources = list(sources)
    firsts = [source.first for source in sources if source.first]
    lasts = [source.last for source in sources if source.last]
    if not firsts or not lasts:
        return None
    first, last = day(min(firsts)), day(max(lasts))
    return first if first == last else f"{first} \u2013 {last}"


def nothing_found(hunt: Hunt) -> tuple[str, str]:
    """What to say where there is no grant: the finding, and what it does not mean."""
    if not hunt.records.parsed:
        return "No device code grant found.", "Not assessed: no record could be used."
    if hunt.coverage.blind or hunt.blind_signals:
        return (
            "No device code grant found in these records.",
            "Not assessed: what these logs do not show. See the coverage below before you rely on this.",
        )
    return (
        "No device code grant found in these records.",
        f"This holds for {plural(hunt.records.parsed, 'record')} of the sources and the time named below only.",
    )


def title(hunt: Hunt) -> str:
    """What a report is headed with: how much needs an answer."""
    if not hunt.grants:
        return nothing_found(hunt)[0]
    urgent = [j for j in hunt.grants if j.verdict.severity >= Severity.HIGH]
    look = [j for j in hunt.grants if j.verdict.severity is Severity.MEDIUM]
    if urgent:
        verb = "needs" if len(urgent) == 1 else "need"
        return f"{plural(len(urgent), 'grant')} {verb} containment now"
    if look:
        verb = "needs" if len(look) == 1 else "need"
        return f"{plural(len(look), 'grant')} {verb} a closer look"
    return f"{plural(len(hunt.grants), 'grant')} found, none above low"


def sentence(grant: Grant) -> str:
    """Who did what when, from where, and what came of it. Holds log text: escape it."""
    first = grant.approval or next(iter(grant.legs), None)
    where = f" from {network(first.network)}" if first else ""
    target = f"{client(grant.client)} to reach {resource(grant.resource)}"
    at = f"on {day(grant.started_at)} at {grant.started_at:%H:%M:%S} UTC"
    if grant.approval is not None:
        verb = "approved" if grant.approval.kind is LegKind.APPROVAL else "seems to have approved"
        told = f"{grant.user.label} {verb} a device code for {target} {at}{where}."
    elif grant.outcome is Outcome.BLOCKED:
        told = f"A device code sign-in of {grant.user.label} with {target} was blocked {at}{where}.{_elsewhere(grant)}"
    elif grant.outcome is Outcome.ABANDONED:
        told = f"{grant.user.label} was asked to confirm a device code for {target} {at}{where}, and did not finish."
    else:
        told = f"{grant.user.label} has a device code sign-in with {target} {at}{where}."
    return told + _issued(grant) + _followed(grant)


def _elsewhere(grant: Grant) -> str:
    first = next(iter(grant.legs), None)
    others = [network(leg.network) for leg in grant.of(LegKind.BLOCKED) if first and leg.network.ip != first.network.ip]
    return f" It was refused to {others[0]}." if others else ""


def _issued(grant: Grant) -> str:
    redemption = grant.redemption
    if redemption is None:
        return " No token was seen." if grant.outcome is Outcome.APPROVED else ""
    after = ""
    if grant.approval is not None and redemption.time >= grant.approval.time:
        after = f", {elapsed(redemption.time - grant.approval.time)} later"
    return f" The token went to {network(redemption.network)}{after}."


def _followed(grant: Grant) -> str:
    issued = sum(use.count for use in grant.token_uses)
    parts = []
    if issued:
        parts.append(f"{plural(issued, 'later issuance')} until {day(grant.last_seen)}")
    followed = sum(not each.leads_up for each in grant.follow_ons)
    if followed:
        parts.append(plural(followed, "follow-on"))
    return f" After it: {', '.join(parts)}." if parts else ""
