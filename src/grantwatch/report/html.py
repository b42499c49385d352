"""One self-contained HTML page: no script, nothing loaded from elsewhere, all log text escaped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from grantwatch.grants.model import Grant, TokenUse
from grantwatch.pipeline import Hunt
from grantwatch.records.model import RecordRef
from grantwatch.report import words
from grantwatch.report.escape import clean, terminal
from grantwatch.report.formats import Asked
from grantwatch.report.timeline import timeline
from grantwatch.respond import Request, Step, containment, questions
from grantwatch.verdict.model import Incident, Judged, Severity

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["anchor", "encode", "environment", "render"]

MOST_SERIOUS = 300
"""Grants of low severity or worse that get a section of their own."""
MOST_HONEST = 100
"""Grants below low that get a section of their own."""
MOST_LISTED = 2_000
"""Rows of a table of grants."""
MOST_RAW = 40
"""Raw records per grant."""
RAW_LIMIT = 20_000
"""Characters per raw record."""
RAW_TOTAL = 6_000_000
"""Characters of raw records per page, the worst grants' first."""
ONE_LINE = 90
"""Characters of a request body that is written on one line."""
SHORT = 12
"""Lines of requests that are shown unfolded in a step that changes the tenant."""
LIST_LIMIT = 100
NAME_LIMIT = 120
"""Characters of a name in a heading or a table."""

_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Raw:
    ref: RecordRef
    text: str


@dataclass(slots=True)
class _Budget:
    """What is left of a page's size."""

    left: int

    def spend(self, size: int) -> bool:
        """True where `size` still fits; then it is spent."""
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(frozen=True, slots=True)
class _Section:
    """A grant with all that its section shows."""

    judged: Judged
    anchor: str
    heaviest: float
    timeline: str
    questions: Sequence[str]
    steps: Sequence[Step]
    raw: Sequence[_Raw]
    raw_left_out: int


def render(hunt: Hunt) -> str:
    """The page as text, to be written as UTF-8. Raw records are folded in where the hunt carries them."""
    from markupsafe import Markup

    templates = environment()
    serious = [j for j in hunt.grants if j.verdict.severity >= Severity.LOW]
    honest = [j for j in hunt.grants if j.verdict.severity < Severity.LOW]
    budget = _Budget(RAW_TOTAL)
    sections = [_section(hunt, judged, budget) for judged in [*serious[:MOST_SERIOUS], *honest[:MOST_HONEST]]]
    template = templates.get_template("report.html.j2")
    page = template.render(
        hunt=hunt,
        style=Markup(_style()),  # noqa: S704 - our own file, holds no log text
        title=words.title(hunt),
        counts=words.counts(hunt.grants),
        serious=serious,
        honest=honest,
        sections=sections,
        left_out=len(hunt.grants) - len(sections),
        limit=LIST_LIMIT,
        most_listed=MOST_LISTED,
        incidents=[incident for incident in hunt.incidents if len(incident.grant_ids) > 1],
        incident_grants=_incident_grants(hunt, sections),
        hints=list(dict.fromkeys(file.hint for file in hunt.unread[:LIST_LIMIT])),
        known={section.judged.grant.grant_id for section in sections},
    )
    return f"{page}\n"


def encode(hunt: Hunt, _asked: Asked) -> bytes:
    """`render` as UTF-8. The page folds quiet grants away, so that it shows them whatever was asked for."""
    return render(hunt).encode("utf-8", errors="replace")


def anchor(grant_id: str) -> str:
    """The fragment of a grant's section: safe in an attribute whatever the id holds, and the same in every run."""
    if _SAFE_ID.fullmatch(grant_id):
        return f"grant-{grant_id}"
    return "grant-x" + hashlib.sha256(grant_id.encode("utf-8", "replace")).hexdigest()[:16]


