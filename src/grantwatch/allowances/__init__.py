"""Allowances: who may use device code, as a file that people review. `reader` reads it, and is not loaded from here."""

from __future__ import annotations

from grantwatch.allowances.match import DIMENSIONS, Flow, Match, covers, differs, flow_networks, flow_resources, matches
from grantwatch.allowances.model import FORMAT, Allowance, Allowances, Group, Networks, State, Subject

__all__ = [
    "DIMENSIONS",
    "FORMAT",
    "Allowance",
    "Allowances",
    "Flow",
    "Group",
    "Match",
    "Networks",
    "State",
    "Subject",
    "covers",
    "differs",
    "flow_networks",
    "flow_resources",
    "matches",
]
