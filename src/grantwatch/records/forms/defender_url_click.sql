/*
title = "Defender XDR UrlClickEvents"
table = "activity"
rank = 10
family = "url_click"
stream = "url_clicks"
keys = [["Timestamp", "Url", "ActionType"], ["TimeGenerated", "Url", "ActionType"], ["Timestamp", "Url", "IsClickedThrough"]]
accepts = "Defender XDR EntraIdSignInEvents, CloudAppEvents, UrlClickEvents: CSV, JSON, {\"results\":[…]} pages"
shows = "Links that people followed out of mail, Teams and Office, with the address they came from and whether Safe Links let them through: what a person clicked in the minutes before entering a code."
lacks = "Links outside of Safe Links: private mail, other browsers, codes that were spoken or scanned. No session and no client, so that a click is tied to a grant by person and time only."
quirks = [
    "A click and the later click through the warning page are two records with one ReportId.",
    "ActionType becomes part of the operation: `UrlClickEvents ClickAllowed`."
]

[export]
portal = "security.microsoft.com, Hunting, Advanced hunting: run `UrlClickEvents | where Timestamp > ago(30d)`, then Export. Needs Defender for Office 365 Plan 2."
api = "POST https://graph.microsoft.com/v1.0/security/runHuntingQuery with the query and the permission ThreatHunting.Read.All; save the whole answer."
query = "Where Sentinel takes in the table: `UrlClickEvents | where TimeGenerated > ago(90d)` in Log Analytics, then Export, CSV with all columns."

[columns]
Timestamp = "VARCHAR"
TimeGenerated = "VARCHAR"
Url = "VARCHAR"
UrlChain = "VARCHAR"
ActionType = "VARCHAR"
AccountUpn = "VARCHAR"
Workload = "VARCHAR"
NetworkMessageId = "VARCHAR"
ThreatTypes = "VARCHAR"
DetectionMethods = "VARCHAR"
IPAddress = "VARCHAR"
IsClickedThrough = "VARCHAR"
ReportId = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(nullif(Timestamp, ''), TimeGenerated) AS time,
    CAST(NULL AS VARCHAR) AS tenant_id,
    'UrlClickEvents' || coalesce(' ' || said(ActionType), '') AS operation,
    'Safe Links' AS workload,
    ActionType AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    AccountUpn AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    IPAddress AS ip,
    CAST(NULL AS VARCHAR) AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    CAST(NULL AS VARCHAR) AS correlation_id,
    ReportId AS record_id,
    CAST(NULL AS VARCHAR) AS target_id,
    'Url' AS target_type,
    Url AS target_name,
    CAST(NULL AS VARCHAR) AS target_upn,
    '{"from":' || coalesce(CAST(to_json(said(Workload)) AS VARCHAR), 'null')
        || ',"message_id":' || coalesce(CAST(to_json(said(NetworkMessageId)) AS VARCHAR), 'null')
        || ',"threats":' || coalesce(CAST(to_json(said(ThreatTypes)) AS VARCHAR), 'null')
        || ',"methods":' || json_part(DetectionMethods) || ',"chain":' || json_part(UrlChain)
        || ',"clicked_through":' || coalesce(CAST(truth(IsClickedThrough) AS VARCHAR), 'null') || '}' AS detail
FROM raw
