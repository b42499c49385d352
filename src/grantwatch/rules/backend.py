"""Conditions of rules as SQL: a pySigma backend for DuckDB, with three truths.

What a rule asks of a field that the logs do not have is neither true nor false: SQL's NULL. A row matches where the
whole condition is true whatever that field may hold.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, ClassVar

from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionValueExpression
from sigma.conversion.base import TextQueryBackend
from sigma.conversion.state import ConversionState
from sigma.exceptions import SigmaFeatureNotSupportedByBackendError
from sigma.types import CompareOperators, SigmaString, SpecialChars

from grantwatch.rules.mapping import resolved
from grantwatch.rules.patterns import literal, matches, name, regular, spelled

if TYPE_CHECKING:
    from grantwatch.rules.source import Field, Source

__all__ = ["UNKNOWN_TRUTH", "DuckDBBackend", "field_value"]

UNKNOWN_TRUTH = "CAST(NULL AS BOOLEAN)"
_COMPARED = {CompareOperators.LT: "<", CompareOperators.LTE: "<=", CompareOperators.GT: ">", CompareOperators.GTE: ">="}


def field_value(field: Field) -> str:
    """SQL for what a field holds: a text, or a list of texts where its column has many."""
    column = name(field.column.name)
    if field.entry is None:
        return column
    found = f"list_filter({column}, lambda e: e.name = lower({literal(field.entry)}))"
    return f"list_transform({found}, lambda e: e.value)"


class DuckDBBackend(TextQueryBackend):
    """Conditions over the columns of one source. `absent` are columns that no record of it fills.

    Parts of a condition are true, false or, for a field that is not there, unknown.
    """

    name: ClassVar[str] = "Grantwatch canonical tables in DuckDB"
    group_expression: ClassVar[str] = "({expr})"
    or_token: ClassVar[str] = "OR"
    and_token: ClassVar[str] = "AND"
    not_token: ClassVar[str] = "NOT"
    eq_token: ClassVar[str] = "="
    str_quote: ClassVar[str] = "'"

    def __init__(self, source: Source, absent: Collection[str] = ()) -> None:
        super().__init__()
        self.source = source
        self.absent = frozenset(absent)

    def known(self, field: str) -> Field | None:
        """The column behind a mapped field; None where these logs do not have it."""
        found = resolved(field, self.source)
        return None if isinstance(found, str) or found.column.name in self.absent else found

    def condition(self, tree: Any) -> str:
        """SQL of a parsed condition. Raises SigmaError for what a rule may say but this cannot do."""
        return str(self.convert_condition(tree, ConversionState()))

    def _told(self, field: str, test: Callable[[str], str]) -> str:
        found = self.known(field)
        if found is None:
            return UNKNOWN_TRUTH
        value = field_value(found)
        if not found.column.many:
            return f"coalesce({test(value)}, false)"
        return f"coalesce(len(list_filter({value}, lambda x: coalesce({test('x')}, false))) > 0, false)"

    def _spelling(self, field: str) -> str:
        found = self.known(field)
        return found.column.spelling if found else "plain"

    def convert_condition_field_eq_val_str(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """Text with wildcards, whatever its case. An empty value is an empty text or none."""
        parts = spelled(_string(cond.value), self._spelling(cond.field))
        if parts:
            return self._told(cond.field, lambda x: matches(x, parts))
        return self._null_or(cond.field, lambda x: f"{x} = ''")

    def convert_condition_field_eq_val_str_case_sensitive(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """The same with its case. What was brought into one spelling has no case any more."""
        found = self.known(cond.field)
        if found is not None and found.column.spelling == "enumerated":
            return self.convert_condition_field_eq_val_str(cond, state)
        parts = spelled(_string(cond.value), self._spelling(cond.field))
        return self._told(cond.field, lambda x: matches(x, parts, cased=True))

    def convert_condition_field_eq_val_num(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """A number, however it is written."""
        number = _number(cond.value)
        return self._told(cond.field, lambda x: f"try_cast({x} AS DOUBLE) = {number}")

    def convert_condition_field_eq_val_bool(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """True or false, in any case."""
        truth = "true" if bool(cond.value) else "false"
        return self._told(cond.field, lambda x: f"lower({x}) = '{truth}'")

    def convert_condition_field_eq_val_re(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """A regular expression that is found anywhere in the text."""
        pattern = literal(regular(cond.value))  # type: ignore[arg-type]
        return self._told(cond.field, lambda x: f"regexp_matches({x}, {pattern})")

    def convert_condition_field_eq_val_cidr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """An address within a network."""
        network = ipaddress.ip_network(str(cond.value), strict=False)
        digits = 8 if network.version == 4 else 32
        low, high = (f"{network.version}{int(each):0{digits}x}" for each in (network[0], network[-1]))
        return self._told(cond.field, lambda x: f"rule_address({x}) BETWEEN '{low}' AND '{high}'")

    def convert_condition_field_compare_op_val(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """Less, more, at the least, at the most."""
        value: Any = cond.value
        if value.op not in _COMPARED:
            raise SigmaFeatureNotSupportedByBackendError(f"the modifier {value.op.name.lower()}")
        told = f"{_COMPARED[value.op]} {_number(value.number)}"
        return self._told(cond.field, lambda x: f"try_cast({x} AS DOUBLE) {told}")

    def convert_condition_field_eq_val_timestamp_part(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """A part of a time, in UTC."""
        value: Any = cond.value
        part, number = value.timestamp_part.name.lower(), _number(value)
        return self._told(cond.field, lambda x: f"date_part('{part}', try_cast({x} AS TIMESTAMP)) = {number}")

    def convert_condition_field_eq_field(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """One field against another of the same record."""
        value: Any = cond.value
        other = self.known(value.field)
        if other is None:
            return UNKNOWN_TRUTH
        if other.column.many:
            raise SigmaFeatureNotSupportedByBackendError("a comparison with a field that has many values (fieldref)")
        right = f"lower({field_value(other)})"
        compared = {(False, False): "lower({}) = {}", (True, False): "starts_with(lower({}), {})"}
        both = "contains(lower({}), {})" if value.starts_with and value.ends_with else "suffix(lower({}), {})"
        form = compared.get((value.starts_with, value.ends_with), both)
        return self._told(cond.field, lambda x: form.format(x, right))

    def convert_condition_field_eq_val_null(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """Nothing there."""
        return self._null_or(cond.field, lambda _: "false")

    def _null_or(self, field: str, test: Callable[[str], str]) -> str:
        found = self.known(field)
        if found is None:
            return UNKNOWN_TRUTH
        value = field_value(found)
        if found.column.many:
            held = f"list_filter({value}, lambda x: x IS NOT NULL AND NOT ({test('x')}))"
            return f"(coalesce(len({held}), 0) = 0)"
        return f"({value} IS NULL OR {test(value)})"

    def convert_condition_field_exists(self, cond: ConditionFieldEqualsValueExpression, state: ConversionState) -> str:
        """Anything there, be it empty."""
        found = self.known(cond.field)
        if found is None:
            return UNKNOWN_TRUTH
        value = field_value(found)
        return f"(coalesce(len({value}), 0) > 0)" if found.column.many else f"({value} IS NOT NULL)"

    def convert_condition_field_not_exists(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """Nothing there at all."""
        return f"(NOT {self.convert_condition_field_exists(cond, state)})"

    def convert_condition_field_eq_query_expr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        """Text in the language of some other engine."""
        raise SigmaFeatureNotSupportedByBackendError("a query expression, which is the language of another engine")

    def convert_condition_val_str(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        """A keyword, anywhere in the record."""
        wildcard = SpecialChars.WILDCARD_MULTI
        parts = [wildcard, *spelled(_string(cond.value), "plain"), wildcard]
        return f"coalesce({matches('words', parts)}, false)"

    def convert_condition_val_num(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        """A number, anywhere in the record."""
        return f"coalesce(contains(words, {literal(str(cond.value))}), false)"

    def convert_condition_val_re(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        """A regular expression, anywhere in the record."""
        pattern = literal(regular(cond.value))  # type: ignore[arg-type]
        return f"coalesce(regexp_matches(words, {pattern}), false)"

    def convert_condition_query_expr(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        """Text in the language of some other engine."""
        raise SigmaFeatureNotSupportedByBackendError("a query expression, which is the language of another engine")


def _string(value: object) -> SigmaString:
    assert isinstance(value, SigmaString)  # noqa: S101  # pySigma calls the method for strings only
    return value


def _number(value: Any) -> str:
    number = value.number
    return repr(number) if isinstance(number, int | float) else literal(str(number))
