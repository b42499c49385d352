"""A rule made ready to run: its source, its parsed conditions over columns, and what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError, SigmaFeatureNotSupportedByBackendError
from sigma.rule import SigmaRule

from grantwatch.rules.backend import DuckDBBackend
from grantwatch.rules.mapping import UNKNOWN, pipeline, resolved, written
from grantwatch.rules.reading import ReadRule, said
from grantwatch.rules.source import Field, Source, source_for
from grantwatch.rules.truths import asked, has_keywords, possible

__all__ = ["Prepared", "prepare"]

_NO_BACKEND = (SigmaFeatureNotSupportedByBackendError, NotImplementedError)


@dataclass(slots=True)
class Prepared:
    """A rule that parses. `source` is None for a correlation, and for a rule over logs that are not read here."""

    read: ReadRule
    rule: SigmaRule | SigmaCorrelationRule
    source: Source | None = None
    workload: str | None = None
    trees: Sequence[Any] = ()
    fields: tuple[str, ...] = ()
    """Mapped names of the fields that its conditions ask for."""
    reason: str | None = None
    """Why it cannot be assessed by its nature."""
    extra: set[str] = field(default_factory=set)
    """Columns that correlations need of it."""

    def columns(self) -> set[str]:
        """The columns of its source that it needs."""
        if self.source is None:
            return set()
        found = {each.column.name for name in self.fields if isinstance(each := resolved(name, self.source), Field)}
        return found | self.extra | ({"words"} if any(map(has_keywords, self.trees)) else set())

    def lacking(self, absent: frozenset[str]) -> tuple[str, ...]:
        """The fields that these logs do not have, as the rule names them."""
        return tuple(dict.fromkeys(written(name) for name in self.fields if not self._known(name, absent)))

    def can_match(self, absent: frozenset[str]) -> bool:
        """Whether any record could match, with nothing known of the fields that are not there."""
        return any(possible(tree, lambda name: self._known(name, absent)) for tree in self.trees)

    def _known(self, name: str, absent: frozenset[str]) -> bool:
        if self.source is None or name.startswith(UNKNOWN):
            return False
        found = resolved(name, self.source)
        return isinstance(found, Field) and found.column.name not in absent

    def sql(self, absent: frozenset[str]) -> str:
        """The condition over the columns of the source. Raises SigmaError for what cannot be said in SQL."""
        if self.source is None:
            raise SigmaFeatureNotSupportedByBackendError("a rule without logs")
        backend = DuckDBBackend(self.source, absent)
        told = [f"({backend.condition(tree)})" for tree in self.trees]
        if self.workload is not None:
            return f"lower(workload) = lower('{self.workload}') AND ({' OR '.join(told)})"
        return " OR ".join(told)


def prepare(read: ReadRule) -> Prepared | None:
    """The rule ready to run, or None with the fault noted in `read`: an error, or what is not supported."""
    rule = read.rule
    if rule is None:
        return None
    if isinstance(rule, SigmaCorrelationRule):
        return Prepared(read, rule)
    logsource = rule.logsource
    found = source_for(logsource.product, logsource.category, logsource.service)
    if found is None:
        named = " / ".join(each for each in (logsource.product, logsource.category, logsource.service) if each)
        return Prepared(read, rule, reason=f"logs of {named} are not read")
    source, workload = found
    try:
        pipeline(source).apply(rule)
        trees = [condition.parsed for condition in rule.detection.parsed_condition]
        fields = tuple(dict.fromkeys(name for tree in trees for name in asked(tree)))
        prepared = Prepared(read, rule, source, workload, trees, fields)
        # What cannot be said is told whatever the logs hold.
        prepared.sql(frozenset())
    except _NO_BACKEND as error:
        read.unsupported = said(error)
        return None
    except (SigmaError, ValueError, RecursionError, TypeError) as error:
        read.wrong(error)
        return None
    return prepared
