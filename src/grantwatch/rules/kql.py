"""Conditions of rules in the Kusto query language, for Microsoft Sentinel and Defender XDR."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.types import (
    SigmaBool,
    SigmaCIDRExpression,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

from grantwatch.rules.mapping import resolved, written
from grantwatch.rules.patterns import regular, spelled
from grantwatch.rules.source import Column, Field, Source
from grantwatch.rules.target import Table

__all__ = ["Kql", "NotSayableError"]


class NotSayableError(Exception):
    """A condition that a product cannot be asked; `fields` are the columns that it lacks."""

    def __init__(self, *fields: str) -> None:
        super().__init__(*fields)
        self.fields = fields


class Kql:
    """Writes parsed conditions over one source for one table; `notes` say what the query had to do without."""

    def __init__(self, source: Source, table: Table) -> None:
        self.source = source
        self.table = table
        self.notes: list[str] = []

    def wheres(self, tree: Any) -> list[str]:
        """The condition as expressions that must all be true. Raises NotSayableError."""
        parts = tree.args if isinstance(tree, ConditionAND) else [tree]
        return [text for part in parts if (text := self._part(part)) is not None]

    def _part(self, tree: Any) -> str | None:
        """A part of a conjunction; None for a `not` that has to be left out."""
        if isinstance(tree, ConditionNOT):
            try:
                return self._said(tree)
            except NotSayableError as lacking:
                if self._needed(lacking.fields):
                    raise
                self._note(f"matches more, without {', '.join(lacking.fields)}")
                return None
        return self._said(tree)

    def _said(self, tree: Any) -> str:
        if isinstance(tree, ConditionNOT):
            return f"not({self._said(tree.args[0])})"
        if isinstance(tree, ConditionAND):
            return " and ".join(_grouped(text) for part in tree.args if (text := self._part(part)) is not None)
        if isinstance(tree, ConditionOR):
            return self._either(tree.args)
        if isinstance(tree, ConditionFieldEqualsValueExpression):
            return self._field(tree)
        raise NotSayableError("keywords")

    def _either(self, parts: Iterable[Any]) -> str:
        listed = list(parts)
        together = self._in(listed)
        if together is not None:
            return together
        said: list[str] = []
        lacking: list[str] = []
        for part in listed:
            try:
                said.append(_grouped(self._said(part)))
            except NotSayableError as error:
                if self._needed(error.fields):
                    raise
                lacking += error.fields
        if not said:
            raise NotSayableError(*lacking)
        if lacking:
            self._note(f"matches less, without {', '.join(dict.fromkeys(lacking))}")
        return " or ".join(dict.fromkeys(said))

    def _in(self, parts: list[Any]) -> str | None:
        """Several plain values of one field as one list."""
        fields = {part.field for part in parts if isinstance(part, ConditionFieldEqualsValueExpression)}
        if len(parts) < 2 or len(fields) != 1 or not all(map(_is_plain, parts)):
            return None
        column, said = self._column(fields.pop())
        if column.name in self.table.instead:
            return None
        values = [value for part in parts for value in self._values(part.value, column)]
        return f"{said} in~ ({', '.join(map(_text, values))})"

    def _needed(self, fields: Iterable[str]) -> bool:
        """Whether the condition makes no sense without these fields."""
        found = [self.source.field(field) for field in fields]
        return any(each is None or each.column.name not in self.table.optional for each in found)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _column(self, field: str) -> tuple[Column, str]:
        found = resolved(field, self.source)
        if not isinstance(found, Field) or found.entry is not None:
            raise NotSayableError(written(field))
        if found.column.name in self.table.instead:
            return found.column, ""
        if found.column.name not in self.table.columns:
            raise NotSayableError(written(field))
        return found.column, self.table.columns[found.column.name]

    def _field(self, tree: ConditionFieldEqualsValueExpression) -> str:
        column, said = self._column(tree.field)
        value: Any = tree.value
        instead = self.table.instead.get(column.name)
        if instead is not None:
            if _plain(value).lower() != instead.value:
                raise NotSayableError(written(tree.field))
            self._note(instead.note)
            return instead.kql
        if isinstance(value, SigmaRegularExpression):
            pattern = regular(value).replace('"', '""')
            return f'{said} matches regex @"{pattern}"'
        if isinstance(value, SigmaCIDRExpression):
            network = ipaddress.ip_network(str(value), strict=False)
            function = "ipv4_is_in_range" if network.version == 4 else "ipv6_is_in_range"
            return f"{function}({said}, {_text(str(network))})"
        if isinstance(value, SigmaNumber | SigmaBool):
            return f"{said} =~ {_text(_plain(value))}"
        if isinstance(value, SigmaString):
            return self._string(said, value, column)
        raise NotSayableError(written(tree.field))

    def _string(self, said: str, value: SigmaString, column: Column) -> str:
        parts = spelled(value, "operation" if column.spelling == "operation" else "plain")
        wildcard = SpecialChars.WILDCARD_MULTI
        inner = [part for part in parts if part is not wildcard]
        if not parts:
            return f"isempty({said})"
        if len(inner) == 1 and isinstance(inner[0], str):
            text = _text(inner[0])
            if len(parts) == 1:
                values = self._values(value, column)
                return f"{said} =~ {text}" if len(values) == 1 else f"{said} in~ ({', '.join(map(_text, values))})"
            if parts[0] is wildcard and parts[-1] is wildcard and len(parts) == 3:
                return f"{said} contains {text}"
            if len(parts) == 2:
                return f"{said} {'startswith' if parts[1] is wildcard else 'endswith'} {text}"
        raise NotSayableError(f"wildcards within {value}")

    def _values(self, value: Any, column: Column) -> list[str]:
        """The spellings of one value: an operation may end with a full stop."""
        text = _plain(value)
        if column.spelling != "operation" or not isinstance(value, SigmaString) or "-" in text:
            return [text]
        return [text.removesuffix("."), f"{text.removesuffix('.')}."]


def _is_plain(part: Any) -> bool:
    if not isinstance(part, ConditionFieldEqualsValueExpression):
        return False
    value = part.value
    return isinstance(value, SigmaNumber) or (
        isinstance(value, SigmaString) and all(isinstance(p, str) for p in value.s)
    )


def _plain(value: Any) -> str:
    if isinstance(value, SigmaBool):
        return "true" if value else "false"
    if isinstance(value, SigmaNumber):
        return str(value.number)
    return "".join(str(part) for part in value.s)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _grouped(text: str) -> str:
    return f"({text})" if " or " in text or " and " in text else text
