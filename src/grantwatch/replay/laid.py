"""A candidate laid over today's export: what has the id, else the name, of something there takes its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grantwatch.policy import Directory, Export, Policy, State

__all__ = ["laid_over"]


def laid_over(today: Export, candidate: Export, *, enforce: bool = False) -> tuple[Export, tuple[Policy, ...]]:
    """Today's export with the candidate's objects in it, and the candidate policies that `enforce` switched on.

    A policy that has no id yet stands for the one of the same name. With `enforce`, candidates in report-only mode are
    taken as switched on. Policies that are not in the candidate stay as they are today.
    """
    switched = []
    proposed = []
    for policy in candidate.policies:
        if enforce and policy.state is State.REPORT_ONLY:
            switched.append(replace(policy, state=State.ENABLED))
            proposed.append(switched[-1])
        else:
            proposed.append(policy)
    ids = {policy.id.lower() for policy in proposed if policy.id}
    names = {policy.name for policy in proposed if policy.name and not policy.id}
    kept = [policy for policy in today.policies if policy.id.lower() not in ids and policy.name not in names]
    one, other = today.directory, candidate.directory
    directory = Directory(
        {**one.locations, **other.locations},
        {**one.groups, **other.groups},
        {**one.roles, **other.roles},
        {**one.users, **other.users},
    )
    made = Export(
        tuple(sorted([*kept, *proposed], key=lambda each: (each.name, each.id, each.file))),
        directory,
        tuple(dict.fromkeys((*today.files, *candidate.files))),
        tuple(dict.fromkeys((*today.notes, *candidate.notes))),
    )
    return made, tuple(switched)


def changed(today: Iterable[Policy], other: Iterable[Policy]) -> tuple[Policy, ...]:
    """Policies of `other` that are not among today's, wherever they stand."""
    known = {replace(policy, file="", path="") for policy in today}
    return tuple(policy for policy in other if replace(policy, file="", path="") not in known)
