"""Coverage of the device code flow: who can still use it, for which resource.

Clients are no input of Conditional Access: a policy is enforced for the resource that a client asks for. So a row is
people whom policies treat alike, a column a resource, and clients stand beside the resources that they ask for.
What an attacker chooses (platform, address, device) or what chance decides (risk) is left open: a cell is blocked only
where it is blocked whatever these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any

from grantwatch import knowledge
from grantwatch.policy.context import DEVICE_CODE, GUESTS, NOBODY_ELSE, NOT_TOLD, Context, UserKind
from grantwatch.policy.decide import Model, Outcome, PolicyAnswer
from grantwatch.policy.directory import Directory
from grantwatch.policy.model import Policy, State
from grantwatch.policy.values import UNKNOWN, Because, Membership

__all__ = ["Cell", "Coverage", "Crowd", "Gap", "Status", "coverage"]


class Status(StrEnum):
    """What happens to a device code, worst last."""

    BLOCKED = "blocked"
    NOT_ASSESSED = "not_assessed"
    """The files, or the documentation, do not tell."""
    MANAGED = "managed_device"
    """Let in on a compliant or hybrid joined device only."""
    SOMETIMES = "sometimes"
    """Blocked or not: that depends on platform, address, device or risk."""
    REPORT_ONLY = "report_only"
    """Let in; a policy in report-only mode would block."""
    OPEN = "open"


_ORDER = {status: place for place, status in enumerate(Status)}
_DEVICES = {"compliantDevice", "domainJoinedDevice"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """People whom policies treat alike. `kind` is everybody, guests, group, role or user; `id` is of the latter."""

    kind: str
    id: str
    inputs: Mapping[str, Any] = field(compare=False, repr=False)
    size: int | None = None
    """How many they are; None where the files do not tell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One crowd and one resource. `depends` names the conditions that decide where it is blocked at times."""

    status: Status
    depends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Where one policy that blocks device code does not reach, in a cell that nothing else closes."""

    crowd: Crowd
    resource: str
    answer: PolicyAnswer


@dataclass(frozen=True, slots=True)
class Coverage:
    """The matrix, and the gaps by policy and cause."""

    crowds: tuple[Crowd, ...]
    resources: tuple[str, ...]
    cells: Mapping[tuple[Crowd, str], Cell]
    gaps: tuple[Gap, ...]

    @property
    def complete(self) -> bool:
        """True where every cell is blocked."""
        return all(cell.status is Status.BLOCKED for cell in self.cells.values())

    def counts(self) -> dict[Status, int]:
        """How many cells are of each status."""
        return {status: sum(cell.status is status for cell in self.cells.values()) for status in Status}


def coverage(model: Model) -> Coverage:
    """Look at every crowd and every resource that the policies on device code tell apart."""
    live = [policy for policy in model.policies if policy.state is not State.DISABLED]
    about = [policy for policy in live if policy.flows is not None]
    crowds = tuple(_crowds(about, model.directory))
    resources = tuple(_resources(about))
    variants = tuple(_variants(live))
    blocking = Model(
        (policy for policy in about if policy.state is State.ENABLED and policy.grant.blocks), model.directory
    )
    cells: dict[tuple[Crowd, str], Cell] = {}
    gaps: list[Gap] = []
    for crowd, resource in product(crowds, resources):
        contexts = [_context(crowd, resource, variant) for variant in variants]
        looked = [_looked(model, context) for context in contexts]
        cells[crowd, resource] = _cell(looked)
        found: dict[tuple[Any, ...], PolicyAnswer] = {}
        for context, (status, _) in zip(contexts, looked, strict=True):
            if status is not Status.BLOCKED:
                for answer in blocking.decide(context).policies:
                    found.setdefault((answer.policy.id, answer.condition, answer.answer), answer)
        gaps += [Gap(crowd, resource, answer) for answer in found.values()]
    return Coverage(crowds, resources, cells, tuple(gaps))


def _context(crowd: Crowd, resource: str, variant: Mapping[str, Any]) -> Context:
    return Context(
        resources=frozenset({resource}),
        client_app="mobileAppsAndDesktopClients",
        flow=DEVICE_CODE,
        tracked=DEVICE_CODE,
        **{**variant, **crowd.inputs},
    )


