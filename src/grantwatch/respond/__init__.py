"""What to ask the user and what to do about a grant: text and exact requests, never sent from here."""

from __future__ import annotations

from grantwatch.respond.containment import containment, first_moves
from grantwatch.respond.model import Request, Step
from grantwatch.respond.questions import questions

__all__ = ["Request", "Step", "containment", "first_moves", "questions"]
