"""What cannot be seen because of what is not there, in sentences for a reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from grantwatch.records.model import SourceCoverage

__all__ = ["HISTORY", "SIGN_INS", "blind", "span"]

SIGN_INS = ("interactive", "non_interactive", "sign_in_unknown")
"""The streams of Entra sign-ins."""
HISTORY = timedelta(days=7)
"""Less than this says little about what is usual."""
_DEFENDER = "defender_signin"

_WIRE = {
    "protocol": "authenticationProtocol",
    "transfer": "originalTransferMethod",
    "session_id": "sessionId",
    "token_id": "uniqueTokenIdentifier",
    "asn": "autonomousSystemNumber",
    "user_agent": "a user agent",
}


def span(sources: Iterable[SourceCoverage]) -> tuple[datetime, datetime] | None:
    """The first and the last time (UTC) of all these; None where none has a time."""
    sources = list(sources)
    firsts = [source.first for source in sources if source.first is not None]
    lasts = [source.last for source in sources if source.last is not None]
    return (min(firsts), max(lasts)) if firsts and lasts else None


def blind(sources: tuple[SourceCoverage, ...], missing: frozenset[str]) -> list[str]:
    """Sentences for a reader, most important first."""
    streams = {source.stream: source for source in sources}
    said: list[str] = []
    sign_ins = [source for name, source in streams.items() if name in SIGN_INS]
    # The same deeds as in the audit logs, but only what Defender's app connectors bring, so silence proves nothing.
    elsewhere = " in Defender's cloud app events only, which hold what its app connectors bring"
    in_defender = "cloud_app_events" in streams
    if not sign_ins:
        said.append(
            "No Entra sign-in logs: device code grants can only be sighted in the Unified Audit Log, at low certainty; "
            "redemptions, refreshes and most of the flow are not assessed."
        )
    else:
        said += _sign_in_blind(missing, any(_DEFENDER in source.forms for source in sign_ins))
    if "stream:audit" in missing:
        rest = (
            "are seen in the Unified Audit Log only, without the details that tell a rogue device."
            if "stream:unified_audit" not in missing
            else f"are seen{elsewhere}."
            if in_defender
            else "are not assessed."
        )
        said.append(
            f"No directory audit logs: device registrations, consents and changed sign-in methods after a grant {rest}"
        )
    if "stream:unified_audit" in missing:
        rest = f"are seen{elsewhere}." if in_defender else "are not assessed."
        said.append(f"No Unified Audit Log: inbox rules, forwarding and mail access after a grant {rest}")
    if sign_ins:
        said += _field_blind(missing, sign_ins)
        said += _span_blind(streams, sign_ins)
    return said


def _sign_in_blind(missing: frozenset[str], defender: bool) -> list[str]:
    said: list[str] = []
    if defender and {"field:protocol", "field:transfer"} <= missing:
        said.append(
            "Defender's sign-in table names neither the protocol nor the transfer method: device code is recognised by "
            "its confirmation page (EndpointCall Cmsi, error 50199) only, which apps on phones use too. Redemptions "
            "and token uses are not told from other sign-ins; absence of grants is not assessed."
        )
    elif {"field:protocol", "field:transfer"} <= missing:
        said.append(
            "The sign-in records carry neither authenticationProtocol nor originalTransferMethod (a v1.0 feed or an "
            "older export): device code use can only be guessed from confirmation interrupts (50199). Absence of "
            "grants is not assessed."
        )
    elif "field:protocol" in missing:
        said.append(
            "No interactive record carries authenticationProtocol: approvals are recognised by their lineage and "
            "interrupts only, at lower certainty."
        )
    elif "field:transfer" in missing:
        said.append(
            "No record carries originalTransferMethod: what a token was used for after the grant is not assessed."
        )
    if "stream:non_interactive" in missing:
        said.append(
            "No non-interactive sign-ins (v1.0 or interactive-only feed): redemptions and refreshes are invisible. "
            "Who received a token, from where, and what it was used for is not assessed."
        )
    if "stream:interactive" in missing:
        said.append(
            "No interactive sign-ins: approvals, interrupts and blocked attempts are invisible. Who entered a code, "
            "and attempts that failed, are not assessed."
        )
    return said


def _field_blind(missing: frozenset[str], sign_ins: list[SourceCoverage]) -> list[str]:
    texts = {
        "session_id": "No sessionId in the sign-ins: token uses are tied to a grant by user, client and time only.",
        "token_id": "No uniqueTokenIdentifier in the sign-ins: mail and file access cannot be tied to a grant's "
        "tokens.",
        "asn": "No autonomousSystemNumber in the sign-ins: hosting and anonymising networks are recognised by listed "
        "prefixes only.",
        "user_agent": "No user agent in the sign-ins: tools and kits are not assessed.",
        "policies": "No Conditional Access policies in the sign-ins: that a policy refused the flow is told from error "
        "codes only, at lower certainty, and not which policy.",
        "scopes": "No processing details in the sign-ins: the scopes a grant asked for and the roles in its token are "
        "not assessed.",
    }
    said = [text for field, text in texts.items() if f"field:{field}" in missing]
    for source in sign_ins:
        for share in source.fields:
            if 0 < share.share < 0.5 and f"field:{share.field}" not in missing and share.field not in ("asn",):
                said.append(
                    f"Only {share.share:.0%} of the {source.title.lower()} carry {_WIRE[share.field]}: the rest may "
                    "hide grants."
                )
    return said


def _span_blind(streams: dict[str, SourceCoverage], sign_ins: list[SourceCoverage]) -> list[str]:
    said: list[str] = []
    reach = span(sign_ins)
    if reach is None:
        return ["No sign-in has a usable time: nothing can be put in order, and grants are not assessed."]
    first, last = reach
    if last - first < HISTORY:
        days = max(1, round((last - first).total_seconds() / 86400))
        said.append(
            f'The sign-ins reach back {days} day{"s" if days > 1 else ""} only: "never seen before" means little.'
        )
    for name in ("interactive", "non_interactive", "audit", "unified_audit"):
        source = streams.get(name)
        if source is None or source.first is None or source.last is None:
            continue
        late, early = source.first - first, last - source.last
        if name in SIGN_INS and _telling(source, late):
            said.append(
                f"{source.title} begin {late.days} days after the other sign-ins: nothing of them is seen before."
            )
        if _telling(source, early):
            said.append(f"{source.title} end {early.days} days before the last sign-in: later events are not assessed.")
        for gap in source.gaps[:2]:
            hours = round((gap.end - gap.start).total_seconds() / 3600)
            said.append(f"{source.title} have no record for {hours} hours from {gap.start:%Y-%m-%d %H:%M} UTC.")
    return said


def _telling(source: SourceCoverage, silence: timedelta) -> bool:
    """True where a stream's silence at an end is longer than its own pace explains: five records would be due."""
    if source.first is None or source.last is None or silence <= timedelta(days=2):
        return False
    span = max(source.last - source.first, timedelta(hours=1))
    return source.records * (silence / span) >= 5
