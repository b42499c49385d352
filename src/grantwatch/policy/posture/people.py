"""Whom a block of device code leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from grantwatch import knowledge
from grantwatch.policy.directory import Directory
from grantwatch.policy.posture.check import Case, Check, Finding, NotTold, check, listed
from grantwatch.policy.posture.coverage import Gap, Status
from grantwatch.policy.values import Because
from grantwatch.verdict.model import Severity

_USERS = "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups"
_EMERGENCY = "https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access"
_EXTERNAL = "https://learn.microsoft.com/entra/external-id/authentication-conditional-access"
_EXCLUDED = "conditions.users.exclude"

MOST_EMERGENCY = 4
"""Emergency accounts that a tenant may well have; more of them are no emergency accounts."""
LARGE = 25
"""Members of an exclusion group from which on it is large, whatever the tenant."""
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"


def _out(case: Case, kind: str) -> Iterator[tuple[Gap, str]]:
    """Gaps of crowds of a kind that an exclusion of that kind leaves out, one a policy and crowd."""
    seen: set[tuple[str, str]] = set()
    for policy, gaps in case.gaps("users"):
        for gap in gaps:
            item = gap.answer.answer.item
            if gap.crowd.kind == kind and gap.answer.excluded and (policy.id, gap.crowd.id) not in seen:
                seen.add((policy.id, gap.crowd.id))
                yield gap, item


@check(
    "people.not_everyone",
    title="The block is not for all users",
    question="Is the block of device code for everybody, but for exclusions?",
    severity=Severity.HIGH,
    fix="Include all users (`All`) and leave out the few who need it, by a group.",
    references=(_USERS,),
    of_blocks=True,
)
def not_everyone(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Somebody in no group and no role, whom no policy names, is not included."""
    for policy, gaps in case.gaps("users"):
        if any(gap.crowd.kind == "everybody" and gap.answer.answer.because is Because.NOT_MATCHED for gap in gaps):
            users = policy.users
            parts = [case.name(f"user {id}") for id in sorted(users.users.include.values - {"None"})]
            parts += [case.name(f"group {id}") for id in sorted(users.groups.include.values)]
            parts += [case.name(f"role {id}") for id in sorted(users.roles.include.values)]
            parts += ["guests and external users"] if users.include_guests else []
            only = listed(parts) or "nobody"
            yield self.found(
                f"Policy {policy.label!r} blocks device code for {only} only; everybody else can use it.",
                policy,
                path="conditions.users",
            )


