"""Exporting signals: each as a Sigma rule, and as a query for each product that can be asked it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grantwatch import __version__
from grantwatch.errors import UsageError
from grantwatch.rules.queries import Query, beyond, queries
from grantwatch.rules.reading import need_pysigma
from grantwatch.rules.sigma_rule import rule, yaml
from grantwatch.rules.target import TARGETS, target

__all__ = ["FORMATS", "Exported", "exported", "wanted"]

FORMATS = ("sigma", *TARGETS)


@dataclass(frozen=True, slots=True)
class Exported:
    """A signal in one format: the name of its file and its text, or why it cannot be said there."""

    signal: str
    format: str
    file: str
    text: str | None
    notes: tuple[str, ...] = ()
    why_not: str | None = None


def wanted(names: Iterable[str]) -> tuple[Query, ...]:
    """The queries of the signals named, or all. Raises UsageError for a name that has none, with the reason."""
    named = list(names)
    by_id = {query.signal.id: query for query in queries()}
    for name in named:
        if name in by_id:
            continue
        if name in beyond():
            raise UsageError(f"--signal {name}: cannot be said in one query: {beyond()[name]}")
        raise UsageError(f"--signal {name}: no such signal; accepted are {', '.join(by_id)}")
    return tuple(by_id[name] for name in dict.fromkeys(named)) if named else queries()


def exported(format_: str, chosen: Iterable[Query] | None = None) -> tuple[Exported, ...]:
    """Signals in a format, in order of declaration. Raises UsageError where pySigma is not installed."""
    made = queries() if chosen is None else tuple(chosen)
    if format_ == "sigma":
        return tuple(
            Exported(each.signal.id, format_, f"{_stem(each)}.yml", yaml(rule(each)), _limits(each)) for each in made
        )
    need_pysigma()
    return tuple(_query(each, format_) for each in made)


def _stem(query: Query) -> str:
    return query.signal.id.replace(".", "_")


def _limits(query: Query) -> tuple[str, ...]:
    return tuple(text for text in (query.wider, query.narrower) if text)


def _query(query: Query, format_: str) -> Exported:
    from sigma.rule import SigmaRule

    from grantwatch.rules.kql import Kql, NotSayableError
    from grantwatch.rules.mapping import pipeline
    from grantwatch.rules.source import sources

    product = target(format_)
    table = product.tables.get(query.source)
    file = f"{_stem(query)}.kql"
    if table is None:
        return Exported(query.signal.id, format_, file, None, why_not="has no table of these logs")
    source = next(each for each in sources() if each.name == query.source)
    parsed = SigmaRule.from_dict({**rule(query), "date": query.checked.isoformat()})
    pipeline(source).apply(parsed)
    writer = Kql(source, table)
    try:
        wheres = writer.wheres(parsed.detection.parsed_condition[0].parsed)
    except NotSayableError as lacking:
        columns = ", ".join(lacking.fields)
        return Exported(query.signal.id, format_, file, None, why_not=f"{table.table} has no column for {columns}")
    notes = (*_limits(query), *((table.note,) if table.note else ()), *map(_sentence, writer.notes))
    signal = query.signal
    comment = [f"{signal.title} ({signal.id}), as Grantwatch {__version__} exports it", signal.question, *notes]
    if query.false_positives:
        comment.append(f"Honest readings: {'; '.join(query.false_positives)}.")
    if signal.techniques:
        comment.append(f"ATT&CK: {', '.join(signal.techniques)}. Level: {query.level}.")
    lines = [f"// {line}" for line in comment]
    lines += [table.select, f"| where {product.time} > ago(1d)"]
    lines += [f"| where {where}" for where in wheres]
    lines.append(f"| project {', '.join(table.show)}")
    return Exported(signal.id, format_, file, "\n".join(lines) + "\n", notes)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text[:1].upper()}{text[1:]}."
