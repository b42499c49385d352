/*
title = "Microsoft Graph riskDetection and riskyUser"
table = "activity"
rank = 10
family = "risk"
stream = "risk"
keys = [["riskEventType", "riskState"], ["riskEventType", "riskLevel"], ["riskLastUpdatedDateTime", "riskState"], ["riskLastUpdatedDateTime", "riskLevel"]]
accepts = "Graph identityProtection/riskDetections and riskyUsers: {\"value\":[…]} pages, arrays, JSON lines"
shows = "What Identity Protection thought of a user and of a sign-in, with the sign-in's request id and correlation id."
lacks = "Without Entra ID P2 the type of a detection is hidden or reads `generic`. The tenant is not named. riskyUsers holds the last state only, not how it came about."
quirks = [
    "The operation is `Risk detection: unfamiliarFeatures` and the like for a detection, `Risky user: atRisk` for a user's state. The time is that of the risky activity, not of its detection, which may come hours later and stands in the detail.",
    "A detection is written anew whenever its state changes, under the same id: each state is kept.",
    "RequestId and CorrelationId of a detection are those of the sign-in that it rates. Both are empty where it rates none.",
    "Identity Protection has no detection of its own for device code."
]

[export]
graph = "GET https://graph.microsoft.com/v1.0/identityProtection/riskDetections?$filter=detectedDateTime ge 2026-11-01T00:00:00Z and GET …/identityProtection/riskyUsers, following @odata.nextLink; permissions IdentityRiskEvent.Read.All and IdentityRiskyUser.Read.All. One request a second for the whole tenant."

[columns]
id = "VARCHAR"
activityDateTime = "VARCHAR"
detectedDateTime = "VARCHAR"
lastUpdatedDateTime = "VARCHAR"
riskLastUpdatedDateTime = "VARCHAR"
riskEventType = "VARCHAR"
riskLevel = "VARCHAR"
riskState = "VARCHAR"
riskDetail = "VARCHAR"
detectionTimingType = "VARCHAR"
activity = "VARCHAR"
source = "VARCHAR"
ipAddress = "VARCHAR"
location = "VARCHAR"
requestId = "VARCHAR"
correlationId = "VARCHAR"
userId = "VARCHAR"
userPrincipalName = "VARCHAR"
userDisplayName = "VARCHAR"
servicePrincipalId = "VARCHAR"
appId = "VARCHAR"
additionalInfo = "VARCHAR"
isDeleted = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN said(userId) IS NULL AND said(userPrincipalName) IS NULL AND said(servicePrincipalId) IS NOT NULL
            THEN 'risk of a service principal'
        WHEN said(userPrincipalName) IS NULL AND said(appId) IS NOT NULL
            THEN 'risk of a service principal'
    END AS set_aside,
    coalesce(said(activityDateTime), said(detectedDateTime), said(riskLastUpdatedDateTime)) AS time,
    CAST(NULL AS VARCHAR) AS tenant_id,
    CASE
        WHEN riskEventType IS NOT NULL THEN 'Risk detection: ' || riskEventType
        ELSE 'Risky user' || coalesce(': ' || said(riskState), '')
    END AS operation,
    'Identity Protection' AS workload,
    riskState AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    CAST(NULL AS VARCHAR) AS actor_upn,
    source AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    ipAddress AS ip,
    risk_info(additionalInfo, 'userAgent') AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    -- Of a risky user this is the log's own id.
    CASE WHEN riskEventType IS NOT NULL THEN correlationId END AS correlation_id,
    id AS record_id,
    coalesce(said(userId), CASE WHEN riskEventType IS NULL THEN id END) AS target_id,
    'User' AS target_type,
    userDisplayName AS target_name,
    userPrincipalName AS target_upn,
    '{"level":' || coalesce(CAST(to_json(said(riskLevel)) AS VARCHAR), 'null')
        || ',"state":' || coalesce(CAST(to_json(said(riskState)) AS VARCHAR), 'null')
        || ',"detail":' || coalesce(CAST(to_json(said(riskDetail)) AS VARCHAR), 'null')
        || ',"timing":' || coalesce(CAST(to_json(said(detectionTimingType)) AS VARCHAR), 'null')
        || ',"activity":' || coalesce(CAST(to_json(said(activity)) AS VARCHAR), 'null')
        || ',"detected":' || coalesce(CAST(to_json(said(detectedDateTime)) AS VARCHAR), 'null')
        || ',"updated":' || coalesce(CAST(to_json(coalesce(said(lastUpdatedDateTime), said(riskLastUpdatedDateTime))) AS VARCHAR), 'null')
        || ',"request_id":' || coalesce(CAST(to_json(said(requestId)) AS VARCHAR), 'null')
        || ',"location":' || json_part(location) || ',"info":' || json_part(additionalInfo) || '}' AS detail
FROM raw
