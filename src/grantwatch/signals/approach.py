"""What led to the grant: questions about the account, and the lure that was clicked before the code was entered."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from grantwatch import knowledge
from grantwatch.grants.model import FollowOn
from grantwatch.signals.after import SLACK, at_home, tie_words
from grantwatch.signals.signal import Answer, Case, Scale, Signal, signal
from grantwatch.signals.view import silent, span, weigh_attempt


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""


def _verification(url: str | None) -> bool:
    """True for a genuine page where a code is entered."""
    bare = (url or "").lower().partition("://")[2].partition("?")[0].rstrip("/")
    return any(bare == page.url or bare.startswith(f"{page.url}/") for page in knowledge.verification_urls())


def _lure(case: Case, click: FollowOn) -> tuple[Scale, str] | None:
    """How much a clicked link looks like a lure, and why, in words; None where nothing of it does."""
    url, facts = click.target.name, click.facts
    marks = knowledge.url_marks(url, case.grant.started_at.date())
    mark = min(marks, key=lambda each: (each.expired, each.strength != "strong"), default=None)
    threats = facts.get("threats")
    if mark is not None:
        scale = (
            Scale().by(1.3, "a strong mark of a kit") if mark.strength == "strong" else Scale().by(0.8, "a weak mark")
        )
        return (
            scale.by(0.4, "an expired mark") if mark.expired else scale
        ), f"a mark of: {mark.title}{' (out of date)' if mark.expired else ''}"
    if threats:
        return Scale(), f"which Safe Links knows as {threats}"
    if facts.get("clicked_through") == "true":
        return Scale().by(0.9, "clicked through a warning"), "through a warning page"
    if _verification(url):
        return Scale().by(0.6, "the genuine page, reached by a link"), "the page where a code is entered"
    host = _host(url)
    if any(host.endswith(f".{shared}") for shared in knowledge.words("shared_hosts")):
        return Scale().by(0.5, "a host that anybody can put a page on"), "on a host where anybody can put up a page"
    return None


def _weighed(case: Case, click: FollowOn) -> tuple[Scale, str, FollowOn] | None:
    found = _lure(case, click)
    if found is None:
        return None
    scale, why = found
    scale = scale.by(0.5 + 0.5 * click.tie.strength, tie_words(click.tie))
    if "blocked" in (click.result or "").lower() and click.facts.get("clicked_through") != "true":
        scale = scale.by(0.5, "the click was blocked")
    return weigh_attempt(case, scale), why, click


@signal(
    "approach.lure_click",
    title="A lure was clicked before the grant",
    question="Did the user click a link that looks like a lure in the minutes before the code was entered?",
    group="approach",
    weight=2.4,
    looks_at="links that this user clicked in mail, Teams or Office within 16 minutes before the grant",
    otherwise="No link that this user clicked in the 16 minutes before looks like a lure.",
    techniques=("T1566.002", "T1204.001"),
    needs=("stream:url_clicks",),
    false_positives=(
        "a colleague who sends the link to the device login page",
        "exercises",
        "honest pages on shared hosts",
    ),
    gaps=("codes that were spoken, scanned or shown in a document", "private mail and chats outside of Safe Links"),
    entries=(15,),
)
def lure_click(self: Signal, case: Case) -> Answer:
    """Known marks and what Safe Links calls a threat weigh most, a shared host least."""
    started = case.grant.started_at
    clicks = [each for each in case.grant.follow_ons if each.kind == "lure_click" and each.time <= started + SLACK]
    scored = [found for each in clicks if (found := _weighed(case, each))]
    if not scored:
        why = f"Links clicked in the 16 minutes before: {len(clicks)}; none looks like a lure." if clicks else ""
        return silent(self, case, why)
    scale, why, click = max(scored, key=lambda each: each[0].value)
    host = _host(click.target.name)
    return self.fired(
        f"{span(started - click.time)} before the grant the user clicked a link"
        f"{f' to {host!r}' if host else ''}, {why}.",
        chip="lure clicked",
        records=click.refs,
        scale=scale,
    )


DAY = timedelta(hours=24)
BURST = 3


@signal(
    "approach.recon",
    title="The redeemer's network asked about the account before",
    question="Did the network that redeemed the code ask about this account days before?",
    group="approach",
    weight=1.2,
    looks_at="questions about this account before a sign-in (GetCredentialType) from the redeemer's network, 1 to 30 "
    "days before the grant",
    otherwise="No question about this account came from the redeemer's network.",
    techniques=("T1589.002", "T1087.004"),
    needs=("stream:preauth", "stream:non_interactive"),
    false_positives=("a person who works from that network, whose sign-in page asks as well",),
    gaps=("networks change within days", "the provider (ASN) of an address is not in these records"),
    entries=(35,),
)
def recon(self: Signal, case: Case) -> Answer:
    """Context, not proof: three questions or more weigh in full, and none from a network that the user knows."""
    latest = case.grant.started_at - DAY
    asked = [each for each in case.grant.follow_ons if each.kind == "account_question" and each.time <= latest]
    strange = [each for each in asked if not at_home(case, each)]
    if not strange:
        return silent(self, case, "Left out: they came from a network that the user knows." if asked else "")
    count = sum(each.count for each in strange)
    first = min(strange, key=lambda each: each.time)
    scale = Scale() if count >= BURST else Scale().by(0.6, f"fewer than {BURST} questions")
    return self.fired(
        f"{span(case.grant.started_at - first.time)} before the grant, from the network that redeemed it, somebody "
        f"asked how this account signs in ({count} record{'' if count == 1 else 's'}).",
        chip="asked about before",
        records=first.refs,
        scale=weigh_attempt(case, scale),
    )