@check(
    "people.guests",
    title="Guests and external users are left out",
    question="Does the block of device code reach guests and external users?",
    severity=Severity.MEDIUM,
    fix="Include guests and external users of every kind: all users, and no exclusion of guests.",
    references=(_EXTERNAL,),
    of_blocks=True,
)
def guests(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Kinds of guests that are left out, or not included where members are."""
    for policy, gaps in case.gaps("users"):
        if any(gap.crowd.kind == "everybody" for gap in gaps):
            continue
        kinds = [gap.crowd.id for gap in gaps if gap.crowd.kind == "guests"]
        if not kinds:
            continue
        unsure = all(gap.answer.applies is None for gap in gaps if gap.crowd.kind == "guests")
        told = "of some tenants " if unsure else ""
        yield self.found(
            f"Policy {policy.label!r} leaves out guests and external users {told}({listed(kinds, 6)}).",
            policy,
            path=f"{_EXCLUDED}GuestsOrExternalUsers",
        )


@check(
    "people.roles_excluded",
    title="Holders of a directory role are left out",
    question="Does the block of device code leave out a directory role?",
    severity=Severity.HIGH,
    fix="Take the role out of the exclusions. Leave out emergency accounts by a group of their own.",
    references=(_USERS, _EMERGENCY),
    of_blocks=True,
)
def roles_excluded(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Whoever gets the role is out of the policy from then on."""
    for gap, item in _out(case, "role"):
        policy = gap.answer.policy
        size = f", {gap.crowd.size} accounts" if gap.crowd.size is not None else ""
        sentence = f"Policy {policy.label!r} leaves out {case.name(item)}{size}: the accounts that attackers want most."
        yield self.found(sentence, policy, path=f"{_EXCLUDED}Roles")


@check(
    "people.users_excluded",
    title="Single users are left out",
    question="How many users does the block of device code leave out by name?",
    severity=Severity.MEDIUM,
    fix="Put those who need it into a group with an owner and an end, and take the others out of the exclusions.",
    references=(_USERS, _EMERGENCY),
    of_blocks=True,
)
def users_excluded(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Up to as many as a tenant may have emergency accounts weigh little."""
    found: dict[str, list[Gap]] = {}
    for gap, _ in _out(case, "user"):
        found.setdefault(gap.answer.policy.id, []).append(gap)
    for gaps in found.values():
        policy = gaps[0].answer.policy
        names = listed(case.directory.user_name(gap.crowd.id) for gap in gaps)
        few = len(gaps) <= MOST_EMERGENCY
        number = "one user" if len(gaps) == 1 else f"{len(gaps)} users"
        yield self.found(
            f"Policy {policy.label!r} leaves out {number} by name: {names}.",
            policy,
            path=f"{_EXCLUDED}Users",
            severity=Severity.INFORMATIONAL if few else None,
        )


@check(
    "people.exclusion_group",
    title="A group is left out of the block",
    question="How many people do the exclusion groups of the block of device code hold?",
    severity=Severity.MEDIUM,
    fix="Keep only accounts that need device code in it, each with an owner and an end, and tie them to their network "
    "by a second policy.",
    references=(_USERS,),
    needs=("groups with members",),
    of_blocks=True,
)
def exclusion_group(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Groups of emergency accounts have a check of their own. A group whose members are not exported is not told."""
    for gap, item in _out(case, "group"):
        policy, size = gap.answer.policy, gap.crowd.size
        if size is None:
            yield self.not_told(f"whom {case.name(item)} holds, which {policy.label!r} leaves out: export its members")
            continue
        if size == 0 or _for_emergency(case.directory, gap.crowd.id):
            continue
        share = _share(case.directory, gap.crowd.id)
        cells = [case.coverage.cells[gap.crowd, resource] for resource in case.coverage.resources]
        limited = all(cell.status in (Status.BLOCKED, Status.SOMETIMES, Status.MANAGED) for cell in cells)
        much = not limited and (size >= LARGE or (share >= 0.1 and size > MOST_EMERGENCY))
        of_all = f" ({share:.0%} of the exported users)" if case.directory.users else ""
        where = ", within the limits of other policies" if limited else " anywhere"
        accounts = "one account" if size == 1 else f"{size} accounts"
        yield self.found(
            f"Policy {policy.label!r} leaves out {case.name(item)}: {accounts}{of_all} may use device code{where}.",
            policy,
            path=f"{_EXCLUDED}Groups",
            severity=None if much else Severity.LOW,
        )


def _share(directory: Directory, group: str) -> float:
    members = directory.members(group) or frozenset()
    return len(members & set(directory.users)) / len(directory.users) if directory.users else 0.0


def _for_emergency(directory: Directory, group: str) -> bool:
    return bool(knowledge.words_in("emergency_groups", directory.group_name(group)))


@check(
    "people.break_glass",
    title="Ordinary members in a group of emergency accounts",
    question="Does the group of emergency accounts hold anybody else?",
    severity=Severity.HIGH,
    fix="Keep two to four emergency accounts in it that nobody works with, and move the others out.",
    references=(_EMERGENCY,),
    needs=("groups with members", "directory roles with members"),
    of_blocks=True,
)
def break_glass(self: Check, case: Case) -> Iterator[Finding | NotTold]:
    """Emergency accounts are few, members of the tenant, and Global Administrators."""
    directory = case.directory
    for gap, item in _out(case, "group"):
        members = directory.members(gap.crowd.id)
        if not _for_emergency(directory, gap.crowd.id) or members is None:
            continue
        policy, holders = gap.answer.policy, directory.holders(GLOBAL_ADMIN)
        ordinary = set() if holders is None else set(members - holders)
        ordinary |= {id for id in members if id in directory.users and "member" not in directory.users[id].kinds}
        if ordinary:
            names = listed(sorted(directory.user_name(id) for id in ordinary))
            yield self.found(
                f"Policy {policy.label!r} leaves out {case.name(item)}, which holds ordinary accounts: {names}.",
                policy,
                path=f"{_EXCLUDED}Groups",
            )
        elif len(members) > MOST_EMERGENCY:
            yield self.found(
                f"Policy {policy.label!r} leaves out {case.name(item)} with {len(members)} accounts: more than a "
                "tenant has for emergencies.",
                policy,
                path=f"{_EXCLUDED}Groups",
                severity=Severity.MEDIUM,
            )
        if holders is None and not ordinary:
            yield self.not_told(f"whether the members of {case.name(item)} are Global Administrators: export the role")
