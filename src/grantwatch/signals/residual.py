"""What still works although it was ended: tokens that are used after containment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from grantwatch.grants.model import FollowOn, Network, TieBy, TokenKind, TokenUse
from grantwatch.records.model import RecordRef
from grantwatch.signals.after import follow_ons
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import network_words, prefix_known, redeemer_uses, silent, span

GRACE = timedelta(minutes=10)
"""A revocation takes a few minutes to arrive everywhere."""
ACCESS_TOKEN = timedelta(minutes=75)
"""An access token works for about an hour after it was issued, revoked or not."""
_DEAD = (50173, 50057, 50132, 50133)

_ENDS = {
    "account_disabled": (1.0, "the account was disabled"),
    "sessions_revoked": (1.0, "the sessions were revoked"),
    "device_deleted": (1.0, "the device was deleted"),
    "password": (0.2, "the password was reset"),
}


def _ended(case: Case) -> list[tuple[FollowOn, datetime | None]]:
    """What ended the sessions after the grant, and until when it held: an account may be enabled again."""
    enabled = sorted(each.time for each in case.grant.follow_ons if each.kind == "account_enabled")
    found: list[tuple[FollowOn, datetime | None]] = []
    for each in sorted(follow_ons(case, *_ENDS), key=lambda each: each.time):
        again = next((time for time in enabled if time > each.time), None) if each.kind == "account_disabled" else None
        found.append((each, again))
    return found


def _concerned(end: FollowOn, use: TokenUse) -> bool:
    """A deleted device ends its own tokens only."""
    return end.kind != "device_deleted" or use.kind is TokenKind.PRIMARY or use.tie.by is TieBy.DEVICE_ID


class _Success(NamedTuple):
    """Something that succeeded after an end: when, how strongly tied (0–1), what, from where, and its records."""

    time: datetime
    strength: float
    what: str
    network: Network
    refs: tuple[RecordRef, ...]


def _later(case: Case, end: FollowOn, until: datetime | None) -> list[_Success]:
    found: list[_Success] = []
    for use in redeemer_uses(case.grant):
        got = use.last_success or (use.last if use.count > use.failures else None)
        if got is None or got <= end.time + GRACE or (until and got >= until) or not _concerned(end, use):
            continue
        what = f"a token for {use.resource.label} was issued to {network_words(use.network)}"
        found.append(_Success(got, use.tie.strength, what, use.network, use.refs))
    for each in case.grant.follow_ons:
        if each.tie.by not in (TieBy.TOKEN_ID, TieBy.SESSION_ID) or end.kind == "device_deleted" or each.kind in _ENDS:
            continue
        if each.until > end.time + ACCESS_TOKEN and not (until and each.until >= until):
            done = f"{each.operation} was done"
            found.append(_Success(each.until, each.tie.strength, done, each.network, each.refs))
    return found


@signal(
    "token.residual_use",
    title="Tokens work although access was ended",
    question="Did anything in the lineage succeed after the account was disabled or its sessions were revoked?",
    group="token",
    weight=4.7,
    looks_at="token uses by the redeemer, and activities tied by token or session, after the account was disabled, "
    "sessions revoked, a device deleted or the password reset, up to 90 days",
    otherwise="Nothing in the lineage succeeded after access was ended.",
    alone=True,
    techniques=("T1550.001",),
    needs=("stream:non_interactive", "stream:audit", "stream:unified_audit"),
    false_positives=("a password that the user changed: tokens of a device code may live on", "a delay of minutes"),
    gaps=("an account that was disabled on-premises only", "access tokens that work for an hour leave no sign-in"),
    entries=(34,),
)
def residual_use(self: Signal, case: Case) -> Answer:
    """A success minutes after the end of all sessions; a reset password alone ends no token, so it weighs less."""
    ended = _ended(case)
    if not ended:
        return silent(self, case, "No end of this account's sessions is in these logs.")
    scored = []
    for end, until in ended:
        share, words = _ENDS[end.kind]
        for later in _later(case, end, until):
            scale = Scale().by(0.5 + 0.5 * later.strength, f"tied to the lineage with strength {later.strength:g}")
            if share < 1:
                scale = scale.by(share, "a new password alone ends no token of a device code")
                if prefix_known(case, later.network):
                    scale = scale.by(0.4, "from a network that the user knows")
            scored.append((scale, later, end, words))
    if not scored:
        return silent(self, case, _refused(case, ended[-1][0]))
    scale, later, end, words = min(scored, key=lambda each: (-each[0].value, each[1].time))
    return self.fired(
        f"{span(later.time - end.time)} after {words} ({end.time:%Y-%m-%d %H:%M} UTC) {later.what}.",
        chip="use after containment",
        records=(*later.refs, *end.refs),
        scale=scale,
        alone=scale.value >= 0.9,
    )


def _refused(case: Case, end: FollowOn) -> str:
    tries = [
        use for use in case.grant.token_uses if use.last > end.time and any(code in _DEAD for code in use.error_codes)
    ]
    if tries:
        return "After access was ended only refusals are seen (50173, 50057): somebody still tries a dead token."
    return ""
