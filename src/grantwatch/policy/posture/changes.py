"""What got weaker since an older export."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch.policy.model import Policy, State
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.policy.words import resource_name
from grantwatch.verdict.model import Severity

_AUDIT = "https://learn.microsoft.com/entra/identity/conditional-access/troubleshoot-policy-changes-audit-log"
_NO_OLDER = "no older export was given (--before)"


def _blocked(policy: Policy) -> bool:
    return policy.about_device_code and policy.grant.blocks and policy.state is State.ENABLED


def _pairs(case: Case) -> Iterator[tuple[Policy, Policy | None]]:
    """Every policy that blocked device code, and what became of it: by id, else by name."""
    if case.before is None:
        return
    now = {policy.id.lower(): policy for policy in case.export.policies if policy.id}
    names = {policy.name: policy for policy in case.export.policies}
    for old in case.before.policies:
        if _blocked(old):
            yield old, now.get(old.id.lower()) or names.get(old.name)


@check(
    "changes.weakened",
    title="A block of device code got weaker",
    question="Was a policy that blocked device code deleted, switched off, or turned into something else?",
    severity=Severity.HIGH,
    fix="Find who changed it in the audit log (Update conditional access policy), and put it back.",
    references=(_AUDIT,),
    needs=("an older export",),
)
def weakened(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """State, flows and grant controls."""
    if case.before is None:
        yield self.not_told(_NO_OLDER)
        return
    for old, new in _pairs(case):
        if new is None:
            yield self.found(f"Policy {old.label!r}, which blocked device code, is not there any more.")
            continue
        said = []
        if new.state is not State.ENABLED:
            said.append("in report-only mode" if new.state is State.REPORT_ONLY else new.state.value)
        if not new.about_device_code:
            said.append("no longer about device code")
        if not new.grant.blocks:
            said.append("no longer a block")
        if said:
            yield self.found(f"Policy {new.label!r}, which blocked device code, is now {listed(said)}.", new)


_SCOPES = (
    ("users", "user", "conditions.users.excludeUsers"),
    ("groups", "group", "conditions.users.excludeGroups"),
    ("roles", "role", "conditions.users.excludeRoles"),
)


@check(
    "changes.exclusions",
    title="The block of device code leaves out more than before",
    question="Were exclusions added to a policy that blocks device code?",
    severity=Severity.MEDIUM,
    fix="Ask who wanted the exclusion and for how long, and take it out where nobody knows.",
    references=(_AUDIT,),
    needs=("an older export",),
)
def exclusions(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Users, groups, roles, resources and locations that are new among what is left out."""
    if case.before is None:
        yield self.not_told(_NO_OLDER)
        return
    for old, new in _pairs(case):
        if new is None:
            continue
        for part, kind, path in _SCOPES:
            more = getattr(new.users, part).exclude.values - getattr(old.users, part).exclude.values
            if more:
                names = listed(case.name(f"{kind} {id}") for id in sorted(more))
                yield self.found(f"Policy {new.label!r} leaves out more than before: {names}.", new, path=path)
        apps = new.applications.resources.exclude.values - old.applications.resources.exclude.values
        if apps:
            names = listed(resource_name(id) for id in sorted(apps))
            path = "conditions.applications.excludeApplications"
            yield self.found(f"Policy {new.label!r} leaves out more than before: {names}.", new, path=path)
        places = _places(new) - _places(old)
        if places:
            names = listed(case.name(f"location {id}") for id in sorted(places))
            path = "conditions.locations.excludeLocations"
            yield self.found(f"Policy {new.label!r} leaves out more than before: {names}.", new, path=path)


def _places(policy: Policy) -> frozenset[str]:
    return policy.locations.exclude.values if policy.locations else frozenset()


@check(
    "changes.group_grew",
    title="An exclusion group grew",
    question="Who came into a group that the block of device code leaves out?",
    severity=Severity.MEDIUM,
    fix="Ask for each new member why it needs device code, and until when. New members whom nobody asked for are a "
    "sign of an attack: look for who added them in the audit log (Add member to group).",
    references=(_AUDIT,),
    needs=("an older export with groups and their members", "groups with members"),
)
def group_grew(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Members now that were none then, groups within the group counted too."""
    if case.before is None:
        yield self.not_told(_NO_OLDER)
        return
    told: set[str] = set()
    for policy in case.blocking:
        for id in sorted(policy.users.groups.exclude.values - told):
            told.add(id)
            then, now = case.before.directory.members(id), case.directory.members(id)
            if then is None or now is None:
                which = "the older export" if then is None else "the export"
                yield self.not_told(
                    f"whether {case.name(f'group {id}')} grew: {which} does not hold all of its members"
                )
                continue
            if now - then:
                names = listed(case.directory.user_name(each) for each in sorted(now - then))
                yield self.found(
                    f"G{case.name(f'group {id}')[1:]}, which policy {policy.label!r} leaves out, grew from "
                    f"{len(then)} to {len(now)} accounts: {names}.",
                    policy,
                    path="conditions.users.excludeGroups",
                )
