"""The hunt as Markdown for a ticket or a wiki. Log text stands in code spans or is plain words: see `escape`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from grantwatch.pipeline import Hunt
from grantwatch.records.model import SourceCoverage
from grantwatch.report import words
from grantwatch.report.escape import markdown_block, markdown_code, markdown_prose
from grantwatch.report.formats import Asked
from grantwatch.respond import Request, Step, containment, questions
from grantwatch.signals.signal import Evidence
from grantwatch.verdict.model import Incident, Judged, Severity

__all__ = ["encode", "render"]

MOST_ROWS = 200
"""Rows of the table of grants."""
MOST_SECTIONS = 20
"""Grants with a section of their own."""
MOST_LISTED = 20
"""Lines of any other list."""


def encode(hunt: Hunt, asked: Asked) -> bytes:
    """`render` as UTF-8."""
    return render(hunt, all_grants=asked.all_grants).encode("utf-8", errors="replace")


def render(hunt: Hunt, *, all_grants: bool = False) -> str:
    """The report, with a line feed at its end. Grants below low severity are counted; with `all_grants`, listed."""
    parts = [
        *_head(hunt),
        *_incidents(hunt),
        *_table(hunt, all_grants),
        *_sections(hunt, all_grants),
        *_coverage(hunt),
        *_unseen(hunt),
        *_records(hunt),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def _head(hunt: Hunt) -> list[str]:
    span = words.span(hunt)
    lines = [f"# Grantwatch: {words.title(hunt)}", ""]
    if hunt.grants:
        counted = ", ".join(f"{n:,} {severity.label}" for severity, n in words.counts(hunt.grants).items() if n)
        lines.append(f"{words.plural(len(hunt.grants), 'grant')}: {counted}.")
    else:
        lines.append(f"**{words.nothing_found(hunt)[1]}**")
    told = f"Records from {span} (UTC). " if span else ""
    return [*lines, "", f"{told}Made by Grantwatch {markdown_prose(hunt.version)}.", ""]


def _incidents(hunt: Hunt) -> list[str]:
    """Incidents of several grants; one of a single grant says nothing that its section does not."""
    joined = [incident for incident in hunt.incidents if len(incident.grant_ids) > 1]
    if not joined:
        return []
    lines = ["## Incidents", ""]
    for incident in joined[:MOST_LISTED]:
        lines += _incident(incident)
    return [*lines, *_left(len(joined) - MOST_LISTED, "more incident"), ""]


def _incident(incident: Incident) -> list[str]:
    users = ", ".join(markdown_code(user, 80) for user in incident.users[:MOST_LISTED])
    more = f" and {len(incident.users) - MOST_LISTED} more" if len(incident.users) > MOST_LISTED else ""
    head = f"{incident.severity.label.upper()} {incident.score}"
    lines = [
        f"- **{head}** {markdown_prose(incident.title)}",
        f"  - {words.minute(incident.started_at)} to {words.minute(incident.last_seen)} UTC",
        f"  - Users: {users}{more}",
    ]
    if incident.summary:
        lines.append(f"  - What happened: {markdown_prose(incident.summary)}")
    if incident.shared:
        lines.append(f"  - Shared: {'; '.join(markdown_prose(item) for item in incident.shared[:MOST_LISTED])}")
    return [*lines, f"  - Incident {markdown_code(incident.incident_id)}"]


def _table(hunt: Hunt, all_grants: bool) -> list[str]:
    shown = _shown(hunt, all_grants)
    folded = len(hunt.grants) - len(shown)
    lines = ["## Grants", ""] if hunt.grants else []
    if shown:
        lines.append("| Severity | When (UTC) | User | Client \u2192 resource | Outcome | Why |")
        lines.append("|---|---|---|---|---|---|")
        lines += [_row(judged) for judged in shown[:MOST_ROWS]]
        lines.append("")
        lines += _left(len(shown) - MOST_ROWS, "more grant", ", in the JSON report")
    if folded:
        lines += [f"{words.plural(folded, 'grant')} below low left out here; `--all` lists them.", ""]
    return lines


def _shown(hunt: Hunt, all_grants: bool) -> list[Judged]:
    return [judged for judged in hunt.grants if all_grants or judged.verdict.severity >= Severity.LOW]


def _row(judged: Judged) -> str:
    grant, verdict = judged.grant, judged.verdict
    told = words.telling(verdict.evidence, 4)
    chips = " \u00b7 ".join(markdown_prose(words.chip(item), 60) for item in told) or "no signal fired"
    more = len(verdict.evidence) - len(told)
    cells = (
        f"{verdict.severity.label.upper()} {verdict.score}",
        words.minute(grant.started_at),
        markdown_code(grant.user.label, 80),
        _route(judged),
        words.OUTCOMES[grant.outcome],
        f"{chips} \u00b7 {more} more" if more > 0 else chips,
    )
    return f"| {' | '.join(cells)} |"


def _route(judged: Judged) -> str:
    grant = judged.grant
    client, resource = words.client(grant.client), words.resource(grant.resource)
    return f"{markdown_prose(client, 80)} \u2192 {markdown_prose(resource, 80)}"


def _sections(hunt: Hunt, all_grants: bool) -> list[str]:
    shown = _shown(hunt, all_grants)
    lines: list[str] = []
    for judged in shown[:MOST_SECTIONS]:
        lines += _section(hunt, judged)
    return [*lines, *_left(len(shown) - MOST_SECTIONS, "further grant", " of lower scores without a section")]


def _section(hunt: Hunt, judged: Judged) -> list[str]:
    grant, verdict = judged.grant, judged.verdict
    lines = [
        f"### {verdict.severity.label.upper()} {verdict.score}: {markdown_code(grant.user.label, 80)}, "
        f"{words.minute(grant.started_at)} UTC",
        "",
        f"What happened: {markdown_prose(words.sentence(grant))}",
        "",
        f"Verdict: {markdown_prose(verdict.reason)}",
        "",
        "**Why**",
        "",
        *_evidence(verdict.evidence),
        "",
        *_listed("Ask the user", questions(grant)),
        *_steps(judged),
        *_listed("Not assessed for this grant", (f"{words.named(item)}: {item.why}" for item in verdict.not_assessed)),
        *_listed("Not seen for this grant", grant.unseen),
    ]
    incidents = [each.incident_id for each in hunt.incidents if grant.grant_id in each.grant_ids]
    ids = (
        ("grant", grant.grant_id),
        *(("incident", incident_id) for incident_id in incidents),
        ("user", grant.user.id),
        ("tenant", grant.tenant_id),
        ("session", grant.session_id),
        ("correlation", grant.correlation_id),
    )
    told = ", ".join(f"{name} {markdown_code(value)}" for name, value in ids if value)
    return [*lines, f"Ids: {told}", ""]


def _evidence(evidence: Sequence[Evidence]) -> list[str]:
    if not evidence:
        return ["- no signal fired"]
    return [
        f"- {e.weight:+.1f} {markdown_prose(e.title)}: {markdown_prose(e.summary)}"
        + (f" (own signal {markdown_code(words.named(e), 200)})" if e.source else "")
        for e in evidence
    ]


def _listed(title: str, items: Iterable[str]) -> list[str]:
    """Items as a list under a title. Each starts with a word of ours or with a code span, never with a marker."""
    made = [f"- {markdown_prose(item)}" for item in items]
    return [f"**{title}**", "", *made, ""] if made else []


def _steps(judged: Judged) -> list[str]:
    steps = containment(judged)
    if not steps:
        return []
    lines = ["**What to do now**", ""]
    for step in steps:
        lines += _step(step)
    return [*lines, ""]


def _step(step: Step) -> list[str]:
    """A step in one line; the requests only of those that do not wait. All are in the HTML report."""
    mark = " (urgent)" if step.urgent else ""
    lines = [f"{step.order}. **{markdown_prose(step.title)}**{mark}: {markdown_prose(step.why)}"]
    if step.urgent and step.requests:
        blocks = "\n".join(_request(request) for request in step.requests)
        block = (f"   {line}".rstrip() for line in markdown_block(blocks).split("\n"))
        lines += ["", "   ```text", *block, "   ```", ""]
    return lines


def _request(request: Request) -> str:
    body = "" if request.body is None else f" {json.dumps(request.body)}"
    return f"{request.method} {request.url}{body}"


def _coverage(hunt: Hunt) -> list[str]:
    sources = hunt.coverage.sources
    lines = ["## Coverage", ""]
    if not sources:
        return [*lines, "No source of records.", ""]
    lines += ["| Source | Records | From (UTC) | To (UTC) | Gaps |", "|---|---|---|---|---|"]
    return [*lines, *(_source(source) for source in sources), ""]


def _source(source: SourceCoverage) -> str:
    gaps = [f"{words.minute(gap.start)} to {words.minute(gap.end)}" for gap in source.gaps[:5]]
    gaps += [f"{len(source.gaps) - 5} more"] if len(source.gaps) > 5 else []
    cells = (
        markdown_prose(source.title, 60),
        f"{source.records:,}" if source.records else "none: not assessed",
        words.minute(source.first) if source.first else "",
        words.minute(source.last) if source.last else "",
        "; ".join(gaps),
    )
    return f"| {' | '.join(cells)} |"


def _unseen(hunt: Hunt) -> list[str]:
    blind = [f"- {markdown_prose(sentence)}" for sentence in hunt.coverage.blind]
    if hunt.blind_signals:
        names = ", ".join(markdown_code(words.named(item), 200) for item in hunt.blind_signals)
        blind.append(f"- {words.plural(len(hunt.blind_signals), 'signal')} not assessed for any grant: {names}")
    partly = [line for source in hunt.coverage.sources for line in _partly(source)]
    lines = ["## What could not be seen", ""]
    if not blind and not partly:
        return [*lines, "Nothing that these sources are known to lack. What was never logged cannot be told.", ""]
    return [*lines, *blind, *partly, ""]


def _partly(source: SourceCoverage) -> list[str]:
    shares = [f"{markdown_code(f.field, 40)} {words.percent(f.share)}" for f in source.fields if f.present < f.rows]
    told = f"- {markdown_prose(source.title, 60)}: not in every record: {', '.join(shares)}"
    return [told] if source.records and shares else []


def _records(hunt: Hunt) -> list[str]:
    lines = ["## Records", "", f"{words.sums(hunt.records)}.", ""]
    if hunt.coverage.time_unusable:
        lines += [f"{words.plural(hunt.coverage.time_unusable, 'record')} had no usable time.", ""]
    kept = hunt.quarantined[:MOST_LISTED]
    told = [f"- quarantined {markdown_code(f'{q.file}:{q.line}')}: {markdown_prose(q.reason, 200)}" for q in kept]
    quarantined = max(hunt.records.quarantined, len(hunt.quarantined))
    told += _left(quarantined - len(kept), "more record", " in quarantine", "- ")
    told += [f"- unread {markdown_code(u.file)}: {markdown_prose(u.seen, 200)}" for u in hunt.unread[:MOST_LISTED]]
    told += _left(len(hunt.unread) - MOST_LISTED, "more file", " unread", "- ")
    return [*lines, *told]


def _left(number: int, what: str, note: str = "", mark: str = "") -> Sequence[str]:
    return [f"{mark}{words.plural(number, what)}{note}."] if number > 0 else []
