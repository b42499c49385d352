"""The set: who may, from where, and the policies that follow.

Accounts come together by the allowances that they have, one group for each combination: its policy binds it to the
locations of these allowances and no others, and an allowance that ends moves exactly its own accounts.

Why a place and no managed device: the device that gets the tokens cannot show its state in a device code flow, so that
a policy asking for a compliant one stops it or looks at the browser of the person. See docs/generate.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from grantwatch.allowances import Allowance, Allowances, State
from grantwatch.errors import UsageError
from grantwatch.policy.directory import Directory
from grantwatch.policy.fields import is_guid
from grantwatch.policy.generate import naming, shapes
from grantwatch.policy.generate.model import Because, Gap, Kind, LeftOut, Level, Member, Object, PolicySet, Reference
from grantwatch.policy.generate.where import MOST_LOCATIONS, Where, where
from grantwatch.policy.generate.who import Account, Evidence, People

__all__ = ["Emergency", "generate"]

MOST_ROLE_GROUPS = 500
"""Role-assignable groups of a tenant. https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept"""
_EXCLUDED = "conditions.users.excludeGroups"
_INCLUDED = "conditions.users.includeGroups"
_OUTSIDE = "conditions.locations.excludeLocations"


@dataclass(frozen=True, slots=True)
class Emergency:
    """Accounts for emergencies, or the group of the tenant that holds them. Names or object ids."""

    accounts: tuple[str, ...] = ()
    group: str | None = None
    """Object id of a group that is there already. It is left out of every policy and never touched."""


@dataclass(slots=True)
class _Made:
    """What comes together while a set is built."""

    objects: list[Object] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def generate(
    allowances: Allowances,
    *,
    on: date,
    evidence: Evidence | None = None,
    directory: Directory | None = None,
    stated: Mapping[str, str] | None = None,
    emergency: Emergency | None = None,
    source: str | None = None,
) -> PolicySet:
    """The set for the allowances that have an effect on a day (UTC). The same input makes the same set.

    `evidence` is what logs show, `directory` what was exported of users and groups, `stated` the class of accounts by
    name or id. Raises UsageError for an emergency group that is no object id, and where two allowances differ in the
    case of their ids only.
    """
    evidence, emergency = evidence or Evidence(), emergency or Emergency()
    people = People(evidence, directory or Directory(), stated or {})
    made = _Made()
    active = [each for each in allowances.allowances if _in_effect(each, on, made)]
    _distinct(active)
    places = {each.id: where(each, evidence) for each in active}
    held: dict[str, list[Allowance]] = defaultdict(list)
    accounts: dict[str, Account] = {}
    used: list[Allowance] = []
    for each in active:
        made.gaps += places[each.id].gaps
        if places[each.id].nowhere:
            made.left_out.append(LeftOut(each.id, each.line, "none of its networks can be written as a named location"))
            continue
        found, unclear = people.of(allowances, each)
        made.gaps += unclear
        if not found:
            made.left_out.append(LeftOut(each.id, each.line, "nothing says which accounts it is for"))
            continue
        used.append(each)
        made.gaps += _unbounded(each)
        for id, account in found.items():
            accounts[id] = account
            held[id].append(each)
    locations = _locations(used, places, made)
    by_combination: dict[tuple[str, ...], list[Account]] = defaultdict(list)
    for id, mine in held.items():
        by_combination[tuple(sorted(each.id for each in mine))].append(accounts[id])
    exempt = _emergency(people, emergency, made)
    groups = {
        combination: _group(combination, members, held, people, made)
        for combination, members in sorted(by_combination.items())
    }
    _policies(groups, locations, places, exempt, made)
    _unknown_ids(made, people)
    if len(groups) > MOST_ROLE_GROUPS:
        sentence = f"The set has {len(groups)} groups; a tenant has {MOST_ROLE_GROUPS} that are role-assignable."
        made.gaps.append(Gap(Level.FILL_IN, None, sentence, "Join allowances."))
    return PolicySet(
        on=on,
        objects=tuple(made.objects),
        used=tuple(each.id for each in used),
        left_out=tuple(made.left_out),
        gaps=tuple(sorted(made.gaps, key=lambda each: each.level is not Level.FILL_IN)),
        source=source,
        next_expiry=min((each.expires for each in used), default=None),
    )


def _in_effect(allowance: Allowance, on: date, made: _Made) -> bool:
    state = allowance.state(on)
    why = {State.EXPIRED: f"expired on {allowance.expires}", State.UNOWNED: "nobody answers for it (owner)"}.get(state)
    if why:
        made.left_out.append(LeftOut(allowance.id, allowance.line, why))
    return why is None


def _distinct(active: Iterable[Allowance]) -> None:
    """Names in Entra ID are compared without regard to case."""
    seen: dict[str, Allowance] = {}
    for each in active:
        other = seen.setdefault(each.id.casefold(), each)
        if other is not each:
            raise UsageError(
                f"allowances {other.id} (line {other.line}) and {each.id} (line {each.line}) differ in case only; "
                "accepted are ids that differ otherwise, since names of objects are compared without regard to case"
            )


def _unbounded(allowance: Allowance) -> list[Gap]:
    """What an allowance bounds and Conditional Access does not."""
    bounds = [what for what, some in (("client", allowance.clients), ("resource", allowance.resources)) if some]
    found = []
    if bounds:
        sentence = (
            f"{allowance.id} names {' and '.join(bounds)}: the set lets its accounts use device code with any client "
            "and for any resource. Hunt with --allowances to see other use."
        )
        found.append(Gap(Level.LIMIT, allowance.id, sentence))
    if allowance.networks.everywhere:
        sentence = f"{allowance.id} holds from any network: no location bounds its accounts."
        found.append(Gap(Level.LIMIT, allowance.id, sentence, "Name its networks; then only a phish from there works."))
    return found


# -- objects, in the order of their creation


def _locations(used: Iterable[Allowance], places: Mapping[str, Where], made: _Made) -> Mapping[str, tuple[str, ...]]:
    """Named locations, and the keys of those of each allowance."""
    found: dict[str, tuple[str, ...]] = {}
    by_address = 0
    for each in sorted(used, key=lambda each: each.id):
        place, keys = places[each.id], []
        said = f"Networks of allowance {each.id} (line {each.line}, until {each.expires}): {each.reason}"
        if place.ranges:
            by_address += 1
            key = f"location/{each.id}"
            body = shapes.ip_location(naming.placeholder(key), naming.location(each.id), place.ranges)
            keys.append(_add(made, key, Kind.LOCATION, body, said, allowances=(each.id,)))
        if place.countries:
            key = f"location/{each.id}/countries"
            name = naming.location(each.id, countries=True)
            body = shapes.country_location(naming.placeholder(key), name, place.countries)
            keys.append(_add(made, key, Kind.LOCATION, body, said, allowances=(each.id,)))
        found[each.id] = tuple(keys)
    if by_address > MOST_LOCATIONS:
        sentence = f"The set has {by_address} named locations by address; a tenant has {MOST_LOCATIONS} at the most."
        made.gaps.append(Gap(Level.FILL_IN, None, sentence, "Join allowances of the same networks."))
    return found


def _add(
    made: _Made,
    key: str,
    kind: Kind,
    body: dict[str, object],
    description: str,
    references: Iterable[Reference] = (),
    members: Iterable[Member] = (),
    allowances: Iterable[str] = (),
) -> str:
    made.objects.append(
        Object(
            key,
            kind,
            str(body["displayName"]),
            body,
            description,
            tuple(references),
            tuple(members),
            tuple(allowances),
        )
    )
    return key


def _emergency(people: People, emergency: Emergency, made: _Made) -> tuple[str, str | None]:
    """The id that every policy leaves out, and the key of the group where it is one of the set."""
    if emergency.group is not None:
        if not is_guid(emergency.group):
            raise UsageError(f"emergency group {emergency.group!r}: accepted is the object id of a group")
        return emergency.group.lower(), None
    key = "group/emergency"
    accounts = {each.id: each for each in map(people.account, emergency.accounts)}
    members = [
        Member(each.id, each.known, each.upn, people.kind(each)) for each in sorted(accounts.values(), key=_by_name)
    ]
    if not members:
        made.gaps.append(
            Gap(
                Level.FILL_IN,
                None,
                "No emergency account is named: the group that every policy leaves out is empty.",
                "Name them with --emergency, or the group that you have with --emergency-group.",
            )
        )
    description = f"Emergency accounts, left out of every policy of this set. {naming.marker(key)}"
    body = shapes.group(naming.placeholder(key), naming.emergency(), description, naming.nickname(key), members)
    _add(made, key, Kind.GROUP, body, "Accounts that get in when nobody else does.", members=members)
    return naming.placeholder(key), key


@dataclass(frozen=True, slots=True)
class _Group:
    """A group that was made, and whether all in it are known to be devices."""

    key: str
    label: str
    combination: tuple[str, ...]
    devices: bool

    @property
    def id(self) -> str:
        return naming.placeholder(self.key)


def _group(
    combination: tuple[str, ...],
    accounts: Iterable[Account],
    held: Mapping[str, list[Allowance]],
    people: People,
    made: _Made,
) -> _Group:
    label = naming.shared(combination)
    key = f"group/allowed/{label}"
    members = [
        Member(
            each.id,
            each.known,
            each.upn,
            people.kind(each),
            tuple(
                Because(allowance.id, allowance.line, allowance.expires, people.grants(allowance.id, each))
                for allowance in held[each.id]
            ),
        )
        for each in sorted(accounts, key=_by_name)
    ]
    until = min(because.expires for member in members for because in member.because)
    said = f"May use device code by {'allowance' if len(combination) == 1 else 'allowances'} {', '.join(combination)}"
    said = said if len(said) <= 700 else f"{said[:700]}\u2026"
    description = f"{said}; the first of it ends on {until}. Change the allowances, not this group. {naming.marker(key)}"
    body = shapes.group(naming.placeholder(key), naming.allowed(label), description, naming.nickname(key), members)
    _add(made, key, Kind.GROUP, body, f"{said}.", members=members, allowances=combination)
    return _Group(key, label, combination, all(member.kind == "device" for member in members))


def _policies(
    groups: Mapping[tuple[str, ...], _Group],
    locations: Mapping[str, tuple[str, ...]],
    places: Mapping[str, Where],
    exempt: tuple[str, str | None],
    made: _Made,
) -> None:
    every = list(groups.values())
    bound = {
        each.key: tuple(key for id in each.combination for key in locations[id])
        for each in every
        if not any(places[id].everywhere for id in each.combination)
    }
    own = [Reference(_EXCLUDED, exempt[1])] if exempt[1] else []
    _add(
        made,
        "policy/block",
        Kind.POLICY,
        shapes.block(
            naming.placeholder("policy/block"), naming.BLOCK, exclude=[exempt[0], *(each.id for each in every)]
        ),
        "Stops device code for everybody on every resource, but for emergency accounts and those with an allowance.",
        [*own, *(Reference(_EXCLUDED, each.key) for each in every)],
    )
    for each in every:
        if each.key not in bound:
            continue
        key = f"policy/outside/{each.label}"
        ids = [naming.placeholder(place) for place in bound[each.key]]
        _add(
            made,
            key,
            Kind.POLICY,
            shapes.block(
                naming.placeholder(key),
                naming.outside(each.label),
                include=[each.id],
                exclude=[exempt[0]],
                outside=ids,
            ),
            "Stops device code for those with an allowance wherever it does not hold. A refresh of a session that began "
            "with a device code is looked at again, so tokens carried elsewhere end within about an hour.",
            [
                Reference(_INCLUDED, each.key),
                *own,
                *(Reference(_OUTSIDE, place) for place in bound[each.key]),
            ],
            allowances=each.combination,
        )
    _registration([each for each in every if each.devices], bound, exempt, own, made)


def _registration(
    devices: list[_Group],
    bound: Mapping[str, tuple[str, ...]],
    exempt: tuple[str, str | None],
    own: list[Reference],
    made: _Made,
) -> None:
    """Accounts of devices have no second factor: theirs is the place, so those without one are not let off."""
    placed = [each for each in devices if each.key in bound]
    for each in devices:
        if each.key not in bound:
            sentence = (
                f"The devices of {each.label} are allowed from any network, so they need multifactor authentication to "
                "register like everybody else, and cannot do it."
            )
            made.gaps.append(Gap(Level.FILL_IN, each.combination[0], sentence, "Name their networks in the allowance."))
    _add(
        made,
        "policy/register",
        Kind.POLICY,
        shapes.register(
            naming.placeholder("policy/register"),
            naming.REGISTER,
            exclude=[exempt[0], *(each.id for each in placed)],
        ),
        "Asks for multifactor authentication to register or join a device. The tenant's own device setting on it has to "
        "be No, else this is not enforced.",
        [*own, *(Reference(_EXCLUDED, each.key) for each in placed)],
    )
    for each in placed:
        key = f"policy/register/{each.label}"
        ids = [naming.placeholder(place) for place in bound[each.key]]
        _add(
            made,
            key,
            Kind.POLICY,
            shapes.register(
                naming.placeholder(key),
                naming.register_outside(each.label),
                include=[each.id],
                exclude=[exempt[0]],
                outside=ids,
            ),
            "Rooms, phones and displays register at their site without a second factor, which they do not have, and "
            "from nowhere else.",
            [
                Reference(_INCLUDED, each.key),
                *own,
                *(Reference(_OUTSIDE, place) for place in bound[each.key]),
            ],
            allowances=each.combination,
        )


def _unknown_ids(made: _Made, people: People) -> None:
    """Accounts that are known by name only: Graph wants the id, and whoever applies the set can ask for it."""
    told: set[str] = set()
    for each in made.objects:
        for member in each.members:
            if member.known or member.id in told:
                continue
            told.add(member.id)
            doubt = people.doubt(Account(member.id, False, member.upn))
            fix = f"GET /users?$filter=userPrincipalName eq '{_quoted(member.upn or '')}'&$select=id"
            allowance = member.because[0].allowance if member.because else None
            made.gaps.append(Gap(Level.FILL_IN, allowance, f"{doubt}; a placeholder stands in {each.name!r}.", fix))


def _quoted(name: str) -> str:
    return name.replace("'", "''")


def _by_name(account: Account) -> tuple[str, str]:
    return account.upn or "", account.id
