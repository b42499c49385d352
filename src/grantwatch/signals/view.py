"""What signals look at: the places and hands of a grant, what was familiar before it, and what the logs lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar

from grantwatch import knowledge
from grantwatch.grants.model import Device, Grant, LegKind, Network, Outcome, Party, TokenUse
from grantwatch.profile.model import NEVER, EarlierGrant, Familiarity
from grantwatch.records.model import RecordRef
from grantwatch.signals.signal import Case, NotAssessed, NotFired, Scale, Signal

__all__ = [
    "AT_HOME",
    "ENOUGH_SIGN_INS",
    "FIRST_HOUR",
    "MANY_USERS",
    "NO_TOKEN",
    "RENTED",
    "SETTLED",
    "Place",
    "attempted",
    "earlier_grants",
    "familiar",
    "flow_places",
    "history_scale",
    "is_microsofts",
    "known",
    "lacking",
    "lineage_hidden",
    "listed",
    "moved_together",
    "network_words",
    "new_to_user",
    "once",
    "own_way",
    "owners",
    "prefix_known",
    "redeemed_at",
    "redeemer_places",
    "redeemer_uses",
    "short_history",
    "silent",
    "span",
    "tenant_knows",
    "there_before",
    "unsaid",
    "used_at_home",
    "weigh_attempt",
    "why_blind",
]

_Seen = TypeVar("_Seen")
_Of = TypeVar("_Of", Grant, Case)

AT_HOME = (0.2, "its tokens were used from address ranges only that the user knows")
FIRST_HOUR = timedelta(minutes=60)
NO_TOKEN = "nobody got a token"  # noqa: S105 - words, not a secret
SETTLED = timedelta(hours=24)
"""How long ago something must have been seen to count as normal: less could be the attack itself."""

SHORT_HISTORY_DAYS = 3.0
FULL_HISTORY_DAYS = 30.0
ENOUGH_SIGN_INS = 20
"""Interactive sign-ins from which on a person's habits can be told, and an account is a person's."""

RENTED = ("hosting", "anonymiser", "campaign")
"""Kinds of network that anyone can rent by the hour, and those that a report ties to attackers."""

MANY_USERS = 3
"""From this many users of the tenant on, a network or client is nothing special there."""

COMPANY = 0.05
"""A range in which so much of the tenant was seen is the company's: people work on machines in an office from home."""

_LACKS = {
    "stream:interactive": "the interactive sign-in log is not among these files",
    "stream:non_interactive": "the non-interactive sign-in log is not among these files",
    "stream:audit": "the Entra audit log is not among these files",
    "stream:unified_audit": "the Unified Audit Log is not among these files",
    "stream:url_clicks": "the Safe Links clicks (UrlClickEvents) are not among these files",
    "stream:preauth": "the questions before sign-ins (PreAuthenticationDiscoveryLogs) are not among these files",
    "stream:graph_activity": "the Microsoft Graph activity log is not among these files",
    "field:protocol": "these sign-in records do not name the authentication protocol",
    "field:transfer": "these sign-in records do not carry the original transfer method",
    "field:session_id": "these records carry no session id",
    "field:token_id": "these records carry no token id",
    "field:asn": "these records do not say which network (ASN) an address belongs to",
    "field:user_agent": "these records carry no user agent",
    "field:policies": "these sign-in records do not name Conditional Access policies",
    "field:scopes": "these sign-in records carry neither scopes nor directory roles",
    "history": "these logs do not reach back before the grant",
}
# Either audit log shows a directory change; only both missing makes a signal blind.
_EITHER = frozenset({"stream:audit", "stream:unified_audit"})


class Place(NamedTuple):
    """One request as seen from outside: from where, with what, when first (UTC), and whether the redeemer made it."""

    network: Network
    user_agent: str | None
    device: Device
    time: datetime
    redeemer: bool
    refs: tuple[RecordRef, ...]


def lacking(needs: Iterable[str], missing: frozenset[str]) -> tuple[str, ...]:
    """Those of `needs` that make a signal blind, given what the logs miss. Either audit log will do for both."""
    return _lacking(tuple(needs), missing)


