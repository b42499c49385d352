"""From a hunt to the inventory of honest use. The judge is asked without allowances: they must not prove themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from grantwatch.allowances import flow_networks
from grantwatch.errors import UsageError
from grantwatch.grants.model import Device, Grant, Named, Network, Outcome, Party, User
from grantwatch.pipeline import Hunt
from grantwatch.signals import AccountClass, Case, account_class
from grantwatch.usage.model import KINDS, Account, Attempts, Inventory, KeptOut, Place, Span, Use, UsedDevice
from grantwatch.verdict.model import Judged, Severity
from grantwatch.verdict.pick import pick

__all__ = ["STALE_DAYS", "SUSPECT", "inventory", "reach"]

STALE_DAYS = 60
SUSPECT = Severity.MEDIUM
"""From this severity on a grant is kept out: somebody has to look at it first."""

_STREAMS = ("interactive", "non_interactive", "unified_audit")
_SHORT = timedelta(days=30)
T = TypeVar("T")


def inventory(
    hunt: Hunt, *, stale_days: int = STALE_DAYS, include: Iterable[str] = (), keep_out: Iterable[str] = ()
) -> Inventory:
    """Take the inventory of a hunt that was made without allowances.

    `include` names grants that are honest whatever their severity, `keep_out` such as are not: ids, or how they begin.
    Raises UsageError for an id that is none, or names a grant in both.
    """
    included = frozenset(pick(hunt.grants, id).grant.grant_id for id in include)
    named = frozenset(pick(hunt.grants, id).grant.grant_id for id in keep_out)
    if both := included & named:
        raise UsageError(f"{min(both)}: cannot be both included and kept out")
    classes = {each.grant.grant_id: _class(hunt, each) for each in hunt.grants}
    honest, out, tried = [], [], []
    for each in sorted(hunt.grants, key=lambda each: (each.grant.started_at, each.grant.grant_id)):
        why = _why_out(each, included, named)
        if why:
            out.append(KeptOut(each, classes[each.grant.grant_id].kind, why))
        elif each.grant.outcome in (Outcome.BLOCKED, Outcome.ABANDONED):
            tried.append(each)
        else:
            honest.append(each)
    start, end = reach(hunt)
    limit = end - timedelta(days=stale_days) if start and end and end - start >= timedelta(days=stale_days) else None
    accounts = [_account(grants, classes, limit) for grants in _by_user(honest).values()]
    made = Inventory(
        hunt=hunt,
        honest=tuple(honest),
        kinds={id: found.kind for id, found in classes.items()},
        accounts=tuple(sorted(accounts, key=_order)),
        kept_out=tuple(sorted(out, key=lambda each: (-each.judged.verdict.score, each.judged.grant.started_at))),
        attempts=tuple(_attempts(grants, classes) for grants in _by_user(tried).values()),
        included=tuple(sorted(included)),
        start=start,
        end=end,
        stale_days=stale_days,
        not_assessed=(),
    )
    return replace(made, not_assessed=_not_assessed(made))


def _class(hunt: Hunt, judged: Judged) -> AccountClass:
    return account_class(Case(judged.grant, judged.profile, hunt.coverage.missing, judged.worse_grants))


def _why_out(judged: Judged, included: frozenset[str], named: frozenset[str]) -> str:
    id, verdict = judged.grant.grant_id, judged.verdict
    if id in named:
        return "kept out by name"
    if id in included or verdict.severity < SUSPECT:
        return ""
    return f"{verdict.severity.label} {verdict.score}"


def reach(hunt: Hunt) -> tuple[datetime | None, datetime | None]:
    """From the first to the last record of the logs that show grants."""
    sources = [each for each in hunt.coverage.sources if each.stream in _STREAMS and each.first and each.last]
    firsts = [each.first for each in sources if each.first]
    lasts = [each.last for each in sources if each.last]
    return (min(firsts), max(lasts)) if firsts and lasts else (None, None)


def _by_user(grants: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Grants of each account. A name that comes with an id in one record is that account's in the others."""
    grants = list(grants)
    ids = {
        each.grant.user.upn.lower(): each.grant.user.id for each in grants if each.grant.user.upn and each.grant.user.id
    }
    found: dict[str, list[Judged]] = defaultdict(list)
    for each in grants:
        user = each.grant.user
        name = (user.upn or "").lower()
        found[(user.id or ids.get(name) or name or f"grant {each.grant.grant_id}").lower()].append(each)
    return found


def _account(grants: Sequence[Judged], classes: Mapping[str, AccountClass], limit: datetime | None) -> Account:
    # The last grant has the most history before it, so it tells best what kind of account this is.
    last = classes[grants[-1].grant.grant_id]
    by_use: dict[tuple[str, str], list[Grant]] = defaultdict(list)
    for each in grants:
        by_use[_key(each.grant.client), _key(each.grant.resource)].append(each.grant)
    uses = sorted((_use(found, limit) for found in by_use.values()), key=lambda use: (-use.span.count, use.span.first))
    span = _span([each.grant.started_at for each in grants])
    return Account(
        user=_user([each.grant.user for each in grants]),
        kind=last.kind,
        why=last.why,
        stated=last.stated,
        span=span,
        uses=tuple(uses),
        stale=None if limit is None else span.last < limit,
    )