def environment() -> Environment:
    """Templates that escape every value, and make its controls visible first. An unknown name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("grantwatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        words=words,
        anchor=anchor,
        Severity=Severity,
        requests=_requests,
        lineage=_lineage,
        short=_short,
    )
    made.filters["pretty"] = _pretty
    made.filters["short"] = lambda text: terminal(text, NAME_LIMIT)
    return made


def _visible(value: object) -> object:
    """Runs on every expression before it is escaped, so that no template can forget it."""
    if value is None:
        return ""
    if hasattr(value, "__html__"):
        return value
    return clean(value) if isinstance(value, str) else value


def _style() -> str:
    return resources.files("grantwatch.report").joinpath("templates/style.css").read_text(encoding="utf-8")


def _section(hunt: Hunt, judged: Judged, budget: _Budget) -> _Section:
    from markupsafe import Markup

    raw, left_out = _raw(hunt, judged, budget)
    weights = [abs(evidence.weight) for evidence in judged.verdict.evidence]
    return _Section(
        judged=judged,
        anchor=anchor(judged.grant.grant_id),
        heaviest=max(weights, default=0.0) or 1.0,
        timeline=Markup(timeline(judged.grant)),  # noqa: S704 - timeline() escapes every text that it draws
        questions=questions(judged.grant),
        steps=containment(judged),
        raw=raw,
        raw_left_out=left_out,
    )


def _refs(judged: Judged) -> Iterable[RecordRef]:
    grant = judged.grant
    for evidence in judged.verdict.evidence:
        yield from evidence.records
    for leg in grant.legs:
        yield leg.ref
    for follow_on in grant.follow_ons:
        yield from follow_on.refs
    for use in grant.token_uses:
        yield from use.refs


def _raw(hunt: Hunt, judged: Judged, budget: _Budget) -> tuple[list[_Raw], int]:
    found: dict[tuple[str, int], RecordRef] = {}
    for ref in _refs(judged):
        if (ref.file, ref.position) in hunt.raw:
            found.setdefault((ref.file, ref.position), ref)
    shown = []
    for key, ref in list(found.items())[:MOST_RAW]:
        if not budget.spend(min(len(hunt.raw[key]), RAW_LIMIT)):
            break
        shown.append(_Raw(ref, hunt.raw[key]))
    return shown, len(found) - len(shown)


def _pretty(text: str) -> object:
    """A raw record for a `<pre>`: indented where it is JSON, escaped, cut at RAW_LIMIT with a note."""
    from markupsafe import escape

    if len(text) <= RAW_LIMIT:
        with suppress(ValueError, RecursionError):
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return escape(clean(text, RAW_LIMIT, lines=True))


def _requests(requests: Sequence[Request]) -> list[object]:
    """Method, address and body as text, one block per `<pre>`: requests without a body share one."""
    from markupsafe import escape

    blocks: list[str] = []
    open_block = False
    for request in requests:
        line = f"{request.method} {request.url}"
        if request.body is not None:
            body = json.dumps(request.body)
            body = body if len(body) <= ONE_LINE else json.dumps(request.body, indent=2)
            blocks.append(f"{line}\nContent-Type: application/json\n\n{body}")
            open_block = False
        elif open_block:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
            open_block = True
    return [escape(clean(block, RAW_LIMIT, lines=True)) for block in blocks]


def _lineage(grant: Grant) -> list[TokenUse]:
    return sorted(grant.token_uses, key=lambda use: (use.first, use.last))


def _short(blocks: Sequence[object]) -> bool:
    return sum(str(block).count("\n") + 1 for block in blocks) <= SHORT


def _incident_grants(hunt: Hunt, sections: Sequence[_Section]) -> Callable[[Incident], list[tuple[str, str, str]]]:
    """The grants of an incident as (user, severity, fragment); no fragment where the grant has no section."""
    by_id = {judged.grant.grant_id: judged for judged in hunt.grants}
    known = {section.judged.grant.grant_id for section in sections}

    def of(incident: Incident) -> list[tuple[str, str, str]]:
        members = [by_id[grant_id] for grant_id in incident.grant_ids[:LIST_LIMIT] if grant_id in by_id]
        return [
            (
                judged.grant.user.label,
                judged.verdict.severity.label,
                anchor(judged.grant.grant_id) if judged.grant.grant_id in known else "",
            )
            for judged in members
        ]

    return of