@lru_cache(maxsize=1024)
def _lacking(needs: tuple[str, ...], missing: frozenset[str]) -> tuple[str, ...]:
    # Asked for by every signal of every grant, and the same for all grants of a hunt.
    gone = [need for need in needs if need in missing]
    if _EITHER.issubset(needs) and not _EITHER.issubset(missing):
        gone = [need for need in gone if need not in _EITHER]
    return tuple(gone)


def why_blind(needs: Iterable[str]) -> str:
    """One plain sentence for missing needs."""
    return _why_blind(tuple(needs))


@lru_cache(maxsize=1024)
def _why_blind(needs: tuple[str, ...]) -> str:
    words = "; ".join(_LACKS[need] for need in needs)
    return f"Not assessed: {words}."


def silent(signal: Signal, case: Case, why: str = "") -> NotAssessed | NotFired:
    """The answer of a signal that found nothing: why, or NotAssessed where it could not have seen it."""
    answer = signal.quiet.get(case.missing)
    if answer is None:
        gone = _lacking(signal.needs, case.missing)
        answer = signal.not_assessed(_why_blind(gone)) if gone else signal.not_fired()
        signal.quiet[case.missing] = answer
    return signal.not_fired(why) if why and isinstance(answer, NotFired) else answer


def unsaid(signal: Signal, case: Case, what: str) -> NotAssessed:
    """The answer of a signal to which the records of this very grant do not say `what`."""
    gone = lacking(signal.needs, case.missing)
    return signal.not_assessed(why_blind(gone) if gone else f"Not assessed: {what}.")


def attempted(grant: Grant) -> bool:
    """True where nobody got a token: blocked or abandoned."""
    return grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED)


def lineage_hidden(case: Case) -> bool:
    """True where these logs cannot show what was done with the tokens: no such sign-ins, or nothing that ties them."""
    return bool(case.missing & {"stream:non_interactive", "field:session_id"})


def weigh_attempt(case: Case, scale: Scale) -> Scale:
    """The same scale, or much less of it where nobody got a token."""
    return scale.by(0.3, NO_TOKEN) if attempted(case.grant) else scale


def once(look: Callable[[_Of], _Seen]) -> Callable[[_Of], _Seen]:
    """The same function, which remembers what it saw of what it was asked of last: many signals look at one grant."""
    held: tuple[_Of, _Seen] | tuple[None, None] = (None, None)

    @wraps(look)
    def asked(of: _Of) -> _Seen:
        nonlocal held
        last = held
        if last[0] is not of:
            last = held = (of, look(of))
        return last[1]

    return asked


def once_each(look: Callable[[Case, Network], _Seen]) -> Callable[[Case, Network], _Seen]:
    """As `once`, of a case and one of its networks: most of them come up many times."""
    held: tuple[Case, dict[Network, _Seen]] | tuple[None, None] = (None, None)

    @wraps(look)
    def asked(case: Case, network: Network) -> _Seen:
        nonlocal held
        last = held
        if last[0] is not case:
            last = held = (case, {})
        seen = last[1]
        if network not in seen:
            seen[network] = look(case, network)
        return seen[network]

    return asked


@once
def redeemed_at(grant: Grant) -> datetime:
    """When the device got its first token; the start of the grant where that was not seen."""
    return grant.redemption.time if grant.redemption else grant.started_at


@once
def redeemer_uses(grant: Grant) -> tuple[TokenUse, ...]:
    """Token uses in the hands of whoever redeemed."""
    return tuple(use for use in grant.token_uses if use.party is Party.REDEEMER)


@once
def flow_places(grant: Grant) -> tuple[Place, ...]:
    """The legs, and the redeemer's token uses of the first hour."""
    until = redeemed_at(grant) + FIRST_HOUR
    legs = tuple(
        Place(
            _told(grant, leg.network), leg.user_agent, leg.device, leg.time, leg.kind is LegKind.REDEMPTION, (leg.ref,)
        )
        for leg in grant.legs
    )
    return legs + tuple(place for place in _use_places(grant) if place.time <= until)