def _looked(model: Model, context: Context) -> tuple[Status, tuple[str, ...]]:
    outcome = model.outcome(context)
    if outcome.blocks:
        return Status.BLOCKED, ()
    if outcome.blocks is None:
        unsure = [
            answer
            for answer in model.decide(context).policies
            if answer.policy in outcome.not_assessed and (answer.policy.grant.blocks or answer.policy.grant.doubts)
        ]
        if all(answer.answer.because is Because.INPUT for answer in unsure):
            return Status.SOMETIMES, tuple(sorted({answer.condition for answer in unsure}))
        return Status.NOT_ASSESSED, ()
    if _managed_only(outcome):
        return Status.MANAGED, ()
    watching = outcome.report_only
    return (Status.REPORT_ONLY if watching is not None and watching.blocks else Status.OPEN), ()


def _managed_only(outcome: Outcome) -> bool:
    """True where some policy leaves no other way than a managed device."""
    return any(
        bool(set(asked.controls) & _DEVICES) if asked.operator == "AND" else set(asked.controls) <= _DEVICES
        for asked in outcome.requirements
        if not asked.policy.grant.doubts
    )


def _cell(looked: Sequence[tuple[Status, tuple[str, ...]]]) -> Cell:
    statuses = {status for status, _ in looked}
    depends = {name for _, names in looked for name in names}
    if len(statuses) > 1 and Status.BLOCKED in statuses:
        return Cell(Status.SOMETIMES, tuple(sorted(depends | {"platforms or risk"})))
    return Cell(max(statuses, key=_ORDER.__getitem__), tuple(sorted(depends)))


# -- what is told apart


def _variants(policies: Iterable[Policy]) -> Iterator[dict[str, Any]]:
    """Inputs of few values are tried one by one where a policy looks at them: two policies may share them out."""
    choices: dict[str, tuple[Any, ...]] = {}
    for policy in policies:
        if policy.platforms is not None:
            choices["platform"] = ("android", "iOS", "windows", "windowsPhone", "macOS", "linux", None)
        for name in ("sign_in_risk", "user_risk"):
            if getattr(policy, name) is not None:
                choices[name] = ("none", "low", "medium", "high")
        if policy.insider_risk is not None:
            choices["insider_risk"] = (None, "minor", "moderate", "elevated")
    for values in product(*choices.values()):
        yield dict(zip(choices, values, strict=True))


def _resources(policies: Iterable[Policy]) -> Iterator[str]:
    """Resources that are known, then those that the policies name besides."""
    known = [resource.id for resource in knowledge.resources()]
    yield from known
    named = {
        id
        for policy in policies
        for scope in (policy.applications.resources.include, policy.applications.resources.exclude)
        for id in scope.values
        if "-" in id
    }
    yield from sorted(named - set(known))


def _crowds(policies: Sequence[Policy], directory: Directory) -> Iterator[Crowd]:
    """Members whom nothing names; guests of each kind; then every group, role and user that a policy names."""
    members = len(directory.users) or None
    yield Crowd("everybody", "", _inputs(), members)
    for kind in sorted(GUESTS):
        number = sum(person.kinds == {kind} for person in directory.users.values()) or None
        yield Crowd("guests", kind.value, _inputs(kinds=frozenset({kind}), home_tenant=UNKNOWN), number)
    for id in sorted(_named(policies, "groups")):
        above = {other for other, (members_, _) in directory.group_users.items() if id in members_}
        held = Membership(frozenset({id, *above}), complete=True)
        found = directory.members(id)
        yield Crowd("group", id, _inputs(groups=held), None if found is None else len(found))
    for id in sorted(_named(policies, "roles")):
        found = directory.holders(id)
        held = Membership(frozenset({id}), complete=True)
        yield Crowd("role", id, _inputs(roles=held), None if found is None else len(found))
    for id in sorted(_named(policies, "users")):
        if "-" in id:
            person = directory.users.get(id)
            kinds = person.kinds if person else frozenset(UserKind)
            yield Crowd("user", id, _inputs(user_id=id, kinds=kinds, groups=NOT_TOLD, roles=NOT_TOLD), 1)


def _inputs(**inputs: Any) -> dict[str, Any]:
    """A member of nothing whom nobody names, but for `inputs`."""
    nobody: dict[str, Any] = {
        "user_id": None,
        "kinds": frozenset({UserKind.MEMBER}),
        "home_tenant": None,
        "groups": NOBODY_ELSE,
        "roles": NOBODY_ELSE,
    }
    return nobody | inputs


def _named(policies: Iterable[Policy], part: str) -> set[str]:
    scopes = [getattr(policy.users, part) for policy in policies]
    found = {id for scope in scopes for id in scope.include.values | scope.exclude.values}
    return found - {"All", "None", "GuestsOrExternalUsers"}
