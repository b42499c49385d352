"""The registry of forms: what each kind of log record looks like and how it maps to the canonical tables.

Adding a form is one `.sql` file in this folder and one line in `NAMES`, in order of precedence.
"""

from __future__ import annotations

from grantwatch.records.forms.form import Form, load

__all__ = ["FORMS", "NAMES", "Form", "form"]

NAMES = (
    "ual_logon",
    "ual_activity",
    # Before graph_signin: it would take their records for sign-ins.
    "ual_query_logon",
    "ual_query_activity",
    "graph_signin",
    "envelope_signin",
    # Before those of Log Analytics, whose names they share.
    "ps_signin",
    "la_signin",
    "portal_signin",
    "defender_signin",
    "ecs_signin",
    "ecs_office_logon",
    "graph_audit",
    "graph_risk",
    "envelope_graph_activity",
    "envelope_risk",
    "envelope_audit",
    "ps_audit",
    "la_audit",
    "la_graph_activity",
    "la_risk",
    "defender_cloud_app",
    "defender_url_click",
    "la_office",
    "portal_audit",
    "la_preauth",
    "ecs_audit",
    "ecs_office",
)

FORMS: dict[str, Form] = load(NAMES)


def form(name: str) -> Form:
    """The declared form called `name`; KeyError where there is none."""
    return FORMS[name]