def _told(grant: Grant, network: Network) -> Network:
    """The same network, with what another record of this address says of it: one log names providers, one does not."""
    if network.asn is not None or network.ip is None:
        return network
    others = [leg.network for leg in grant.legs] + [use.network for use in grant.token_uses]
    return next((each for each in others if each.ip == network.ip and each.asn is not None), network)


@once
def redeemer_places(grant: Grant) -> tuple[Place, ...]:
    """The redemption and every later token use of the redeemer."""
    return tuple(place for place in flow_places(grant) if place.redeemer and place.time <= redeemed_at(grant)) + tuple(
        place for place in _use_places(grant) if place.time > redeemed_at(grant)
    )


def _use_places(grant: Grant) -> tuple[Place, ...]:
    return tuple(
        Place(use.network, use.user_agent, use.device, use.first, True, use.refs) for use in redeemer_uses(grant)
    )


@once
def earlier_grants(case: Case) -> tuple[EarlierGrant, ...]:
    """Earlier grants that may count as normal: a day or more before, and not themselves judged critical."""
    latest = case.grant.started_at - SETTLED
    return tuple(
        earlier
        for earlier in case.profile.earlier_grants
        if earlier.started_at <= latest and earlier.grant_id not in case.worse_grants
    )


def familiar(case: Case, dimension: str, value: object) -> Familiarity:
    """How familiar a value was; empty for a value that the log does not give."""
    return case.profile.familiarity(dimension, value) if value is not None else NEVER


def known(case: Case, dimension: str, value: object) -> bool:
    """True where the user was seen with the value a day or more before, and before any grant judged critical.

    What became familiar only since an attack is the attacker's own trace.
    """
    if value is None:
        return False
    seen = case.profile.familiarity(dimension, value)
    if not seen.user_days:
        return False
    return seen.user_first is None or seen.user_first <= _settled_by(case)


@once
def _settled_by(case: Case) -> datetime:
    """Until when the user must have been seen with something for it to be known."""
    latest = case.grant.started_at - SETTLED
    if not case.worse_grants:
        return latest
    bad = [g.started_at for g in case.profile.earlier_grants if g.grant_id in case.worse_grants]
    return min([latest, *(start - FIRST_HOUR for start in bad)])


@once_each
def prefix_known(case: Case, network: Network) -> bool:
    """True where the user had been seen in this very /24 or /48, or came to it earlier that day at a known provider.

    Providers give out another address range every other week: whoever was in it before the grant has it at home.
    """
    if network.prefix is None or known(case, "prefix", network.prefix):
        return network.prefix is not None
    return known(case, "asn", network.asn) and not _rented(network) and there_before(case, network)


def there_before(case: Case, network: Network) -> bool:
    """True where the user signed in from this very range an hour or more before the grant, if on that day only.

    Too short a time for a habit, and yet no trace of this grant.
    """
    first = familiar(case, "prefix", network.prefix).user_first
    return first is not None and first <= case.grant.started_at - FIRST_HOUR


def _rented(network: Network) -> bool:
    mark = knowledge.network(network.asn, network.ip)
    return mark is not None and mark.kind in RENTED


def own_way(case: Case, network: Network) -> Scale:
    """1, or half for a range in which the user was already on the day of the grant: on the road, or behind a VPN."""
    if known(case, "prefix", network.prefix) or not there_before(case, network):
        return Scale()
    return Scale().by(0.5, "this user had signed in from there earlier that day")


@once_each
def new_to_user(case: Case, network: Network) -> bool | None:
    """True where neither prefix nor ASN was known to the user; None where the log gives neither.

    False also where the people around this user moved there with them.
    """
    if network.prefix is None and network.asn is None:
        return None
    return not (prefix_known(case, network) or known(case, "asn", network.asn) or moved_together(case, network))


