"""Measuring: verdicts on simulated tenants beside what really happened, and beside what public rules make of them."""

from __future__ import annotations

from grantwatch.measure.document import FORMAT, document
from grantwatch.measure.page import markdown, terminal
from grantwatch.measure.run import Run, evaluate
from grantwatch.measure.truth import Truth, load

__all__ = ["FORMAT", "Run", "Truth", "document", "evaluate", "load", "markdown", "terminal"]
