/*
title = "Diagnostic settings: audit logs"
table = "activity"
rank = 20
family = "entra"
keys = [["category", "properties"], ["category", "operationName", "time"]]
where = "CASE category WHEN 'MicrosoftGraphActivityLogs' THEN false WHEN 'UserRiskEvents' THEN false WHEN 'RiskyUsers' THEN false ELSE category NOT LIKE '%SignInLogs' END AND (category <> 'AuditLogs' OR coalesce(properties.id, properties.activityDateTime, properties.activityDisplayName) IS NOT NULL)"
accepts = "diagnostic settings (Storage, Event Hub): one envelope a line, arrays, {\"records\":[…]}"
shows = "The same as Graph's directory audits; records of other categories in the same files are counted and left out with their name."
lacks = "Only what was logged since the setting was made. No mail, no files, no inbox rules."
quirks = ["The time of the envelope is that of its delivery: activityDateTime within counts."]

[export]
portal = "Entra admin center > Monitoring & health > Diagnostic settings > Add: tick AuditLogs beside the sign-in logs."
storage = "az storage blob download-batch --source insights-logs-auditlogs --destination logs"

[columns]
time = "VARCHAR"
category = "VARCHAR"
operationName = "VARCHAR"
resourceId = "VARCHAR"
tenantId = "VARCHAR"
callerIpAddress = "VARCHAR"
correlationId = "VARCHAR"
properties = "STRUCT(@graph_audit)"
*/
SELECT
    file_id,
    claimed,
    CASE WHEN category <> 'AuditLogs' THEN 'log category not used (' || category || ')' END AS set_aside,
    coalesce(properties.activityDateTime, time) AS time,
    coalesce(tenantId, tenant_in(resourceId)) AS tenant_id,
    coalesce(properties.activityDisplayName, operationName) AS operation,
    properties.loggedByService AS workload,
    properties.result AS result,
    json_text(properties.initiatedBy, '$.user.id') AS actor_id,
    json_text(properties.initiatedBy, '$.user.userPrincipalName') AS actor_upn,
    coalesce(json_text(properties.initiatedBy, '$.user.displayName'), json_text(properties.initiatedBy, '$.app.displayName'))
        AS actor_name,
    json_text(properties.initiatedBy, '$.app.appId') AS actor_app_id,
    coalesce(said(json_text(properties.initiatedBy, '$.user.ipAddress')), callerIpAddress) AS ip,
    coalesce(said(properties.userAgent), detail_value(properties.additionalDetails, 'User-Agent')) AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    coalesce(json_text(properties.initiatedBy, '$.user.linkableIdentifiers.sessionId'),
             json_text(properties.initiatedBy, '$.linkableIdentifiers.sessionId')) AS session_id,
    coalesce(json_text(properties.initiatedBy, '$.user.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier'),
             json_text(properties.initiatedBy, '$.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier')) AS token_id,
    coalesce(properties.correlationId, correlationId) AS correlation_id,
    properties.id AS record_id,
    json_text(properties.targetResources, '$[0].id') AS target_id,
    json_text(properties.targetResources, '$[0].type') AS target_type,
    json_text(properties.targetResources, '$[0].displayName') AS target_name,
    json_text(properties.targetResources, '$[0].userPrincipalName') AS target_upn,
    '{"targets":' || json_part(properties.targetResources) || ',"additional":' || json_part(properties.additionalDetails)
        || audit_words(properties.category, properties.operationType, properties.resultReason) || '}' AS detail
FROM raw