@once_each
def moved_together(case: Case, network: Network) -> int:
    """How many users of this user's other networks came to this one within two weeks: a new provider or way out.

    Nobody moves to a network that anyone can rent: there it would be a campaign.
    """
    moved = max(familiar(case, "prefix", network.prefix).moved, familiar(case, "asn", network.asn).moved)
    if not moved:
        return 0
    return 0 if _rented(network) else moved


def owners(case: Case, network: Network) -> bool:
    """True for a range in which the user was otherwise seen, before the grant or after, or much of the tenant was."""
    if prefix_known(case, network) or there_before(case, network) or moved_together(case, network):
        return True
    if familiar(case, "prefix", network.prefix).tenant_users >= max(MANY_USERS, COMPANY * case.profile.tenant_users):
        return True
    return familiar(case, "prefix", network.prefix).later > 0 or any(
        sight.network.prefix == network.prefix for sight in case.profile.elsewhere
    )


def is_microsofts(network: Network) -> bool:
    """True where the network is Microsoft's own: neither the user's place nor anybody else's."""
    mark = knowledge.network(network.asn, network.ip)
    return mark is not None and mark.kind == "microsoft"


def tenant_knows(case: Case, network: Network) -> str | None:
    """`prefix` or `asn` where at least three users of the tenant were seen there; None otherwise."""
    if familiar(case, "prefix", network.prefix).tenant_users >= MANY_USERS:
        return "prefix"
    if familiar(case, "asn", network.asn).tenant_users >= MANY_USERS:
        return "asn"
    return None


def history_scale(case: Case) -> Scale:
    """How much "never seen before" is worth: 0 without history, 1 from 30 days on.

    An account without history in a tenant with two weeks of it is new or dormant: worth a little.
    """
    days = case.profile.user_history_days
    if "history" in case.missing:
        return Scale().by(0.0, "no history")
    held = "less than a day" if days < 1 else f"{days:.0f} day{'' if round(days) == 1 else 's'}"
    if days < SHORT_HISTORY_DAYS:
        value = 0.35 if case.profile.tenant_history_days >= 14 else 0.0
    elif days < 7:
        value = 0.35
    else:
        value = min(1.0, 0.5 + 0.5 * (days - 7) / (FULL_HISTORY_DAYS - 7))
    return Scale().by(value, f"{held} of this user's history")


def short_history(signal: Signal, case: Case) -> NotAssessed:
    """The answer of a signal that needs more history than there is."""
    gone = lacking(signal.needs, case.missing)
    if gone:
        return signal.not_assessed(why_blind(gone))
    days = case.profile.user_history_days
    held = "less than a day" if days < 1 else f"only {int(days)} day{'' if int(days) == 1 else 's'}"
    return signal.not_assessed(f"Not assessed: the logs hold {held} of this user before the grant.")


def network_words(network: Network) -> str:
    """A network for a sentence: who runs it, its ASN, country and address, as far as the log says."""
    mark = knowledge.network(network.asn, network.ip)
    name = f"AS{network.asn}" if network.asn is not None else ""
    if mark and mark.name:
        name = f"{mark.name} ({name})" if name else mark.name
    parts = [part for part in (name, network.country, network.ip or network.prefix) if part]
    return ", ".join(parts) or "an unnamed network"


def listed(parts: Sequence[str]) -> str:
    """`one`, `one and two`, `one, two and three`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def span(delta: timedelta) -> str:
    """A length of time in words: `40 seconds`, `5 minutes`, `2 hours`, `3 days`."""
    seconds = max(0, int(delta.total_seconds()))
    for size, word in ((86400 * 2, "day"), (7200, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / {"day": 86400, "hour": 3600, "minute": 60}[word])
            return f"{count} {word}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def used_at_home(case: Case) -> bool:
    """True where tokens of the grant were used later, and every leg and use names an address range that the user knows.

    A leg may name the other party's address, so legs alone prove nothing: there must be a use.
    """
    uses = redeemer_uses(case.grant)
    places = (*flow_places(case.grant), *redeemer_places(case.grant))
    return bool(uses) and all(prefix_known(case, place.network) for place in places)
