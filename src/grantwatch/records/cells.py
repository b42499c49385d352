"""How wide a cell of a CSV may be."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["wide_cells"]


@contextmanager
def wide_cells(size: int) -> Iterator[None]:
    """Let Python's CSV reader take cells of up to `size` characters; what holds otherwise is too little for logs."""
    limit = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
