"""Asking each rule's question of the tables of its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError

from grantwatch.records.engine import duckdb
from grantwatch.records.model import RecordRef
from grantwatch.rules.correlate import LackingError, Part, correlated, needed
from grantwatch.rules.mapping import resolved, written
from grantwatch.rules.model import FieldUse, Outcome, RuleMatch, RuleResult
from grantwatch.rules.prepared import Prepared
from grantwatch.rules.reading import failed, said
from grantwatch.rules.tables import Made, made

if TYPE_CHECKING:
    from grantwatch.rules.source import Source

__all__ = ["Asking"]

_DEEPEST = 5
"""Correlations that rest on each other."""


class _NotAssessedError(Exception):
    """A rule that cannot be answered from these logs."""


class Asking:
    """All rules of a run and the tables that were made for them."""

    def __init__(self, con: Any, rules: Sequence[Prepared], listed: int) -> None:
        self.con = con
        self.listed = listed
        self.by_rule = {id(each.rule): each for each in rules}
        self.faults = self._resolve([each.rule for each in rules])
        self.parts = self._parts(rules)
        for each in rules:
            self._note_needs(each)
        self.tables = {source.name: self._make(source, rules) for source in _sources(rules)}

    def _resolve(self, rules: Iterable[Any]) -> dict[int, str]:
        """Find the rules that correlations name; by correlation what is wrong with that."""
        listed = list(rules)
        collection = SigmaCollection(listed, resolve_references=False)
        faults: dict[int, str] = {}
        for rule in listed:
            if isinstance(rule, SigmaCorrelationRule):
                try:
                    rule.resolve_rule_references(collection)
                    for alias in rule.aliases:
                        alias.resolve_rule_references(collection)
                except (SigmaError, KeyError, TypeError) as error:
                    faults[id(rule)] = f"rests on a rule that is not among those given or cannot run: {said(error)}"
        circles = [id(rule) for rule in listed if id(rule) not in faults and _rests_on(rule, rule, faults, set())]
        return faults | dict.fromkeys(circles, "rests on itself, through the rules that it names")

    def _parts(self, rules: Sequence[Prepared]) -> set[int]:
        """The rules that are there for correlations only: those which do not ask to be told of by themselves."""
        return {
            id(reference.rule)
            for each in rules
            if isinstance(each.rule, SigmaCorrelationRule)
            and id(each.rule) not in self.faults
            and not each.rule.generate
            for reference in each.rule.rules or ()
        }

    def is_only_a_part(self, prepared: Prepared) -> bool:
        """Whether the rule is told of only through the correlations that rest on it."""
        return id(prepared.rule) in self.parts

    def _note_needs(self, prepared: Prepared) -> None:
        """Have each rule of a correlation know the columns that it is grouped by."""
        if isinstance(prepared.rule, SigmaCorrelationRule) and id(prepared.rule) not in self.faults:
            try:
                correlated(prepared.rule, [Part(each, "", keys=_groups(each)) for each in self._rests_on(prepared)])
            except (SigmaError, LackingError, NotImplementedError):
                # Told of when its answer is due.
                return

    def _rests_on(self, prepared: Prepared) -> list[Prepared]:
        found = []
        for reference in prepared.rule.rules or ():  # type: ignore[union-attr]
            if id(reference.rule) not in self.by_rule:
                raise SigmaError(f"rests on {reference.reference}, which cannot run")
            found.append(self.by_rule[id(reference.rule)])
        return found

    def _make(self, source: Source, rules: Sequence[Prepared]) -> Made:
        mine = [each for each in rules if each.source is source]
        columns = {column for each in mine for column in each.columns()}
        return made(self.con, source, columns, by_workload=any(each.workload for each in mine))

    def result(self, prepared: Prepared) -> RuleResult:
        """The answer to one rule."""
        read, rule = prepared.read, prepared.rule
        if id(rule) in self.faults:
            read.error = self.faults[id(rule)]
            return failed(read)
        told: dict[str, Any] = {
            "title": read.title,
            "rule_id": read.rule_id,
            "level": read.level,
            "file": read.file,
            "line": read.line,
            "correlation": isinstance(rule, SigmaCorrelationRule),
        }
        if prepared.source is not None:
            told |= {"source": prepared.source.title, "records": self._records(prepared)}
            told["fields"] = self._fields(prepared)
        try:
            events, lacking = self._events(prepared, 0)
            return RuleResult(
                **told,
                **self._answer(events),
                outcome=Outcome.PARTLY if lacking else Outcome.RAN,
                reasons=_without(lacking) if lacking else (),
            )
        except _NotAssessedError as why:
            return RuleResult(**told, outcome=Outcome.NOT_ASSESSED, reasons=tuple(why.args))
        except (SigmaError, NotImplementedError) as error:
            read.unsupported = said(error)
        except duckdb.InvalidInputException as error:
            # A regular expression that the engine cannot have: only the run tells.
            read.unsupported = " ".join(str(error).split())[:300]
        return failed(read)

    def _records(self, prepared: Prepared) -> int:
        source = prepared.source
        if source is None:
            return 0
        table = self.tables[source.name]
        return table.by_workload.get(prepared.workload.lower(), 0) if prepared.workload else table.records

    def _fields(self, prepared: Prepared) -> tuple[FieldUse, ...]:
        source = prepared.source
        if source is None:
            return ()
        present = self.tables[source.name].present
        found = [(written(name), resolved(name, source)) for name in prepared.fields]
        return tuple(
            FieldUse(name, None if isinstance(field, str) else present.get(field.column.name)) for name, field in found
        )

    def _events(self, prepared: Prepared, depth: int) -> tuple[str, tuple[str, ...]]:
        """SQL of the records that match, and the fields that it had to do without. Raises _NotAssessedError."""
        if depth > _DEEPEST:
            raise SigmaError(f"correlations that rest on each other more than {_DEEPEST} deep")
        if isinstance(prepared.rule, SigmaCorrelationRule):
            return self._correlated(prepared, prepared.rule, depth)
        if prepared.reason is not None or prepared.source is None:
            raise _NotAssessedError(prepared.reason or "its logs are not read")
        if not self._records(prepared):
            narrowed = f" of {prepared.workload}" if prepared.workload else ""
            raise _NotAssessedError(f"no records{narrowed} in these logs: {prepared.source.title}")
        table = self.tables[prepared.source.name]
        lacking = prepared.lacking(table.absent)
        if not prepared.can_match(table.absent):
            raise _NotAssessedError(*_without(lacking))
        sql = f"SELECT '{table.table}' AS table_name, * FROM {table.table} WHERE {prepared.sql(table.absent)}"
        return sql, lacking

    def _correlated(self, prepared: Prepared, rule: SigmaCorrelationRule, depth: int) -> tuple[str, tuple[str, ...]]:
        parts: list[Part] = []
        lacking: list[str] = []
        needed(rule)
        for each in self._rests_on(prepared):
            if id(each.rule) in self.faults:
                raise _NotAssessedError(f"{each.read.title}: {self.faults[id(each.rule)]}")
            try:
                events, without = self._events(each, depth + 1)
            except _NotAssessedError as why:
                raise _NotAssessedError(*(f"{each.read.title}: {reason}" for reason in why.args)) from None
            lacking += without
            absent = self.tables[each.source.name].absent if each.source is not None else frozenset()
            parts.append(Part(each, events, absent, _groups(each)))
        try:
            return correlated(rule, parts), tuple(dict.fromkeys(lacking))
        except LackingError as field:
            raise _NotAssessedError(*_without((str(field),))) from None

    def _answer(self, events: str) -> dict[str, Any]:
        (sums,) = self.con.execute(
            f"SELECT count(*), count(DISTINCT lower(who)), min(time), max(time) FROM ({events}) AS matched"
        ).fetchall()
        listed: tuple[RuleMatch, ...] = ()
        if sums[0]:
            # The rowid within its file is the record's place: see Records.
            rows = self.con.execute(
                f"SELECT m.time, m.who, p.path, m.row_id - p.first_row + 1 FROM ({events}) AS m "
                "JOIN pass_form AS p ON p.pass_id = m.pass_id AND p.file_id = m.file_id "
                f"ORDER BY m.time NULLS LAST, p.path, m.row_id LIMIT {self.listed}"
            ).fetchall()
            listed = tuple(RuleMatch(time, who, RecordRef(path, place)) for time, who, path, place in rows)
        return {"matches": sums[0], "users": sums[1], "first": sums[2], "last": sums[3], "listed": listed}


def _rests_on(rule: Any, sought: Any, faults: Mapping[int, str], seen: set[int]) -> bool:
    """Whether a rule rests on the one sought, through however many correlations."""
    if not isinstance(rule, SigmaCorrelationRule) or id(rule) in faults or id(rule) in seen:
        return False
    seen.add(id(rule))
    rests = [reference.rule for reference in rule.rules or ()]
    return any(each is sought or _rests_on(each, sought, faults, seen) for each in rests)


def _groups(prepared: Prepared) -> tuple[str, ...]:
    return tuple(prepared.rule.group_by or ()) if isinstance(prepared.rule, SigmaCorrelationRule) else ()


def _sources(rules: Iterable[Prepared]) -> list[Source]:
    found: dict[str, Source] = {each.source.name: each.source for each in rules if each.source is not None}
    return list(found.values())


def _without(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"field {field} is not in these logs" for field in dict.fromkeys(fields))
