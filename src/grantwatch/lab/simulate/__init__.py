"""A realistic tenant that does not exist, with its ground truth: personas, campaigns, everybody's working days.

It writes log records only: nothing in it can phish, and nothing speaks to a network.
"""

from __future__ import annotations

from grantwatch.lab.simulate.declared import all_campaigns, all_personas
from grantwatch.lab.simulate.forms import DEFAULT, FILES, FORMS
from grantwatch.lab.simulate.run import Simulated, checked, simulate

__all__ = ["DEFAULT", "FILES", "FORMS", "Simulated", "all_campaigns", "all_personas", "checked", "simulate"]
