/*
title = "Log Analytics AuditLogs"
table = "activity"
rank = 30
family = "entra"
keys = [["OperationName", "InitiatedBy"], ["OperationName", "TargetResources"], ["ActivityDisplayName", "LoggedByService"], ["OperationName", "AADOperationType"]]
where = "UserPrincipalName IS NULL"
accepts = "Log Analytics exports of AuditLogs: CSV, JSON arrays and lines"
shows = "The same as Graph's directory audits."
lacks = "Columns that a query projects away are gone; what the workspace no longer keeps is gone as well. No mail, no files, no inbox rules."
quirks = ["InitiatedBy, TargetResources and AdditionalDetails are JSON texts in CSV and objects or texts in JSON."]

[export]
query = "AuditLogs | where TimeGenerated > ago(90d), without project; Export > CSV (all columns)."
api = "az monitor log-analytics query --workspace ID --analytics-query 'AuditLogs | where TimeGenerated > ago(1d)' --output json > audit.json"

[columns]
Id = "VARCHAR"
ActivityDateTime = "VARCHAR"
TimeGenerated = "VARCHAR"
ResourceId = "VARCHAR"
AADTenantId = "VARCHAR"
ActivityDisplayName = "VARCHAR"
OperationName = "VARCHAR"
LoggedByService = "VARCHAR"
Result = "VARCHAR"
CorrelationId = "VARCHAR"
InitiatedBy = "VARCHAR"
TargetResources = "VARCHAR"
AdditionalDetails = "VARCHAR"
AADOperationType = "VARCHAR"
OperationType = "VARCHAR"
Category = "VARCHAR"
ResultReason = "VARCHAR"
ResultDescription = "VARCHAR"
UserPrincipalName = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    coalesce(nullif(ActivityDateTime, ''), TimeGenerated) AS time,
    coalesce(said(AADTenantId), tenant_in(ResourceId)) AS tenant_id,
    coalesce(nullif(ActivityDisplayName, ''), OperationName) AS operation,
    LoggedByService AS workload,
    Result AS result,
    json_text(InitiatedBy, '$.user.id') AS actor_id,
    json_text(InitiatedBy, '$.user.userPrincipalName') AS actor_upn,
    coalesce(json_text(InitiatedBy, '$.user.displayName'), json_text(InitiatedBy, '$.app.displayName')) AS actor_name,
    json_text(InitiatedBy, '$.app.appId') AS actor_app_id,
    json_text(InitiatedBy, '$.user.ipAddress') AS ip,
    detail_value(AdditionalDetails, 'User-Agent') AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    coalesce(json_text(InitiatedBy, '$.user.linkableIdentifiers.sessionId'), json_text(InitiatedBy, '$.linkableIdentifiers.sessionId'))
        AS session_id,
    coalesce(json_text(InitiatedBy, '$.user.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier'),
             json_text(InitiatedBy, '$.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier')) AS token_id,
    CorrelationId AS correlation_id,
    Id AS record_id,
    json_text(TargetResources, '$[0].id') AS target_id,
    json_text(TargetResources, '$[0].type') AS target_type,
    json_text(TargetResources, '$[0].displayName') AS target_name,
    json_text(TargetResources, '$[0].userPrincipalName') AS target_upn,
    '{"targets":' || json_part(TargetResources) || ',"additional":' || json_part(AdditionalDetails)
        || audit_words(Category, coalesce(AADOperationType, OperationType), coalesce(said(ResultReason), ResultDescription)) || '}' AS detail
FROM raw
