"""What was carried off: files, many at once or by a client that the user never used for files."""

from __future__ import annotations

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn
from grantwatch.signals.after import HABIT_DAYS, LOG_DAYS, follow_ons, taken_scale
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import silent, span

MANY_AT_ONCE = 25
"""Downloads within three minutes that nobody makes by hand."""
FEW = 5
MORE_THAN_USUAL = 3


def _scale(follow_on: FollowOn) -> Scale | None:
    """How unusual these files are; None where they are not."""
    before = follow_on.before
    downloads = follow_on.kind == "file_download"
    scripted = knowledge.agent(follow_on.user_agent).is_scripted
    burst = follow_on.burst >= MANY_AT_ONCE and follow_on.burst >= MORE_THAN_USUAL * before.burst
    if burst:
        scale = Scale() if downloads else Scale().by(0.6, "opened, not downloaded")
    elif follow_on.count < FEW:
        return None
    elif scripted:
        scale = Scale().by(0.7, "no burst, but a script")
    elif before.log_days >= LOG_DAYS and before.days >= HABIT_DAYS and not before.client_days:
        scale = Scale().by(0.6, "no burst, but a client that the user never used for files")
    else:
        return None
    return scale.by(1.2, "a script") if burst and scripted else scale


@signal(
    "collection.file_burst",
    title="Files were collected after the grant",
    question="Were many files downloaded at once, or by a script or a new client, after the grant?",
    group="collection",
    weight=2.4,
    looks_at="downloads and openings of files in the Unified Audit Log that a token, a session, a new client or the "
    "redeemer's network ties to this grant",
    otherwise="No files are tied to this grant.",
    techniques=("T1530", "T1213.002"),
    needs=("stream:unified_audit",),
    false_positives=("a client that synchronises a library", "a move to a new computer"),
    gaps=("records that carry neither token nor session id, from a client that the user had before",),
    entries=(28,),
)
def file_burst(self: Signal, case: Case) -> Answer:
    """At least 25 within three minutes and three times what was usual; fewer by a script or by a client that is new."""
    every = follow_ons(case, "file_download", "file_access")
    scored = [(scale.times(taken_scale(case, each)), each) for each in every if (scale := _scale(each))]
    if not scored:
        most = max((each.burst for each in every), default=0)
        why = f"Most files within three minutes: {most}, of {MANY_AT_ONCE} that tell; no script and no new client."
        return silent(self, case, why if every else "")
    scale, top = max(scored, key=lambda pair: pair[0].value)
    verb = "downloaded" if top.kind == "file_download" else "opened"
    of_kind = [each for each in every if each.kind == top.kind]
    return self.fired(
        f"{sum(each.count for each in of_kind)} files were {verb} from {span(top.time - case.grant.started_at)} after "
        f"the grant on, up to {top.burst} within three minutes (usual: {top.before.burst}).",
        chip="files collected",
        records=tuple(ref for each in of_kind for ref in each.refs[:1])[:4],
        scale=scale,
    )
