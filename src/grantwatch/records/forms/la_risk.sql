/*
title = "Log Analytics AADUserRiskEvents and AADRiskyUsers"
table = "activity"
rank = 30
family = "risk"
stream = "risk"
keys = [["RiskEventType", "RiskState"], ["RiskEventType", "RiskLevel"], ["RiskLastUpdatedDateTime", "RiskState"], ["RiskLastUpdatedDateTime", "RiskLevel"]]
accepts = "Log Analytics exports of AADUserRiskEvents and AADRiskyUsers: CSV, JSON arrays and lines"
shows = "What Identity Protection thought of a user and of a sign-in, with the sign-in's request id and correlation id."
lacks = "Without Entra ID P2 the type of a detection is hidden or reads `generic`. The Log Analytics tables do not name the tenant."
quirks = [
    "The operation is `Risk detection: unfamiliarFeatures` and the like for a detection, `Risky user: atRisk` for a user's state. The time is that of the risky activity, not of its detection, which may come hours later and stands in the detail.",
    "A detection is written anew whenever its state changes, under the same id: each state is kept.",
    "RequestId and CorrelationId of a detection are those of the sign-in that it rates. Both are empty where it rates none.",
    "Identity Protection has no detection of its own for device code."
]

[export]
query = "`AADUserRiskEvents | where TimeGenerated > ago(90d)` and `AADRiskyUsers | where TimeGenerated > ago(90d)` in Log Analytics, each with Export, CSV with all columns."

[columns]
Id = "VARCHAR"
TimeGenerated = "VARCHAR"
ActivityDateTime = "VARCHAR"
DetectedDateTime = "VARCHAR"
LastUpdatedDateTime = "VARCHAR"
RiskLastUpdatedDateTime = "VARCHAR"
RiskEventType = "VARCHAR"
RiskLevel = "VARCHAR"
RiskState = "VARCHAR"
RiskDetail = "VARCHAR"
DetectionTimingType = "VARCHAR"
Activity = "VARCHAR"
Source = "VARCHAR"
IpAddress = "VARCHAR"
Location = "VARCHAR"
RequestId = "VARCHAR"
CorrelationId = "VARCHAR"
UserId = "VARCHAR"
UserPrincipalName = "VARCHAR"
UserDisplayName = "VARCHAR"
ServicePrincipalId = "VARCHAR"
AppId = "VARCHAR"
AdditionalInfo = "VARCHAR"
IsDeleted = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CASE
        WHEN said(UserId) IS NULL AND said(UserPrincipalName) IS NULL AND said(ServicePrincipalId) IS NOT NULL
            THEN 'risk of a service principal'
        WHEN said(UserPrincipalName) IS NULL AND said(AppId) IS NOT NULL
            THEN 'risk of a service principal'
    END AS set_aside,
    coalesce(said(ActivityDateTime), said(DetectedDateTime), said(RiskLastUpdatedDateTime), TimeGenerated) AS time,
    CAST(NULL AS VARCHAR) AS tenant_id,
    CASE
        WHEN RiskEventType IS NOT NULL THEN 'Risk detection: ' || RiskEventType
        ELSE 'Risky user' || coalesce(': ' || said(RiskState), '')
    END AS operation,
    'Identity Protection' AS workload,
    RiskState AS result,
    CAST(NULL AS VARCHAR) AS actor_id,
    CAST(NULL AS VARCHAR) AS actor_upn,
    Source AS actor_name,
    CAST(NULL AS VARCHAR) AS actor_app_id,
    IpAddress AS ip,
    risk_info(AdditionalInfo, 'userAgent') AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    CAST(NULL AS VARCHAR) AS session_id,
    CAST(NULL AS VARCHAR) AS token_id,
    -- Of a risky user this is the log's own id.
    CASE WHEN RiskEventType IS NOT NULL THEN CorrelationId END AS correlation_id,
    Id AS record_id,
    coalesce(said(UserId), CASE WHEN RiskEventType IS NULL THEN Id END) AS target_id,
    'User' AS target_type,
    UserDisplayName AS target_name,
    UserPrincipalName AS target_upn,
    '{"level":' || coalesce(CAST(to_json(said(RiskLevel)) AS VARCHAR), 'null')
        || ',"state":' || coalesce(CAST(to_json(said(RiskState)) AS VARCHAR), 'null')
        || ',"detail":' || coalesce(CAST(to_json(said(RiskDetail)) AS VARCHAR), 'null')
        || ',"timing":' || coalesce(CAST(to_json(said(DetectionTimingType)) AS VARCHAR), 'null')
        || ',"activity":' || coalesce(CAST(to_json(said(Activity)) AS VARCHAR), 'null')
        || ',"detected":' || coalesce(CAST(to_json(said(DetectedDateTime)) AS VARCHAR), 'null')
        || ',"updated":' || coalesce(CAST(to_json(coalesce(said(LastUpdatedDateTime), said(RiskLastUpdatedDateTime))) AS VARCHAR), 'null')
        || ',"request_id":' || coalesce(CAST(to_json(said(RequestId)) AS VARCHAR), 'null')
        || ',"location":' || json_part(Location) || ',"info":' || json_part(AdditionalInfo) || '}' AS detail
FROM raw
