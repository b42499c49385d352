"""Rules that others wrote, run over the canonical tables; and signals of ours, exported as rules for others.

Needs the optional package pySigma, which is loaded when a rule is: `import grantwatch.rules` alone loads nothing.
"""

from __future__ import annotations

__all__: list[str] = []
