/*
title = "Microsoft Graph directoryAudit"
table = "activity"
rank = 10
family = "entra"
keys = [["activityDateTime", "activityDisplayName"], ["activityDisplayName", "initiatedBy"]]
accepts = "Graph auditLogs/directoryAudits: {\"value\":[…]} pages, arrays, JSON lines"
shows = "Device registrations, consents, security info, role and policy changes after a grant, with who did it and to what."
lacks = "No mail, no files, no inbox rules: those are in the Unified Audit Log. No sign-ins."
quirks = [
    "The address on a consent may be Microsoft's own service, though the user's name stands on it: it says nothing of the user.",
    "Positions of modified properties differ between operations: they are looked up by name.",
]

[export]
graph = "GET /v1.0/auditLogs/directoryAudits?$filter=activityDateTime ge 2026-11-01T00:00:00Z; follow @odata.nextLink and keep every page. Needs AuditLog.Read.All."
portal = "Entra admin center > Monitoring & health > Audit logs > Download > JSON."

[columns]
id = "VARCHAR"
activityDateTime = "VARCHAR"
activityDisplayName = "VARCHAR"
category = "VARCHAR"
correlationId = "VARCHAR"
loggedByService = "VARCHAR"
result = "VARCHAR"
resultReason = "VARCHAR"
operationType = "VARCHAR"
userAgent = "VARCHAR"
initiatedBy = "VARCHAR"
targetResources = "VARCHAR"
additionalDetails = "VARCHAR"
*/
SELECT
    file_id,
    claimed,
    CAST(NULL AS VARCHAR) AS set_aside,
    activityDateTime AS time,
    CAST(NULL AS VARCHAR) AS tenant_id,
    activityDisplayName AS operation,
    loggedByService AS workload,
    result,
    json_text(initiatedBy, '$.user.id') AS actor_id,
    json_text(initiatedBy, '$.user.userPrincipalName') AS actor_upn,
    coalesce(json_text(initiatedBy, '$.user.displayName'), json_text(initiatedBy, '$.app.displayName')) AS actor_name,
    json_text(initiatedBy, '$.app.appId') AS actor_app_id,
    json_text(initiatedBy, '$.user.ipAddress') AS ip,
    coalesce(said(userAgent), detail_value(additionalDetails, 'User-Agent')) AS user_agent,
    CAST(NULL AS VARCHAR) AS app_id,
    coalesce(json_text(initiatedBy, '$.user.linkableIdentifiers.sessionId'), json_text(initiatedBy, '$.linkableIdentifiers.sessionId'))
        AS session_id,
    coalesce(json_text(initiatedBy, '$.user.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier'),
             json_text(initiatedBy, '$.linkableIdentifiers.tokenDetails.uniqueTokenIdentifier')) AS token_id,
    correlationId AS correlation_id,
    id AS record_id,
    json_text(targetResources, '$[0].id') AS target_id,
    json_text(targetResources, '$[0].type') AS target_type,
    json_text(targetResources, '$[0].displayName') AS target_name,
    json_text(targetResources, '$[0].userPrincipalName') AS target_upn,
    '{"targets":' || json_part(targetResources) || ',"additional":' || json_part(additionalDetails)
        || audit_words(category, operationType, resultReason) || '}' AS detail
FROM raw
