"""Who an allowance is for, by object id: from what logs showed, from exported users and groups, else said openly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grantwatch.allowances import Allowance, Allowances, Group
from grantwatch.policy.directory import Directory
from grantwatch.policy.fields import is_guid
from grantwatch.policy.generate.model import Gap, Level
from grantwatch.policy.generate.naming import placeholder

__all__ = ["Account", "Evidence", "People", "Seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What logs show of one account with one allowance: honest grants that it covers."""

    allowance: str
    id: str | None
    """Object id in lower case."""
    upn: str | None
    kind: str
    grant_ids: tuple[str, ...]
    """In time order."""
    ranges: tuple[tuple[str, int | None], ...] = ()
    """Address ranges that the grants were made from, with their ASN."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What logs show of accounts: their use under each allowance, and which name belongs to which id."""

    seen: tuple[Seen, ...] = ()
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Object ids by principal name, both in lower case. Several where a name was given twice."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `id` is a placeholder where `known` is false."""

    id: str
    known: bool
    upn: str | None


class People:
    """Accounts by name and by id, from everything that was given."""

    def __init__(self, evidence: Evidence, directory: Directory, stated: Mapping[str, str]) -> None:
        self.evidence = evidence
        self.directory = directory
        self.stated = stated
        ids: dict[str, set[str]] = {name: set(found) for name, found in evidence.ids.items()}
        names: dict[str, str] = {}
        for id, person in directory.users.items():
            if "@" in person.name:
                ids.setdefault(person.name.lower(), set()).add(id)
                names[id] = person.name.lower()
        for name, found in ids.items():
            for id in found:
                names.setdefault(id, name)
        self._ids = ids
        self._names = names
        self._seen: dict[str, list[Seen]] = defaultdict(list)
        self._grants: dict[tuple[str, str], list[str]] = defaultdict(list)
        for each in evidence.seen:
            self._seen[each.allowance].append(each)
            for known in {known for known in (each.id, each.upn) if known}:
                self._grants[each.allowance, known] += each.grant_ids
        self._kinds = {id: each.kind for each in evidence.seen for id in (each.id, each.upn) if id}

    def account(self, name: str) -> Account:
        """The account of a principal name or an object id."""
        name = name.strip().lower()
        if is_guid(name):
            return Account(name, True, self._names.get(name))
        found = self._ids.get(name, set())
        if len(found) == 1:
            return Account(min(found), True, name)
        return Account(placeholder(f"user/{name}"), False, name)

    def doubt(self, account: Account) -> str:
        """Why the id of an account is not known."""
        found = self._ids.get(account.upn or "", set())
        if found:
            return f"{len(found)} accounts have had the name {account.upn}: {', '.join(sorted(found))}"
        return f"The object id of {account.upn} is not known"

    def kind(self, account: Account) -> str | None:
        """The class of an account: as stated, else as seen."""
        for name in (account.id, account.upn):
            if name and name in self.stated:
                return self.stated[name]
        return next((self._kinds[name] for name in (account.id, account.upn) if name and name in self._kinds), None)

    def of(self, allowances: Allowances, allowance: Allowance) -> tuple[dict[str, Account], list[Gap]]:
        """Everybody whom the subject of an allowance names, by id, and what could not be told."""
        found: dict[str, Account] = {}
        gaps: list[Gap] = []

        def take(accounts: Iterable[Account]) -> None:
            for each in accounts:
                found.setdefault(each.id, each)

        take(map(self.account, allowance.subject.users))
        for name in allowance.subject.groups:
            members = self._members(allowances.groups[name])
            take(members or ())
            if not members:
                gaps.append(
                    Gap(
                        Level.FILL_IN,
                        allowance.id,
                        f"{allowance.id} is for group {name!r}, and nothing says who is in it: nobody of it is let in.",
                        "List its members in the file of allowances, or give the group with its members (--tenant).",
                    )
                )
        for kind in allowance.subject.classes:
            accounts = self._of_class(allowance, kind)
            take(accounts)
            if not accounts:
                gaps.append(
                    Gap(
                        Level.FILL_IN,
                        allowance.id,
                        f"{allowance.id} is for the class {kind!r}, and nothing says which accounts are of it: nobody "
                        "of it is let in.",
                        "Give the logs that the allowance rests on, or --accounts with the accounts of the class.",
                    )
                )
        return found, gaps

    def _of_class(self, allowance: Allowance, kind: str) -> list[Account]:
        """Accounts that used the allowance as one of the class, and those that somebody stated to be of it."""
        names = [each.id or each.upn or "" for each in self._seen[allowance.id] if each.kind == kind]
        stated = [name for name, of in self.stated.items() if of == kind]
        accounts = [self.account(name) for name in (*names, *stated) if name]
        return [each for each in accounts if self.kind(each) in (kind, None)]

    def _members(self, group: Group) -> list[Account] | None:
        if group.members:
            return [self.account(name) for name in sorted(group.members)]
        ids = [group.id] if group.id else []
        ids = ids or [id for id, each in self.directory.groups.items() if each.name.lower() == group.name.lower()]
        if len(ids) != 1:
            return None
        found = self.directory.members(ids[0])
        return None if found is None else [self.account(id) for id in sorted(found)]

    def grants(self, allowance: str, account: Account) -> tuple[str, ...]:
        """Ids of honest grants of an account that an allowance covers."""
        names = (account.id, account.upn)
        return tuple(dict.fromkeys(id for name in names if name for id in self._grants.get((allowance, name), ())))
