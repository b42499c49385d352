"""Each condition of a policy against the inputs that it looks at: met, not met or not known, and what that rests on.

Every function takes its part of a policy and the inputs as one tuple, in the order of `INPUTS`, so that equal inputs
need to be looked at once only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from grantwatch import knowledge
from grantwatch.policy.context import Device, UserKind
from grantwatch.policy.directory import Directory
from grantwatch.policy.fields import is_guid
from grantwatch.policy.filters import compare
from grantwatch.policy.locations import address
from grantwatch.policy.model import Applications, Choice, Devices, Doubt, Guests, Scope, Users
from grantwatch.policy.values import UNKNOWN, Answer, Because, Membership, Tri, Unknown, all_of, any_of

__all__ = ["CONDITIONS", "Condition"]

_MET = Answer(True, Because.MET)
_NOT = Answer(False, Because.NOT_MATCHED)
_Word = str | None | Unknown


def _input(name: str) -> Answer:
    return Answer(None, Because.INPUT, name)


def _doubtful(doubts: Iterable[Doubt]) -> list[Answer]:
    return [Answer(None, Because.DOUBT, f"{doubt.path}: {doubt.what}") for doubt in doubts]


def _scoped(included: Answer, excluded: Answer) -> Answer:
    """Included and not excluded. What is excluded says by what."""
    if included.value is False:
        return included
    if excluded.value:
        return Answer(False, Because.EXCLUDED, excluded.item)
    return excluded if included.value and excluded.value is None else included


# -- users


def users(part: Users, inputs: tuple[Any, ...], directory: Directory) -> Answer:
    """Who signs in: by id, group, role, and as what kind of guest."""
    if part.workload:
        return Answer(False, Because.NOT_MATCHED, "the policy is for workload identities")
    person = _Person(inputs, directory)
    included = _anybody(part.users.include, part.groups.include, part.roles.include, part.include_guests, person)
    if included.value is False and part.doubts:
        included = _doubtful(part.doubts)[0]
    out = _anybody(part.users.exclude, part.groups.exclude, part.roles.exclude, part.exclude_guests, person)
    if out.value is False and part.doubts:
        out = _doubtful(part.doubts)[0]
    return _scoped(included, out)


class _Person:
    """The one who signs in."""

    def __init__(self, inputs: tuple[Any, ...], directory: Directory) -> None:
        self.directory = directory
        id: _Word
        id, self.kinds, self.home, self.groups, self.roles = inputs
        self.id: _Word = id.lower() if isinstance(id, str) else id

    def one_of(self, ids: frozenset[str]) -> Answer:
        """Whether one of those that a policy names."""
        if isinstance(self.id, Unknown):
            return _input("user_id") if ids else _NOT
        return Answer(True, Because.MET, f"user {self.id}") if self.id in ids else _NOT

    def member(self, held: Membership, id: str, kind: str) -> Answer:
        """Whether in a group or a role: by the sign-in, else by the exported members."""
        name = "groups" if kind == "group" else "roles"
        if id == "All":
            return _MET if held.inside else _NOT if held.complete else _input(name)
        found: Tri = held.has(id)
        if found is None and isinstance(self.id, str):
            found = (self.directory.in_group if kind == "group" else self.directory.in_role)(self.id, id)
        if found is None:
            # Whose id is known is in the group or not: it is the export that does not tell.
            return Answer(None, Because.EXPORT, f"{kind} {id}") if isinstance(self.id, str) else _input(name)
        return Answer(True, Because.MET, f"{kind} {id}") if found else _NOT


def _anybody(users: Choice, groups: Choice, roles: Choice, guests: Guests | None, person: _Person) -> Answer:
    if "All" in users.values:
        return Answer(True, Because.MET, "all users")
    answers = [person.one_of(users.values - {"None", "GuestsOrExternalUsers"})]
    answers += [person.member(person.groups, id, "group") for id in sorted(groups.values)]
    answers += [person.member(person.roles, id, "role") for id in sorted(roles.values)]
    if "GuestsOrExternalUsers" in users.values:
        answers.append(_guest(Guests(Choice(frozenset(UserKind) - {UserKind.MEMBER})), person))
    if guests is not None:
        answers.append(_guest(guests, person))
    answers += _doubtful((*users.doubts, *groups.doubts, *roles.doubts))
    return any_of(answers, _NOT)


def _guest(guests: Guests, person: _Person) -> Answer:
    """Kinds, and tenants of those who have another home. A guest of the tenant's own has none."""
    known = guests.kinds.values
    answers = []
    for kind in sorted(person.kinds):
        if kind not in known:
            answers.append(
                _doubtful(guests.kinds.doubts)[0] if guests.kinds.doubts and kind != UserKind.MEMBER else _NOT
            )
        elif guests.tenants is None or kind is UserKind.INTERNAL_GUEST:
            answers.append(Answer(True, Because.MET, "guests and external users"))
        elif isinstance(person.home, Unknown):
            answers.append(_input("home_tenant"))
        else:
            within = (person.home or "").lower() in guests.tenants
            answers.append(Answer(True, Because.MET, "guests of some tenants") if within else _NOT)
    answered = any_of(answers, _NOT)
    if answered.value and any(answer.value is not True for answer in answers):
        answered = next((answer for answer in answers if answer.value is None), _input("kinds"))
    if guests.doubts and answered.value is not False:
        return _doubtful(guests.doubts)[0]
    return answered


