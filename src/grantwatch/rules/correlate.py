"""Correlations as SQL: how many, how many different, all of them together, and in order, within a span of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
)
from sigma.exceptions import SigmaFeatureNotSupportedByBackendError

from grantwatch.rules.backend import field_value
from grantwatch.rules.prepared import Prepared

__all__ = ["LackingError", "Part", "correlated", "needed"]

_OPERATORS = {
    SigmaCorrelationConditionOperator.LT: "<",
    SigmaCorrelationConditionOperator.LTE: "<=",
    SigmaCorrelationConditionOperator.GT: ">",
    SigmaCorrelationConditionOperator.GTE: ">=",
    SigmaCorrelationConditionOperator.EQ: "=",
    SigmaCorrelationConditionOperator.NEQ: "<>",
}
_TYPES = (
    SigmaCorrelationType.EVENT_COUNT,
    SigmaCorrelationType.VALUE_COUNT,
    SigmaCorrelationType.TEMPORAL,
    SigmaCorrelationType.TEMPORAL_ORDERED,
)


class LackingError(Exception):
    """A field that a correlation groups or counts by is not in the logs of one of its rules."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rule that a correlation rests on: SQL of its records, and by name the keys that a nested one has already."""

    prepared: Prepared
    events: str
    absent: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()


def needed(rule: SigmaCorrelationRule) -> tuple[list[str], str | None]:
    """The fields that it groups by, and the one that it counts. Raises for a kind that is not supported."""
    if rule.type not in _TYPES:
        raise SigmaFeatureNotSupportedByBackendError(f"correlations of type {rule.type.name.lower()}")
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition):
        raise SigmaFeatureNotSupportedByBackendError("a correlation whose condition combines rules")
    counted = condition.fieldref
    if isinstance(counted, list):
        if len(counted) > 1:
            raise SigmaFeatureNotSupportedByBackendError("a correlation that counts several fields at once")
        counted = counted[0] if counted else None
    if rule.type is SigmaCorrelationType.VALUE_COUNT and not counted:
        raise SigmaFeatureNotSupportedByBackendError("a value_count without a field")
    return list(rule.group_by or ()), counted if rule.type is SigmaCorrelationType.VALUE_COUNT else None


def correlated(rule: SigmaCorrelationRule, parts: Sequence[Part]) -> str:
    """A SELECT of table_name, row_id, pass_id, file_id, time, who and keys k0, k1 … of the records that complete it.

    Raises LackingError, and SigmaFeatureNotSupportedByBackendError.
    """
    groups, counted = needed(rule)
    keys = [f"k{number}" for number in range(len(groups))]
    events = " UNION ALL ".join(_keyed(rule, part, number, groups, counted) for number, part in enumerate(parts))
    there = " AND ".join(["time IS NOT NULL", *(f"{key} IS NOT NULL" for key in keys)])
    events = f"SELECT * FROM ({events}) AS events WHERE {there}"
    shown = ", ".join(["table_name", "row_id", "pass_id", "file_id", "time", "who", *keys])
    span = f"INTERVAL {int(rule.timespan.seconds)} SECONDS"
    if rule.type is SigmaCorrelationType.TEMPORAL_ORDERED:
        return f"SELECT {shown} FROM ({_in_order(events, keys, len(parts))}) AS chained WHERE time - start <= {span}"
    window = f"({_by(keys)}ORDER BY time RANGE BETWEEN {span} PRECEDING AND CURRENT ROW)"
    if rule.type is SigmaCorrelationType.TEMPORAL:
        told = f"SELECT *, count(DISTINCT part) OVER {window} AS seen FROM ({events}) AS events"
        return f"SELECT {shown} FROM ({told}) AS told WHERE seen = {len(parts)}"
    count = "count(DISTINCT counted)" if counted else "count(*)"
    condition: Any = rule.condition
    told = f"SELECT *, {count} OVER {window} AS seen FROM ({events}) AS events"
    return f"SELECT {shown} FROM ({told}) AS told WHERE seen {_OPERATORS[condition.op]} {condition.count!r}"


def _by(keys: Sequence[str]) -> str:
    return f"PARTITION BY {', '.join(keys)} " if keys else ""


def _keyed(rule: SigmaCorrelationRule, part: Part, number: int, groups: Sequence[str], counted: str | None) -> str:
    aliases = _aliases(rule, part)
    keys = [f"{_key(part, aliases.get(name, name))} AS k{place}" for place, name in enumerate(groups)]
    value = _key(part, aliases.get(counted, counted)) if counted else "CAST(NULL AS VARCHAR)"
    listed = ", ".join(["table_name", "row_id", "pass_id", "file_id", "time", "who", *keys])
    return f"SELECT {listed}, {value} AS counted, {number} AS part FROM ({part.events}) AS part_{number}"


def _aliases(rule: SigmaCorrelationRule, part: Part) -> Mapping[str, str]:
    """What the rule of a part calls the fields that the correlation has names of its own for."""
    found: dict[str, str] = {}
    for alias in rule.aliases:
        for reference, field in alias.mapping.items():
            if reference.rule is part.prepared.rule:
                found[alias.alias] = field
    return found


def _key(part: Part, name: str) -> str:
    source = part.prepared.source
    if source is None:
        lowered = [key.lower() for key in part.keys]
        if name.lower() not in lowered:
            raise SigmaFeatureNotSupportedByBackendError(
                f"grouping by {name}, which the correlation that it rests on does not group by"
            )
        return f"k{lowered.index(name.lower())}"
    field = source.field(name)
    if field is None or field.column.name in part.absent:
        raise LackingError(name)
    if field.column.many:
        raise SigmaFeatureNotSupportedByBackendError(f"grouping by {name}, which has many values")
    part.prepared.extra.add(field.column.name)
    return f"lower({field_value(field)})"


def _in_order(events: str, keys: Sequence[str], parts: int) -> str:
    """Events of the last part, with the latest start of a chain that came through all parts before it in order."""
    chain = f"SELECT *, time AS start FROM ({events}) AS first_events WHERE part = 0"
    for number in range(1, parts):
        both = (
            f"SELECT * FROM ({chain}) AS before_{number} UNION ALL "
            f"SELECT *, CAST(NULL AS TIMESTAMP) AS start FROM ({events}) AS events_{number} WHERE part = {number}"
        )
        window = f"({_by(keys)}ORDER BY time RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        told = f"SELECT * REPLACE (max(start) OVER {window} AS start) FROM ({both}) AS both_{number}"
        chain = f"SELECT * FROM ({told}) AS chain_{number} WHERE part = {number} AND start IS NOT NULL"
    return chain
