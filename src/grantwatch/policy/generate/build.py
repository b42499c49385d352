"""The set: who may, from where, and the policies that follow.

Accounts come together by the allowances that they have, one group for each combination: its policy binds it to the
locations of these allowances and no others, and an allowance that ends moves exactly its own accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from grantwatch.allowances import Allowance, Allowances, State
from grantwatch.errors import UsageError
from grantwatch.policy.directory import Directory
from grantwatch.policy.generate.model import Gap, LeftOut, Level, PolicySet
from grantwatch.policy.generate.objects import Emergency, Made, emergency_group, group, locations, policies
from grantwatch.policy.generate.where import where
from grantwatch.policy.generate.who import Account, Evidence, People

__all__ = ["Emergency", "generate"]

MOST_NAMED = 8
MOST_ROLE_GROUPS = 500
"""Role-assignable groups of a tenant. https://learn.microsoft.com/entra/identity/role-based-access-control/groups-concept"""


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
    made = Made()
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
        for id, account in found.items():
            accounts[id] = account
            held[id].append(each)
    made.gaps += _unbounded(used)
    places_of = locations(used, places, made)
    by_combination: dict[tuple[str, ...], list[Account]] = defaultdict(list)
    for id, mine in held.items():
        by_combination[tuple(sorted(each.id for each in mine))].append(accounts[id])
    exempt = emergency_group(people, emergency, made)
    groups = {
        combination: group(combination, members, held, people, made)
        for combination, members in sorted(by_combination.items())
    }
    policies(groups, places_of, places, exempt, made)
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


def _in_effect(allowance: Allowance, on: date, made: Made) -> bool:
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


def _unbounded(used: Iterable[Allowance]) -> list[Gap]:
    """What allowances bound and the set does not."""
    found = []
    named = [each.id for each in used if each.clients or each.resources]
    if named:
        ids = ", ".join(named) if len(named) <= MOST_NAMED else f"{', '.join(named[:MOST_NAMED])} and others"
        sentence = (
            f"Client and resource, which {ids} {'names' if len(named) == 1 else 'name'}, are not bound: the accounts "
            "may use device code with any client and for any resource. Hunt with --allowances to see other use."
        )
        found.append(Gap(Level.LIMIT, None, sentence))
    for each in used:
        if each.networks.everywhere:
            sentence = f"{each.id} holds from any network: no location bounds its accounts."
            fix = "Name its networks, so that only use from there gets through."
            found.append(Gap(Level.LIMIT, each.id, sentence, fix))
    return found


def _unknown_ids(made: Made, people: People) -> None:
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
            sentence = f"{doubt}; a placeholder stands in {each.name!r}."
            made.gaps.append(Gap(Level.FILL_IN, allowance, sentence, fix, member.id))


def _quoted(name: str) -> str:
    return name.replace("'", "''")
