"""The registry of forms: what each kind of log record looks like and how it maps to the canonical tables.

Adding a form is one `.sql` file in this folder and one line in `NAMES`, in order of precedence.
"""

from __future__ import annotations

from grantwatch.records.forms.form import Form, load

__all__ = ["FORMS", "NAMES", "Form", "form"]

NAMES = (
    "graph_signin",
    "envelope_signin",
    "la_signin",
    "ual_logon",
    "ecs_signin",
    "ecs_office_logon",
    "graph_audit",
    "envelope_audit",
    "la_audit",
    "la_office",
    "ual_activity",
    "ecs_audit",
    "ecs_office",
)

FORMS: dict[str, Form] = load(NAMES)


def form(name: str) -> Form:
    """The declared form called `name`; KeyError where there is none."""
    return FORMS[name]
