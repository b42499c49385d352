/*
title = "Log Analytics PreAuthenticationDiscoveryLogs"
table = "activity"
rank = 30
family = "entra"
keys = [["RequestType", "CallerIpAddress"], ["RequestType", "ErrorNumber", "TimeGenerated"]]
accepts = "Log Analytics exports of PreAuthenticationDiscoveryLogs (counted and left out)"
shows = "Nothing: the records are counted and left out. They tell of questions about an account before any sign-in (GetCredentialType), which attackers ask days before they phish, and so does every sign-in page."
lacks = "Who asked. No signal rests on these records."
quirks = ["In diagnostic settings exports the category of this name is left out as one that is not used."]

[export]
query = "PreAuthenticationDiscoveryLogs | where TimeGenerated > ago(90d), then Export to CSV"

[columns]
TimeGenerated = "VARCHAR"
RequestType = "VARCHAR"
ErrorNumber = "VARCHAR"
CallerIpAddress = "VARCHAR"
CorrelationId = "VARCHAR"
RequestId = "VARCHAR"
AADTenantId = "VARCHAR"
UserId = "VARCHAR"
UserAgent = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    'question about an account before a sign-in (PreAuthenticationDiscoveryLogs)' AS set_aside,
    TimeGenerated AS time,
    AADTenantId AS tenant_id,
    RequestType AS operation,
    CAST(NULL AS VARCHAR) AS workload,
    ErrorNumber AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    UserId AS actor_upn,
    CAST(NULL AS VARCHAR) AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    CallerIpAddress AS ip,
    UserAgent AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    CorrelationId AS correlation_id,
    RequestId AS record_id,
    CAST(NULL AS VARCHAR) AS target_id,
    CAST(NULL AS VARCHAR) AS target_type,
    CAST(NULL AS VARCHAR) AS target_name,
    CAST(NULL AS VARCHAR) AS target_upn,
    CAST(NULL AS VARCHAR) AS detail
FROM raw