def _user(users: Sequence[User]) -> User:
    """The last of them, with what it lacks taken from earlier ones."""
    last = users[-1]
    upn = next((user.upn for user in reversed(users) if user.upn), None)
    return last._replace(id=next((user.id for user in reversed(users) if user.id), None), upn=upn)


def _use(grants: Sequence[Grant], limit: datetime | None) -> Use:
    places: dict[str, list[tuple[Network, Grant]]] = defaultdict(list)
    devices: dict[str, list[tuple[Device, Grant]]] = defaultdict(list)
    reached: dict[str, Named] = {}
    for grant in grants:
        for prefix, network in _places(grant).items():
            places[prefix].append((network, grant))
        for key, device in _devices(grant).items():
            devices[key].append((device, grant))
        for use in grant.token_uses:
            if use.party is not Party.APPROVER and use.count > use.failures and _key(use.resource):
                reached.setdefault(_key(use.resource), use.resource)
    own = _key(grants[-1].resource)
    span = _span([grant.started_at for grant in grants])
    return Use(
        client=_named(grant.client for grant in grants),
        resource=_named(grant.resource for grant in grants),
        span=span,
        places=tuple(
            Place(_last(found)._replace(ip=None, city=None, latitude=None, longitude=None), _spanned(found))
            for _, found in sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
        ),
        unplaced=sum(not _places(grant) for grant in grants),
        devices=tuple(
            UsedDevice(_last(found), _spanned(found))
            for _, found in sorted(devices.items(), key=lambda item: (-len(item[1]), item[0]))
        ),
        unnamed_device=sum(not _devices(grant) for grant in grants),
        unredeemed=sum(grant.outcome is Outcome.APPROVED for grant in grants),
        reached=tuple(named for key, named in sorted(reached.items()) if key != own),
        grant_ids=tuple(grant.grant_id for grant in grants),
        stale=None if limit is None else span.last < limit,
    )


def _last(found: Sequence[tuple[T, Grant]]) -> T:
    return found[-1][0]


def _spanned(found: Sequence[tuple[object, Grant]]) -> Span:
    return _span([grant.started_at for _, grant in found])


def _places(grant: Grant) -> dict[str, Network]:
    """Address ranges in which a grant was made."""
    return {each.prefix: each for each in flow_networks(grant) if each.prefix}


def _devices(grant: Grant) -> dict[str, Device]:
    """Devices that a grant names: of its legs, and of token uses that are not the approver's."""
    given = [leg.device for leg in grant.legs]
    given += [use.device for use in grant.token_uses if use.party is not Party.APPROVER]
    found: dict[str, Device] = {}
    for device in given:
        if device.id or device.name:
            found.setdefault((device.id or device.name or "").lower(), device)
    return found


def _named(found: Iterable[Named]) -> Named:
    """The last of them that has a name."""
    given = list(found)
    return next((each for each in reversed(given) if each.name), given[-1])


def _key(named: Named) -> str:
    return (named.id or named.name or "").lower()


def _span(times: Sequence[datetime]) -> Span:
    return Span(len(times), min(times), max(times), len({time.date() for time in times}))


def _attempts(grants: Sequence[Judged], classes: Mapping[str, AccountClass]) -> Attempts:
    clients: dict[str, Named] = {}
    for each in grants:
        clients.setdefault(_key(each.grant.client), each.grant.client)
    return Attempts(
        user=_user([each.grant.user for each in grants]),
        kind=classes[grants[-1].grant.grant_id].kind,
        blocked=sum(each.grant.outcome is Outcome.BLOCKED for each in grants),
        abandoned=sum(each.grant.outcome is Outcome.ABANDONED for each in grants),
        first=grants[0].grant.started_at,
        last=grants[-1].grant.started_at,
        clients=tuple(clients.values()),
    )


def _order(account: Account) -> tuple[int, int, str]:
    return KINDS.index(account.kind), -account.span.count, account.user.label.lower()


def _not_assessed(made: Inventory) -> tuple[str, ...]:
    """What the inventory cannot say, in sentences; then what the logs cannot show."""
    said = []
    days = made.history.total_seconds() / 86400
    if not made.start:
        said.append("No sign-in has a usable time: who uses device code is not assessed.")
    elif days < made.stale_days:
        said.append(f"What has not been used for {made.stale_days} days is not assessed: the logs hold {_days(days)}.")
    if made.start and made.history < _SHORT:
        said.append(f"In {_days(days)} of logs, what is used once a month or less does not show.")
    unredeemed = sum(each.grant.outcome is Outcome.APPROVED for each in made.honest)
    if unredeemed:
        said.append(f"Of {unredeemed} of {len(made.honest)} grants no token was seen: where it went is not assessed.")
    unnamed = sum(each.grant.client.id is None for each in made.honest)
    if unnamed:
        said.append(f"{unnamed} of {len(made.honest)} grants do not name their client by its id.")
    placeless = sum(not _places(each.grant) for each in made.honest)
    if placeless:
        said.append(f"{placeless} of {len(made.honest)} grants do not name a network.")
    return (*said, *made.hunt.coverage.blind)


def _days(days: float) -> str:
    return "less than a day" if days < 1 else f"{days:.0f} day{'' if round(days) == 1 else 's'}"
