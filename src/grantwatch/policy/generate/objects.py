"""The objects of a set, in the order of their creation: named locations, groups, policies.

Why a place and no managed device: the device that gets the tokens cannot show its state in a device code flow, so that
a policy asking for a compliant one stops it or looks at the browser of the person. See docs/generate.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grantwatch.allowances import Allowance
from grantwatch.errors import UsageError
from grantwatch.policy.fields import is_guid
from grantwatch.policy.generate import naming, shapes
from grantwatch.policy.generate.model import Because, Gap, Kind, LeftOut, Level, Member, Object, Reference
from grantwatch.policy.generate.where import MOST_LOCATIONS, Where
from grantwatch.policy.generate.who import Account, People

__all__ = ["Allowed", "Emergency", "Made", "emergency_group", "group", "locations", "policies"]

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
class Made:
    """What comes together while a set is built."""

    objects: list[Object] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def locations(used: Iterable[Allowance], places: Mapping[str, Where], made: Made) -> Mapping[str, tuple[str, ...]]:
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
    made: Made,
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


def emergency_group(people: People, emergency: Emergency, made: Made) -> tuple[str, str | None]:
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
class Allowed:
    """A group that was made, and whether all in it are known to be devices."""

    key: str
    label: str
    combination: tuple[str, ...]
    devices: bool

    @property
    def id(self) -> str:
        """Its placeholder."""
        return naming.placeholder(self.key)


def group(
    combination: tuple[str, ...],
    accounts: Iterable[Account],
    held: Mapping[str, list[Allowance]],
    people: People,
    made: Made,
) -> Allowed:
    """The group of the accounts that have exactly these allowances."""
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
    description = (
        f"{said}; the first of it ends on {until}. Change the allowances, not this group. {naming.marker(key)}"
    )
    body = shapes.group(naming.placeholder(key), naming.allowed(label), description, naming.nickname(key), members)
    _add(made, key, Kind.GROUP, body, f"{said}.", members=members, allowances=combination)
    return Allowed(key, label, combination, all(member.kind == "device" for member in members))


def policies(
    groups: Mapping[tuple[str, ...], Allowed],
    locations: Mapping[str, tuple[str, ...]],
    places: Mapping[str, Where],
    exempt: tuple[str, str | None],
    made: Made,
) -> None:
    """The block, what binds each group to its locations, and what registering a device asks for."""
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
            "Stops device code for those with an allowance wherever it does not hold. A refresh of a session that "
            "began with a device code is looked at again, so tokens carried elsewhere end within about an hour.",
            [
                Reference(_INCLUDED, each.key),
                *own,
                *(Reference(_OUTSIDE, place) for place in bound[each.key]),
            ],
            allowances=each.combination,
        )
    _registration([each for each in every if each.devices], bound, exempt, own, made)


def _registration(
    devices: list[Allowed],
    bound: Mapping[str, tuple[str, ...]],
    exempt: tuple[str, str | None],
    own: list[Reference],
    made: Made,
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
        "Asks for multifactor authentication to register or join a device. The tenant's own device setting on it has "
        "to be No, else this is not enforced.",
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


def _by_name(account: Account) -> tuple[str, str]:
    return account.upn or "", account.id
