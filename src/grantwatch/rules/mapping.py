"""From the fields of a rule to the columns of a source: a processing pipeline of pySigma, made from the declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations.base import FieldMappingTransformationBase

if TYPE_CHECKING:
    from grantwatch.rules.source import Field, Source

__all__ = ["KNOWN", "UNKNOWN", "pipeline", "resolved", "written"]

KNOWN, UNKNOWN = "=", "?"
"""Set before the name of a column, and before that of a field that is none: no rule can write a column by itself."""
_BETWEEN = "\x1f"


@dataclass
class _ToColumns(FieldMappingTransformationBase):
    """Names each field by its column. One that the source does not have keeps its name, marked."""

    source: Source

    def apply_field_name(self, field: str | None) -> str | None:
        """The column of a field; None for keywords, which have no field."""
        if field is None:
            return None
        found = self.source.field(field)
        if found is None:
            return UNKNOWN + field
        return KNOWN + _BETWEEN.join((found.column.name, found.entry or "", field))


def pipeline(source: Source) -> ProcessingPipeline:
    """The pipeline that maps rules to the columns of a source."""
    item = ProcessingItem(_ToColumns(source), identifier=f"grantwatch_{source.name}")
    return ProcessingPipeline(name=f"Grantwatch: {source.title}", items=[item])


def resolved(field: str, source: Source) -> Field | str:
    """What a mapped field stands for: the column, or the name as the rule has it where there is no such column."""
    from grantwatch.rules.source import Field

    if field.startswith(UNKNOWN):
        return field[1:]
    name, entry, _ = field[1:].split(_BETWEEN, 2)
    return Field(source.columns[name], entry or None)


def written(field: str) -> str:
    """The name of a mapped field as the rule has it."""
    return field[1:] if field.startswith(UNKNOWN) else field.split(_BETWEEN, 2)[2]
