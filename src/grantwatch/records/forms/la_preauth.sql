/*
title = "Log Analytics PreAuthenticationDiscoveryLogs"
table = "activity"
rank = 30
family = "entra"
stream = "preauth"
keys = [["RequestType", "CallerIpAddress"], ["RequestType", "ErrorNumber", "TimeGenerated"]]
accepts = "Log Analytics exports of PreAuthenticationDiscoveryLogs"
shows = "Questions about an account before any sign-in (GetCredentialType), with the address that asked: attackers ask them days before they phish, and so does every sign-in page. They count only where the address is in the network that redeemed a grant later."
lacks = "Who asked, and through which provider. Of accounts that are not named nothing can be told."
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
    CASE WHEN said(UserId) IS NULL THEN 'question about an account that is not named (PreAuthenticationDiscoveryLogs)' END
        AS set_aside,
    TimeGenerated AS time,
    AADTenantId AS tenant_id,
    'PreAuthenticationDiscovery' AS operation,
    'Sign-in page' AS workload,
    ErrorNumber AS result,
    CASE WHEN NOT contains(UserId, '@') THEN UserId END AS actor_id,
    CASE WHEN contains(UserId, '@') THEN UserId END AS actor_upn,
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
    RequestType AS target_name,
    CAST(NULL AS VARCHAR) AS target_upn,
    CAST(NULL AS VARCHAR) AS detail
FROM raw
