"""Public device code rules: their logic in our own words, run on the very records that a hunt was run on."""

from __future__ import annotations

from grantwatch.measure.rules.alerts import Alert, Compared, RuleFigures, Standing, alerts, compare, standings
from grantwatch.measure.rules.rule import Rule, rules

__all__ = ["Alert", "Compared", "Rule", "RuleFigures", "Standing", "alerts", "compare", "rules", "standings"]
