"""Event to record, for every log form that Grantwatch reads."""

from __future__ import annotations

from grantwatch.lab.defender import beta_signin_row, click_row, cloud_app_row, hunting_signin_row
from grantwatch.lab.envelope import envelope_audit, envelope_signin
from grantwatch.lab.graph import Record, graph_audit, graph_signin, graph_signin_v1, powershell
from grantwatch.lab.log_analytics import audit_row, office_row, signin_row
from grantwatch.lab.portal import portal_audit_row, portal_signin_row, purview_row
from grantwatch.lab.protection import call_row, envelope_call, envelope_risk, graph_risk, risk_row
from grantwatch.lab.unified import query_record, search_row, ual_activity, ual_record, ual_signin

__all__ = [
    "Record",
    "audit_row",
    "beta_signin_row",
    "call_row",
    "click_row",
    "cloud_app_row",
    "envelope_audit",
    "envelope_call",
    "envelope_risk",
    "envelope_signin",
    "graph_audit",
    "graph_risk",
    "graph_signin",
    "graph_signin_v1",
    "hunting_signin_row",
    "office_row",
    "portal_audit_row",
    "portal_signin_row",
    "powershell",
    "purview_row",
    "query_record",
    "risk_row",
    "search_row",
    "signin_row",
    "ual_activity",
    "ual_record",
    "ual_signin",
]