# -- resources, user actions, authentication contexts


def applications(part: Applications, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """What is asked for: resources, a user action or an authentication context. One asks for one of the three."""
    resources, action, context = inputs
    answers = []
    for name, asked, chosen in (
        ("user_action", action, part.actions),
        ("authentication_context", context, part.contexts),
    ):
        if isinstance(asked, Unknown):
            return _input(name)
        if asked is not None:
            hit = any(value.lower() == asked.lower() for value in chosen.values)
            answers = [_MET if hit else Answer(False, Because.NOT_MATCHED, asked), *_doubtful(chosen.doubts)]
            return any_of([*answers, *_doubtful(part.doubts)], answers[0])
    if not part.resources.include and not part.filter_mode and not part.doubts:
        return Answer(False, Because.NOT_MATCHED, "the policy is for no resource")
    if isinstance(resources, Unknown):
        everything = "All" in part.resources.include.values and part.about_flow
        if everything and not part.resources.exclude and part.filter_mode != "exclude" and not part.doubts:
            return _MET
        return Answer(False, Because.NOT_MATCHED) if _only_none(part) else _input("resources")
    answers = [_targeted(part, each.lower()) for each in sorted(resources)]
    out = (answer for answer in answers if answer.because is Because.EXCLUDED)
    return any_of(answers, next(out, answers[0] if answers else _NOT))


def _only_none(part: Applications) -> bool:
    include = part.resources.include
    return include.values == {"None"} and not include.doubts and not part.filter_mode and not part.doubts


def _targeted(part: Applications, resource: str) -> Answer:
    include, exclude = part.resources.include, part.resources.exclude
    answers = [_named(name, resource) for name in sorted(include.values)] + _doubtful(include.doubts)
    out = [_named(name, resource) for name in sorted(exclude.values)] + _doubtful(exclude.doubts)
    by_attribute = Answer(None, Because.EXPORT, f"attributes of application {resource}")
    answers += [by_attribute] if part.filter_mode == "include" else []
    out += [by_attribute] if part.filter_mode == "exclude" else []
    answers += _doubtful(part.doubts)
    out += _doubtful(part.doubts)
    none = Answer(False, Because.NOT_MATCHED, f"resource {resource}")
    answered = _scoped(any_of(answers, none), any_of(out, _NOT))
    known = knowledge.resource(resource)
    if answered.value and known is not None and known.kind == "registration":
        return _registration(part)
    return answered


def _registration(part: Applications) -> Answer:
    """On Device Registration Service, flow policies are enforced where they are for all resources; else who knows."""
    if not part.about_flow:
        return Answer(
            None, Because.UNDOCUMENTED, "policies without a condition on flows on Device Registration Service"
        )
    if "All" in part.resources.include.values:
        return _MET
    return Answer(False, Because.NOT_MATCHED, "on Device Registration Service only policies for all resources count")


def _named(name: str, resource: str) -> Answer:
    """Whether a resource is what a policy names: all, itself, or one of a suite."""
    if name == "All":
        return _MET
    if name == "None":
        return _NOT
    if name == resource:
        return Answer(True, Because.MET, f"resource {resource}")
    suite = knowledge.suite(name)
    if suite is None:
        return _NOT
    if resource in suite.parts:
        return Answer(True, Because.MET, f"resource {suite.title}")
    if resource in suite.partly:
        return Answer(None, Because.UNDOCUMENTED, f"whether these scopes count as {suite.title}")
    if knowledge.resource(resource) is None and not is_guid(name):
        # The lists that Microsoft keeps by name are longer than ours.
        return Answer(None, Because.UNDOCUMENTED, f"whether {resource} is in {suite.title}")
    return _NOT


# -- flows, client apps, platforms, locations, devices, risk


def flows(part: Choice, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """How tokens are handed over: now, or when the session began (protocol tracking)."""
    if not part.values:
        return _doubtful(part.doubts)[0]
    answers = [_one_of(part.values, word, name) for word, name in zip(inputs, ("flow", "tracked"), strict=True)]
    for word in inputs:
        if part.doubts and isinstance(word, str) and word.lower() != "none":
            answers += _doubtful(part.doubts)
    return any_of(answers, _NOT)


def _one_of(values: frozenset[str], word: _Word, name: str) -> Answer:
    if isinstance(word, Unknown):
        return _input(name)
    if word is None or word.lower() == "none":
        return _NOT
    hit = any(value.lower() == word.lower() for value in values)
    return Answer(True, Because.MET, name) if hit else Answer(False, Because.NOT_MATCHED, word)


def client_apps(part: Choice, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """The kind of client. An empty list is of before August 2020: modern clients, and nobody says of the others."""
    (word,) = inputs
    if word is None or isinstance(word, Unknown):
        return _input("client_app")
    app = word.lower()
    if not part:
        modern = app in ("browser", "mobileappsanddesktopclients")
        return _MET if modern else Answer(None, Because.UNDOCUMENTED, "what an empty clientAppTypes means")
    if any(value.lower() == app for value in part.values):
        return _MET
    answers = [Answer(False, Because.NOT_MATCHED, word), *_doubtful(part.doubts)]
    if app == "exchangeactivesync" and {"easSupported", "easUnsupported"} & part.values:
        answers.append(_input("client_app"))
    return any_of(answers, answers[0])


def platforms(part: Scope, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """The platform that the client claims to run on."""
    (word,) = inputs
    return _scoped(_platform(part.include, word, "all"), _platform(part.exclude, word, "all"))


def _platform(chosen: Choice, word: _Word, all_: str) -> Answer:
    if all_ in chosen.values:
        return _MET
    if not chosen:
        return _NOT
    if isinstance(word, Unknown):
        return _input("platform")
    hit = word is not None and any(value.lower() == word.lower() for value in chosen.values)
    found = Answer(True, Because.MET, f"platform {word}") if hit else Answer(False, Because.NOT_MATCHED, word or "none")
    return any_of([found, *_doubtful(chosen.doubts)], found)


def locations(part: Scope, inputs: tuple[Any, ...], directory: Directory) -> Answer:
    """The network or the country."""
    return _scoped(_located(part.include, inputs, directory), _located(part.exclude, inputs, directory))


def _located(chosen: Choice, inputs: tuple[Any, ...], directory: Directory) -> Answer:
    if "All" in chosen.values:
        return _MET
    ip, country, held = inputs
    found = (
        ip if ip is None or isinstance(ip, tuple) else UNKNOWN if isinstance(ip, Unknown) else address(ip) or UNKNOWN
    )
    ids = set(chosen.values - {"AllTrusted"})
    answers = []
    if "AllTrusted" in chosen.values:
        ids |= {location.id for location in directory.locations.values() if location.trusted}
        if not directory.locations:
            answers.append(Answer(None, Because.EXPORT, "which named locations are trusted"))
    for id in sorted(ids):
        known: Tri = held.has(id)
        location = directory.locations.get(id)
        if known is None and location is not None:
            known = location.has(found, country)
        if known:
            answers.append(Answer(True, Because.MET, f"location {id}"))
        elif known is None:
            missing = location is None or (location.ranges is None and (location.countries is None or location.by_gps))
            by_ip = location is not None and location.ranges is not None
            answers.append(
                Answer(None, Because.EXPORT, f"location {id}") if missing else _input("ip" if by_ip else "country")
            )
    return any_of([*answers, *_doubtful(chosen.doubts)], _NOT)


def devices(part: Devices, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """The filter for devices, and the older states of devices."""
    device: Device = inputs[0]
    answers = _doubtful(part.doubts)
    if part.filter is not None and part.filter.rule is not None:
        hit = compare(part.filter.rule, device)
        include = part.filter.mode == "include"
        if hit is None:
            answers.append(_input("device"))
        elif include != hit:
            because = Because.NOT_MATCHED if include else Because.EXCLUDED
            answers.append(Answer(False, because, "filter for devices"))
    if part.states.include or part.states.exclude:
        answers.append(_scoped(_in_state(part.states.include, device, True), _in_state(part.states.exclude, device)))
    return all_of(answers, _MET)


def _in_state(chosen: Choice, device: Device, otherwise: bool = False) -> Answer:
    if "all" in chosen.values or (otherwise and not chosen):
        return _MET
    held = {"compliant": device.compliant, "domainJoined": device.hybrid_joined}
    answers = []
    for state in sorted(chosen.values):
        value = held[state]
        answers.append(
            _input("device") if value is None else Answer(True, Because.MET, f"state {state}") if value else _NOT
        )
    return any_of([*answers, *_doubtful(chosen.doubts)], _NOT)


def _risk(name: str) -> Callable[[Choice, tuple[Any, ...], Directory], Answer]:
    def look(part: Choice, inputs: tuple[Any, ...], _directory: Directory) -> Answer:
        (word,) = inputs
        if isinstance(word, Unknown) or (word is not None and word.lower() == "hidden"):
            return _input(name)
        level = (word or "none").lower()
        hit = any(value.lower() == level for value in part.values)
        found = _MET if hit else Answer(False, Because.NOT_MATCHED, level)
        return any_of([found, *_doubtful(part.doubts)], found)

    return look


def others(part: tuple[Doubt, ...], _inputs: tuple[Any, ...], _directory: Directory) -> Answer:
    """Conditions that this model does not know: never met, never not met."""
    return any_of(_doubtful(part), _MET)


class Condition(NamedTuple):
    """One condition: its name, the part of a policy, the inputs of the context, and how it is looked at."""

    name: str
    part: str
    inputs: tuple[str, ...]
    look: Callable[[Any, tuple[Any, ...], Directory], Answer]


CONDITIONS = (
    Condition("users", "users", ("user_id", "kinds", "home_tenant", "groups", "roles"), users),
    Condition("applications", "applications", ("resources", "user_action", "authentication_context"), applications),
    Condition("authenticationFlows", "flows", ("flow", "tracked"), flows),
    Condition("clientAppTypes", "client_apps", ("client_app",), client_apps),
    Condition("platforms", "platforms", ("platform",), platforms),
    Condition("locations", "locations", ("ip", "country", "locations"), locations),
    Condition("devices", "devices", ("device",), devices),
    Condition("signInRiskLevels", "sign_in_risk", ("sign_in_risk",), _risk("sign_in_risk")),
    Condition("userRiskLevels", "user_risk", ("user_risk",), _risk("user_risk")),
    Condition("insiderRiskLevels", "insider_risk", ("insider_risk",), _risk("insider_risk")),
    Condition("others", "others", (), others),
)
"""In the order in which they are looked at: the first that is not met is the one that decided."""
