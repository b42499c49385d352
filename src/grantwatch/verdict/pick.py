"""The one grant that somebody means by an id, or by how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from grantwatch.errors import UsageError
from grantwatch.verdict.model import Judged

__all__ = ["pick"]

MOST_NAMED = 10


def pick(judged: Sequence[Judged], wanted: str) -> Judged:
    """The grant whose id is, or alone begins with, `wanted`. Raises UsageError that names the ids that come near."""
    asked = wanted.strip().lower()
    found = [each for each in judged if asked and each.grant.grant_id.lower().startswith(asked)]
    whole = [each for each in found if each.grant.grant_id.lower() == asked]
    if len(found) == 1 or whole:
        return (whole or found)[0]
    if found:
        more = [f"  … and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
        lines = [f"  {_named(each)}" for each in found[:MOST_NAMED]]
        text = f"GRANT_ID {wanted}: {len(found)} grants begin so; give more of the id"
        raise UsageError("\n".join([text, *lines, *more]))
    raise UsageError(_unknown(judged, wanted, asked))


def _unknown(judged: Sequence[Judged], wanted: str, asked: str) -> str:
    if not judged:
        return f"GRANT_ID {wanted}: there is no grant in these logs; a hunt over them says what they cannot show"
    grants = f"{len(judged)} grant{'' if len(judged) == 1 else 's'}"
    text = f"GRANT_ID {wanted}: no such grant among the {grants} in these logs"
    by_id = {each.grant.grant_id.lower(): each for each in judged}
    near = get_close_matches(asked, by_id, n=3, cutoff=0.6)
    shown = [by_id[id] for id in near] or list(judged[:3])
    head = "Nearest are:" if near else "A hunt lists them with --format json; the worst are:"
    return "\n".join([text, head, *(f"  {_named(each)}" for each in shown)])


def _named(judged: Judged) -> str:
    grant, verdict = judged.grant, judged.verdict
    return (
        f"{grant.grant_id}  {verdict.severity.label} {verdict.score}, {grant.started_at:%Y-%m-%d %H:%M} UTC, "
        f"{grant.user.label}"
    )
